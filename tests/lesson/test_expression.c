#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/expression.h"
#include "lesson/number.h"

/* A small world: s has five samples, e exactly one, missing none, p is a choice parameter. */
static long world_samples(void *arg, const char *name, const char *selector, double *out, size_t n)
{
    static const double five[] = {9, 10, 11, NAN, 12, 8};
    (void)arg;
    if (!strcmp(name, "s.m") && n >= 6) {
        memcpy(out, five, sizeof five);
        for (size_t i = 0; i < 6 && !strcmp(selector, "x=2"); i++)
            out[i] *= 2;
        return 6;
    }
    if (!strcmp(name, "missing"))
        return 0;
    static const struct { const char *name; double value; } single[] = {
        {"one", 1}, {"zero", 0}, {"variant", 2}, {"a-b", 7},
    };
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        if (!strcmp(name, single[i].name)) {
            out[0] = single[i].value;
            return 1;
        }
    return -1;
}

static long world_choice(void *arg, const char *name, const char *word)
{
    (void)arg;
    if (strcmp(name, "variant"))
        return -1;
    return !strcmp(word, "plain") ? 0 : !strcmp(word, "two-level") ? 2 : -1;
}

static const struct ecs_environment world = {world_samples, world_choice, NULL};

static int eval(const char *text, double *v, double *low, double *high)
{
    struct ecs_expression *x;
    struct ecs_error e = {0};
    int rc = ecs_expression_parse(text, &x, &e);
    ck_assert_msg(rc == 0, "%s: %s", text, e.what);
    rc = ecs_expression_eval(x, &world, v, low, high, &e);
    ecs_expression_free(x);
    return rc;
}

static const struct { const char *text; double value; } values[] = {
    {"1 + 2 * 3", 7}, {"(1 + 2) * 3", 9}, {"7 - 2 - 1", 4}, {"8 / 4 / 2", 1}, {"-2 * -3", 6},
    {"- 2 + 3", 1},
    {"0.1 + 0.2", 0.1 + 0.2}, {"1.5", 1.5}, {"123456789012345", 123456789012345.0}, {"0.85", 0.85},
    {"4K", 4096}, {"2M", 2097152}, {"1G", 1073741824}, {"64B", 64}, {"4 KiB", 4096}, {"90 %", 90},
    {"90%", 90},
    {"2.5x", 2.5}, {"3 ns", 3}, {"2us", 2000}, {"0.3ms", 300000}, {"0.3s", 300000000},
    {"1 < 2", 1}, {"2 < 1", 0}, {"1 <= 1", 1}, {"1 > 1", 0}, {"1 >= 1", 1}, {"1 == 1", 1},
    {"1 != 1", 0},
    {"1 < 2 and 2 < 3", 1}, {"1 < 2 and 3 < 2", 0}, {"1 > 2 or 2 > 1", 1}, {"1 > 2 or 2 > 3", 0},
    {"not 1 == 2", 1}, {"not (1 == 1)", 0}, {"not not one", 1}, {"1 > 2 and 1 > 2 or 1 == 1", 1},
    {"1 == 1 or 1 == 1 and 1 == 2", 1}, {"1 + 1 == 2", 1}, {"(1 < 2) == (3 < 4)", 1},
    {"min(3, 1, 2)", 1}, {"max(3, 1 + 4, 2)", 5}, {"abs(-3)", 3}, {"abs(2 - 5)", 3},
    {"median(4)", 4},
    {"s.m", 10}, {"median(s.m)", 10}, {"min(s.m)", 8}, {"max(s.m)", 12}, {"s.m[x=2]", 20},
    {"s.m[ x=2 ]", 20},
    {"s.m[x=2] / s.m", 2}, {"a-b", 7}, {"one - one", 0}, {"one -one", 0},
    {"variant == two-level", 1}, {"variant == plain", 0}, {"two-level == variant", 1},
    {"variant != plain", 1},
    {"variant == 2 and one == 1", 1}, {"p95(s.m)", 11.8},
};

