/* What the screen shows beyond the session: the state that only keys change. Pure data: the
 * app mutates it, views only read it. */
#ifndef ECS_TUI_UI_H
#define ECS_TUI_UI_H

#include "lesson/session.h"
#include "tui/canvas.h"
#include "tui/theme.h"

enum ecs_page { ECS_PAGE_PICKER, ECS_PAGE_LESSON, ECS_PAGE_REPLAY };

/* What the picker knows of one lesson. */
struct ecs_shelf_row { const struct ecs_lesson *lesson; struct ecs_answers answers; };

struct ecs_ui {
    enum ecs_page page;
    bool help;                         /* overlay */
    int help_scroll;
    enum ecs_glyphs glyphs;
    enum ecs_dots dots;
    enum ecs_theme_name theme;
    bool low_bandwidth;                /* sweep chart */

    /* picker */
    const struct ecs_shelf_row *shelf; size_t n_shelf;
    size_t selected;
    char typed[8];                     /* a number being typed */
    char machine_line[160];            /* one line about this machine */
    char problem[256];                 /* lessons left out, progress not kept: one line; empty if none */

    /* lesson and replay */
    const struct ecs_session *session; /* NULL on the picker */
    size_t choice;                     /* marked choice of the question waited on */
    char number[24];                   /* digits typed for a numeric ask */
    int text_scroll;
    int panel;                         /* which panel is up where not all fit */
    bool scrubbing;                    /* paused and looking back */
    uint64_t cursor;                   /* sequence number looked at while scrubbing */
    unsigned span_s;                   /* seconds on the time axis */
    double y_top[ECS_MAX_CHARTS];      /* y range: grows during a step only (no jitter) */
    bool recording;                    /* to a file */
    char toast[200];                   /* one line, for a few seconds */
    uint64_t frame;                    /* for nothing that moves by itself: 2 Hz numbers */
};

/* Where the mouse may click, collected while drawing. */
struct ecs_hot { struct ecs_rect r; int action; int arg; };   /* action: enum ecs_action or ECS_HOT_* */
enum { ECS_HOT_CHOICE = 1000 /* arg: index */, ECS_HOT_TOGGLE /* arg */, ECS_HOT_SHELF /* arg */, ECS_HOT_CONFIDENCE };
struct ecs_hots { struct ecs_hot v[64]; size_t n; };
void ecs_hots_add(struct ecs_hots *h, struct ecs_rect r, int action, int arg);

/* The whole screen. Pure: (ui, size of canvas) in, cells and click targets out. */
void ecs_view_draw(const struct ecs_ui *ui, struct ecs_canvas *c, struct ecs_hots *hots);

/* What the app keeps in `ui` after each new window and each key; all pure.
 * y_top[chart] of the next frame: never below the one in `ui`; set that to 0 when a step begins. */
double ecs_view_y_top(const struct ecs_ui *ui, int chart);
/* How far text_scroll may go, for a screen of w x h. 0 is where the page rests (the question, or the
 * latest answer, in view), so `low` is 0 or negative. While a choice is waited for, Up on the first
 * choice scrolls up, and Down comes back before it moves the mark. */
void ecs_view_scroll_range(const struct ecs_ui *ui, int w, int h, int *low, int *high);
/* The same for help_scroll: 0 … the result. */
int ecs_view_help_scroll(const struct ecs_ui *ui, int w, int h);

#endif
