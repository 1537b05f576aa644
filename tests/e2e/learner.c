#include "learner.h"

#include <check.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char folder[PATH_MAX];

void learner_folder_make(void)
{
    snprintf(folder, sizeof folder, "%s/learner-XXXXXX", ECS_BINARY_DIR);
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void learner_folder_remove(void)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *learner_state(void)
{
    return folder;
}

struct test_pty *learner_start(int w, int h, const char *const *words, const char *const *more_env)
{
    char state[PATH_MAX + 32];
    const char *argv[16] = {PROGRAM};
    const char *env[16] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", "NO_COLOR",
                           "ASAN_OPTIONS=detect_leaks=0", state};
    struct test_pty_options o = {.w = w, .h = h, .env = env, .cwd = folder};

    snprintf(state, sizeof state, "XDG_STATE_HOME=%s", folder);
    for (int i = 0; words && words[i] && i < 14; i++)
        argv[i + 1] = words[i];
    for (int i = 0; more_env && more_env[i] && i < 9; i++)
        env[i + 5] = more_env[i];
    return test_pty_start(argv, &o);
}

static void give_up(struct test_pty *p, const char *what)
{
    char *screen = test_pty_text(p), *errors = test_pty_errors(p);

    ck_abort_msg("%s\n%s\n%s", what, screen, errors);
}

void learner_expect(struct test_pty *p, const char *text)
{
    char what[256];

    if (test_pty_wait_text(p, text, PATIENCE))
        return;
    snprintf(what, sizeof what, "'%s' did not come:", text);
    give_up(p, what);
}

const char *learner_todo(struct test_pty *p)
{
    static char line[512];
    char *screen = test_pty_text(p);
    char *second = strchr(screen, '\n');

    snprintf(line, sizeof line, "%.*s", second ? (int)strcspn(second + 1, "\n") : 0,
             second ? second + 1 : "");
    free(screen);
    return line;
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Until the line says something else; false when it does not within `limit` seconds. */
static bool moved_on(struct test_pty *p, const char *before, double limit)
{
    double begin = seconds();

    while (seconds() - begin < limit) {
        test_pty_pump(p, 50);
        if (strcmp(learner_todo(p), before) != 0)
            return true;
    }
    return false;
}

static void type_letters(struct test_pty *p, const char *keys)
{
    for (; *keys; keys++) {
        char one[2] = {*keys, 0};
        test_pty_type(p, one);
        test_pty_wait_quiet(p, 30, 300);
    }
}

struct walk { const struct learner_plan *plan; const char *choice; int number; };

/* Does what the line asks for. `limit`: how long the answer may take to show. */
static void answer(struct test_pty *p, struct walk *w, const char *todo, double *limit)
{
    char key[2] = {0};

    *limit = PATIENCE / 1000.0;
    if (strstr(todo, "How sure")) {
        test_pty_type(p, "2");
    } else if (strstr(todo, "What do you expect") || strstr(todo, "Answer:") ||
               strstr(todo, "What did you see")) {
        key[0] = *w->choice ? *w->choice++ : '1';
        test_pty_type(p, key);
    } else if (strstr(todo, "Type a number")) {
        ck_assert_ptr_nonnull(w->plan->numbers[w->number]);
        test_pty_type(p, w->plan->numbers[w->number++]);
        test_pty_type(p, "\r");
    } else if (strstr(todo, "Press [")) {
        type_letters(p, w->plan->toggles);
    } else if (strstr(todo, "Your turn")) {
        type_letters(p, w->plan->tasks);
        *limit = 12;
    } else if (strstr(todo, "[n] goes on")) {
        test_pty_type(p, "n");
    }
    /* Measuring, or watching: nothing to type. */
}

void learner_walk(struct test_pty *p, const struct learner_plan *plan)
{
    struct walk w = {plan, plan->choices, 0};
    char before[512];
    double limit;

    learner_expect(p, plan->title);
    for (int i = 0; i < 80; i++) {
        snprintf(before, sizeof before, "%s", learner_todo(p));
        if (strstr(before, "RECAP"))
            return;
        answer(p, &w, before, &limit);
        if (moved_on(p, before, limit))
            continue;
        if (!strstr(before, "Your turn"))
            give_up(p, "nothing came of the answer:");
        test_pty_type(p, "x");    /* a noisy machine: the task is left, and that is kept */
        if (!moved_on(p, before, PATIENCE / 1000.0))
            give_up(p, "the task could not be left:");
    }
    give_up(p, "the lesson does not end:");
}
