/* Where a label may go: the empty block of cells nearest to what it labels. */
#ifndef ECS_TUI_WIDGETS_FREE_ROOM_H
#define ECS_TUI_WIDGETS_FREE_ROOM_H

#include "tui/canvas.h"

/* Finds w x h empty cells inside `area` (a column of air each side where the area goes on), its
 * centre as near as can be to (x, y); rows count three times. Cells that only hold the shade of a
 * guess or the dashes of a mark are empty. False when there is none. */
bool ecs_free_room(const struct ecs_canvas *c, struct ecs_rect area, int w, int h, int x, int y,
                   struct ecs_rect *out);
/* The edges of the guess may be written over, too. */
bool ecs_free_room_over_guess(const struct ecs_canvas *c, struct ecs_rect area, int w, int h, int x,
                              int y, struct ecs_rect *out);

#endif
