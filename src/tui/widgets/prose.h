/* Wrapped text with marks (lesson.h: ECS_TEXT_BOLD …) on a page of any length, of which a window is
 * seen. The same calls measure (no canvas) and draw. Lines outside the window are dropped. */
#ifndef ECS_TUI_WIDGETS_PROSE_H
#define ECS_TUI_WIDGETS_PROSE_H

#include "tui/canvas.h"

struct ecs_pen {
    struct ecs_canvas *c;      /* NULL: only measure */
    struct ecs_rect area;
    int scroll;                /* lines of the page above the window */
    int y;                     /* next line of the page */
};

struct ecs_pen_style { enum ecs_role role; int attr; };

/* Row on the canvas of page line `y`, or -1 when it is not seen. */
int ecs_pen_row(const struct ecs_pen *p, int y);

/* Wraps `text` at `indent` columns from the left of the area, with `lead` (may be NULL) hanging in
 * front of the first line. A list item hangs its bullet; a line of code keeps its blanks. Returns
 * lines used; always at least 1. */
int ecs_pen_text(struct ecs_pen *p, int indent, const char *lead, struct ecs_pen_style style,
                 const char *text);
int ecs_pen_textf(struct ecs_pen *p, int indent, const char *lead, struct ecs_pen_style style,
                  const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* One empty line, unless the page is still empty. */
void ecs_pen_gap(struct ecs_pen *p);

#endif
