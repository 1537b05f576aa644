/* Dynamic partial-order reduction with sleep sets. A process is a thread or the store buffer of
 * one; all data choices of a process (which store a load reads, whether a CAS fails for no
 * reason) are gone through wherever the process is chosen. */
#include <stdlib.h>
#include <string.h>

#include "core/explore/search_private.h"

/* A process's next operation, as far as it matters for what it depends on. */
struct operation {
    bool any;            /* there is one */
    bool writes, fence, sc, local;
    const volatile void *p;
};

struct stage {
    uint32_t enabled, backtrack, done, sleep; /* one bit a process */
    uint8_t process, n_data, data;
    struct operation made, next[ECS_PROCESSES];
    uint16_t clock[ECS_PROCESSES];            /* of the operation that was made */
    struct ecs_choice choice[ECS_MAX_CHOICES];
};

struct dpor {
    struct ecs_search *s;
    size_t prefix, n; /* stages */
    struct stage stage[ECS_ENGINE_STEPS];
};

static unsigned owner(unsigned process)
{
    return process % ECS_EXPLORE_MAX_THREADS;
}

static struct operation operation_of(unsigned process)
{
    struct ecs_thread *t = &ecs_engine.thread[owner(process)];
    if (process >= ECS_EXPLORE_MAX_THREADS) {
        if (!t->n_buffered)
            return (struct operation){0};
        return (struct operation){.any = true, .writes = true, .p = t->buffer[0].p};
    }
    if (!t->alive)
        return (struct operation){0};
    const struct ecs_explore_site *s = t->site;
    struct operation o = {.any = true, .p = t->p, .sc = s->order == memory_order_seq_cst};
    o.local = ecs_engine_is_local(process);
    o.fence = s->kind == ECS_EXPLORE_FENCE;
    o.writes = s->kind != ECS_EXPLORE_LOAD_OP && s->kind != ECS_EXPLORE_WAIT && !o.fence;
    return o;
}

static bool depend(unsigned a, const struct operation *x, unsigned b, const struct operation *y)
{
    if (owner(a) == owner(b))
        return true;
    if (!x->any || !y->any || x->local || y->local)
        return false;
    bool ra = ecs_engine.model == ECS_MODEL_RA;
    if (x->fence || y->fence)
        return ra && x->sc && y->sc;
    if (x->p != y->p)
        return false;
    return x->writes || y->writes || (ra && x->sc && y->sc);
}

static uint32_t enabled_now(void)
{
    uint32_t mask = 0;
    for (unsigned t = 0; t < ecs_engine.n_threads; t++) {
        if (ecs_engine_can_step(t))
            mask |= 1u << t;
        if (ecs_engine.thread[t].n_buffered)
            mask |= 1u << (t + ECS_EXPLORE_MAX_THREADS);
    }
    return mask;
}

/* The clock of the last operation that `process` has made, 0 if none. */
static const uint16_t *clock_of(const struct dpor *d, size_t depth, unsigned process)
{
    static const uint16_t none[ECS_PROCESSES];
    for (size_t i = depth; i > 0; i--) {
        if (d->stage[i - 1].process == process)
            return d->stage[i - 1].clock;
    }
    return none;
}

/* Is what was made at `stage` before all that `clock` knows of? */
static bool known(const struct dpor *d, size_t stage, const uint16_t *clock)
{
    return clock[d->stage[stage].process] > stage;
}

static void join(uint16_t *clock, const uint16_t *other)
{
    for (unsigned k = 0; k < ECS_PROCESSES; k++)
        clock[k] = clock[k] > other[k] ? clock[k] : other[k];
}

/* Who may begin when the next operation of `process` is to come before the one at stage `at`: the
 * first ones of all that does not come after that stage. `clock` knows what `process` needs. */
static uint32_t initials(const struct dpor *d, size_t at, size_t depth, unsigned process,
                         const uint16_t *clock)
{
    uint32_t begin = 0, met = 0;
    for (size_t k = at + 1; k < depth; k++) {
        const struct stage *g = &d->stage[k];
        bool first = !(met >> g->process & 1);
        if (known(d, at, g->clock))
            continue;
        for (size_t m = at + 1; m < k && first; m++)
            first = known(d, at, d->stage[m].clock) || !known(d, m, g->clock);
        met |= 1u << g->process;
        begin |= (uint32_t)first << g->process;
    }
    bool first = !(met >> process & 1);
    for (size_t m = at + 1; m < depth && first; m++)
        first = known(d, at, d->stage[m].clock) || !known(d, m, clock);
    return begin | (uint32_t)first << process;
}

/* One operation follows from the other: a store leaves a buffer after it has got in; what needs an
 * empty buffer waits for it. */
static bool irreversible(const struct stage *g, unsigned process)
{
    return owner(g->process) == owner(process) && !(g->enabled >> process & 1);
}

/* Every operation that the next one of `process` races with: try it the other way round there.
 * Source sets instead of the persistent sets of the original, which together with sleep sets would
 * miss some: P. Abdulla et al., "Optimal Dynamic Partial Order Reduction", POPL 2014. */
static void add_backtrack(struct dpor *d, size_t depth, unsigned process)
{
    struct operation next = operation_of(process);
    uint16_t clock[ECS_PROCESSES], needs[ECS_PROCESSES];
    if (!next.any)
        return;
    memcpy(clock, clock_of(d, depth, process), sizeof clock);
    memcpy(needs, clock, sizeof needs);
    for (size_t i = 0; i < depth; i++) {
        if (depend(d->stage[i].process, &d->stage[i].made, process, &next))
            join(needs, d->stage[i].clock);
    }
    for (size_t i = depth; i > 0; i--) {
        struct stage *g = &d->stage[i - 1];
        if (known(d, i - 1, clock) || !depend(g->process, &g->made, process, &next))
            continue;
        join(clock, g->clock);
        if (g->process == process || irreversible(g, process))
            continue;
        uint32_t begin = initials(d, i - 1, depth, process, needs) & g->enabled;
        if (!begin)
            g->backtrack |= g->enabled;
        else if (!(begin & g->backtrack))
            g->backtrack |= begin & -begin;
    }
}

