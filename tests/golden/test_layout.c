/* Layout as properties over every size, and every page at many sizes: nothing outside the screen,
 * no panel over another, none shown empty, every click target on the screen, no state by colour
 * alone. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screens.h"
#include "tui/layout.h"
#include "tui/utf8.h"

static const int wants[] = {0, 5, 9, 14, 26, 70};
/* ck_assert writes a mark each time it holds; these are asked millions of times. */
#define MUST(x, ...) do { if (!(x)) ck_abort_msg(__VA_ARGS__); } while (0)
#define LOOPS 8
#define N_WANTS (sizeof wants / sizeof wants[0])

static bool overlap(const struct ecs_rect *a, const struct ecs_rect *b)
{
    return a->x < b->x + b->w && b->x < a->x + a->w && a->y < b->y + b->h && b->y < a->y + a->h;
}

static void check_layout(const struct ecs_layout *l, int w, int h)
{
    MUST(l->tab >= 0 && l->tab < l->tabs, "tab %d of %d at %d x %d", l->tab, l->tabs, w, h);
    for (int i = 0; i < ECS_SLOTS; i++) {
        const struct ecs_rect *r = &l->r[i];
        if (!l->shown[i])
            continue;
        MUST(r->w > 0 && r->h > 0, "slot %d is empty at %d x %d", i, w, h);
        MUST(r->x >= 0 && r->y >= 0 && r->x + r->w <= w && r->y + r->h <= h,
                      "slot %d is outside %d x %d", i, w, h);
        MUST(i == ECS_SLOT_HEADER || i == ECS_SLOT_PROGRESS || i == ECS_SLOT_FOOTER
                          || (r->h >= 4 && r->w >= 30),
                      "slot %d has %d x %d at %d x %d", i, r->w, r->h, w, h);
        for (int k = 0; k < i; k++)
            MUST(!l->shown[k] || !overlap(r, &l->r[k]), "slots %d and %d at %d x %d", i, k, w, h);
    }
}

static int area(const struct ecs_layout *l)
{
    int cells = 0;

    for (int i = 0; i < ECS_SLOTS; i++)
        cells += l->shown[i] ? l->r[i].w * l->r[i].h : 0;
    return cells;
}

/* Each panel is there, at once or behind some tab. */
static void check_reachable(int w, int h, bool chart, int text, int diagram, int tabs)
{
    bool seen[ECS_SLOTS] = {false};

    for (int panel = 0; panel < tabs; panel++) {
        struct ecs_layout l = ecs_layout(w, h, chart, text, diagram, panel);
        for (int i = 0; i < ECS_SLOTS; i++)
            seen[i] |= l.shown[i];
    }
    MUST(seen[ECS_SLOT_CHART] == chart && seen[ECS_SLOT_AB] == chart, "%d x %d", w, h);
    MUST(seen[ECS_SLOT_TEXT] == (text > 0 || !chart), "%d x %d text %d", w, h, text);
    MUST(seen[ECS_SLOT_DIAGRAM] == (chart && diagram > 0), "%d x %d diagram %d", w, h, diagram);
}

static void check_sizes(int w, int h)
{
    for (size_t t = 0; t < N_WANTS; t++)
        for (int diagram = 0; diagram <= 8; diagram += 4) {
            struct ecs_layout l;
            for (int panel = -2; panel < 7; panel++) {
                l = ecs_layout(w, h, true, wants[t], diagram, panel);
                check_layout(&l, w, h);
                MUST(area(&l) == w * h, "%d x %d is not filled", w, h);
            }
            check_reachable(w, h, true, wants[t], diagram, l.tabs);
            l = ecs_layout(w, h, false, wants[t], 0, 0);
            check_layout(&l, w, h);
            MUST(area(&l) == w * h, "%d x %d is not filled", w, h);
            l = ecs_layout_asking(w, h, wants[t]);
            check_layout(&l, w, h);
            MUST(area(&l) == w * h, "%d x %d is not filled", w, h);
            MUST(l.r[ECS_SLOT_TEXT].h >= (wants[t] < h - 3 ? wants[t] : h - 3),
                 "%d x %d: %d rows of words are cut", w, h, wants[t]);
        }
}

