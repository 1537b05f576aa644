#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/inputs.h"

#define MS 1000000ull
#define S (1000 * MS)

static void time_is(const char *written, uint64_t ns)
{
    uint64_t got = 0;
    struct ecs_error e = { 0 };
    ck_assert_msg(ecs_input_time("t", written, S / 10, 86400 * S, &got, &e) == 0, "%s", e.what);
    ck_assert_uint_eq(got, ns);
}

START_TEST(times)
{
    time_is("2", 2 * S);
    time_is("0.5", 500 * MS);
    time_is(".5s", 500 * MS);
    time_is("500ms", 500 * MS);
    time_is("0.1", 100 * MS);
    time_is("2m", 120 * S);
    time_is("2min", 120 * S);
    time_is("1.5h", 5400 * S);
    time_is("24h", 86400 * S);
    time_is("1e2", 100 * S);
    time_is("200000us", 200 * MS);
}
END_TEST

static const char *const no_times[] = { "", "s", "-1", "0", "0.09", "86401", "25h", "1e9", "1e999",
                                        "nan", "inf", "0x5", "5 s", "5s ", "5S", "5d", "5ss",
                                        "1,5", "two" };

START_TEST(no_time)
{
    uint64_t got = 0;
    struct ecs_error e = { 0 };
    ck_assert_msg(ecs_input_time("t", no_times[_i], S / 10, 86400 * S, &got, &e) == -EINVAL,
                  "\"%s\" is %llu", no_times[_i], (unsigned long long)got);
    ck_assert(e.what[0] && e.mend[0]);
}
END_TEST

START_TEST(counts)
{
    unsigned got = 0;
    struct ecs_error e = { 0 };
    static const char *const bad[] = { "", "0", "102", "-1", "1.5", "1x", "99999999999999999999" };
    ck_assert_int_eq(ecs_input_count("n", "11", 1, 101, &got, &e), 0);
    ck_assert_uint_eq(got, 11);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(ecs_input_count("n", bad[i], 1, 101, &got, &e) == -EINVAL, "%s", bad[i]);
        ck_assert_ptr_nonnull(strstr(e.mend, "1 to 101"));
    }
}
END_TEST

START_TEST(assignments)
{
    const struct ecs_scenario *s;
    struct ecs_values v;
    struct ecs_error e = { 0 };
    ck_assert_int_eq(ecs_input_scenario("counters", &s, &e), 0);
    ecs_values_default(s, &v);
    int stride = ecs_param_index(s, "stride"), threads = ecs_param_index(s, "threads");
    ck_assert_int_eq(ecs_input_assign(s, "stride=64,threads=3", &v, &e), 0);
    ck_assert_int_eq(v.v[stride], 64);
    ck_assert_int_eq(v.v[threads], 3);
    static const char *const bad[] = { "", ",", "stride=64,", "=64", "stride",
                                       "stride=64 threads=3", "stride=64;threads=3" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(ecs_input_assign(s, bad[i], &v, &e) == -EINVAL, "\"%s\"", bad[i]);
        ck_assert_msg(e.what[0] && e.mend[0], "\"%s\"", bad[i]);
    }
}
END_TEST

START_TEST(nearest_names)
{
    const struct ecs_scenario *s;
    struct ecs_error e = { 0 };
    int metric;
    ck_assert_int_eq(ecs_input_scenario("stack-sterss", &s, &e), -EINVAL);
    ck_assert_str_eq(e.mend, "did you mean stack-stress?");
    ck_assert_int_eq(ecs_input_scenario("counters", &s, &e), 0);
    ck_assert_int_eq(ecs_input_metric(s, "op.n", &metric, &e), -EINVAL);
    ck_assert_str_eq(e.mend, "did you mean op.ns?");
    ck_assert_int_eq(ecs_input_metric(s, "op.ns", &metric, &e), 0);
    ck_assert_int_eq(metric, ecs_metric_index(s, "op.ns"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("inputs");
    TCase *t = tcase_create("inputs");
    tcase_add_test(t, times);
    tcase_add_loop_test(t, no_time, 0, (int)(sizeof no_times / sizeof *no_times));
    tcase_add_test(t, counts);
    tcase_add_test(t, assignments);
    tcase_add_test(t, nearest_names);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
