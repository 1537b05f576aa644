#include "tui/layout.h"

/* Fewest rows and columns in which a panel still says something. */
enum { CHART_ROWS = 8, TEXT_ROWS = 5, DIAGRAM_ROWS = 6, AB_COLUMNS = 32, SIDE_BY_SIDE = 74,
       TWO_PLACES = 18, WIDE_W = 132, WIDE_H = 34, MANY_ROWS = 1000, BOXED_W = 90, BOXED_H = 28 };

enum tab { TAB_PAIR, TAB_AB, TAB_DIAGRAM, TAB_CHART, TAB_TEXT };

struct page { struct ecs_layout l; struct ecs_rect body; int text, diagram; };

static int clamp(int v, int low, int high)
{
    return v < low ? low : v > high ? high : v;
}

static void place(struct page *p, enum ecs_slot slot, int x, int y, int w, int h)
{
    p->l.shown[slot] = true;
    p->l.r[slot] = (struct ecs_rect){p->body.x + x, p->body.y + y, w, h};
}

/* Columns of the A/B panel beside a chart: a third, within reason. */
static int ab_columns(int w)
{
    return clamp(w * 36 / 100, AB_COLUMNS, 60);
}

static void chart_and_ab(struct page *p, int y, int rows)
{
    int w = p->body.w, ab = ab_columns(w);

    place(p, ECS_SLOT_CHART, 0, y, w - ab, rows);
    place(p, ECS_SLOT_AB, w - ab, y, ab, rows);
}

/* Chart over diagram on the left, A/B over text on the right: text stays narrow enough to read. */
static void two_columns(struct page *p)
{
    int left = p->body.w * 58 / 100, right = p->body.w - left, h = p->body.h;
    int diagram = p->diagram ? clamp(p->diagram, DIAGRAM_ROWS, h * 45 / 100) : 0;
    int ab = p->text ? clamp(h - p->text, 15, 24) : h;

    place(p, ECS_SLOT_CHART, 0, 0, left, h - diagram);
    if (diagram)
        place(p, ECS_SLOT_DIAGRAM, 0, h - diagram, left, diagram);
    place(p, ECS_SLOT_AB, left, 0, right, ab);
    if (p->text)
        place(p, ECS_SLOT_TEXT, left, ab, right, h - ab);
}

/* Three rows: chart and A/B, diagram, text. False when they do not all fit. */
static bool three_rows(struct page *p)
{
    int h = p->body.h, text = p->text ? clamp(p->text, TEXT_ROWS, h) : 0;
    int least = CHART_ROWS + 3 + p->diagram;

    if (least + text > h)
        text = clamp(h - least, 0, text);
    if (least + text > h || (p->text && text < TEXT_ROWS) || text * 4 < p->text * 3)
        return false;
    chart_and_ab(p, 0, h - text - p->diagram);
    if (p->diagram)
        place(p, ECS_SLOT_DIAGRAM, 0, h - text - p->diagram, p->body.w, p->diagram);
    if (text)
        place(p, ECS_SLOT_TEXT, 0, h - text, p->body.w, text);
    return true;
}

static enum tab pick_tab(struct page *p, bool ab_apart, int panel)
{
    enum tab tab[5];
    int n = 0;

    tab[n++] = TAB_PAIR;
    if (ab_apart)
        tab[n++] = TAB_AB;
    if (p->diagram)
        tab[n++] = TAB_DIAGRAM;
    if (p->body.h >= TWO_PLACES - 3)
        tab[n++] = TAB_CHART;
    if (p->text)
        tab[n++] = TAB_TEXT;
    p->l.tabbed = true;
    p->l.tabs = n;
    p->l.tab = ((panel % n) + n) % n;
    return tab[p->l.tab];
}

static enum ecs_slot slot_of(enum tab tab)
{
    return tab == TAB_AB ? ECS_SLOT_AB : tab == TAB_DIAGRAM ? ECS_SLOT_DIAGRAM
         : tab == TAB_TEXT ? ECS_SLOT_TEXT : ECS_SLOT_CHART;
}

/* A place above that tabs share, and the text below it. */
static void two_places(struct page *p, int panel)
{
    int w = p->body.w, h = p->body.h;
    bool beside = w >= SIDE_BY_SIDE;
    enum tab tab = pick_tab(p, !beside, panel);
    int text = p->text ? clamp(p->text, TEXT_ROWS, h - CHART_ROWS) : 0, top = h - text;

    if (tab == TAB_CHART || tab == TAB_TEXT) {
        place(p, slot_of(tab), 0, 0, w, h);
        return;
    }
    if (tab == TAB_DIAGRAM && p->text)
        top = clamp(p->diagram, DIAGRAM_ROWS, h - TEXT_ROWS);
    if (tab == TAB_PAIR && beside)
        chart_and_ab(p, 0, top);
    else
        place(p, slot_of(tab), 0, 0, w, top);
    if (p->text)
        place(p, ECS_SLOT_TEXT, 0, top, w, h - top);
}

/* What every page has; false when the screen is too small for any. */
static bool frame(struct page *p, int w, int h)
{
    p->l.tabs = 1;
    p->l.too_small = w < ECS_MIN_W || h < ECS_MIN_H;
    if (p->l.too_small)
        return false;
    place(p, ECS_SLOT_HEADER, 0, 0, w, 1);
    place(p, ECS_SLOT_PROGRESS, 0, 1, w, 1);
    place(p, ECS_SLOT_FOOTER, 0, h - 1, w, 1);
    p->body = (struct ecs_rect){0, 2, w, h - 3};
    p->l.boxed = w >= BOXED_W && h >= BOXED_H;
    return true;
}

bool ecs_layout_wide(int w, int h)
{
    return w >= WIDE_W && h >= WIDE_H;
}

struct ecs_layout ecs_layout_asking(int w, int h, int want_text)
{
    struct page p = {.text = clamp(want_text, TEXT_ROWS, MANY_ROWS)};

    if (!frame(&p, w, h))
        return p.l;
    int rest = p.body.h - p.text;
    if (rest < CHART_ROWS)
        rest = 0;
    place(&p, ECS_SLOT_TEXT, 0, 0, w, p.body.h - rest);
    if (rest)
        place(&p, ECS_SLOT_CHART, 0, p.body.h - rest, w, rest);
    return p.l;
}

struct ecs_layout ecs_layout(int w, int h, bool has_chart, int want_text, int want_diagram,
                             int panel)
{
    struct page p = {.text = clamp(want_text, 0, MANY_ROWS),
                     .diagram = clamp(want_diagram, 0, MANY_ROWS)};

    if (!frame(&p, w, h))
        return p.l;
    if (!has_chart)
        place(&p, ECS_SLOT_TEXT, 0, 0, w, h - 3);
    else if (ecs_layout_wide(w, h))
        two_columns(&p);
    else if (w >= SIDE_BY_SIDE && three_rows(&p))
        return p.l;
    else if (h >= TWO_PLACES)
        two_places(&p, panel);
    else
        place(&p, slot_of(pick_tab(&p, true, panel)), 0, 0, w, h - 3);
    return p.l;
}
