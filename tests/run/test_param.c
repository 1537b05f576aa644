#include <check.h>
#include <errno.h>
#include <string.h>

#include "run/scenario.h"

static const char *const layouts[] = { "aos", "split", "hybrid", NULL };
static const struct ecs_param params[] = {
    { .name = "threads", .kind = ECS_PARAM_INT, .def = 2, .min = 1, .max = 1000 },
    { .name = "stride", .kind = ECS_PARAM_BYTES, .def = 8, .min = 8, .max = 4096, .multiple = 8 },
    { .name = "entities", .kind = ECS_PARAM_COUNT, .def = 65536, .min = 2048, .max = 4194304 },
    { .name = "layout", .kind = ECS_PARAM_CHOICE, .def = 1, .choices = layouts },
    { .name = "offset", .kind = ECS_PARAM_INT, .min = -8, .max = 8 },
    { .name = "room", .kind = ECS_PARAM_BYTES, .def = 96, .min = 65, .max = 127, .multiple = 64 },
};
enum { THREADS, STRIDE, ENTITIES, LAYOUT, OFFSET, ROOM };

static int check(const struct ecs_values *v, struct ecs_error *e) {
    return v->v[STRIDE] == 4096 ? ecs_fail(e, -EINVAL, "too wide") : 0;
}

static const struct ecs_metric metrics[] = { { .name = "rate.total" }, { .name = "ns" } };
static const struct ecs_scenario scenario = {
    .name = "demo", .params = params, .n_params = 6, .metrics = metrics, .n_metrics = 2,
    .check = check,
};

static int64_t value(int param, const char *text) {
    struct ecs_error e = { 0 };
    int64_t v = -12345;
    int r = ecs_value_parse(&scenario, param, text, &v, &e);
    ck_assert_msg(r == 0, "%s: %s", text, e.what);
    return v;
}

static void refused(int param, const char *text, const char *what, const char *mend) {
    struct ecs_error e = { 0 };
    int64_t v = -12345;
    ck_assert_int_eq(ecs_value_parse(&scenario, param, text, &v, &e), -EINVAL);
    ck_assert_int_eq(v, -12345);
    ck_assert_int_eq(e.code, -EINVAL);
    ck_assert_str_eq(e.what, what);
    ck_assert_str_eq(e.mend, mend);
    ck_assert_int_eq(ecs_value_parse(&scenario, param, text, &v, NULL), -EINVAL);
}

START_TEST(values_are_read) {
    ck_assert_int_eq(value(THREADS, "1000"), 1000);
    ck_assert_int_eq(value(OFFSET, "-8"), -8);
    ck_assert_int_eq(value(STRIDE, "64"), 64);
    ck_assert_int_eq(value(STRIDE, "4K"), 4096);
    ck_assert_int_eq(value(STRIDE, "4k"), 4096);
    ck_assert_int_eq(value(STRIDE, "2KiB"), 2048);
    ck_assert_int_eq(value(STRIDE, "64B"), 64);
    ck_assert_int_eq(value(ENTITIES, "4M"), 4194304);
    ck_assert_int_eq(value(LAYOUT, "aos"), 0);
    ck_assert_int_eq(value(LAYOUT, "hybrid"), 2);
}
END_TEST

START_TEST(bad_numbers) {
    refused(THREADS, "", "threads has no value", "write threads=VALUE");
    refused(THREADS, "two", "threads=two is not a number", "use a whole number such as 2");
    refused(STRIDE, "K", "stride=K is not a number", "use a whole number such as 64 or 4K");
    refused(THREADS, " 2", "threads= 2 is not a number", "use a whole number such as 2");
    refused(THREADS, "+2", "threads=+2 is not a number", "use a whole number such as 2");
    refused(THREADS, "2.5", "threads=2.5: \".5\" is no unit",
            "use a whole number with nothing behind it");
    refused(THREADS, "2K", "threads=2K: \"K\" is no unit",
            "use a whole number with nothing behind it");
    refused(STRIDE, "4X", "stride=4X: \"X\" is no unit",
            "use a whole number with nothing, K, M or G behind it");
    refused(ENTITIES, "4KiB", "entities=4KiB: \"KiB\" is no unit",
            "use a whole number with nothing, K, M or G behind it");
}
END_TEST