START_TEST(truth_table)
{
    double v = NAN;
    ck_assert_int_eq(eval(values[_i].text, &v, NULL, NULL), 0);
    ck_assert_msg(fabs(v - values[_i].value) < 1e-9, "%s = %.17g", values[_i].text, v);
}
END_TEST

/* Five samples: the interval of the median is their whole range, 8 … 12 (statistics.h). */
static const struct { const char *text; double low, high; } intervals[] = {
    {"s.m", 8, 12}, {"-s.m", -12, -8}, {"s.m + 1", 9, 13}, {"s.m - s.m", -4, 4},
    {"s.m * 2", 16, 24},
    {"s.m * -1", -12, -8}, {"s.m / 2", 4, 6}, {"24 / s.m", 2, 3}, {"s.m[x=2] / s.m", 16.0 / 12, 3},
    {"s.m > 7", 1, 1}, {"s.m > 9", 0, 1}, {"s.m > 13", 0, 0}, {"s.m == 10", 0, 1},
    {"s.m == 13", 0, 0},
    {"s.m != 13", 1, 1}, {"one == 1", 1, 1}, {"s.m > 9 and one == 1", 0, 1},
    {"s.m > 7 or s.m > 13", 1, 1},
    {"not s.m > 9", 0, 1}, {"abs(s.m - 10)", 0, 2}, {"min(s.m, 9)", 8, 9}, {"max(s.m, 9)", 9, 12},
    {"min(s.m)", 8, 8}, {"max(s.m)", 12, 12}, {"1 / (s.m - 9)", -INFINITY, INFINITY},
    {"zero * (1 / (s.m - 9))", 0, 0}, {"3", 3, 3},
};

START_TEST(interval_arithmetic)
{
    double v = NAN, low = NAN, high = NAN;
    ck_assert_int_eq(eval(intervals[_i].text, &v, &low, &high), 0);
    ck_assert_msg(low == intervals[_i].low || fabs(low - intervals[_i].low) < 1e-9, "%s: low %g",
                  intervals[_i].text, low);
    ck_assert_msg(high == intervals[_i].high || fabs(high - intervals[_i].high) < 1e-9,
                  "%s: high %g", intervals[_i].text, high);
    ck_assert(low <= v && v <= high);
}
END_TEST

static const struct { const char *text; int code; const char *what; } failures[] = {
    {"missing", -ENODATA, "missing"}, {"1 / zero", -EDOM, "zero"}, {"nobody", -EINVAL, "nobody"},
    {"s.m / (one - one)", -EDOM, "zero"}, {"missing[a=1] + 1", -ENODATA, "missing[a=1]"},
    {"one == two-level", -EINVAL, "two-level"},
};

START_TEST(evaluation_fails_in_words)
{
    struct ecs_expression *x;
    struct ecs_error e = {0};
    double v;
    ck_assert_int_eq(ecs_expression_parse(failures[_i].text, &x, &e), 0);
    ck_assert_int_eq(ecs_expression_eval(x, &world, &v, NULL, NULL, &e), failures[_i].code);
    ck_assert_msg(strstr(e.what, failures[_i].what) != NULL, "%s", e.what);
    ecs_expression_free(x);
}
END_TEST

static const char *const wrong[] = {
    "", " ", "1 +", "* 2", "(1", "1)", "1 2", "a b", "1 = 2", "1 < 2 < 3", "s[", "s[]", "s[ ]",
    "nope(1)", "median()",
    "median(1, 2)", "p95(3)", "min(1,2,3,4,5)", "1 msec", "3 parsecs", "1234567890123456", "1..2",
    ".5", "1e5", "@",
    "a +* b", "not", "1 + not 2", "and", "1 and", "-", "a[b=1", "0x10", "1 K K", "\"x\"",
};

START_TEST(refused_with_a_mend)
{
    struct ecs_expression *x = NULL;
    struct ecs_error e = {0};
    ck_assert_msg(ecs_expression_parse(wrong[_i], &x, &e) == -EINVAL, "'%s' was taken", wrong[_i]);
    ck_assert_ptr_null(x);
    ck_assert_msg(*e.what && *e.mend, "'%s': what '%s' mend '%s'", wrong[_i], e.what, e.mend);
}
END_TEST

