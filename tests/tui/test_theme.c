#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "tui/theme.h"

/* WCAG 2.1, relative luminance and contrast ratio. */
static double luminance(int index)
{
    static const double share[3] = {0.2126, 0.7152, 0.0722};
    uint8_t rgb[3];
    double sum = 0;

    ecs_palette_rgb(index, rgb);
    for (int i = 0; i < 3; i++) {
        double v = rgb[i] / 255.0;
        sum += share[i] * (v <= 0.03928 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static double contrast(int a, int b)
{
    double x = luminance(a), y = luminance(b);
    return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

static int default_ink(enum ecs_theme_name t)
{
    return t == ECS_THEME_LIGHT ? 16 : 231;
}

static int default_paper(enum ecs_theme_name t)
{
    return t == ECS_THEME_LIGHT ? 231 : 16;
}

START_TEST(every_pair_can_be_read)
{
    for (int t = 0; t < ECS_THEMES; t++)
        for (int d = 0; d <= ECS_DEPTH_256; d++)
            for (int r = 0; r < ECS_ROLES; r++) {
                struct ecs_style s = ecs_theme_style((enum ecs_theme_name)t, (enum ecs_depth)d,
                                                     (enum ecs_role)r);
                int ink = s.fg < 0 ? default_ink((enum ecs_theme_name)t) : s.fg;
                int paper = s.bg < 0 ? default_paper((enum ecs_theme_name)t) : s.bg;
                ck_assert_msg(contrast(ink, paper) >= 4.5, "%s, depth %d, role %d: %.2f:1",
                              ecs_theme_label((enum ecs_theme_name)t), d, r, contrast(ink, paper));
            }
}
END_TEST

START_TEST(colours_are_in_reach)
{
    for (int t = 0; t < ECS_THEMES; t++)
        for (int d = 0; d <= ECS_DEPTH_256; d++)
            for (int r = 0; r < ECS_ROLES; r++) {
                struct ecs_style s = ecs_theme_style((enum ecs_theme_name)t, (enum ecs_depth)d,
                                                     (enum ecs_role)r);
                bool mono = t == ECS_THEME_MONO || d == ECS_DEPTH_MONO;
                int top = mono ? 0 : d == ECS_DEPTH_16 ? 16 : 256;
                ck_assert_int_lt(s.fg, top);
                ck_assert_int_lt(s.bg, top);
                ck_assert_int_ge(s.fg, -1);
                ck_assert_int_ge(s.bg, -1);
            }
}
END_TEST

/* Simulated colour-blind sight (Viénot, Brettel and Mollon 1999; linear RGB): A, B and C stay
 * apart from each other, good from bad, by hue or by brightness. */
static void seen_by(int kind, int index, double out[3])
{
    static const double matrix[3][3][3] = {
        {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
        {{0.11238, 0.88762, 0}, {0.11238, 0.88762, 0}, {0.00401, -0.00401, 1}},   /* protanopia */
        {{0.29275, 0.70725, 0}, {0.29275, 0.70725, 0}, {-0.02234, 0.02234, 1}},   /* deuteranopia */
    };
    uint8_t rgb[3];

    ecs_palette_rgb(index, rgb);
    for (int i = 0; i < 3; i++) {
        out[i] = 0;
        for (int k = 0; k < 3; k++)
            out[i] += matrix[kind][i][k] * pow(rgb[k] / 255.0, 2.2);
        out[i] = pow(fmax(out[i], 0), 1 / 2.2);
    }
}

static double apart(int kind, int a, int b)
{
    double x[3], y[3], sum = 0;

    seen_by(kind, a, x);
    seen_by(kind, b, y);
    for (int i = 0; i < 3; i++)
        sum += (x[i] - y[i]) * (x[i] - y[i]);
    return sqrt(sum);
}

START_TEST(pairs_stay_apart_for_the_colour_blind)
{
    static const enum ecs_role pair[][2] = {
        {ECS_ROLE_A, ECS_ROLE_B}, {ECS_ROLE_A, ECS_ROLE_C}, {ECS_ROLE_B, ECS_ROLE_C},
        {ECS_ROLE_GOOD, ECS_ROLE_BAD},
    };
    for (int t = ECS_THEME_DARK; t <= ECS_THEME_LIGHT; t++)
        for (size_t i = 0; i < sizeof pair / sizeof pair[0]; i++)
            for (int kind = 0; kind < 3; kind++) {
                enum ecs_theme_name theme = (enum ecs_theme_name)t;
                int a = ecs_theme_style(theme, ECS_DEPTH_256, pair[i][0]).fg;
                int b = ecs_theme_style(theme, ECS_DEPTH_256, pair[i][1]).fg;
                ck_assert_msg(apart(kind, a, b) > 0.15, "theme %d, pair %zu, sight %d: %.2f", t, i,
                              kind, apart(kind, a, b));
            }
}
END_TEST

START_TEST(heat_grows_brighter)
{
    for (int t = ECS_THEME_DARK; t <= ECS_THEME_LIGHT; t++)
        for (int r = ECS_ROLE_HEAT0; r < ECS_ROLE_HEAT7; r++) {
            struct ecs_style low = ecs_theme_style((enum ecs_theme_name)t, ECS_DEPTH_256,
                                                   (enum ecs_role)r);
            struct ecs_style high = ecs_theme_style((enum ecs_theme_name)t, ECS_DEPTH_256,
                                                    (enum ecs_role)(r + 1));
            ck_assert(luminance(low.bg) < luminance(high.bg));
        }
}
END_TEST

START_TEST(mono_tells_a_b_c_apart)
{
    uint8_t a = ecs_theme_style(ECS_THEME_MONO, ECS_DEPTH_256, ECS_ROLE_A).attr;
    uint8_t b = ecs_theme_style(ECS_THEME_MONO, ECS_DEPTH_256, ECS_ROLE_B).attr;
    uint8_t c = ecs_theme_style(ECS_THEME_MONO, ECS_DEPTH_256, ECS_ROLE_C).attr;
    uint8_t good = ecs_theme_style(ECS_THEME_DARK, ECS_DEPTH_MONO, ECS_ROLE_GOOD).attr;
    uint8_t bad = ecs_theme_style(ECS_THEME_DARK, ECS_DEPTH_MONO, ECS_ROLE_BAD).attr;
    ck_assert(a != b && b != c && a != c && good != bad);
}
END_TEST

START_TEST(palette_is_xterms)
{
    static const struct { int index; uint8_t rgb[3]; } known[] = {
        {0, {0, 0, 0}}, {9, {255, 0, 0}}, {16, {0, 0, 0}}, {17, {0, 0, 95}}, {208, {255, 135, 0}},
        {39, {0, 175, 255}}, {231, {255, 255, 255}}, {232, {8, 8, 8}}, {255, {238, 238, 238}},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint8_t rgb[3];
        ecs_palette_rgb(known[i].index, rgb);
        ck_assert_mem_eq(rgb, known[i].rgb, 3);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("theme");
    TCase *tc = tcase_create("theme");

    tcase_add_test(tc, every_pair_can_be_read);
    tcase_add_test(tc, colours_are_in_reach);
    tcase_add_test(tc, pairs_stay_apart_for_the_colour_blind);
    tcase_add_test(tc, heat_grows_brighter);
    tcase_add_test(tc, mono_tells_a_b_c_apart);
    tcase_add_test(tc, palette_is_xterms);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
