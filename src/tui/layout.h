/* Where panels go: a pure function of the size and of what the page needs. Property-tested
 * over all sizes: inside the screen, no overlap, never empty where it says it is shown. */
#ifndef ECS_TUI_LAYOUT_H
#define ECS_TUI_LAYOUT_H

#include "tui/canvas.h"

#define ECS_MIN_W 40
#define ECS_MIN_H 10

enum ecs_slot { ECS_SLOT_HEADER, ECS_SLOT_PROGRESS, ECS_SLOT_CHART, ECS_SLOT_AB, ECS_SLOT_DIAGRAM,
                ECS_SLOT_TEXT, ECS_SLOT_FOOTER, ECS_SLOTS };

struct ecs_layout {
    bool too_small;
    bool tabbed;                    /* chart, A/B, diagram and text share one place: `panel` picks */
    bool shown[ECS_SLOTS];
    struct ecs_rect r[ECS_SLOTS];
};

/* `want_text`: rows that the text panel would like, borders included. `want_diagram`: rows the
 * diagram would like; 0: no diagram. `has_chart`: false on pages of text. */
struct ecs_layout ecs_layout(int w, int h, bool has_chart, int want_text, int want_diagram, int panel);

#endif
