/* The Treiber stack over a bounded arena, in four variants that differ in one thing only: their
 * answer to ABA.
 *
 * Source: R. K. Treiber, "Systems Programming: Coping with Parallelism", IBM RJ 5118, 1986; the
 * tag is the System/370 manual's "update count"; ABA and hazard pointers: M. Michael, IEEE TPDS
 * 2004.
 *
 * Shape. Nodes are numbered 1 to capacity; 0 means none. `head` packs the index of the top node
 * (low 32 bits) and a version (high 32 bits). An index that was never pushed never gets into the
 * stack, so even a corrupted stack names only nodes of the arena.
 *
 * Invariant. Following `next` from head's index visits each node in the stack once and ends at 0.
 * A node has one owner: the stack, the thread that popped it, or the domain it was retired to.
 * Only the owner writes node->next, so while a node stays in the stack its next is constant.
 *
 * Linearisation points. push: the successful CAS. pop: the successful CAS, or for an empty stack
 * the load of head that saw index 0. (hazard: that load may be the first, unprotected one.)
 *
 * Orders. Nothing but a CAS writes head, so all of them form one release sequence: an acquire
 * read of head sees everything that any earlier push released, not just the last.
 * - push's CAS releases node->next and what the owner wrote to the node. Its own read of head may
 *   be relaxed: push follows nothing.
 * - pop reads head with acquire, because it follows the index to node->next before its CAS. It
 *   reads next relaxed, but atomically: a loser may read it while the next owner writes it; the
 *   CAS then fails and the value is thrown away. pop's CAS on success acquires again: with no tag
 *   the value may come from another push than the one that was read.
 * - hazard, epoch: the CAS that unlinks is seq_cst and so is the read of head under protection;
 *   the domains' arguments (hazard.c, epoch.c) rest on these two.
 *
 * ABA. pop reads head = A and A.next = B, and then swings head from A to B. Suppose in between
 * others pop A, pop B and push A again. head is A, the CAS succeeds, and head names B, which
 * somebody owns. The four answers:
 * - plain: none. This is the lesson.
 * - tagged: each pop adds 1 to the version. For A to come back on top it has to be popped first,
 *   so the version differs and the CAS fails, unless exactly a multiple of 2^32 pops fitted in
 *   between. (A push need not count: to uncover A again after it takes a pop.)
 * - hazard: the popper publishes A and then sees A still on top. Whoever pops A after that must
 *   retire it, and it is not given back while it is published: A cannot come back.
 * - epoch: the popper is in a section. A node retired after the section began is not given back
 *   before it ends: A cannot come back. In the last two a popped node may be pushed again only
 *   through ecs_stack_retire(). */
#ifndef ECS_LOCKFREE_STACK_H
#define ECS_LOCKFREE_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/atomic.h"
#include "core/base/cacheline.h"
#include "core/lockfree/epoch.h"
#include "core/lockfree/hazard.h"
#include "core/lockfree/retired.h"

enum ecs_stack_variant { ECS_STACK_PLAIN, ECS_STACK_TAGGED, ECS_STACK_HAZARD, ECS_STACK_EPOCH };
/* "plain", "tagged", "hazard", "epoch", NULL: in the order of the enum. */
extern const char *const ecs_stack_variants[];

struct ecs_stack;
/* Gets a node back from ecs_stack_retire(): nobody can reach it any more. */
typedef void ecs_stack_reclaim_fn(struct ecs_stack *stack, uint32_t index, void *ctx);

struct ecs_stack_node {
    ECS_ALIGNED_LINE _Atomic uint32_t next;
    struct ecs_retired retired;
    ecs_stack_reclaim_fn *reclaim;
    void *reclaim_ctx;
};

