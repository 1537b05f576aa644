/* The inside of the player, shared by player_*.c and nobody else.
 *
 * A lesson is laid out as one row of spots, a spot a block. The step waits at its first spot that
 * still wants something (its gate); everything else follows from that. */
#ifndef ECS_LESSON_PLAYER_STATE_H
#define ECS_LESSON_PLAYER_STATE_H

#include "lesson/player.h"
#include "lesson/player_store.h"
#include "lesson/progress.h"
#include "run/compare.h"

#define ECS_CLEAN_ENOUGH 10      /* clean windows before anything is judged by them */
#define ECS_SETTLED_ENOUGH 60    /* settled windows, noisy or not, before it asks anyway */
#define ECS_MAX_SIDES 8
#define ECS_MAX_REPEATS 25
#define ECS_MAX_MEASURED 4
#define ECS_SIDE_WINDOWS 256

struct ecs_spot {
    size_t step, index;
    const struct ecs_block *block;
    struct ecs_answer kept;       /* what progress holds of it */
    int tried;                    /* latest choice of an ask, -1 none; the first one is kept */
    double tried_number;
    bool fetched;                 /* a task: what its check compares with was measured */
};

/* Where the step waits; spot == p->first[step + 1] when it waits for nothing. */
struct ecs_gate { enum ecs_wait wait; size_t spot; };

/* What one measurement found: one sample a side, a repeat and a metric. */
struct ecs_side {
    const struct ecs_block *block;
    struct ecs_values values;
    bool have[ECS_MAX_REPEATS];
    double sample[ECS_MAX_REPEATS][ECS_MAX_METRICS];
};
struct ecs_sides { size_t n; unsigned repeats; struct ecs_side side[ECS_MAX_SIDES]; };

struct ecs_measuring {
    bool active;
    size_t spot;                  /* of its expect block */
    struct ecs_sides *sides;      /* being filled */
    bool counts_only;             /* noise does not touch a count */
    uint64_t side_ns, warmup_ns;
    unsigned round, turn;         /* turn: 0 … sides-1 within a round; odd rounds run backwards */
    unsigned done, dirty, budget;
    struct ecs_noise worst;
    unsigned patience;            /* snapshots that did not carry the values asked for */
    uint64_t warm_ns, total_ns, clean_ns;
    size_t windows;
    double last[ECS_MAX_METRICS];
    double (*window)[ECS_SIDE_WINDOWS];   /* [ECS_MAX_METRICS] */
    char why[200];                /* why no plan could be made; empty if one could */
};

struct ecs_player {
    const struct ecs_lesson *lesson;
    struct ecs_calibration calib;
    struct ecs_answers *answers;
    struct ecs_spot *spot;
    size_t n_spots;
    size_t *first;                /* [lesson->n + 1]: first spot of each step */
    size_t step;

    /* The run as it should be. */
    const struct ecs_block *running;     /* NULL: none */
    struct ecs_values wanted, own;       /* own: the learner's; they differ while measuring */
    const struct ecs_block *failed;      /* its run could not start or broke */
    char failure[400];

    /* Commands not taken yet: at most one of each, in this order. */
    bool do_stop, do_start, do_set, do_save;
    struct ecs_values start_values;

    /* What was seen of it. */
    bool have_force;
    struct ecs_values force;             /* in force, by the last snapshot */
    unsigned force_clean;                /* clean windows since they came into force */
    bool toggled, seen_enough;
    unsigned toggled_clean, toggled_settled;
    struct ecs_store store;

    struct ecs_measuring m;
    struct ecs_sides *measured[ECS_MAX_MEASURED];   /* finished ones, newest first */
};

