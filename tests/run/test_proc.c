#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "run/noise_reader.h"

#define TID 77

static char root[] = "/tmp/ecs-proc-XXXXXX";

static void put(const char *name, const char *text) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", root, name);
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

static void put_worker(const char *schedstat, int sleeps) {
    char text[200];
    put("self/task/77/schedstat", schedstat);
    snprintf(text, sizeof text, "Name:\tx\nvoluntary_ctxt_switches:\t%d\n"
             "nonvoluntary_ctxt_switches:\t9\n", sleeps);
    put("self/task/77/status", text);
}

static void make_root(void) {
    char path[128];
    static const char *const dirs[] = { "self", "self/task", "self/task/77" };
    ck_assert_ptr_nonnull(mkdtemp(root));
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", root, dirs[i]);
        ck_assert_int_eq(mkdir(path, 0700), 0);
    }
}

static void remove_root(void) {
    static const char *const names[] = { "stat", "self/task/77/schedstat", "self/task/77/status",
                                         "self/task/77", "self/task", "self", "" };
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", root, names[i]);
        remove(path);
    }
}

START_TEST(schedstat) {
    uint64_t delay = 5;
    put_worker("123456 789 12\n", 0);
    int fd = ecs_proc_schedstat_open(root, TID);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ecs_proc_schedstat_read(fd, &delay), 0);
    ck_assert_uint_eq(delay, 789);
    put_worker("0 0 0\n", 0);
    ck_assert_int_eq(ecs_proc_schedstat_read(fd, &delay), -ENODATA);
    put_worker("nonsense\n", 0);
    ck_assert_int_eq(ecs_proc_schedstat_read(fd, &delay), -EINVAL);
    put_worker("", 0);
    ck_assert_int_eq(ecs_proc_schedstat_read(fd, &delay), -EINVAL);
    ck_assert_uint_eq(delay, 789);
    close(fd);
    ck_assert_int_eq(ecs_proc_schedstat_read(fd, &delay), -EBADF);
    ck_assert_int_eq(ecs_proc_schedstat_open(root, 78), -ENOENT);
}
END_TEST

START_TEST(sleeps) {
    uint64_t n = 0;
    put_worker("1 1 1\n", 42);
    ck_assert_int_eq(ecs_proc_sleeps(root, TID, &n), 0);
    ck_assert_uint_eq(n, 42);
    put("self/task/77/status", "Name:\tx\n");
    ck_assert_int_eq(ecs_proc_sleeps(root, TID, &n), -EINVAL);
    ck_assert_int_eq(ecs_proc_sleeps(root, 78, &n), -ENOENT);
}
END_TEST

START_TEST(stat_lines) {
    const char *text = "cpu  9 9 9 9 9 9 9 9 9 9\n"
                       "cpu0 100 20 30 5000 7 4 6 11 50 3\n"
                       "cpu12 1 2 3 4\n"
                       "intr 1 2 3\ncpu13 1 1 1 1 1 1 1 1\n";
    struct ecs_stat_line line;
    ck_assert(ecs_proc_stat_next(&text, &line));
    ck_assert_int_eq(line.cpu, 0);
    ck_assert_uint_eq(line.busy, 160);
    ck_assert_uint_eq(line.steal, 11);
    ck_assert(ecs_proc_stat_next(&text, &line));
    ck_assert_int_eq(line.cpu, 12);
    ck_assert_uint_eq(line.busy, 6);
    ck_assert_uint_eq(line.steal, 0);
    ck_assert(!ecs_proc_stat_next(&text, &line));
    const char *cut = "cpu0 100 20", *none = "";
    ck_assert(!ecs_proc_stat_next(&cut, &line));
    ck_assert(!ecs_proc_stat_next(&none, &line));
}
END_TEST

/* One worker, pinned to CPU 1; the figures of /proc change between two looks. */
START_TEST(readings) {
    struct ecs_noise_reader *n = malloc(sizeof *n);
    struct ecs_noise_readings r;
    pid_t tid[1] = { TID };
    pthread_t thread[1] = { pthread_self() };
    int cpu[1] = { 1 }, runs_on[1] = { -1 };
    put_worker("100 2000000 3\n", 1);
    put("stat", "cpu0 5 0 0 0 0 0 0 90\ncpu1 100 0 0 0 0 0 0 7\nintr 0\n");
    ck_assert_int_eq(ecs_noise_reader_init(n, root), 0);
    ecs_noise_watch(n, 1, tid, thread, cpu);
    ecs_noise_rebase(n, true);
    put_worker("100 9000000 4\n", 1);
    put("stat", "cpu0 5 0 0 0 0 0 0 99\ncpu1 120 0 0 0 0 0 0 9\nintr 0\n");
    ecs_noise_read(n, runs_on, &r);
    ck_assert(!r.blind);
    ck_assert_uint_eq(r.workers, 1);
    ck_assert_int_eq(r.worker[0].cpu, 1);
    ck_assert_uint_eq(r.worker[0].delay_ns, 7000000);
    ck_assert_uint_gt(r.worker[0].wall_ns, 0);
    ck_assert_uint_gt(r.worker[0].ran_ns, 0);
    ck_assert_uint_eq(r.steal_ns, 2 * (1000000000 / (uint64_t)sysconf(_SC_CLK_TCK)));
    ck_assert_int_eq(r.steal_cpu, 1);
    ck_assert_uint_eq(r.capacity_ns, 0);      /* too soon to speak of busy time */
    ck_assert_double_eq(r.canary, 0);         /* no worker was seen on our CPU */
    ecs_noise_read(n, runs_on, &r);
    ck_assert_uint_eq(r.worker[0].delay_ns, 0);
    ck_assert_uint_eq(r.steal_ns, 0);
    ecs_noise_reader_free(n);
    free(n);
}
END_TEST

