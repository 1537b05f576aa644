#include "run/snapshot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "run/compare.h"

void ecs_snapshot_clear(struct ecs_snapshot *s) {
    memset(s, 0, sizeof *s);
    s->noise.cpu = -1;
    for (size_t i = 0; i < ECS_MAX_METRICS; i++)
        s->metric[i] = NAN;
    for (size_t i = 0; i < ECS_MAX_WORKERS; i++)
        s->worker_cpu[i] = -1;
}

bool ecs_snapshot_counts(const struct ecs_snapshot *s) {
    return !(s->flags & (ECS_SNAP_DIRTY | ECS_SNAP_SETTLING));
}

static int percent(float share) {
    int p = (int)lrintf(share * 100);
    return p < 1 ? 1 : p;
}

char *ecs_noise_text(const struct ecs_noise *n, char *out, size_t size) {
    if ((n->why & ECS_NOISE_DELAY) && n->cpu >= 0)
        snprintf(out, size, "another process used %d %% of CPU %d", percent(n->delay), n->cpu);
    else if (n->why & ECS_NOISE_DELAY)
        snprintf(out, size, "a worker waited %d %% of the time for a CPU that something else used",
                 percent(n->delay));
    else if ((n->why & ECS_NOISE_STEAL) && n->cpu >= 0)
        snprintf(out, size, "the hypervisor took %d %% of CPU %d", percent(n->steal), n->cpu);
    else if (n->why & ECS_NOISE_STEAL)
        snprintf(out, size, "the hypervisor took %d %% of a CPU", percent(n->steal));
    else if (n->why & ECS_NOISE_FOREIGN)
        snprintf(out, size, "other processes used %d %% of our CPUs", percent(n->foreign));
    else if (n->why & ECS_NOISE_CANARY)
        snprintf(out, size, "the CPU ran %d %% slower than at its best", percent(n->canary));
    else if (n->why & ECS_NOISE_BLIND)
        snprintf(out, size, "this kernel does not say how long a thread waits for a CPU");
    else
        snprintf(out, size, "no noise seen");
    return out;
}
