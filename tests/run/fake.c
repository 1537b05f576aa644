#include "fake.h"

#include <check.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct fake_control fake_control;

struct shared { int64_t size; int64_t seed; };

static void promise(bool kept) {
    if (!kept)
        atomic_fetch_add(&fake_control.broken, 1);
}

static int check(const struct ecs_values *v, struct ecs_error *e) {
    if (v->v[FAKE_GAIN] == 7 && v->v[FAKE_SIZE] == 64)
        return ecs_fail(e, -EINVAL, "gain=7 and size=64 contradict each other");
    return 0;
}

static int start(const struct ecs_values *v, void **shared, struct ecs_error *e) {
    if (atomic_load(&fake_control.fail_start))
        return ecs_fail(e, -ENOMEM, "the fake has no memory");
    struct shared *s = malloc(sizeof *s);
    s->size = v->v[FAKE_SIZE];
    s->seed = v->v[FAKE_SEED];
    *shared = s;
    atomic_fetch_add(&fake_control.starts, 1);
    return 0;
}

static int reshape(void *shared, const struct ecs_values *v, struct ecs_error *e) {
    struct shared *s = shared;
    promise(atomic_load(&fake_control.inside) == 0);
    atomic_fetch_add(&fake_control.reshapes, 1);
    if (atomic_load(&fake_control.fail_reshape))
        return ecs_fail(e, -ENOMEM, "size=%lld is too much", (long long)v->v[FAKE_SIZE]);
    s->size = v->v[FAKE_SIZE];
    return 0;
}

static int enter(struct ecs_worker *w) {
    promise(w->local == NULL);
    promise(w->index < w->workers);
    promise(w->workers == (unsigned)w->values->v[FAKE_THREADS]);
    if (atomic_load(&fake_control.fail_enter) && w->index == w->workers - 1) {
        w->failed = "it could not enter";
        return -EIO;
    }
    w->local = w;
    atomic_fetch_add(&fake_control.inside, 1);
    atomic_fetch_add(&fake_control.enters, 1);
    if (w->index == 0)
        atomic_store(&fake_control.gains[atomic_fetch_add(&fake_control.n_gains, 1) % 512],
                     (int)w->values->v[FAKE_GAIN]);
    return 0;
}

static void leave(struct ecs_worker *w) {
    promise(w->local == w);
    w->local = NULL;
    atomic_fetch_sub(&fake_control.inside, 1);
    atomic_fetch_add(&fake_control.leaves, 1);
}

static void quantum(struct ecs_worker *w) {
    const struct shared *s = w->shared;
    volatile int64_t sum = 0;
    promise(w->local == w);
    promise(s->size == w->values->v[FAKE_SIZE]);
    for (int i = 0; i < 2000; i++)
        sum += i;
    if (atomic_load_explicit(&fake_control.block, memory_order_relaxed)) {
        struct timespec t = { 0, 1000000 };
        nanosleep(&t, NULL);
    }
    w->count[0] += 2000;
    w->count[1 + w->values->v[FAKE_GAIN]] += 2000;
    if (atomic_load_explicit(&fake_control.fail_quantum, memory_order_relaxed))
        w->failed = "it was told to";
}

static void stop(void *shared) {
    promise(atomic_load(&fake_control.inside) == 0);
    atomic_fetch_add(&fake_control.stops, 1);
    free(shared);
}

static double stray(const struct ecs_window *w, const struct ecs_delta *d) {
    uint64_t n = 0;
    for (unsigned i = 0; i < w->workers; i++)
        for (int gain = 0; gain < FAKE_GAINS; gain++)
            if (gain != w->values->v[FAKE_GAIN])
                n += d[i].c[1 + gain];
    return (double)n;
}

static void derive(const struct ecs_window *w, double *metric) {
    uint64_t n = 0;
    for (unsigned i = 0; i < w->workers; i++)
        n += w->delta[i].c[0];
    metric[FAKE_RATE] = (double)n * (double)(1 + w->values->v[FAKE_GAIN]) * 1e9 /
                        (double)w->window_ns;
    metric[FAKE_STRAY] = stray(w, w->delta);
    metric[FAKE_STRAY_SINCE] = stray(w, w->since_change);
    metric[FAKE_SEED_METRIC] = (double)w->values->v[FAKE_SEED];
    metric[FAKE_NEVER] = NAN;
}

