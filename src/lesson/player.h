/* The player: a lesson in motion, as a state machine with no screen, no clock and no run in it.
 * It is fed actions and snapshots; it says what may be shown and what the run should do next.
 *
 * Rules (R1-R12 of the pedagogy; README, "How to write a lesson"): nothing is charted until a
 * prediction and a confidence are stored (or skipped, which is recorded); the guess is shown beside
 * the result; after the first toggle it asks what was seen before it explains; each wrong choice
 * shows its refutation; hints come one at a time. */
#ifndef ECS_LESSON_PLAYER_H
#define ECS_LESSON_PLAYER_H

#include "lesson/lesson.h"
#include "run/snapshot.h"
#include "run/statistics.h"

struct ecs_player;

/* What the current step waits for. */
enum ecs_wait {
    ECS_WAIT_NOTHING,        /* `next` goes on */
    ECS_WAIT_CHOICE,         /* a prediction or an `ask` with choices */
    ECS_WAIT_CONFIDENCE,     /* 1 guess, 2 fairly sure, 3 certain */
    ECS_WAIT_TOGGLE,         /* observe: press one of the toggles */
    ECS_WAIT_SEEN,           /* "what did you see?" (the choices of the prediction) */
    ECS_WAIT_MEASURE,        /* interleaved measurement is running; see progress */
    ECS_WAIT_NUMBER,         /* an `ask` for a number */
    ECS_WAIT_TASK            /* a `do` whose check does not hold yet */
};

enum ecs_player_action {
    ECS_ACT_CHOOSE,      /* arg: index of the choice */
    ECS_ACT_CONFIDENCE,  /* arg: 1…3 */
    ECS_ACT_NUMBER,      /* value: the number */
    ECS_ACT_SKIP,        /* the prediction, question, task or measurement; recorded as skipped */
    ECS_ACT_HINT,
    ECS_ACT_REVEAL,      /* shows a task's solution; recorded */
    ECS_ACT_TOGGLE,      /* arg: index into the scenario block's toggles: its next value */
    ECS_ACT_NEXT,
    ECS_ACT_BACK,
    ECS_ACT_AGAIN        /* measures the step's last expect once more */
};

/* What the player wants the session to do; taken one at a time. */
enum ecs_command_kind { ECS_COMMAND_NONE, ECS_COMMAND_START /* block's scenario and values */,
                        ECS_COMMAND_SET /* values */, ECS_COMMAND_STOP,
                        ECS_COMMAND_SAVE /* progress changed */ };
struct ecs_command {
    enum ecs_command_kind kind;
    const struct ecs_scenario_block *scenario;
    struct ecs_values values;
};

/* Facts of the machine for {calib.x} and expressions: line_bytes, cpus, cores, nodes, l1d_bytes,
 * l2_bytes, l3_bytes; NAN for unknown. */
struct ecs_calibration { double line_bytes, cpus, cores, nodes, l1d_bytes, l2_bytes, l3_bytes; };

struct ecs_answers;   /* progress.h: what is kept of one lesson */

/* `lesson` and `answers` must outlive the player, `calib` (NULL: all unknown) is copied. `answers`
 * is where the lesson is taken up again and what ECS_COMMAND_SAVE means; the player writes it. */
int ecs_player_new(const struct ecs_lesson *lesson, const struct ecs_calibration *calib,
                   struct ecs_answers *answers, struct ecs_player **out);
/* The facts of the machine, once they are known. */
void ecs_player_calibrate(struct ecs_player *p, const struct ecs_calibration *calib);
void ecs_player_free(struct ecs_player *p);

/* 0, or -EAGAIN when the step does not wait for that, -EINVAL for an argument out of range. */
int ecs_player_act(struct ecs_player *p, enum ecs_player_action action, int arg, double value);
void ecs_player_feed(struct ecs_player *p, const struct ecs_snapshot *snap);
/* The run could not start or failed: the step goes on without it and says why. */
void ecs_player_run_failed(struct ecs_player *p, const struct ecs_error *e);
/* False: nothing more to do. */
bool ecs_player_command(struct ecs_player *p, struct ecs_command *out);

