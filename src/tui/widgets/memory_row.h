/* One cache line as a row of cells: fields from left to right, a bar where each begins. */
#ifndef ECS_TUI_WIDGETS_MEMORY_ROW_H
#define ECS_TUI_WIDGETS_MEMORY_ROW_H

#include "run/scenario.h"
#include "tui/canvas.h"

struct ecs_memory_row {
    struct ecs_canvas *c;
    int x, cells;              /* where byte 0 is, and cells for the whole line */
};

/* Cells for a line in `room` columns: as many as divide evenly into the line's bytes. */
int ecs_memory_cells(int room);
/* An empty line: dots, a bar at every 8 bytes. */
void ecs_memory_blank(const struct ecs_memory_row *m, int y);
/* The part of [from, to) bytes, counted from the line's begin, with its label as far as it fits. */
void ecs_memory_field(const struct ecs_memory_row *m, int y, int from, int to, const char *label,
                      uint32_t fill, enum ecs_role role, int attr);
void ecs_memory_end(const struct ecs_memory_row *m, int y);    /* the bar behind the last byte */
/* Offsets of every 8th byte. */
void ecs_memory_scale(const struct ecs_memory_row *m, int y);

#endif
