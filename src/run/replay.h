/* A trace played back into a series at the speed it was recorded, on the caller's clock: no
 * thread, no sleep. The caller asks how long until the next snapshot and arms its own timer. */
#ifndef ECS_RUN_REPLAY_H
#define ECS_RUN_REPLAY_H

#include "run/trace_file.h"

struct ecs_replay;

/* Takes over `trace`. `loop`: begin again at its end (the series is cleared). */
int ecs_replay_new(struct ecs_trace *trace, bool loop, struct ecs_replay **out);
void ecs_replay_free(struct ecs_replay *r);
/* Appends all that was due up to `now_ns` (monotonic). Returns ns until the next one, or
 * UINT64_MAX when it is paused or over. The first call starts the clock. */
uint64_t ecs_replay_advance(struct ecs_replay *r, uint64_t now_ns);
void ecs_replay_pause(struct ecs_replay *r, bool paused, uint64_t now_ns);
/* Everything at once (batch output, tests). */
void ecs_replay_all(struct ecs_replay *r);
bool ecs_replay_over(const struct ecs_replay *r);
bool ecs_replay_paused(const struct ecs_replay *r);
const struct ecs_series *ecs_replay_series(const struct ecs_replay *r);
const struct ecs_trace *ecs_replay_trace(const struct ecs_replay *r);
/* The last picture recorded at or before `seq`; false if there is none. */
bool ecs_replay_picture(const struct ecs_replay *r, uint64_t seq, struct ecs_picture *out);

#endif