static void describe(void *shared, const struct ecs_window *w, struct ecs_picture *out) {
    (void)shared;
    out->value[0] = (uint64_t)w->values->v[FAKE_GAIN];
    out->value[1] = w->workers;
}

static const char *why(const struct ecs_values *v, int metric) {
    (void)v;
    return metric == FAKE_NEVER ? "the fake never knows this" : NULL;
}

static const struct ecs_param params[] = {
    [FAKE_THREADS] = { .name = "threads", .kind = ECS_PARAM_INT, .def = 2, .min = 1, .max = 16,
                       .live = true },
    [FAKE_PIN] = { .name = "pin", .kind = ECS_PARAM_CHOICE, .choices = ecs_pin_choices,
                   .live = true },
    [FAKE_GAIN] = { .name = "gain", .kind = ECS_PARAM_INT, .max = FAKE_GAINS - 1, .live = true },
    [FAKE_SIZE] = { .name = "size", .kind = ECS_PARAM_BYTES, .def = 1024, .min = 64, .max = 4096,
                    .live = true, .rebuild = true, .multiple = 64 },
    [FAKE_SEED] = { .name = "seed", .kind = ECS_PARAM_INT, .def = 1, .max = 100 },
};
static const struct ecs_metric metrics[] = {
    [FAKE_RATE] = { .name = "rate", .label = "rate", .unit = "ops/s" },
    [FAKE_STRAY] = { .name = "stray", .label = "stray", .unit = "", .lower_is_better = true },
    [FAKE_STRAY_SINCE] = { .name = "stray.since", .label = "stray", .unit = "", .is_count = true },
    [FAKE_SEED_METRIC] = { .name = "seed", .label = "seed", .unit = "ns/op",
                           .lower_is_better = true },
    [FAKE_NEVER] = { .name = "never", .label = "never", .unit = "%" },
};
static const char *const counters[] = { "ops", "g0", "g1", "g2", "g3", "g4", "g5", "g6", "g7",
                                        NULL };

const struct ecs_scenario fake_scenario = {
    .name = "fake", .summary = "for tests", .params = params, .n_params = FAKE_PARAMS,
    .metrics = metrics, .n_metrics = FAKE_METRICS, .counters = counters, .min_cpus = 1,
    .diagram = ECS_DIAGRAM_LINES, .check = check, .start = start, .reshape = reshape,
    .enter = enter, .quantum = quantum, .leave = leave, .stop = stop, .derive = derive,
    .describe = describe, .why = why,
};

void fake_reset(void) {
    memset(&fake_control, 0, sizeof fake_control);
}

struct ecs_values fake_values(int threads) {
    struct ecs_values v;
    ecs_values_default(&fake_scenario, &v);
    v.v[FAKE_THREADS] = threads;
    return v;
}

void bell_init(struct bell *b) {
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->cond, NULL);
    b->rung = 0;
}

void bell_ring(void *arg) {
    struct bell *b = arg;
    pthread_mutex_lock(&b->lock);
    b->rung++;
    pthread_cond_broadcast(&b->cond);
    pthread_mutex_unlock(&b->lock);
}

/* Returns when it has rung since it read `known`. */
static unsigned wait_ring(struct bell *b, unsigned known) {
    struct timespec t;
    int r = 0;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec += 60;
    pthread_mutex_lock(&b->lock);
    while (b->rung == known && r == 0)
        r = pthread_cond_timedwait(&b->cond, &b->lock, &t);
    known = b->rung;
    pthread_mutex_unlock(&b->lock);
    ck_assert_msg(r == 0, "nothing happened for a minute");
    return known;
}

static unsigned rung(struct bell *b) {
    pthread_mutex_lock(&b->lock);
    unsigned n = b->rung;
    pthread_mutex_unlock(&b->lock);
    return n;
}

uint64_t windows(const struct ecs_run *run) {
    uint64_t first, end;
    ecs_series_range(ecs_run_series(run), &first, &end);
    return end;
}

void wait_windows(struct bell *b, const struct ecs_run *run, uint64_t end) {
    for (unsigned known = rung(b); windows(run) < end;)
        known = wait_ring(b, known);
}

void wait_state(struct bell *b, const struct ecs_run *run, enum ecs_run_state state) {
    for (unsigned known = rung(b); ecs_run_state(run) != state;)
        known = wait_ring(b, known);
}
