/* What a user does beside answering: toggles live, pauses, scrubs, resizes, asks for help, records,
 * replays; and homes, terminals and processors that are not as they should be. */
#include <check.h>
#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "learner.h"

static const char *const false_sharing[] = {"false-sharing", NULL};

/* A lesson with its chart open and workers running. */
static struct test_pty *observing(int w, int h, const char *const *env)
{
    struct test_pty *p = learner_start(w, h, false_sharing, env);

    learner_expect(p, "What do you expect");
    test_pty_type(p, "2");
    learner_expect(p, "How sure");
    test_pty_type(p, "3");
    learner_expect(p, "[n] goes on");
    test_pty_type(p, "n");
    learner_expect(p, "Press [p]");
    learner_expect(p, "LIVE");
    return p;
}

/* Reads for as long as the program is to run on. */
static void watch(struct test_pty *p, int ms)
{
    for (int i = 0; i < ms / 50; i++) {
        test_pty_pump(p, 10);
        usleep(40000);
    }
}

static void leave(struct test_pty *p)
{
    test_pty_type(p, "\003");
    ck_assert_int_eq(test_pty_wait_exit(p, PATIENCE), 0);
    ck_assert(test_pty_restored(p));
    test_pty_free(p);
}

START_TEST(nothing_is_charted_before_a_prediction)
{
    struct test_pty *p = learner_start(100, 30, false_sharing, NULL);

    learner_expect(p, "Predict first");
    ck_assert(!test_pty_find(p, "ops/s", NULL, NULL));
    test_pty_type(p, "n");                   /* not without an answer */
    test_pty_wait_quiet(p, 100, 1000);
    learner_expect(p, "PREDICT 1/");
    leave(p);
}
END_TEST

START_TEST(a_key_changes_the_running_workload)
{
    struct test_pty *p = observing(100, 30, NULL);

    learner_expect(p, "share this line");
    test_pty_type(p, "ppp");
    learner_expect(p, "alone");              /* the picture follows */
    learner_expect(p, "stride 64");          /* the chart marks the moment */
    test_pty_type(p, "a");
    learner_expect(p, "same-core");
    leave(p);
}
END_TEST

START_TEST(pause_scrub_resume)
{
    struct test_pty *p = observing(100, 30, NULL);

    watch(p, 1500);
    test_pty_type(p, " ");
    learner_expect(p, "PAUSED");
    test_pty_type(p, "\033[D");
    learner_expect(p, "s back");
    test_pty_type(p, "\033[C");
    test_pty_type(p, " ");
    learner_expect(p, "LIVE");
    leave(p);
}
END_TEST

START_TEST(a_paused_screen_is_silent)
{
    struct test_pty *p = observing(100, 30, NULL);

    watch(p, 500);
    test_pty_type(p, " ");
    learner_expect(p, "PAUSED");
    test_pty_wait_quiet(p, 1000, 10000);
    uint64_t before = test_pty_bytes(p);
    watch(p, 2000);
    ck_assert_uint_eq(test_pty_bytes(p), before);
    leave(p);
}
END_TEST

START_TEST(help_at_any_size)
{
    struct test_pty *p = observing(80, 24, NULL);

    test_pty_type(p, "?");
    learner_expect(p, "This lesson");
    test_pty_type(p, "jjjjjjjjjjjj");
    learner_expect(p, "pause the workers");
    test_pty_type(p, "?");
    learner_expect(p, "OBSERVE");
    test_pty_resize(p, 40, 10);
    test_pty_wait_quiet(p, 200, 5000);
    test_pty_type(p, "?");
    test_pty_wait_quiet(p, 200, 5000);
    test_pty_type(p, "?");
    learner_expect(p, "Press [p]");
    test_pty_resize(p, 39, 9);
    learner_expect(p, "40");                 /* the size that it needs */
    test_pty_resize(p, 160, 45);
    learner_expect(p, "Observe: move the counters");
    test_pty_resize(p, 20, 5);
    test_pty_wait_quiet(p, 200, 5000);
    test_pty_type(p, "qq");                  /* works there: the list, then out */
    ck_assert_int_eq(test_pty_wait_exit(p, PATIENCE), 0);
    ck_assert(test_pty_restored(p));
    test_pty_free(p);
}
END_TEST

static int recordings(char *name, size_t size)
{
    int n = 0;
    DIR *d = opendir(learner_state());

    for (struct dirent *e; (e = readdir(d));) {
        const char *dot = strrchr(e->d_name, '.');
        if (dot && strcmp(dot, ".ecst") == 0 && ++n)
            snprintf(name, size, "%s/%s", learner_state(), e->d_name);
    }
    closedir(d);
    return n;
}

