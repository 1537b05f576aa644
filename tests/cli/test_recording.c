/* record and replay, whole: what goes in comes out, whatever ends the recorder. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "program.h"

static void record(const char *what, const char *name, const char *options)
{
    struct said s = run(text("record %s -o %s/%s --seconds 0.6%s", what, scratch(), name,
                             options));
    ck_assert_msg(s.status == 0, "%s", s.err);
    ck_assert_ptr_nonnull(strstr(s.out, "windows of"));
    said_free(&s);
}

static json_t *replay(const char *name)
{
    return run_json(text("replay %s/%s --json", scratch(), name));
}

static const json_t *at(const json_t *o, const char *a, const char *b)
{
    return json_object_get(json_object_get(o, a), b);
}

START_TEST(a_scenario_comes_back)
{
    record("counters", "a", " --set stride=128");
    ck_assert_int_ne(access(text("%s/a.part", scratch()), F_OK), 0);
    json_t *o = replay("a");
    ck_assert_str_eq(json_string_value(json_object_get(o, "schema")), "ecscope.run.v1");
    ck_assert_str_eq(json_string_value(json_object_get(o, "scenario")), "counters");
    ck_assert_int_eq(json_integer_value(at(o, "params", "stride")), 128);
    ck_assert(json_is_false(at(o, "recorded", "truncated")));
    ck_assert_ptr_nonnull(json_string_value(at(o, "recorded", "date")));
    ck_assert_ptr_nonnull(json_string_value(at(o, "machine", "host")));
    const json_t *metrics = json_object_get(o, "metrics");
    for (size_t i = 0; i < json_array_size(metrics); i++)
        ck_assert_str_eq(json_string_value(json_object_get(json_array_get(metrics, i), "source")),
                         "recorded");
    json_decref(o);
}
END_TEST

/* Both values that a lesson compares are in its recording. */
START_TEST(a_lesson_comes_back)
{
    record("false-sharing", "lesson", "");
    json_t *o = replay("lesson");
    ck_assert_str_eq(json_string_value(at(o, "recorded", "lesson")), "false-sharing");
    ck_assert_ptr_nonnull(json_string_value(at(o, "recorded", "title")));
    ck_assert_uint_eq(json_array_size(json_object_get(o, "segments")), 2);
    json_decref(o);
}
END_TEST

/* Told which value, it stays with it. */
START_TEST(a_lesson_told_its_value)
{
    record("false-sharing", "told", " --set threads=1,stride=64");
    json_t *o = replay("told");
    ck_assert_uint_eq(json_array_size(json_object_get(o, "segments")), 1);
    ck_assert_int_eq(json_integer_value(at(o, "params", "stride")), 64);
    json_decref(o);
}
END_TEST

START_TEST(text_and_csv)
{
    record("stack-stress", "t", "");
    struct said s = run(text("replay %s/t", scratch()));
    ck_assert_int_eq(s.status, 0);
    ck_assert_int_eq(strncmp(s.out, "RECORDED on ", 12), 0);
    ck_assert_ptr_null(strstr(s.out, "MEASURED"));
    said_free(&s);
    s = run(text("replay %s/t --format csv", scratch()));
    ck_assert_int_eq(s.status, 0);
    ck_assert_int_eq(strncmp(s.out, "time_s,rate.total,", 18), 0);
    said_free(&s);
}
END_TEST

START_TEST(nothing_is_replaced_unasked)
{
    record("counters", "keep", "");
    struct stat before, after;
    ck_assert_int_eq(stat(text("%s/keep", scratch()), &before), 0);
    struct said s = run(text("record counters -o %s/keep --seconds 0.2", scratch()));
    ck_assert_int_eq(s.status, 2);
    ck_assert_ptr_nonnull(strstr(s.err, "--force"));
    said_free(&s);
    ck_assert_int_eq(stat(text("%s/keep", scratch()), &after), 0);
    ck_assert(before.st_ino == after.st_ino && before.st_size == after.st_size);
    record("counters", "keep", " --force");
    ck_assert_int_eq(stat(text("%s/keep", scratch()), &after), 0);
    ck_assert(before.st_ino != after.st_ino);
}
END_TEST

