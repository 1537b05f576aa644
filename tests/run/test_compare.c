#include <check.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "core/base/clock.h"
#include "fake.h"
#include "run/compare_judge.h"

static void set_up(void) {
    fake_reset();
}

static void tear_down(void) {
    ck_assert_int_eq(fake_control.broken, 0);
    ck_assert_int_eq(fake_control.starts, fake_control.stops);
    ck_assert_int_eq(fake_control.enters, fake_control.leaves);
}

static struct ecs_comparison result;

static struct ecs_compare_options quick(int metric, unsigned pairs) {
    return (struct ecs_compare_options){ .metric = metric, .pairs = pairs,
                                         .side_ns = 60 * ECS_NS_PER_MS };
}

static void compare(int64_t gain_a, int64_t gain_b, int64_t seed_a, int64_t seed_b,
                    const struct ecs_compare_options *o) {
    struct ecs_values a = fake_values(1), b = fake_values(1);
    struct ecs_error e = { 0 };
    a.v[FAKE_GAIN] = gain_a;
    b.v[FAKE_GAIN] = gain_b;
    a.v[FAKE_SEED] = seed_a;
    b.v[FAKE_SEED] = seed_b;
    int r = ecs_compare(&fake_scenario, &a, &b, o, &result, &e);
    ck_assert_msg(r == 0, "%s", e.what);
    ck_assert_uint_ge(result.pairs + result.dirty_pairs, 1);
}

/* The machine may be loaded: then "too noisy" with the noise named is right, and nothing else. */
static void expect(enum ecs_verdict verdict) {
    ck_assert_msg(result.ratio.verdict == verdict || result.ratio.verdict == ECS_TOO_NOISY,
                  "%s: %s", ecs_verdict_name(result.ratio.verdict), result.ratio.why);
    ck_assert(result.ratio.why[0] != '\0');
    if (result.ratio.verdict == ECS_TOO_NOISY && result.pairs < 5)
        ck_assert_msg(strstr(result.ratio.why, " pairs") != NULL, "%s", result.ratio.why);
}

START_TEST(live_sides) {
    struct ecs_compare_options o = quick(-1, 7);
    compare(0, 7, 1, 1, &o);
    expect(ECS_B_BETTER);
    ck_assert_int_eq(result.metric, 0);
    ck_assert_int_eq(fake_control.starts, 1);
    compare(7, 0, 1, 1, &o);
    expect(ECS_A_BETTER);
}
END_TEST

START_TEST(sides_that_need_a_restart) {
    struct ecs_compare_options o = quick(FAKE_SEED_METRIC, 5);
    compare(0, 0, 10, 40, &o);
    expect(ECS_A_BETTER);
    ck_assert_int_gt(fake_control.starts, 9);
    for (unsigned i = 0; i < result.pairs; i++) {
        ck_assert_double_eq(result.a[i], 10);
        ck_assert_double_eq(result.b[i], 40);
    }
}
END_TEST

START_TEST(equal_sides) {
    struct ecs_compare_options o = quick(FAKE_SEED_METRIC, 5);
    compare(3, 3, 9, 9, &o);
    expect(ECS_NO_DIFFERENCE);
}
END_TEST

START_TEST(a_metric_that_is_not_there) {
    struct ecs_compare_options o = quick(FAKE_NEVER, 5);
    compare(0, 1, 1, 1, &o);
    ck_assert_int_eq(result.ratio.verdict, ECS_TOO_NOISY);
    ck_assert(isnan(result.ratio.r.median));
    if (result.pairs > 0)
        ck_assert_str_eq(result.ratio.why, "the fake never knows this");
}
END_TEST

static bool stop_after_two(void *arg, unsigned done, unsigned wanted, unsigned dirty) {
    unsigned *calls = arg;
    ck_assert_uint_eq(wanted, 50);
    ck_assert_uint_eq(done + dirty, ++*calls);
    return *calls == 2;
}

/* A B, B A, A B …: what stays the same is not entered anew. */
START_TEST(sides_take_turns) {
    struct ecs_compare_options o = quick(-1, 4);
    compare(0, 5, 1, 1, &o);
    int attempts = (int)(result.pairs + result.dirty_pairs);
    ck_assert_int_eq(fake_control.n_gains, attempts + 1);
    for (int i = 0; i <= attempts; i++)
        ck_assert_int_eq(fake_control.gains[i], i % 2 ? 5 : 0);
}
END_TEST

