#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "tui/ascii.h"
#include "tui/canvas.h"
#include "tui/utf8.h"

static struct ecs_canvas c;

static void make(void)
{
    ck_assert_int_eq(ecs_canvas_init(&c, 8, 3), 0);
}

static void drop(void)
{
    ecs_canvas_free(&c);
}

static void expect_text(const char *want)
{
    char *have = ecs_canvas_text(&c);
    ck_assert_str_eq(have, want);
    free(have);
}

START_TEST(starts_blank)
{
    expect_text("        \n        \n        \n");
    char *roles = ecs_canvas_roles(&c);
    ck_assert_str_eq(roles, "........\n........\n........\n");
    free(roles);
}
END_TEST

START_TEST(text_is_clipped)
{
    ck_assert_int_eq(ecs_text(&c, 5, 0, 99, ECS_ROLE_TEXT, 0, "abcdef"), 6);
    ck_assert_int_eq(ecs_text(&c, -2, 1, 5, ECS_ROLE_TEXT, 0, "abcdef"), 5);
    ecs_text(&c, 0, 3, 9, ECS_ROLE_TEXT, 0, "below");
    ecs_text(&c, 0, -1, 9, ECS_ROLE_TEXT, 0, "above");
    ck_assert_int_eq(ecs_textf(&c, 0, 2, 4, ECS_ROLE_TEXT, 0, "%d-%s", 42, "xyz"), 4);
    expect_text("     abc\ncde     \n42-x    \n");
}
END_TEST

START_TEST(wide_takes_two)
{
    ck_assert_int_eq(ecs_text(&c, 0, 0, 8, ECS_ROLE_A, 0, "漢a字"), 5);
    ck_assert_uint_eq(c.cell[0].ch, 0x6f22);
    ck_assert_int_eq(c.cell[1].attr, ECS_WIDE_TAIL);
    ck_assert_uint_eq(c.cell[2].ch, 'a');
    expect_text("漢a字   \n        \n        \n");
}
END_TEST

START_TEST(wide_never_splits_at_a_limit)
{
    ck_assert_int_eq(ecs_text(&c, 0, 0, 3, ECS_ROLE_TEXT, 0, "漢字"), 2);
    ecs_text(&c, 7, 1, 8, ECS_ROLE_TEXT, 0, "漢");
    ecs_text(&c, -1, 2, 8, ECS_ROLE_TEXT, 0, "漢");
    for (int i = 0; i < 24; i++)
        ck_assert(!(c.cell[i].attr & ECS_WIDE_TAIL) || i == 1);
    expect_text("漢      \n        \n        \n");
}
END_TEST

START_TEST(overwritten_halves_leave_nothing)
{
    ecs_text(&c, 0, 0, 8, ECS_ROLE_TEXT, 0, "漢字");
    ecs_put(&c, 1, 0, 'x', ECS_ROLE_TEXT, 0);
    ecs_put(&c, 2, 0, 'y', ECS_ROLE_TEXT, 0);
    expect_text(" xy     \n        \n        \n");
    ecs_text(&c, 0, 1, 8, ECS_ROLE_TEXT, 0, "漢字");
    ecs_text(&c, 1, 1, 8, ECS_ROLE_TEXT, 0, "語");
    expect_text(" xy     \n 語     \n        \n");
}
END_TEST

START_TEST(odd_bytes_are_tamed)
{
    /* Control characters and combining marks go; bytes that are not UTF-8 become '?'. */
    ck_assert_int_eq(ecs_text(&c, 0, 0, 8, ECS_ROLE_TEXT, 0, "a\x1b\tb\u0301\x7f"), 2);
    ck_assert_int_eq(ecs_text(&c, 0, 1, 8, ECS_ROLE_TEXT, 0, "\xc3(\xff\xe2\x82"), 5);
    ck_assert_int_eq(ecs_text(&c, 0, 2, 8, ECS_ROLE_TEXT, 0, "\xc0\xaf\xed\xa0\x80"), 5);
    expect_text("ab      \n?(???   \n?????   \n");
}
END_TEST

START_TEST(fill_keeps_inside)
{
    ecs_fill(&c, (struct ecs_rect){-5, 1, 8, 9}, '#', ECS_ROLE_BAR, 0);
    ecs_fill(&c, (struct ecs_rect){5, 0, 2, 1}, '+', ECS_ROLE_BAR, 0);
    ecs_fill(&c, (struct ecs_rect){4, 2, 3, 1}, 0x6f22, ECS_ROLE_BAR, 0);
    ecs_fill(&c, (struct ecs_rect){0, 0, -3, -3}, '!', ECS_ROLE_BAR, 0);
    expect_text("     ++ \n###     \n### 漢  \n");
}
END_TEST

