#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <math.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/hw/affinity.h"
#include "fake.h"

static struct bell bell;
static const struct ecs_run_options options = {
    .sample_hz = 100, .settle_ns = 30 * ECS_NS_PER_MS, .notify = bell_ring, .notify_arg = &bell,
};

static void set_up(void) {
    fake_reset();
    bell_init(&bell);
}

static void tear_down(void) {
    ck_assert_int_eq(fake_control.broken, 0);
    ck_assert_int_eq(fake_control.starts, fake_control.stops);
    ck_assert_int_eq(fake_control.enters, fake_control.leaves);
}

static struct ecs_run *start(int threads) {
    struct ecs_values v = fake_values(threads);
    struct ecs_error e = { 0 };
    struct ecs_run *run = NULL;
    int r = ecs_run_start(&fake_scenario, &v, &options, &run, &e);
    ck_assert_msg(r == 0, "%s", e.what);
    ck_assert_ptr_nonnull(run);
    return run;
}

START_TEST(runs_and_stops) {
    struct ecs_run *run = start(2);
    struct ecs_snapshot s, before;
    struct ecs_picture picture;
    uint64_t totals[ECS_MAX_COUNTERS], sum = 0;
    wait_windows(&bell, run, 12);
    ck_assert_int_eq(ecs_run_state(run), ECS_RUN_RUNNING);
    ck_assert_ptr_eq(ecs_run_scenario(run), &fake_scenario);
    ecs_run_picture(run, &picture);
    ck_assert_int_eq(picture.kind, ECS_DIAGRAM_LINES);
    ck_assert_uint_eq(picture.value[1], 2);
    ecs_run_end(run);
    ecs_run_end(run);
    ck_assert_int_eq(ecs_run_state(run), ECS_RUN_ENDED);
    for (uint64_t i = 0; i < windows(run); i++) {
        ck_assert(ecs_series_get(ecs_run_series(run), i, &s));
        ck_assert_uint_eq(s.seq, i);
        ck_assert_uint_eq(s.workers, 2);
        ck_assert_uint_eq(s.generation, 0);
        ck_assert_double_eq(s.metric[FAKE_STRAY], 0);
        ck_assert(isnan(s.metric[FAKE_NEVER]) && isnan(s.metric[FAKE_METRICS]));
        ck_assert(!(s.flags & ECS_SNAP_CHANGED));
        ck_assert_int_eq(!!(s.flags & ECS_SNAP_SETTLING),
                         s.time_ns - s.window_ns < options.settle_ns);
        ck_assert_uint_ge(s.time_ns, s.window_ns);
        if (i > 0)
            ck_assert_uint_eq(s.time_ns - s.window_ns, before.time_ns);
        ck_assert_float_eq(s.worker_rate[2], 0);
        ck_assert_int_ge(s.worker_cpu[0], 0);
        ck_assert_int_eq(s.worker_cpu[2], -1);
        sum += (uint64_t)(s.metric[FAKE_RATE] * (double)s.window_ns / 1e9 + 0.5);
        before = s;
    }
    ecs_run_totals(run, totals);
    ck_assert_uint_eq(totals[0], totals[1]);
    ck_assert_uint_eq(totals[0] % 2000, 0);
    ck_assert_uint_le(sum, totals[0]);
    ck_assert_uint_gt(sum, 0);
    ecs_run_free(run);
    ecs_run_free(NULL);
}
END_TEST

START_TEST(does_not_start) {
    struct ecs_values v = fake_values(2);
    struct ecs_error e = { 0 };
    struct ecs_run *run = (struct ecs_run *)&v;
    v.v[FAKE_SIZE] = 65;
    ck_assert_int_eq(ecs_run_start(&fake_scenario, &v, &options, &run, &e), -EINVAL);
    ck_assert_ptr_null(run);
    v.v[FAKE_SIZE] = 64;
    v.v[FAKE_GAIN] = 7;
    ck_assert_int_eq(ecs_run_start(&fake_scenario, &v, &options, &run, &e), -EINVAL);
    ck_assert_str_eq(e.what, "gain=7 and size=64 contradict each other");
    v = fake_values(2);
    fake_control.fail_start = 1;
    ck_assert_int_eq(ecs_run_start(&fake_scenario, &v, &options, &run, &e), -ENOMEM);
    ck_assert_str_eq(e.what, "the fake has no memory");
    ck_assert_int_eq(ecs_run_start(&fake_scenario, &v, &options, &run, NULL), -ENOMEM);
    ck_assert_ptr_null(run);
}
END_TEST