START_TEST(out_of_range) {
    refused(THREADS, "0", "threads=0 is out of range", "use 1 to 1000");
    refused(THREADS, "1001", "threads=1001 is out of range", "use 1 to 1000");
    refused(ENTITIES, "8M", "entities=8M is out of range", "use 2K to 4M");
    refused(STRIDE, "99999999999999999999", "stride=99999999999999999999 is out of range",
            "use 8 to 4K");
    refused(STRIDE, "9999999999999G", "stride=9999999999999G is out of range", "use 8 to 4K");
    refused(OFFSET, "-9", "offset=-9 is out of range", "use -8 to 8");
}
END_TEST

START_TEST(not_a_multiple) {
    refused(STRIDE, "12", "stride=12 is not a multiple of 8", "use 8 or 16");
    refused(STRIDE, "4095", "stride=4095 is not a multiple of 8", "use 4088 or 4K");
    refused(ROOM, "100", "room=100 is not a multiple of 64", "use 64");
}
END_TEST

START_TEST(bad_choices) {
    refused(LAYOUT, "spilt", "\"spilt\" is no value of layout, which is aos, split or hybrid",
            "did you mean layout=split?");
    refused(LAYOUT, "zzzzzzzzz",
            "\"zzzzzzzzz\" is no value of layout, which is aos, split or hybrid",
            "use one of these");
    refused(LAYOUT, "1", "\"1\" is no value of layout, which is aos, split or hybrid",
            "use one of these");
}
END_TEST

START_TEST(assignments) {
    struct ecs_values v;
    struct ecs_error e = { 0 };
    ecs_values_default(&scenario, &v);
    ck_assert_int_eq(v.v[ENTITIES], 65536);
    ck_assert_int_eq(v.v[LAYOUT], 1);
    ck_assert_int_eq(v.v[11], 0);
    ck_assert_int_eq(ecs_values_set(&scenario, &v, "stride=128", &e), 0);
    ck_assert_int_eq(v.v[STRIDE], 128);
    ck_assert_int_eq(ecs_values_set(&scenario, &v, "strid=64", &e), -EINVAL);
    ck_assert_str_eq(e.what, "demo has no parameter \"strid\"");
    ck_assert_str_eq(e.mend, "did you mean stride?");
    ck_assert_int_eq(ecs_values_set(&scenario, &v, "quux=1", &e), -EINVAL);
    ck_assert_str_eq(e.mend, "it has threads, stride, entities, layout, offset, room");
    ck_assert_int_eq(ecs_values_set(&scenario, &v, "stride", &e), -EINVAL);
    ck_assert_str_eq(e.what, "\"stride\" sets nothing");
    ck_assert_str_eq(e.mend, "write name=value");
    ck_assert_int_eq(ecs_values_set(&scenario, &v, "=4", &e), -EINVAL);
    ck_assert_int_eq(ecs_values_set(&scenario, &v, "", &e), -EINVAL);
    ck_assert_int_eq(ecs_values_set(&scenario, &v, "stride=", &e), -EINVAL);
    ck_assert_str_eq(e.what, "stride has no value");
    ck_assert_int_eq(ecs_values_set(&scenario, &v, "threads=0", &e), -EINVAL);
    ck_assert_int_eq(v.v[STRIDE], 128);
    ck_assert_int_eq(v.v[THREADS], 2);
}
END_TEST

/* Names and values of any length must be cut, not overrun. */
START_TEST(long_text) {
    static char text[4000];
    struct ecs_values v;
    struct ecs_error e;
    memset(text, 'x', sizeof text - 1);
    ecs_values_default(&scenario, &v);
    ck_assert_int_eq(ecs_values_set(&scenario, &v, text, &e), -EINVAL);
    memcpy(text, "layout=", 7);
    ck_assert_int_eq(ecs_values_set(&scenario, &v, text, &e), -EINVAL);
    memset(text, 'x', 7);
    text[2000] = '=';
    ck_assert_int_eq(ecs_values_set(&scenario, &v, text, &e), -EINVAL);
}
END_TEST

START_TEST(combinations) {
    struct ecs_values v;
    struct ecs_error e = { 0 };
    ecs_values_default(&scenario, &v);
    v.v[ROOM] = 64;
    ck_assert_int_eq(ecs_values_check(&scenario, &v, &e), -EINVAL);
    v.v[ROOM] = 127;
    ck_assert_int_eq(ecs_values_check(&scenario, &v, &e), -EINVAL);
    ck_assert_str_eq(e.mend, "use 64");
}
END_TEST