START_TEST(roles_have_letters)
{
    for (int i = 0; i < 8; i++)
        ecs_put(&c, i, 0, 'x', ECS_ROLE_A, i);
    char *roles = ecs_canvas_roles(&c);
    ck_assert_str_eq(roles, "gGⓖⒼ⒢🄖ｇＧ\n........\n........\n");
    free(roles);
}
END_TEST

START_TEST(any_size_will_do)
{
    static const int size[][2] = {{0, 0}, {-3, 4}, {1, 1}, {300, 100}, {100000, 2}};
    for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
        ck_assert_int_eq(ecs_canvas_resize(&c, size[i][0], size[i][1]), 0);
        ecs_text(&c, -1, 0, 50, ECS_ROLE_TEXT, 0, "漢字 text that is longer than most");
        ecs_fill(&c, (struct ecs_rect){-1, -1, 500, 500}, '.', ECS_ROLE_TEXT, 0);
        char *text = ecs_canvas_text(&c);
        ck_assert_uint_eq(strlen(text), (size_t)c.h * ((size_t)c.w + 1));
        free(text);
    }
}
END_TEST

START_TEST(columns_are_counted)
{
    ck_assert_int_eq(ecs_columns(""), 0);
    ck_assert_int_eq(ecs_columns("12.0× 漢字"), 10);
    ck_assert_int_eq(ecs_columns("e\u0301⣿🙂"), 4);
}
END_TEST

/* Every character goes out and comes back; nothing else comes back as itself. */
START_TEST(utf8_there_and_back)
{
    for (uint32_t ch = 1; ch < 0x110000; ch++) {
        char bytes[5];
        const char *p = bytes;
        bytes[ecs_utf8_put(ch, bytes)] = '\0';
        uint32_t back = ecs_utf8_next(&p);
        uint32_t want = ch >= 0xd800 && ch < 0xe000 ? '?' : ch;
        if (back != want || *p)
            ck_abort_msg("U+%04X came back as U+%04X", ch, back);
    }
}
END_TEST

/* The terminal's ncurses goes by the C library's widths; what screens are made of must agree. */
START_TEST(widths_agree_with_the_c_library)
{
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        return;
    int differ = 0, known = 0;
    for (uint32_t ch = 0x20; ch < 0x20000; ch++) {
        int theirs = wcwidth((wchar_t)ch);
        if (theirs < 0)
            continue;
        known++;
        differ += theirs != ecs_char_width(ch);
        bool ours = ch < 0x300 || (ch >= 0x2010 && ch < 0x2800) || (ch >= 0x2800 && ch < 0x2900) ||
                    (ch >= 0x4e00 && ch < 0x9fff);
        if (ours && ch != 0xad && (ch < 0x2028 || ch > 0x206f) && theirs != ecs_char_width(ch))
            ck_abort_msg("U+%04X: %d, the C library says %d", ch, ecs_char_width(ch), theirs);
    }
    ck_assert_int_gt(known, 50000);
    ck_assert_int_lt(differ, 1000);
}
END_TEST

START_TEST(ascii_is_ascii)
{
    for (uint32_t ch = 0; ch < 0x110000; ch++) {
        char a = ecs_ascii(ch);
        if (a < 0x20 || a == 0x7f || (ch >= 0x20 && ch < 0x7f && a != (char)ch))
            ck_abort_msg("U+%04X became %d", ch, a);
    }
    ck_assert_int_eq(ecs_ascii(0x2500), '-');
    ck_assert_int_eq(ecs_ascii(0x2502), '|');
    ck_assert_int_eq(ecs_ascii(0x250c), '+');
    ck_assert_int_eq(ecs_ascii(0xe9), 'e');
    ck_assert_int_eq(ecs_ascii(0xd7), 'x');
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("canvas");
    TCase *tc = tcase_create("canvas");

    tcase_add_checked_fixture(tc, make, drop);
    tcase_add_test(tc, starts_blank);
    tcase_add_test(tc, text_is_clipped);
    tcase_add_test(tc, wide_takes_two);
    tcase_add_test(tc, wide_never_splits_at_a_limit);
    tcase_add_test(tc, overwritten_halves_leave_nothing);
    tcase_add_test(tc, odd_bytes_are_tamed);
    tcase_add_test(tc, fill_keeps_inside);
    tcase_add_test(tc, roles_have_letters);
    tcase_add_test(tc, any_size_will_do);
    tcase_add_test(tc, columns_are_counted);
    tcase_add_test(tc, utf8_there_and_back);
    tcase_add_test(tc, widths_agree_with_the_c_library);
    tcase_add_test(tc, ascii_is_ascii);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