START_TEST(foreign_needs_time) {
    struct ecs_noise_reader *n = malloc(sizeof *n);
    struct ecs_noise_readings r;
    pid_t tid[1] = { TID };
    pthread_t thread[1] = { pthread_self() };
    int cpu[1] = { 1 }, runs_on[1] = { -1 };
    put_worker("100 2000000 3\n", 1);
    put("stat", "cpu1 100 0 0 0 0 0 0 7\n");
    ck_assert_int_eq(ecs_noise_reader_init(n, root), 0);
    ecs_noise_watch(n, 1, tid, thread, cpu);
    put("stat", "cpu1 140 0 0 0 0 0 0 7\n");
    ecs_sleep_until_ns(ecs_now_ns() + 310 * ECS_NS_PER_MS);
    ecs_noise_read(n, runs_on, &r);
    ck_assert_uint_eq(r.busy_ns, 40 * (1000000000 / (uint64_t)sysconf(_SC_CLK_TCK)));
    ck_assert_uint_ge(r.capacity_ns, 310 * ECS_NS_PER_MS);
    ck_assert_uint_lt(r.own_ns, r.busy_ns);
    ecs_noise_reader_free(n);
    free(n);
}
END_TEST

static void read_blind(const char *text) {
    struct ecs_noise_reader *n = malloc(sizeof *n);
    struct ecs_noise_readings r;
    pid_t tid[1] = { TID };
    pthread_t thread[1] = { pthread_self() };
    int cpu[1] = { 0 }, runs_on[1] = { 0 };
    put_worker(text, 1);
    ck_assert_int_eq(ecs_noise_reader_init(n, root), 0);
    ecs_noise_watch(n, 1, tid, thread, cpu);
    ecs_noise_rebase(n, false);
    ecs_noise_read(n, runs_on, &r);
    ck_assert(r.blind);
    ck_assert(!r.worker[0].slept);
    put_worker(text, 2);
    ecs_noise_read(n, runs_on, &r);
    ck_assert(r.worker[0].slept);
    ck_assert_uint_eq(r.steal_ns, 0);         /* there is no stat file either */
    ck_assert_uint_eq(r.capacity_ns, 0);
    ecs_noise_reader_free(n);
    free(n);
}

START_TEST(without_schedstat) {
    char path[128];
    read_blind("0 0 0\n");
    read_blind("");
    snprintf(path, sizeof path, "%s/stat", root);
    remove(path);
    read_blind("0 0 0\n");
}
END_TEST

START_TEST(canary_sings) {
    struct ecs_canary *c = calloc(1, sizeof *c);
    int cpu, known = 0;
    for (int i = 0; i < 50; i++) {
        double slow = ecs_canary_slowdown(c, &cpu);
        ck_assert(slow == -1 || slow >= 0);
        known += slow >= 0;
    }
    ck_assert_int_gt(known, 0);
    free(c);
}
END_TEST

/* Only a CPU that a worker runs on tells something, and only if none of ours shares its core. */
START_TEST(canary_on_our_own_cores) {
    struct ecs_noise_reader *n = malloc(sizeof *n);
    struct ecs_noise_readings r;
    pid_t tid[2] = { TID, TID };
    pthread_t thread[2] = { pthread_self(), pthread_self() };
    int cpu[2] = { -1, -1 }, runs_on[2];
    cpu_set_t set;
    int here = sched_getcpu(), there = here == 0 ? 1 : 0;
    CPU_ZERO(&set);
    CPU_SET(here, &set);
    ck_assert_int_eq(sched_setaffinity(0, sizeof set, &set), 0);
    put_worker("1 2 3\n", 1);
    ck_assert_int_eq(ecs_noise_reader_init(n, root), 0);
    ecs_noise_watch(n, 2, tid, thread, cpu);
    n->core[here] = 7;
    n->core[there] = 8;
    for (int round = 0; round < 4; round++) {
        bool sibling = round & 1, works = round & 2;
        n->canary.best[here] = 1;           /* so that now is very slow */
        n->core[there] = sibling ? 7 : 8;
        runs_on[0] = works ? here : -1;
        runs_on[1] = there;
        ecs_noise_read(n, runs_on, &r);
        ck_assert_int_eq(r.canary > 0, works && !sibling);
    }
    ecs_noise_reader_free(n);
    free(n);
}
END_TEST

int main(void) {
    Suite *s = suite_create("proc");
    TCase *t = tcase_create("proc");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, make_root, remove_root);
    tcase_add_test(t, schedstat);
    tcase_add_test(t, sleeps);
    tcase_add_test(t, stat_lines);
    tcase_add_test(t, readings);
    tcase_add_test(t, foreign_needs_time);
    tcase_add_test(t, without_schedstat);
    tcase_add_test(t, canary_sings);
    tcase_add_test(t, canary_on_our_own_cores);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