static const struct ecs_scenario smaller = {
    .name = "demo", .params = params, .n_params = 5, .check = check,
};

START_TEST(checks) {
    struct ecs_values v;
    struct ecs_error e = { 0 };
    ecs_values_default(&smaller, &v);
    ck_assert_int_eq(ecs_values_check(&smaller, &v, &e), 0);
    v.v[STRIDE] = 4096;
    ck_assert_int_eq(ecs_values_check(&smaller, &v, &e), -EINVAL);
    ck_assert_str_eq(e.what, "too wide");
    v.v[STRIDE] = 9;
    ck_assert_int_eq(ecs_values_check(&smaller, &v, &e), -EINVAL);
    v.v[STRIDE] = 8;
    v.v[LAYOUT] = 3;
    ck_assert_int_eq(ecs_values_check(&smaller, &v, &e), -EINVAL);
    v.v[LAYOUT] = -1;
    ck_assert_int_eq(ecs_values_check(&smaller, &v, &e), -EINVAL);
    v.v[LAYOUT] = 0;
    v.v[THREADS] = ECS_MAX_WORKERS + 1;
    ck_assert_int_eq(ecs_values_check(&smaller, &v, &e), -EINVAL);
    ck_assert_str_eq(e.mend, "use 1 to 64");
}
END_TEST

START_TEST(values_are_shown_as_typed) {
    static const struct { int param; int64_t value; const char *text; } shown[] = {
        { THREADS, 2048, "2048" }, { STRIDE, 64, "64" }, { STRIDE, 4096, "4K" },
        { STRIDE, 1536, "1536" }, { STRIDE, 3 << 20, "3M" }, { STRIDE, 1ll << 30, "1G" },
        { ENTITIES, 2048, "2K" }, { STRIDE, 0, "0" }, { OFFSET, -8, "-8" },
        { LAYOUT, 0, "aos" }, { LAYOUT, 9, "9" },
    };
    char text[32];
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        ck_assert_str_eq(ecs_value_text(&params[shown[i].param], shown[i].value, text, sizeof text),
                         shown[i].text);
    ck_assert_str_eq(ecs_value_text(&params[LAYOUT], 2, text, 4), "hyb");
}
END_TEST

START_TEST(names) {
    const struct ecs_scenario *list[] = { &scenario };
    ck_assert_ptr_eq(ecs_scenario_find(list, 1, "demo"), &scenario);
    ck_assert_ptr_null(ecs_scenario_find(list, 1, "dem"));
    ck_assert_int_eq(ecs_param_index(&scenario, "layout"), LAYOUT);
    ck_assert_int_eq(ecs_param_index(&scenario, "lay"), -1);
    ck_assert_int_eq(ecs_metric_index(&scenario, "ns"), 1);
    ck_assert_int_eq(ecs_metric_index(&scenario, "rate"), -1);
    ck_assert_str_eq(ecs_source_name(ECS_MEASURED), "measured");
    ck_assert_str_eq(ecs_source_name(ECS_MODEL), "model");
    ck_assert_str_eq(ecs_source_name(ECS_RECORDED), "recorded");
    ck_assert_str_eq(ecs_source_name(ECS_EXHAUSTIVE), "exhaustive");
    ck_assert_str_eq(ecs_pin_choices[ECS_PIN_CORES], "distinct-cores");
    ck_assert_str_eq(ecs_pin_choices[ECS_PIN_ONE], "same-core");
    ck_assert_str_eq(ecs_pin_choices[ECS_PIN_SMT], "smt-siblings");
    ck_assert_str_eq(ecs_pin_choices[ECS_PIN_FREE], "free");
    ck_assert_ptr_null(ecs_pin_choices[4]);
}
END_TEST

int main(void) {
    Suite *s = suite_create("param");
    TCase *t = tcase_create("param");
    tcase_add_test(t, values_are_read);
    tcase_add_test(t, bad_numbers);
    tcase_add_test(t, out_of_range);
    tcase_add_test(t, not_a_multiple);
    tcase_add_test(t, bad_choices);
    tcase_add_test(t, assignments);
    tcase_add_test(t, long_text);
    tcase_add_test(t, combinations);
    tcase_add_test(t, checks);
    tcase_add_test(t, values_are_shown_as_typed);
    tcase_add_test(t, names);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
