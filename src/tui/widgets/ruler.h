/* A guess and a result on one logarithmic ruler of ratios: how far apart they are, and how sure the
 * result is, at a glance. */
#ifndef ECS_TUI_WIDGETS_RULER_H
#define ECS_TUI_WIDGETS_RULER_H

#include "tui/canvas.h"

#define ECS_RULER_ROWS 3

struct ecs_ruler {
    double guess_low, guess_high;        /* NAN: none; high may be INFINITY */
    double low, median, high;            /* NAN: none yet */
};

/* Rows: guess, result, scale. Needs 20 columns. */
void ecs_ruler_draw(struct ecs_canvas *c, int x, int y, int w, const struct ecs_ruler *r);

#endif
