#include "tui/widgets/plot.h"

#include <math.h>
#include <stddef.h>

static int dots_high(enum ecs_dots d)
{
    return d == ECS_DOTS_BRAILLE ? 4 : d == ECS_DOTS_BLOCKS ? 8 : 3;
}

static int dots_wide(enum ecs_dots d)
{
    return d == ECS_DOTS_BRAILLE ? 2 : 1;
}

int ecs_plot_columns(const struct ecs_plot *p)
{
    return p->r.w * dots_wide(p->dots);
}

int ecs_plot_rows(const struct ecs_plot *p)
{
    return p->r.h * dots_high(p->dots);
}

int ecs_plot_row(const struct ecs_plot *p, double value, double top)
{
    int last = ecs_plot_rows(p) - 1;
    double row = top > 0 ? floor(value / top * last + 0.5) : 0;

    return row < 0 ? 0 : row > last ? last : (int)row;
}

int ecs_plot_cell_x(const struct ecs_plot *p, int column)
{
    return p->r.x + column / dots_wide(p->dots);
}

int ecs_plot_cell_y(const struct ecs_plot *p, int row)
{
    return p->r.y + p->r.h - 1 - row / dots_high(p->dots);
}

static struct ecs_cell *cell(const struct ecs_plot *p, int x, int y)
{
    if (x < 0 || y < 0 || x >= p->c->w || y >= p->c->h)
        return 0;
    return &p->c->cell[(size_t)y * (size_t)p->c->w + (size_t)x];
}

/* Unicode 2800: bits of the left and right column, bottom dot first. */
static void braille(const struct ecs_plot *p, int column, int row, struct ecs_plot_style s)
{
    static const uint8_t bit[2][4] = {{0x40, 0x04, 0x02, 0x01}, {0x80, 0x20, 0x10, 0x08}};
    int x = ecs_plot_cell_x(p, column), y = ecs_plot_cell_y(p, row);
    struct ecs_cell *at = cell(p, x, y);
    uint32_t had = at && at->ch > 0x2800 && at->ch < 0x2900 ? at->ch : 0x2800;

    ecs_put(p->c, x, y, had | bit[column & 1][row & 3], s.role, s.attr);
}

static void braille_line(const struct ecs_plot *p, int column, int from, int to,
                         struct ecs_plot_style s)
{
    int step = to >= from ? 1 : -1;

    if (s.hollow && (column & 1))
        return;
    for (int row = from; row != to; row += step)
        if (!s.hollow || !(row & 1))
            braille(p, column, row, s);
    braille(p, column, to, s);
}

static void block_column(const struct ecs_plot *p, int column, int to, struct ecs_plot_style s)
{
    int x = ecs_plot_cell_x(p, column), top = to / 8;

    for (int i = 0; i < top; i++)
        ecs_put(p->c, x, p->r.y + p->r.h - 1 - i, s.hollow ? 0x2591 : 0x2588, s.role, s.attr);
    ecs_put(p->c, x, p->r.y + p->r.h - 1 - top,
            s.hollow ? 0x2591 : 0x2581 + (uint32_t)(to % 8), s.role, s.attr);
}

static void ascii_line(const struct ecs_plot *p, int column, int from, int to,
                       struct ecs_plot_style s)
{
    static const char level[3] = {'_', '-', '\''};
    int x = ecs_plot_cell_x(p, column), end = ecs_plot_cell_y(p, to);
    int step = end >= ecs_plot_cell_y(p, from) ? 1 : -1;

    for (int y = ecs_plot_cell_y(p, from); y != end; y += step)
        ecs_put(p->c, x, y, s.hollow ? ':' : '|', s.role, s.attr);
    ecs_put(p->c, x, end, s.hollow ? '.' : (uint32_t)level[to % 3], s.role, s.attr);
}

void ecs_plot_line(const struct ecs_plot *p, int column, int from, int to, struct ecs_plot_style s)
{
    if (column < 0 || column >= ecs_plot_columns(p) || p->r.h < 1)
        return;
    if (p->dots == ECS_DOTS_BRAILLE)
        braille_line(p, column, from, to, s);
    else if (p->dots == ECS_DOTS_BLOCKS)
        block_column(p, column, to, s);
    else
        ascii_line(p, column, from, to, s);
}
