#include "tui/widgets/chart_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "run/format.h"
#include "tui/widgets/axis.h"
#include "tui/widgets/box.h"
#include "tui/widgets/free_room.h"
#include "tui/widgets/prose.h"

enum { MAX_NAMED_MARKS = 6, LABEL_COLUMNS = 5, GUESS_ROWS = 4 };

enum ecs_group ecs_chart_group(const struct ecs_chart_view *v, int segment)
{
    if (segment < 0 || segment >= v->data->n_segments || !v->data->segment[segment].have_values)
        return ECS_GROUP_OTHER;
    return ecs_group_of(v->chart->pair, &v->data->segment[segment].values);
}

enum ecs_role ecs_chart_role(const struct ecs_chart_view *v, int segment)
{
    return ecs_group_role(ecs_chart_group(v, segment));
}

void ecs_chart_unit(struct ecs_chart_view *v, int x)
{
    char number[ECS_FORMAT_MAX], unit[ECS_FORMAT_MAX];

    ecs_format_si_parts(ecs_axis_scale(v->chart->top), v->chart->unit, number, sizeof number, unit,
                        sizeof unit);
    v->unit_end =
        x + ecs_text_cut(v->plot.c, x, v->plot.r.y - 1, v->plot.r.w, ECS_ROLE_AXIS, 0, unit) + 1;
}

/* ---- the guess ----------------------------------------------------------------------------- */

static bool guess_rows(const struct ecs_chart_view *v, int *top, int *bottom)
{
    const struct ecs_chart *ch = v->chart;

    if (!isfinite(ch->guess_low) || isnan(ch->guess_high) || ch->guess_low > ch->top)
        return false;
    double high = ch->guess_high > ch->top ? ch->top : ch->guess_high;
    double low = ch->guess_low < 0 ? 0 : ch->guess_low;
    *top = ecs_plot_cell_y(&v->plot, ecs_plot_row(&v->plot, high, ch->top));
    *bottom = ecs_plot_cell_y(&v->plot, ecs_plot_row(&v->plot, low, ch->top));
    return true;
}

void ecs_chart_guess(const struct ecs_chart_view *v)
{
    int top, bottom;
    const struct ecs_rect *r = &v->plot.r;

    if (!guess_rows(v, &top, &bottom))
        return;
    for (int y = top; y <= bottom; y++)
        for (int x = r->x; x < r->x + r->w; x++)
            if ((x + 4 * y) % 8 == 0)
                ecs_put(v->plot.c, x, y, 0xb7, ECS_ROLE_GUESS, 0);
    if (bottom > top || v->chart->guess_low > 0)
        ecs_hline(v->plot.c, r->x, bottom, r->w, 0x254c, ECS_ROLE_GUESS);
    if (isfinite(v->chart->guess_high) && v->chart->guess_high < v->chart->top)
        ecs_hline(v->plot.c, r->x, top, r->w, 0x254c, ECS_ROLE_GUESS);
}

void ecs_chart_guess_label(const struct ecs_chart_view *v)
{
    int top, bottom, w;
    struct ecs_rect at;

    if (!v->chart->guess || !guess_rows(v, &top, &bottom))
        return;
    w = ecs_columns(v->chart->guess);
    struct ecs_rect r = v->plot.r, near = r;
    near.y = top - GUESS_ROWS < r.y ? r.y : top - GUESS_ROWS;
    near.h = (bottom + GUESS_ROWS >= r.y + r.h ? r.y + r.h : bottom + GUESS_ROWS + 1) - near.y;
    if (ecs_free_room(v->plot.c, near, w, 1, r.x + 1 + w / 2, (top + bottom) / 2, &at)
        || ecs_free_room_over_guess(v->plot.c, near, w, 1, r.x + 1 + w / 2, top, &at))
        ecs_text(v->plot.c, at.x, at.y, w, ECS_ROLE_GUESS, 0, v->chart->guess);
}

/* ---- marks: where a parameter changed ------------------------------------------------------ */

static bool row_free(const struct ecs_chart_view *v, int x, int w)
{
    int y = v->plot.r.y - 1;

    for (int i = x; i < x + w && i < v->plot.c->w; i++)
        if (v->plot.c->cell[(size_t)y * (size_t)v->plot.c->w + (size_t)i].ch != ' ')
            return false;
    return true;
}

