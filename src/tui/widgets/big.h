/* Figures that the last row of a hall can read: three rows high, four columns a digit. */
#ifndef ECS_TUI_WIDGETS_BIG_H
#define ECS_TUI_WIDGETS_BIG_H

#include "tui/canvas.h"

#define ECS_BIG_ROWS 3

/* Knows digits, '.' and 'x' (drawn as a times sign); the rest is left out. */
int ecs_big_columns(const char *s);
void ecs_big_text(struct ecs_canvas *c, int x, int y, enum ecs_role role, const char *s);

#endif
