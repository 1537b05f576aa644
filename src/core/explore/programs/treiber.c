/* Is the shipped stack a stack? Threads push and pop; the results must be those of some order of
 * the operations, one after the other, that respects which ended before which began. Here popped
 * nodes are not given back, so that no ABA can happen even to the plain one. */
#include <stdio.h>

#include "core/explore/programs/programs.h"
#include "core/lockfree/stack.h"

enum { NODES = 3 };
enum { PUSH, POP };
enum { VARIANT, THREADS };

struct state {
    struct ecs_stack stack;
    struct ecs_stack_node node[NODES + 1];
    struct ecs_stack_caller caller[ECS_EXPLORE_MAX_THREADS];
    struct ecs_history history;
    union { struct ecs_hazard_domain hazard; struct ecs_epoch_domain epoch; };
};

static const char *const variants[] = {"plain", "tagged", "hazard", "epoch", NULL};
static const struct ecs_program_param params[] = {
    {.name = "variant", .choices = variants, .def = 0, .help = "of the stack"},
    {.name = "threads", .help = "how many", .def = 2, .min = 2, .max = 3},
};

static size_t state_size(const int *values) { (void)values; return sizeof(struct state); }
static unsigned threads(const int *values) { return (unsigned)values[THREADS]; }

/* Node 1 is in the stack; 2 and 3 are for threads 0 and 1. */
static void setup(void *state, const int *values)
{
    struct state *s = state;
    enum ecs_stack_variant variant = (enum ecs_stack_variant)values[VARIANT];
    if (variant == ECS_STACK_HAZARD)
        ecs_hazard_init(&s->hazard, 1);
    if (variant == ECS_STACK_EPOCH)
        ecs_epoch_init(&s->epoch);
    ecs_stack_init(&s->stack, variant, s->node, NODES, &s->hazard, &s->epoch);
    for (int t = 0; t < values[THREADS]; t++) {
        ecs_explore_as((unsigned)t);
        ecs_stack_join(&s->stack, &s->caller[t]);
    }
    ecs_stack_push(&s->stack, 1, &s->caller[0]);
}

static void push(struct state *s, unsigned thread, unsigned id, uint32_t index)
{
    ecs_history_begin(&s->history, id, PUSH, index);
    ecs_stack_push(&s->stack, index, &s->caller[thread]);
    ecs_history_end(&s->history, id, 0);
}

static void pop(struct state *s, unsigned thread, unsigned id)
{
    ecs_history_begin(&s->history, id, POP, 0);
    ecs_history_end(&s->history, id, ecs_stack_pop(&s->stack, &s->caller[thread]));
}

static void body(void *state, unsigned thread)
{
    struct state *s = state;
    if (thread < 2)
        push(s, thread, 2 * thread, thread + 2);
    pop(s, thread, 2 * thread + 1);
}

struct spec { uint32_t n, node[8]; };

static bool apply(void *spec, const struct ecs_history_op *op)
{
    struct spec *s = spec;
    if (op->kind == PUSH) {
        s->node[s->n++] = (uint32_t)op->argument;
        return true;
    }
    return op->result == (s->n ? s->node[--s->n] : 0);
}

static void check(void *state)
{
    struct state *s = state;
    struct spec spec = {.n = 1, .node = {1}};
    if (!ecs_history_linearizable(&s->history, &spec, sizeof spec, apply))
        ecs_explore_fail(ECS_FINDING_LINEARIZABLE,
                         "no order of the pushes and pops gives these results");
}

static uint64_t final(const void *state)
{
    const struct state *s = state;
    uint64_t h = ecs_count_read(&s->stack.head) & UINT32_MAX;
    for (unsigned i = 0; i < ECS_HISTORY_MAX; i++)
        h = h * 10 + s->history.op[i].result;
    return h;
}

static void place(const void *state, const void *address, char *out, size_t size)
{
    const struct state *s = state;
    if (address == &s->stack.head)
        snprintf(out, size, "head");
    for (int i = 1; i <= NODES; i++) {
        if (address == &s->node[i].next)
            snprintf(out, size, "next[%d]", i);
    }
}

const struct ecs_program ecs_program_treiber = {
    .name = "treiber", .summary = "push, pop || push, pop: is the stack linearizable?",
    .params = params, .n_params = 2, .state_size = state_size, .threads = threads,
    .setup = setup, .body = body, .check = check, .final = final, .place = place};
