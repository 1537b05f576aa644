/* Runs: reset, moves, what is possible next. The operations themselves are in hooks.c. */
#include "core/explore/engine.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/explore/self.h"

struct ecs_engine ecs_engine;
const char *const ecs_model_names[] = {"sc", "tso", "ra", NULL};

static const size_t arena_size =
    ECS_EXPLORE_MAX_STATE + (ECS_EXPLORE_MAX_THREADS + 1) * (size_t)ECS_ENGINE_HEAP;

size_t ecs_engine_shared_size(void)
{
    return sizeof(uint64_t) + (ECS_ENGINE_STEPS + 8) * sizeof(struct ecs_choice);
}

static void thread_entry(void)
{
    struct ecs_engine *e = &ecs_engine;
    struct ecs_thread *t = e->now;
    ecs_fiber_entered();
    e->program->body(e->arena, (unsigned)(t - e->thread));
    if (e->program->leaves)
        ecs_self_run_hooks(&t->self);
    ecs_engine_settle(t);
    t->alive = false;
    for (;;)
        ecs_fiber_switch(&t->fiber, &e->main);
}

static int open_memory(struct ecs_engine *e, void *shared)
{
    e->arena = mmap(NULL, arena_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (e->arena == MAP_FAILED) {
        e->arena = NULL;
        return -ENOMEM;
    }
    if (!shared)
        shared = e->own_shared = calloc(1, ecs_engine_shared_size());
    e->snapshot = malloc(e->state_size);
    if (!shared || !e->snapshot)
        return -ENOMEM;
    e->depth = shared;
    e->path = (struct ecs_choice *)(void *)((char *)shared + sizeof(uint64_t));
    int rc = ecs_fiber_adopt(&e->main);
    for (unsigned t = 0; rc == 0 && t < e->n_threads; t++)
        rc = ecs_fiber_create(&e->thread[t].fiber);
    return rc;
}

int ecs_engine_open(const struct ecs_program *program, const int *values, enum ecs_model model,
                    void *shared)
{
    struct ecs_engine *e = &ecs_engine;
    memset(e, 0, offsetof(struct ecs_engine, n_locations));
    e->n_locations = 0;
    e->n_blocks = 0;
    const struct ecs_program *built = program->build ? program->build(values) : NULL;
    e->program = built ? built : program;
    memcpy(e->values, values, sizeof e->values);
    e->model = model;
    e->n_threads = e->program->threads(values);
    e->state_size = e->program->state_size(values);
    if (e->state_size > ECS_EXPLORE_MAX_STATE || e->n_threads == 0 ||
        e->n_threads > ECS_EXPLORE_MAX_THREADS)
        return -EINVAL;
    int rc = open_memory(e, shared);
    if (rc) {
        ecs_engine_close();
        return rc;
    }
    ecs_self_forget_keys();
    e->setup_self.id = ECS_MAX_THREADS - 1;
    e->as = &e->setup_self;
    for (unsigned t = 0; t < ECS_EXPLORE_MAX_THREADS; t++)
        e->joined[t].id = t;
    e->program->setup(e->arena, values);
    e->as = &e->setup_self;
    memcpy(e->snapshot, e->arena, e->state_size);
    return 0;
}

void ecs_engine_close(void)
{
    struct ecs_engine *e = &ecs_engine;
    for (unsigned t = 0; t < ECS_EXPLORE_MAX_THREADS; t++)
        ecs_fiber_free(&e->thread[t].fiber);
    free(e->main.context);
    e->main = (struct ecs_fiber){0};
    free(e->snapshot);
    free(e->own_shared);
    if (e->arena)
        munmap(e->arena, arena_size);
    e->arena = e->snapshot = NULL;
    e->own_shared = NULL;
}

static void reset_thread(struct ecs_thread *t, unsigned id)
{
    t->alive = true;
    t->history = id + 1;
    t->n_read = t->n_spurious = t->n_buffered = 0;
    t->writing = NULL;
    t->self = ecs_engine.joined[id];
    memset(&t->clock, 0, offsetof(struct ecs_thread, view) - offsetof(struct ecs_thread, clock));
    t->clock.at[id] = 1;
    if (ecs_engine.model == ECS_MODEL_RA)
        memset(&t->view, 0, 3 * sizeof t->view);
    ecs_fiber_prepare(&t->fiber, thread_entry);
}

void ecs_engine_reset(void)
{
    struct ecs_engine *e = &ecs_engine;
    memcpy(e->arena, e->snapshot, e->state_size);
    memset(&e->setup_self.slot, 0, sizeof e->setup_self.slot);
    *e->depth = 0;
    e->hash = 0;
    e->stored = true;
    e->finding = ECS_FINDING_NONE;
    e->out_of_room = false;
    e->n_blocks = 0;
    memset(e->heap_used, 0, sizeof e->heap_used);
    ecs_locations_reset();
    for (unsigned t = 0; t < e->n_threads; t++)
        reset_thread(&e->thread[t], t);
    size_t prefix = e->n_prefix;
    e->n_prefix = 0; /* each up to its first operation only */
    for (unsigned t = 0; t < e->n_threads; t++) {
        e->now = &e->thread[t];
        ecs_fiber_switch(&e->main, &e->now->fiber);
    }
    e->now = NULL;
    e->n_prefix = prefix;
}

static void flush(struct ecs_thread *t)
{
    struct ecs_engine *e = &ecs_engine;
    struct ecs_buffered b = t->buffer[0];
    memmove(t->buffer, t->buffer + 1, --t->n_buffered * sizeof b);
    ecs_memory_put(b.p, b.size, b.value);
    if (e->clocks)
        ecs_location_of(b.p)->released = b.clock;
    e->stored = true;
}

void ecs_engine_make(struct ecs_choice choice)
{
    struct ecs_engine *e = &ecs_engine;
    uint32_t at = *e->depth;
    e->path[at] = choice;
    *e->depth = at + 1;
    struct ecs_thread *t = &e->thread[choice.thread];
    if (e->trace)
        ecs_trace_begin(at, choice);
    if (choice.move == ECS_MOVE_FLUSH) {
        flush(t);
        return;
    }
    e->current = choice;
    e->now = t;
    ecs_fiber_switch(&e->main, &t->fiber);
    e->now = NULL;
}

/* ---- what is possible ------------------------------------------------------------------------ */

/* Has what is waited for changed since it was looked at last? */
static bool wait_is_over(struct ecs_thread *t)
{
    if (ecs_engine.model == ECS_MODEL_RA)
        return ecs_views_behind(t, t->p, t->size);
    uint64_t now = 0;
    bool own = false;
    for (unsigned i = t->n_buffered; i > 0 && !own; i--) {
        own = t->buffer[i - 1].p == t->p;
        now = t->buffer[i - 1].value;
    }
    for (unsigned i = 0; i < t->n_read && i < 4; i++) {
        if (t->read[i].p == t->p)
            return (own ? now : ecs_memory_get(t->p, t->size)) != t->read[i].value;
    }
    return true;
}

bool ecs_engine_runnable(unsigned n)
{
    struct ecs_thread *t = &ecs_engine.thread[n];
    return t->alive && (t->site->kind != ECS_EXPLORE_WAIT || wait_is_over(t));
}

static bool needs_empty_buffer(const struct ecs_thread *t)
{
    const struct ecs_explore_site *s = t->site;
    switch (s->kind) {
    case ECS_EXPLORE_CAS_OP:
    case ECS_EXPLORE_EXCHANGE:
    case ECS_EXPLORE_FETCH_add:
    case ECS_EXPLORE_FETCH_sub:
    case ECS_EXPLORE_FETCH_or:
    case ECS_EXPLORE_FETCH_and:
        return !s->direct;
    case ECS_EXPLORE_STORE_OP:
        return s->order == memory_order_seq_cst || t->n_buffered == ECS_ENGINE_BUFFER;
    case ECS_EXPLORE_FENCE:
        return s->order == memory_order_seq_cst;
    default:
        return false;
    }
}

bool ecs_engine_can_step(unsigned n)
{
    struct ecs_thread *t = &ecs_engine.thread[n];
    return ecs_engine_runnable(n) &&
           !(ecs_engine.model == ECS_MODEL_TSO && t->n_buffered && needs_empty_buffer(t));
}

bool ecs_engine_is_local(unsigned n)
{
    const struct ecs_thread *t = &ecs_engine.thread[n];
    if (!t->alive)
        return false;
    if (t->site->kind == ECS_EXPLORE_FENCE)
        return t->site->order != memory_order_seq_cst || ecs_engine.model == ECS_MODEL_SC;
    return ecs_engine.model == ECS_MODEL_TSO && t->site->kind == ECS_EXPLORE_STORE_OP &&
           !needs_empty_buffer(t);
}

unsigned ecs_engine_readable(unsigned n)
{
    struct ecs_thread *t = &ecs_engine.thread[n];
    if (ecs_engine.model != ECS_MODEL_RA || t->site->kind != ECS_EXPLORE_LOAD_OP ||
        t->site->direct)
        return 1;
    return ecs_views_readable(t, t->p, t->size, t->site->order);
}

static size_t add_moves(struct ecs_choice *out, size_t n, size_t max, unsigned t)
{
    struct ecs_engine *e = &ecs_engine;
    struct ecs_thread *th = &e->thread[t];
    if (ecs_engine_can_step(t)) {
        if (n < max)
            out[n++] = (struct ecs_choice){(uint8_t)t, ECS_MOVE_STEP, 0};
        unsigned readable = ecs_engine_readable(t);
        for (unsigned k = 1; k < readable && n < max; k++)
            out[n++] = (struct ecs_choice){(uint8_t)t, ECS_MOVE_STALE, (uint8_t)k};
        if (th->site->kind == ECS_EXPLORE_CAS_OP && th->site->weak && n < max &&
            th->n_spurious < e->spurious)
            out[n++] = (struct ecs_choice){(uint8_t)t, ECS_MOVE_SPURIOUS, 0};
    }
    if (th->n_buffered && n < max)
        out[n++] = (struct ecs_choice){(uint8_t)t, ECS_MOVE_FLUSH, 0};
    return n;
}

size_t ecs_engine_choices(struct ecs_choice *out, size_t max, int last)
{
    size_t n = 0;
    if (last >= 0)
        n = add_moves(out, n, max, (unsigned)last);
    for (unsigned t = 0; t < ecs_engine.n_threads; t++) {
        if ((int)t != last)
            n = add_moves(out, n, max, t);
    }
    return n;
}

bool ecs_engine_over(void)
{
    for (unsigned t = 0; t < ecs_engine.n_threads; t++) {
        if (ecs_engine.thread[t].alive || ecs_engine.thread[t].n_buffered)
            return false;
    }
    return true;
}

uint64_t ecs_engine_key(void)
{
    struct ecs_engine *e = &ecs_engine;
    uint64_t h = e->hash;
    for (unsigned i = 0; i < e->n_threads; i++) {
        const struct ecs_thread *t = &e->thread[i];
        h = ecs_mix(h, t->history + t->alive);
        for (unsigned k = 0; k < t->n_buffered; k++)
            h = ecs_mix(ecs_mix(h, (uint64_t)((const volatile char *)t->buffer[k].p - e->arena)),
                        t->buffer[k].value);
        if (t->n_buffered)
            h = ecs_mix(h, i + 77);
    }
    if (e->model == ECS_MODEL_RA)
        h = ecs_mix(h, ecs_views_key());
    if (e->clocks)
        h = ecs_mix(h, ecs_clocks_key());
    return h;
}

/* ---- findings -------------------------------------------------------------------------------- */

const char *ecs_finding_name(enum ecs_finding finding)
{
    static const char *const names[] = {
        "none", "invariant", "assertion", "not linearizable", "use after free", "double free",
        "leak", "uninitialised read", "data race", "deadlock", "crash", "stray access"};
    return names[finding];
}

void ecs_explore_fail(enum ecs_finding finding, const char *fmt, ...)
{
    struct ecs_engine *e = &ecs_engine;
    if (e->finding == ECS_FINDING_NONE) {
        va_list args;
        va_start(args, fmt);
        vsnprintf(e->what, sizeof e->what, fmt, args);
        va_end(args);
        e->finding = finding;
    }
    if (e->now && !e->carry_on)
        ecs_engine_abandon();
}

void ecs_engine_abandon(void)
{
    struct ecs_engine *e = &ecs_engine;
    struct ecs_thread *t = e->now;
    t->alive = false;
    for (;;)
        ecs_fiber_switch(&t->fiber, &e->main);
}

void ecs_engine_give_up(const char *room)
{
    ecs_engine.out_of_room = true;
    ecs_engine.room = room;
    if (ecs_engine.now)
        ecs_engine_abandon();
}

void ecs_engine_check(bool at_end)
{
    struct ecs_engine *e = &ecs_engine;
    if (e->finding != ECS_FINDING_NONE && !e->carry_on)
        return;
    if (e->stored && e->program->check_step && !e->carry_on)
        e->program->check_step(e->arena);
    e->stored = false;
    if (!at_end)
        return;
    if (e->program->check)
        e->program->check(e->arena);
    ecs_memory_check_leaks();
}

void ecs_engine_deadlock(void)
{
    struct ecs_engine *e = &ecs_engine;
    char text[200] = "";
    size_t n = 0;
    for (unsigned t = 0; t < e->n_threads && n < sizeof text; t++) {
        if (e->thread[t].alive)
            n += (size_t)snprintf(text + n, sizeof text - n, "%sthread %u waits for %s (%s:%d)",
                                  n ? ", " : "", t, e->thread[t].site->location,
                                  e->thread[t].site->file, e->thread[t].site->line);
    }
    ecs_explore_fail(ECS_FINDING_DEADLOCK, "no thread can go on: %s", text);
}
