/* Was a window disturbed? Arithmetic only: readings in, a judgement out.
 *
 * /proc/stat's steal alone sees nothing when the thief is a process of the same system; the time
 * that a worker was runnable and did not run (schedstat's run_delay, Documentation/scheduler/
 * sched-stats.rst) does. It also grows when our own workers share a CPU and is no loss then,
 * so it counts only as far as the CPU's time went to somebody else. */
#ifndef ECS_RUN_NOISE_H
#define ECS_RUN_NOISE_H

#include "run/snapshot.h"

/* Above these a window is dirty. */
#define ECS_NOISE_DELAY_LIMIT 0.02
#define ECS_NOISE_CANARY_LIMIT 0.05
#define ECS_NOISE_CANARY_WINDOWS 3      /* slow windows in a row: one alone is an interrupt */
#define ECS_NOISE_CANARY_FAR 0.25       /* as slow as this, two in a row are enough */
#define ECS_NOISE_FOREIGN_LIMIT 0.15

/* One worker over one window. */
struct ecs_worker_reading {
    int cpu;                  /* that it is pinned to, -1: none */
    uint64_t wall_ns;         /* between its two readings */
    uint64_t ran_ns;          /* CPU time used */
    uint64_t delay_ns;        /* runnable and waiting; not read when blind */
    bool slept;               /* gave up the CPU by itself; read only when blind */
};

struct ecs_noise_readings {
    bool blind;               /* no schedstat: waiting shows only as missing CPU time */
    unsigned allowed_cpus;    /* for the workers that are not pinned */
    unsigned workers;
    struct ecs_worker_reading worker[ECS_MAX_WORKERS];
    uint64_t steal_ns;        /* worst of our CPUs, since the last look */
    uint64_t steal_span_ns;   /* since that look */
    int steal_cpu;
    double canary;            /* slow-down against its best; 0: as fast as ever, or not known */
    uint64_t busy_ns;         /* all our CPUs together, over the last second or so */
    uint64_t own_ns;          /* of that, this process */
    uint64_t capacity_ns;     /* what our CPUs could have given; 0: not known yet */
};

/* What one window leaves to the next. Zero it at the start and after a change. */
struct ecs_noise_memory {
    /* Time lost by the CPU of worker i (the first one there) that no delay has explained yet: the
     * kernel books a delay when it ends, which may be in the next window. */
    uint64_t unexplained_ns[ECS_MAX_WORKERS];
    unsigned slow_canaries, far_canaries;   /* windows in a row */
};

struct ecs_noise ecs_noise_judge(const struct ecs_noise_readings *r, struct ecs_noise_memory *m);
bool ecs_noise_dirty(const struct ecs_noise *n);

#endif
