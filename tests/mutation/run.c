/* The shipped stack at full speed with one protection taken away by an ECS_MUTATE_ macro, or with
 * none: two threads on two CPUs pop two nodes each and give them back, until a node has two
 * owners.
 *
 * run VARIANT survives | caught         exit 0 if that is what happened, 77 if this machine
 * cannot tell: one CPU, or so busy that the threads hardly ever meet */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/lockfree/stack.h"
#include "two_cpus.h"

enum { N = 8, CANNOT_TELL = 77 };
/* Meetings after which the verdict "survives" stands, and after which a mutant has to be caught. */
#define MEETINGS_TO_SURVIVE 1000000u
#define MEETINGS_TO_CATCH 20000000u

static struct ecs_hazard_domain hazard;
static struct ecs_epoch_domain epoch;
static struct ecs_stack_node nodes[N + 1];
static struct ecs_stack stack;
static struct {
    ECS_ALIGNED_PAD _Atomic int owners[N + 1];
    ECS_ALIGNED_PAD _Atomic bool stop, doubled;
    _Atomic uint64_t meetings;
    uint64_t limit, deadline;
    int cpu[2];
} shared;

static void give_back(struct ecs_stack *s, uint32_t index, void *ctx)
{
    (void)ctx;
    struct ecs_stack_caller uncounted = {0};
    ecs_stack_push(s, index, &uncounted);
}

static void own(uint32_t index)
{
    if (index != 0 && ecs_fetch_add_relaxed(&shared.owners[index], 1) != 0) {
        ecs_store_relaxed(&shared.doubled, true);
        ecs_store_relaxed(&shared.stop, true);
    }
}

static void disown(uint32_t index, struct ecs_stack_caller *caller)
{
    if (index == 0)
        return;
    ecs_fetch_sub_relaxed(&shared.owners[index], 1);
    ecs_stack_retire(&stack, index, give_back, NULL, caller);
    ecs_stack_flush(&stack, caller);
}

/* Signs that both threads were at it at once: a lost CAS; a reader met when advancing. */
static uint64_t meetings_of(const struct ecs_stack_caller *caller)
{
    return caller->retries + (caller->epoch ? ecs_count_read(&caller->epoch->n_blocked) : 0);
}

static void *work(void *arg)
{
    struct ecs_stack_caller caller;
    two_cpus_pin(*(int *)arg);
    if (ecs_stack_join(&stack, &caller) != 0)
        abort();
    for (unsigned i = 0; !ecs_load_relaxed(&shared.stop); i++) {
        uint32_t a = ecs_stack_pop(&stack, &caller), b = ecs_stack_pop(&stack, &caller);
        own(a);
        own(b);
        if (ecs_load_relaxed(&shared.doubled))
            break;
        disown(a, &caller);
        disown(b, &caller);
        if (!a || !b)
            ecs_stack_flush(&stack, &caller);
        bool late = i % 4096 == 0 && ecs_now_ns() > shared.deadline;
        if (late || meetings_of(&caller) > shared.limit)
            ecs_store_relaxed(&shared.stop, true);
    }
    ecs_fetch_add_relaxed(&shared.meetings, meetings_of(&caller));
    return NULL;
}

static int judge(const char *variant, bool expect_caught, double seconds)
{
    bool caught = ecs_load_relaxed(&shared.doubled);
    unsigned long meetings = (unsigned long)ecs_load_relaxed(&shared.meetings);
    printf("%s: %s, %lu meetings in %.2f s\n", variant,
           caught ? "a node had two owners" : "survives", meetings, seconds);
    if (caught == expect_caught && (caught || meetings >= MEETINGS_TO_SURVIVE))
        return EXIT_SUCCESS;
    if (caught || meetings >= shared.limit)
        return EXIT_FAILURE;
    printf("skipped: the two threads seldom ran at the same time\n");
    return CANNOT_TELL;
}

int main(int argc, char **argv)
{
    pthread_t thread[2];
    int variant = 0;
    while (argc == 3 && ecs_stack_variants[variant] && strcmp(argv[1], ecs_stack_variants[variant]))
        variant++;
    if (argc != 3 || !ecs_stack_variants[variant]) {
        fprintf(stderr, "usage: run plain|tagged|hazard|epoch survives|caught\n");
        return 2;
    }
    if (!two_cpus_find(shared.cpu)) {
        printf("skipped: one CPU\n");
        return CANNOT_TELL;
    }
    bool expect_caught = strcmp(argv[2], "caught") == 0;
    uint64_t start = ecs_now_ns();
    shared.limit = expect_caught ? MEETINGS_TO_CATCH : MEETINGS_TO_SURVIVE;
    shared.deadline = start + (expect_caught ? 60 : 20) * ECS_NS_PER_S;
    if (ecs_hazard_init(&hazard, 1) != 0 || ecs_epoch_init(&epoch) != 0 ||
        ecs_stack_init(&stack, (enum ecs_stack_variant)variant, nodes, N, &hazard, &epoch) != 0)
        return EXIT_FAILURE;
    ecs_stack_fill(&stack);
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, work, &shared.cpu[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    return judge(argv[1], expect_caught, (double)(ecs_now_ns() - start) / 1e9);
}
