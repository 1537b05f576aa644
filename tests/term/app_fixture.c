#include "app_fixture.h"

#include <check.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[PATH_MAX];

static const char lesson[] =
    "---\n"
    "format: 1\n"
    "id: %s\n"
    "title: A lesson for tests\n"
    "objective: Explain why the test passes.\n"
    "misconception: M7 different variables never interfere\n"
    "outcome: You can read a test.\n"
    "minutes: 5\n"
    "---\n"
    "## Predict\n\nWhat will happen?\n\n"
    "```predict p1\nask: Rate will ...\nchoice same: stay\nchoice up: grow *\nchoice down: fall\n"
    "why same: No.\nwhy down: No.\nclaim same: 0.8 .. 1.5\nclaim up: 1.5 .. inf\n"
    "claim down: 0 .. 0.8\nconfidence: yes\n```\n\n"
    "## Observe\n\nPress `p`.\n\n"
    "```scenario s1\nrun: counters kernel=fetch_add stride=8 threads=1 pin=free\n"
    "chart: rate.total\nfigures: rate.total\nmeasure: 3 x 0.2s warmup 0.1s\n"
    "toggle p: stride = 8 | 64 | 128\ntoggle a: pin = free | same-core\n"
    "compare: stride = 8 | 128\n```\n\n"
    "## Explain\n\nBecause.\n\n"
    "```ask q1\nask: How many bytes lie between them?\nanswer: 64\nhint: Two to the sixth.\n```\n\n"
    "## Transfer\n\nThe end.\n";

const char *app_folder_make(void)
{
    snprintf(folder, sizeof folder, "%s/term-XXXXXX", ECS_BINARY_DIR);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    return folder;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void app_folder_remove(void)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

char *app_folder_path(const char *name)
{
    static char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

void app_folder_write(const char *name, const char *text)
{
    FILE *file = fopen(app_folder_path(name), "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

static void write_lesson(const char *name, const char *id)
{
    char text[sizeof lesson + 64];
    snprintf(text, sizeof text, lesson, id);
    app_folder_write(name, text);
}

static struct test_pty *start(int w, int h, const char *const *more, bool loud)
{
    char lessons[PATH_MAX + 32], state[PATH_MAX + 128];
    const char *env[24] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", "NO_COLOR",
                           lessons, state};
    const char *argv[] = {TERM_APP, NULL};
    struct test_pty_options o = {.w = w, .h = h, .env = env, .cwd = folder,
                                 .errors_here = loud};
    size_t n = 5;

    snprintf(lessons, sizeof lessons, "APP_LESSONS=%s", folder);
    snprintf(state, sizeof state, "APP_STATE=%s", app_folder_path("state"));
    mkdir(app_folder_path("state"), 0700);
    write_lesson("03-third.md", "third");
    write_lesson("12-twelfth.md", "twelfth");
    for (; more && *more && n + 1 < sizeof env / sizeof env[0]; more++)
        env[n++] = *more;
    return test_pty_start(argv, &o);
}

struct test_pty *app_start(int w, int h, const char *const *more)
{
    return start(w, h, more, false);
}

struct test_pty *app_start_loud(int w, int h, const char *const *more)
{
    return start(w, h, more, true);
}

void app_expect(struct test_pty *p, const char *text)
{
    if (test_pty_wait_text(p, text, PATIENCE))
        return;
    char *have = test_pty_text(p), *errors = test_pty_errors(p);
    ck_abort_msg("no \"%s\" on the screen:\n%s\nstandard error:\n%s", text, have, errors);
}

void app_leave(struct test_pty *p)
{
    test_pty_type(p, "\003");
    int status = test_pty_wait_exit(p, PATIENCE);
    char *errors = test_pty_errors(p);
    ck_assert_msg(status == 0, "status %d\n%s", status, errors);
    ck_assert(test_pty_restored(p));
    free(errors);
    test_pty_free(p);
}

double app_stat(const char *errors, const char *key)
{
    size_t n = strlen(key);

    for (const char *line = errors; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, n) == 0 && line[n] == ':')
            return strtod(line + n + 1, NULL);
    }
    return -1;
}