/* ---- judging, with windows made up ---------------------------------------------------------- */

static const struct ecs_metric rate = { .name = "r", .unit = "ops/s" };
static const struct ecs_metric cost = { .name = "c", .unit = "ns/op", .lower_is_better = true };
static const struct ecs_metric count = { .name = "n", .unit = "", .is_count = true };

static struct ecs_snapshot window(double value, unsigned ms, uint32_t flags) {
    struct ecs_snapshot s;
    ecs_snapshot_clear(&s);
    s.metric[1] = value;
    s.window_ns = ms * ECS_NS_PER_MS;
    s.flags = flags;
    if (flags & ECS_SNAP_DIRTY)
        s.noise = (struct ecs_noise){ .delay = (float)(ms / 100.0), .cpu = 1,
                                      .why = ECS_NOISE_DELAY };
    return s;
}

START_TEST(a_side_from_its_windows) {
    struct ecs_snapshot w[] = {
        window(900, 50, ECS_SNAP_SETTLING | ECS_SNAP_CHANGED), window(900, 50, ECS_SNAP_SETTLING),
        window(10, 50, 0), window(800, 31, ECS_SNAP_DIRTY), window(40, 100, 0),
        window(700, 20, ECS_SNAP_DIRTY), window(NAN, 50, 0), window(20, 50, 0),
    };
    struct ecs_side s = ecs_side_judge(&rate, 1, w, 8);
    ck_assert(s.clean);
    ck_assert_double_eq_tol(s.value, (10 * 50 + 40 * 100 + 20 * 50) / 200.0, 1e-9);
    ck_assert_float_eq_tol(s.worst.delay, 0.31f, 1e-6f);
    ck_assert_double_eq(ecs_side_judge(&cost, 1, w, 8).value, 20);
    ck_assert_double_eq(ecs_side_judge(&count, 1, w, 8).value, 20);
    ck_assert(isnan(ecs_side_judge(&rate, 0, w, 8).value));
    ck_assert(ecs_side_judge(&rate, 0, w, 8).clean);
    s = ecs_side_judge(&rate, 1, w, 2);
    ck_assert(!s.clean && isnan(s.value));
    ck_assert(!ecs_side_judge(&rate, 1, w, 0).clean);
    w[4].flags = w[6].flags = ECS_SNAP_DIRTY;
    ck_assert(!ecs_side_judge(&rate, 1, w, 8).clean);
}
END_TEST

static struct ecs_side side(double value, bool clean) {
    struct ecs_side s = { value, clean, { .cpu = -1 } };
    if (!clean)
        s.worst = (struct ecs_noise){ .delay = 0.31f, .cpu = 0, .why = ECS_NOISE_DELAY };
    return s;
}

/* `n` clean pairs of 1 against `b`, and `dirty` pairs that say the opposite. */
static void pairs(int metric, double b, unsigned n, unsigned dirty) {
    struct ecs_values v = fake_values(1);
    memset(&result, 0, sizeof result);
    result.metric = metric;
    result.worst.cpu = -1;
    for (unsigned i = 0; i < n + dirty; i++) {
        struct ecs_side one = side(i < n ? 1 : b, i < n), other = side(i < n ? b : 1, true);
        if (i < n || i % 2)
            ecs_compare_add(&result, &one, &other);
        else
            ecs_compare_add(&result, &other, &one);
    }
    ecs_compare_conclude(&fake_scenario, &v, &v, &result);
    ck_assert_uint_eq(result.pairs, n);
    ck_assert_uint_eq(result.dirty_pairs, dirty);
}

