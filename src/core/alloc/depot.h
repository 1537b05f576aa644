/* The depot, L2: per size class a lock-free stack of full magazines, and one stack of empty
 * ones.
 *
 * A magazine holds the addresses of up to `batch` blocks. Threads exchange whole magazines with
 * the depot, so one contended operation moves a batch of blocks (Bonwick and Adams, USENIX
 * 2001; their depot has a lock). No block is touched: its memory stays out of the caches.
 *
 * Invariant. A magazine has one owner: the stack of one class, the stack of empty ones, or the
 * thread that popped it. Blocks named in a full magazine belong to its owner.
 *
 * Linearisation. The stacks' successful CASes; a depot found empty: the load of its head
 * (stack.h).
 *
 * Orders. Filling a magazine is plain writes before the push, which releases; reading it is
 * plain reads after the pop, which acquires. What the last owners did to the blocks goes with
 * it.
 *
 * ABA. By the tag of each stack. All stacks share one arena of nodes: a magazine that leaves a
 * stack and comes back by way of another still has to be popped first, which moves the tag. A
 * stale reader may follow a link into another class's stack, but its CAS then fails. */
#ifndef ECS_ALLOC_DEPOT_H
#define ECS_ALLOC_DEPOT_H

#include "core/alloc/chunk.h"
#include "core/lockfree/stack.h"

struct ecs_magazine { uint32_t n; void *block[]; };

struct ecs_depot {
    struct ecs_chunk_source *source;
    struct ecs_stack_node *nodes;
    char *magazines;              /* capacity of them, `stride` bytes apart, index 1 first */
    size_t stride;
    uint32_t batch, capacity;
    pthread_mutex_t making;
    uint32_t made;                /* magazines ever used; guarded by `making` */
    struct ecs_stack full[ECS_SIZE_CLASSES];
    struct ecs_stack empty;
};

/* 0 or -ENOMEM. `batch`: blocks per magazine, at least 1. */
int ecs_depot_init(struct ecs_depot *depot, struct ecs_chunk_source *source, uint32_t batch);
void ecs_depot_destroy(struct ecs_depot *depot);

static inline struct ecs_magazine *ecs_depot_magazine(const struct ecs_depot *depot, uint32_t i)
{
    return (struct ecs_magazine *)(depot->magazines + (size_t)(i - 1) * depot->stride);
}

/* A full magazine of that class, 0 if there is none. */
static inline uint32_t ecs_depot_take(struct ecs_depot *depot, unsigned size_class,
                                      struct ecs_stack_caller *caller)
{
    return ecs_stack_pop(&depot->full[size_class], caller);
}

static inline void ecs_depot_put(struct ecs_depot *depot, unsigned size_class, uint32_t magazine,
                                 struct ecs_stack_caller *caller)
{
    ecs_stack_push(&depot->full[size_class], magazine, caller);
}

/* An empty magazine; makes one if there is none; 0 when that fails. */
uint32_t ecs_depot_take_empty(struct ecs_depot *depot, struct ecs_stack_caller *caller);

static inline void ecs_depot_put_empty(struct ecs_depot *depot, uint32_t magazine,
                                       struct ecs_stack_caller *caller)
{
    ecs_stack_push(&depot->empty, magazine, caller);
}

#endif