/* Left of the mark, or right of it; left out where neither is free. */
static void mark_caption(const struct ecs_chart_view *v, int segment, int x)
{
    const struct ecs_chart_segment *s = &v->data->segment[segment];
    char text[96], shown[112];
    int y = v->plot.r.y - 1, right = v->plot.r.x + v->plot.r.w;

    if (segment == 0 || !s->have_values || !s[-1].have_values)
        return;
    ecs_change_text(v->chart->scenario, v->chart->block, &s[-1].values, &s->values, text,
                    sizeof text);
    snprintf(shown, sizeof shown, "%s \u25b8", text);
    int w = ecs_columns(shown);
    if (!text[0])
        return;
    if (x - w > v->unit_end && row_free(v, x - w, w + 2)) {
        ecs_text(v->plot.c, x - w + 1, y, w, ECS_ROLE_MARK, 0, shown);
        return;
    }
    snprintf(shown, sizeof shown, "\u25c2 %s", text);
    if (x > v->unit_end && x + w <= right && row_free(v, x - 1, w + 1))
        ecs_text(v->plot.c, x, y, w, ECS_ROLE_MARK, 0, shown);
}

/* The newest mark's caption first: it is the one that explains what moves. */
void ecs_chart_marks(const struct ecs_chart_view *v)
{
    int marks = 0;

    for (int i = 1; i < v->data->n_segments; i++)
        marks += v->data->segment[i].starts;
    for (int i = v->data->n_segments - 1; i > 0; i--) {
        if (!v->data->segment[i].starts)
            continue;
        int x = ecs_plot_cell_x(&v->plot, v->data->segment[i].first);
        enum ecs_role role = marks > MAX_NAMED_MARKS ? ECS_ROLE_AXIS : ECS_ROLE_MARK;
        for (int y = v->plot.r.y; y < v->plot.r.y + v->plot.r.h; y++)
            ecs_put(v->plot.c, x, y, 0x250a, role, 0);
        if (marks <= MAX_NAMED_MARKS)
            mark_caption(v, i, x);
    }
}

/* ---- the moment looked at ------------------------------------------------------------------ */

/* On the axis, but never over the words of a label. */
static void axis_mark(const struct ecs_chart_view *v, int x)
{
    int y = v->plot.r.y + v->plot.r.h;
    uint32_t ch = v->plot.c->cell[(size_t)y * (size_t)v->plot.c->w + (size_t)x].ch;

    if (ch == 0x2500 || ch == 0x2592)
        ecs_put(v->plot.c, x, y, 0x25b2, ECS_ROLE_MARK, ECS_BOLD);
}

void ecs_chart_cursor(const struct ecs_chart_view *v)
{
    const struct ecs_chart *ch = v->chart;
    int column = isnan(ch->cursor_s) ? -1 : ecs_chart_column_at(&ch->window, ch->cursor_s);
    char value[ECS_FORMAT_MAX], text[ECS_FORMAT_MAX + 48];
    struct ecs_rect at;

    if (v->data->cursor >= 0)
        axis_mark(v, ecs_plot_cell_x(&v->plot, v->data->cursor));
    if (column < 0)
        return;
    int x = ecs_plot_cell_x(&v->plot, column);
    for (int y = v->plot.r.y; y < v->plot.r.y + v->plot.r.h; y++) {
        const struct ecs_cell *cell =
            &v->plot.c->cell[(size_t)y * (size_t)v->plot.c->w + (size_t)x];
        if (cell->ch == ' ' || cell->ch == 0x250a || cell->role == ECS_ROLE_GUESS)
            ecs_put(v->plot.c, x, y, 0x2502, ECS_ROLE_MARK, 0);
    }
    axis_mark(v, x);
    const struct ecs_chart_column *col = &v->data->column[column];
    ecs_format_si(col->flags & ECS_COLUMN_HAVE ? col->value : NAN, ch->unit, value, sizeof value);
    snprintf(text, sizeof text, "%.1f s: %s",
             ch->absolute ? ch->cursor_s : ch->cursor_s - ch->newest_s,
             col->flags & ECS_COLUMN_HAVE ? value : "no figure");
    if (ecs_free_room(v->plot.c, v->plot.r, ecs_columns(text), 1, x, v->plot.r.y, &at))
        ecs_text(v->plot.c, at.x, at.y, at.w, ECS_ROLE_MARK, ECS_BOLD, text);
}

/* ---- labels at the line -------------------------------------------------------------------- */

struct level { double value; int end; bool noisy; };

/* Median of the last columns of a segment (live) or of all of it; noise and settling are left out
 * where there is anything else. Of a count: where it ends. */
static struct level level_of(const struct ecs_chart_view *v, int segment, bool live)
{
    double pick[ECS_CHART_COLUMNS];
    int n = 0, columns = v->data->n;
    struct level l = {NAN, -1, false};

    for (int k = 0; k < columns && (!live || n < LABEL_COLUMNS); k++) {
        int i = (v->data->segment[segment].last - k + columns) % columns;
        const struct ecs_chart_column *col = &v->data->column[i];
        if (!(col->flags & ECS_COLUMN_HAVE) || col->segment != segment)
            continue;
        if (l.end < 0)
            l.end = i;
        if (v->chart->window.count) {
            l.value = col->value;
            return l;
        }
        l.noisy = l.noisy || col->flags & ECS_COLUMN_DIRTY;
        if (col->flags & ECS_COLUMN_DIRTY || (col->flags & ECS_COLUMN_SETTLING && !live))
            continue;
        int m = n++;
        for (; m > 0 && pick[m - 1] > col->value; m--)
            pick[m] = pick[m - 1];
        pick[m] = col->value;
    }
    l.value = n ? pick[n / 2] : NAN;
    return l;
}

