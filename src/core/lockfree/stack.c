/* The argument why this is right, and the algorithms themselves, are in stack.h. */
#include "core/lockfree/stack.h"

#include <errno.h>

const char *const ecs_stack_variants[] = {"plain", "tagged", "hazard", "epoch", NULL};

#ifdef ECS_MUTATE_NO_TAG
#define TAG_STEP 0
#else
#define TAG_STEP (1ull << 32)
#endif

int ecs_stack_init(struct ecs_stack *stack, enum ecs_stack_variant variant,
                   struct ecs_stack_node *nodes, uint32_t capacity,
                   struct ecs_hazard_domain *hazard, struct ecs_epoch_domain *epoch)
{
    if (!nodes || capacity == 0 || capacity == UINT32_MAX || (unsigned)variant > ECS_STACK_EPOCH)
        return -EINVAL;
    if ((variant == ECS_STACK_HAZARD && !hazard) || (variant == ECS_STACK_EPOCH && !epoch))
        return -EINVAL;
    ecs_init(&stack->head, 0);
    stack->nodes = nodes;
    stack->tag_step = variant == ECS_STACK_TAGGED ? TAG_STEP : 0;
    stack->capacity = capacity;
    stack->variant = variant;
    stack->hazard = hazard;
    stack->epoch = epoch;
    for (uint32_t i = 0; i <= capacity; i++)
        ecs_init(&nodes[i].next, 0);
    return 0;
}

void ecs_stack_fill(struct ecs_stack *stack)
{
    for (uint32_t i = 1; i <= stack->capacity; i++)
        ecs_store_relaxed(&stack->nodes[i].next, i < stack->capacity ? i + 1 : 0);
    ecs_store_release(&stack->head, 1);
}

int ecs_stack_join(struct ecs_stack *stack, struct ecs_stack_caller *caller)
{
    *caller = (struct ecs_stack_caller){0};
    if (stack->variant == ECS_STACK_HAZARD) {
        caller->hazard = ecs_hazard_mine(stack->hazard);
        return caller->hazard ? 0 : -EAGAIN;
    }
    if (stack->variant == ECS_STACK_EPOCH) {
        caller->epoch = ecs_epoch_mine(stack->epoch);
        return caller->epoch ? 0 : -EAGAIN;
    }
    return 0;
}

/* The domains know addresses; users of a stack know indices. */
static void reclaim_node(void *what, void *ctx)
{
    struct ecs_stack *stack = ctx;
    struct ecs_stack_node *node = what;
    uint32_t index = (uint32_t)(node - stack->nodes);
    if (node->reclaim) {
        node->reclaim(stack, index, node->reclaim_ctx);
        return;
    }
    struct ecs_stack_caller uncounted = {0};
    ecs_stack_push(stack, index, &uncounted);
}

void ecs_stack_retire(struct ecs_stack *stack, uint32_t index, ecs_stack_reclaim_fn *reclaim,
                      void *ctx, struct ecs_stack_caller *caller)
{
    struct ecs_stack_node *node = &stack->nodes[index];
    if (stack->variant == ECS_STACK_HAZARD || stack->variant == ECS_STACK_EPOCH) {
        node->reclaim = reclaim;
        node->reclaim_ctx = ctx;
    }
    if (stack->variant == ECS_STACK_HAZARD)
        ecs_hazard_retire(caller->hazard, &node->retired, node, sizeof *node, reclaim_node, stack);
    else if (stack->variant == ECS_STACK_EPOCH)
        ecs_epoch_retire(caller->epoch, &node->retired, node, sizeof *node, reclaim_node, stack);
    else if (reclaim)
        reclaim(stack, index, ctx);
    else
        ecs_stack_push(stack, index, caller);
}

size_t ecs_stack_flush(struct ecs_stack *stack, struct ecs_stack_caller *caller)
{
    if (stack->variant == ECS_STACK_HAZARD)
        return ecs_hazard_scan(caller->hazard);
    if (stack->variant == ECS_STACK_EPOCH)
        return ecs_epoch_poll(caller->epoch);
    return 0;
}

void ecs_stack_peek(const struct ecs_stack *stack, uint32_t *out, size_t max,
                    struct ecs_stack_view *view)
{
    uint64_t head = ecs_load_acquire(&stack->head);
    *view = (struct ecs_stack_view){.head = ecs_stack_index(head),
                                    .version = ecs_stack_version(head)};
    uint32_t index = view->head;
    while (index != 0 && view->n < max) {
        for (size_t i = 0; i < view->n; i++) {
            if (out[i] == index) {
                view->cycle = true;
                view->back_to = i;
                return;
            }
        }
        out[view->n++] = index;
        index = ecs_load_relaxed(&stack->nodes[index].next);
    }
    view->cut = index != 0;
}
