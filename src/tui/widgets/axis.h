/* Round ticks and a time axis. */
#ifndef ECS_TUI_WIDGETS_AXIS_H
#define ECS_TUI_WIDGETS_AXIS_H

#include <stddef.h>

#include "tui/widgets/plot.h"

/* The smallest round top of an axis that `v` fits under: 1, 1.5, 2, 3, 4, 6 or 8 times a power of
 * ten. 1 for NAN, 0 and below. */
double ecs_chart_nice_top(double v);
/* Steps between 0 and such a top that are round themselves: 2 or 3. */
int ecs_axis_steps(double top);
/* The figure whose prefix all ticks share: the lowest tick above 0, so that each is a whole number.
 */
double ecs_axis_scale(double top);

/* Draws tick labels in the `gutter` columns left of the plot, the last of them the axis itself. */
void ecs_axis_y(const struct ecs_plot *p, int gutter, double top, const char *unit);
int ecs_axis_gutter(double top, const char *unit);

/* `left_s`, `right_s`: time at the two ends. `absolute`: as minutes and seconds of run time; else
 * as seconds before now (0). */
struct ecs_time_axis { double left_s, right_s; bool absolute, sweep; };
void ecs_axis_time(struct ecs_canvas *c, int x, int y, int w, const struct ecs_time_axis *a);

#endif
