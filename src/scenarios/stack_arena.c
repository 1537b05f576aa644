#include "scenarios/stack_arena.h"

#include <errno.h>
#include <string.h>

#include "core/hw/os_memory.h"

static size_t nodes_bytes(void)
{
    return (ECS_ARENA_MAX_NODES + 1) * sizeof(struct ecs_stack_node);
}

static size_t owners_bytes(void)
{
    return (ECS_ARENA_MAX_NODES + 1) * sizeof(struct ecs_arena_owner);
}

/* ---- census -------------------------------------------------------------------------------- */

/* Retired and not yet given back. Exact when nobody is inside. */
static uint64_t pending(const struct ecs_arena *arena)
{
    struct ecs_hazard_stats hazard;
    struct ecs_epoch_stats epoch;
    if (arena->stack.variant == ECS_STACK_HAZARD) {
        ecs_hazard_read(arena->hazard, &hazard);
        return hazard.pending;
    }
    if (arena->stack.variant == ECS_STACK_EPOCH) {
        ecs_epoch_read(arena->epoch, &epoch);
        return epoch.pending;
    }
    return 0;
}

/* Marks the nodes in the stack. True if it bites its tail. */
static bool walk(struct ecs_arena *arena)
{
    memset(arena->seen, 0, sizeof arena->seen);
    uint32_t index = ecs_stack_index(ecs_load_acquire(&arena->stack.head));
    while (index && !arena->seen[index]) {
        arena->seen[index] = 1;
        index = ecs_load_relaxed(&arena->stack.nodes[index].next);
    }
    return index != 0;
}

/* Nodes in the stack, taken out of use, or retired. */
static uint64_t accounted(const struct ecs_arena *arena, uint32_t *damaged)
{
    uint64_t n = pending(arena);
    for (uint32_t i = 1; i <= arena->n; i++) {
        bool owned = ecs_load_relaxed(&arena->owner[i].worker) != 0;
        *damaged += owned;
        n += arena->seen[i] || owned;
    }
    return n;
}

static void fill(struct ecs_arena *arena)
{
    for (uint32_t i = 0; i <= arena->n; i++)
        ecs_store_relaxed(&arena->owner[i].worker, 0);
    ecs_stack_fill(&arena->stack);
    arena->missing = arena->damaged = 0;
}

/* The gate is closed and nobody else is inside. Only the variants without a domain are mended:
 * the others may have nodes in the hands of a thread that is about to end, and need no mending. */
static struct ecs_arena_census take_census(struct ecs_arena *arena)
{
    uint32_t damaged = 0;
    struct ecs_arena_census census = { .cycle = walk(arena) };
    uint64_t found = accounted(arena, &damaged);
    uint32_t missing = found < arena->n ? arena->n - (uint32_t)found : 0;
    if (missing > arena->missing)
        census.lost = missing - arena->missing;
    census.corrupt = census.cycle || census.lost || damaged > arena->damaged;
    arena->missing = missing;
    arena->damaged = damaged;
    bool domain = arena->stack.variant == ECS_STACK_HAZARD ||
                  arena->stack.variant == ECS_STACK_EPOCH;
    if (census.corrupt && !domain)
        fill(arena);
    return census;
}

bool ecs_arena_go_out(struct ecs_arena *arena, struct ecs_arena_census *census)
{
    uint32_t before = ecs_fetch_sub_acq_rel(&arena->gate, 1);
    if (before != (ECS_ARENA_CLOSED | 1))
        return false;
    *census = take_census(arena);
    ecs_store_release(&arena->gate, 0);
    return true;
}

/* ---- making -------------------------------------------------------------------------------- */

static void drain(struct ecs_arena *arena)
{
    if (arena->stack.variant == ECS_STACK_HAZARD)
        ecs_hazard_drain(arena->hazard);
    else if (arena->stack.variant == ECS_STACK_EPOCH)
        ecs_epoch_drain(arena->epoch);
}

void ecs_arena_reset(struct ecs_arena *arena, enum ecs_stack_variant variant, uint32_t n)
{
    drain(arena);
    ecs_stack_init(&arena->stack, variant, arena->nodes, n, arena->hazard, arena->epoch);
    arena->n = n;
    ecs_init(&arena->gate, 0);
    fill(arena);
}

static int make_domains(struct ecs_arena *arena)
{
    arena->hazard = ecs_os_map(sizeof *arena->hazard, 4096, false);
    arena->epoch = ecs_os_map(sizeof *arena->epoch, 4096, false);
    if (!arena->hazard || !arena->epoch)
        return -ENOMEM;
    int rc = ecs_hazard_init(arena->hazard, 1);
    if (rc)
        return rc;
    rc = ecs_epoch_init(arena->epoch);
    if (rc)
        ecs_hazard_destroy(arena->hazard);
    return rc;
}

static void unmap_all(struct ecs_arena *arena)
{
    ecs_os_unmap(arena->hazard, sizeof *arena->hazard);
    ecs_os_unmap(arena->epoch, sizeof *arena->epoch);
    ecs_os_unmap(arena->nodes, nodes_bytes());
    ecs_os_unmap(arena->owner, owners_bytes());
    ecs_os_unmap(arena, sizeof *arena);
}

int ecs_arena_make(enum ecs_stack_variant variant, uint32_t n, struct ecs_arena **out,
                   struct ecs_error *e)
{
    struct ecs_arena *arena = ecs_os_map(sizeof *arena, 4096, false);
    if (!arena)
        return ecs_fail(e, -ENOMEM, "no memory for the stack");
    arena->nodes = ecs_os_map(nodes_bytes(), 4096, false);
    arena->owner = ecs_os_map(owners_bytes(), 4096, false);
    int rc = arena->nodes && arena->owner ? make_domains(arena) : -ENOMEM;
    if (rc) {
        unmap_all(arena);
        return ecs_fail(e, rc, rc == -ENOMEM ? "no memory for the stack"
                                             : "too many stacks at the same time");
    }
    ecs_arena_reset(arena, variant, n);
    *out = arena;
    return 0;
}

void ecs_arena_free(struct ecs_arena *arena)
{
    drain(arena);
    ecs_epoch_destroy(arena->epoch);
    ecs_hazard_destroy(arena->hazard);
    unmap_all(arena);
}
