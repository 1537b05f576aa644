/* Every way out gives the terminal back; a slow or dead terminal harms nobody. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app_fixture.h"

static void folder_up(void)
{
    app_folder_make();
}

START_TEST(a_signal_ends_it_in_order)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};
    struct test_pty *p = app_start(80, 24, NULL);

    app_expect(p, "PICKER");
    test_pty_signal(p, signals[_i]);
    ck_assert_int_eq(test_pty_wait_exit(p, PATIENCE), 0);
    ck_assert(test_pty_restored(p));
    ck_assert(test_pty_seen(p, "\033[?1049l"));
    test_pty_free(p);
}
END_TEST

START_TEST(a_crash_gives_the_terminal_back)
{
    static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
    char crash[32];

    snprintf(crash, sizeof crash, "APP_CRASH=%d", signals[_i]);
    struct test_pty *p = app_start(80, 24, (const char *const[]){crash, NULL});
    app_expect(p, "PICKER");
    test_pty_type(p, "j");
    int status = test_pty_wait_exit(p, PATIENCE);
    /* A sanitizer ends with a status of its own; never 0. */
    ck_assert_msg(status == 128 + signals[_i] || (status > 0 && status < 128), "%d", status);
    ck_assert(test_pty_restored(p));
    test_pty_free(p);
}
END_TEST

START_TEST(a_fault_gives_the_terminal_back)
{
    static const char *const where[] = {"APP_CRASH=fault", "APP_CRASH=worker"};
    struct test_pty *p = app_start(80, 24, (const char *const[]){where[_i], NULL});

    app_expect(p, "PICKER");
    test_pty_type(p, "j");
    int status = test_pty_wait_exit(p, PATIENCE);
    ck_assert_msg(status == 128 + SIGSEGV || (status > 0 && status < 128), "%d", status);
    ck_assert(test_pty_restored(p));
    test_pty_free(p);
}
END_TEST

START_TEST(exit_gives_the_terminal_back)
{
    struct test_pty *p = app_start(80, 24, (const char *const[]){"APP_CRASH=exit", NULL});

    app_expect(p, "PICKER");
    test_pty_type(p, "j");
    ck_assert_int_eq(test_pty_wait_exit(p, PATIENCE), 7);
    ck_assert(test_pty_restored(p));
    test_pty_free(p);
}
END_TEST

static void stop_and_go(struct test_pty *p)
{
    ck_assert(test_pty_wait_stopped(p, PATIENCE));
    test_pty_pump(p, 20);
    ck_assert(test_pty_restored(p));
    test_pty_foreground(p);
    app_expect(p, "PICKER");
    ck_assert(test_terminal_alternate(test_pty_screen(p)));
    test_pty_type(p, "T");
}

START_TEST(suspend_and_return)
{
    struct test_pty *p = app_start(80, 24, NULL);

    app_expect(p, "PICKER");
    test_pty_type(p, "\032");
    stop_and_go(p);
    app_expect(p, "theme=light");
    test_pty_signal(p, SIGTSTP);
    stop_and_go(p);
    app_expect(p, "theme=mono");
    test_pty_signal(p, SIGSTOP);
    ck_assert(test_pty_wait_stopped(p, PATIENCE));
    test_pty_foreground(p);
    test_pty_type(p, "T");
    app_expect(p, "theme=dark");
    app_leave(p);
}
END_TEST

START_TEST(a_terminal_that_closes_ends_it)
{
    struct test_pty *p = app_start(80, 24, NULL);

    app_expect(p, "PICKER");
    test_pty_hang_up(p);
    int status = test_pty_wait_exit(p, PATIENCE);
    ck_assert_msg(status == 0 || status == 1, "%d", status);
    test_pty_free(p);
}
END_TEST

START_TEST(no_terminal_is_said)
{
    static const char *const argv[] = {TERM_APP, NULL};
    static const char *const env[] = {"TERM=xterm", "APP_LESSONS=.", NULL};
    struct test_pty_options o = {.env = env, .no_terminal = true};
    struct test_pty *p = test_pty_start(argv, &o);

    ck_assert_int_eq(test_pty_wait_exit(p, PATIENCE), 2);
    char *errors = test_pty_errors(p);
    ck_assert_ptr_nonnull(strstr(errors, "there is no terminal"));
    ck_assert_uint_eq(test_pty_bytes(p), 0);
    free(errors);
    test_pty_free(p);
}
END_TEST

START_TEST(a_bad_term_is_said)
{
    static const char *const terms[] = {"TERM", "TERM=", "TERM=dumb", "TERM=no-such-thing"};
    struct test_pty *p = app_start(80, 24, (const char *const[]){terms[_i], NULL});

    ck_assert_int_eq(test_pty_wait_exit(p, PATIENCE), 2);
    char *errors = test_pty_errors(p);
    ck_assert_ptr_nonnull(strstr(errors, "TERM"));
    ck_assert_ptr_null(strchr(strchr(errors, '\n') + 1, '\n'));
    ck_assert_uint_eq(test_pty_bytes(p), 0);
    ck_assert(test_pty_restored(p));
    free(errors);
    test_pty_free(p);
}
END_TEST

