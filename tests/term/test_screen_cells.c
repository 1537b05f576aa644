/* What a canvas says is what a terminal shows: canvas -> ncurses -> libvterm, cell for cell. */
#include <check.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "terminal.h"
#include "tui/ascii.h"
#include "tui/screen.h"
#include "tui/utf8.h"

static uint64_t seed;

static unsigned pick(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

static const char *const words[] = {
    "ops/s", "12.0×", "┌──┤├──┐", "⣀⣠⣄⣀⡇⠉", "▁▂▃▄▅▆▇█", "漢字", "●◐○", "ABA", "é", "  ",
    "|||||||||||||||||", "🙂", "──────────────────────────────", "                    ", "~`^\\{}",
    "→ ✓ ✗",
};

static void scribble(struct ecs_canvas *c, int strokes)
{
    for (int i = 0; i < strokes; i++) {
        enum ecs_role role = (enum ecs_role)pick(ECS_ROLES);
        int attr = (int)pick(8);
        ecs_text(c, (int)pick((unsigned)c->w + 4) - 4, (int)pick((unsigned)c->h), 40, role, attr,
                 words[pick(sizeof words / sizeof words[0])]);
    }
}

static int expected_fg(struct ecs_style style, bool eight, bool *bold)
{
    if (eight && style.fg >= 8) {
        *bold = true;
        return style.fg - 8;
    }
    return style.fg;
}

static uint32_t expected_ch(const struct ecs_cell *want, bool tail, bool ascii)
{
    if (ascii)
        return tail ? ' ' : (uint32_t)ecs_ascii(want->ch);
    return tail ? 0 : want->ch;
}

/* `eight`: bright colours are bold ones; `dull`: colour swallows the underline. */
struct kind { const char *term; enum ecs_depth depth; bool eight, dull, inserts; };

/* Where the automatic margin cannot be switched off, ncurses fills the last cell by inserting the
 * cell before it, which goes wrong beside half a wide character. */
static bool unsure_corner(const struct ecs_canvas *c, int x, int y)
{
    bool wide = c->w < 2;

    if (y != c->h - 1 || x < c->w - 4)
        return false;
    for (int i = c->w > 4 ? c->w - 4 : 0; i < c->w; i++)
        wide |= (c->cell[y * c->w + i].attr & ECS_WIDE_TAIL) != 0;
    return wide;
}

static void compare(const struct kind *k, const struct ecs_canvas *c, const struct test_terminal *t,
                    enum ecs_theme_name theme, bool ascii)
{
    for (int y = 0; y < c->h; y++)
        for (int x = 0; x < c->w; x++) {
            const struct ecs_cell *want = &c->cell[y * c->w + x];
            if (k->inserts && unsure_corner(c, x, y))
                continue;
            struct test_cell have = test_terminal_cell(t, x, y);
            struct ecs_style style = ecs_theme_style(theme, k->depth, want->role);
            unsigned attr = (unsigned)(want->attr | style.attr);
            bool bold = attr & ECS_BOLD, tail = want->attr & ECS_WIDE_TAIL;
            int fg = expected_fg(style, k->eight, &bold);
            uint32_t ch = expected_ch(want, tail, ascii);

            ck_assert_msg(have.ch == ch, "%s %d,%d: shows U+%04X, the canvas has U+%04X", k->term,
                          x, y, have.ch, ch);
            if (ch == 0)
                continue;
            bool reverse = attr & ECS_REVERSE;
            /* The colour of a space's ink is nobody's business, except when it is the paper. */
            bool ink = ch != ' ' || reverse;
            ck_assert_msg(have.bg == style.bg, "%s %d,%d: background %d, wanted %d", k->term, x, y,
                          have.bg, style.bg);
            ck_assert_msg(!ink || have.fg == fg, "%s %d,%d: colour %d, wanted %d", k->term, x, y,
                          have.fg, fg);
            ck_assert_msg(have.reverse == reverse, "%s %d,%d: reverse %d", k->term, x, y,
                          have.reverse);
            ck_assert_msg(ch == ' ' || have.bold == bold, "%s %d,%d: bold %d", k->term, x, y,
                          have.bold);
            bool may_lose = k->dull && (style.fg >= 0 || style.bg >= 0);
            ck_assert_msg(may_lose || have.underline == ((attr & ECS_UNDERLINE) != 0),
                          "%s %d,%d: underline %d", k->term, x, y, have.underline);
        }
}

static const struct kind kinds[] = {
    {.term = "xterm-256color", .depth = ECS_DEPTH_256},
    {.term = "tmux-256color", .depth = ECS_DEPTH_256, .inserts = true},
    {.term = "screen", .depth = ECS_DEPTH_16, .eight = true, .inserts = true},
    {.term = "linux", .depth = ECS_DEPTH_16, .eight = true, .dull = true},
    {.term = "vt100", .depth = ECS_DEPTH_MONO},
};
#define KINDS ((int)(sizeof kinds / sizeof kinds[0]))

static struct ecs_screen *open_or_skip(const char *term, int w, int h,
                                       const struct ecs_screen_options *o)
{
    struct ecs_screen *s;
    struct ecs_error e;

    int rc = ecs_screen_open_detached(term, w, h, o, &s, &e);
    if (rc < 0 && strstr(e.what, "installed")) {
        fprintf(stderr, "skipped: no terminfo entry for %s here\n", term);
        return NULL;
    }
    ck_assert_msg(rc == 0, "%s: %s", term, e.what);
    return s;
}

static size_t feed(struct ecs_screen *s, struct test_terminal *t)
{
    size_t n;
    const char *bytes = ecs_screen_take(s, &n);
    test_terminal_write(t, bytes, n);
    return n;
}

static void run_size(const struct kind *k, int w, int h, bool ascii)
{
    struct ecs_screen_options o = {.ascii = ascii, .mouse = true};
    struct ecs_screen *s = open_or_skip(k->term, w, h, &o);
    struct ecs_canvas c;
    enum ecs_theme_name theme = ECS_THEME_DARK;

    if (!s)
        return;
    ck_assert_int_eq(ecs_screen_depth(s), k->depth);
    struct test_terminal *t = test_terminal_new(w, h, true);
    ck_assert_int_eq(ecs_canvas_init(&c, w, h), 0);
    for (int round = 0; round < 60; round++) {
        if (pick(8) == 0)
            ecs_canvas_clear(&c);
        if (pick(10) == 0)
            theme = (enum ecs_theme_name)pick(ECS_THEMES);
        if (pick(15) == 0)
            ecs_screen_redraw(s);
        scribble(&c, (int)pick(40));
        ecs_screen_show(s, &c, theme);
        feed(s, t);
        compare(k, &c, t, theme, ascii);
        ecs_screen_show(s, &c, theme);
        ck_assert_msg(feed(s, t) == 0, "%s: bytes for a picture that did not change", k->term);
    }
    ecs_screen_close(s);
    ecs_canvas_free(&c);
    test_terminal_free(t);
}

START_TEST(cells_80x24)
{
    seed = 1;
    run_size(&kinds[_i], 80, 24, false);
}
END_TEST

START_TEST(cells_100x30)
{
    seed = 2;
    run_size(&kinds[_i], 100, 30, false);
}
END_TEST

START_TEST(cells_tiny)
{
    seed = 3;
    run_size(&kinds[_i], 5, 3, false);
    run_size(&kinds[_i], 1, 1, false);
}
END_TEST

START_TEST(cells_ascii)
{
    seed = 4;
    run_size(&kinds[_i], 80, 24, true);
}
END_TEST

START_TEST(c_locale_sends_no_byte_above_ascii)
{
    struct ecs_screen_options o = {.mouse = true};
    struct ecs_canvas c;

    setenv("LC_ALL", "C", 1);
    seed = 5;
    struct ecs_screen *s = open_or_skip(kinds[_i].term, 60, 20, &o);
    if (!s)
        return;
    ck_assert_int_eq(ecs_screen_glyphs(s), ECS_GLYPHS_ASCII);
    ck_assert_int_eq(ecs_canvas_init(&c, 60, 20), 0);
    scribble(&c, 200);
    ecs_screen_show(s, &c, ECS_THEME_DARK);
    size_t n;
    const char *bytes = ecs_screen_take(s, &n);
    ck_assert_uint_gt(n, 100);
    for (size_t i = 0; i < n; i++)
        ck_assert_int_lt((unsigned char)bytes[i], 0x80);
    ecs_canvas_free(&c);
    ecs_screen_close(s);
}
END_TEST

START_TEST(colours_as_told)
{
    static const struct {
        enum ecs_color color;
        const char *no_color;
        enum ecs_depth depth;
    } cases[] = {
        {ECS_COLOR_AUTO, NULL, ECS_DEPTH_256}, {ECS_COLOR_AUTO, "1", ECS_DEPTH_MONO},
        {ECS_COLOR_AUTO, "", ECS_DEPTH_256}, {ECS_COLOR_NEVER, NULL, ECS_DEPTH_MONO},
        {ECS_COLOR_16, NULL, ECS_DEPTH_16}, {ECS_COLOR_256, "1", ECS_DEPTH_256},
    };
    struct ecs_screen_options o = {.color = cases[_i].color};

    if (cases[_i].no_color)
        setenv("NO_COLOR", cases[_i].no_color, 1);
    else
        unsetenv("NO_COLOR");
    struct ecs_screen *s = open_or_skip("xterm-256color", 80, 24, &o);
    if (!s)
        return;
    ck_assert_int_eq(ecs_screen_depth(s), cases[_i].depth);
    ecs_screen_close(s);
}
END_TEST

START_TEST(a_terminal_that_cannot_is_named)
{
    static const char *const bad[] = {NULL, "", "dumb", "no-such-terminal", "../../etc/passwd"};
    struct ecs_screen_options o = {.mouse = true};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ecs_screen *s = (struct ecs_screen *)&o;
        struct ecs_error e = {.code = 0};
        ck_assert_int_eq(ecs_screen_open_detached(bad[i], 80, 24, &o, &s, &e), -EINVAL);
        ck_assert_ptr_null(s);
        ck_assert_ptr_nonnull(strstr(e.what, "TERM"));
        ck_assert_uint_gt(strlen(e.mend), 0);
    }
}
END_TEST