/* Close to its stretch of line: two rows above or below, and not far to the sides; the panel beside
 * the chart has the figures of a line that finds none. For A and B the edge of the guess gives way:
 * farther off, a label would seem to be another line's. */
static bool label_room(const struct ecs_chart_view *v, int w, int x, int y, int left, int right,
                       bool must, struct ecs_rect *at)
{
    const struct ecs_rect *r = &v->plot.r;
    int top = y - 2 < r->y ? r->y : y - 2, bottom = y + 3 > r->y + r->h ? r->y + r->h : y + 3;
    int from = left - w < r->x ? r->x : left - w,
        to = right + w > r->x + r->w ? r->x + r->w : right + w;
    int want = y > r->y ? y - 1 : y + 1;

    struct ecs_rect near = {from, top, to - from, bottom - top};

    return ecs_free_room(v->plot.c, near, w, 1, x, want, at)
           || (must && ecs_free_room_over_guess(v->plot.c, near, w, 1, x, want, at));
}

static void label(const struct ecs_chart_view *v, int segment, bool live)
{
    struct level l = level_of(v, segment, live);
    enum ecs_group g = ecs_chart_group(v, segment);
    const char *letter = g == ECS_GROUP_A ? "A  " : g == ECS_GROUP_B ? "B  " : "";
    char figure[ECS_FORMAT_MAX], text[ECS_FORMAT_MAX + 8];
    struct ecs_rect at;

    if (l.end < 0 || (isnan(l.value) && (!l.noisy || g == ECS_GROUP_OTHER)))
        return;
    ecs_format_si(l.value, v->chart->unit, figure, sizeof figure);
    snprintf(text, sizeof text, "%s%s", letter, isnan(l.value) ? "(noisy)" : figure);
    double value = isnan(l.value) ? v->data->column[l.end].value : l.value;
    int w = ecs_columns(text),
        y = ecs_plot_cell_y(&v->plot, ecs_plot_row(&v->plot, value, v->chart->top));
    int left = ecs_plot_cell_x(&v->plot, v->data->segment[segment].first);
    int right = ecs_plot_cell_x(&v->plot, l.end), x = live ? right - w / 2 : (left + right) / 2;
    if (label_room(v, w, x, y, left < right ? left : right, right, g != ECS_GROUP_OTHER, &at))
        ecs_text(v->plot.c, at.x, at.y, w, ecs_group_role(g), ECS_BOLD, text);
}

/* One label for A, one for B, one for what is neither: at the newest stretch of each that is wide
 * enough to be seen as one; A and B are always named while they run. */
void ecs_chart_labels(const struct ecs_chart_view *v)
{
    bool named[3] = {false, false, false};
    int last = v->data->n_segments - 1;

    for (int i = last; i >= 0; i--) {
        const struct ecs_chart_segment *s = &v->data->segment[i];
        enum ecs_group g = ecs_chart_group(v, i);
        int columns = s->last - s->first + 1;
        bool narrow = columns * 16 < v->data->n && columns < 12;
        if (named[g] || (narrow && (i != last || g == ECS_GROUP_OTHER)))
            continue;
        named[g] = true;
        label(v, i, i == last);
    }
}

/* ---- the caption of the values in force ---------------------------------------------------- */

bool ecs_chart_caption(const struct ecs_chart_view *v)
{
    static const int part[] = {40, 55, 30, 75};
    struct ecs_pen_style plain = {ECS_ROLE_TEXT, 0};
    int last = v->data->n_segments - 1;

    if (!v->chart->caption)
        return true;
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        int w = v->plot.r.w * part[i] / 100;
        w = w > 44 ? 44 : w;
        struct ecs_pen pen = {.area = {0, 0, w - 2, 99}};
        struct ecs_rect at;
        int h = w < 16 ? 99 : ecs_pen_text(&pen, 0, NULL, plain, v->chart->caption);
        if (h > 4 || !ecs_free_room(v->plot.c, v->plot.r, w, h, v->plot.r.x + v->plot.r.w,
                                    v->plot.r.y + v->plot.r.h / 2, &at))
            continue;
        for (int y = 0; y < h; y++)
            ecs_put(v->plot.c, at.x, at.y + y, 0x2502, ecs_chart_role(v, last), ECS_BOLD);
        pen = (struct ecs_pen){.c = v->plot.c, .area = {at.x + 2, at.y, w - 2, h}};
        ecs_pen_text(&pen, 0, NULL, plain, v->chart->caption);
        return true;
    }
    return false;
}