struct ecs_stack {
    ECS_ALIGNED_PAD _Atomic uint64_t head;
    /* Constant after init, on a line of its own: every operation reads it. */
    ECS_ALIGNED_PAD struct ecs_stack_node *nodes;
    uint64_t tag_step;   /* what a pop adds to head's version: 0 or 1 in the high half */
    uint32_t capacity;
    enum ecs_stack_variant variant;
    struct ecs_hazard_domain *hazard;
    struct ecs_epoch_domain *epoch;
};

/* One thread's side of a stack: plain counts and its records. Not shared. */
struct ecs_stack_caller {
    uint64_t attempts;  /* rounds begun: one per operation if nobody interferes */
    uint64_t retries;   /* rounds lost to another thread */
    struct ecs_hazard_record *hazard;
    struct ecs_epoch_record *epoch;
};

/* The version's width. 32 is the shipped one; a narrower one wraps soon and is no protection. */
#ifndef ECS_STACK_TAG_BITS
#define ECS_STACK_TAG_BITS 32
#endif
#define ECS_STACK_TAG_MASK (((1ull << ECS_STACK_TAG_BITS) - 1) << 32)

static inline uint32_t ecs_stack_index(uint64_t head) { return (uint32_t)head; }
static inline uint32_t ecs_stack_version(uint64_t head) { return (uint32_t)(head >> 32); }

/* `nodes` has capacity + 1 entries, of which the first is not used; all of them the caller's,
 * line-aligned, for as long as the stack is used. The stack starts empty. The domain that the
 * variant needs must be given and must outlive the stack, the others may be NULL. 0 or -EINVAL. */
int ecs_stack_init(struct ecs_stack *stack, enum ecs_stack_variant variant,
                   struct ecs_stack_node *nodes, uint32_t capacity,
                   struct ecs_hazard_domain *hazard, struct ecs_epoch_domain *epoch);
/* Puts every node in, 1 on top. Only while no other thread uses the stack and all nodes are out. */
void ecs_stack_fill(struct ecs_stack *stack);

/* Lets indices up to `capacity` in from now on, for an arena that was reserved larger than it
 * was at first used: `nodes` has capacity + 1 entries, the new ones zeroed. One thread at a
 * time; others may go on using the stack. */
static inline void ecs_stack_grow(struct ecs_stack *stack, uint32_t capacity)
{
    stack->capacity = capacity;
}

/* Readies `caller` for the calling thread, with counts at 0. Needed once per thread and stack
 * before its first operation, and again after ecs_self_leave(). 0, or -EAGAIN with too many
 * threads alive. */
int ecs_stack_join(struct ecs_stack *stack, struct ecs_stack_caller *caller);

/* Puts `index` (1 to capacity, owned by the caller) on top. Lock-free. */
static inline void ecs_stack_push(struct ecs_stack *stack, uint32_t index,
                                  struct ecs_stack_caller *caller)
{
    struct ecs_stack_node *node = &stack->nodes[index];
    uint64_t head = ecs_load_relaxed(&stack->head);
    for (;;) {
        caller->attempts++;
        ecs_store_relaxed(&node->next, ecs_stack_index(head));
        uint64_t top = (head & ECS_STACK_TAG_MASK) | index;
        if (ecs_cas_weak_release_relaxed(&stack->head, &head, top))
            return;
        caller->retries++;
    }
}

/* head after a pop: the version one step on, `next` on top. */
static inline uint64_t ecs_stack_popped(const struct ecs_stack *stack, uint64_t head, uint32_t next)
{
    return ((head + stack->tag_step) & ECS_STACK_TAG_MASK) | next;
}

/* plain and tagged: the version is the only difference. */
static inline uint32_t ecs_stack_pop_word(struct ecs_stack *stack, struct ecs_stack_caller *caller)
{
    uint64_t head = ecs_load_acquire(&stack->head);
    for (;;) {
        uint32_t index = ecs_stack_index(head);
        caller->attempts++;
        if (index == 0)
            return 0;
        uint32_t next = ecs_load_relaxed(&stack->nodes[index].next);
        uint64_t below = ecs_stack_popped(stack, head, next);
        if (ecs_cas_weak_acquire_acquire(&stack->head, &head, below))
            return index;
        caller->retries++;
    }
}

