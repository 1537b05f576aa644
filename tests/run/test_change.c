#include <check.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/hw/affinity.h"
#include "fake.h"
#include "run/sampler.h"

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
    return run;
}

static void set(struct ecs_run *run, int param, int64_t value) {
    struct ecs_error e = { 0 };
    int r = ecs_run_set(run, param, value, &e);
    ck_assert_msg(r == 0, "%s", e.what);
}

static void settle(struct ecs_run *run) {
    ck_assert_int_eq(ecs_run_await(run, 60 * ECS_NS_PER_S), 0);
    ck_assert(ecs_run_settled(run));
}

/* What must hold of every series: no window mixes two settings, changes are marked once. */
static void check_series(const struct ecs_run *run) {
    struct ecs_snapshot s, before;
    uint64_t first, end;
    ecs_series_range(ecs_run_series(run), &first, &end);
    for (uint64_t i = first; i < end; i++) {
        ck_assert(ecs_series_get(ecs_run_series(run), i, &s));
        ck_assert_double_eq(s.metric[FAKE_STRAY], 0);
        ck_assert_double_eq(s.metric[FAKE_STRAY_SINCE], 0);
        ck_assert_int_eq((int)s.workers, (int)s.values.v[FAKE_THREADS]);
        if (i > first) {
            bool changed = s.generation != before.generation;
            ck_assert_uint_ge(s.generation, before.generation);
            ck_assert_int_eq(!!(s.flags & ECS_SNAP_CHANGED), changed);
            ck_assert(!changed || (s.flags & ECS_SNAP_SETTLING));
            ck_assert_uint_ge(s.time_ns - s.window_ns, before.time_ns);
            ck_assert(changed || memcmp(&s.values, &before.values, sizeof s.values) == 0);
        }
        before = s;
    }
}

START_TEST(a_live_change) {
    struct ecs_run *run = start(2);
    struct ecs_picture picture;
    struct ecs_values v;
    struct ecs_snapshot s;
    wait_windows(&bell, run, 3);
    set(run, FAKE_GAIN, 5);
    ecs_run_wanted(run, &v);
    ck_assert_int_eq(v.v[FAKE_GAIN], 5);
    settle(run);
    ecs_run_picture(run, &picture);
    ck_assert_uint_eq(picture.value[0], 5);
    wait_windows(&bell, run, windows(run) + 8);
    ck_assert(ecs_series_get(ecs_run_series(run), windows(run) - 1, &s));
    ck_assert_int_eq(s.values.v[FAKE_GAIN], 5);
    ck_assert_uint_eq(s.generation, 1);
    ck_assert_int_eq(fake_control.reshapes, 0);
    check_series(run);
    set(run, FAKE_GAIN, 5);              /* no change at all */
    settle(run);
    wait_windows(&bell, run, windows(run) + 3);
    ck_assert(ecs_series_get(ecs_run_series(run), windows(run) - 1, &s));
    ck_assert_uint_eq(s.generation, 1);
    ecs_run_free(run);
}
END_TEST

START_TEST(a_rebuild) {
    struct ecs_run *run = start(2);
    set(run, FAKE_SIZE, 4096);
    settle(run);
    ck_assert_int_eq(fake_control.reshapes, 1);
    wait_windows(&bell, run, windows(run) + 2);
    check_series(run);
    ecs_run_free(run);
}
END_TEST

START_TEST(refused_at_once) {
    struct ecs_run *run = start(2);
    struct ecs_error e = { 0 };
    ck_assert_int_eq(ecs_run_set(run, FAKE_SEED, 2, &e), -EPERM);
    ck_assert_str_eq(e.what, "seed cannot change while fake runs");
    ck_assert_str_eq(e.mend, "start it again with the new value");
    ck_assert_int_eq(ecs_run_set(run, FAKE_SEED, 1, &e), 0);
    ck_assert_int_eq(ecs_run_set(run, FAKE_SIZE, 5000, &e), -EINVAL);
    ck_assert_int_eq(ecs_run_set(run, FAKE_THREADS, 0, &e), -EINVAL);
    ck_assert_int_eq(ecs_run_set(run, FAKE_PARAMS, 0, &e), -EINVAL);
    ck_assert_int_eq(ecs_run_set(run, -1, 0, &e), -EINVAL);
    ck_assert_int_eq(ecs_run_set(run, FAKE_SIZE, 64, &e), 0);
    ck_assert_int_eq(ecs_run_set(run, FAKE_GAIN, 7, &e), -EINVAL);
    ck_assert_str_eq(e.what, "gain=7 and size=64 contradict each other");
    settle(run);
    ecs_run_free(run);
}
END_TEST

