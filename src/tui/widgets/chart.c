#include "tui/widgets/chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/widgets/axis.h"
#include "tui/widgets/box.h"
#include "tui/widgets/chart_parts.h"

enum { LEAST_W = 12, LEAST_H = 4 };

enum ecs_group ecs_group_of(const struct ecs_pair *pair, const struct ecs_values *values)
{
    size_t bytes = pair->n_params * sizeof values->v[0];

    if (!pair->have)
        return ECS_GROUP_OTHER;
    if (memcmp(values->v, pair->b.v, bytes) == 0)
        return ECS_GROUP_B;
    return memcmp(values->v, pair->a.v, bytes) == 0 ? ECS_GROUP_A : ECS_GROUP_OTHER;
}

enum ecs_role ecs_group_role(enum ecs_group g)
{
    return g == ECS_GROUP_A ? ECS_ROLE_A : g == ECS_GROUP_B ? ECS_ROLE_B : ECS_ROLE_C;
}

void ecs_change_text(const struct ecs_scenario *s, const struct ecs_scenario_block *block,
                     const struct ecs_values *from, const struct ecs_values *to,
                     char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; s && i < s->n_params && used < size; i++) {
        char value[32], key[8] = "";
        if (from->v[i] == to->v[i])
            continue;
        for (size_t t = 0; block && t < block->n_toggles; t++)
            if (block->toggle[t].param == (int)i)
                snprintf(key, sizeof key, "%c ", block->toggle[t].key);
        ecs_value_text(&s->params[i], to->v[i], value, sizeof value);
        int n = snprintf(out + used, size - used, "%s%s%s %s", used ? ", " : "", key,
                         s->params[i].name, value);
        used += n > 0 ? (size_t)n : 0;
    }
}

static void draw_line(const struct ecs_chart_view *v)
{
    int before = -1;

    for (int i = 0; i < v->data->n; i++) {
        const struct ecs_chart_column *col = &v->data->column[i];
        if (!(col->flags & ECS_COLUMN_HAVE)) {
            before = -1;
            continue;
        }
        int row = ecs_plot_row(&v->plot, col->value, v->chart->top);
        bool dirty = col->flags & ECS_COLUMN_DIRTY;
        struct ecs_plot_style s = {ecs_chart_role(v, col->segment), 0, dirty};
        ecs_plot_line(&v->plot, i, before < 0 ? row : before, row, s);
        before = row;
    }
}

static void draw_time_axis(const struct ecs_chart_view *v)
{
    const struct ecs_chart *ch = v->chart;
    double end = ch->absolute ? ch->window.end_s : ch->window.end_s - ch->newest_s;
    struct ecs_time_axis axis = {end - ch->window.span_s, end, ch->absolute, ch->window.sweep};
    int y = v->plot.r.y + v->plot.r.h;

    for (int i = 0; i < v->data->n; i++)
        if (v->data->column[i].flags & ECS_COLUMN_DIRTY)
            ecs_put(v->plot.c, ecs_plot_cell_x(&v->plot, i), y, 0x2592, ECS_ROLE_WARN, 0);
    ecs_axis_time(v->plot.c, v->plot.r.x, y, v->plot.r.w, &axis);
}

/* The top row carries the unit and the captions of marks; the bottom row the time axis. */
static struct ecs_plot plot_of(struct ecs_canvas *c, struct ecs_rect r, const struct ecs_chart *ch)
{
    int gutter = ecs_axis_gutter(ch->top, ch->unit);
    struct ecs_plot p = {c, {r.x + gutter, r.y + 1, r.w - gutter, r.h - 2}, ch->dots};

    return p;
}

/* A noisy window among clean ones of its column left no trace on the screen. */
static bool any_hollow(const struct ecs_chart_data *d)
{
    for (int i = 0; i < d->n; i++)
        if (d->column[i].flags & ECS_COLUMN_DIRTY)
            return true;
    return false;
}

struct ecs_chart_result ecs_chart_draw(struct ecs_canvas *c, struct ecs_rect r,
                                       const struct ecs_chart *chart)
{
    struct ecs_chart ch = *chart;
    struct ecs_chart_data data;
    struct ecs_chart_result result = {.caption_placed = !ch.caption};

    if (r.w < LEAST_W || r.h < LEAST_H)
        return result;
    struct ecs_chart_view v = {.chart = &ch, .data = &data, .plot = plot_of(c, r, &ch)};
    ch.window.columns = ecs_plot_columns(&v.plot);
    if (ch.window.columns > ECS_CHART_COLUMNS) {
        v.plot.r.w = ECS_CHART_COLUMNS / 2;
        ch.window.columns = ecs_plot_columns(&v.plot);
    }
    ecs_chart_read(&ch.window, &data);
    ecs_axis_y(&v.plot, v.plot.r.x - r.x, ch.top, ch.unit);
    ecs_chart_unit(&v, r.x);
    ecs_chart_guess(&v);
    ecs_chart_marks(&v);
    draw_line(&v);
    draw_time_axis(&v);
    ecs_chart_cursor(&v);
    ecs_chart_labels(&v);
    ecs_chart_guess_label(&v);
    result.empty = isnan(data.high);
    result.caption_placed = result.empty ? !ch.caption : ecs_chart_caption(&v);
    result.noisy = any_hollow(&data);
    result.noisy_seq = data.dirty_seq;
    return result;
}