static void check_failed(struct ecs_run *run, const char *what) {
    struct ecs_error e;
    uint64_t end;
    wait_state(&bell, run, ECS_RUN_FAILED);
    ecs_run_error(run, &e);
    ck_assert_int_eq(e.code, -EIO);
    ck_assert(strncmp(e.what, "worker ", 7) == 0);
    ck_assert_str_eq(e.what + 8, what);
    end = windows(run);
    ck_assert_int_eq(ecs_run_set(run, FAKE_GAIN, 5, &e), -ESHUTDOWN);
    ecs_run_pause(run, true);
    ck_assert_int_eq(ecs_run_state(run), ECS_RUN_FAILED);
    ck_assert(ecs_run_settled(run));
    ck_assert_int_eq(fake_control.inside, 0);
    ck_assert_uint_eq(windows(run), end);
    ecs_run_end(run);
    ck_assert_int_eq(ecs_run_state(run), ECS_RUN_FAILED);
    ecs_run_free(run);
}

START_TEST(fails_in_enter) {
    fake_control.fail_enter = 1;
    check_failed(start(2), " of fake stopped: it could not enter");
}
END_TEST

START_TEST(fails_in_quantum) {
    struct ecs_run *run = start(2);
    wait_windows(&bell, run, 2);
    atomic_store(&fake_control.fail_quantum, 1);
    check_failed(run, " of fake stopped: it was told to");
}
END_TEST

START_TEST(fails_on_entering_new_values) {
    struct ecs_run *run = start(3);
    struct ecs_error e;
    wait_windows(&bell, run, 2);
    atomic_store(&fake_control.fail_enter, 1);
    ck_assert_int_eq(ecs_run_set(run, FAKE_SIZE, 128, &e), 0);
    ck_assert_int_eq(ecs_run_await(run, 60 * ECS_NS_PER_S), 0);
    check_failed(run, " of fake stopped: it could not enter");
}
END_TEST

/* Calls `see` for each thread that the run made, with a line of its status file. Returns how
 * many. */
static int each_thread(const char *key, void (*see)(const char *value, void *arg), void *arg) {
    DIR *d = opendir("/proc/self/task");
    struct dirent *entry;
    int n = 0;
    while ((entry = readdir(d))) {
        char path[300], line[200], name[64] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/status", entry->d_name);
        FILE *f = fopen(path, "r");
        while (f && fgets(line, sizeof line, f)) {
            sscanf(line, "Name: %63s", name);
            if (strncmp(name, "ecs-", 4) == 0 && strncmp(line, key, strlen(key)) == 0) {
                see(line + strlen(key), arg);
                n++;
            }
        }
        if (f)
            fclose(f);
    }
    closedir(d);
    return n;
}

static void see_blocked(const char *value, void *arg) {
    static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGALRM, SIGCHLD,
                                   SIGPIPE, SIGTSTP, SIGCONT, SIGUSR1, SIGUSR2 };
    static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
    unsigned long long mask = strtoull(value, NULL, 16);
    (void)arg;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        ck_assert_msg(mask >> (signals[i] - 1) & 1, "signal %d is not blocked", signals[i]);
    /* A worker's own fault must reach the handler that gives the terminal back. */
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        ck_assert_msg(!(mask >> (faults[i] - 1) & 1), "signal %d is blocked", faults[i]);
}

START_TEST(threads_see_no_signals) {
    sigset_t before, after;
    struct ecs_error e;
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    struct ecs_run *run = start(2);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    ck_assert_int_eq(sigismember(&after, SIGINT), sigismember(&before, SIGINT));
    wait_windows(&bell, run, 2);
    ck_assert_int_eq(each_thread("SigBlk:", see_blocked, NULL), 3);
    ck_assert_int_eq(ecs_run_set(run, FAKE_THREADS, 5, &e), 0);
    ck_assert_int_eq(ecs_run_await(run, 60 * ECS_NS_PER_S), 0);
    ck_assert_int_eq(each_thread("SigBlk:", see_blocked, NULL), 6);
    ecs_run_free(run);
    ck_assert_int_eq(each_thread("SigBlk:", see_blocked, NULL), 0);
}
END_TEST

