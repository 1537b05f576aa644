/* A retired node: unlinked, so that nobody can find it any more, but perhaps still held by a
 * thread that found it before. A hazard or an epoch domain keeps it until nobody does.
 *
 * The caller embeds one in each node that can be retired, so the domains never allocate. From
 * retire until `reclaim` is called the domain owns it; then it is the callee's again. */
#ifndef ECS_LOCKFREE_RETIRED_H
#define ECS_LOCKFREE_RETIRED_H

#include <stddef.h>
#include <stdint.h>

/* Called once, by whichever thread finds the node safe. May retire other nodes, push this one
 * on a stack or free it; must not destroy the domain. */
typedef void ecs_reclaim_fn(void *what, void *ctx);

struct ecs_retired {
    struct ecs_retired *next;
    void *what;              /* what `reclaim` gets; the address that hazard pointers hold */
    ecs_reclaim_fn *reclaim;
    void *ctx;
    size_t bytes;            /* for the counters only; 0 if it does not matter */
};

/* A singly linked list with its tail, so that a hand-over costs one step. */
struct ecs_retired_list {
    struct ecs_retired *first, *last;
    size_t n;
};

static inline void ecs_retired_add(struct ecs_retired_list *list, struct ecs_retired *node)
{
    node->next = list->first;
    if (!list->first)
        list->last = node;
    list->first = node;
    list->n++;
}

/* Moves all of `from` to `to`. */
static inline void ecs_retired_splice(struct ecs_retired_list *to, struct ecs_retired_list *from)
{
    if (!from->first)
        return;
    from->last->next = to->first;
    if (!to->first)
        to->last = from->last;
    to->first = from->first;
    to->n += from->n;
    *from = (struct ecs_retired_list){0};
}

#endif
