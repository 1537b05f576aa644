#include <check.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "core/base/clock.h"
#include "fake.h"
#include "run/compare.h"

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
    tcase_add_test(t, cancelled);
    tcase_add_test(t, what_goes_wrong);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
