#include "run/window.h"

#include <math.h>
#include <string.h>

#define PICTURE_EVERY_NS (250 * ECS_NS_PER_MS)

int ecs_meter_init(struct ecs_meter *m, const struct ecs_run_options *o) {
    unsigned hz = o->sample_hz ? o->sample_hz : 20;
    memset(m, 0, sizeof *m);
    m->period_ns = ECS_NS_PER_S / hz;
    m->settle_ns = o->settle_ns ? o->settle_ns : 250 * ECS_NS_PER_MS;
    return ecs_noise_reader_init(&m->reader, "/proc");
}

void ecs_meter_free(struct ecs_meter *m) {
    ecs_noise_reader_free(&m->reader);
}

/* All counters at one moment: again if we were put aside while reading. Returns that moment. */
static uint64_t read_slots(struct ecs_run *run) {
    struct ecs_meter *m = &run->meter;
    uint64_t begin = 0;
    for (int attempt = 0; attempt < 3; attempt++) {
        begin = ecs_now_ns();
        for (unsigned i = 0; i < run->orders.workers; i++) {
            const struct ecs_slot *slot = &run->crew.slot[i];
            for (size_t k = 0; k < run->crew.n_counters; k++)
                m->now[i][k] = atomic_load_explicit(&slot->count[k], memory_order_relaxed);
            m->runs_on[i] = atomic_load_explicit(&slot->cpu, memory_order_relaxed);
        }
        if (ecs_now_ns() - begin < m->period_ns / 100)
            break;
    }
    return begin;
}

static void fill_deltas(struct ecs_run *run) {
    struct ecs_meter *m = &run->meter;
    for (unsigned i = 0; i < run->orders.workers; i++) {
        for (size_t k = 0; k < run->crew.n_counters; k++) {
            m->delta[i].c[k] = m->now[i][k] - m->before[i][k];
            m->since[i].c[k] = m->now[i][k] - m->base[i][k];
        }
    }
}

static struct ecs_window make_window(const struct ecs_run *run, uint64_t now) {
    const struct ecs_meter *m = &run->meter;
    uint64_t length = now - m->window_ns;
    uint64_t stood = m->paused_ns + (m->stood_ns ? now - m->stood_ns : 0);
    uint64_t since = now - m->change_ns - (stood - m->change_paused_ns);
    return (struct ecs_window){
        .window_ns = length ? length : 1,
        .since_change_ns = since ? since : 1,
        .workers = run->orders.workers,
        .values = &run->orders.values,
        .delta = m->delta,
        .since_change = m->since,
    };
}

static void take_picture(struct ecs_run *run, const struct ecs_window *w) {
    struct ecs_meter *m = &run->meter;
    memset(&m->picture, 0, sizeof m->picture);
    if (!run->scenario->describe)
        return;
    m->picture.kind = run->scenario->diagram;
    run->scenario->describe(run->shared, w, &m->picture);
    m->picture_ns = ecs_now_ns();
    pthread_mutex_lock(&run->lock);
    run->picture = m->picture;
    pthread_mutex_unlock(&run->lock);
}

void ecs_window_open(struct ecs_run *run, bool resumed) {
    struct ecs_meter *m = &run->meter;
    memset(&m->memory, 0, sizeof m->memory);
    ecs_noise_rebase(&m->reader, resumed);
    m->window_ns = read_slots(run);
    memcpy(m->before, m->now, sizeof m->before);
    if (resumed)
        m->unsettled_ns = m->window_ns;
}

void ecs_window_watch(struct ecs_run *run) {
    pid_t tid[ECS_MAX_WORKERS] = { 0 };
    pthread_t thread[ECS_MAX_WORKERS];
    int cpu[ECS_MAX_WORKERS];
    pthread_mutex_lock(&run->crew.lock);
    for (unsigned i = 0; i < run->orders.workers; i++) {
        tid[i] = run->crew.hand[i].tid;
        thread[i] = run->crew.hand[i].thread;
        cpu[i] = run->crew.hand[i].bound;
        memcpy(run->meter.base[i], run->crew.hand[i].base, sizeof run->meter.base[i]);
    }
    pthread_mutex_unlock(&run->crew.lock);
    ecs_noise_watch(&run->meter.reader, run->orders.workers, tid, thread, cpu);
}

void ecs_window_change(struct ecs_run *run, bool mark) {
    struct ecs_meter *m = &run->meter;
    ecs_window_watch(run);
    m->change_ns = m->window_ns = m->unsettled_ns = read_slots(run);
    m->change_paused_ns = m->paused_ns + (m->stood_ns ? m->change_ns - m->stood_ns : 0);
    m->changed = m->changed || mark;
    memcpy(m->before, m->now, sizeof m->before);
    fill_deltas(run);
    struct ecs_window w = make_window(run, m->window_ns);
    take_picture(run, &w);
}

static void judge_noise(struct ecs_run *run) {
    struct ecs_meter *m = &run->meter;
    ecs_noise_read(&m->reader, m->runs_on, &m->readings);
    m->snap.noise = ecs_noise_judge(&m->readings, &m->memory);
    if (ecs_noise_dirty(&m->snap.noise))
        m->snap.flags |= ECS_SNAP_DIRTY;
}

static void fill_snapshot(struct ecs_run *run, const struct ecs_window *w, uint64_t now) {
    struct ecs_meter *m = &run->meter;
    struct ecs_snapshot *s = &m->snap;
    ecs_snapshot_clear(s);
    s->seq = m->seq;
    s->time_ns = now - m->start_ns - m->paused_ns;
    s->window_ns = w->window_ns;
    s->generation = run->orders.generation;
    s->workers = w->workers;
    s->values = run->orders.values;
    if (m->window_ns - m->unsettled_ns < m->settle_ns)
        s->flags |= ECS_SNAP_SETTLING;
    if (m->changed)
        s->flags |= ECS_SNAP_CHANGED;
    if (run->scenario->derive)
        run->scenario->derive(w, s->metric);
    for (unsigned i = 0; i < w->workers; i++) {
        s->worker_rate[i] = (float)((double)m->delta[i].c[0] * 1e9 / (double)w->window_ns);
        s->worker_cpu[i] = (int16_t)m->runs_on[i];
    }
}

void ecs_window_close(struct ecs_run *run) {
    struct ecs_meter *m = &run->meter;
    uint64_t now = read_slots(run);
    if (now - m->window_ns < m->period_ns / 4)
        return;
    fill_deltas(run);
    struct ecs_window w = make_window(run, now);
    fill_snapshot(run, &w, now);
    judge_noise(run);
    ecs_series_append(run->series, &m->snap);
    m->seq++;
    m->changed = false;
    m->window_ns = now;
    memcpy(m->before, m->now, sizeof m->before);
    if (now - m->picture_ns >= PICTURE_EVERY_NS)
        take_picture(run, &w);
    if (run->options.notify)
        run->options.notify(run->options.notify_arg);
}