/* A chart that moves costs what moved, not a whole screen. */
START_TEST(small_changes_are_small)
{
    struct ecs_screen_options o = {.mouse = false};
    struct ecs_screen *s = open_or_skip("xterm-256color", 100, 30, &o);
    struct ecs_canvas c;

    if (!s)
        return;
    ck_assert_int_eq(ecs_canvas_init(&c, 100, 30), 0);
    for (int y = 0; y < 30; y++)
        ecs_text(&c, 0, y, 100, ECS_ROLE_TEXT, 0, "every row of this screen is full of words");
    size_t whole = ecs_screen_show(s, &c, ECS_THEME_DARK);
    ecs_put(&c, 50, 15, '8', ECS_ROLE_A, 0);
    size_t one = ecs_screen_show(s, &c, ECS_THEME_DARK);
    ck_assert_uint_gt(whole, 1000);
    ck_assert_uint_gt(one, 0);
    ck_assert_uint_lt(one, 80);
    ecs_canvas_free(&c);
    ecs_screen_close(s);
}
END_TEST

static void utf8_locale(void)
{
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("NO_COLOR");
}

int main(void)
{
    Suite *suite = suite_create("screen cells");
    TCase *tc = tcase_create("cells");

    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, utf8_locale, NULL);
    tcase_add_loop_test(tc, cells_80x24, 0, KINDS);
    tcase_add_loop_test(tc, cells_100x30, 0, KINDS);
    tcase_add_loop_test(tc, cells_tiny, 0, KINDS);
    tcase_add_loop_test(tc, cells_ascii, 0, KINDS);
    tcase_add_loop_test(tc, c_locale_sends_no_byte_above_ascii, 0, KINDS);
    tcase_add_loop_test(tc, colours_as_told, 0, 6);
    tcase_add_test(tc, a_terminal_that_cannot_is_named);
    tcase_add_test(tc, small_changes_are_small);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
