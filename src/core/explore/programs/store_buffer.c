/* Store buffering, the litmus test: each of two threads writes its own variable and then reads the
 * other's. Can both read 0? Under sequential consistency never; on x86 when no fence keeps the
 * load behind the store. */
#include <stdio.h>

#include "core/base/atomic.h"
#include "core/explore/programs/programs.h"

static const char *const orders[] = {"relaxed", "release", "seq_cst", "fence", NULL};
static const struct ecs_program_param params[] = {
    {.name = "order", .help = "of the store and the load", .choices = orders, .def = 0},
};

struct state {
    _Atomic uint32_t x, y;
    int order;
    uint32_t got[2];
};

static size_t state_size(const int *values) { (void)values; return sizeof(struct state); }
static unsigned threads(const int *values) { (void)values; return 2; }
static void setup(void *state, const int *values) { ((struct state *)state)->order = values[0]; }

static void body(void *state, unsigned thread)
{
    struct state *s = state;
    _Atomic uint32_t *mine = thread == 0 ? &s->x : &s->y, *other = thread == 0 ? &s->y : &s->x;
    switch (s->order) {
    case 0:
        ecs_store_relaxed(mine, 1);
        s->got[thread] = ecs_load_relaxed(other);
        break;
    case 1:
        ecs_store_release(mine, 1);
        s->got[thread] = ecs_load_acquire(other);
        break;
    case 2:
        ecs_store_seq_cst(mine, 1);
        s->got[thread] = ecs_load_seq_cst(other);
        break;
    default:
        ecs_store_relaxed(mine, 1);
        ecs_fence_seq_cst();
        s->got[thread] = ecs_load_relaxed(other);
    }
}

static void check(void *state)
{
    struct state *s = state;
    if (!s->got[0] && !s->got[1])
        ecs_explore_fail(ECS_FINDING_INVARIANT,
                         "both threads read 0, so neither saw what the other had written");
}

static uint64_t final(const void *state)
{
    const struct state *s = state;
    return s->got[0] * 2 + s->got[1];
}

static void place(const void *state, const void *address, char *out, size_t size)
{
    const struct state *s = state;
    snprintf(out, size, "%s", address == &s->x ? "x" : "y");
}

const struct ecs_program ecs_program_store_buffer = {
    .name = "store-buffer", .summary = "each writes its own and reads the other's: can both miss?",
    .params = params, .n_params = 1, .state_size = state_size, .threads = threads,
    .setup = setup, .body = body, .check = check, .final = final, .place = place};
