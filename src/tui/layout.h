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
    bool tabbed;                    /* not all panels fit: `panel` picks which are up */
    int tab, tabs;                  /* which of how many is up; 0 of 1 where all fit */
    bool boxed;                     /* room for a frame around each panel; else a rule above it */
    bool shown[ECS_SLOTS];
    struct ecs_rect r[ECS_SLOTS];
};

/* `want_text`: rows that the text panel would like, borders included; 0: no text beside a chart.
 * `want_diagram`: rows the diagram would like; 0: no diagram. `has_chart`: false on pages of text.
 * `panel` wraps round: any integer is fine. Tabs come in this order, those that a size or page does
 * not have left out: the usual pair, the A/B panel alone (narrow screens), diagram, charts alone,
 * text alone. */
struct ecs_layout ecs_layout(int w, int h, bool has_chart, int want_text, int want_diagram,
                             int panel);

/* A page that asks before anything may be charted: the words first, and the chart that is to come
 * in what they leave, if that is eight rows or more. Wide screens are laid out as ever. */
struct ecs_layout ecs_layout_asking(int w, int h, int want_text);
/* Wide enough to have all panels beside the words. */
bool ecs_layout_wide(int w, int h);

#endif
