/* The arena of stack-stress: a stack with few nodes, who owns each node, and the gate that lets the
 * arena be looked over, and mended, while no worker is inside.
 *
 * The gate is one word: how many workers are inside, and a bit that closes it. A worker goes in at
 * the start of a quantum and out at its end; while the gate is closed it does not wait but gives
 * its quantum back, so a worker that is parked or preempted can hold up the others but never
 * deadlock them. Whoever goes out last of a closed gate is alone: it takes the census, mends
 * the arena if it is damaged, and opens the gate. */
#ifndef ECS_SCENARIOS_STACK_ARENA_H
#define ECS_SCENARIOS_STACK_ARENA_H

#include "core/base/error.h"
#include "core/lockfree/stack.h"

#define ECS_ARENA_MAX_NODES 4096u

/* Who has a node: worker index + 1, 0 for nobody (in the stack, retired, or lost). */
struct ecs_arena_owner { ECS_ALIGNED_LINE _Atomic uint32_t worker; };
#define ECS_ARENA_DAMAGED UINT32_MAX   /* found in the wrong hands and taken out of use */

struct ecs_arena {
    struct ecs_stack stack;
    struct ecs_stack_node *nodes;            /* nodes + 1 of them; 0 is not used */
    struct ecs_arena_owner *owner;           /* likewise */
    uint32_t n;
    struct ecs_hazard_domain *hazard;
    struct ecs_epoch_domain *epoch;
    ECS_ALIGNED_PAD _Atomic uint32_t gate;   /* ECS_ARENA_CLOSED | workers inside */
    ECS_ALIGNED_PAD uint32_t missing;        /* lost by the last census and not yet put back */
    uint32_t damaged;                        /* likewise taken out of use */
    uint8_t seen[ECS_ARENA_MAX_NODES + 1];   /* the census's own */
};
#define ECS_ARENA_CLOSED 0x80000000u

/* What a census found. */
struct ecs_arena_census {
    uint32_t lost;      /* nodes that are nowhere, beyond those known before: not in the stack, not
                         * retired, and not the damaged ones that were counted when found */
    bool cycle;         /* the stack bites its tail */
    bool corrupt;       /* anything wrong that the census before did not see */
};

/* 0, -ENOMEM or -EAGAIN. All nodes in the stack. */
int ecs_arena_make(enum ecs_stack_variant variant, uint32_t n, struct ecs_arena **out,
                   struct ecs_error *e);
void ecs_arena_free(struct ecs_arena *arena);
/* No worker inside or in a domain: another variant or number of nodes. Cannot fail for fewer
 * than ECS_ARENA_MAX_NODES. */
void ecs_arena_reset(struct ecs_arena *arena, enum ecs_stack_variant variant, uint32_t n);

/* False while the gate is closed. */
static inline bool ecs_arena_go_in(struct ecs_arena *arena)
{
    uint32_t gate = ecs_load_relaxed(&arena->gate);
    do {
        if (gate & ECS_ARENA_CLOSED)
            return false;
    } while (!ecs_cas_weak_acquire_relaxed(&arena->gate, &gate, gate + 1));
    return true;
}

/* By a worker inside: asks for a census. */
static inline void ecs_arena_close(struct ecs_arena *arena)
{
    ecs_fetch_or_acq_rel(&arena->gate, ECS_ARENA_CLOSED);
}

static inline bool ecs_arena_closing(struct ecs_arena *arena)
{
    return ecs_load_relaxed(&arena->gate) & ECS_ARENA_CLOSED;
}

/* True if this worker was the last of a closed gate and took the census. Must hold no node. */
bool ecs_arena_go_out(struct ecs_arena *arena, struct ecs_arena_census *census);

#endif
