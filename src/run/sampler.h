/* Inside of a run, shared by run.c (the controlling thread's side) and sampler.c (the sampler
 * thread: closes windows, carries out what was posted, ends the workers). */
#ifndef ECS_RUN_SAMPLER_H
#define ECS_RUN_SAMPLER_H

#include "core/base/clock.h"
#include "run/noise_reader.h"
#include "run/run.h"
#include "run/worker.h"

/* Sampler thread only. */
struct ecs_meter {
    uint64_t period_ns, settle_ns;
    uint64_t start_ns, paused_ns;        /* run time is now - start - paused */
    uint64_t stood_ns;                   /* when the pause in progress began, 0: none */
    uint64_t window_ns;                  /* when the window in progress began; monotonic time */
    uint64_t change_ns, unsettled_ns;    /* last change; last change or resume */
    uint64_t change_paused_ns;           /* paused_ns at the last change */
    uint64_t picture_ns, check_ns;       /* last picture; last look at the pinning */
    bool changed;                        /* the next window is the first after a change */
    uint64_t seq;
    uint64_t before[ECS_MAX_WORKERS][ECS_MAX_COUNTERS];
    uint64_t base[ECS_MAX_WORKERS][ECS_MAX_COUNTERS];
    uint64_t now[ECS_MAX_WORKERS][ECS_MAX_COUNTERS];
    int runs_on[ECS_MAX_WORKERS];
    struct ecs_delta delta[ECS_MAX_WORKERS], since[ECS_MAX_WORKERS];
    struct ecs_noise_reader reader;
    struct ecs_noise_readings readings;
    struct ecs_noise_memory memory;
    struct ecs_snapshot snap;
    struct ecs_picture picture;
};

/* What a user should know although it runs; joined into one note. Sampler thread only, after
 * start. */
struct ecs_notes {
    struct ecs_error place, bind, taken, refused;
    bool crowded, few_cpus;
    unsigned allowed;
};

struct ecs_run {
    const struct ecs_scenario *scenario;
    struct ecs_run_options options;
    void *shared;
    struct ecs_series *series;
    int threads_param, pin_param;        /* -1: the scenario has none */
    struct ecs_crew crew;
    pthread_t sampler;
    bool joined;                         /* controlling thread only */

    pthread_mutex_t lock;                /* guards what follows, down to the picture */
    pthread_cond_t posted, applied;      /* on CLOCK_MONOTONIC */
    struct ecs_values wanted;
    bool want_pause, want_end, worker_failed;
    uint64_t posts, done;                /* posted; carried out */
    enum ecs_run_state state;            /* RUNNING until it is over */
    struct ecs_error error, note;
    struct ecs_picture picture;

    struct ecs_orders orders;            /* in force; sampler thread only, after start */
    struct ecs_notes notes;
    struct ecs_meter meter;
};

void *ecs_sampler_main(void *run);

/* How many workers these values ask for, and on which CPUs (`orders->cpu`); fills run->notes. */
unsigned ecs_run_workers(const struct ecs_run *run, const struct ecs_values *values);
void ecs_run_place(struct ecs_run *run, struct ecs_orders *orders);
/* Joins run->notes into run->note. */
void ecs_run_tell(struct ecs_run *run);

#endif
