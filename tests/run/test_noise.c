#include <check.h>
#include <string.h>

#include "run/compare.h"
#include "run/noise.h"

#define MS 1000000ull

/* Readings of one window of 50 ms; a worker that runs all the time unless a test says otherwise. */
static struct ecs_noise_readings quiet(unsigned workers) {
    struct ecs_noise_readings r;
    memset(&r, 0, sizeof r);
    r.allowed_cpus = 2;
    r.workers = workers;
    r.steal_cpu = -1;
    for (unsigned i = 0; i < workers; i++)
        r.worker[i] = (struct ecs_worker_reading){ .cpu = (int)i, .wall_ns = 50 * MS,
                                                   .ran_ns = 50 * MS - 60000, .delay_ns = 60000 };
    return r;
}

static struct ecs_noise judge(const struct ecs_noise_readings *r) {
    struct ecs_noise_memory m;
    memset(&m, 0, sizeof m);
    return ecs_noise_judge(r, &m);
}

START_TEST(a_quiet_machine) {
    struct ecs_noise_readings r = quiet(2);
    struct ecs_noise n = judge(&r);
    ck_assert_uint_eq(n.why, 0);
    ck_assert(!ecs_noise_dirty(&n));
    ck_assert_float_eq_tol(n.delay, 0.0012f, 1e-6f);
    r.workers = 0;
    n = judge(&r);
    ck_assert(!ecs_noise_dirty(&n));
    ck_assert_int_eq(n.cpu, -1);
    r = quiet(1);
    r.worker[0].wall_ns = r.worker[0].ran_ns = 0;
    ck_assert(!ecs_noise_dirty(&(struct ecs_noise){ .why = judge(&r).why }));
}
END_TEST

/* Somebody else's process took 15.5 of 50 ms of CPU 1. */
START_TEST(a_hog) {
    struct ecs_noise_readings r = quiet(2);
    char text[128];
    r.worker[1].ran_ns = 34500000;
    r.worker[1].delay_ns = 15500000;
    struct ecs_noise n = judge(&r);
    ck_assert(ecs_noise_dirty(&n));
    ck_assert_uint_eq(n.why, ECS_NOISE_DELAY);
    ck_assert_int_eq(n.cpu, 1);
    ck_assert_float_eq_tol(n.delay, 0.31f, 1e-6f);
    ck_assert_str_eq(ecs_noise_text(&n, text, sizeof text), "another process used 31 % of CPU 1");
}
END_TEST

START_TEST(the_limit) {
    struct ecs_noise_readings r = quiet(1);
    r.worker[0].ran_ns = 49 * MS;
    r.worker[0].delay_ns = 1 * MS;
    ck_assert_uint_eq(judge(&r).why, 0);
    r.worker[0].ran_ns = 49 * MS - 10000;
    r.worker[0].delay_ns = 1 * MS + 10000;
    ck_assert_uint_eq(judge(&r).why, ECS_NOISE_DELAY);
}
END_TEST

/* Two workers on one CPU wait for each other half of the time: that is what was asked for. */
START_TEST(own_workers_sharing) {
    struct ecs_noise_readings r = quiet(2);
    for (int i = 0; i < 2; i++) {
        r.worker[i].cpu = 0;
        r.worker[i].ran_ns = 25 * MS;
        r.worker[i].delay_ns = 25 * MS;
    }
    ck_assert_uint_eq(judge(&r).why, 0);
    r.worker[0].ran_ns = 20 * MS;       /* and now a stranger takes a fifth of it */
    r.worker[1].ran_ns = 20 * MS;
    r.worker[0].delay_ns = r.worker[1].delay_ns = 30 * MS;
    struct ecs_noise n = judge(&r);
    ck_assert_uint_eq(n.why, ECS_NOISE_DELAY);
    ck_assert_float_eq_tol(n.delay, 0.2f, 1e-6f);
    ck_assert_int_eq(n.cpu, 0);
}
END_TEST

/* Three workers on two CPUs, the third wrapped round. */
START_TEST(more_workers_than_cpus) {
    struct ecs_noise_readings r = quiet(3);
    r.worker[2].cpu = 0;
    r.worker[0].ran_ns = r.worker[2].ran_ns = 25 * MS;
    r.worker[0].delay_ns = r.worker[2].delay_ns = 25 * MS;
    ck_assert_uint_eq(judge(&r).why, 0);
}
END_TEST