static void add_switches(const char *value, void *arg) {
    *(unsigned long long *)arg += strtoull(value, NULL, 10);
}

START_TEST(pause_stands_still) {
    struct ecs_run *run = start(2);
    uint64_t totals[2][ECS_MAX_COUNTERS];
    unsigned long long switches[2] = { 0, 0 };
    struct timespec cpu[2];
    struct ecs_snapshot last, next;
    wait_windows(&bell, run, 6);
    ecs_run_pause(run, true);
    ck_assert_int_eq(ecs_run_state(run), ECS_RUN_PAUSED);
    ck_assert_int_eq(ecs_run_await(run, 60 * ECS_NS_PER_S), 0);
    uint64_t end = windows(run);
    /* Let the last threads fall asleep before their switches are counted. */
    ecs_sleep_until_ns(ecs_now_ns() + 100 * ECS_NS_PER_MS);
    ecs_run_totals(run, totals[0]);
    each_thread("voluntary_ctxt_switches:", add_switches, &switches[0]);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu[0]);
    ecs_sleep_until_ns(ecs_now_ns() + 300 * ECS_NS_PER_MS);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu[1]);
    each_thread("voluntary_ctxt_switches:", add_switches, &switches[1]);
    ecs_run_totals(run, totals[1]);
    ck_assert_uint_eq(switches[0], switches[1]);
    ck_assert_int_lt((cpu[1].tv_sec - cpu[0].tv_sec) * 1000 +
                     (cpu[1].tv_nsec - cpu[0].tv_nsec) / 1000000, 100);
    ck_assert_uint_eq(windows(run), end);
    ck_assert_mem_eq(totals[0], totals[1], sizeof totals[0]);
    ck_assert_int_gt(fake_control.inside, 0);        /* a pause is no leave */
    ecs_run_pause(run, false);
    wait_windows(&bell, run, end + 12);
    ck_assert_int_eq(ecs_run_state(run), ECS_RUN_RUNNING);
    ck_assert(ecs_series_get(ecs_run_series(run), end - 1, &last));
    ck_assert(ecs_series_get(ecs_run_series(run), end, &next));
    /* Less than the pause lies between the two. */
    ck_assert_uint_lt(next.time_ns - next.window_ns - last.time_ns, 200 * ECS_NS_PER_MS);
    ck_assert_uint_eq(next.generation, 0);
    ck_assert_uint_eq(next.flags & (ECS_SNAP_SETTLING | ECS_SNAP_CHANGED), ECS_SNAP_SETTLING);
    ecs_run_free(run);
}
END_TEST

START_TEST(ends_while_paused) {
    struct ecs_run *run = start(2);
    ecs_run_pause(run, true);
    ecs_run_free(run);
    run = start(2);
    ecs_run_pause(run, true);
    ck_assert_int_eq(ecs_run_await(run, 60 * ECS_NS_PER_S), 0);
    ecs_run_free(run);
    for (int i = 0; i < 20; i++)
        ecs_run_free(start(1 + i % 4));
}
END_TEST

START_TEST(more_threads_than_cpus) {
    unsigned cpus = ecs_allowed_cpus();
    struct ecs_error note;
    char text[128];
    if (cpus == 0 || cpus >= 16)
        return;
    struct ecs_run *run = start((int)cpus + 1);
    snprintf(text, sizeof text, "%u threads share %u CPU%s", cpus + 1, cpus, cpus == 1 ? "" : "s");
    ecs_run_note(run, &note);
    ck_assert_msg(strstr(note.what, text) != NULL, "%s", note.what);
    ck_assert_int_eq(ecs_run_set(run, FAKE_THREADS, 1, NULL), 0);
    ck_assert_int_eq(ecs_run_await(run, 60 * ECS_NS_PER_S), 0);
    ecs_run_note(run, &note);
    ck_assert_ptr_null(strstr(note.what, "share"));
    ecs_run_free(run);
}
END_TEST

/* As under a container's seccomp profile: sched_setaffinity(2) is not permitted. */
static void forbid_affinity(void) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_sched_setaffinity, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { sizeof code / sizeof *code, code };
    ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

