/* What one frame draws from: the state of the interface and of the session, looked up once. Shared
 * by the views and nobody else. Everything in it lives for the frame only. */
#ifndef ECS_TUI_VIEWS_SCENE_H
#define ECS_TUI_VIEWS_SCENE_H

#include "tui/keymap.h"
#include "tui/layout.h"
#include "tui/ui.h"
#include "tui/widgets/box.h"
#include "tui/widgets/chart.h"

#define ECS_SCENE_GENERATIONS 16

struct ecs_scene {
    const struct ecs_ui *ui;
    struct ecs_canvas *c;
    struct ecs_hots *hots;                     /* may be NULL */

    const struct ecs_player *player;           /* NULL: a recording alone */
    const struct ecs_lesson *lesson;
    const struct ecs_step *step;               /* NULL on the recap */
    enum ecs_wait wait;
    const struct ecs_block *waited;            /* what it waits on; NULL: nothing */
    bool open;                                 /* R1: figures may be shown */
    const struct ecs_scenario *scenario;       /* NULL: none in this lesson */
    const struct ecs_scenario_block *block;    /* in force, or the next one to come */
    bool in_force;

    const struct ecs_series *series;
    bool have;                                 /* at least one window */
    struct ecs_snapshot newest, at;            /* at: looked at, the newest unless scrubbing */
    const struct ecs_trace_head *recorded;     /* not NULL: nothing of the run is measured here */
    bool paused;
    struct ecs_pair pair;
    uint32_t generation[2][ECS_SCENE_GENERATIONS];   /* of a recording: those that are A, and B */
    int n_generations[2];
    int chart[ECS_MAX_CHARTS], n_charts;       /* metrics */
    struct ecs_error message;
    bool caption_owed;                         /* no room for the caption in the chart */
};

void ecs_scene_make(struct ecs_scene *s, const struct ecs_ui *ui, struct ecs_canvas *c,
                    struct ecs_hots *hots);

/* MEASURED, MODEL, RECORDED or EXHAUSTIVE for a metric of this scene. */
const char *ecs_scene_source(const struct ecs_scene *s, int metric);
/* A figure in its scaled unit; bytes in powers of 1024. */
char *ecs_scene_figure(const struct ecs_scene *s, int metric, double v, char *out, size_t size);
/* "stride 8": the compared parameter of a side, cut to `size`. */
void ecs_scene_side(const struct ecs_scene *s, enum ecs_group side, char *out, size_t size);
/* What the learner guessed, as a choice, or NULL (no prediction, skipped, not answered yet). */
const struct ecs_choice *ecs_scene_guess(const struct ecs_scene *s, struct ecs_standing *standing);
/* Finds A and B in a recording, which does not name them: the values of its last stretch, and of
 * the first one that differs; a lesson's own comparison says which is A. */
void ecs_scene_pair_recorded(struct ecs_scene *s);
/* A against B: the player's, or reckoned from the recording that is on screen. */
struct ecs_ab ecs_scene_ab(const struct ecs_scene *s, int metric);
/* The window of run time that charts show. */
struct ecs_chart_window ecs_scene_window(const struct ecs_scene *s, int chart);
/* Where the guess puts B, in the units of the chart; false when there is none. */
bool ecs_scene_guess_band(const struct ecs_scene *s, int chart, double *low, double *high);
double ecs_scene_top(const struct ecs_scene *s, int chart);
/* The word of a phase: "PREDICT" …. */
const char *ecs_phase_word(enum ecs_phase phase);
/* "a guess", "fairly sure", "certain". */
const char *ecs_confidence_word(int confidence);

void ecs_scene_hot(const struct ecs_scene *s, struct ecs_rect r, int action, int arg);

#endif
