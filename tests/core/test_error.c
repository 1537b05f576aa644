#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"

START_TEST(fail_fills_and_returns_the_code)
{
    struct ecs_error e = {.mend = "old", .file = "old", .line = 9};
    ck_assert_int_eq(ecs_fail(&e, -EINVAL, "no scenario '%s'", "abc"), -EINVAL);
    ck_assert_int_eq(e.code, -EINVAL);
    ck_assert_str_eq(e.what, "no scenario 'abc'");
    ck_assert_str_eq(e.mend, "");
    ck_assert_str_eq(e.file, "");
    ck_assert_int_eq(e.line, 0);
}
END_TEST

START_TEST(null_is_accepted)
{
    ck_assert_int_eq(ecs_fail(NULL, -ENOENT, "%d", 1), -ENOENT);
    ecs_error_mend(NULL, "x");
    ecs_error_at(NULL, "f", 1);
}
END_TEST

START_TEST(text_joins_what_is_there)
{
    char out[640];
    struct ecs_error e;
    ecs_fail(&e, -EINVAL, "unknown key 'mesure'");
    ck_assert_str_eq(ecs_error_text(&e, out, sizeof out), "unknown key 'mesure'");
    ecs_error_mend(&e, "did you mean '%s'?", "measure");
    ck_assert_str_eq(ecs_error_text(&e, out, sizeof out),
                     "unknown key 'mesure'; did you mean 'measure'?");
    ecs_error_at(&e, "bad.md", 0);
    ck_assert_str_eq(ecs_error_text(&e, out, sizeof out),
                     "bad.md: unknown key 'mesure'; did you mean 'measure'?");
    ecs_error_at(&e, "bad.md", 26);
    ck_assert_str_eq(ecs_error_text(&e, out, sizeof out),
                     "bad.md:26: unknown key 'mesure'; did you mean 'measure'?");
    ecs_error_at(&e, NULL, 0);
    ck_assert_str_eq(ecs_error_text(&e, out, sizeof out),
                     "unknown key 'mesure'; did you mean 'measure'?");
}
END_TEST

START_TEST(too_long_is_cut_and_ended)
{
    char word[1000], out[16];
    struct ecs_error e;
    memset(word, 'x', sizeof word - 1);
    word[sizeof word - 1] = 0;
    ecs_fail(&e, -EINVAL, "%s", word);
    ecs_error_mend(&e, "%s", word);
    ecs_error_at(&e, word, 1);
    ck_assert_uint_eq(strlen(e.what), sizeof e.what - 1);
    ck_assert_uint_eq(strlen(e.mend), sizeof e.mend - 1);
    ck_assert_uint_eq(strlen(e.file), sizeof e.file - 1);
    ecs_error_text(&e, out, sizeof out);
    ck_assert_uint_eq(strlen(out), sizeof out - 1);
}
END_TEST

static const char *const words[] = {"counters", "hot-cold", "stack-stress", "alloc-churn",
                                    "fs",       "false-sharing", NULL};
static const struct { const char *typed, *meant; } pairs[] = {
    {"counters", "counters"},   {"coutners", "counters"},     {"counter", "counters"},
    {"conters", "counters"},    {"hotcold", "hot-cold"},      {"hot_cold", "hot-cold"},
    {"stack-stres", "stack-stress"}, {"alloc", "alloc-churn"}, {"false", "false-sharing"},
    {"sf", "fs"},               {"fx", "fs"},                 {"xyz", NULL},
    {"", NULL},                 {"q", NULL},                  {"zebra-crossing", NULL},
    {"a-word-that-is-much-longer-than-any-name-that-a-program-would-ever-have", NULL},
};

START_TEST(nearest_finds_what_was_meant)
{
    const char *found = ecs_nearest(pairs[_i].typed, words);
    if (!pairs[_i].meant)
        ck_assert_msg(!found, "'%s' gave '%s'", pairs[_i].typed, found);
    else
        ck_assert_msg(found && !strcmp(found, pairs[_i].meant), "'%s' gave '%s'",
                      pairs[_i].typed, found ? found : "nothing");
}
END_TEST

START_TEST(nearest_prefers_the_smaller_distance)
{
    static const char *const close[] = {"stride", "strides", "string", NULL};
    ck_assert_str_eq(ecs_nearest("strides", close), "strides");
    ck_assert_str_eq(ecs_nearest("strid", close), "stride");
    static const char *const none[] = {NULL};
    ck_assert_ptr_null(ecs_nearest("x", none));
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("error");
    tcase_add_test(tc, fail_fills_and_returns_the_code);
    tcase_add_test(tc, null_is_accepted);
    tcase_add_test(tc, text_joins_what_is_there);
    tcase_add_test(tc, too_long_is_cut_and_ended);
    tcase_add_loop_test(tc, nearest_finds_what_was_meant, 0, sizeof pairs / sizeof *pairs);
    tcase_add_test(tc, nearest_prefers_the_smaller_distance);
    Suite *s = suite_create("error");
    suite_add_tcase(s, tc);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