START_TEST(deep_and_long_ones_end_in_words)
{
    static const struct { const char *open, *middle, *close; } bombs[] = {
        {"(", "1", ")"}, {"-", "1", ""}, {"not ", "1", ""}, {"abs(", "1", ")"}, {"1+(", "1", ")"},
        {"", "1", "+1"},
        {"min(1,", "1", ")"}, {"1<(", "1", ")"},
    };
    char text[100000];
    for (size_t b = 0; b < sizeof bombs / sizeof *bombs; b++)
        for (size_t depth = 10; depth <= 10000; depth *= 10) {
            struct ecs_expression *x = NULL;
            struct ecs_error e = {0};
            text[0] = 0;
            char *p = text;
            for (size_t i = 0; i < depth; i++)
                p = stpcpy(p, bombs[b].open);
            p = stpcpy(p, bombs[b].middle);
            for (size_t i = 0; i < depth; i++)
                p = stpcpy(p, bombs[b].close);
            int rc = ecs_expression_parse(text, &x, &e);
            ck_assert_msg(depth > 10 || rc == 0, "%s: %s", text, e.what);
            ck_assert(depth < 1000 || (rc == -EINVAL && *e.mend));
            bool nests = *bombs[b].open != 0;
            ck_assert_msg(depth != 100 || !nests || strstr(e.what, "deep"), "%s", e.what);
            ecs_expression_free(x);
        }
}
END_TEST

static void note(void *arg, const char *name, const char *selector)
{
    char *out = arg;
    strcat(out, name);
    strcat(out, "[");
    strcat(out, selector);
    strcat(out, "] ");
}

START_TEST(names_are_listed)
{
    struct ecs_expression *x;
    char seen[200] = "";
    ck_assert_int_eq(ecs_expression_parse("a.b[x=1] / max(c, d[now]) > 2 and e == f", &x, NULL), 0);
    ecs_expression_names(x, note, seen);
    ck_assert_str_eq(seen, "a.b[x=1] c[] d[now] e[] f[] ");
    ecs_expression_free(x);
}
END_TEST

START_TEST(numbers_and_units)
{
    double v;
    enum ecs_dimension d;
    struct ecs_error e = {0};
    ck_assert(ecs_number_text("0.25s", &v, &d, &e) == 0 && v == 250e6 && d == ECS_DIM_TIME);
    ck_assert(ecs_number_text(" -3 ", &v, &d, &e) == 0 && v == -3 && d == ECS_DIM_PLAIN);
    ck_assert(ecs_number_text("inf", &v, &d, &e) == 0 && v == INFINITY);
    ck_assert(ecs_number_text("5 %", &v, &d, &e) == 0 && v == 5 && d == ECS_DIM_PERCENT);
    ck_assert_int_eq(ecs_number_text("5 mss", &v, &d, &e), -EINVAL);
    ck_assert_ptr_nonnull(strstr(e.mend, "'ms'"));
    ck_assert_int_eq(ecs_number_text("five", &v, &d, &e), -EINVAL);
    ck_assert_int_eq(ecs_dimension_of("ns/entity"), ECS_DIM_TIME);
    ck_assert_int_eq(ecs_dimension_of("ops/s"), ECS_DIM_RATE);
    ck_assert_int_eq(ecs_dimension_of("%"), ECS_DIM_PERCENT);
    ck_assert_int_eq(ecs_dimension_of(""), ECS_DIM_PLAIN);
}
END_TEST

#define N(a) ((int)(sizeof(a) / sizeof *(a)))

int main(void)
{
    Suite *s = suite_create("expression");
    TCase *t = tcase_create("expression");
    suite_add_tcase(s, t);
    tcase_add_loop_test(t, truth_table, 0, N(values));
    tcase_add_loop_test(t, interval_arithmetic, 0, N(intervals));
    tcase_add_loop_test(t, evaluation_fails_in_words, 0, N(failures));
    tcase_add_loop_test(t, refused_with_a_mend, 0, N(wrong));
    tcase_add_test(t, deep_and_long_ones_end_in_words);
    tcase_add_test(t, names_are_listed);
    tcase_add_test(t, numbers_and_units);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
