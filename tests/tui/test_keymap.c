#include <check.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tui/keymap.h"

/* Calls `see` for each key of each action. */
static void each_key(void (*see)(enum ecs_action a, const char *name, size_t len))
{
    for (int a = 1; a < ECS_ACTION_COUNT; a++) {
        const char *keys = ecs_action_info((enum ecs_action)a)->keys;
        while (*keys) {
            size_t len = strcspn(keys, " ");
            see((enum ecs_action)a, keys, len);
            keys += len + (keys[len] == ' ');
        }
    }
}

START_TEST(every_action_is_whole)
{
    for (int a = 1; a < ECS_ACTION_COUNT; a++) {
        const struct ecs_action_info *info = ecs_action_info((enum ecs_action)a);
        ck_assert_uint_gt(strlen(info->name), 0);
        ck_assert_uint_gt(strlen(info->keys), 0);
        ck_assert_ptr_nonnull(info->label);
        ck_assert_uint_gt(strlen(info->help), 0);
        for (const char *p = info->name; *p; p++)
            ck_assert(islower((unsigned char)*p) || *p == '-');
        for (int b = 1; b < a; b++)
            ck_assert_str_ne(info->name, ecs_action_info((enum ecs_action)b)->name);
    }
    ck_assert_str_eq(ecs_action_info(ECS_ACTION_NONE)->name, "none");
    ck_assert_str_eq(ecs_action_info((enum ecs_action)9999)->name, "none");
}
END_TEST

static void leads_back(enum ecs_action a, const char *name, size_t len)
{
    uint32_t key = ecs_key_by_name(name, len);
    char text[16];

    ck_assert_msg(key != 0, "%s: %.*s is no key", ecs_action_info(a)->name, (int)len, name);
    /* A key that two actions claim would lead to the first of them. */
    ck_assert_msg(ecs_keymap(key) == a, "%.*s belongs to %s and %s", (int)len, name,
                  ecs_action_info(a)->name, ecs_action_info(ecs_keymap(key))->name);
    ecs_key_name(key, text, sizeof text);
    ck_assert_uint_eq(strlen(text), len);
    ck_assert(strncmp(text, name, len) == 0);
}

START_TEST(every_key_has_one_action)
{
    each_key(leads_back);
}
END_TEST

START_TEST(names_of_keys)
{
    static const char *const good[] = {"a", "é", "Up", "^C", "F1", "Backspace", "?", "+", "Space"};
    static const char *const bad[] = {"", "ab", "^c", "up", "F99", "\x01", "\xff", "aé",
                                      "averylongnameofakey"};
    char text[16];

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint32_t key = ecs_key_by_name(good[i], strlen(good[i]));
        ck_assert_uint_ne(key, 0);
        ck_assert_str_eq(ecs_key_name(key, text, sizeof text), good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(ecs_key_by_name(bad[i], strlen(bad[i])) == 0, "%s", bad[i]);
}
END_TEST

START_TEST(no_key_no_action)
{
    static const uint32_t none[] = {0, 'p', 'a', '1', ECS_KEY_ESC, ECS_KEY_RESIZE, ECS_KEY_MOUSE,
                                    0x1f642, 0x7fffffff};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        ck_assert_int_eq(ecs_keymap(none[i]), ECS_ACTION_NONE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("keymap");
    TCase *tc = tcase_create("keymap");

    tcase_add_test(tc, every_action_is_whole);
    tcase_add_test(tc, every_key_has_one_action);
    tcase_add_test(tc, names_of_keys);
    tcase_add_test(tc, no_key_no_action);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
