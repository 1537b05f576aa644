#include <check.h>
#include <math.h>
#include <string.h>

#include "run/statistics.h"

START_TEST(nothing) {
    double nan3[] = { NAN, NAN, NAN };
    struct ecs_estimate e = ecs_estimate(NULL, 0);
    ck_assert(isnan(e.median) && isnan(e.low) && isnan(e.high) && isnan(e.min) && isnan(e.max));
    ck_assert_uint_eq(e.n, 0);
    e = ecs_estimate(nan3, 3);
    ck_assert(isnan(e.median));
    ck_assert_uint_eq(e.n, 0);
    ck_assert(isnan(ecs_percentile(NULL, 0, 0.5)));
    ck_assert(isnan(ecs_percentile(nan3, 3, 0.5)));
}
END_TEST

/* Ranks of the interval and its coverage, from tables of the binomial distribution (for example
 * David and Nagaraja, 7.1): n, first rank from below (1-based), coverage. */
START_TEST(interval_ranks) {
    static const struct { size_t n, rank; double coverage; } known[] = {
        { 1, 1, 0.0 }, { 2, 1, 0.5 }, { 5, 1, 0.9375 }, { 6, 1, 0.96875 }, { 8, 1, 0.9921875 },
        { 9, 2, 0.9609375 }, { 10, 2, 0.978515625 }, { 11, 2, 0.98828125 }, { 12, 3, 0.96142578 },
        { 15, 4, 0.96484375 }, { 20, 6, 0.95861053 }, { 25, 8, 0.95671 }, { 100, 40, 0.96479980 },
    };
    double v[100];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t n = known[i].n;
        for (size_t k = 0; k < n; k++)
            v[n - 1 - k] = (double)(k + 1);
        struct ecs_estimate e = ecs_estimate(v, n);
        ck_assert_double_eq_tol(e.low, (double)known[i].rank, 1e-12);
        ck_assert_double_eq_tol(e.high, (double)(n + 1 - known[i].rank), 1e-12);
        ck_assert_double_eq_tol(e.coverage, known[i].coverage, 1e-5);
        ck_assert_double_eq_tol(e.median, (double)(n + 1) / 2, 1e-12);
        ck_assert_double_eq(e.min, 1);
        ck_assert_double_eq(e.max, (double)n);
    }
}
END_TEST

START_TEST(any_size) {
    static double v[6000];
    for (size_t i = 0; i < 6000; i++)
        v[i] = (double)i;
    for (size_t n = 1; n <= 6000; n = n * 3 / 2 + 1) {
        struct ecs_estimate e = ecs_estimate(v, n);
        ck_assert(e.low <= e.median && e.median <= e.high);
        ck_assert(n < 6 || e.coverage >= 0.95);
        ck_assert(n < 500 || e.coverage < 0.96);
    }
}
END_TEST

START_TEST(order_does_not_matter) {
    double v[] = { 3, NAN, 1, 2, NAN, 5, 4 }, same[7];
    memcpy(same, v, sizeof v);
    struct ecs_estimate e = ecs_estimate(v, 7);
    ck_assert_uint_eq(e.n, 5);
    ck_assert_double_eq(e.median, 3);
    ck_assert_double_eq(e.low, 1);
    ck_assert_double_eq(e.high, 5);
    ck_assert_mem_eq(v, same, sizeof v);
}
END_TEST

START_TEST(percentiles) {
    double v[] = { 40, 10, 30, 20 };
    ck_assert_double_eq(ecs_percentile(v, 4, 0), 10);
    ck_assert_double_eq(ecs_percentile(v, 4, 1), 40);
    ck_assert_double_eq(ecs_percentile(v, 4, 0.5), 25);
    ck_assert_double_eq_tol(ecs_percentile(v, 4, 0.95), 38.5, 1e-12);
    ck_assert_double_eq(ecs_percentile(v, 4, -1), 10);
    ck_assert_double_eq(ecs_percentile(v, 4, 2), 40);
    ck_assert(isnan(ecs_percentile(v, 4, NAN)));
    ck_assert_double_eq(ecs_percentile(v, 1, 0.3), 40);
    double far[] = { -INFINITY, 1, INFINITY };
    ck_assert_double_eq(ecs_percentile(far, 3, 0.5), 1);
    ck_assert_double_eq(ecs_percentile(far, 3, 1), INFINITY);
}
END_TEST

static struct ecs_ratio scaled(double times, double spread, size_t n, bool lower) {
    double a[32], b[32];
    for (size_t i = 0; i < n; i++) {
        a[i] = 100 + (double)(i % 5);
        b[i] = a[i] * times * (1 + spread * ((double)(i % 3) - 1));
    }
    return ecs_ratio_paired(a, b, n, lower);
}

