/* A run driven for a while by the calling thread: every window is handed on once, as it comes. */
#ifndef ECS_CLI_DRIVE_H
#define ECS_CLI_DRIVE_H

#include "run/run.h"

struct ecs_drive {
    uint64_t ns;                 /* how long */
    /* A window; a negative answer ends the run with `e`. */
    int (*window)(void *arg, struct ecs_run *run, const struct ecs_snapshot *snap,
                  struct ecs_error *e);
    /* About every 100 ms, with the time since the start; may be NULL. */
    int (*tick)(void *arg, struct ecs_run *run, uint64_t elapsed_ns, struct ecs_error *e);
    void *arg;
};

/* Starts the run, says its notes on standard error and in `note`, drives it and ends it. An
 * interrupt ends it early: that is no failure. */
int ecs_drive(const struct ecs_scenario *s, const struct ecs_values *values,
              const struct ecs_drive *drive, struct ecs_error *note, struct ecs_error *e);

#endif
