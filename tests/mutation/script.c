/* One interleaving for each protection: with the protection it is harmless, without it something
 * is lost. The sources are the shipped ones, built for an explorer, with one protection taken
 * away by an ECS_MUTATE_ macro or with none. Works on any machine, every time.
 *
 * script NAME survives | caught                                    exit 0 if that is what
 * happened */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/lockfree/stack.h"
#include "machine.h"

enum { N = 3 };  /* A = 1 on top, B = 2, C = 3 */
static struct ecs_hazard_domain hazard;
static struct ecs_epoch_domain epoch;
static struct ecs_stack_node nodes[N + 1];
static struct ecs_stack stack;
static struct ecs_stack_caller caller[4];
static uint32_t in_hand[4];

static void join(unsigned thread)
{
    machine_thread(thread);
    if (ecs_stack_join(&stack, &caller[thread]) != 0)
        abort();
}

/* By thread 3, which has no store buffer: nobody may find the stack half made. */
static void make(enum ecs_stack_variant variant)
{
    machine_thread(3);
    if (ecs_stack_init(&stack, variant, nodes, N, &hazard, &epoch) != 0)
        abort();
    ecs_stack_fill(&stack);
    join(1);
    join(0);
}

static void give_back(struct ecs_stack *s, uint32_t index, void *ctx)
{
    ecs_stack_push(s, index, ctx);
}

static void keep(struct ecs_stack *s, uint32_t index, void *ctx)
{
    (void)s;
    *(uint32_t *)ctx = index;
}

static void flush(unsigned thread)
{
    for (int i = 0; i < 4; i++)
        ecs_stack_flush(&stack, &caller[thread]);
}

/* Is a node that thread 1 holds also in the stack? */
static bool doubled(void)
{
    uint32_t seen[2 * N];
    struct ecs_stack_view view;
    machine_thread(2);
    ecs_stack_peek(&stack, seen, 2 * N, &view);
    for (size_t i = 0; i < view.n; i++) {
        if (seen[i] == in_hand[1] || seen[i] == in_hand[0])
            return true;
    }
    return view.cycle || in_hand[0] == in_hand[1];
}

/* Thread 1 pops A and B, keeps B and gives A back as soon as it may. */
static void pop_two_return_one(void)
{
    machine_thread(1);
    uint32_t a = ecs_stack_pop(&stack, &caller[1]);
    in_hand[1] = ecs_stack_pop(&stack, &caller[1]);
    if (a != 1 || in_hand[1] != 2)
        abort();
    ecs_stack_retire(&stack, a, give_back, &caller[1], &caller[1]);
    flush(1);
}

static bool aba(enum ecs_stack_variant variant)
{
    make(variant);
    machine_before(ECS_EXPLORE_CAS_OP, "head", pop_two_return_one);
    in_hand[0] = ecs_stack_pop(&stack, &caller[0]);
    return doubled();
}

static bool tag(void) { return aba(ECS_STACK_TAGGED); }
static bool guard(void) { return aba(ECS_STACK_EPOCH); }
/* Thread 0's publication is still in its store buffer when thread 1 scans. */
static bool fence(void) { return aba(ECS_STACK_HAZARD); }

/* Before thread 0 publishes A, A is popped, retired and reclaimed; after that it may come back. */
static uint32_t reclaimed;

static void take_a(void)
{
    machine_thread(1);
    uint32_t a = ecs_stack_pop(&stack, &caller[1]);
    ecs_stack_retire(&stack, a, keep, &reclaimed, &caller[1]);
    flush(1);
    if (reclaimed != 1)
        abort();
}

static void take_b_return_a(void)
{
    machine_thread(1);
    in_hand[1] = ecs_stack_pop(&stack, &caller[1]);
    ecs_stack_push(&stack, reclaimed, &caller[1]);
}

static bool recheck(void)
{
    make(ECS_STACK_HAZARD);
    machine_before(ECS_EXPLORE_STORE_OP, "slot", take_a);
    machine_before(ECS_EXPLORE_CAS_OP, "head", take_b_return_a);
    in_hand[0] = ecs_stack_pop(&stack, &caller[0]);
    return doubled();
}

/* Two epochs. Thread 1 has found nobody in an older epoch and is about to advance. Thread 0
 * enters, in the present epoch, and finds a node. Thread 2 unlinks it and retires it, still in that
 * epoch. Thread 1 advances: the node is one epoch old, and thread 0 is still looking at it. */
static struct ecs_retired node;
static _Atomic(struct ecs_retired *) root;
static bool node_gone;
static struct ecs_epoch_record *record[4];

static void node_is_gone(void *what, void *ctx)
{
    (void)what;
    (void)ctx;
    node_gone = true;
}

static void enter_find_unlink(void)
{
    machine_thread(0);
    ecs_epoch_enter(record[0]);
    if (ecs_load_seq_cst(&root) != &node)
        abort();
    machine_thread(2);
    ecs_exchange_seq_cst(&root, NULL);
    ecs_epoch_retire(record[2], &node, &node, 0, node_is_gone, NULL);
}

static bool two(void)
{
    for (unsigned i = 0; i < 3; i++) {
        machine_thread(i);
        record[i] = ecs_epoch_mine(&epoch);
    }
    machine_thread(1);
    ecs_store_seq_cst(&root, &node);
    machine_before(ECS_EXPLORE_CAS_OP, "epoch", enter_find_unlink);
    ecs_epoch_poll(record[1]);
    machine_thread(2);
    for (int i = 0; i < 4; i++)
        ecs_epoch_poll(record[2]);
    bool early = node_gone;
    machine_thread(0);
    ecs_epoch_leave(record[0]);
    machine_drain();
    machine_thread(2);
    for (int i = 0; i < 4; i++)
        ecs_epoch_poll(record[2]);
    if (!node_gone)
        abort();
    return early;
}

static const struct { const char *name; bool (*broken)(void); } scripts[] = {
    {"tag", tag}, {"recheck", recheck}, {"fence", fence}, {"guard", guard}, {"two", two},
};

static int judge(const char *name, bool expect_caught, bool (*broken)(void))
{
    bool caught = broken();
    bool played = machine_script_ran();
    printf("%s: %s%s\n", name, caught ? "caught" : "survives",
           played ? "" : ", but the interleaving did not happen");
    return played && caught == expect_caught ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    machine_thread(0);
    if (ecs_hazard_init(&hazard, 1) != 0 || ecs_epoch_init(&epoch) != 0)
        return EXIT_FAILURE;
    for (size_t i = 0; argc == 3 && i < sizeof scripts / sizeof *scripts; i++) {
        if (strcmp(argv[1], scripts[i].name) == 0)
            return judge(argv[1], strcmp(argv[2], "caught") == 0, scripts[i].broken);
    }
    fprintf(stderr, "usage: script tag|recheck|fence|guard|two survives|caught\n");
    return 2;
}
