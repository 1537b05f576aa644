/* Starting a scenario, changing it and waiting for what it says. */
#ifndef ECS_TEST_SCENARIOS_DRIVE_H
#define ECS_TEST_SCENARIOS_DRIVE_H

#include <check.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "run/run.h"
#include "scenarios/scenarios.h"

/* Rung by the sampler after each window. */
struct bell { pthread_mutex_t lock; pthread_cond_t cond; unsigned long rung; };

static inline void ring(void *arg)
{
    struct bell *bell = arg;
    pthread_mutex_lock(&bell->lock);
    bell->rung++;
    pthread_cond_broadcast(&bell->cond);
    pthread_mutex_unlock(&bell->lock);
}

struct drive {
    const struct ecs_scenario *s;
    struct ecs_run *run;
    struct bell bell;
    uint64_t seen;             /* windows up to here have been looked at */
};

static inline void drive_start(struct drive *d, const struct ecs_scenario *s,
                               const struct ecs_values *values)
{
    struct ecs_error e = {0};
    *d = (struct drive){ .s = s, .bell = { .lock = PTHREAD_MUTEX_INITIALIZER,
                                           .cond = PTHREAD_COND_INITIALIZER } };
    struct ecs_run_options options = { .sample_hz = 100, .settle_ns = 1000000,
                                       .notify = ring, .notify_arg = &d->bell };
    int rc = ecs_run_start(s, values, &options, &d->run, &e);
    ck_assert_msg(rc == 0, "%s: %s", s->name, e.what);
}

static inline void drive_stop(struct drive *d)
{
    ecs_run_free(d->run);
}

/* The next window; the test fails after a minute without one. */
static inline struct ecs_snapshot drive_next(struct drive *d)
{
    struct ecs_snapshot snap;
    struct timespec until;
    struct ecs_error e = {0};
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 60;
    for (;;) {
        uint64_t first, end;
        pthread_mutex_lock(&d->bell.lock);
        unsigned long rung = d->bell.rung;
        pthread_mutex_unlock(&d->bell.lock);
        ecs_series_range(ecs_run_series(d->run), &first, &end);
        if (end > d->seen && ecs_series_get(ecs_run_series(d->run), end - 1, &snap)) {
            d->seen = end;
            return snap;
        }
        ecs_run_error(d->run, &e);
        ck_assert_msg(ecs_run_state(d->run) != ECS_RUN_FAILED, "%s: %s", d->s->name, e.what);
        pthread_mutex_lock(&d->bell.lock);
        int rc = 0;
        while (d->bell.rung == rung && rc == 0)
            rc = pthread_cond_timedwait(&d->bell.cond, &d->bell.lock, &until);
        pthread_mutex_unlock(&d->bell.lock);
        ck_assert_msg(rc == 0, "%s: no window for a minute", d->s->name);
    }
}

static inline bool same_values(const struct ecs_scenario *s, const struct ecs_values *a,
                               const struct ecs_values *b)
{
    for (size_t i = 0; i < s->n_params; i++)
        if (a->v[i] != b->v[i])
            return false;
    return true;
}

/* The next window with these values in force in which work was done. */
static inline struct ecs_snapshot drive_until(struct drive *d, const struct ecs_values *values)
{
    int rate = ecs_metric_index(d->s, "rate.total");
    for (;;) {
        struct ecs_snapshot snap = drive_next(d);
        if (same_values(d->s, &snap.values, values) && snap.metric[rate] > 0)
            return snap;
    }
}

static inline void drive_change(struct drive *d, const struct ecs_values *values)
{
    struct ecs_error e = {0};
    int rc = ecs_run_set_values(d->run, values, &e);
    ck_assert_msg(rc == 0, "%s: %s", d->s->name, e.what);
}

static inline int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
