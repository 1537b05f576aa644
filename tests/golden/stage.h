/* A lesson on a stage: the real lesson reader, player and series under made-up windows, with a
 * session that has no run, no clock and no terminal behind it. So each screen is the same every
 * time. */
#ifndef ECS_TESTS_GOLDEN_STAGE_H
#define ECS_TESTS_GOLDEN_STAGE_H

#include "lesson/session.h"
#include "tui/ui.h"

struct stage {
    struct ecs_ui ui;
    struct ecs_session *session;
    struct ecs_lessons lessons;
    struct ecs_shelf_row shelf[8];
    /* What windows are made of. */
    uint64_t seq, time_ns;
    uint32_t generation, random;
    struct ecs_values values;
    uint64_t change_ns;
    bool dirty;                        /* the next windows are noisy */
    double effect;                     /* 1 as usual, 0: the scenario shows none */
};

void stage_open(struct stage *st);
void stage_close(struct stage *st);
void stage_lesson(struct stage *st, const char *id);
void stage_replay(struct stage *st, const char *title);     /* of the windows made so far */
/* Feeds windows for so many seconds of run time, carrying out the player's commands. */
void stage_run(struct stage *st, double seconds);
void stage_gap(struct stage *st, double seconds);            /* windows without any figure */
void stage_act(struct stage *st, enum ecs_player_action a, int arg, double value);
void stage_fail(struct stage *st, const char *what, const char *mend);
void stage_message(struct stage *st, const char *what, const char *mend);
void stage_pause(struct stage *st, bool paused);
void stage_scrub(struct stage *st, double seconds_back);
/* Answers of a learner who has been here before, for the picker. */
struct ecs_answers *stage_answers(struct stage *st, size_t row);

#endif
