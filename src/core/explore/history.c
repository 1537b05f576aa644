/* Is a history linearizable? A search over all orders that respect what ended before what began:
 * J. Wing, C. Gong, "Testing and verifying concurrent objects", JPDC 17, 1993. */
#include <string.h>

#include "core/explore/engine.h"

enum { SPEC_SIZE = 64 };

void ecs_history_begin(struct ecs_history *h, unsigned id, unsigned kind, uint64_t argument)
{
    static const struct ecs_explore_site site = {
        .kind = ECS_EXPLORE_LOAD_OP, .order = memory_order_relaxed,
        .failure = memory_order_relaxed, .direct = true, .location = "operation begins",
        .file = __FILE__, .line = __LINE__};
    struct ecs_history_op *op = &h->op[id];
    op->kind = kind;
    op->argument = argument;
    op->before = (uint32_t)ecs_explore_load(&site, &h->completed, sizeof h->completed);
    op->begun = true;
}

void ecs_history_end(struct ecs_history *h, unsigned id, uint64_t result)
{
    static const struct ecs_explore_site site = {
        .kind = ECS_EXPLORE_FETCH_or, .order = memory_order_relaxed,
        .failure = memory_order_relaxed, .direct = true, .location = "operation ends",
        .file = __FILE__, .line = __LINE__};
    h->op[id].result = result;
    ecs_explore_rmw(&site, &h->completed, sizeof h->completed, 1u << id);
}

struct judge {
    const struct ecs_history *h;
    size_t size;
    bool (*apply)(void *spec, const struct ecs_history_op *op);
    uint32_t all;
};

/* `placed` are in the order already and have led to `spec`. */
static bool place_rest(const struct judge *j, uint32_t placed, const void *spec)
{
    unsigned char next[SPEC_SIZE];
    if (placed == j->all)
        return true;
    for (unsigned i = 0; i < ECS_HISTORY_MAX; i++) {
        const struct ecs_history_op *op = &j->h->op[i];
        if (!(j->all >> i & 1) || placed >> i & 1 || (op->before & j->all & ~placed))
            continue;
        memcpy(next, spec, j->size);
        if (j->apply(next, op) && place_rest(j, placed | 1u << i, next))
            return true;
    }
    return false;
}

bool ecs_history_linearizable(const struct ecs_history *h, const void *initial, size_t size,
                              bool (*apply)(void *spec, const struct ecs_history_op *op))
{
    struct judge j = {.h = h, .size = size, .apply = apply};
    for (unsigned i = 0; i < ECS_HISTORY_MAX; i++)
        j.all |= h->op[i].begun ? 1u << i : 0;
    return size <= SPEC_SIZE && place_rest(&j, 0, initial);
}