/* Asleep on a mutex: much CPU time is missing, nobody waited for a CPU. */
START_TEST(sleepers) {
    struct ecs_noise_readings r = quiet(2);
    struct ecs_noise_memory m;
    memset(&m, 0, sizeof m);
    for (int i = 0; i < 2; i++)
        r.worker[i].ran_ns = 20 * MS;
    for (int window = 0; window < 10; window++)
        ck_assert_uint_eq(ecs_noise_judge(&r, &m).why, 0);
    r.blind = true;
    r.worker[0].slept = r.worker[1].slept = true;
    struct ecs_noise n = judge(&r);
    ck_assert_uint_eq(n.why, ECS_NOISE_BLIND);
    ck_assert(!ecs_noise_dirty(&n));
}
END_TEST

/* The kernel books a wait when it ends: the CPU was lost in one window, the delay appears in the
 * next. */
START_TEST(a_wait_over_a_border) {
    struct ecs_noise_readings r = quiet(1);
    struct ecs_noise_memory m;
    memset(&m, 0, sizeof m);
    r.worker[0].ran_ns = 46 * MS;
    r.worker[0].delay_ns = 0;
    ck_assert_uint_eq(ecs_noise_judge(&r, &m).why, 0);
    r.worker[0].ran_ns = 50 * MS;
    r.worker[0].delay_ns = 4 * MS;
    ck_assert_uint_eq(ecs_noise_judge(&r, &m).why, ECS_NOISE_DELAY);
    r.worker[0].delay_ns = 4 * MS;      /* but only once */
    ck_assert_uint_eq(ecs_noise_judge(&r, &m).why, 0);
}
END_TEST

/* A loss that was explained is not there to explain the next delay too. */
START_TEST(a_loss_is_explained_once) {
    struct ecs_noise_readings r = quiet(1);
    struct ecs_noise_memory m;
    memset(&m, 0, sizeof m);
    r.worker[0].ran_ns = 46 * MS;
    r.worker[0].delay_ns = 4 * MS;
    ck_assert_uint_eq(ecs_noise_judge(&r, &m).why, ECS_NOISE_DELAY);
    r.worker[0].ran_ns = 50 * MS;
    ck_assert_uint_eq(ecs_noise_judge(&r, &m).why, 0);
}
END_TEST

START_TEST(not_pinned) {
    struct ecs_noise_readings r = quiet(2);
    char text[128];
    r.worker[0].cpu = r.worker[1].cpu = -1;
    ck_assert_uint_eq(judge(&r).why, 0);
    r.worker[0].ran_ns = 30 * MS;
    r.worker[0].delay_ns = 20 * MS;
    struct ecs_noise n = judge(&r);
    ck_assert_uint_eq(n.why, ECS_NOISE_DELAY);
    ck_assert_int_eq(n.cpu, -1);
    ck_assert_str_eq(ecs_noise_text(&n, text, sizeof text),
                     "a worker waited 40 % of the time for a CPU that something else used");
    /* Four on two CPUs: they fill them, so their waiting is their own. */
    r = quiet(4);
    for (int i = 0; i < 4; i++)
        r.worker[i] = (struct ecs_worker_reading){ -1, 50 * MS, 25 * MS, 25 * MS, false };
    ck_assert_uint_eq(judge(&r).why, 0);
}
END_TEST

START_TEST(blind) {
    struct ecs_noise_readings r = quiet(2);
    char text[128];
    r.blind = true;
    struct ecs_noise n = judge(&r);
    ck_assert_uint_eq(n.why, ECS_NOISE_BLIND);
    ck_assert(!ecs_noise_dirty(&n));
    ck_assert_str_eq(ecs_noise_text(&n, text, sizeof text),
                     "this kernel does not say how long a thread waits for a CPU");
    r.worker[1].ran_ns = 30 * MS;
    r.worker[1].delay_ns = 0;
    n = judge(&r);
    ck_assert_uint_eq(n.why, ECS_NOISE_BLIND | ECS_NOISE_DELAY);
    ck_assert_float_eq_tol(n.delay, 0.4f, 1e-6f);
    ck_assert_int_eq(n.cpu, 1);
}
END_TEST

START_TEST(steal) {
    struct ecs_noise_readings r = quiet(2);
    char text[128];
    r.steal_ns = 10 * MS;
    r.steal_span_ns = 50 * MS;
    r.steal_cpu = 1;
    struct ecs_noise n = judge(&r);
    ck_assert_uint_eq(n.why, ECS_NOISE_STEAL);
    ck_assert_float_eq_tol(n.steal, 0.2f, 1e-6f);
    ck_assert_str_eq(ecs_noise_text(&n, text, sizeof text), "the hypervisor took 20 % of CPU 1");
    r.steal_span_ns = 5 * MS;
    ck_assert_float_eq(judge(&r).steal, 1);
}
END_TEST