/* ---- player_gate.c: what is waited for ------------------------------------------------------ */
struct ecs_gate ecs_play_gate(const struct ecs_player *p);
/* The scenario block in force at `step` (the last one at or before it), as a spot; -1 if none. */
long ecs_play_scenario_spot(const struct ecs_player *p, size_t step);
/* The prediction that belongs to the scenario at `scenario`; -1 if none. */
long ecs_play_prediction_spot(const struct ecs_player *p, size_t scenario, size_t before);
const struct ecs_spot *ecs_play_spot(const struct ecs_player *p, const struct ecs_block *b);
bool ecs_play_asked(const struct ecs_block *b, const struct ecs_choice **choice, size_t *n);
int ecs_play_choice(const struct ecs_choice *choice, size_t n, const char *id);   /* -1 if none */

/* ---- player_keep.c: spots to and from the kept answers -------------------------------------- */
int ecs_play_lay_out(struct ecs_player *p);
void ecs_play_restore(struct ecs_player *p);
void ecs_play_keep(struct ecs_player *p, const struct ecs_spot *s);

/* ---- player.c: commands --------------------------------------------------------------------- */
/* Has `block`'s scenario running under `values`: a start, a change, or nothing. */
void ecs_play_run(struct ecs_player *p, const struct ecs_block *block,
                  const struct ecs_values *values);

/* ---- player_measure.c ----------------------------------------------------------------------- */
/* Begins the measurement of the expect block at `spot`, or of what the check of a task compares
 * with; it may be over at once. */
void ecs_play_measure(struct ecs_player *p, size_t spot);
void ecs_play_measure_feed(struct ecs_player *p, const struct ecs_snapshot *snap);
/* Whether a task's check needs figures that nobody has measured (a lesson taken up again). */
bool ecs_play_task_wants(const struct ecs_player *p, size_t spot);
/* Ends it without a verdict and gives the learner's values back. */
void ecs_play_measure_abort(struct ecs_player *p);
const struct ecs_side *ecs_play_measured(const struct ecs_player *p, const struct ecs_scenario *s,
                                         const struct ecs_values *values, unsigned *repeats);
size_t ecs_play_side_samples(const struct ecs_side *side, unsigned repeats, int metric,
                             double *out, size_t n);

/* ---- player_ab.c: windows under the two sides of `compare:`, all else as it is wanted ------- */
struct ecs_ab_sets { const struct ecs_store_set *a, *b; };
struct ecs_ab_sets ecs_play_ab_sets(const struct ecs_player *p);

/* ---- player_verdict.c ----------------------------------------------------------------------- */
/* From what was measured to a band and a sentence, into `s->kept`. */
void ecs_play_judge(struct ecs_player *p, struct ecs_spot *s);
void ecs_play_unknown(struct ecs_player *p, struct ecs_spot *s, const char *why);
const char *ecs_play_band_name(enum ecs_band b);
enum ecs_band ecs_play_band(const char *name);

/* ---- player_names.c: the world of an expression --------------------------------------------- */
/* `block`: the scenario whose parameters may be named bare; NULL: none. */
struct ecs_scope { const struct ecs_player *p; const struct ecs_block *block; };
struct ecs_environment ecs_play_environment(struct ecs_scope *scope);
long ecs_play_samples(void *scope, const char *name, const char *selector, double *out, size_t n);
/* A metric's name, "s1.rate.total": its scenario block and metric index; NULL if it is none. */
const struct ecs_block *ecs_play_metric(const struct ecs_player *p, const char *name, int *metric);
const struct ecs_block *ecs_play_param(const struct ecs_scope *scope, const char *name,
                                       int *param);
/* The values that a selector means. -EINVAL with a message. */
int ecs_play_select(const struct ecs_player *p, const struct ecs_block *block,
                    const char *selector,
                    struct ecs_values *out, struct ecs_error *e);

/* ---- player_text.c -------------------------------------------------------------------------- */
/* Fills {names} of `text` into `out`, cut at a whole character. */
void ecs_play_fill(const struct ecs_player *p, const char *text, const struct ecs_answer *verdict,
                   char *out, size_t size);

#endif
