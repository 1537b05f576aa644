/* A lesson made by hand, a scenario that never runs, and a machine that answers the player's
 * commands with windows: what the player's tests are made of. */
#ifndef ECS_TESTS_PLAYER_FIXTURE_H
#define ECS_TESTS_PLAYER_FIXTURE_H

#include <check.h>

#include "lesson/player.h"
#include "lesson/progress.h"

enum { P_STRIDE, P_PIN, P_VARIANT, P_PARAMS };
enum { M_RATE, M_COST, M_LOST, M_NEVER, M_METRICS };
extern const struct ecs_scenario counting; /* 2 CPUs; a rate, a cost, a count, one never there */
extern const struct ecs_scenario other;         /* the same tables, another scenario */

/* Steps: predict p1 | observe s1 | explain e1 q1 (number) q2 (choices) | transfer d1 e2 (count). */
struct ecs_lesson *lesson_new(void);
void lesson_free(struct ecs_lesson *l);
const struct ecs_block *block(const struct ecs_lesson *l, const char *name);

/* What the run would do. */
struct machine {
    bool running;
    const struct ecs_scenario *scenario;
    struct ecs_values values;
    unsigned starts, sets, stops, saves;
    unsigned settling;            /* windows left */
    bool changed;
    uint64_t seq, generation;
    uint64_t since_change;        /* windows, for counts */
    unsigned cold;                /* slow windows after a change; settling ones always are */
    unsigned dirty_of_8;          /* noise: so many of 8 windows are dirty */
    double gain;                  /* rate at stride 128 against stride 8; 0: 7.5 */
    double lost_per_window;       /* of the plain variant */
    uint64_t random;
    /* The last values of each kind of command. */
    struct ecs_values started, set;
};
uint64_t next_random(struct machine *m);
/* Carries out all commands. */
void obey(struct machine *m, struct ecs_player *p);
/* One window; false when nothing runs. */
bool window(struct machine *m, struct ecs_player *p);
void windows(struct machine *m, struct ecs_player *p, unsigned n);
/* Windows until it no longer waits for that; fails the test after many. */
void run_past(struct machine *m, struct ecs_player *p, enum ecs_wait w);

/* A player at its beginning, and shortcuts through the lesson. */
struct play {
    struct ecs_lesson *lesson;
    struct ecs_answers answers;
    struct ecs_player *player;
    struct machine m;
};
extern const struct ecs_calibration two_cpus;
void play_open(struct play *t);
void play_reopen(struct play *t);      /* the same answers, a new player */
void play_close(struct play *t);
int act(struct play *t, enum ecs_player_action a, int arg);
void to_observe(struct play *t);       /* p1 answered: up, fairly sure */
void to_explain(struct play *t);       /* toggled, seen */
void to_transfer(struct play *t);      /* measured, asked */

#endif