/* Until the file has been there for some records. */
static void await_size(const char *path, off_t size)
{
    struct stat st;
    for (int i = 0; i < 6000; i++) {
        if (stat(path, &st) == 0 && st.st_size >= size)
            return;
        nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
    }
    ck_abort_msg("%s did not grow", path);
}

static pid_t start_recorder(const char *name)
{
    int nothing = open("/dev/null", O_RDWR);
    pid_t pid = start(text("record aba -o %s/%s --seconds 600", scratch(), name), nothing, nothing);
    close(nothing);
    await_size(text("%s/%s.part", scratch(), name), 8000);
    return pid;
}

START_TEST(an_interrupt_closes_the_file)
{
    pid_t pid = start_recorder("int");
    kill(pid, _i ? SIGTERM : SIGINT);
    ck_assert_int_eq(wait_for(pid, NULL), 0);
    ck_assert_int_ne(access(text("%s/int.part", scratch()), F_OK), 0);
    json_t *o = replay("int");
    ck_assert(json_is_false(at(o, "recorded", "truncated")));
    json_decref(o);
}
END_TEST

START_TEST(a_kill_leaves_what_was_whole)
{
    pid_t pid = start_recorder("kill");
    int signal_number;
    kill(pid, SIGKILL);
    ck_assert_int_eq(wait_for(pid, &signal_number), -1);
    ck_assert_int_eq(signal_number, SIGKILL);
    struct said s = run(text("replay %s/kill.part --json", scratch()));
    ck_assert_int_eq(s.status, 0);
    ck_assert_ptr_nonnull(strstr(s.err, "note: "));
    json_t *o = json_loads(s.out, 0, NULL);
    ck_assert(json_is_true(at(o, "recorded", "truncated")));
    ck_assert_ptr_nonnull(json_string_value(at(o, "recorded", "damage")));
    json_decref(o);
    said_free(&s);
    /* What it left is not written over by chance. */
    s = run(text("record aba -o %s/kill --seconds 0.2", scratch()));
    ck_assert_int_eq(s.status, 2);
    ck_assert_ptr_nonnull(strstr(s.err, "kill.part is there"));
    said_free(&s);
    record("aba", "kill", " --force");
}
END_TEST

START_TEST(damage_is_named)
{
    record("counters", "d", "");
    const char *path = text("%s/d", scratch());
    struct stat st;
    ck_assert_int_eq(stat(path, &st), 0);
    int fd = open(path, O_WRONLY);
    ck_assert_int_eq(pwrite(fd, "#", 1, st.st_size - 200), 1);
    close(fd);
    struct said s = run(text("replay %s", path));
    ck_assert_int_eq(s.status, 0);
    ck_assert_ptr_nonnull(strstr(s.err, "is damaged: its check sum does not match"));
    said_free(&s);
    fd = open(path, O_WRONLY);
    ck_assert_int_eq(pwrite(fd, "#", 1, 40), 1);
    close(fd);
    s = run(text("replay %s", path));
    ck_assert_int_eq(s.status, 2);
    ck_assert_ptr_nonnull(strstr(s.err, "the head of this recording is damaged"));
    ck_assert_str_eq(s.out, "");
    said_free(&s);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("recording");
    TCase *t = tcase_create("recording");
    tcase_add_test(t, a_scenario_comes_back);
    tcase_add_test(t, a_lesson_comes_back);
    tcase_add_test(t, a_lesson_told_its_value);
    tcase_add_test(t, text_and_csv);
    tcase_add_test(t, nothing_is_replaced_unasked);
    tcase_add_loop_test(t, an_interrupt_closes_the_file, 0, 2);
    tcase_add_test(t, a_kill_leaves_what_was_whole);
    tcase_add_test(t, damage_is_named);
    tcase_set_timeout(t, 120);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
