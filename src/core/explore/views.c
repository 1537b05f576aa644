/* The release/acquire model with relaxed reads: each location keeps all stores to it, each thread
 * a view of which store of each location is the oldest that it may still read.
 *
 * After J. Kang et al., "A promising semantics for relaxed-memory concurrency", POPL 2017, without
 * promises: a load never sees a store that comes later in the order in which steps are made (no load
 * buffering), and stores to a location get their order when they are made. So it is weaker than
 * what x86 does and stronger than full C11. Sequentially consistent operations are in the order
 * in which they are made: such a load sees no store behind the newest that one of them has stored
 * or read at that location. Read-modify-writes read the newest store. A release sequence is what
 * C++20 has of it: read-modify-writes only. */
#include "core/explore/engine.h"

static void join(struct ecs_view *a, const struct ecs_view *b)
{
    for (unsigned i = 0; i < ecs_engine.n_locations; i++)
        a->at[i] = a->at[i] > b->at[i] ? a->at[i] : b->at[i];
}

/* The location with its first value as the first store. */
static struct ecs_location *at(const volatile void *p, size_t size)
{
    struct ecs_location *l = ecs_location_of(p);
    if (l->n == 0) {
        l->message[0] = (struct ecs_message){.value = ecs_memory_get(p, size)};
        l->n = 1;
    }
    return l;
}

static uint64_t hash_view(const struct ecs_view *v)
{
    uint64_t h = 0;
    for (unsigned i = 0; i < ecs_engine.n_locations; i++) {
        if (v->at[i])
            h += ecs_mix(ecs_engine.location[i].key, v->at[i]);
    }
    return h;
}

static unsigned oldest(const struct ecs_thread *t, const struct ecs_location *l,
                       memory_order order)
{
    unsigned i = ecs_location_index(l), from = t->view.at[i];
    if (order == memory_order_seq_cst && ecs_engine.sc_view.at[i] > from)
        from = ecs_engine.sc_view.at[i];
    return from;
}

unsigned ecs_views_readable(struct ecs_thread *t, const volatile void *p, size_t size,
                            memory_order order)
{
    const struct ecs_location *l = at(p, size);
    return l->n - oldest(t, l, order);
}

static void see(struct ecs_thread *t, struct ecs_location *l, unsigned n, memory_order order)
{
    unsigned i = ecs_location_index(l);
    const struct ecs_message *m = &l->message[n];
    if (t->view.at[i] < n)
        t->view.at[i] = (uint8_t)n;
    join(&t->view_acquired, &m->view);
    ecs_clocks_join(&t->acquired, &m->clock);
    if (ecs_order_acquires(order)) {
        join(&t->view, &m->view);
        ecs_clocks_join(&t->clock, &m->clock);
    }
    if (order == memory_order_seq_cst && ecs_engine.sc_view.at[i] < n)
        ecs_engine.sc_view.at[i] = (uint8_t)n;
}

uint64_t ecs_views_load(struct ecs_thread *t, const volatile void *p, size_t size,
                        memory_order order, unsigned skip)
{
    struct ecs_location *l = at(p, size);
    unsigned n = l->n - 1 - skip;
    see(t, l, n, order);
    return l->message[n].value;
}

void ecs_views_rmw_read(struct ecs_thread *t, const volatile void *p, size_t size,
                        memory_order order)
{
    struct ecs_location *l = at(p, size);
    see(t, l, l->n - 1, order);
}

void ecs_views_store(struct ecs_thread *t, volatile void *p, size_t size, uint64_t value,
                     memory_order order, bool modify)
{
    struct ecs_location *l = at(p, size);
    unsigned i = ecs_location_index(l);
    if (l->n == ECS_ENGINE_MESSAGES) {
        ecs_engine_give_up("more stores to one location than the model keeps (40)");
        return;
    }
    unsigned n = l->n++;
    struct ecs_message *m = &l->message[n];
    m->value = value;
    t->view.at[i] = (uint8_t)n;
    m->view = ecs_order_releases(order) ? t->view : t->view_released;
    m->view.at[i] = (uint8_t)n;
    m->clock = ecs_clocks_told(t, order);
    if (modify) {
        join(&m->view, &l->message[n - 1].view);
        ecs_clocks_join(&m->clock, &l->message[n - 1].clock);
    }
    if (order == memory_order_seq_cst)
        ecs_engine.sc_view.at[i] = (uint8_t)n;
    m->hash = ecs_mix(ecs_mix(l->key + n, value), hash_view(&m->view));
}

void ecs_views_fence(struct ecs_thread *t, memory_order order)
{
    if (ecs_order_acquires(order))
        join(&t->view, &t->view_acquired);
    if (order == memory_order_seq_cst) {
        join(&t->view, &ecs_engine.sc_view);
        join(&ecs_engine.sc_view, &t->view);
    }
    if (ecs_order_releases(order))
        t->view_released = t->view;
}

bool ecs_views_behind(struct ecs_thread *t, const volatile void *p, size_t size)
{
    const struct ecs_location *l = at(p, size);
    return t->view.at[ecs_location_index(l)] + 1u < l->n || t->n_read == 0;
}

/* A store becomes visible at last: whoever has waited sees at least the next one. */
void ecs_views_catch_up(struct ecs_thread *t, const volatile void *p, size_t size)
{
    const struct ecs_location *l = at(p, size);
    unsigned i = ecs_location_index(l);
    if (t->view.at[i] + 1u < l->n)
        t->view.at[i]++;
}

uint64_t ecs_views_key(void)
{
    struct ecs_engine *e = &ecs_engine;
    uint64_t h = hash_view(&e->sc_view);
    for (unsigned i = 0; i < e->n_threads; i++) {
        const struct ecs_thread *t = &e->thread[i];
        h = ecs_mix(h, hash_view(&t->view));
        h = ecs_mix(h, hash_view(&t->view_acquired));
        h = ecs_mix(h, hash_view(&t->view_released));
    }
    for (unsigned i = 0; i < e->n_locations; i++) {
        for (unsigned n = 1; n < e->location[i].n; n++)
            h += e->location[i].message[n].hash;
    }
    return h;
}
