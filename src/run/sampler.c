#include "run/sampler.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "core/hw/affinity.h"
#include "run/window.h"

#define CHECK_EVERY_NS ECS_NS_PER_S

/* What the controlling thread asked for, taken over under the lock. */
struct post {
    struct ecs_values wanted;
    bool pause, end, failed;
    uint64_t number;
};

static void until(struct timespec *t, uint64_t when) {
    t->tv_sec = (time_t)(when / ECS_NS_PER_S);
    t->tv_nsec = (long)(when % ECS_NS_PER_S);
}

/* Sleeps until something is posted or `deadline`; UINT64_MAX: only for a post. */
static void await_post(struct ecs_run *run, uint64_t deadline, struct post *out) {
    struct timespec t;
    until(&t, deadline);
    pthread_mutex_lock(&run->lock);
    while (run->posts == run->done && !run->worker_failed) {
        if (deadline == UINT64_MAX)
            pthread_cond_wait(&run->posted, &run->lock);
        else if (pthread_cond_timedwait(&run->posted, &run->lock, &t) == ETIMEDOUT)
            break;
    }
    *out = (struct post){ run->wanted, run->want_pause, run->want_end, run->worker_failed,
                          run->posts };
    pthread_mutex_unlock(&run->lock);
}

static void say_done(struct ecs_run *run, uint64_t number) {
    ecs_run_tell(run);
    pthread_mutex_lock(&run->lock);
    run->done = number;
    pthread_cond_broadcast(&run->applied);
    pthread_mutex_unlock(&run->lock);
    if (run->options.notify)
        run->options.notify(run->options.notify_arg);
}

/* ---- changes of values ---------------------------------------------------------------------- */

static bool differs(const struct ecs_run *run, const struct ecs_values *to, bool *rebuild) {
    bool any = false;
    *rebuild = false;
    for (size_t i = 0; i < run->scenario->n_params; i++) {
        if (run->orders.values.v[i] == to->v[i])
            continue;
        any = true;
        *rebuild = *rebuild || run->scenario->params[i].rebuild;
    }
    return any;
}

/* Has the shared state reshaped while no worker is in it. */
static int reshape(struct ecs_run *run, const struct ecs_values *values, struct ecs_error *e) {
    struct ecs_orders o = run->orders;
    o.mode = ECS_CREW_VACATE;
    ecs_crew_order(&run->crew, &o);
    if (!run->scenario->reshape)
        return 0;
    int r = run->scenario->reshape(run->shared, values, e);
    if (r < 0 && e->what[0] == '\0')
        ecs_fail(e, r, "%s could not take the new values: %s", run->scenario->name, strerror(-r));
    return r;
}

/* The change did not happen: the old values stay, and are again what is wanted. */
static void refuse(struct ecs_run *run, const struct post *p, const struct ecs_error *why) {
    run->notes.refused = *why;
    ecs_crew_dismiss(&run->crew, run->orders.workers);
    ecs_crew_order(&run->crew, &run->orders);
    pthread_mutex_lock(&run->lock);
    if (memcmp(&run->wanted, &p->wanted, sizeof run->wanted) == 0)
        run->wanted = run->orders.values;
    pthread_mutex_unlock(&run->lock);
}

static void take_bind_notes(struct ecs_run *run) {
    memset(&run->notes.bind, 0, sizeof run->notes.bind);
    pthread_mutex_lock(&run->crew.lock);
    for (unsigned i = 0; i < run->orders.workers; i++) {
        int r = run->crew.hand[i].bind_error;
        if (r >= 0)
            continue;
        ecs_fail(&run->notes.bind, r, "worker %u could not be pinned to CPU %d (%s) and runs free",
                 i, run->orders.cpu[i], strerror(-r));
        break;
    }
    pthread_mutex_unlock(&run->crew.lock);
}

/* Returns false if the values stay as they were. */
static bool change(struct ecs_run *run, const struct post *p, bool rebuild) {
    struct ecs_orders next = run->orders;
    struct ecs_error e = { 0 };
    next.values = p->wanted;
    next.workers = ecs_run_workers(run, &p->wanted);
    next.generation++;
    memset(&run->notes.refused, 0, sizeof run->notes.refused);
    if (ecs_crew_hire(&run->crew, next.workers, next.generation, &e) < 0 ||
        (rebuild && reshape(run, &p->wanted, &e) < 0)) {
        refuse(run, p, &e);
        return false;
    }
    ecs_run_place(run, &next);
    run->orders = next;
    ecs_crew_order(&run->crew, &next);
    take_bind_notes(run);
    return true;
}

static void park_or_work(struct ecs_run *run, bool pause) {
    struct ecs_meter *m = &run->meter;
    run->orders.mode = pause ? ECS_CREW_PARK : ECS_CREW_WORK;
    if (pause)
        m->stood_ns = ecs_now_ns();
    ecs_crew_order(&run->crew, &run->orders);
    if (!pause) {
        m->paused_ns += ecs_now_ns() - m->stood_ns;
        m->stood_ns = 0;
    }
}

