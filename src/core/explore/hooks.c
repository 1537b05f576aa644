/* The operations: each announces itself, lets the scheduler decide, then acts as the memory model
 * says. While the prefix of a run is played, the next thread is switched to without asking. */
#include <string.h>

#include "core/explore/engine.h"

static inline struct ecs_engine *engine(void) { return &ecs_engine; }

void ecs_engine_settle(struct ecs_thread *t)
{
    if (!t->writing)
        return;
    uint64_t at = (uint64_t)((volatile char *)t->writing - ecs_engine.arena) + 1;
    uint64_t value = ecs_memory_get(t->writing, t->writing_size);
    ecs_engine.hash ^= ecs_mix(at, t->written_over) ^ ecs_mix(at, value);
    t->writing = NULL;
}

/* Tells what comes next and returns when it has been chosen. */
static inline void announce(struct ecs_thread *t, const struct ecs_explore_site *site,
                            const volatile void *p, size_t size)
{
    struct ecs_engine *e = engine();
    if (t->writing)
        ecs_engine_settle(t);
    t->site = site;
    t->p = (volatile void *)(uintptr_t)p;
    t->size = size;
    uint32_t at = *e->depth;
    if (at < e->n_prefix && e->path[at].move != ECS_MOVE_FLUSH && !e->trace && !e->finding) {
        struct ecs_thread *next = &e->thread[e->path[at].thread];
        e->current = e->path[at];
        *e->depth = at + 1;
        if (next != t) {
            e->now = next;
            ecs_fiber_switch(&t->fiber, &next->fiber);
        }
    } else {
        ecs_fiber_switch(&t->fiber, &e->main);
    }
    e->n_steps++;
}

static inline void learn(struct ecs_thread *t, uint64_t v)
{
    uint64_t h = (t->history ^ v) * 0x9E3779B97F4A7C15ull;
    t->history = h ^ h >> 29;
}

static void remember(struct ecs_thread *t, const volatile void *p, uint64_t v)
{
    unsigned i = 0;
    while (i < t->n_read && t->read[i].p != p)
        i++;
    if (i == 4)
        i = 3;
    else if (i == t->n_read)
        t->n_read++;
    t->read[i].p = p;
    t->read[i].value = v;
}

static void note(const struct ecs_thread *t, uint64_t value, uint64_t argument, bool wrote, bool ok)
{
    struct ecs_engine *e = engine();
    struct ecs_step *s = &e->trace[*e->depth - 1];
    s->kind = t->site->kind;
    s->order = ok ? t->site->order : t->site->failure;
    s->location = t->site->location;
    s->file = t->site->file;
    s->line = t->site->line;
    s->p = t->p;
    s->value = value;
    s->argument = argument;
    s->wrote = wrote;
    s->ok = ok;
}

void ecs_trace_begin(uint32_t at, struct ecs_choice choice)
{
    struct ecs_engine *e = engine();
    struct ecs_step *s = &e->trace[at];
    *s = (struct ecs_step){.choice = choice, .location = "", .file = "", .ok = true};
    if (choice.move != ECS_MOVE_FLUSH)
        return;
    const struct ecs_buffered *b = &e->thread[choice.thread].buffer[0];
    s->kind = ECS_EXPLORE_STORE_OP;
    s->order = memory_order_relaxed;
    s->location = b->location;
    s->file = b->file;
    s->line = b->line;
    s->p = b->p;
    s->value = b->value;
    s->wrote = true;
}

static uint64_t load_here(struct ecs_thread *t, const volatile void *p, size_t size,
                          memory_order order)
{
    struct ecs_engine *e = engine();
    if (e->model == ECS_MODEL_RA) {
        unsigned skip = e->current.move == ECS_MOVE_STALE ? e->current.skip : 0;
        return ecs_views_load(t, p, size, order, skip);
    }
    for (unsigned i = t->n_buffered; i > 0; i--) {
        if (t->buffer[i - 1].p == p)
            return t->buffer[i - 1].value;
    }
    if (e->clocks)
        ecs_clocks_load(t, p, order);
    return ecs_memory_get(p, size);
}

uint64_t ecs_explore_load(const struct ecs_explore_site *site, const volatile void *p, size_t size)
{
    struct ecs_thread *t = engine()->now;
    if (!t)
        return ecs_memory_get(p, size);
    announce(t, site, p, size);
    ecs_memory_check(site, p, size, true);
    uint64_t value = site->direct ? ecs_memory_get(p, size) : load_here(t, p, size, site->order);
    learn(t, value);
    remember(t, p, value);
    if (engine()->trace)
        note(t, value, 0, false, true);
    return value;
}

static void store_now(struct ecs_thread *t, volatile void *p, size_t size, uint64_t value,
                      memory_order order, bool modify)
{
    struct ecs_engine *e = engine();
    if (e->model == ECS_MODEL_RA)
        ecs_views_store(t, p, size, value, order, modify);
    else if (e->clocks)
        ecs_clocks_store(t, p, order, modify);
    ecs_memory_put(p, size, value);
    e->stored = true;
}

