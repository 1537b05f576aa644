#include "tui/widgets/axis.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/format.h"
#include "tui/widgets/box.h"

static const struct { double top; int steps; } round_tops[] = {
    {1, 2}, {1.5, 3}, {2, 2}, {3, 3}, {4, 2}, {6, 3}, {8, 2}, {10, 2},
};
#define N_ROUND (sizeof round_tops / sizeof round_tops[0])

static double decade(double v)
{
    return pow(10, floor(log10(v) + 1e-9));
}

double ecs_chart_nice_top(double v)
{
    if (!isfinite(v) || v <= 0)
        return 1;
    double power = decade(v);
    for (size_t i = 0; i < N_ROUND; i++)
        if (v <= round_tops[i].top * power * (1 + 1e-9))
            return round_tops[i].top * power;
    return 10 * power;
}

int ecs_axis_steps(double top)
{
    double mantissa = top > 0 ? top / decade(top) : 1;

    for (size_t i = 0; i < N_ROUND; i++)
        if (fabs(mantissa - round_tops[i].top) < 1e-6)
            return round_tops[i].steps;
    return 2;
}

double ecs_axis_scale(double top)
{
    return top / ecs_axis_steps(top);
}

/* Ticks are round, so they are shown without the zeros that three digits would bring. */
static void tick_text(double v, double top, const char *unit, char *out, size_t size)
{
    char digits[ECS_FORMAT_MAX];

    ecs_format_si_like(v, ecs_axis_scale(top), unit, digits, sizeof digits);
    snprintf(out, size, "%g", strtod(digits, NULL));
}

int ecs_axis_gutter(double top, const char *unit)
{
    char text[ECS_FORMAT_MAX];
    int widest = 3, steps = ecs_axis_steps(top);

    for (int i = 1; i <= steps; i++) {
        tick_text(top * i / steps, top, unit, text, sizeof text);
        widest = (int)strlen(text) > widest ? (int)strlen(text) : widest;
    }
    return widest + 2;
}

void ecs_axis_y(const struct ecs_plot *p, int gutter, double top, const char *unit)
{
    char text[ECS_FORMAT_MAX];
    int steps = p->r.h < 4 ? 1 : ecs_axis_steps(top), x = p->r.x - gutter;

    for (int y = 0; y < p->r.h; y++)
        ecs_put(p->c, p->r.x - 1, p->r.y + y, 0x2502, ECS_ROLE_AXIS, 0);
    for (int i = 0; i <= steps && p->r.h > 0; i++) {
        int y = ecs_plot_cell_y(p, ecs_plot_row(p, top * i / steps, top));
        tick_text(top * i / steps, top, unit, text, sizeof text);
        ecs_text_right(p->c, x, y, gutter - 2, ECS_ROLE_TEXT, 0, text);
        ecs_put(p->c, p->r.x - 1, y, 0x2524, ECS_ROLE_AXIS, 0);
    }
}

static void time_text(double s, bool absolute, char *out, size_t size)
{
    if (absolute)
        snprintf(out, size, "%d:%02d", (int)(s < 0 ? 0 : s) / 60, (int)(s < 0 ? 0 : s) % 60);
    else if (fabs(s) < 0.05)
        snprintf(out, size, "now");
    else if (fabs(s) >= 120 && fabs(fmod(s, 60)) < 0.05)
        snprintf(out, size, "%.0f min", s / 60);
    else
        snprintf(out, size, "%.0f s", s);
}

/* "-60 s" hangs from the moment it names: at the left end to its right, at the right end to its
 * left. */
static void time_label(struct ecs_canvas *c, int x, int y, int w, double part, const char *text)
{
    int n = ecs_columns(text), at = (int)(part * w + 0.5) - n / 2;

    at = at < 1 ? 1 : at > w - n - 1 ? w - n - 1 : at;
    if (at < 1)
        return;
    ecs_put(c, x + at - 1, y, ' ', ECS_ROLE_AXIS, 0);
    ecs_text(c, x + at, y, n, ECS_ROLE_TEXT, 0, text);
    ecs_put(c, x + at + n, y, ' ', ECS_ROLE_AXIS, 0);
}

void ecs_axis_time(struct ecs_canvas *c, int x, int y, int w, const struct ecs_time_axis *a)
{
    char text[32];
    int labels = w >= 64 ? 4 : w >= 24 ? 2 : 1;

    ecs_put(c, x - 1, y, 0x2570, ECS_ROLE_AXIS, 0);
    for (int i = x < 0 ? -x : 0; i < w && x + i < c->w && y >= 0 && y < c->h; i++)
        if (c->cell[(size_t)y * (size_t)c->w + (size_t)(x + i)].ch == ' ')
            ecs_put(c, x + i, y, 0x2500, ECS_ROLE_AXIS, 0);
    if (a->sweep) {
        snprintf(text, sizeof text, "sweep, %.0f s", a->right_s - a->left_s);
        time_label(c, x, y, w, 0, text);
        return;
    }
    for (int i = 0; i <= labels; i++) {
        time_text(a->left_s + (a->right_s - a->left_s) * i / labels, a->absolute, text,
                  sizeof text);
        time_label(c, x, y, w, (double)i / labels, text);
    }
}