START_TEST(canary) {
    struct ecs_noise_readings r = quiet(2);
    struct ecs_noise_memory m;
    char text[128];
    memset(&m, 0, sizeof m);
    r.canary = 0.12;
    ck_assert_uint_eq(ecs_noise_judge(&r, &m).why, 0);
    ck_assert_uint_eq(ecs_noise_judge(&r, &m).why, 0);
    struct ecs_noise n = ecs_noise_judge(&r, &m);
    ck_assert_uint_eq(n.why, ECS_NOISE_CANARY);
    ck_assert_str_eq(ecs_noise_text(&n, text, sizeof text),
                     "the CPU ran 12 % slower than at its best");
    r.canary = 0.04;
    ck_assert_uint_eq(ecs_noise_judge(&r, &m).why, 0);
    r.canary = 0.12;
    ck_assert_uint_eq(ecs_noise_judge(&r, &m).why, 0);
    r.canary = 0.8;                     /* half the speed needs no third time */
    ck_assert_uint_eq(ecs_noise_judge(&r, &m).why, 0);
    r.canary = 0;
    ck_assert_uint_eq(ecs_noise_judge(&r, &m).why, 0);
    r.canary = 0.8;
    ck_assert_uint_eq(ecs_noise_judge(&r, &m).why, 0);
    ck_assert_uint_eq(ecs_noise_judge(&r, &m).why, ECS_NOISE_CANARY);
}
END_TEST

START_TEST(foreign) {
    struct ecs_noise_readings r = quiet(2);
    char text[128];
    r.capacity_ns = 2000 * MS;
    r.busy_ns = 1990 * MS;
    r.own_ns = 1995 * MS;
    ck_assert_uint_eq(judge(&r).why, 0);
    r.own_ns = 1800 * MS;
    struct ecs_noise n = judge(&r);
    ck_assert_uint_eq(n.why, 0);
    ck_assert_float_eq_tol(n.foreign, 0.095f, 1e-6f);
    r.own_ns = 1390 * MS;
    n = judge(&r);
    ck_assert_uint_eq(n.why, ECS_NOISE_FOREIGN);
    ck_assert_str_eq(ecs_noise_text(&n, text, sizeof text),
                     "other processes used 30 % of our CPUs");
    n.why = 0;
    ck_assert_str_eq(ecs_noise_text(&n, text, sizeof text), "no noise seen");
    ck_assert_str_eq(ecs_noise_text(&n, text, 4), "no ");
}
END_TEST

/* Nothing in the readings, however odd, may give a share beyond 0…1. */
START_TEST(odd_readings) {
    for (int bits = 0; bits < 256; bits++) {
        struct ecs_noise_readings r = quiet(2);
        r.worker[0].wall_ns = bits & 1 ? 0 : 50 * MS;
        r.worker[0].ran_ns = bits & 2 ? UINT64_MAX / 4 : 0;
        r.worker[0].delay_ns = bits & 4 ? UINT64_MAX / 4 : 0;
        r.worker[1].cpu = bits & 8 ? -1 : 0;
        r.allowed_cpus = bits & 16 ? 0 : 2;
        r.blind = bits & 32;
        r.steal_ns = bits & 64 ? UINT64_MAX : 0;
        r.steal_span_ns = bits & 128 ? 1 : 0;
        r.capacity_ns = r.steal_span_ns;
        r.busy_ns = r.worker[0].delay_ns;
        struct ecs_noise n = judge(&r);
        ck_assert(n.delay >= 0 && n.delay <= 1);
        ck_assert(n.steal >= 0 && n.steal <= 1);
        ck_assert(n.foreign >= 0 && n.foreign <= 1);
    }
}
END_TEST

int main(void) {
    Suite *s = suite_create("noise");
    TCase *t = tcase_create("noise");
    tcase_add_test(t, a_quiet_machine);
    tcase_add_test(t, a_hog);
    tcase_add_test(t, the_limit);
    tcase_add_test(t, own_workers_sharing);
    tcase_add_test(t, more_workers_than_cpus);
    tcase_add_test(t, sleepers);
    tcase_add_test(t, a_wait_over_a_border);
    tcase_add_test(t, a_loss_is_explained_once);
    tcase_add_test(t, not_pinned);
    tcase_add_test(t, blind);
    tcase_add_test(t, steal);
    tcase_add_test(t, canary);
    tcase_add_test(t, foreign);
    tcase_add_test(t, odd_readings);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
