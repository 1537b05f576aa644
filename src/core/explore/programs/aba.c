/* ABA on the shipped stack. Nodes A, B, C lie in it, A on top. Thread 0 pops once. Thread 1 pops
 * two, keeps the second and gives the first back, `rounds` times. Further threads pop once.
 *
 * Wrong is: a node that somebody owns is in the stack; a node is lost. */
#include <stdio.h>
#include <string.h>

#include "core/explore/programs/programs.h"
#include "core/lockfree/stack.h"

enum { NODES = 3, MAX_OWNED = 8 };

struct state {
    struct ecs_stack stack;
    struct ecs_stack_node node[NODES + 1];
    struct ecs_stack_caller caller[ECS_EXPLORE_MAX_THREADS];
    uint8_t owner[NODES + 1]; /* 0, or 1 + thread */
    unsigned rounds;
    union { struct ecs_hazard_domain hazard; struct ecs_epoch_domain epoch; };
};

enum { VARIANT, THREADS, ROUNDS };
enum variant { PLAIN, TAGGED, HAZARD, EPOCH, NOFENCE, NORECHECK, NOGUARD, TAG1, TAG2, NOTAG };
static const char *const variants[] = {
    "plain", "tagged", "hazard", "epoch", "hazard-nofence", "hazard-norecheck", "epoch-noguard",
    "tag1", "tag2", "tagged-notag", NULL};
static const struct ecs_program_param params[] = {
    {.name = "variant", .choices = variants, .def = PLAIN,
     .help = "what protects it, or what was taken away"},
    {.name = "threads", .help = "how many", .def = 2, .min = 2, .max = 4},
    {.name = "rounds", .help = "of thread 1; 0: as many as the variant needs to break", .def = 0,
     .min = 0, .max = 3},
};

static enum ecs_stack_variant kind_of(int variant)
{
    switch (variant) {
    case TAGGED: case TAG1: case TAG2: case NOTAG: return ECS_STACK_TAGGED;
    case HAZARD: case NOFENCE: case NORECHECK: return ECS_STACK_HAZARD;
    case EPOCH: case NOGUARD: return ECS_STACK_EPOCH;
    default: return ECS_STACK_PLAIN;
    }
}

static size_t state_size(const int *values)
{
    switch (kind_of(values[VARIANT])) {
    case ECS_STACK_HAZARD: return offsetof(struct state, hazard) + sizeof(struct ecs_hazard_domain);
    case ECS_STACK_EPOCH: return offsetof(struct state, epoch) + sizeof(struct ecs_epoch_domain);
    default: return offsetof(struct state, hazard);
    }
}

static unsigned threads(const int *values)
{
    return (unsigned)values[THREADS];
}

static void setup(void *state, const int *values)
{
    struct state *s = state;
    enum ecs_stack_variant kind = kind_of(values[VARIANT]);
    s->rounds = (unsigned)values[ROUNDS];
    if (s->rounds == 0)
        s->rounds = values[VARIANT] == TAG2 ? 2 : 1;
    if (kind == ECS_STACK_HAZARD)
        ecs_hazard_init(&s->hazard, 1);
    if (kind == ECS_STACK_EPOCH)
        ecs_epoch_init(&s->epoch);
    ecs_stack_init(&s->stack, kind, s->node, NODES, &s->hazard, &s->epoch);
    ecs_stack_fill(&s->stack);
    for (int t = 0; t < values[THREADS]; t++) {
        ecs_explore_as((unsigned)t);
        ecs_stack_join(&s->stack, &s->caller[t]);
    }
}

static uint32_t take(struct state *s, unsigned thread)
{
    uint32_t index = ecs_stack_pop(&s->stack, &s->caller[thread]);
    if (index && s->owner[index])
        ecs_explore_fail(ECS_FINDING_INVARIANT, "thread %u popped %c, which thread %u owns",
                         thread, 'A' + (int)index - 1, s->owner[index] - 1u);
    if (index)
        s->owner[index] = (uint8_t)(thread + 1);
    return index;
}

static void push_again(struct ecs_stack *stack, uint32_t index, void *ctx)
{
    ecs_stack_push(stack, index, ctx);
}

static void body(void *state, unsigned thread)
{
    struct state *s = state;
    struct ecs_stack_caller *me = &s->caller[thread];
    if (thread != 1) {
        take(s, thread);
        return;
    }
    for (unsigned i = 0; i < s->rounds; i++) {
        uint32_t first = take(s, thread);
        take(s, thread);
        if (!first)
            return;
        s->owner[first] = 0;
        ecs_stack_retire(&s->stack, first, push_again, me, me);
        /* as often as it takes when nobody is in the way */
        for (int k = 0; k < 2 && !ecs_stack_flush(&s->stack, me) && me->epoch; k++)
            ;
    }
}

/* Visits each node from the head on. False: it goes round in a circle. */
static bool walk(struct state *s, unsigned *times)
{
    uint32_t index = ecs_stack_index(ecs_load_relaxed(&s->stack.head));
    for (int n = 0; index; n++) {
        if (n > NODES || index > NODES)
            return false;
        times[index]++;
        index = ecs_load_relaxed(&s->node[index].next);
    }
    return true;
}

static void check_step(void *state)
{
    struct state *s = state;
    unsigned times[NODES + 1] = {0};
    if (!walk(s, times))
        ecs_explore_fail(ECS_FINDING_INVARIANT, "the stack goes round in a circle");
    for (uint32_t i = 1; i <= NODES; i++) {
        if (times[i] && s->owner[i])
            ecs_explore_fail(ECS_FINDING_INVARIANT,
                             "%c is in the stack, and thread %u owns it", 'A' + (int)i - 1,
                             s->owner[i] - 1u);
    }
}

