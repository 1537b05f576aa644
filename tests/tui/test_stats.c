#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tui/app_stats.h"
#include "tui/ui.h"

START_TEST(percentiles)
{
    struct ecs_app_stats s;

    ck_assert_int_eq(ecs_app_stats_init(&s), 0);
    ck_assert_uint_eq(ecs_samples_percentile(&s.frame, 0.5), 0);
    for (uint64_t i = 100; i > 0; i--)
        ecs_samples_add(&s.frame, i * 1000);
    ck_assert_uint_eq(ecs_samples_percentile(&s.frame, 0), 1);
    ck_assert_uint_eq(ecs_samples_percentile(&s.frame, 0.5), 51);
    ck_assert_uint_eq(ecs_samples_percentile(&s.frame, 1), 100);
    ck_assert_uint_eq(s.frame.max, 100);
    ecs_app_stats_free(&s);
}
END_TEST

/* Old samples make room; the largest is never forgotten. */
START_TEST(more_samples_than_room)
{
    struct ecs_app_stats s;

    ck_assert_int_eq(ecs_app_stats_init(&s), 0);
    ecs_samples_add(&s.key, 9000000);
    for (int i = 0; i < ECS_STATS_SAMPLES + 5; i++)
        ecs_samples_add(&s.key, 2000);
    ck_assert_uint_eq(ecs_samples_percentile(&s.key, 0.99), 2);
    ck_assert_uint_eq(s.key.max, 9000);
    ck_assert_uint_eq(s.key.n, ECS_STATS_SAMPLES + 6);
    ecs_app_stats_free(&s);
}
END_TEST

START_TEST(lines_are_key_value_unit)
{
    struct ecs_app_stats s;
    char text[2000] = "";
    FILE *out = fmemopen(text, sizeof text, "w");

    ck_assert_int_eq(ecs_app_stats_init(&s), 0);
    s.begin_ns = 1000000000;
    s.first_frame_ns = 1012000000;
    s.wakeups = 30;
    ecs_samples_add(&s.frame, 500000);
    ecs_app_stats_print(&s, 1000000000, 3000000000, 4096, out);
    fclose(out);
    ck_assert_ptr_nonnull(strstr(text, "first_frame: 12.000 ms\n"));
    ck_assert_ptr_nonnull(strstr(text, "frame.p50: 0.500 ms\n"));
    ck_assert_ptr_nonnull(strstr(text, "key_to_first_byte.count: 0\n"));
    ck_assert_ptr_nonnull(strstr(text, "bytes_per_s: 2048.0 B/s\n"));
    ck_assert_ptr_nonnull(strstr(text, "wakeups_per_s: 15.00 /s\n"));
    ecs_app_stats_free(&s);
}
END_TEST

START_TEST(click_targets)
{
    struct ecs_hots h = {.n = 0};

    ecs_hots_add(&h, (struct ecs_rect){0, 0, 0, 1}, 1, 0);
    ecs_hots_add(&h, (struct ecs_rect){0, 0, 1, -1}, 1, 0);
    ecs_hots_add(NULL, (struct ecs_rect){0, 0, 1, 1}, 1, 0);
    ck_assert_uint_eq(h.n, 0);
    for (int i = 0; i < 1000; i++)
        ecs_hots_add(&h, (struct ecs_rect){i, 0, 1, 1}, ECS_HOT_CHOICE, i);
    ck_assert_uint_eq(h.n, sizeof h.v / sizeof h.v[0]);
    ck_assert_int_eq(h.v[3].arg, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stats");
    TCase *tc = tcase_create("stats");

    tcase_add_test(tc, percentiles);
    tcase_add_test(tc, more_samples_than_room);
    tcase_add_test(tc, lines_are_key_value_unit);
    tcase_add_test(tc, click_targets);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
