#include "run/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/signals.h"
#include "core/hw/affinity.h"
#include "run/window.h"

/* ---- workers and places --------------------------------------------------------------------- */

unsigned ecs_run_workers(const struct ecs_run *run, const struct ecs_values *values) {
    if (run->threads_param < 0)
        return 1;
    int64_t n = values->v[run->threads_param];
    return n < 1 ? 1 : n > ECS_MAX_WORKERS ? ECS_MAX_WORKERS : (unsigned)n;
}

static enum ecs_placement placement(const struct ecs_run *run, const struct ecs_values *values) {
    static const enum ecs_placement of[] = {
        [ECS_PIN_CORES] = ECS_PLACE_CORES, [ECS_PIN_ONE] = ECS_PLACE_ONE,
        [ECS_PIN_SMT] = ECS_PLACE_SMT, [ECS_PIN_FREE] = ECS_PLACE_FREE,
    };
    int64_t pin = run->pin_param < 0 ? ECS_PIN_CORES : values->v[run->pin_param];
    return pin >= 0 && pin <= ECS_PIN_FREE ? of[pin] : ECS_PLACE_FREE;
}

void ecs_run_place(struct ecs_run *run, struct ecs_orders *o) {
    struct ecs_notes *n = &run->notes;
    enum ecs_placement how = placement(run, &o->values);
    if (o->generation > 0 && o->workers == run->orders.workers &&
        how == placement(run, &run->orders.values))
        return;
    memset(&n->place, 0, sizeof n->place);
    memset(&n->taken, 0, sizeof n->taken);
    for (unsigned i = 0; i < ECS_MAX_WORKERS; i++)
        o->cpu[i] = -1;
    int r = ecs_place(how, o->workers, o->cpu, &n->place);
    if (r < 0) {
        if (n->place.what[0] == '\0')
            ecs_fail(&n->place, r, "workers could not be placed on CPUs: %s", strerror(-r));
        for (unsigned i = 0; i < ECS_MAX_WORKERS; i++)
            o->cpu[i] = -1;
    }
    n->allowed = ecs_allowed_cpus();
    n->crowded = n->allowed > 0 && o->workers > n->allowed;
    n->few_cpus = n->allowed > 0 && n->allowed < run->scenario->min_cpus;
}

/* ---- notes ---------------------------------------------------------------------------------- */

static void add(struct ecs_error *note, int code, const char *text) {
    size_t used = strlen(note->what);
    if (text[0] == '\0')
        return;
    snprintf(note->what + used, sizeof note->what - used, "%s%s", used ? "; " : "", text);
    if (note->code == 0)
        note->code = code;
}

void ecs_run_tell(struct ecs_run *run) {
    const struct ecs_notes *n = &run->notes;
    struct ecs_error note = { 0 };
    char text[256];
    add(&note, n->refused.code, n->refused.what);
    add(&note, n->taken.code, n->taken.what);
    add(&note, n->bind.code, n->bind.what);
    add(&note, n->place.code, n->place.what);
    if (n->few_cpus) {
        snprintf(text, sizeof text, "%s shows its effect on %u CPUs or more, and this program may "
                 "use %u", run->scenario->name, run->scenario->min_cpus, n->allowed);
        add(&note, -ENODEV, text);
    }
    if (n->crowded) {
        snprintf(text, sizeof text, "%u threads share %u CPU%s", run->orders.workers, n->allowed,
                 n->allowed == 1 ? "" : "s");
        add(&note, -EAGAIN, text);
    }
    const struct ecs_error *first = n->refused.code ? &n->refused
                                  : n->bind.code ? &n->bind : &n->place;
    snprintf(note.mend, sizeof note.mend, "%s", first->mend);
    pthread_mutex_lock(&run->lock);
    run->note = note;
    pthread_mutex_unlock(&run->lock);
}

/* ---- start and end -------------------------------------------------------------------------- */

static void on_worker_failure(void *arg) {
    struct ecs_run *run = arg;
    pthread_mutex_lock(&run->lock);
    run->worker_failed = true;
    pthread_cond_signal(&run->posted);
    pthread_mutex_unlock(&run->lock);
}

