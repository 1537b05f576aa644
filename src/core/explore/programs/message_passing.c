/* Message passing, the litmus test: thread 0 writes data and raises a flag; thread 1 sees the flag
 * and reads the data. With release and acquire it must be the new data. With relaxed operations
 * nothing orders the two: for plain data that is a data race, in every model. */
#include <stdio.h>

#include "core/base/atomic.h"
#include "core/explore/programs/programs.h"

enum { ORDER, DATA };
static const char *const orders[] = {"relaxed", "release", NULL};
static const char *const kinds[] = {"atomic", "plain", NULL};
static const struct ecs_program_param params[] = {
    {.name = "order", .help = "of the flag's store and load", .choices = orders, .def = 0},
    {.name = "data", .help = "what the message is", .choices = kinds, .def = 0},
};

struct state {
    _Atomic uint32_t data, flag;
    uint32_t plain, got;
    int order, kind;
};

static size_t state_size(const int *values) { (void)values; return sizeof(struct state); }
static unsigned threads(const int *values) { (void)values; return 2; }

static void setup(void *state, const int *values)
{
    struct state *s = state;
    s->order = values[ORDER];
    s->kind = values[DATA];
    s->got = 2; /* no flag seen */
}

static void body(void *state, unsigned thread)
{
    struct state *s = state;
    if (thread == 0) {
        if (s->kind == 0)
            ecs_store_relaxed(&s->data, 1);
        else
            ecs_plain_write(&s->plain, 1);
        if (s->order == 0)
            ecs_store_relaxed(&s->flag, 1);
        else
            ecs_store_release(&s->flag, 1);
        return;
    }
    uint32_t flag = s->order == 0 ? ecs_load_relaxed(&s->flag) : ecs_load_acquire(&s->flag);
    if (flag)
        s->got = s->kind == 0 ? ecs_load_relaxed(&s->data) : ecs_plain_read(&s->plain);
}

static void check(void *state)
{
    struct state *s = state;
    if (s->got == 0)
        ecs_explore_fail(ECS_FINDING_INVARIANT,
                         "thread 1 saw the flag and then read the data from before");
}

static uint64_t final(const void *state) { return ((const struct state *)state)->got; }

const struct ecs_program ecs_program_message_passing = {
    .name = "message-passing", .summary = "data, then a flag; the flag, then the data",
    .params = params, .n_params = 2, .state_size = state_size, .threads = threads,
    .setup = setup, .body = body, .check = check, .final = final};
