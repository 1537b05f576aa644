#include "tiny.h"

#include "core/base/atomic.h"

struct state {
    _Atomic uint32_t memory[TINY_LOCATIONS];
    uint32_t reg[TINY_THREADS][TINY_LENGTH];
    unsigned n[TINY_THREADS];
};
static const struct tiny_program *present;

static uint32_t load(_Atomic uint32_t *p, enum tiny_order order)
{
    return order == SC ? ecs_load_seq_cst(p) : order == ACQ ? ecs_load_acquire(p)
                                                            : ecs_load_relaxed(p);
}

static void store(_Atomic uint32_t *p, uint32_t v, enum tiny_order order)
{
    if (order == SC)
        ecs_store_seq_cst(p, v);
    else if (order == REL)
        ecs_store_release(p, v);
    else
        ecs_store_relaxed(p, v);
}

static void fence(enum tiny_order order)
{
    if (order == SC)
        ecs_fence_seq_cst();
    else if (order == REL)
        ecs_fence_release();
    else
        ecs_fence_acquire();
}

static uint32_t cas(_Atomic uint32_t *p, uint32_t v, enum tiny_order order)
{
    uint32_t seen = 0;
    if (order == SC)
        ecs_cas_strong_seq_cst_seq_cst(p, &seen, v);
    else if (order == REL)
        ecs_cas_strong_release_relaxed(p, &seen, v);
    else
        ecs_cas_strong_acquire_relaxed(p, &seen, v);
    return seen;
}

static uint32_t add(_Atomic uint32_t *p, uint32_t v, enum tiny_order order)
{
    return order == SC ? ecs_fetch_add_seq_cst(p, v) : order == REL ? ecs_fetch_add_release(p, v)
                                                                    : ecs_fetch_add_relaxed(p, v);
}

static void body(void *state, unsigned t)
{
    struct state *s = state;
    for (const struct tiny_instruction *i = present->code[t]; i->op != TINY_END; i++) {
        _Atomic uint32_t *p = &s->memory[i->location];
        switch (i->op) {
        case LD: s->reg[t][s->n[t]++] = load(p, i->order); break;
        case ST: store(p, i->value, i->order); break;
        case FENCE: fence(i->order); break;
        case ADD: s->reg[t][s->n[t]++] = add(p, i->value, i->order); break;
        case CAS: s->reg[t][s->n[t]++] = cas(p, i->value, i->order); break;
        case TINY_END: break;
        }
        if (i == &present->code[t][TINY_LENGTH - 1])
            break;
    }
}

static uint64_t final(const void *state)
{
    const struct state *s = state;
    uint64_t h = 0;
    for (unsigned t = 0; t < TINY_THREADS; t++) {
        for (unsigned i = 0; i < s->n[t]; i++)
            h = h * 10 + s->reg[t][i];
    }
    for (unsigned i = 0; present->memory && i < TINY_LOCATIONS; i++)
        h = h * 1000 + ecs_count_read(&s->memory[i]);
    return h;
}

static size_t state_size(const int *values) { (void)values; return sizeof(struct state); }
static unsigned threads(const int *values) { (void)values; return present->threads; }
static void setup(void *state, const int *values) { (void)state; (void)values; }

const struct ecs_program *tiny(const struct tiny_program *p)
{
    static const struct ecs_program program = {
        .name = "tiny", .summary = "a test", .state_size = state_size, .threads = threads,
        .setup = setup, .body = body, .final = final};
    present = p;
    return &program;
}

uint64_t tiny_final(const char *registers)
{
    uint64_t h = 0;
    for (; *registers; registers++)
        h = h * 10 + (uint64_t)(*registers - '0');
    return ecs_mix(h, 1);
}
