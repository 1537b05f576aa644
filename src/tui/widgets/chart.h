/* A line over time, with what happened at the mark where it happened: toggles, the learner's guess,
 * noise, labels beside the line in place of a legend. */
#ifndef ECS_TUI_WIDGETS_CHART_H
#define ECS_TUI_WIDGETS_CHART_H

#include "lesson/lesson.h"
#include "tui/widgets/chart_data.h"
#include "tui/widgets/plot.h"

/* The two sets of values that are compared. */
struct ecs_pair { bool have; size_t n_params; struct ecs_values a, b; };
enum ecs_group { ECS_GROUP_OTHER, ECS_GROUP_A, ECS_GROUP_B };
enum ecs_group ecs_group_of(const struct ecs_pair *pair, const struct ecs_values *values);
enum ecs_role ecs_group_role(enum ecs_group g);

struct ecs_chart {
    struct ecs_chart_window window;             /* `columns` is filled in by the drawing */
    enum ecs_dots dots;
    double top;                                 /* of the y axis */
    const char *unit;
    const struct ecs_pair *pair;
    const struct ecs_scenario *scenario;        /* names of parameters for the marks */
    const struct ecs_scenario_block *block;     /* keys of toggles for the marks; may be NULL */
    double newest_s;                            /* run time of the newest window */
    double cursor_s;                            /* looked at while scrubbing; NAN: not scrubbing */
    bool absolute;                              /* run time on the axis, not seconds before now */
    double guess_low, guess_high;               /* NAN: no guess; high may be INFINITY */
    const char *guess;                          /* what stands beside it */
    const char *caption;                        /* of the values in force; NULL: none */
};

struct ecs_chart_result {
    bool caption_placed;        /* false: there was no room for it in the plot */
    bool empty;                 /* not one figure on screen: all of them are missing */
    bool noisy;                 /* a column is drawn hollow; the last noisy window: */
    uint64_t noisy_seq;
};

/* Draws into `r`; too small a room gets what fits, nothing below 12 x 4. */
struct ecs_chart_result ecs_chart_draw(struct ecs_canvas *c, struct ecs_rect r,
                                       const struct ecs_chart *chart);

/* "p stride 128": what changed between two sets of values, with the keys that did it. */
void ecs_change_text(const struct ecs_scenario *s, const struct ecs_scenario_block *block,
                     const struct ecs_values *from, const struct ecs_values *to,
                     char *out, size_t size);

#endif
