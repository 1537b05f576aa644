/* `ecscope-learn explore` as a script sees it. */
#include <check.h>
#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char output[200000];

/* Standard output and error together; the exit status. */
static int run(const char *arguments)
{
    char command[1024];
    snprintf(command, sizeof command, "%s explore %s 2>&1", PROGRAM, arguments);
    FILE *p = popen(command, "r");
    ck_assert_ptr_nonnull(p);
    size_t n = fread(output, 1, sizeof output - 1, p);
    output[n] = '\0';
    return WEXITSTATUS(pclose(p));
}

static const struct { const char *arguments; int status; const char *says; } cases[] = {
    {"", 0, "store-buffer"},
    {"aba", 1, "B is in the stack, and thread 1 owns it"},
    {"aba", 1, "1 preemption, 12 steps, as few as there can be"},
    {"aba", 1, "--schedule 'aba/plain/sc: 0*2 1*9 0'"},
    {"aba --set variant=tagged", 0, "exhaustive for this program and 2 threads"},
    {"aba --set variant=hazard --bound 1", 0, "not exhaustive: bound 1"},
    {"aba --set variant=hazard --threads 4 --limit 50ms", 0, "stopped after 0.05 s"},
    {"aba --set variant=hazard --max-states 100", 0, "--max-states"},
    {"store-buffer --model tso", 1, "both threads read 0"},
    {"store-buffer --model ra --set order=seq_cst", 0, "not full C11"},
    {"counter --reduction dpor", 1, "the counter is 1"},
    {"counter --reduction dpor --bound 2", 2, "knows no bound"},
    {"abba", 2, "did you mean aba?"},
    {"aba --set variant=taged", 2, "did you mean tagged?"},
    {"aba --set colour=red", 2, "no parameter \"colour\""},
    {"aba --set variant", 2, "NAME=VALUE"},
    {"aba --threads 9", 2, "--threads"},
    {"aba --bound -1", 2, "--bound"},
    {"aba --model x86", 2, "--model"},
    {"--schedule 'aba/plain/sc: 0*2 1*9 0*1'", 1, "B is in the stack"},
    {"--schedule 'aba/plain/sc: 0*2 1*3'", 0, "ends before the program; next: 0, 0s, 1"},
    {"--schedule 'aba/plain/sc: 0*9'", 2, "move 4 of the schedule (0) is not possible there"},
    {"--schedule 'aba/plain/sc: 0*9'", 2, "possible there: 1"},
    {"--schedule 'aba/plain/sc: zero'", 2, "\"zero\" in the schedule is no move"},
    {"counter --schedule 'aba/plain/sc: 0'", 2, "is for aba, not for counter"},
};

START_TEST(says)
{
    int status = run(cases[_i].arguments);
    ck_assert_msg(status == cases[_i].status, "%s: %d\n%s", cases[_i].arguments, status, output);
    ck_assert_msg(strstr(output, cases[_i].says), "%s:\n%s", cases[_i].arguments, output);
}
END_TEST

START_TEST(document)
{
    ck_assert_int_eq(run("aba --format json"), 1);
    json_t *o = json_loads(output, 0, NULL);
    ck_assert_ptr_nonnull(o);
    ck_assert_str_eq(json_string_value(json_object_get(o, "schema")), "ecscope.explore.v1");
    ck_assert_str_eq(json_string_value(json_object_get(o, "verdict")), "violation");
    ck_assert_str_eq(json_string_value(json_object_get(o, "schedule")),
                     "aba/plain/sc: 0*2 1*9 0");
    ck_assert_int_eq(json_integer_value(json_object_get(o, "preemptions")), 1);
    json_t *steps = json_object_get(o, "steps"), *last = json_array_get(steps, 11);
    ck_assert_uint_eq(json_array_size(steps), 12);
    ck_assert_str_eq(json_string_value(json_object_get(last, "op")), "cas");
    ck_assert_str_eq(json_string_value(json_object_get(last, "file")),
                     "src/core/lockfree/stack.h");
    ck_assert_str_eq(json_string_value(json_object_get(last, "location")), "head");
    ck_assert_str_eq(json_string_value(json_object_get(last, "value")), "A -> B");
    json_decref(o);
    ck_assert_int_eq(run("aba --set variant=tagged --json"), 0);
    o = json_loads(output, 0, NULL);
    ck_assert(json_is_true(json_object_get(o, "exhaustive")));
    ck_assert(json_is_null(json_object_get(o, "schedule")));
    json_decref(o);
}
END_TEST

/* Started with the interrupt ignored, so that one before its handler is there does no harm. */
static pid_t start_long_search(const char *out)
{
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    signal(SIGINT, SIG_IGN);
    if (!freopen(out, "w", stdout))
        _exit(127);
    execl(PROGRAM, PROGRAM, "explore", "aba", "--set", "variant=hazard", "--set", "rounds=3",
          "--threads", "4", "--limit", "60", "--max-states", "50000000", (char *)NULL);
    _exit(127);
}

/* Whether the process has a handler for the interrupt by now. */
static bool catches_interrupts(pid_t pid)
{
    char path[64], line[256];
    unsigned long long caught = 0;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        sscanf(line, "SigCgt: %llx", &caught);
    if (file)
        fclose(file);
    return caught >> (SIGINT - 1) & 1;
}

/* The search process says what it knows when it is asked to stop, once: a second interrupt ends
 * the program at once, as is usual. */
START_TEST(interrupted)
{
    pid_t pid = start_long_search("interrupted.out");
    int status = 0;

    ck_assert_int_gt(pid, 0);
    for (int i = 0; i < 1000 && !catches_interrupts(pid); i++)
        usleep(10000);
    usleep(500000);               /* the search is on its way */
    kill(pid, SIGINT);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    FILE *file = fopen("interrupted.out", "r");
    ck_assert_ptr_nonnull(file);
    output[fread(output, 1, sizeof output - 1, file)] = '\0';
    fclose(file);
    unlink("interrupted.out");
    ck_assert_msg(strstr(output, "stopped by you") != NULL, "status %x: %s", status, output);
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

START_TEST(process_is_missing)
{
    setenv("ECSCOPE_EXPLORE", "/nonexistent", 1);
    ck_assert_int_eq(run("aba"), 3);
    ck_assert_ptr_nonnull(strstr(output, "ECSCOPE_EXPLORE names no program"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("explore");
    TCase *c = tcase_create("command line");
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, says, 0, sizeof cases / sizeof *cases);
    tcase_add_test(c, document);
    tcase_add_test(c, interrupted);
    tcase_add_test(c, process_is_missing);
    suite_add_tcase(s, c);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