START_TEST(conclusions) {
    pairs(FAKE_RATE, 4, 11, 11);
    ck_assert_int_eq(result.ratio.verdict, ECS_B_BETTER);
    ck_assert_double_eq(result.ratio.r.median, 4);
    ck_assert_double_eq(result.ea.median, 1);
    ck_assert_double_eq(result.eb.median, 4);
    pairs(FAKE_SEED_METRIC, 4, 11, 0);
    ck_assert_int_eq(result.ratio.verdict, ECS_A_BETTER);
    ck_assert_double_eq(result.ratio.r.median, 0.25);
    pairs(FAKE_RATE, 1, 5, 0);
    ck_assert_int_eq(result.ratio.verdict, ECS_NO_DIFFERENCE);
    pairs(FAKE_RATE, 4, 5, 9);
    ck_assert_int_eq(result.ratio.verdict, ECS_B_BETTER);
    pairs(FAKE_RATE, 4, 4, 10);
    ck_assert_int_eq(result.ratio.verdict, ECS_TOO_NOISY);
    ck_assert_str_eq(result.ratio.why, "another process used 31 % of CPU 0 in 10 of 14 pairs");
    pairs(FAKE_RATE, 4, 6, 13);
    ck_assert_int_eq(result.ratio.verdict, ECS_TOO_NOISY);
    pairs(FAKE_RATE, 4, 4, 0);
    ck_assert_int_eq(result.ratio.verdict, ECS_TOO_NOISY);
    pairs(FAKE_NEVER, NAN, 11, 0);
    ck_assert_int_eq(result.ratio.verdict, ECS_TOO_NOISY);
    ck_assert_str_eq(result.ratio.why, "the fake never knows this");
}
END_TEST

START_TEST(nothing_measured) {
    struct ecs_values v = fake_values(1);
    struct ecs_side nothing = ecs_side_judge(&rate, 1, NULL, 0);
    memset(&result, 0, sizeof result);
    ecs_compare_add(&result, &nothing, &nothing);
    ecs_compare_conclude(&fake_scenario, &v, &v, &result);
    ck_assert_int_eq(result.ratio.verdict, ECS_TOO_NOISY);
    ck_assert_str_eq(result.ratio.why, "no whole window could be measured in 1 of 1 pairs");
}
END_TEST

START_TEST(cancelled) {
    unsigned calls = 0;
    struct ecs_compare_options o = quick(-1, 50);
    o.progress = stop_after_two;
    o.arg = &calls;
    compare(0, 7, 1, 1, &o);
    ck_assert_uint_eq(calls, 2);
    ck_assert_int_eq(result.ratio.verdict, ECS_TOO_NOISY);
}
END_TEST

START_TEST(what_goes_wrong) {
    struct ecs_values a = fake_values(1), b = fake_values(2);
    struct ecs_compare_options o = quick(FAKE_METRICS, 5);
    struct ecs_error e = { 0 };
    ck_assert_int_eq(ecs_compare(&fake_scenario, &a, &b, &o, &result, &e), -EINVAL);
    o = quick(-1, 5);
    b.v[FAKE_SIZE] = 1;
    ck_assert_int_eq(ecs_compare(&fake_scenario, &a, &b, &o, &result, &e), -EINVAL);
    b.v[FAKE_SIZE] = 64;
    fake_control.fail_reshape = 1;
    ck_assert_int_eq(ecs_compare(&fake_scenario, &a, &b, &o, &result, &e), -ENOMEM);
    ck_assert(strncmp(e.what, "size=64 is too much", 19) == 0);
    fake_control.fail_quantum = 1;
    ck_assert_int_eq(ecs_compare(&fake_scenario, &a, &b, &o, &result, &e), -EIO);
    ck_assert_ptr_nonnull(strstr(e.what, "it was told to"));
    fake_control.fail_start = 1;
    ck_assert_int_eq(ecs_compare(&fake_scenario, &a, &b, &o, &result, &e), -ENOMEM);
}
END_TEST

int main(void) {
    Suite *s = suite_create("compare");
    TCase *t = tcase_create("compare");
    tcase_set_timeout(t, 100);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, live_sides);
    tcase_add_test(t, sides_that_need_a_restart);
    tcase_add_test(t, equal_sides);
    tcase_add_test(t, a_metric_that_is_not_there);
    tcase_add_test(t, sides_take_turns);
    tcase_add_test(t, a_side_from_its_windows);
    tcase_add_test(t, conclusions);
    tcase_add_test(t, nothing_measured);
    tcase_add_test(t, cancelled);
    tcase_add_test(t, what_goes_wrong);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