void ecs_explore_store(const struct ecs_explore_site *site, volatile void *p, size_t size,
                       uint64_t value)
{
    struct ecs_engine *e = engine();
    struct ecs_thread *t = e->now;
    if (size < sizeof value)
        value &= (1ull << size * 8) - 1;
    if (!t) {
        memcpy((void *)p, &value, size);
        return;
    }
    announce(t, site, p, size);
    ecs_memory_check(site, p, size, false);
    learn(t, 5);
    if (e->trace)
        note(t, value, 0, true, true);
    if (e->model == ECS_MODEL_TSO && site->order != memory_order_seq_cst) {
        t->buffer[t->n_buffered++] = (struct ecs_buffered){
            .p = p, .value = value, .size = (uint32_t)size, .location = site->location,
            .file = site->file, .line = site->line};
        if (e->clocks)
            t->buffer[t->n_buffered - 1].clock = ecs_clocks_told(t, site->order);
        return;
    }
    store_now(t, p, size, value, site->order, false);
}

/* The reading half of a read-modify-write that will write, or of a CAS that will not. */
static void sync_read(struct ecs_thread *t, const volatile void *p, size_t size,
                      memory_order order)
{
    struct ecs_engine *e = engine();
    if (e->model == ECS_MODEL_RA)
        ecs_views_rmw_read(t, p, size, order);
    else if (e->clocks)
        ecs_clocks_load(t, p, order);
}

bool ecs_explore_cas(const struct ecs_explore_site *site, volatile void *p, size_t size,
                     uint64_t *expected, uint64_t desired)
{
    struct ecs_engine *e = engine();
    struct ecs_thread *t = e->now;
    uint64_t mask = size < sizeof desired ? (1ull << size * 8) - 1 : UINT64_MAX;
    if (t) {
        announce(t, site, p, size);
        ecs_memory_check(site, p, size, true);
    }
    uint64_t found = ecs_memory_get(p, size);
    bool spurious = t && e->current.move == ECS_MOVE_SPURIOUS;
    bool done = found == (*expected & mask) && !spurious;
    *expected = found;
    if (!t) {
        if (done)
            memcpy((void *)p, &desired, size);
        return done;
    }
    t->n_spurious += spurious;
    learn(t, found + 9 + spurious);
    remember(t, p, found);
    sync_read(t, p, size, done ? site->order : site->failure);
    if (done)
        store_now(t, p, size, desired & mask, site->order, true);
    if (e->trace)
        note(t, found, desired & mask, done, done);
    return done;
}

static uint64_t modified(enum ecs_explore_kind kind, uint64_t before, uint64_t operand)
{
    switch (kind) {
    case ECS_EXPLORE_FETCH_add: return before + operand;
    case ECS_EXPLORE_FETCH_sub: return before - operand;
    case ECS_EXPLORE_FETCH_or: return before | operand;
    case ECS_EXPLORE_FETCH_and: return before & operand;
    default: return operand;
    }
}

uint64_t ecs_explore_rmw(const struct ecs_explore_site *site, volatile void *p, size_t size,
                         uint64_t operand)
{
    struct ecs_engine *e = engine();
    struct ecs_thread *t = e->now;
    uint64_t mask = size < sizeof operand ? (1ull << size * 8) - 1 : UINT64_MAX;
    if (t) {
        announce(t, site, p, size);
        ecs_memory_check(site, p, size, true);
    }
    uint64_t before = ecs_memory_get(p, size);
    uint64_t after = modified(site->kind, before, operand) & mask;
    if (!t) {
        memcpy((void *)p, &after, size);
        return before;
    }
    learn(t, before + 9);
    remember(t, p, before);
    if (e->trace)
        note(t, before, after, true, true);
    if (site->direct) {
        ecs_memory_put(p, size, after);
        return before;
    }
    sync_read(t, p, size, site->order);
    store_now(t, p, size, after, site->order, true);
    return before;
}

void ecs_explore_fence(const struct ecs_explore_site *site)
{
    struct ecs_engine *e = engine();
    struct ecs_thread *t = e->now;
    if (!t)
        return;
    announce(t, site, NULL, 0);
    learn(t, 3);
    if (e->model == ECS_MODEL_RA)
        ecs_views_fence(t, site->order);
    if (e->clocks)
        ecs_clocks_fence(t, site->order);
    if (e->trace)
        note(t, 0, 0, false, true);
}

/* No step: accesses that do not race commute with all that others do, and those that race are
 * found whatever their order. */
void ecs_explore_plain(const struct ecs_explore_site *site, const volatile void *p, size_t size)
{
    struct ecs_engine *e = engine();
    struct ecs_thread *t = e->now;
    bool write = site->kind == ECS_EXPLORE_PLAIN_WRITE_OP;
    if (!t)
        return;
    e->need_clocks = true;
    if (t->writing)
        ecs_engine_settle(t);
    ecs_memory_check(site, p, size, !write);
    if (e->clocks)
        ecs_clocks_plain(t, site, p, write);
    if (size > sizeof(uint64_t))
        return;
    uint64_t value = ecs_memory_get(p, size);
    if (write) {
        t->writing = (volatile void *)(uintptr_t)p;
        t->writing_size = size;
        t->written_over = value;
    } else {
        learn(t, value);
    }
}

void ecs_explore_wait(const struct ecs_explore_site *site, const volatile void *p, size_t size)
{
    struct ecs_engine *e = engine();
    struct ecs_thread *t = e->now;
    if (!t)
        return;
    announce(t, site, p, size);
    learn(t, 7);
    if (e->model == ECS_MODEL_RA)
        ecs_views_catch_up(t, p, size);
    if (e->trace)
        note(t, ecs_memory_get(p, size), 0, false, true);
}
