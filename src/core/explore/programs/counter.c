/* Each thread adds 1 to one counter. With a load and a store an update is lost; with
 * compare-exchange in a loop, or with one fetch-and-add, none is. */
#include <stdio.h>

#include "core/base/atomic.h"
#include "core/explore/programs/programs.h"

enum { OP, THREADS };
enum { LOAD_STORE, CAS, FETCH_ADD };
static const char *const ops[] = {"load_store", "cas", "fetch_add", NULL};
static const struct ecs_program_param params[] = {
    {.name = "op", .help = "how 1 is added", .choices = ops, .def = LOAD_STORE},
    {.name = "threads", .help = "how many", .def = 2, .min = 2, .max = 4},
};

struct state {
    _Atomic uint32_t counter;
    int op;
    uint32_t threads;
};

static size_t state_size(const int *values) { (void)values; return sizeof(struct state); }
static unsigned threads(const int *values) { return (unsigned)values[THREADS]; }

static void setup(void *state, const int *values)
{
    struct state *s = state;
    s->op = values[OP];
    s->threads = (uint32_t)values[THREADS];
}

static void body(void *state, unsigned thread)
{
    struct state *s = state;
    (void)thread;
    uint32_t seen;
    switch (s->op) {
    case LOAD_STORE:
        seen = ecs_load_relaxed(&s->counter);
        ecs_store_relaxed(&s->counter, seen + 1);
        break;
    case CAS:
        seen = ecs_load_relaxed(&s->counter);
        while (!ecs_cas_weak_relaxed_relaxed(&s->counter, &seen, seen + 1))
            ;
        break;
    default:
        ecs_fetch_add_relaxed(&s->counter, 1);
    }
}

static void check(void *state)
{
    struct state *s = state;
    uint32_t n = ecs_load_relaxed(&s->counter);
    if (n != s->threads)
        ecs_explore_fail(ECS_FINDING_INVARIANT, "%u threads have added 1, and the counter is %u",
                         s->threads, n);
}

static uint64_t final(const void *state)
{
    return ecs_count_read(&((const struct state *)state)->counter);
}

const struct ecs_program ecs_program_counter = {
    .name = "counter", .summary = "each thread adds 1 to a shared counter: lost updates",
    .params = params, .n_params = 2, .state_size = state_size, .threads = threads,
    .setup = setup, .body = body, .check = check, .final = final};
