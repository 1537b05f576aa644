#include "run/worker.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/hw/affinity.h"

_Static_assert(sizeof(struct ecs_slot) % ECS_PAD == 0, "two workers never write side by side");

#define CPU_EVERY 64      /* quanta between two looks at where we run */

/* What one worker keeps on its own stack. */
struct desk {
    struct ecs_worker w;
    struct ecs_values values;
    struct ecs_hand *hand;
    struct ecs_slot *slot;
    uint64_t number;          /* the orders it works by */
    uint32_t generation;
    bool entered;
    int cpu;                  /* wanted when last bound */
    bool bound_once;
};

/* The part of the orders that concerns one worker. */
struct task {
    enum ecs_crew_mode mode;
    uint32_t generation;
    unsigned workers;
    struct ecs_values values;
    int cpu;
    uint64_t number;
    bool dismissed;
};

static void publish(struct desk *d, size_t n) {
    for (size_t i = 0; i < n; i++)
        atomic_store_explicit(&d->slot->count[i], d->w.count[i], memory_order_relaxed);
}

static void publish_cpu(struct desk *d) {
    atomic_store_explicit(&d->slot->cpu, sched_getcpu(), memory_order_relaxed);
}

static void fail(struct desk *d, int code) {
    struct ecs_crew *c = d->hand->crew;
    pthread_mutex_lock(&c->lock);
    if (!c->failed) {
        c->failed = true;
        c->failed_code = code < 0 ? code : -EIO;
        snprintf(c->failed_why, sizeof c->failed_why, "worker %u of %s stopped: %.120s",
                 d->hand->index, c->scenario->name,
                 d->w.failed ? d->w.failed : strerror(-c->failed_code));
    }
    pthread_mutex_unlock(&c->lock);
    if (c->on_failure)
        c->on_failure(c->arg);
}

static void leave(struct desk *d) {
    const struct ecs_crew *c = d->hand->crew;
    if (!d->entered)
        return;
    if (c->scenario->leave)
        c->scenario->leave(&d->w);
    publish(d, c->n_counters);
    d->entered = false;
}

static void pin_to(struct desk *d, int cpu) {
    if (d->bound_once && cpu == d->cpu)
        return;
    int r = cpu < 0 && !d->bound_once ? 0 : ecs_bind_self(cpu);
    struct ecs_crew *c = d->hand->crew;
    pthread_mutex_lock(&c->lock);
    d->hand->bound = r < 0 ? -1 : cpu;
    d->hand->bind_error = r;
    pthread_mutex_unlock(&c->lock);
    d->cpu = cpu;
    d->bound_once = true;
}

/* 0, or negative when the scenario refused. */
static int enter(struct desk *d, const struct task *t) {
    const struct ecs_scenario *s = d->hand->crew->scenario;
    pin_to(d, t->cpu);
    d->values = t->values;
    d->w.workers = t->workers;
    if (d->generation != t->generation)
        memcpy(d->hand->base, d->w.count, sizeof d->hand->base);
    d->generation = t->generation;
    publish_cpu(d);
    int r = s->enter ? s->enter(&d->w) : 0;
    if (r < 0)
        return r;
    d->entered = true;
    return d->w.failed ? -EIO : 0;
}

static void read_task(const struct ecs_crew *c, const struct ecs_hand *h, struct task *t) {
    const struct ecs_orders *o = &c->orders;
    t->mode = o->mode;
    t->generation = o->generation;
    t->workers = o->workers;
    t->values = o->values;
    t->cpu = o->cpu[h->index];
    t->number = atomic_load_explicit(&c->number, memory_order_relaxed);
    t->dismissed = h->dismissed;
}

/* Waits, with the lock held, until there is something for this worker to do. */
static void await_orders(struct ecs_crew *c, const struct ecs_hand *h, uint64_t known) {
    while (atomic_load_explicit(&c->number, memory_order_relaxed) == known && !h->dismissed)
        pthread_cond_wait(&c->ordered, &c->lock);
    while (c->orders.generation < h->since && !h->dismissed && c->orders.mode != ECS_CREW_END)
        pthread_cond_wait(&c->ordered, &c->lock);
}

