/* Random keys, bytes, mouse reports and sizes, seeded: the same storm every time. The program may
 * leave when it is asked to, with status 0 and the terminal given back; it may never crash, hang or
 * show anything but the last size's picture in the end. */
#include <check.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pty.h"

#define PATIENCE 60000
#define RESIZES 100
#define KEYS 10000

static uint64_t seed;
static char folder[PATH_MAX];

static unsigned pick(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

static int times(void)
{
    const char *text = getenv("ECS_STORM");
    int n = text ? atoi(text) : 1;
    return n < 1 ? 1 : n > 1000 ? 1000 : n;
}

static void folder_up(void)
{
    snprintf(folder, sizeof folder, "%s/storm-XXXXXX", ECS_BINARY_DIR);
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static void folder_down(void)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct test_pty *start(const char *lesson, bool no_screen)
{
    char state[PATH_MAX + 32], wanted[64];
    const char *env[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", "NO_COLOR",
                         "STORM_LESSONS=" ECS_SOURCE_DIR "/lessons",
                         "STORM_TRACES=" ECS_SOURCE_DIR "/assets/traces", state, wanted, NULL};
    const char *argv[] = {STORM_APP, NULL};
    struct test_pty_options o = {.w = 100, .h = 30, .env = env, .cwd = folder,
                                 .no_screen = no_screen};

    snprintf(state, sizeof state, "STORM_STATE=%s", folder);
    snprintf(wanted, sizeof wanted, "STORM_LESSON%s%s", lesson ? "=" : "", lesson ? lesson : "");
    return test_pty_start(argv, &o);
}

static void must_have_left_well(struct test_pty *p)
{
    int status = test_pty_wait_exit(p, PATIENCE);

    if (status != 0) {
        char *errors = test_pty_errors(p);
        ck_abort_msg("status %d (-1: it %s)\n%s", status,
                     test_pty_stopped(p) ? "is stopped" : "hangs", errors);
    }
    ck_assert(test_pty_restored(p));
}

/* One key, or something that looks like one. Never ^Z: nobody would wake it. */
static size_t random_key(char *out, size_t size)
{
    static const char *const sequences[] = {
        "\033OA", "\033OB", "\033OC", "\033OD", "\033[5~", "\033[6~", "\033OH", "\033OF", "\033[Z",
        "\033OP", "\033", "\r", "\177", "\t", "\014", "\033[", "\033[1;2A", "\033O", "\033]0;x\a",
        "\033[<", "\033[<0;", "\033P", "é", "漢", "\xf0\x9f", "\033[M\377\377\377",
    };
    static const char likely[] = "jknbxhVRwTD+-123456 p a o . K ? p a o 1 2 3 n n n w";

    switch (pick(10)) {
    case 0:
        return (size_t)snprintf(out, size, "\033[<%u;%u;%u%c", pick(70), pick(320), pick(110),
                                pick(2) ? 'M' : 'm');
    case 1:
    case 2:
        return (size_t)snprintf(out, size, "%s",
                                sequences[pick(sizeof sequences / sizeof sequences[0])]);
    case 3:
        out[0] = (char)pick(256);
        if (out[0] == 032 || out[0] == 003)
            out[0] = ' ';
        return 1;
    case 4:
        if (pick(40) == 0) {
            out[0] = 'q';
            return 1;
        }
        /* fall through */
    default:
        out[0] = likely[pick(sizeof likely - 1)];
        return 1;
    }
}

static void random_size(struct test_pty *p)
{
    switch (pick(4)) {
    case 0:  test_pty_resize(p, 1 + (int)pick(40), 1 + (int)pick(12)); break;
    case 1:  test_pty_resize(p, 1 + (int)pick(300), 1 + (int)pick(100)); break;
    default: test_pty_resize(p, 38 + (int)pick(90), 9 + (int)pick(30)); break;
    }
}

/* A click on a page of help may have suspended it. */
static bool wake(struct test_pty *p)
{
    bool stopped = test_pty_stopped(p);

    if (stopped)
        test_pty_foreground(p);
    return stopped;
}

static void storm(uint64_t from, const char *lesson, int keys, int resizes)
{
    struct test_pty *p = start(lesson, true);
    char burst[4096];

    seed = from;
    ck_assert_msg(test_pty_pump(p, PATIENCE), "no first frame");
    for (int done = 0, sized = 0; done < keys || sized < resizes;) {
        size_t n = 0;
        for (unsigned i = 1 + pick(30); i > 0 && done < keys && n + 64 < sizeof burst; i--, done++)
            n += random_key(burst + n, 64);
        bool taken = test_pty_send(p, burst, n);
        if (!wake(p) && !taken) {
            must_have_left_well(p);
            test_pty_free(p);
            p = start(lesson, true);
            ck_assert_msg(test_pty_pump(p, PATIENCE), "no first frame");
        }
        int want = (int)((long)resizes * (done + 1) / (keys + 1)) + (done >= keys ? resizes : 0);
        for (; sized < want && sized < resizes; sized++)
            random_size(p);
        test_pty_pump(p, 0);
    }
    /* The last of the storm may be half a mouse report that takes a ^C for its own. */
    for (int i = 0; i < 20 && test_pty_wait_exit(p, 1000) < 0; i++)
        if (!wake(p))
            test_pty_send(p, "\003", 1);
    must_have_left_well(p);
    test_pty_free(p);
}

START_TEST(keys_and_sizes)
{
    static const char *const lessons[] = {NULL, "false-sharing", "aba", "pools", "hot-cold"};
    const char *lesson = lessons[_i];

    storm(1000 + (uint64_t)_i, lesson, times() * KEYS / 5, times() * RESIZES / 5);
}
END_TEST

/* After a storm of sizes alone the picture is the one that a full redraw gives. */
START_TEST(the_last_size_wins)
{
    struct test_pty *p = start(NULL, false);

    seed = 77;
    ck_assert(test_pty_wait_text(p, "ECScope", PATIENCE));
    ck_assert(test_pty_wait_text(p, " CPU", PATIENCE));      /* the last thing to come by itself */
    for (int i = 0; i < times() * RESIZES; i++) {
        test_pty_resize(p, 1 + (int)pick(300), 1 + (int)pick(100));
        if (pick(3) == 0)
            test_pty_pump(p, (int)pick(20));
    }
    test_pty_resize(p, 90, 33);
    ck_assert(test_pty_wait_quiet(p, 500, PATIENCE));
    char *after = test_pty_text(p);
    test_pty_type(p, "\014");
    ck_assert(test_pty_pump(p, PATIENCE));
    ck_assert(test_pty_wait_quiet(p, 500, PATIENCE));
    char *fresh = test_pty_text(p);
    if (strcmp(after, fresh) != 0) {
        fprintf(stderr, "after the storm:\n%s\ndrawn again:\n%s\n", after, fresh);
        ck_abort_msg("the picture is not what a redraw gives");
    }
    ck_assert_ptr_nonnull(strstr(after, "ECScope"));
    free(after);
    free(fresh);
    test_pty_type(p, "\003");
    must_have_left_well(p);
    test_pty_free(p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("storm");
    TCase *tc = tcase_create("storm");

    tcase_set_timeout(tc, 120.0 + 60.0 * times());
    tcase_add_checked_fixture(tc, folder_up, folder_down);
    tcase_add_loop_test(tc, keys_and_sizes, 0, 5);
    tcase_add_test(tc, the_last_size_wins);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