START_TEST(reshape_fails) {
    struct ecs_run *run = start(2);
    struct ecs_values v;
    struct ecs_error note;
    struct ecs_snapshot s;
    wait_windows(&bell, run, 2);
    atomic_store(&fake_control.fail_reshape, 1);
    ecs_run_wanted(run, &v);
    v.v[FAKE_SIZE] = 128;
    v.v[FAKE_THREADS] = 4;
    v.v[FAKE_GAIN] = 2;
    ck_assert_int_eq(ecs_run_set_values(run, &v, &note), 0);
    settle(run);
    ecs_run_note(run, &note);
    ck_assert_int_eq(note.code, -ENOMEM);
    ck_assert(strncmp(note.what, "size=128 is too much", 20) == 0);
    ecs_run_wanted(run, &v);
    ck_assert_int_eq(v.v[FAKE_SIZE], 1024);
    ck_assert_int_eq(v.v[FAKE_THREADS], 2);
    ck_assert_int_eq(v.v[FAKE_GAIN], 0);
    ck_assert_int_eq(ecs_run_state(run), ECS_RUN_RUNNING);
    wait_windows(&bell, run, windows(run) + 4);
    ck_assert(ecs_series_get(ecs_run_series(run), windows(run) - 1, &s));
    ck_assert_uint_eq(s.generation, 0);
    ck_assert_int_eq(s.values.v[FAKE_SIZE], 1024);
    ck_assert_uint_eq(s.workers, 2);
    ck_assert_double_gt(s.metric[FAKE_RATE], 0);
    for (unsigned i = 2; i < ECS_MAX_WORKERS; i++)
        ck_assert(!run->crew.hand[i].alive);
    atomic_store(&fake_control.fail_reshape, 0);
    set(run, FAKE_SIZE, 128);            /* and the next one goes through, the note is gone */
    settle(run);
    ecs_run_note(run, &note);
    ck_assert_ptr_null(strstr(note.what, "too much"));
    wait_windows(&bell, run, windows(run) + 2);
    check_series(run);
    ecs_run_free(run);
}
END_TEST

START_TEST(threads_up_and_down) {
    static const int counts[] = { 1, 5, 2, 16, 1, 3, 2 };
    struct ecs_run *run = start(2);
    uint64_t before[ECS_MAX_COUNTERS], after[ECS_MAX_COUNTERS] = { 0 };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        memcpy(before, after, sizeof before);
        set(run, FAKE_THREADS, counts[i]);
        settle(run);
        ck_assert_int_eq(fake_control.inside, counts[i]);
        wait_windows(&bell, run, windows(run) + 2);
        ecs_run_totals(run, after);
        ck_assert_uint_gt(after[0], before[0]);
    }
    check_series(run);
    ecs_run_free(run);
}
END_TEST

START_TEST(changes_while_paused) {
    struct ecs_run *run = start(2);
    struct ecs_picture picture;
    struct ecs_snapshot s;
    wait_windows(&bell, run, 2);
    ecs_run_pause(run, true);
    settle(run);
    uint64_t end = windows(run);
    set(run, FAKE_GAIN, 3);
    set(run, FAKE_SIZE, 2048);
    settle(run);
    set(run, FAKE_THREADS, 4);
    settle(run);
    ck_assert_int_eq(ecs_run_state(run), ECS_RUN_PAUSED);
    ck_assert_uint_eq(windows(run), end);
    ecs_run_picture(run, &picture);
    ck_assert_uint_eq(picture.value[0], 3);
    ck_assert_uint_eq(picture.value[1], 4);
    ecs_sleep_until_ns(ecs_now_ns() + 100 * ECS_NS_PER_MS);
    ecs_run_pause(run, false);
    wait_windows(&bell, run, end + 3);
    ck_assert(ecs_series_get(ecs_run_series(run), end, &s));
    ck_assert_int_eq(s.values.v[FAKE_SIZE], 2048);
    ck_assert_uint_eq(s.flags & ECS_SNAP_CHANGED, ECS_SNAP_CHANGED);
    ck_assert_uint_eq(s.workers, 4);
    check_series(run);
    ecs_run_free(run);
}
END_TEST

/* A thousand changes as fast as they come, of every kind, with pauses and refusals in between. */
START_TEST(storm) {
    struct ecs_run *run = start(2);
    struct ecs_values v;
    unsigned seed = 12345;
    for (int i = 0; i < 1000; i++) {
        int what = rand_r(&seed) % 10;
        if (what < 2)
            ecs_run_set(run, FAKE_THREADS, 1 + rand_r(&seed) % 6, NULL);
        else if (what < 4)
            ecs_run_set(run, FAKE_SIZE, 64 * (1 + rand_r(&seed) % 64), NULL);
        else if (what < 6)
            ecs_run_set(run, FAKE_GAIN, rand_r(&seed) % FAKE_GAINS, NULL);
        else if (what < 7)
            ecs_run_set(run, FAKE_PIN, rand_r(&seed) % 4, NULL);
        else if (what < 8)
            ecs_run_pause(run, rand_r(&seed) % 2);
        else if (what < 9)
            atomic_store(&fake_control.fail_reshape, rand_r(&seed) % 4 == 0);
        else if (i % 3 == 0)
            settle(run);
        if (i % 100 == 50) {
            ecs_run_pause(run, false);
            wait_windows(&bell, run, windows(run) + 1);
        }
    }
    atomic_store(&fake_control.fail_reshape, 0);
    ecs_run_pause(run, false);
    set(run, FAKE_THREADS, 3);
    set(run, FAKE_GAIN, 1);
    settle(run);
    wait_windows(&bell, run, windows(run) + 3);
    ecs_run_wanted(run, &v);
    ck_assert_int_eq(v.v[FAKE_THREADS], 3);
    ck_assert_int_eq(fake_control.inside, 3);
    ck_assert_int_eq(ecs_run_state(run), ECS_RUN_RUNNING);
    check_series(run);
    ecs_run_free(run);
}
END_TEST

