/* Screens as text. Each file holds the screen, then one letter a cell for its role, and what is
 * left of it without colour: b bold, u underlined, r reversed, capital letters for two at once.
 * UPDATE_GOLDEN=1 writes the files anew; a difference is shown line by line. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screens.h"

#define FOLDER ECS_SOURCE_DIR "/tests/golden/files/"

static char mono_letter(const struct ecs_cell *cell)
{
    struct ecs_style s = ecs_theme_style(ECS_THEME_MONO, ECS_DEPTH_MONO, (enum ecs_role)cell->role);
    unsigned attr = (s.attr | cell->attr) & (ECS_BOLD | ECS_UNDERLINE | ECS_REVERSE);

    return attr == 0                          ? '.'
         : attr == ECS_BOLD                   ? 'b'
         : attr == ECS_UNDERLINE              ? 'u'
         : attr == ECS_REVERSE                ? 'r'
         : attr == (ECS_BOLD | ECS_UNDERLINE) ? 'U'
         : attr == (ECS_BOLD | ECS_REVERSE)   ? 'R'
                                              : 'X';
}

static void write_mono(FILE *f, const struct ecs_canvas *c)
{
    for (int y = 0; y < c->h; y++) {
        for (int x = 0; x < c->w; x++)
            fputc(mono_letter(&c->cell[(size_t)y * (size_t)c->w + (size_t)x]), f);
        fputc('\n', f);
    }
}

static char *render(const struct ecs_canvas *c)
{
    char *out = NULL, *text = ecs_canvas_text(c), *roles = ecs_canvas_roles(c);
    size_t size;
    FILE *f = open_memstream(&out, &size);

    fprintf(f, "%s--- roles\n%s--- mono\n", text, roles);
    write_mono(f, c);
    fclose(f);
    free(text);
    free(roles);
    return out;
}

static char *slurp(const char *path)
{
    FILE *f = fopen(path, "r");
    char *out = NULL;
    size_t size, n;
    char chunk[4096];
    FILE *into;

    if (!f)
        return NULL;
    into = open_memstream(&out, &size);
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        fwrite(chunk, 1, n, into);
    fclose(f);
    fclose(into);
    return out;
}

static size_t line_length(const char *s)
{
    return strcspn(s, "\n");
}

static void show_difference(const char *path, const char *want, const char *got)
{
    int line = 1, shown = 0;

    fprintf(stderr, "%s\n", path);
    while ((*want || *got) && shown < 12) {
        size_t w = line_length(want), g = line_length(got);
        if (w != g || memcmp(want, got, w) != 0) {
            fprintf(stderr, "%4d - %.*s\n     + %.*s\n", line, (int)w, want, (int)g, got);
            shown++;
        }
        want += w + (want[w] == '\n');
        got += g + (got[g] == '\n');
        line++;
    }
}

static void compare(const struct screen *s, int w, int h, enum ecs_glyphs glyphs)
{
    struct ecs_canvas c;
    char path[512];

    ck_assert_int_eq(screen_draw(s, w, h, glyphs, &c, NULL), 0);
    snprintf(path, sizeof path, FOLDER "%s.%dx%d%s.txt", s->name, w, h,
             glyphs == ECS_GLYPHS_ASCII ? ".ascii" : "");
    char *got = render(&c), *want = slurp(path);
    const char *update = getenv("UPDATE_GOLDEN");
    if (update && *update == '1') {
        FILE *f = fopen(path, "w");
        ck_assert_ptr_nonnull(f);
        fputs(got, f);
        fclose(f);
    } else {
        ck_assert_msg(want != NULL, "%s is missing; UPDATE_GOLDEN=1 writes it", path);
        if (strcmp(want, got) != 0)
            show_difference(path, want, got);
        ck_assert_msg(strcmp(want, got) == 0, "%s: the screen has changed", path);
    }
    free(got);
    free(want);
    ecs_canvas_free(&c);
}

static void each_size(const struct screen *s,
                      void (*one)(const struct screen *, int, int, enum ecs_glyphs))
{
    const char *p = s->sizes;

    while (*p) {
        int w, h, n = 0;
        ck_assert_int_eq(sscanf(p, "%dx%d%n", &w, &h, &n), 2);
        p += n;
        bool utf8_only = *p == 'u';
        p += strcspn(p, " ");
        p += strspn(p, " ");
        one(s, w, h, ECS_GLYPHS_UTF8);
        if (!utf8_only)
            one(s, w, h, ECS_GLYPHS_ASCII);
    }
}

START_TEST(screen_is_as_kept)
{
    each_size(&screens[_i], compare);
}
END_TEST

static void only_ascii(const struct screen *s, int w, int h, enum ecs_glyphs glyphs)
{
    struct ecs_canvas c;

    (void)glyphs;
    ck_assert_int_eq(screen_draw(s, w, h, ECS_GLYPHS_ASCII, &c, NULL), 0);
    for (int i = 0; i < c.w * c.h; i++)
        if (c.cell[i].ch < ' ' || c.cell[i].ch >= 0x7f)
            ck_abort_msg("%s: U+%04x in an ASCII screen", s->name, c.cell[i].ch);
    ecs_canvas_free(&c);
}

START_TEST(ascii_screens_hold_nothing_else)
{
    each_size(&screens[_i], only_ascii);
}
END_TEST

/* Every glyph has a likeness: a '?' would stand only where one is asked, and these screens have
 * few. */
static void no_unknown_glyph(const struct screen *s, int w, int h, enum ecs_glyphs glyphs)
{
    struct ecs_canvas utf8, ascii;

    (void)glyphs;
    ck_assert_int_eq(screen_draw(s, w, h, ECS_GLYPHS_UTF8, &utf8, NULL), 0);
    ck_assert_int_eq(screen_draw(s, w, h, ECS_GLYPHS_ASCII, &ascii, NULL), 0);
    for (int i = 0; i < utf8.w * utf8.h; i++)
        if (ascii.cell[i].ch == '?' && utf8.cell[i].ch >= 0x80)
            ck_abort_msg("%s: U+%04x has no likeness", s->name, utf8.cell[i].ch);
    ecs_canvas_free(&utf8);
    ecs_canvas_free(&ascii);
}

START_TEST(every_glyph_has_a_likeness)
{
    each_size(&screens[_i], no_unknown_glyph);
}
END_TEST

/* The page that asks for more room says how to leave it, down to seven columns. */
START_TEST(too_small_says_how_to_leave)
{
    const struct screen *s = NULL;

    for (size_t i = 0; i < n_screens; i++)
        s = strcmp(screens[i].name, "too-small") == 0 ? &screens[i] : s;
    for (int w = 8; w < 100; w++)
        for (int h = 1; h < 30; h += 4) {
            struct ecs_canvas c;
            struct ecs_hots hots;
            if (w >= 40 && h >= 10)
                continue;
            ck_assert_int_eq(screen_draw(s, w, h, ECS_GLYPHS_UTF8, &c, &hots), 0);
            char *text = ecs_canvas_text(&c);
            ck_assert_msg(strstr(text, "[q] quit") != NULL, "%d x %d", w, h);
            ck_assert_uint_eq(hots.n, 1);
            free(text);
            ecs_canvas_free(&c);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("golden");
    TCase *t = tcase_create("screens");

    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, screen_is_as_kept, 0, (int)n_screens);
    tcase_add_loop_test(t, ascii_screens_hold_nothing_else, 0, (int)n_screens);
    tcase_add_loop_test(t, every_glyph_has_a_likeness, 0, (int)n_screens);
    tcase_add_test(t, too_small_says_how_to_leave);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