START_TEST(record_and_replay)
{
    struct test_pty *p = observing(100, 30, NULL);
    char name[512];

    test_pty_type(p, "w");
    learner_expect(p, "to file");
    watch(p, 2000);
    test_pty_type(p, "pppp");
    watch(p, 1000);
    test_pty_type(p, "w");
    test_pty_wait_no_text(p, "to file", PATIENCE);
    leave(p);
    ck_assert_int_eq(recordings(name, sizeof name), 1);

    p = learner_start(100, 30, (const char *[]){"replay", name, NULL}, NULL);
    learner_expect(p, "RECORDED");
    learner_expect(p, "ops/s");
    learner_expect(p, "00:02");              /* there is something to look back at */
    test_pty_type(p, " ");
    learner_expect(p, "PAUSED");
    test_pty_type(p, "\033[D");
    learner_expect(p, "s back");
    leave(p);
}
END_TEST

START_TEST(a_home_that_cannot_be_written_is_said)
{
    const char *env[] = {"XDG_STATE_HOME=/dev/null/nowhere", NULL};
    struct test_pty *p = learner_start(100, 30, NULL, env);

    learner_expect(p, "rogress is not kept");
    test_pty_type(p, "\r");
    learner_expect(p, "PREDICT 1/");
    leave(p);
}
END_TEST

/* A processor goes away under pinned workers: the lesson goes on and says so. */
START_TEST(a_processor_that_is_taken_away)
{
    cpu_set_t mine, one;
    char tasks[64];

    ck_assert_int_eq(sched_getaffinity(0, sizeof mine, &mine), 0);
    if (CPU_COUNT(&mine) < 2)
        return;
    struct test_pty *p = observing(100, 30, NULL);
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
        if (CPU_ISSET(i, &mine))
            CPU_SET(i, &one);
    snprintf(tasks, sizeof tasks, "/proc/%d/task", (int)test_pty_pid(p));
    DIR *d = opendir(tasks);
    ck_assert_ptr_nonnull(d);
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.')
            sched_setaffinity(atoi(e->d_name), sizeof one, &one);
    closedir(d);
    learner_expect(p, "CPU");
    test_pty_type(p, "p");
    learner_expect(p, "stride 16");
    leave(p);
}
END_TEST

START_TEST(every_signal_gives_the_terminal_back)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGSEGV, SIGABRT};
    struct test_pty *p = observing(80, 24, NULL);

    test_pty_signal(p, signals[_i]);
    int status = test_pty_wait_exit(p, PATIENCE);
    if (signals[_i] == SIGSEGV || signals[_i] == SIGABRT)
        ck_assert_int_ne(status, 0);
    else
        ck_assert_int_eq(status, 0);
    ck_assert(test_pty_restored(p));
    test_pty_free(p);
}
END_TEST

START_TEST(suspended_and_back)
{
    struct test_pty *p = observing(80, 24, NULL);

    test_pty_type(p, "\032");
    ck_assert(test_pty_wait_stopped(p, PATIENCE));
    test_pty_pump(p, 50);
    ck_assert(test_pty_restored(p));
    test_pty_foreground(p);
    learner_expect(p, "OBSERVE");
    test_pty_type(p, "p");
    learner_expect(p, "stride 16");
    leave(p);
}
END_TEST

START_TEST(a_terminal_that_closes)
{
    struct test_pty *p = observing(80, 24, NULL);

    test_pty_hang_up(p);
    int status = test_pty_wait_exit(p, PATIENCE);
    ck_assert_msg(status == 0 || status == 1, "%d", status);
    test_pty_free(p);
}
END_TEST

START_TEST(plain_characters_everywhere)
{
    static const char *const ascii[] = {"--ascii", "false-sharing", NULL};
    struct test_pty *p = learner_start(80, 24, ascii, NULL);

    learner_expect(p, "PREDICT 1/");
    char *screen = test_pty_text(p);
    for (const char *c = screen; *c; c++)
        ck_assert_msg((unsigned char)*c < 0x80, "%s", screen);
    free(screen);
    leave(p);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("use");
    TCase *t = tcase_create("use");

    tcase_add_checked_fixture(t, learner_folder_make, learner_folder_remove);
    tcase_set_timeout(t, 200);
    tcase_add_test(t, nothing_is_charted_before_a_prediction);
    tcase_add_test(t, a_key_changes_the_running_workload);
    tcase_add_test(t, pause_scrub_resume);
    tcase_add_test(t, a_paused_screen_is_silent);
    tcase_add_test(t, help_at_any_size);
    tcase_add_test(t, record_and_replay);
    tcase_add_test(t, a_home_that_cannot_be_written_is_said);
    tcase_add_test(t, a_processor_that_is_taken_away);
    tcase_add_loop_test(t, every_signal_gives_the_terminal_back, 0, 5);
    tcase_add_test(t, suspended_and_back);
    tcase_add_test(t, a_terminal_that_closes);
    tcase_add_test(t, plain_characters_everywhere);
    suite_add_tcase(s, t);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