START_TEST(affinity_is_not_permitted) {
    struct ecs_error note;
    struct ecs_snapshot s;
    forbid_affinity();
    struct ecs_run *run = start(2);
    ck_assert_int_eq(ecs_run_await(run, 60 * ECS_NS_PER_S), 0);
    ecs_run_note(run, &note);
    ck_assert_msg(strncmp(note.what, "worker 0 could not be pinned to CPU ", 36) == 0, "%s",
                  note.what);
    ck_assert_ptr_nonnull(strstr(note.what, "(Operation not permitted) and runs free"));
    /* Free workers may share a busy CPU and miss a whole window: one that counts is enough. */
    unsigned seen = 0;
    do {
        wait_windows(&bell, run, ++seen);
        ck_assert_int_eq(ecs_run_state(run), ECS_RUN_RUNNING);
        ck_assert(ecs_series_get(ecs_run_series(run), seen - 1, &s));
    } while (!(s.metric[FAKE_RATE] > 0) && seen < 200);
    ck_assert_double_gt(s.metric[FAKE_RATE], 0);
    ecs_run_free(run);
}
END_TEST

START_TEST(measures_without_a_sampler) {
    struct ecs_values v = fake_values(2);
    struct ecs_run_options o = { .no_sampler = true };
    struct ecs_error e = { 0 };
    double rate = 0;
    ck_assert_int_eq(ecs_run_measure(&fake_scenario, &v, &o, 50 * ECS_NS_PER_MS, &rate, &e), 0);
    ck_assert(rate > 0 && isfinite(rate));
    ck_assert_int_eq(ecs_run_measure(&fake_scenario, &v, NULL, 50 * ECS_NS_PER_MS, &rate, &e), 0);
    ck_assert(rate > 0 && isfinite(rate));
    fake_control.fail_quantum = 1;
    ck_assert_int_eq(ecs_run_measure(&fake_scenario, &v, &o, 50 * ECS_NS_PER_MS, &rate, &e), -EIO);
    ck_assert_ptr_nonnull(strstr(e.what, "it was told to"));
}
END_TEST

START_TEST(nothing_is_sampled_without_a_sampler) {
    struct ecs_values v = fake_values(2);
    struct ecs_run_options o = options;
    struct ecs_run *run;
    struct ecs_error e;
    o.no_sampler = true;
    ck_assert_int_eq(ecs_run_start(&fake_scenario, &v, &o, &run, &e), 0);
    ck_assert_int_eq(ecs_run_set(run, FAKE_GAIN, 3, &e), 0);
    ck_assert_int_eq(ecs_run_await(run, 60 * ECS_NS_PER_S), 0);
    ecs_sleep_until_ns(ecs_now_ns() + 100 * ECS_NS_PER_MS);
    ck_assert_uint_eq(windows(run), 0);
    ecs_run_free(run);
}
END_TEST

/* How noisy this machine is cannot be asserted; absurd shares can. */
START_TEST(noise_is_judged) {
    struct ecs_run *run = start(2);
    struct ecs_snapshot s;
    wait_windows(&bell, run, 20);
    for (uint64_t i = 0; i < 20; i++) {
        ck_assert(ecs_series_get(ecs_run_series(run), i, &s));
        ck_assert(s.noise.delay >= 0 && s.noise.delay <= 1);
        ck_assert_int_eq(!!(s.flags & ECS_SNAP_DIRTY), (s.noise.why & ~ECS_NOISE_BLIND) != 0);
    }
    ecs_run_free(run);
}
END_TEST

int main(void) {
    Suite *s = suite_create("run");
    TCase *t = tcase_create("run");
    tcase_set_timeout(t, 100);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, runs_and_stops);
    tcase_add_test(t, does_not_start);
    tcase_add_test(t, fails_in_enter);
    tcase_add_test(t, fails_in_quantum);
    tcase_add_test(t, fails_on_entering_new_values);
    tcase_add_test(t, threads_see_no_signals);
    tcase_add_test(t, pause_stands_still);
    tcase_add_test(t, ends_while_paused);
    tcase_add_test(t, more_threads_than_cpus);
    tcase_add_test(t, affinity_is_not_permitted);
    tcase_add_test(t, measures_without_a_sampler);
    tcase_add_test(t, nothing_is_sampled_without_a_sampler);
    tcase_add_test(t, noise_is_judged);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