static void obeyed(struct ecs_crew *c, struct ecs_hand *h, uint64_t number, bool gone) {
    h->obeyed = number;
    h->gone = gone;
    pthread_cond_broadcast(&c->obeyed);
}

/* Carries out the orders in force and returns true when it is time to work, false to end. */
static bool obey(struct desk *d) {
    struct ecs_hand *h = d->hand;
    struct ecs_crew *c = h->crew;
    pthread_mutex_lock(&c->lock);
    await_orders(c, h, d->number);
    for (;;) {
        struct task t;
        read_task(c, h, &t);
        pthread_mutex_unlock(&c->lock);
        bool end = t.dismissed || t.mode == ECS_CREW_END;
        if (end || t.mode == ECS_CREW_VACATE || t.generation != d->generation)
            leave(d);
        if (!end && t.mode != ECS_CREW_VACATE && !d->entered) {
            int r = enter(d, &t);
            if (r < 0) {
                leave(d);
                fail(d, r);
                end = true;
            }
        }
        pthread_mutex_lock(&c->lock);
        d->number = t.number;
        obeyed(c, h, t.number, end);
        if (end || (t.mode == ECS_CREW_WORK &&
                    atomic_load_explicit(&c->number, memory_order_relaxed) == t.number)) {
            pthread_mutex_unlock(&c->lock);
            return !end;
        }
        await_orders(c, h, d->number);
    }
}

/* Quanta until there are new orders. False if the worker failed. */
static bool work(struct desk *d) {
    struct ecs_crew *c = d->hand->crew;
    void (*quantum)(struct ecs_worker *) = c->scenario->quantum;
    size_t n = c->n_counters;
    unsigned done = 0;
    do {
        quantum(&d->w);
        publish(d, n);
        if (++done % CPU_EVERY == 0)
            publish_cpu(d);
        if (d->w.failed)
            return false;
    } while (atomic_load_explicit(&c->number, memory_order_acquire) == d->number);
    return true;
}

static void say_gone(struct ecs_hand *h) {
    struct ecs_crew *c = h->crew;
    pthread_mutex_lock(&c->lock);
    obeyed(c, h, h->obeyed, true);
    pthread_mutex_unlock(&c->lock);
}

static void *worker_main(void *arg) {
    struct ecs_hand *h = arg;
    struct ecs_crew *c = h->crew;
    ECS_ALIGNED_PAD struct desk d;
    char name[16];
    memset(&d, 0, sizeof d);
    d.hand = h;
    d.generation = UINT32_MAX;
    d.slot = &c->slot[h->index];
    d.w.index = h->index;
    d.w.values = &d.values;
    d.w.shared = c->shared;
    for (size_t i = 0; i < ECS_MAX_COUNTERS; i++)
        d.w.count[i] = atomic_load_explicit(&d.slot->count[i], memory_order_relaxed);
    snprintf(name, sizeof name, "ecs-worker-%u", h->index);
    pthread_setname_np(pthread_self(), name);
    pthread_mutex_lock(&c->lock);
    h->tid = gettid();
    pthread_mutex_unlock(&c->lock);
    while (obey(&d)) {
        if (work(&d))
            continue;
        leave(&d);
        fail(&d, -EIO);
        say_gone(h);
        break;
    }
    return NULL;
}

void ecs_crew_init(struct ecs_crew *c, const struct ecs_scenario *s, void *shared,
                   const struct ecs_orders *first) {
    memset(c, 0, sizeof *c);
    c->scenario = s;
    c->shared = shared;
    while (s->counters && s->counters[c->n_counters] && c->n_counters < ECS_MAX_COUNTERS)
        c->n_counters++;
    if (c->n_counters == 0)
        c->n_counters = 1;           /* counter 0 is the operations, named or not */
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->ordered, NULL);
    pthread_cond_init(&c->obeyed, NULL);
    c->orders = *first;
    atomic_store(&c->number, 1);
    for (unsigned i = 0; i < ECS_MAX_WORKERS; i++) {
        c->hand[i].crew = c;
        c->hand[i].index = i;
        c->hand[i].bound = -1;
        atomic_store_explicit(&c->slot[i].cpu, -1, memory_order_relaxed);
    }
}

void ecs_crew_destroy(struct ecs_crew *c) {
    pthread_cond_destroy(&c->obeyed);
    pthread_cond_destroy(&c->ordered);
    pthread_mutex_destroy(&c->lock);
}