/* CPUs of all workers as the kernel has them; -1 for one that may use several. */
static void masks(struct ecs_run *run, unsigned n, int *cpu) {
    pthread_mutex_lock(&run->crew.lock);
    for (unsigned i = 0; i < n; i++) {
        cpu_set_t set;
        cpu[i] = -1;
        ck_assert_int_eq(sched_getaffinity(run->crew.hand[i].tid, sizeof set, &set), 0);
        for (int k = 0; CPU_COUNT(&set) == 1 && k < CPU_SETSIZE; k++)
            if (CPU_ISSET(k, &set))
                cpu[i] = k;
    }
    pthread_mutex_unlock(&run->crew.lock);
}

START_TEST(pinning_follows) {
    struct ecs_run *run = start(2);
    int cpu[2];
    if (ecs_allowed_cpus() < 2) {
        ecs_run_free(run);
        return;
    }
    settle(run);
    masks(run, 2, cpu);
    ck_assert(cpu[0] >= 0 && cpu[1] >= 0 && cpu[0] != cpu[1]);
    set(run, FAKE_PIN, ECS_PIN_ONE);
    settle(run);
    masks(run, 2, cpu);
    ck_assert(cpu[0] >= 0 && cpu[0] == cpu[1]);
    set(run, FAKE_PIN, ECS_PIN_FREE);
    settle(run);
    masks(run, 2, cpu);
    ck_assert_int_eq(cpu[0], -1);
    ck_assert_int_eq(cpu[1], -1);
    set(run, FAKE_PIN, ECS_PIN_CORES);
    settle(run);
    masks(run, 2, cpu);
    ck_assert(cpu[0] >= 0 && cpu[1] >= 0 && cpu[0] != cpu[1]);
    ecs_run_free(run);
}
END_TEST

/* `victim`: whose CPUs are cut down to the one of worker 0; 0: the main thread. */
static void take_away(int victim) {
    struct ecs_run *run = start(2);
    struct ecs_error note;
    char text[128];
    cpu_set_t set;
    int cpu[2];
    settle(run);
    masks(run, 2, cpu);
    if (ecs_allowed_cpus() < 2) {
        ecs_run_free(run);
        return;
    }
    CPU_ZERO(&set);
    CPU_SET(cpu[0], &set);
    pthread_mutex_lock(&run->crew.lock);
    pid_t tid = victim ? run->crew.hand[victim].tid : getpid();
    pthread_mutex_unlock(&run->crew.lock);
    ck_assert_int_eq(sched_setaffinity(tid, sizeof set, &set), 0);
    snprintf(text, sizeof text, "CPU %d was taken away while it ran", cpu[1]);
    for (int i = 0; i < 6000; i++) {
        ecs_run_note(run, &note);
        if (strstr(note.what, text))
            break;
        wait_windows(&bell, run, windows(run) + 1);
    }
    ck_assert_msg(strstr(note.what, text) != NULL, "%s", note.what);
    ck_assert_int_eq(ecs_run_state(run), ECS_RUN_RUNNING);
    masks(run, 2, cpu);
    ck_assert_int_eq(cpu[1], cpu[0]);
    wait_windows(&bell, run, windows(run) + 2);
    ecs_run_free(run);
}

START_TEST(a_cpu_is_taken_from_a_worker) {
    take_away(1);
}
END_TEST

START_TEST(a_cpu_is_taken_from_the_process) {
    take_away(0);
}
END_TEST

START_TEST(the_series_wraps) {
    struct ecs_values v = fake_values(1);
    struct ecs_run_options o = options;
    struct ecs_run *run;
    struct ecs_error e;
    uint64_t first, end;
    o.capacity = 4;
    ck_assert_int_eq(ecs_run_start(&fake_scenario, &v, &o, &run, &e), 0);
    wait_windows(&bell, run, 9);
    ecs_run_end(run);
    ecs_series_range(ecs_run_series(run), &first, &end);
    ck_assert_uint_eq(end - first, 4);
    check_series(run);
    ecs_run_free(run);
}
END_TEST

int main(void) {
    Suite *s = suite_create("change");
    TCase *t = tcase_create("change");
    tcase_set_timeout(t, 110);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, a_live_change);
    tcase_add_test(t, a_rebuild);
    tcase_add_test(t, refused_at_once);
    tcase_add_test(t, reshape_fails);
    tcase_add_test(t, threads_up_and_down);
    tcase_add_test(t, changes_while_paused);
    tcase_add_test(t, storm);
    tcase_add_test(t, pinning_follows);
    tcase_add_test(t, a_cpu_is_taken_from_a_worker);
    tcase_add_test(t, a_cpu_is_taken_from_the_process);
    tcase_add_test(t, the_series_wraps);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
