/* From slots to snapshots: one window after another. Sampler thread only. */
#ifndef ECS_RUN_WINDOW_H
#define ECS_RUN_WINDOW_H

#include "run/sampler.h"

int ecs_meter_init(struct ecs_meter *m, const struct ecs_run_options *o);
void ecs_meter_free(struct ecs_meter *m);
/* A new window begins now. */
void ecs_window_open(struct ecs_run *run, bool resumed);
/* Watches the workers in force, where they are pinned now. */
void ecs_window_watch(struct ecs_run *run);
/* Workers have entered new values (also at the start): counts since the change begin, the picture
 * is taken. A window must be opened next. `mark`: the next one is the first after a change. */
void ecs_window_change(struct ecs_run *run, bool mark);
/* Ends the window in progress: a snapshot, noise judged, reader notified. A window shorter than a
 * quarter of the period says too little and is dropped. */
void ecs_window_close(struct ecs_run *run);

#endif