static void join(struct ecs_hand *h) {
    pthread_join(h->thread, NULL);
    h->alive = false;
    h->tid = 0;
    h->bound = -1;
    atomic_store_explicit(&h->crew->slot[h->index].cpu, -1, memory_order_relaxed);
}

void ecs_crew_dismiss(struct ecs_crew *c, unsigned first) {
    pthread_mutex_lock(&c->lock);
    for (unsigned i = first; i < ECS_MAX_WORKERS; i++)
        c->hand[i].dismissed = true;
    pthread_cond_broadcast(&c->ordered);
    pthread_mutex_unlock(&c->lock);
    for (unsigned i = first; i < ECS_MAX_WORKERS; i++)
        if (c->hand[i].alive)
            join(&c->hand[i]);
}

int ecs_crew_hire(struct ecs_crew *c, unsigned n, uint32_t since, struct ecs_error *e) {
    unsigned first = n;
    for (unsigned i = 0; i < n; i++) {
        struct ecs_hand *h = &c->hand[i];
        if (h->alive)
            continue;
        first = i < first ? i : first;
        pthread_mutex_lock(&c->lock);
        h->dismissed = h->gone = false;
        h->obeyed = h->bind_error = 0;
        h->since = since;
        memset(h->base, 0, sizeof h->base);
        pthread_mutex_unlock(&c->lock);
        int r = pthread_create(&h->thread, NULL, worker_main, h);
        if (r != 0) {
            ecs_crew_dismiss(c, first);
            ecs_fail(e, -r, "worker thread %u of %u could not be started: %s", i + 1, n,
                     strerror(r));
            ecs_error_mend(e, "use fewer threads");
            return -r;
        }
        h->alive = true;
    }
    return 0;
}

static bool all_obeyed(const struct ecs_crew *c) {
    uint64_t number = atomic_load_explicit(&c->number, memory_order_relaxed);
    for (unsigned i = 0; i < ECS_MAX_WORKERS; i++) {
        const struct ecs_hand *h = &c->hand[i];
        if (!h->alive || h->gone || h->obeyed >= number)
            continue;
        if (h->since > c->orders.generation && c->orders.mode != ECS_CREW_END)
            continue;                /* hired for orders yet to come */
        return false;
    }
    return true;
}

void ecs_crew_wait(struct ecs_crew *c) {
    pthread_mutex_lock(&c->lock);
    while (!all_obeyed(c))
        pthread_cond_wait(&c->obeyed, &c->lock);
    pthread_mutex_unlock(&c->lock);
}

void ecs_crew_order(struct ecs_crew *c, const struct ecs_orders *o) {
    pthread_mutex_lock(&c->lock);
    c->orders = *o;
    for (unsigned i = 0; i < ECS_MAX_WORKERS; i++)
        if (i >= o->workers && c->hand[i].since <= o->generation)
            c->hand[i].dismissed = true;
    atomic_fetch_add_explicit(&c->number, 1, memory_order_release);
    pthread_cond_broadcast(&c->ordered);
    pthread_mutex_unlock(&c->lock);
    ecs_crew_wait(c);
    for (unsigned i = o->mode == ECS_CREW_END ? 0 : o->workers; i < ECS_MAX_WORKERS; i++)
        if (c->hand[i].alive && (c->hand[i].gone || c->hand[i].dismissed))
            join(&c->hand[i]);
}

bool ecs_crew_failed(struct ecs_crew *c, struct ecs_error *out) {
    pthread_mutex_lock(&c->lock);
    bool failed = c->failed;
    if (failed) {
        ecs_fail(out, c->failed_code, "%s", c->failed_why);
        ecs_error_mend(out, "start it again, or change its parameters");
    }
    pthread_mutex_unlock(&c->lock);
    return failed;
}

void ecs_crew_totals(const struct ecs_crew *c, uint64_t *counters) {
    for (size_t k = 0; k < ECS_MAX_COUNTERS; k++) {
        counters[k] = 0;
        for (unsigned i = 0; i < ECS_MAX_WORKERS; i++)
            counters[k] += atomic_load_explicit(&c->slot[i].count[k], memory_order_relaxed);
    }
}