START_TEST(layout_holds_at_every_size)
{
    for (int w = _i; w <= 200; w += LOOPS)
        for (int h = 1; h <= 60; h++) {
            bool small = w < ECS_MIN_W || h < ECS_MIN_H;
            MUST(ecs_layout(w, h, true, 9, 8, 0).too_small == small, "%d x %d", w, h);
            if (!small)
                check_sizes(w, h);
        }
}
END_TEST

static void check_hots(const struct screen *s, const struct ecs_hots *hots, int w, int h)
{
    MUST(hots->n <= sizeof hots->v / sizeof hots->v[0], "%s: click targets", s->name);
    for (size_t i = 0; i < hots->n; i++) {
        const struct ecs_rect *r = &hots->v[i].r;
        MUST(r->x >= 0 && r->y >= 0 && r->x + r->w <= w && r->y + r->h <= h,
                      "%s: a click target outside %d x %d", s->name, w, h);
    }
}

/* Views draw at any size, and leave no half of a wide character and no control character behind. */
static void check_cells(const struct screen *s, const struct ecs_canvas *c)
{
    for (int i = 0; i < c->w * c->h; i++) {
        MUST(c->cell[i].ch >= ' ', "%s: a control character at %d x %d", s->name, c->w, c->h);
        MUST(c->cell[i].role < ECS_ROLES, "%s: a role at %d x %d", s->name, c->w, c->h);
    }
}

START_TEST(screens_fit_every_size)
{
    static const int widths[] = {1, 7, 39, 40, 41, 52, 59, 60, 73, 74, 80, 90, 99, 120, 132, 200};
    static const int heights[] = {1, 2, 9, 10, 11, 17, 18, 24, 28, 34, 37, 60};
    const struct screen *s = &screens[_i];
    struct ecs_canvas c;
    struct stage st;

    ck_assert_int_eq(ecs_canvas_init(&c, 200, 60), 0);
    stage_open(&st);
    s->build(&st);
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++)
        for (size_t k = 0; k < sizeof heights / sizeof heights[0]; k++) {
            struct ecs_hots hots;
            c.w = widths[i];
            c.h = heights[k];
            for (st.ui.panel = 0; st.ui.panel < 5; st.ui.panel++) {
                ecs_view_draw(&st.ui, &c, &hots);
                check_hots(s, &hots, widths[i], heights[k]);
                check_cells(s, &c);
            }
        }
    stage_close(&st);
    ecs_canvas_free(&c);
}
END_TEST

/* Scrolled through its range, a page shows every one of its lines; beyond it nothing moves. */
START_TEST(scrolling_reaches_both_ends)
{
    struct stage st;
    struct ecs_canvas c;

    stage_open(&st);
    for (size_t i = 0; i < n_screens; i++)
        if (strcmp(screens[i].name, "recap") == 0)
            screens[i].build(&st);
    ecs_canvas_init(&c, 40, 10);
    int low, high, lines = 0;
    ecs_view_scroll_range(&st.ui, 40, 10, &low, &high);
    ck_assert_int_eq(low, 0);
    ck_assert_int_gt(high, 10);
    bool end = false;
    for (st.ui.text_scroll = low; st.ui.text_scroll <= high; st.ui.text_scroll++, lines++) {
        ecs_view_draw(&st.ui, &c, NULL);
        char *text = ecs_canvas_text(&c);
        ck_assert_int_eq(strstr(text, "foreseen") != NULL, st.ui.text_scroll == low);
        end = strstr(text, "the list shows") != NULL;
        free(text);
    }
    ck_assert(end);
    ecs_canvas_free(&c);
    stage_close(&st);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("layout");
    TCase *t = tcase_create("layout");

    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, layout_holds_at_every_size, 1, LOOPS + 1);
    tcase_add_loop_test(t, screens_fit_every_size, 0, (int)n_screens);
    tcase_add_test(t, scrolling_reaches_both_ends);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
