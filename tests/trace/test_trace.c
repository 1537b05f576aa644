#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/crc32.h"
#include "trace_fixture.h"

static struct ecs_trace *read_back(const char *path)
{
    struct ecs_trace *t;
    struct ecs_error e = { 0 };
    ck_assert_msg(ecs_trace_read(path, &t, &e) == 0, "%s", e.what);
    return t;
}

START_TEST(crc_is_zlibs)
{
    ck_assert_uint_eq(ecs_crc32("", 0), 0);
    ck_assert_uint_eq(ecs_crc32("123456789", 9), 0xcbf43926u);
    ck_assert_uint_eq(ecs_crc32("The quick brown fox jumps over the lazy dog", 43), 0x414fa339u);
}
END_TEST

static void same_double(double a, double b)
{
    ck_assert(isnan(a) ? isnan(b) : a == b);
}

static void same_snapshot(const struct ecs_snapshot *a, const struct ecs_snapshot *b)
{
    ck_assert_uint_eq(a->seq, b->seq);
    ck_assert_uint_eq(a->time_ns, b->time_ns);
    ck_assert_uint_eq(a->window_ns, b->window_ns);
    ck_assert_uint_eq(a->generation, b->generation);
    ck_assert_uint_eq(a->flags, b->flags);
    ck_assert_uint_eq(a->workers, b->workers);
    ck_assert(a->noise.delay == b->noise.delay && a->noise.steal == b->noise.steal);
    ck_assert(a->noise.canary == b->noise.canary && a->noise.foreign == b->noise.foreign);
    ck_assert_int_eq(a->noise.cpu, b->noise.cpu);
    ck_assert_int_eq(a->noise.why, b->noise.why);
    ck_assert_mem_eq(&a->values, &b->values, sizeof a->values);
    for (size_t i = 0; i < ECS_MAX_METRICS; i++)
        same_double(a->metric[i], b->metric[i]);
    ck_assert_mem_eq(a->worker_rate, b->worker_rate, sizeof a->worker_rate);
    ck_assert_mem_eq(a->worker_cpu, b->worker_cpu, sizeof a->worker_cpu);
}

START_TEST(everything_comes_back)
{
    const char *path = fixture_path("round.ecst");
    fixture_record(path, 100);
    struct ecs_trace *t = read_back(path);
    ck_assert(!t->truncated);
    ck_assert_str_eq(t->damage, "");
    ck_assert_uint_eq(t->n, 100);
    ck_assert_uint_eq(t->n_pictures, 10);
    for (uint64_t i = 0; i < 100; i++) {
        struct ecs_snapshot s;
        fixture_snapshot(i, &s);
        same_snapshot(&s, &t->snap[i]);
    }
    for (uint64_t i = 0; i < 10; i++) {
        struct ecs_picture p;
        fixture_picture(i * 10, &p);
        ck_assert_uint_eq(t->picture_seq[i], i * 10);
        ck_assert_mem_eq(&p, &t->picture[i], sizeof p);
    }
    ecs_trace_free(t);
}
END_TEST

START_TEST(the_head_comes_back)
{
    const char *path = fixture_path("head.ecst");
    struct ecs_trace_head head;
    fixture_head(&head);
    fixture_record(path, 1);
    struct ecs_trace *t = read_back(path);
    ck_assert_str_eq(t->head.scenario, "fixture");
    ck_assert_str_eq(t->head.title, head.title);
    ck_assert_str_eq(t->head.lesson, "aba");
    ck_assert_str_eq(t->head.host, head.host);
    ck_assert_str_eq(t->head.cpu, head.cpu);
    ck_assert_str_eq(t->head.kernel, head.kernel);
    ck_assert_uint_eq(strlen(t->head.date), strlen("2026-01-01T00:00:00+00:00"));
    ck_assert_uint_eq(t->head.cpus, head.cpus);
    ck_assert(t->head.sample_hz == 20);
    const struct ecs_scenario *s = t->scenario;
    ck_assert_str_eq(s->name, "fixture");
    ck_assert_uint_eq(s->n_params, 2);
    ck_assert_uint_eq(s->n_metrics, 2);
    ck_assert_str_eq(s->params[0].choices[1], "tagged");
    ck_assert_ptr_null(s->params[0].choices[2]);
    ck_assert_str_eq(s->params[0].choice_help[1], "a \"tag\", in one word");
    ck_assert(s->params[0].rebuild && s->params[1].live && !s->params[1].rebuild);
    ck_assert_int_eq(s->params[1].max, 4096);
    ck_assert_int_eq(s->params[1].multiple, 8);
    ck_assert_str_eq(s->metrics[1].unit, "nodes");
    ck_assert(s->metrics[1].is_count && s->metrics[1].lower_is_better);
    ck_assert_str_eq(s->counters[1], "retries");
    ck_assert_ptr_null(s->counters[2]);
    ck_assert_int_eq(s->diagram, ECS_DIAGRAM_STACK);
    /* Whatever it was when it was taken, it is not taken now. */
    ck_assert_int_eq(s->metrics[0].source, ECS_RECORDED);
    ck_assert_int_eq(s->metrics[1].source, ECS_RECORDED);
    ck_assert(!s->start && !s->quantum && !s->derive);
    ecs_trace_free(t);
}
END_TEST

