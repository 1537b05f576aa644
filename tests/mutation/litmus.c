/* The publication fence of hazard pointers, on the real machine. Many rounds of: a reader
 * protects the node in `root`; at the same tick an owner unlinks it, retires it and scans. If the
 * reader got the node and the scan reclaimed it all the same, a protected node is gone.
 *
 * litmus survives | caught              exit 0 if that is what happened, 77 if this machine
 * cannot tell: one CPU, or its store buffers do not show today
 *
 * The shape is store buffering: each side writes its own word and then reads the other's. The
 * starts are aligned by the time-stamp counter and moved against each other at random, because
 * the window is tens of nanoseconds wide. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/lockfree/hazard.h"
#include "two_cpus.h"

enum { CANNOT_TELL = 77, SURVIVE_ROUNDS = 1000000, JITTER = 512 };

static struct ecs_hazard_domain domain;
static struct ecs_retired node;
static struct {
    ECS_ALIGNED_PAD _Atomic(void *) root;
    ECS_ALIGNED_PAD _Atomic unsigned bare;  /* for the control: store buffering and nothing else */
    ECS_ALIGNED_PAD _Atomic uint64_t start;
    ECS_ALIGNED_PAD _Atomic unsigned round, done;
    ECS_ALIGNED_PAD void *got;              /* by the reader, read by the owner after `done` */
    bool reader_missed;
    int cpu[2];
    bool control;
} shared;
static _Atomic unsigned control_flag;
static bool reclaimed;

static void node_is_reclaimed(void *what, void *ctx)
{
    (void)what;
    (void)ctx;
    reclaimed = true;
}

static void wait_for_tick(uint64_t tick)
{
    while ((int64_t)(ecs_ticks() - tick) < 0)
        ;
}

static void *reader(void *arg)
{
    (void)arg;
    two_cpus_pin(shared.cpu[1]);
    struct ecs_hazard_record *mine = ecs_hazard_mine(&domain);
    for (unsigned round = 1;; round++) {
        ECS_WAIT(&shared.round, ecs_load_acquire(&shared.round) >= round);
        uint64_t start = ecs_load_relaxed(&shared.start);
        if (start == 0)
            return NULL;
        (void)ecs_load_relaxed(&shared.root);  /* into our cache: the re-read must be quick */
        (void)ecs_load_relaxed(&control_flag);
        wait_for_tick(start);
        if (shared.control) {
            ecs_store_release(&shared.bare, 1);
            shared.reader_missed = ecs_load_acquire(&control_flag) == 0;
        } else {
            shared.got = ecs_hazard_protect(mine, 0, &shared.root);
        }
        ecs_store_release(&shared.done, round);
        ECS_WAIT(&shared.round, ecs_load_acquire(&shared.round) > round ||
                                    ecs_load_acquire(&shared.done) != round);
        ecs_hazard_clear(mine, 0);
        ecs_store_release(&shared.done, round);
    }
}

/* The owner's half of one round. True: the reader holds what the scan reclaimed. */
static bool unlink_and_scan(struct ecs_hazard_record *mine, uint64_t tick)
{
    struct ecs_hazard_seen seen[4];
    ecs_hazard_peek(&domain, seen, 4);  /* takes the slot's line: the reader's store has to wait */
    wait_for_tick(tick);
    if (shared.control) {
        ecs_store_release(&control_flag, 1);
        return ecs_load_acquire(&shared.bare) == 0;
    }
    ecs_exchange_seq_cst(&shared.root, NULL);
    ecs_hazard_retire(mine, &node, &node, 0, node_is_reclaimed, NULL);
    ecs_hazard_scan(mine);
    return reclaimed;
}

static bool one_round(struct ecs_hazard_record *mine, unsigned round, uint32_t random)
{
    reclaimed = false;
    ecs_store_seq_cst(&shared.root, &node);
    ecs_store_seq_cst(&shared.bare, 0);
    ecs_store_seq_cst(&control_flag, 0);
    uint64_t start = ecs_ticks() + 3000;
    ecs_store_relaxed(&shared.start, start);
    ecs_store_release(&shared.round, round);
    bool mine_missed = unlink_and_scan(mine, start + random % JITTER - JITTER / 2);
    ECS_WAIT(&shared.done, ecs_load_acquire(&shared.done) == round);
    bool both = shared.control ? mine_missed && shared.reader_missed
                               : mine_missed && shared.got == &node;
    ecs_store_release(&shared.done, 0);  /* judged: the reader may clear */
    ECS_WAIT(&shared.done, ecs_load_acquire(&shared.done) == round);
    while (!shared.control && !reclaimed)
        ecs_hazard_scan(mine);
    return both;
}

/* Rounds played until it showed, or all of them. */
static bool play(unsigned rounds, double seconds, unsigned *played)
{
    pthread_t thread;
    struct ecs_hazard_record *mine = ecs_hazard_mine(&domain);
    uint64_t deadline = ecs_now_ns() + (uint64_t)(seconds * 1e9);
    uint32_t random = 1;
    bool seen = false;
    ecs_store_relaxed(&shared.round, 0);
    ecs_store_relaxed(&shared.done, 0);
    pthread_create(&thread, NULL, reader, NULL);
    for (*played = 0; *played < rounds && !seen && ecs_now_ns() < deadline;) {
        random = random * 1103515245u + 12345u;
        seen = one_round(mine, ++*played, random >> 16);
    }
    ecs_store_relaxed(&shared.start, 0);
    ecs_store_release(&shared.round, *played + 1);
    pthread_join(thread, NULL);
    return seen;
}

int main(int argc, char **argv)
{
    unsigned rounds, control_rounds = 0;
    if (argc != 2) {
        fprintf(stderr, "usage: litmus survives|caught\n");
        return 2;
    }
    if (!two_cpus_find(shared.cpu)) {
        printf("skipped: one CPU\n");
        return CANNOT_TELL;
    }
    two_cpus_pin(shared.cpu[0]);
    if (ecs_hazard_init(&domain, 1) != 0)
        return EXIT_FAILURE;
    bool expect_caught = strcmp(argv[1], "caught") == 0;
    bool seen = play(expect_caught ? UINT32_MAX : SURVIVE_ROUNDS, expect_caught ? 40 : 5, &rounds);
    printf("a protected node was %sreclaimed in %u rounds\n", seen ? "" : "never ", rounds);
    if (seen == expect_caught)
        return EXIT_SUCCESS;
    if (seen)
        return EXIT_FAILURE;
    shared.control = true;
    if (play(UINT32_MAX, 10, &control_rounds)) {
        printf("bare store buffering showed after %u rounds\n", control_rounds);
        return EXIT_FAILURE;
    }
    printf("skipped: bare store buffering does not show here either, in %u rounds\n",
           control_rounds);
    return CANNOT_TELL;
}
