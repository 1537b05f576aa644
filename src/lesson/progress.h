/* What a learner did, kept: one text file a lesson in $XDG_STATE_HOME/ecscope (or
 * ~/.local/state/ecscope), written to a temporary name and renamed. When nothing can be kept
 * (read-only or missing home) the store works in memory and says why. */
#ifndef ECS_LESSON_PROGRESS_H
#define ECS_LESSON_PROGRESS_H

#include <time.h>

#include "lesson/lesson.h"

#define ECS_MAX_ANSWERS 32

struct ecs_answer {
    char block[32];
    char choice[32];          /* id of the choice, "skip", or empty */
    char seen[32];            /* what was seen, same ids */
    int confidence;           /* 1…3, 0 not asked */
    unsigned hints;
    bool right, done, revealed;
    bool skipped;             /* gone on without it, before or after a wrong answer */
    double number;            /* numeric answers, NAN if none */
    double value;             /* an expect's measured value, NAN if none */
    double low, high;         /* its interval, NAN if none */
    char band[16];            /* pass weak else noisy unknown */
    char say[512];            /* what was said about it then */
    char toggles[96];         /* toggles tried, for a scenario block */
};
struct ecs_answers {
    char lesson[64];
    size_t step, steps;       /* how far: step == steps is finished */
    bool finished;
    time_t when;
    struct ecs_answer v[ECS_MAX_ANSWERS];
    size_t n;
};
/* The answer of a block; `make`: an empty one is added if there is none. NULL if there is none, or
 * no room. */
struct ecs_answer *ecs_answer_get(struct ecs_answers *a, const char *block, bool make);

struct ecs_progress;
/* `folder` NULL: the XDG one. Never fails for want of a place: see ecs_progress_why(). */
int ecs_progress_open(const char *folder, struct ecs_progress **out);
void ecs_progress_free(struct ecs_progress *p);
const char *ecs_progress_why(const struct ecs_progress *p);   /* NULL: it is kept; else why not */
const char *ecs_progress_folder(const struct ecs_progress *p);
/* Loads (a missing file gives empty answers; a damaged one is set aside as NAME.damaged and said in
 * `e`, result 0). */
int ecs_progress_load(struct ecs_progress *p, const char *lesson, struct ecs_answers *out,
                      struct ecs_error *e);
int ecs_progress_save(struct ecs_progress *p, const struct ecs_answers *a, struct ecs_error *e);
int ecs_progress_reset(struct ecs_progress *p, const char *lesson);

#endif
