/* A scenario in motion: workers, one sampler thread, a series of snapshots.
 *
 * All functions are for one controlling thread (the UI, a batch command, a test) unless they say
 * otherwise. Changes are asynchronous: they are posted to the sampler thread, which parks
 * workers when it must, applies them at a batch border and stamps the next snapshot. The
 * controlling thread never waits for a worker except in ecs_run_free(). */
#ifndef ECS_RUN_RUN_H
#define ECS_RUN_RUN_H

#include "run/series.h"
#include "run/snapshot.h"

struct ecs_run;

struct ecs_run_options {
    unsigned sample_hz;          /* 0: 20 */
    uint64_t settle_ns;          /* windows within this after a change carry SETTLING; 0: 250 ms */
    bool no_sampler;             /* observer-cost runs: nothing is read until the end */
    size_t capacity;             /* snapshots kept; 0: ECS_SERIES_CAPACITY */
    /* Called on the sampler thread after every append and when a post was carried out; must only
     * post (uv_async_send, eventfd). */
    void (*notify)(void *arg);
    void *notify_arg;
};

enum ecs_run_state { ECS_RUN_RUNNING, ECS_RUN_PAUSED, ECS_RUN_FAILED, ECS_RUN_ENDED };

/* Starts workers and sampler. Threads it makes have signals blocked (core/base/signals.h). What a
 * user should know although it runs is in the note (ecs_run_note): fewer CPUs than threads, no
 * permission for affinity, CPUs below the scenario's need, a CPU taken away, a change that was
 * refused. */
int ecs_run_start(const struct ecs_scenario *s, const struct ecs_values *values,
                  const struct ecs_run_options *options, struct ecs_run **out, struct ecs_error *e);
void ecs_run_free(struct ecs_run *run);           /* stops and joins; NULL is fine */
/* Stops and joins; everything can still be read. The state is ENDED, or stays FAILED. */
void ecs_run_end(struct ecs_run *run);

/* Posts a change of one parameter. -EINVAL with a message for a value that is out of range or
 * contradicts others; -EPERM for one that is not live; -ESHUTDOWN when the run is over. The values
 * that are in force are in the snapshots. */
int ecs_run_set(struct ecs_run *run, int param, int64_t value, struct ecs_error *e);
int ecs_run_set_values(struct ecs_run *run, const struct ecs_values *values, struct ecs_error *e);

/* Parks the workers: run time stands still, no snapshots, no wake-ups. */
void ecs_run_pause(struct ecs_run *run, bool paused);

/* PAUSED as soon as it is asked for; ecs_run_settled() tells when the workers stand. */
enum ecs_run_state ecs_run_state(const struct ecs_run *run);
/* All that was posted has been carried out (or refused: see the note). */
bool ecs_run_settled(const struct ecs_run *run);
/* Waits for that, for batch use. -ETIMEDOUT. */
int ecs_run_await(struct ecs_run *run, uint64_t timeout_ns);
/* The message of a FAILED run, or notes; empty text if there are none. Copied out. */
void ecs_run_error(const struct ecs_run *run, struct ecs_error *out);
/* 0, or for a FAILED run its code, with the message in `e` (may be NULL). */
int ecs_run_failure(const struct ecs_run *run, struct ecs_error *e);
void ecs_run_note(const struct ecs_run *run, struct ecs_error *out);
void ecs_run_picture(const struct ecs_run *run, struct ecs_picture *out);   /* the latest, copied */
const struct ecs_series *ecs_run_series(const struct ecs_run *run);
const struct ecs_scenario *ecs_run_scenario(const struct ecs_run *run);
void ecs_run_wanted(const struct ecs_run *run, struct ecs_values *out);     /* values posted last */
/* Totals of all counters over all workers since the start, exact once the run has ended or is
 * paused and settled. */
void ecs_run_totals(const struct ecs_run *run, uint64_t *counters);

/* For observer-cost runs and batch use: run for `ns`, with no sampler if the options say so;
 * returns operations (counter 0) per second over the whole span. */
int ecs_run_measure(const struct ecs_scenario *s, const struct ecs_values *values,
                    const struct ecs_run_options *options, uint64_t ns, double *rate,
                    struct ecs_error *e);

#endif