static void init_locks(struct ecs_run *run) {
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&run->lock, NULL);
    pthread_cond_init(&run->posted, &monotonic);
    pthread_cond_init(&run->applied, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

/* Everything but threads and the scenario's state. */
static struct ecs_run *make(const struct ecs_scenario *s, const struct ecs_values *values,
                            const struct ecs_run_options *options) {
    size_t size = (sizeof(struct ecs_run) + ECS_PAD - 1) / ECS_PAD * ECS_PAD;
    struct ecs_run *run = aligned_alloc(ECS_PAD, size);
    if (!run)
        return NULL;
    memset(run, 0, size);
    run->scenario = s;
    if (options)
        run->options = *options;
    memcpy(run->wanted.v, values->v, s->n_params * sizeof values->v[0]);
    run->posts = 1;                      /* done when all workers have begun */
    run->threads_param = ecs_param_index(s, ECS_PARAM_THREADS_NAME);
    run->pin_param = ecs_param_index(s, ECS_PARAM_PIN_NAME);
    run->series = ecs_series_new(run->options.no_sampler ? 1 : run->options.capacity);
    if (!run->series || ecs_meter_init(&run->meter, &run->options) < 0) {
        ecs_series_free(run->series);
        free(run);
        return NULL;
    }
    init_locks(run);
    return run;
}

static void destroy(struct ecs_run *run) {
    pthread_cond_destroy(&run->applied);
    pthread_cond_destroy(&run->posted);
    pthread_mutex_destroy(&run->lock);
    ecs_meter_free(&run->meter);
    ecs_series_free(run->series);
    free(run);
}

static int start_threads(struct ecs_run *run, struct ecs_error *e) {
    sigset_t before;
    run->orders.values = run->wanted;
    run->orders.workers = ecs_run_workers(run, &run->wanted);
    ecs_run_place(run, &run->orders);
    ecs_run_tell(run);
    ecs_crew_init(&run->crew, run->scenario, run->shared, &run->orders);
    run->crew.on_failure = on_worker_failure;
    run->crew.arg = run;
    ecs_signals_block(&before);
    int r = ecs_crew_hire(&run->crew, run->orders.workers, 0, e);
    if (r == 0) {
        int c = pthread_create(&run->sampler, NULL, ecs_sampler_main, run);
        if (c != 0) {
            ecs_crew_dismiss(&run->crew, 0);
            r = ecs_fail(e, -c, "the sampler thread could not be started: %s", strerror(c));
        } else {
            pthread_setname_np(run->sampler, "ecs-sampler");
        }
    }
    ecs_signals_restore(&before);
    if (r < 0)
        ecs_crew_destroy(&run->crew);
    return r;
}

int ecs_run_start(const struct ecs_scenario *s, const struct ecs_values *values,
                  const struct ecs_run_options *options, struct ecs_run **out,
                  struct ecs_error *e) {
    *out = NULL;
    int r = ecs_values_check(s, values, e);
    if (r < 0)
        return r;
    struct ecs_run *run = make(s, values, options);
    if (!run)
        return ecs_fail(e, -ENOMEM, "there is not enough memory to run %s", s->name);
    struct ecs_error why = { 0 };
    r = s->start ? s->start(values, &run->shared, &why) : 0;
    if (r < 0) {
        if (why.what[0] == '\0')
            ecs_fail(&why, r, "%s could not be started: %s", s->name, strerror(-r));
        if (e)
            *e = why;
        destroy(run);
        return r;
    }
    r = start_threads(run, e);
    if (r < 0) {
        if (s->stop)
            s->stop(run->shared);
        destroy(run);
        return r;
    }
    *out = run;
    return 0;
}

static void post(struct ecs_run *run) {
    run->posts++;
    pthread_cond_signal(&run->posted);
}

void ecs_run_end(struct ecs_run *run) {
    if (run->joined)
        return;
    pthread_mutex_lock(&run->lock);
    run->want_end = true;
    post(run);
    pthread_mutex_unlock(&run->lock);
    pthread_join(run->sampler, NULL);
    run->joined = true;
}

void ecs_run_free(struct ecs_run *run) {
    if (!run)
        return;
    ecs_run_end(run);
    ecs_crew_destroy(&run->crew);
    if (run->scenario->stop)
        run->scenario->stop(run->shared);
    destroy(run);
}

/* ---- changes -------------------------------------------------------------------------------- */

/* Only live parameters may differ. */
static int check_live(const struct ecs_scenario *s, const struct ecs_values *from,
                      const struct ecs_values *to, struct ecs_error *e) {
    for (size_t i = 0; i < s->n_params; i++) {
        if (s->params[i].live || from->v[i] == to->v[i])
            continue;
        ecs_fail(e, -EPERM, "%s cannot change while %s runs", s->params[i].name, s->name);
        ecs_error_mend(e, "start it again with the new value");
        return -EPERM;
    }
    return 0;
}

int ecs_run_set_values(struct ecs_run *run, const struct ecs_values *values, struct ecs_error *e) {
    struct ecs_values before;
    size_t size = run->scenario->n_params * sizeof values->v[0];
    ecs_run_wanted(run, &before);
    int r = ecs_values_check(run->scenario, values, e);
    if (r == 0)
        r = check_live(run->scenario, &before, values, e);
    if (r < 0)
        return r;
    pthread_mutex_lock(&run->lock);
    if (run->state == ECS_RUN_FAILED || run->state == ECS_RUN_ENDED) {
        r = ecs_fail(e, -ESHUTDOWN, "%s is not running any more", run->scenario->name);
    } else if (memcmp(run->wanted.v, values->v, size) != 0) {
        memcpy(run->wanted.v, values->v, size);
        post(run);
    }
    pthread_mutex_unlock(&run->lock);
    return r;
}

int ecs_run_set(struct ecs_run *run, int param, int64_t value, struct ecs_error *e) {
    struct ecs_values values;
    if (param < 0 || (size_t)param >= run->scenario->n_params)
        return ecs_fail(e, -EINVAL, "%s has no parameter number %d", run->scenario->name, param);
    ecs_run_wanted(run, &values);
    values.v[param] = value;
    return ecs_run_set_values(run, &values, e);
}

void ecs_run_pause(struct ecs_run *run, bool paused) {
    pthread_mutex_lock(&run->lock);
    if (run->want_pause != paused && run->state == ECS_RUN_RUNNING) {
        run->want_pause = paused;
        post(run);
    }
    pthread_mutex_unlock(&run->lock);
}

/* ---- reading -------------------------------------------------------------------------------- */

static void lock(const struct ecs_run *run) {
    pthread_mutex_lock((pthread_mutex_t *)&run->lock);
}

static void unlock(const struct ecs_run *run) {
    pthread_mutex_unlock((pthread_mutex_t *)&run->lock);
}

enum ecs_run_state ecs_run_state(const struct ecs_run *run) {
    lock(run);
    enum ecs_run_state state = run->state;
    if (state == ECS_RUN_RUNNING && run->want_pause)
        state = ECS_RUN_PAUSED;
    unlock(run);
    return state;
}

static bool settled(const struct ecs_run *run) {
    return run->done >= run->posts || run->state == ECS_RUN_FAILED || run->state == ECS_RUN_ENDED;
}

bool ecs_run_settled(const struct ecs_run *run) {
    lock(run);
    bool is = settled(run);
    unlock(run);
    return is;
}

int ecs_run_await(struct ecs_run *run, uint64_t timeout_ns) {
    uint64_t when = ecs_now_ns() + timeout_ns;
    struct timespec t = { (time_t)(when / ECS_NS_PER_S), (long)(when % ECS_NS_PER_S) };
    int r = 0;
    lock(run);
    while (!settled(run) && r == 0)
        r = pthread_cond_timedwait(&run->applied, &run->lock, &t);
    unlock(run);
    return -r;
}

void ecs_run_error(const struct ecs_run *run, struct ecs_error *out) {
    lock(run);
    *out = run->error;
    unlock(run);
}

int ecs_run_failure(const struct ecs_run *run, struct ecs_error *e) {
    struct ecs_error why;
    if (ecs_run_state(run) != ECS_RUN_FAILED)
        return 0;
    ecs_run_error(run, &why);
    if (e)
        *e = why;
    return why.code < 0 ? why.code : -EIO;
}

void ecs_run_note(const struct ecs_run *run, struct ecs_error *out) {
    lock(run);
    *out = run->note;
    unlock(run);
}

void ecs_run_picture(const struct ecs_run *run, struct ecs_picture *out) {
    lock(run);
    *out = run->picture;
    unlock(run);
}

const struct ecs_series *ecs_run_series(const struct ecs_run *run) {
    return run->series;
}

const struct ecs_scenario *ecs_run_scenario(const struct ecs_run *run) {
    return run->scenario;
}

void ecs_run_wanted(const struct ecs_run *run, struct ecs_values *out) {
    lock(run);
    *out = run->wanted;
    unlock(run);
}

void ecs_run_totals(const struct ecs_run *run, uint64_t *counters) {
    ecs_crew_totals(&run->crew, counters);
}

/* ---- one figure ----------------------------------------------------------------------------- */

int ecs_run_measure(const struct ecs_scenario *s, const struct ecs_values *values,
                    const struct ecs_run_options *options, uint64_t ns, double *rate,
                    struct ecs_error *e) {
    uint64_t before[ECS_MAX_COUNTERS], after[ECS_MAX_COUNTERS];
    struct ecs_run *run;
    int r = ecs_run_start(s, values, options, &run, e);
    if (r < 0)
        return r;
    while (ecs_run_await(run, ECS_NS_PER_S) == -ETIMEDOUT)
        ;                                /* workers are still entering */
    uint64_t begin = ecs_now_ns();
    ecs_run_totals(run, before);
    ecs_sleep_until_ns(begin + ns);
    /* Standing workers have published everything, so the figure is exact over its span. */
    ecs_run_pause(run, true);
    while (ecs_run_await(run, ECS_NS_PER_S) == -ETIMEDOUT)
        ;
    uint64_t span = ecs_now_ns() - begin;
    ecs_run_totals(run, after);
    *rate = (double)(after[0] - before[0]) * 1e9 / (double)span;
    r = ecs_run_failure(run, e);
    ecs_run_free(run);
    return r;
}
