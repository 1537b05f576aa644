/* Output that cannot be written is noticed, wherever it goes. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "program.h"

static void lost(const char *command, int out, const char *what)
{
    char said[1024] = "";
    FILE *err = tmpfile();
    ck_assert_int_eq(wait_for(start(command, out, fileno(err)), NULL), 2);
    rewind(err);
    said[fread(said, 1, sizeof said - 1, err)] = '\0';
    fclose(err);
    ck_assert_msg(strstr(said, what), "\"%s\" does not say \"%s\"", said, what);
}

static const char *const commands[] = {
    "machine", "machine --json", "list", "list --json", "--help", "run --help", "--version",
    "run counters --seconds 0.1", "run counters --seconds 0.1 --json",
    "run counters --seconds 0.3 --format csv",
    /* Ends with its reader, long before the test's own time is up. */
    "run counters --seconds 3600 --format csv",
};

START_TEST(a_full_disk)
{
    int full = open("/dev/full", O_WRONLY);
    ck_assert_int_ge(full, 0);
    lost(commands[_i], full, "standard output cannot be written: No space left on device");
    close(full);
}
END_TEST

START_TEST(a_closed_pipe)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    lost(commands[_i], ends[1], "standard output was closed");
    close(ends[1]);
}
END_TEST

START_TEST(no_output_at_all)
{
    lost(commands[_i], -1, "standard output cannot be written");
}
END_TEST

/* With 1 closed, the recording must not become standard output and get its text. */
START_TEST(a_recording_is_not_standard_output)
{
    FILE *err = tmpfile();
    int status = wait_for(start(text("record counters -o %s/r --seconds 0.3", scratch()), -1,
                                fileno(err)), NULL);
    fclose(err);
    ck_assert_int_eq(status, 2);
    struct said s = run(text("replay %s/r --json", scratch()));
    ck_assert_int_eq(s.status, 0);
    json_t *o = json_loads(s.out, 0, NULL);
    ck_assert(json_is_false(json_object_get(json_object_get(o, "recorded"), "truncated")));
    json_decref(o);
    said_free(&s);
}
END_TEST

/* An interrupt prints what was measured until then. */
START_TEST(an_interrupted_run_says_what_it_has)
{
    FILE *out = tmpfile(), *err = tmpfile();
    pid_t pid = start("run counters --seconds 600 --json", fileno(out), fileno(err));
    /* Later than its start, whenever that is: until the handler is there the signal just ends it,
     * which is no failure of what is looked at here. */
    nanosleep(&(struct timespec){ .tv_sec = 2 }, NULL);
    kill(pid, SIGINT);
    int signal_number, status = wait_for(pid, &signal_number);
    if (signal_number == 0) {
        ck_assert_int_eq(status, 0);
        rewind(out);
        json_t *o = json_loadf(out, 0, NULL);
        ck_assert_ptr_nonnull(o);
        ck_assert(json_number_value(json_object_get(o, "seconds")) < 590);
        json_decref(o);
    }
    fclose(out);
    fclose(err);
}
END_TEST

int main(void)
{
    int n = (int)(sizeof commands / sizeof *commands);
    Suite *s = suite_create("output");
    TCase *t = tcase_create("output");
    tcase_add_loop_test(t, a_full_disk, 0, n);
    tcase_add_loop_test(t, a_closed_pipe, 0, n);
    tcase_add_loop_test(t, no_output_at_all, 0, n);
    tcase_add_test(t, a_recording_is_not_standard_output);
    tcase_add_test(t, an_interrupted_run_says_what_it_has);
    tcase_set_timeout(t, 120);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