static void order(struct dpor *d, size_t depth)
{
    struct stage *g = &d->stage[depth];
    memcpy(g->clock, clock_of(d, depth, g->process), sizeof g->clock);
    for (size_t i = 0; i < depth; i++) {
        const struct stage *b = &d->stage[i];
        if (!depend(b->process, &b->made, g->process, &g->made))
            continue;
        join(g->clock, b->clock);
    }
    g->clock[g->process] = (uint16_t)(depth + 1);
}

/* What `process` may do: its data choices. */
static void choose(struct stage *g, unsigned process)
{
    struct ecs_choice all[ECS_MAX_CHOICES];
    bool flush = process >= ECS_EXPLORE_MAX_THREADS;
    size_t n = ecs_engine_choices(all, ECS_MAX_CHOICES, -1);
    g->process = (uint8_t)process;
    g->n_data = g->data = 0;
    for (size_t i = 0; i < n; i++) {
        if (all[i].thread == owner(process) && (all[i].move == ECS_MOVE_FLUSH) == flush)
            g->choice[g->n_data++] = all[i];
    }
}

static void sleep_of(struct dpor *d, size_t depth)
{
    struct stage *g = &d->stage[depth];
    g->sleep = 0;
    if (depth == 0)
        return;
    const struct stage *b = &d->stage[depth - 1];
    uint32_t asleep = (b->sleep | b->done) & ~(1u << b->process);
    for (unsigned k = 0; k < ECS_PROCESSES; k++) {
        if (asleep >> k & 1 && !depend(k, &b->next[k], b->process, &b->made))
            g->sleep |= 1u << k;
    }
}

/* A new state: false when all that could be done there has been done elsewhere. */
static bool open_stage(struct dpor *d, size_t depth, uint32_t enabled)
{
    struct stage *g = &d->stage[depth];
    sleep_of(d, depth);
    g->enabled = enabled;
    g->done = 0;
    uint32_t awake = enabled & ~g->sleep;
    if (!awake)
        return false;
    unsigned process = (unsigned)__builtin_ctz(awake);
    if (depth > 0 && awake >> d->stage[depth - 1].process & 1)
        process = d->stage[depth - 1].process;
    g->backtrack = 1u << process;
    for (unsigned k = 0; k < ECS_PROCESSES; k++)
        g->next[k] = operation_of(k);
    choose(g, process);
    d->n = depth + 1;
    return true;
}

static void make(struct dpor *d, size_t depth)
{
    struct stage *g = &d->stage[depth];
    g->made = operation_of(g->process);
    order(d, depth);
    ecs_engine_make(g->choice[g->data]);
}

static enum ecs_end at_end(void)
{
    struct ecs_engine *e = &ecs_engine;
    if (ecs_engine_over())
        ecs_engine_check(true);
    else if (!e->finding)
        ecs_engine_deadlock();
    return e->finding ? ECS_END_FOUND : ECS_END_OVER;
}

static enum ecs_end run(struct dpor *d)
{
    struct ecs_engine *e = &ecs_engine;
    e->n_prefix = 0;
    ecs_engine_reset();
    for (size_t depth = 0;; depth++) {
        if (e->out_of_room || depth >= ECS_ENGINE_STEPS - 1)
            return ECS_END_GIVEN_UP;
        if (depth >= d->prefix)
            ecs_engine_check(false);
        if (e->finding && !e->carry_on)
            return ECS_END_FOUND;
        uint32_t enabled = enabled_now();
        if (!enabled)
            break;
        if (depth >= d->prefix) {
            for (unsigned k = 0; k < ECS_PROCESSES; k++) {
                if (owner(k) < e->n_threads)
                    add_backtrack(d, depth, k);
            }
            if (!open_stage(d, depth, enabled))
                return ECS_END_PRUNED;
        } else if (depth + 1 == d->prefix && d->stage[depth].n_data == 0) {
            choose(&d->stage[depth], d->stage[depth].process);
        }
        make(d, depth);
    }
    return at_end();
}

/* The deepest stage with something left: a data choice, or a process to try. */
static bool advance(struct dpor *d)
{
    while (d->n > 0) {
        struct stage *g = &d->stage[d->n - 1];
        if (++g->data < g->n_data) {
            d->prefix = d->n;
            return true;
        }
        g->done |= 1u << g->process;
        uint32_t left = g->backtrack & g->enabled & ~g->done & ~g->sleep;
        if (left) {
            g->process = (uint8_t)__builtin_ctz(left);
            g->n_data = g->data = 0;
            d->prefix = d->n;
            return true;
        }
        d->n--;
    }
    return false;
}

void ecs_dpor(struct ecs_search *s)
{
    struct dpor *d = calloc(1, sizeof *d);
    if (!d)
        return;
    d->s = s;
    for (bool more = true; more;) {
        enum ecs_end end = run(d);
        if (ecs_engine.need_clocks && !ecs_engine.clocks) {
            ecs_engine.clocks = true;
            d->prefix = d->n = 0;
            continue;
        }
        ecs_search_count(s, end);
        if ((end == ECS_END_FOUND && !s->o->all) || ecs_search_out_of_time(s))
            break;
        more = advance(d);
        s->r->exhaustive = !more;
    }
    free(d);
}
