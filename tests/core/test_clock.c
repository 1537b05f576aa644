#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>

#include "core/base/clock.h"

START_TEST(time_never_goes_back)
{
    uint64_t before = ecs_now_ns();
    for (int i = 0; i < 10000; i++) {
        uint64_t now = ecs_now_ns();
        ck_assert_uint_ge(now, before);
        before = now;
    }
    ck_assert_uint_gt(before, 0);
}
END_TEST

START_TEST(thread_time_counts_work_not_sleep)
{
    uint64_t start = ecs_thread_cpu_ns(), wall = ecs_now_ns();
    ecs_sleep_until_ns(wall + 200 * ECS_NS_PER_MS);
    uint64_t slept = ecs_thread_cpu_ns() - start;
    ck_assert_uint_lt(slept, 150 * ECS_NS_PER_MS);
    while (ecs_thread_cpu_ns() - start < slept + 5 * ECS_NS_PER_MS)
        ;
}
END_TEST

START_TEST(ticks_follow_the_clock)
{
    double rate = ecs_ticks_per_ns(50);
    ck_assert_double_gt(rate, 0.0);
    ck_assert_double_lt(rate, 20.0);
    ck_assert_double_eq(ecs_ticks_per_ns(50), rate);
    uint64_t t0 = ecs_ticks(), n0 = ecs_now_ns();
    ecs_sleep_until_ns(n0 + 100 * ECS_NS_PER_MS);
    double ticks = (double)(ecs_ticks() - t0), ns = (double)(ecs_now_ns() - n0);
    ck_assert_double_ge(ticks / rate, 0.9 * 100e6);
    ck_assert_double_le(ticks / rate, 1.5 * ns + 1e9);
}
END_TEST

START_TEST(a_kept_rate_costs_no_time)
{
    ecs_ticks_per_ns(10);
    uint64_t cpu = ecs_now_ns();
    for (int i = 0; i < 100; i++)
        ecs_ticks_per_ns(60000);
    ck_assert_uint_lt(ecs_now_ns() - cpu, 60 * ECS_NS_PER_S);
}
END_TEST

static volatile sig_atomic_t alarms;
static void count_alarm(int sig) { (void)sig; alarms++; }

START_TEST(sleep_survives_signals_and_is_not_short)
{
    struct sigaction act = {.sa_handler = count_alarm};
    sigaction(SIGALRM, &act, NULL);
    struct itimerval each = {.it_interval = {0, 5000}, .it_value = {0, 5000}};
    setitimer(ITIMER_REAL, &each, NULL);
    uint64_t when = ecs_now_ns() + 100 * ECS_NS_PER_MS;
    ecs_sleep_until_ns(when);
    uint64_t woke = ecs_now_ns();
    setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
    ck_assert_uint_ge(woke, when);
    ck_assert_int_gt(alarms, 0);
}
END_TEST

START_TEST(sleeping_until_the_past_returns)
{
    ecs_sleep_until_ns(0);
    ecs_sleep_until_ns(1);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("clock");
    tcase_set_timeout(tc, 90);
    tcase_add_test(tc, time_never_goes_back);
    tcase_add_test(tc, thread_time_counts_work_not_sleep);
    tcase_add_test(tc, ticks_follow_the_clock);
    tcase_add_test(tc, a_kept_rate_costs_no_time);
    tcase_add_test(tc, sleep_survives_signals_and_is_not_short);
    tcase_add_test(tc, sleeping_until_the_past_returns);
    Suite *s = suite_create("clock");
    suite_add_tcase(s, tc);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