static inline uint32_t ecs_stack_pop_hazard(struct ecs_stack *stack,
                                            struct ecs_stack_caller *caller)
{
    uint64_t head = ecs_load_acquire(&stack->head);
    uint32_t index;
    for (;;) {
        index = ecs_stack_index(head);
        caller->attempts++;
        if (index == 0)
            break;
        ecs_hazard_publish(caller->hazard, 0, &stack->nodes[index]);
#ifndef ECS_MUTATE_NO_RECHECK
        uint64_t again = ecs_load_seq_cst(&stack->head);
        if (again != head) {
            caller->retries++;
            head = again;
            continue;
        }
#endif
        uint32_t next = ecs_load_relaxed(&stack->nodes[index].next);
        uint64_t below = ecs_stack_popped(stack, head, next);
        if (ecs_cas_weak_seq_cst_acquire(&stack->head, &head, below))
            break;
        caller->retries++;
    }
    ecs_hazard_clear(caller->hazard, 0);
    return index;
}

static inline uint32_t ecs_stack_pop_epoch(struct ecs_stack *stack,
                                           struct ecs_stack_caller *caller)
{
    ecs_epoch_enter(caller->epoch);
    uint64_t head = ecs_load_seq_cst(&stack->head);
    uint32_t index;
    for (;;) {
        index = ecs_stack_index(head);
        caller->attempts++;
        if (index == 0)
            break;
        uint32_t next = ecs_load_relaxed(&stack->nodes[index].next);
        uint64_t below = ecs_stack_popped(stack, head, next);
        if (ecs_cas_weak_seq_cst_acquire(&stack->head, &head, below))
            break;
        caller->retries++;
    }
    ecs_epoch_leave(caller->epoch);
    return index;
}

/* Takes the top node, 0 if there is none. Lock-free. The caller owns what it gets. */
static inline uint32_t ecs_stack_pop(struct ecs_stack *stack, struct ecs_stack_caller *caller)
{
    switch (stack->variant) {
    case ECS_STACK_HAZARD:
        return ecs_stack_pop_hazard(stack, caller);
    case ECS_STACK_EPOCH:
        return ecs_stack_pop_epoch(stack, caller);
    case ECS_STACK_PLAIN:
    case ECS_STACK_TAGGED:
        break;
    }
    return ecs_stack_pop_word(stack, caller);
}

/* Gives up a popped node; `reclaim` (NULL: push it on this stack again) gets it when no thread can
 * still be looking at it: at once for plain and tagged, later and on any thread for the others. */
void ecs_stack_retire(struct ecs_stack *stack, uint32_t index, ecs_stack_reclaim_fn *reclaim,
                      void *ctx, struct ecs_stack_caller *caller);
/* Tries to get this thread's retired nodes back now; returns how many came. Call it when a pop
 * finds nothing: a thread that goes on popping from an empty stack without it may wait for nodes
 * that only it can give back. */
size_t ecs_stack_flush(struct ecs_stack *stack, struct ecs_stack_caller *caller);

/* A picture of the stack, taken by relaxed reads while it runs: each value was there at some
 * moment, but not all at the same one. Any thread; needs no join. */
struct ecs_stack_view {
    uint32_t head, version;
    size_t n;       /* nodes seen, top first */
    bool cycle;     /* the walk came back to a node already seen ... */
    size_t back_to; /* ... the one at this place */
    bool cut;       /* there are more than `max` */
};
/* At most `max` nodes (meant for tens: cycles are found by comparing with all seen) into `out`. */
void ecs_stack_peek(const struct ecs_stack *stack, uint32_t *out, size_t max,
                    struct ecs_stack_view *view);

#endif
