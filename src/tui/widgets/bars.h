/* Horizontal bars, to half a column. */
#ifndef ECS_TUI_WIDGETS_BARS_H
#define ECS_TUI_WIDGETS_BARS_H

#include "tui/canvas.h"

/* `part` of the rectangle is filled from the left, the rest is a dotted track; clamped to 0 … 1. */
void ecs_bar_draw(struct ecs_canvas *c, struct ecs_rect r, double part, enum ecs_role role);

#endif