START_TEST(verdicts) {
    struct ecs_ratio r = scaled(4, 0.05, 11, false);
    ck_assert_int_eq(r.verdict, ECS_B_BETTER);
    ck_assert_double_eq_tol(r.r.median, 4, 1e-9);
    ck_assert_str_eq(r.why, "b is 4 times as good, interval 3.8 to 4.2");
    r = scaled(4, 0.05, 11, true);
    ck_assert_int_eq(r.verdict, ECS_A_BETTER);
    ck_assert_double_eq_tol(r.r.median, 0.25, 1e-9);
    r = scaled(0.5, 0.01, 11, false);
    ck_assert_int_eq(r.verdict, ECS_A_BETTER);
    ck_assert_str_eq(r.why, "a is 2 times as good, interval 1.98 to 2.02");
    ck_assert_int_eq(scaled(0.5, 0.01, 11, true).verdict, ECS_B_BETTER);
    ck_assert_int_eq(scaled(1, 0.05, 11, false).verdict, ECS_NO_DIFFERENCE);
    ck_assert_int_eq(scaled(1, 0, 11, false).verdict, ECS_NO_DIFFERENCE);
    ck_assert_int_eq(scaled(1.004, 0, 11, false).verdict, ECS_NO_DIFFERENCE);
    ck_assert_int_eq(scaled(1.006, 0, 11, false).verdict, ECS_B_BETTER);
    ck_assert_int_eq(scaled(1, 0.4, 11, false).verdict, ECS_TOO_NOISY);
    ck_assert_int_eq(scaled(4, 0, 4, false).verdict, ECS_TOO_NOISY);
    ck_assert_str_eq(scaled(4, 0, 4, false).why,
                     "only 4 pairs that can be compared, and at least 5 are needed");
    ck_assert_int_eq(scaled(4, 0, 5, false).verdict, ECS_B_BETTER);
    r = ecs_ratio_paired(NULL, NULL, 0, false);
    ck_assert_int_eq(r.verdict, ECS_TOO_NOISY);
    ck_assert(isnan(r.r.median));
}
END_TEST

START_TEST(odd_values) {
    double zero[6] = { 0 }, some[6] = { 1, 2, 3, 4, 5, 6 }, bad[6] = { NAN, -1, INFINITY, 4, 5, 6 };
    struct ecs_ratio r = ecs_ratio_paired(zero, zero, 6, true);
    ck_assert_int_eq(r.verdict, ECS_NO_DIFFERENCE);
    ck_assert_double_eq(r.r.median, 1);
    r = ecs_ratio_paired(zero, some, 6, true);
    ck_assert_int_eq(r.verdict, ECS_A_BETTER);
    ck_assert_double_eq(r.r.median, 0);
    ck_assert_str_eq(r.why, "a is better without limit: the other side is zero");
    r = ecs_ratio_paired(some, zero, 6, true);
    ck_assert_int_eq(r.verdict, ECS_B_BETTER);
    ck_assert(isinf(r.r.median));
    r = ecs_ratio_paired(some, bad, 6, false);
    ck_assert_uint_eq(r.r.n, 3);
    ck_assert_int_eq(r.verdict, ECS_TOO_NOISY);
    r = ecs_ratio_unpaired(zero, 6, zero, 6, false);
    ck_assert_int_eq(r.verdict, ECS_NO_DIFFERENCE);
    r = ecs_ratio_unpaired(bad, 6, some, 6, false);
    ck_assert_uint_eq(r.r.n, 3);
    ck_assert_int_eq(r.verdict, ECS_TOO_NOISY);
    r = ecs_ratio_unpaired(NULL, 0, some, 6, false);
    ck_assert_uint_eq(r.r.n, 0);
    ck_assert_int_eq(r.verdict, ECS_TOO_NOISY);
}
END_TEST

START_TEST(unpaired) {
    double a[] = { 10, 11, 12, 13, 14, 15, 16 }, b[] = { 40, 41, 42, 43, 44, 45, 46, 47 };
    struct ecs_ratio r = ecs_ratio_unpaired(a, 7, b, 8, false);
    ck_assert_int_eq(r.verdict, ECS_B_BETTER);
    ck_assert_double_eq_tol(r.r.median, 43.5 / 13, 1e-9);
    ck_assert_double_eq_tol(r.r.low, 40.0 / 16, 1e-9);
    ck_assert_double_eq_tol(r.r.high, 47.0 / 10, 1e-9);
    r = ecs_ratio_unpaired(a, 7, b, 8, true);
    ck_assert_int_eq(r.verdict, ECS_A_BETTER);
    ck_assert_double_eq_tol(r.r.median, 13 / 43.5, 1e-9);
    ck_assert_double_eq_tol(r.r.low, 10.0 / 47, 1e-9);
    ck_assert_double_eq_tol(r.r.high, 16.0 / 40, 1e-9);
    ck_assert_int_eq(ecs_ratio_unpaired(a, 4, b, 8, false).verdict, ECS_TOO_NOISY);
}
END_TEST

START_TEST(names) {
    ck_assert_str_eq(ecs_verdict_name(ECS_B_BETTER), "b_better");
    ck_assert_str_eq(ecs_verdict_name(ECS_A_BETTER), "a_better");
    ck_assert_str_eq(ecs_verdict_name(ECS_NO_DIFFERENCE), "no_difference");
    ck_assert_str_eq(ecs_verdict_name(ECS_TOO_NOISY), "too_noisy");
}
END_TEST

int main(void) {
    Suite *s = suite_create("statistics");
    TCase *t = tcase_create("statistics");
    tcase_add_test(t, nothing);
    tcase_add_test(t, interval_ranks);
    tcase_add_test(t, any_size);
    tcase_add_test(t, order_does_not_matter);
    tcase_add_test(t, percentiles);
    tcase_add_test(t, verdicts);
    tcase_add_test(t, odd_values);
    tcase_add_test(t, unpaired);
    tcase_add_test(t, names);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
