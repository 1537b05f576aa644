/* A panel: a frame with a title and a badge, or, where rows are dear, a rule above it. */
#ifndef ECS_TUI_WIDGETS_BOX_H
#define ECS_TUI_WIDGETS_BOX_H

#include "tui/canvas.h"

struct ecs_box {
    const char *title;      /* cut to what the badge leaves */
    const char *badge;      /* source word and unit, on the right; NULL: none */
    bool framed;
};

/* Draws it and returns the room inside: one column of air at each side; may be empty. */
struct ecs_rect ecs_box_draw(struct ecs_canvas *c, struct ecs_rect r, const struct ecs_box *box);

/* A word more, once the inside is drawn: on the bottom border, or in what the rule has left. False
 * when there is no room for it. */
bool ecs_box_note(struct ecs_canvas *c, struct ecs_rect r, const struct ecs_box *box,
                  enum ecs_role role, const char *note);

/* Like ecs_text, but what does not fit ends in an ellipsis. */
int ecs_text_cut(struct ecs_canvas *c, int x, int y, int max, enum ecs_role role, int attr,
                 const char *s);
/* Its last column is x + max - 1. Returns the columns used. */
int ecs_text_right(struct ecs_canvas *c, int x, int y, int max, enum ecs_role role, int attr,
                   const char *s);
void ecs_hline(struct ecs_canvas *c, int x, int y, int w, uint32_t ch, enum ecs_role role);
struct ecs_rect ecs_inset(struct ecs_rect r, int x, int y);

#endif
