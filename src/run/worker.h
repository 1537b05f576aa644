/* The crew of a run: threads that do quanta, one padded slot of counters each.
 *
 * One thread (the sampler; before it exists, the thread that starts the run) gives orders; the
 * workers see one number change at a batch border and then take a lock to read what is wanted.
 * Parked workers wait on a condition variable and cost nothing. Used by the run only. */
#ifndef ECS_RUN_WORKER_H
#define ECS_RUN_WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>
#include <time.h>

#include "core/base/cacheline.h"
#include "run/scenario.h"

enum ecs_crew_mode {
    ECS_CREW_WORK,
    ECS_CREW_PARK,      /* stand still where you are: a pause */
    ECS_CREW_VACATE,    /* leave() and stand still: the shared state is about to be reshaped */
    ECS_CREW_END        /* leave() and end */
};

/* What workers should be doing. */
struct ecs_orders {
    enum ecs_crew_mode mode;
    uint32_t generation;             /* a worker enters anew when this changes */
    unsigned workers;
    struct ecs_values values;
    int cpu[ECS_MAX_WORKERS];        /* OS id to be pinned to, -1: not pinned */
};

/* What a worker publishes: relaxed stores, one writer. The counters only grow, also when a later
 * thread takes the same place. */
struct ecs_slot {
    ECS_ALIGNED_PAD _Atomic uint64_t count[ECS_MAX_COUNTERS];
    _Atomic int cpu;                 /* where it last ran, -1 unknown */
};

struct ecs_crew;

/* What the crew knows of one worker. Guarded by the crew's lock unless it says otherwise. */
struct ecs_hand {
    struct ecs_crew *crew;
    unsigned index;
    pthread_t thread;                /* order giver only */
    bool alive;                      /* order giver only: created and not yet joined */
    bool dismissed, gone;
    uint32_t since;                  /* begins with this generation */
    uint64_t obeyed;                 /* number of the last order carried out */
    pid_t tid;                       /* 0 until the thread runs */
    int bound;                       /* CPU that it is pinned to, -1 none */
    int bind_error;                  /* negative errno of the last pinning */
    uint64_t base[ECS_MAX_COUNTERS]; /* counters when it entered this generation */
};

struct ecs_crew {
    const struct ecs_scenario *scenario;
    void *shared;
    size_t n_counters;
    void (*on_failure)(void *arg);   /* called on the failing worker's thread, without the lock */
    void *arg;

    pthread_mutex_t lock;
    pthread_cond_t ordered, obeyed;
    struct ecs_orders orders;
    bool failed;
    int failed_code;
    char failed_why[192];
    struct ecs_hand hand[ECS_MAX_WORKERS];

    /* All that a working worker reads; written only by an order. */
    ECS_ALIGNED_PAD _Atomic uint64_t number;
    struct ecs_slot slot[ECS_MAX_WORKERS];
};

/* `first`: the first orders; workers are made by ecs_crew_hire(). */
void ecs_crew_init(struct ecs_crew *c, const struct ecs_scenario *s, void *shared,
                   const struct ecs_orders *first);
void ecs_crew_destroy(struct ecs_crew *c);   /* all workers must have ended */

/* Makes workers up to `n`, to begin with generation `since`. The calling thread must have all
 * signals blocked: the new ones inherit that. On failure those just made are gone again. */
int ecs_crew_hire(struct ecs_crew *c, unsigned n, uint32_t since, struct ecs_error *e);
/* Ends and joins the workers from `first` on, whatever the orders say. */
void ecs_crew_dismiss(struct ecs_crew *c, unsigned first);
/* Gives orders and waits until every worker has carried them out; those beyond `o->workers`, and
 * all with ECS_CREW_END, are gone and joined afterwards. */
void ecs_crew_order(struct ecs_crew *c, const struct ecs_orders *o);
/* Waits until the orders in force are carried out (after the first hire). */
void ecs_crew_wait(struct ecs_crew *c);
/* True if a worker has failed; copies why. */
bool ecs_crew_failed(struct ecs_crew *c, struct ecs_error *out);
/* Relaxed sums of all slots; any thread. */
void ecs_crew_totals(const struct ecs_crew *c, uint64_t *counters);

#endif
