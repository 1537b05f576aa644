/* A lesson, its player and its run together; or a recording, or a bare scenario. What a screen
 * (or the plain mode, or a test) drives. Controlling thread only. */
#ifndef ECS_LESSON_SESSION_H
#define ECS_LESSON_SESSION_H

#include "lesson/parse.h"
#include "lesson/player.h"
#include "lesson/progress.h"
#include "run/replay.h"
#include "run/run.h"

struct ecs_session;

struct ecs_session_options {
    struct ecs_run_options run;      /* notify: a new snapshot is there */
    const char *traces;              /* folder of recorded fallbacks; NULL: none */
};

int ecs_session_lesson(const struct ecs_lesson *l, struct ecs_progress *progress,
                       const struct ecs_session_options *o, struct ecs_session **out,
                       struct ecs_error *e);
/* Takes over the trace. */
int ecs_session_replay(struct ecs_trace *trace, const struct ecs_session_options *o,
                       struct ecs_session **out);
void ecs_session_free(struct ecs_session *s);

/* Moves new snapshots to the player, carries out its commands, advances a replay. Returns ns until
 * it wants to be called again (UINT64_MAX: only when notified). */
uint64_t ecs_session_pump(struct ecs_session *s, uint64_t now_ns);
int ecs_session_act(struct ecs_session *s, enum ecs_player_action a, int arg, double value);
void ecs_session_pause(struct ecs_session *s, bool paused, uint64_t now_ns);
bool ecs_session_paused(const struct ecs_session *s);
/* Plays the recorded fallback of the current expect instead of the live run, and back. */
int ecs_session_fallback(struct ecs_session *s, bool recorded, struct ecs_error *e);

/* NULL where there is none. All for drawing; series and scenario are good until the next pump,
 * act or fallback, which may have started another run. */
const struct ecs_player *ecs_session_player(const struct ecs_session *s);
const struct ecs_scenario *ecs_session_scenario(const struct ecs_session *s);
const struct ecs_series *ecs_session_series(const struct ecs_session *s);
/* Not NULL: what is shown is RECORDED. */
const struct ecs_trace_head *ecs_session_recorded(const struct ecs_session *s);
bool ecs_session_picture(const struct ecs_session *s, uint64_t seq, struct ecs_picture *out);
/* The newest thing to tell the learner (a failed run, progress not kept, fewer CPUs), or empty
 * text. */
void ecs_session_message(const struct ecs_session *s, struct ecs_error *out);
bool ecs_session_over(const struct ecs_session *s);   /* replay at its end */

#endif