static void count(const struct state *s, unsigned *times, const struct ecs_retired *r)
{
    for (; r; r = r->next)
        times[(const struct ecs_stack_node *)r->what - s->node]++;
}

static void check(void *state)
{
    struct state *s = state;
    unsigned times[NODES + 1] = {0};
    check_step(state);
    walk(s, times);
    for (unsigned t = 0; t < ECS_MAX_THREADS && s->stack.variant == ECS_STACK_HAZARD; t++)
        count(s, times, s->hazard.record[t].retired.first);
    if (s->stack.variant == ECS_STACK_HAZARD)
        count(s, times, ecs_load_relaxed(&s->hazard.orphans));
    for (unsigned t = 0; t < ECS_MAX_THREADS && s->stack.variant == ECS_STACK_EPOCH; t++) {
        for (unsigned k = 0; k < ECS_EPOCH_LISTS; k++)
            count(s, times, s->epoch.record[t].limbo[k].first);
    }
    if (s->stack.variant == ECS_STACK_EPOCH)
        count(s, times, ecs_load_relaxed(&s->epoch.orphans));
    for (uint32_t i = 1; i <= NODES; i++) {
        if (times[i] + (s->owner[i] != 0) != 1)
            ecs_explore_fail(ECS_FINDING_INVARIANT, "%c is %s", 'A' + (int)i - 1,
                             times[i] || s->owner[i] ? "in two places" : "lost");
    }
}

static uint64_t final(const void *state)
{
    struct state *s = (struct state *)(uintptr_t)state;
    uint64_t h = 7;
    uint32_t index = ecs_stack_index(ecs_load_relaxed(&s->stack.head));
    for (int n = 0; index && index <= NODES && n < 8; n++) {
        h = h * 1000003 + index;
        index = ecs_load_relaxed(&s->node[index].next);
    }
    for (uint32_t i = 1; i <= NODES; i++)
        h = h * 31 + s->owner[i];
    return h;
}

static void place(const void *state, const void *address, char *out, size_t size)
{
    const struct state *s = state;
    const char *p = address;
    if (address == &s->stack.head)
        snprintf(out, size, "head");
    for (int i = 1; i <= NODES; i++) {
        if (address == &s->node[i].next)
            snprintf(out, size, "%c.next", 'A' + i - 1);
    }
    if (s->stack.variant == ECS_STACK_HAZARD && p >= (const char *)s->hazard.record) {
        size_t t = (size_t)(p - (const char *)s->hazard.record) / sizeof s->hazard.record[0];
        if (t < ECS_MAX_THREADS && address == &s->hazard.record[t].slot[0])
            snprintf(out, size, "hazard[%zu]", t);
    }
    if (s->stack.variant == ECS_STACK_EPOCH) {
        if (address == &s->epoch.epoch)
            snprintf(out, size, "epoch");
        size_t t = (size_t)(p - (const char *)s->epoch.record) / sizeof s->epoch.record[0];
        if (t < ECS_MAX_THREADS && address == &s->epoch.record[t].state)
            snprintf(out, size, "reading[%zu]", t);
    }
}

static void node_name(const struct state *s, uint32_t index, uint32_t version, char *out,
                      size_t size)
{
    char name[8] = "none";
    if (index >= 1 && index <= NODES)
        snprintf(name, sizeof name, "%c", 'A' + (int)index - 1);
    if (s->stack.tag_step)
        snprintf(out, size, "%s v%u", name, version);
    else
        snprintf(out, size, "%s", name);
}

static void value(const void *state, const void *address, uint64_t v, char *out, size_t size)
{
    const struct state *s = state;
    char at[32] = "";
    if (address == &s->stack.head)
        node_name(s, ecs_stack_index(v), ecs_stack_version(v), out, size);
    place(state, address, at, sizeof at);
    if (strstr(at, ".next")) {
        if (v >= 1 && v <= NODES)
            snprintf(out, size, "%c", 'A' + (int)v - 1);
        else
            snprintf(out, size, "none");
    }
    for (int i = 1; i <= NODES && strstr(at, "hazard["); i++) {
        if (v == (uintptr_t)&s->node[i])
            snprintf(out, size, "%c", 'A' + i - 1);
    }
    if (strstr(at, "reading["))
        snprintf(out, size, v ? "in epoch %u" : "outside", (unsigned)(v / 2));
}

#ifndef ECS_BUILD
/* The same file and sources, compiled with a macro that takes something away. */
extern const struct ecs_program ecs_program_aba_nofence, ecs_program_aba_norecheck,
    ecs_program_aba_noguard, ecs_program_aba_tag1, ecs_program_aba_tag2, ecs_program_aba_notag;

static const struct ecs_program *build(const int *values)
{
    switch (values[VARIANT]) {
    case NOFENCE: return &ecs_program_aba_nofence;
    case NORECHECK: return &ecs_program_aba_norecheck;
    case NOGUARD: return &ecs_program_aba_noguard;
    case TAG1: return &ecs_program_aba_tag1;
    case TAG2: return &ecs_program_aba_tag2;
    case NOTAG: return &ecs_program_aba_notag;
    default: return NULL;
    }
}
#define BUILD build
#else
#define BUILD NULL
#endif

const struct ecs_program ecs_program_aba = {
    .name = "aba", .summary = "pop || pop, pop, push the first again: a stack and its node reuse",
    .params = params, .n_params = 3, .build = BUILD, .state_size = state_size,
    .threads = threads, .setup = setup, .body = body, .check_step = check_step, .check = check,
    .final = final, .place = place, .value = value};
