/* A grid of dots over a rectangle of cells: braille 2x4 dots a cell, blocks 1x8, ASCII 1x3. Column
 * 0 is at the left, row 0 at the bottom. */
#ifndef ECS_TUI_WIDGETS_PLOT_H
#define ECS_TUI_WIDGETS_PLOT_H

#include "tui/canvas.h"

struct ecs_plot { struct ecs_canvas *c; struct ecs_rect r; enum ecs_dots dots; };
struct ecs_plot_style { enum ecs_role role; int attr; bool hollow; /* not to be counted on */ };

int ecs_plot_columns(const struct ecs_plot *p);
int ecs_plot_rows(const struct ecs_plot *p);
/* The row of `value` on an axis from 0 to `top`, within the grid. */
int ecs_plot_row(const struct ecs_plot *p, double value, double top);
/* The cell, on the canvas, of a column and of a row. */
int ecs_plot_cell_x(const struct ecs_plot *p, int column);
int ecs_plot_cell_y(const struct ecs_plot *p, int row);
/* The line passes through `column` from row `from` to row `to` and ends at `to`. Blocks fill the
 * column up to `to`; the others draw the line alone. */
void ecs_plot_line(const struct ecs_plot *p, int column, int from, int to, struct ecs_plot_style s);

#endif
