/* One window of a run as an immutable value: all that a screen, a JSON line or a trace needs.
 * Live, replayed and tested screens differ only in who made the snapshot. */
#ifndef ECS_RUN_SNAPSHOT_H
#define ECS_RUN_SNAPSHOT_H

#include <stdint.h>

#include "run/scenario.h"

/* Why a window must not count. Bits of ecs_snapshot.flags. */
enum {
    ECS_SNAP_DIRTY = 1,      /* noise: something else used our CPUs (see noise) */
    ECS_SNAP_SETTLING = 2,   /* within the settling time after a change or a resume */
    ECS_SNAP_CHANGED = 4     /* first window after a change: draw the mark here */
};

/* What the noise detector saw in this window. Shares are 0…1 of the window. */
struct ecs_noise {
    float delay;      /* worst CPU: share that runnable workers waited for somebody else */
    float steal;      /* worst CPU: share the hypervisor took (/proc/stat) */
    float canary;     /* slow-down of a fixed ALU chain against its best: 0.05 is 5 % */
    float foreign;    /* share of all our CPUs that other processes used, over the last second */
    int16_t cpu;      /* the worst CPU, -1 if unknown */
    uint16_t why;     /* bits of enum ecs_noise_why */
};
enum ecs_noise_why { ECS_NOISE_DELAY = 1, ECS_NOISE_STEAL = 2, ECS_NOISE_CANARY = 4, ECS_NOISE_FOREIGN = 8,
                     ECS_NOISE_BLIND = 16 /* the kernel tells us nothing: no schedstat */ };

struct ecs_snapshot {
    uint64_t seq;              /* 0, 1, 2 … in one run */
    uint64_t time_ns;          /* end of the window in run time (paused time does not count) */
    uint64_t window_ns;
    uint32_t generation;       /* counts changes of parameters */
    uint32_t flags;
    uint32_t workers;          /* running */
    struct ecs_noise noise;
    struct ecs_values values;
    double metric[ECS_MAX_METRICS];           /* NAN: not available in this window */
    float worker_rate[ECS_MAX_WORKERS];       /* counter 0 per second, each worker */
    int16_t worker_cpu[ECS_MAX_WORKERS];      /* where it last ran, -1 unknown */
};

/* All zero, metrics NAN, CPUs unknown. */
void ecs_snapshot_clear(struct ecs_snapshot *s);
/* True if a window may enter a median: neither dirty nor settling. */
bool ecs_snapshot_counts(const struct ecs_snapshot *s);

#endif
