#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "run/format.h"

static void si(double value, const char *unit, const char *wanted)
{
    char text[ECS_FORMAT_MAX];
    ck_assert_str_eq(ecs_format_si(value, unit, text, sizeof text), wanted);
}

START_TEST(figures)
{
    si(34.1e6, "ops/s", "34.1 M ops/s");
    si(34.0e6, "ops/s", "34.0 M ops/s");
    si(999.4, "ops/s", "999 ops/s");
    si(999.6, "ops/s", "1.00 k ops/s");
    si(999960, "ops/s", "1.00 M ops/s");
    si(-2500, "ops/s", "-2.50 k ops/s");
    si(0, "ops/s", "0 ops/s");
    si(0.25, "ns", "0.25 ns");
    si(0.247, "ns/entity", "0.25 ns/entity");
    si(1900, "ns/op", "1.90 us/op");
    si(2.5e6, "ns", "2.50 ms");
    si(93.42, "%", "93.4 %");
    si(2.411, "", "2.41");
    si(2.411, "1/op", "2.41 1/op");
    si(17, "nodes", "17 nodes");
    si(12345, "nodes", "12345 nodes");
    si(NAN, "ops/s", "-");
}
END_TEST

START_TEST(figures_beside_each_other)
{
    char text[ECS_FORMAT_MAX], number[32], unit[32];
    ck_assert_str_eq(ecs_format_si_like(990e3, 1.2e6, "ops/s", text, sizeof text), "0.99");
    ecs_format_si_parts(1.2e6, "ops/s", number, sizeof number, unit, sizeof unit);
    ck_assert_str_eq(number, "1.20");
    ck_assert_str_eq(unit, "M ops/s");
}
END_TEST

START_TEST(bytes)
{
    char text[ECS_FORMAT_MAX];
    ck_assert_str_eq(ecs_format_bytes(0, text, sizeof text), "0 B");
    ck_assert_str_eq(ecs_format_bytes(1023, text, sizeof text), "1023 B");
    ck_assert_str_eq(ecs_format_bytes(49152, text, sizeof text), "48 KiB");
    ck_assert_str_eq(ecs_format_bytes(4255342592, text, sizeof text), "3.96 GiB");
    ck_assert_str_eq(ecs_format_bytes(UINT64_MAX, text, sizeof text), "16 EiB");
}
END_TEST

START_TEST(durations)
{
    char text[ECS_FORMAT_MAX];
    ck_assert_str_eq(ecs_format_duration(0, text, sizeof text), "0 ns");
    ck_assert_str_eq(ecs_format_duration(450000000, text, sizeof text), "450 ms");
    ck_assert_str_eq(ecs_format_duration(2500000000, text, sizeof text), "2.5 s");
    ck_assert_str_eq(ecs_format_duration(200000000000, text, sizeof text), "3 min 20 s");
    ck_assert_str_eq(ecs_format_duration(60000000000, text, sizeof text), "1 min");
    ck_assert_str_eq(ecs_format_duration(86400000000000, text, sizeof text), "24 h");
    ck_assert_str_eq(ecs_format_duration(3900000000000, text, sizeof text), "1 h 5 min");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("format");
    TCase *t = tcase_create("format");
    tcase_add_test(t, figures);
    tcase_add_test(t, figures_beside_each_other);
    tcase_add_test(t, bytes);
    tcase_add_test(t, durations);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