/* Carries out what was posted. */
static void apply(struct ecs_run *run, const struct post *p) {
    bool was_paused = run->orders.mode == ECS_CREW_PARK, rebuild;
    bool sampling = !run->options.no_sampler;
    bool new_values = differs(run, &p->wanted, &rebuild);
    if (!new_values && p->pause == was_paused)
        return;
    if (!was_paused && sampling)
        ecs_window_close(run);
    bool changed = new_values && change(run, p, rebuild);
    if (p->pause != was_paused)
        park_or_work(run, p->pause);
    if (changed)
        ecs_window_change(run, true);
    if (!p->pause && sampling)
        ecs_window_open(run, was_paused || !changed);
}

/* ---- pinning lost while running ------------------------------------------------------------- */

/* A CPU may be taken away (cpuset, taskset): the kernel then moves the worker, whatever it was
 * pinned to. `taskset -p` without -a changes the main thread only; that is meant for all of us. */
static bool taken_away(const struct ecs_hand *h, const cpu_set_t *process) {
    cpu_set_t mask;
    CPU_ZERO(&mask);
    if (h->bound < 0 || h->bound >= CPU_SETSIZE || h->gone ||
        sched_getaffinity(h->tid, sizeof mask, &mask) != 0)
        return false;
    if (CPU_COUNT(&mask) != 1 || !CPU_ISSET(h->bound, &mask))
        return true;
    if (CPU_ISSET(h->bound, process) || ecs_cpu_allowed(h->bound))
        return false;
    sched_setaffinity(h->tid, sizeof *process, process);
    return true;
}

static void check_pinning(struct ecs_run *run) {
    struct ecs_crew *c = &run->crew;
    cpu_set_t process;
    int taken = -1;
    CPU_ZERO(&process);
    if (sched_getaffinity(getpid(), sizeof process, &process) != 0)
        return;
    pthread_mutex_lock(&c->lock);
    for (unsigned i = 0; i < run->orders.workers; i++) {
        struct ecs_hand *h = &c->hand[i];
        if (!taken_away(h, &process))
            continue;
        taken = h->bound;
        h->bound = -1;
    }
    pthread_mutex_unlock(&c->lock);
    if (taken < 0)
        return;
    ecs_fail(&run->notes.taken, -EINVAL,
             "CPU %d was taken away while it ran; its worker goes on where the kernel puts it",
             taken);
    ecs_window_watch(run);
    ecs_window_open(run, true);
    ecs_run_tell(run);
}

/* ---- the thread ----------------------------------------------------------------------------- */

static void finish(struct ecs_run *run, uint64_t number) {
    struct ecs_error why = { 0 };
    run->orders.mode = ECS_CREW_END;
    ecs_crew_order(&run->crew, &run->orders);
    bool failed = ecs_crew_failed(&run->crew, &why);
    pthread_mutex_lock(&run->lock);
    run->state = failed ? ECS_RUN_FAILED : ECS_RUN_ENDED;
    run->error = why;
    run->done = number;
    run->posts = number > run->posts ? number : run->posts;
    pthread_cond_broadcast(&run->applied);
    pthread_mutex_unlock(&run->lock);
    if (run->options.notify)
        run->options.notify(run->options.notify_arg);
}

static void begin(struct ecs_run *run) {
    struct ecs_meter *m = &run->meter;
    prctl(PR_SET_TIMERSLACK, 1000ul, 0ul, 0ul, 0ul);
    ecs_crew_wait(&run->crew);
    take_bind_notes(run);
    m->start_ns = ecs_now_ns();
    ecs_window_change(run, false);
    if (!run->options.no_sampler)
        ecs_window_open(run, true);
    m->start_ns = m->window_ns;
    say_done(run, 1);
}

/* The next tick after one at `deadline`; ticks that were missed are left out. */
static uint64_t next_tick(uint64_t deadline, uint64_t period) {
    uint64_t now = ecs_now_ns();
    return deadline + period > now ? deadline + period : now + period;
}

void *ecs_sampler_main(void *arg) {
    struct ecs_run *run = arg;
    struct ecs_meter *m = &run->meter;
    begin(run);
    uint64_t tick = m->window_ns + m->period_ns;
    for (;;) {
        struct post p;
        bool asleep = run->orders.mode == ECS_CREW_PARK || run->options.no_sampler;
        await_post(run, asleep ? UINT64_MAX : tick, &p);
        if (p.end || p.failed) {
            if (!asleep)
                ecs_window_close(run);
            finish(run, p.number);
            return NULL;
        }
        if (p.number != run->done) {
            apply(run, &p);
            say_done(run, p.number);
            tick = ecs_now_ns() + m->period_ns;
        } else if (!asleep) {
            ecs_window_close(run);
            tick = next_tick(tick, m->period_ns);
            if (ecs_now_ns() - m->check_ns >= CHECK_EVERY_NS) {
                check_pinning(run);
                m->check_ns = ecs_now_ns();
            }
        }
    }
}