/* ---- what may be shown (all pure, for views) ---------------------------------------------- */
const struct ecs_lesson *ecs_player_lesson(const struct ecs_player *p);
size_t ecs_player_step(const struct ecs_player *p);         /* 0-based; == lesson->n: the recap */
enum ecs_wait ecs_player_wait(const struct ecs_player *p);
/* The block it waits on, or NULL. For ECS_WAIT_SEEN: the predict block, whose choices are asked
 * again. For ECS_WAIT_MEASURE: an expect, or a task whose check needs figures first. */
const struct ecs_block *ecs_player_current(const struct ecs_player *p);
/* During ECS_WAIT_TOGGLE: a toggle was pressed, windows are gathered before it asks what was
 * seen. */
bool ecs_player_watching(const struct ecs_player *p);
/* Why the scenario in force does not run, or NULL. */
const char *ecs_player_failure(const struct ecs_player *p);
/* The scenario block in force (the last one at or before this step), or NULL. */
const struct ecs_block *ecs_player_scenario(const struct ecs_player *p);
bool ecs_player_chart_open(const struct ecs_player *p);          /* R1 */
/* Blocks of the current step that are visible by now: the first `n` of step->block. */
size_t ecs_player_visible(const struct ecs_player *p);
/* Where each block stands: answered index (-1 not yet, -2 skipped), confidence 0…3, right?, hints
 * shown. choice and number are the latest answer; `right` is what the first one was. */
struct ecs_standing {
    int choice, seen, confidence;
    bool right, skipped, revealed;
    unsigned hints;
    double number;
};
struct ecs_standing ecs_player_standing(const struct ecs_player *p, const struct ecs_block *b);
const char *ecs_player_caption(const struct ecs_player *p); /* of the values in force, or NULL */
const struct ecs_values *ecs_player_values(const struct ecs_player *p);   /* wanted */
/* The prediction that belongs to the scenario in force, with its standing; NULL if none. */
const struct ecs_block *ecs_player_prediction(const struct ecs_player *p);

/* A against B of the scenario block in force, from clean windows seen so far (or from the
 * measurement, once there is one: `measured_pairs` > 0). metric indexes as in the scenario. */
struct ecs_ab {
    bool have_a, have_b;
    struct ecs_estimate a, b;
    struct ecs_ratio ratio;
    unsigned measured_pairs;
};
/* The values that A and B stand for: what `compare:` names, all else as the learner has it, or as
 * `run:` has it in Explain and where only that was measured. False: nothing is compared. */
bool ecs_player_pair(const struct ecs_player *p, struct ecs_values *a, struct ecs_values *b);
struct ecs_ab ecs_player_ab(const struct ecs_player *p, int metric);
/* Progress of ECS_WAIT_MEASURE: done and wanted sides, dirty ones repeated so far. */
void ecs_player_progress(const struct ecs_player *p, unsigned *done, unsigned *wanted,
                         unsigned *dirty);
/* The verdict of an expect block: band, value with interval, the sentence with its {names} filled
 * in. UNKNOWN with an empty sentence: not measured yet. */
struct ecs_outcome { enum ecs_band band; double value, low, high; char say[512]; };
struct ecs_outcome ecs_player_outcome(const struct ecs_player *p, const struct ecs_block *expect);

/* The score of the whole lesson, for the recap. `foreseen`: right predictions; `right`: questions
 * right at the first answer; `solved`: tasks done without the solution shown; `certain_wrong`:
 * wrong predictions that were held to be certain, the misconceptions worth telling. */
struct ecs_recap { unsigned predictions, foreseen, certain_wrong, questions, right, tasks, solved,
                   verdicts, confirmed, skipped, hints; };
struct ecs_recap ecs_player_recap(const struct ecs_player *p);

#endif
