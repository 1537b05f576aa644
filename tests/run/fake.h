/* A scenario for tests of the run: it checks what the run promises a scenario, counts by the value
 * in force, and fails when told to. */
#ifndef ECS_TESTS_FAKE_H
#define ECS_TESTS_FAKE_H

#include <pthread.h>
#include <stdatomic.h>

#include "run/run.h"

enum { FAKE_THREADS, FAKE_PIN, FAKE_GAIN, FAKE_SIZE, FAKE_SEED, FAKE_PARAMS };
enum { FAKE_GAINS = 8 };

/* Metrics: operations per second by counter 0; operations that belong to another gain than the one
 * in force, in this window and since the change (always 0); the seed; never available. */
enum { FAKE_RATE, FAKE_STRAY, FAKE_STRAY_SINCE, FAKE_SEED_METRIC, FAKE_NEVER, FAKE_METRICS };

struct fake_control {
    _Atomic int fail_enter, fail_quantum, fail_reshape, fail_start;   /* armed if not 0 */
    _Atomic int inside;           /* workers between enter and leave */
    _Atomic int broken;           /* promises that were broken */
    _Atomic int starts, stops, reshapes, enters, leaves;
    _Atomic int gains[512];       /* in force at each enter of worker 0 */
    _Atomic int n_gains;
    _Atomic int block;            /* workers sleep in their quantum */
};
extern struct fake_control fake_control;
extern const struct ecs_scenario fake_scenario;

void fake_reset(void);

/* A way to wait for the run without polling a clock. */
struct bell { pthread_mutex_t lock; pthread_cond_t cond; unsigned rung; };
void bell_init(struct bell *b);
void bell_ring(void *bell);       /* for ecs_run_options.notify */
/* Waits until the series holds `end` snapshots or more; fails the test after a minute. */
void wait_windows(struct bell *b, const struct ecs_run *run, uint64_t end);
void wait_state(struct bell *b, const struct ecs_run *run, enum ecs_run_state state);
uint64_t windows(const struct ecs_run *run);
struct ecs_values fake_values(int threads);

#endif
