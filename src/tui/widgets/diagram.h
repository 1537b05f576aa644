/* The pictures that explain a scenario, from what describe() copied out of the running workers. */
#ifndef ECS_TUI_WIDGETS_DIAGRAM_H
#define ECS_TUI_WIDGETS_DIAGRAM_H

#include "run/snapshot.h"
#include "tui/canvas.h"

struct ecs_diagram {
    const struct ecs_picture *picture;
    const struct ecs_scenario *scenario;     /* names of metrics and parameters */
    const struct ecs_snapshot *at;           /* the window that the picture belongs to */
};

/* Rows that a kind of picture is best drawn in; the same for all its states, so that nothing on
 * the screen moves when a parameter changes. 0: nothing to draw. */
int ecs_diagram_rows(enum ecs_diagram_kind kind);
const char *ecs_diagram_title(enum ecs_diagram_kind kind);
void ecs_diagram_draw(struct ecs_canvas *c, struct ecs_rect r, const struct ecs_diagram *d);

/* The kinds. */
void ecs_diagram_lines(struct ecs_canvas *c, struct ecs_rect r, const struct ecs_diagram *d);
void ecs_diagram_record(struct ecs_canvas *c, struct ecs_rect r, const struct ecs_diagram *d);
void ecs_diagram_stack(struct ecs_canvas *c, struct ecs_rect r, const struct ecs_diagram *d);
void ecs_diagram_pools(struct ecs_canvas *c, struct ecs_rect r, const struct ecs_diagram *d);

/* A metric of this window by its stable name, NAN if there is none; the word of a parameter's
 * choice, "" if there is none. */
double ecs_diagram_metric(const struct ecs_diagram *d, const char *name);
const char *ecs_diagram_choice(const struct ecs_diagram *d, const char *param);

#endif