/* A recorder that is killed leaves NAME.part, readable up to its last whole record. */
START_TEST(a_killed_recorder_loses_nothing_whole)
{
    char path[160];
    snprintf(path, sizeof path, "%s", fixture_path("killed.ecst"));
    int ready[2];
    ck_assert_int_eq(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct ecs_trace_head head;
        struct ecs_trace_writer *w;
        struct ecs_snapshot s;
        fixture_head(&head);
        if (ecs_trace_create(path, &fixture_scenario, &head, &w, NULL))
            _exit(1);
        for (uint64_t i = 0;; i++) {
            fixture_snapshot(i, &s);
            if (ecs_trace_write(w, &s, NULL))
                _exit(1);
            if (i == 50 && write(ready[1], "r", 1) != 1)
                _exit(1);
        }
    }
    char byte;
    close(ready[1]);
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    kill(child, SIGKILL);
    int status;
    waitpid(child, &status, 0);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_ne(access(path, F_OK), 0);
    strcat(path, ".part");
    struct ecs_trace *t = read_back(path);
    ck_assert(t->truncated);
    ck_assert_str_ne(t->damage, "");
    ck_assert_uint_ge(t->n, 51);
    ecs_trace_free(t);
}
END_TEST

START_TEST(two_recorders_do_not_share_a_file)
{
    const char *path = fixture_path("twice.ecst");
    struct ecs_trace_head head;
    struct ecs_trace_writer *w, *second;
    struct ecs_error e = { 0 };
    fixture_head(&head);
    ck_assert_int_eq(ecs_trace_create(path, &fixture_scenario, &head, &w, &e), 0);
    ck_assert_int_eq(ecs_trace_create(path, &fixture_scenario, &head, &second, &e), -EEXIST);
    ck_assert_ptr_null(second);
    ck_assert_str_ne(e.mend, "");
    ecs_trace_abandon(w);
    ck_assert_int_eq(ecs_trace_create(path, &fixture_scenario, &head, &w, &e), 0);
    ck_assert_int_eq(ecs_trace_close(w, &e), 0);
    ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

START_TEST(a_folder_that_is_not_there)
{
    struct ecs_trace_head head;
    struct ecs_trace_writer *w;
    struct ecs_error e = { 0 };
    fixture_head(&head);
    ck_assert_int_eq(ecs_trace_create(fixture_path("no/such"), &fixture_scenario, &head, &w, &e),
                     -ENOENT);
    ck_assert_str_ne(e.what, "");
    ck_assert_str_ne(e.mend, "");
}
END_TEST

/* A full disk, as far as a file size limit can play one: what went in before stays readable. */
START_TEST(no_more_room)
{
    const char *path = fixture_path("full.ecst");
    struct ecs_trace_head head;
    struct ecs_trace_writer *w;
    struct ecs_snapshot s;
    struct ecs_error e = { 0 };
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 20000, 20000 });
    fixture_head(&head);
    ck_assert_int_eq(ecs_trace_create(path, &fixture_scenario, &head, &w, &e), 0);
    uint64_t n = 0;
    int rc = 0;
    while (rc == 0 && n < 10000) {
        fixture_snapshot(n, &s);
        rc = ecs_trace_write(w, &s, &e);
        n += rc == 0;
    }
    ck_assert_int_eq(rc, -EFBIG);
    ck_assert_str_ne(e.what, "");
    fixture_snapshot(n, &s);
    ck_assert_int_lt(ecs_trace_write(w, &s, &e), 0);
    ecs_trace_close(w, NULL);
    struct ecs_trace *t = read_back(path);
    ck_assert_uint_eq(t->n, n);
    ck_assert(t->truncated);
    /* The half record was taken back. */
    ck_assert_ptr_nonnull(strstr(t->damage, "was not closed"));
    ecs_trace_free(t);
}
END_TEST

START_TEST(nothing_recorded_is_a_recording)
{
    const char *path = fixture_path("none.ecst");
    fixture_record(path, 0);
    struct ecs_trace *t = read_back(path);
    ck_assert_uint_eq(t->n, 0);
    ck_assert(!t->truncated);
    ecs_trace_free(t);
}
END_TEST

/* What is not UTF-8 or not finite may not spoil a record. */
START_TEST(odd_content_is_tamed)
{
    const char *path = fixture_path("odd.ecst");
    struct ecs_trace_head head;
    struct ecs_trace_writer *w;
    struct ecs_snapshot s;
    fixture_head(&head);
    snprintf(head.title, sizeof head.title, "bad \xff byte, \x1b[31m red");
    ck_assert_int_eq(ecs_trace_create(path, &fixture_scenario, &head, &w, NULL), 0);
    fixture_snapshot(0, &s);
    s.metric[0] = INFINITY;
    ck_assert_int_eq(ecs_trace_write(w, &s, NULL), 0);
    ck_assert_int_eq(ecs_trace_close(w, NULL), 0);
    struct ecs_trace *t = read_back(path);
    ck_assert_str_eq(t->head.title, "bad ? byte,  [31m red");
    ck_assert_uint_eq(t->n, 1);
    ck_assert(isnan(t->snap[0].metric[0]));
    ecs_trace_free(t);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("trace");
    TCase *t = tcase_create("trace");
    tcase_add_test(t, crc_is_zlibs);
    tcase_add_test(t, everything_comes_back);
    tcase_add_test(t, the_head_comes_back);
    tcase_add_test(t, a_killed_recorder_loses_nothing_whole);
    tcase_add_test(t, two_recorders_do_not_share_a_file);
    tcase_add_test(t, a_folder_that_is_not_there);
    tcase_add_test(t, no_more_room);
    tcase_add_test(t, nothing_recorded_is_a_recording);
    tcase_add_test(t, odd_content_is_tamed);
    tcase_set_timeout(t, 60);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