START_TEST(an_unknown_lesson_is_said)
{
    struct test_pty *p = app_start(80, 24, (const char *const[]){"APP_LESSON=thrid", NULL});

    ck_assert_int_eq(test_pty_wait_exit(p, PATIENCE), 2);
    char *errors = test_pty_errors(p);
    ck_assert_ptr_nonnull(strstr(errors, "thrid"));
    ck_assert_ptr_nonnull(strstr(errors, "third"));
    ck_assert_uint_eq(test_pty_bytes(p), 0);
    free(errors);
    test_pty_free(p);
}
END_TEST

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
/* What a library complains of must not run across the picture, nor get lost. */
START_TEST(standard_error_waits)
{
    struct test_pty *p = app_start_loud(80, 24, (const char *const[]){"APP_NOISE=1", NULL});

    app_expect(p, "PICKER");
    test_pty_type(p, "TT");
    app_expect(p, "theme=mono");
    ck_assert(!test_pty_seen(p, "noise"));
    test_pty_type(p, "\003");
    ck_assert_int_eq(test_pty_wait_exit(p, PATIENCE), 0);
    app_expect(p, "noise from a library");
    ck_assert(test_pty_restored(p));
    test_pty_free(p);
}
END_TEST
#endif

static double cpu_seconds(pid_t pid)
{
    char path[64], line[1024];
    unsigned long user = 0, kernel = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    fclose(file);
    ck_assert_int_eq(sscanf(strrchr(line, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
                            "%lu %lu", &user, &kernel), 2);
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

/* Nobody reads for two seconds while keys keep coming; the loop sleeps through it, and the newest
 * picture is there afterwards. */
START_TEST(a_stalled_reader_costs_nothing)
{
    struct test_pty *p = app_start(200, 50, (const char *const[]){"APP_STATS=1", NULL});
    struct timespec tick = {.tv_nsec = 10000000};

    app_expect(p, "PICKER");
    double before = cpu_seconds(test_pty_pid(p));
    for (int i = 0; i < 200; i++) {
        kill(test_pty_pid(p), SIGWINCH);       /* a whole picture each time */
        nanosleep(&tick, NULL);
    }
    double used = cpu_seconds(test_pty_pid(p)) - before;
    ck_assert_msg(used < 1.0, "%.2f s of CPU for a stalled terminal", used);
    test_pty_type(p, "T");
    app_expect(p, "theme=light");
    test_pty_type(p, "\003");
    ck_assert_int_eq(test_pty_wait_exit(p, PATIENCE), 0);
    char *errors = test_pty_errors(p);
    ck_assert_msg(app_stat(errors, "frames_skipped") > 0, "%s", errors);
    ck_assert(test_pty_restored(p));
    free(errors);
    test_pty_free(p);
}
END_TEST

START_TEST(a_still_page_is_silent)
{
    struct test_pty *p = app_start(100, 30, (const char *const[]){"APP_STATS=1", NULL});

    app_expect(p, "PICKER");
    app_expect(p, "CPU");
    ck_assert(test_pty_wait_quiet(p, 300, PATIENCE));
    uint64_t bytes = test_pty_bytes(p);
    ck_assert(!test_pty_pump(p, 1500));
    ck_assert_uint_eq(test_pty_bytes(p), bytes);
    test_pty_type(p, "\003");
    ck_assert_int_eq(test_pty_wait_exit(p, PATIENCE), 0);
    char *errors = test_pty_errors(p);
    /* First frame, the machine line, the key: not more, however long it lay still. */
    double wakeups = app_stat(errors, "wakeups_per_s") * app_stat(errors, "seconds");
    ck_assert_msg(wakeups < 30, "%s", errors);
    ck_assert(app_stat(errors, "frame.count") >= 1);
    ck_assert(app_stat(errors, "first_frame") > 0);
    ck_assert(app_stat(errors, "bytes") > 100);
    free(errors);
    test_pty_free(p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("app: ends");
    TCase *tc = tcase_create("ends");

    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, folder_up, app_folder_remove);
    tcase_add_loop_test(tc, a_signal_ends_it_in_order, 0, 4);
    tcase_add_loop_test(tc, a_crash_gives_the_terminal_back, 0, 5);
    tcase_add_loop_test(tc, a_fault_gives_the_terminal_back, 0, 2);
    tcase_add_test(tc, exit_gives_the_terminal_back);
    tcase_add_test(tc, suspend_and_return);
    tcase_add_test(tc, a_terminal_that_closes_ends_it);
    tcase_add_test(tc, no_terminal_is_said);
    tcase_add_loop_test(tc, a_bad_term_is_said, 0, 4);
    tcase_add_test(tc, an_unknown_lesson_is_said);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    tcase_add_test(tc, standard_error_waits);
#endif
    tcase_add_test(tc, a_stalled_reader_costs_nothing);
    tcase_add_test(tc, a_still_page_is_silent);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
