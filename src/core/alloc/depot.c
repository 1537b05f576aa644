#include "core/alloc/depot.h"

#include <errno.h>

#define BLOCKS_AT_MOST (1u << 20)    /* that the depot holds; what is over goes to the source */
#define MAGAZINES_MIN (1u << 10)
#define MAGAZINES_MAX (1u << 17)

static uint32_t capacity_for(uint32_t batch)
{
    uint32_t n = BLOCKS_AT_MOST / batch;
    if (n < MAGAZINES_MIN)
        return MAGAZINES_MIN;
    return n > MAGAZINES_MAX ? MAGAZINES_MAX : n;
}

/* Whole lines, so that two owners never write the same one. */
static size_t magazine_stride(uint32_t batch)
{
    size_t bytes = sizeof(struct ecs_magazine) + batch * sizeof(void *);
    return (bytes + ECS_LINE - 1) / ECS_LINE * ECS_LINE;
}

static size_t nodes_bytes(uint32_t capacity)
{
    return ((size_t)capacity + 1) * sizeof(struct ecs_stack_node);
}

int ecs_depot_init(struct ecs_depot *depot, struct ecs_chunk_source *source, uint32_t batch)
{
    depot->source = source;
    depot->batch = batch;
    depot->capacity = capacity_for(batch);
    depot->stride = magazine_stride(batch);
    depot->made = 0;
    depot->nodes = ecs_chunk_reserve(source, nodes_bytes(depot->capacity));
    depot->magazines = ecs_chunk_reserve(source, depot->capacity * depot->stride);
    if (!depot->nodes || !depot->magazines) {
        ecs_chunk_unmap(source, depot->nodes, nodes_bytes(depot->capacity));
        ecs_chunk_unmap(source, depot->magazines, depot->capacity * depot->stride);
        return -ENOMEM;
    }
    pthread_mutex_init(&depot->making, NULL);
    for (unsigned c = 0; c < ECS_SIZE_CLASSES; c++)
        ecs_stack_init(&depot->full[c], ECS_STACK_TAGGED, depot->nodes, 1, NULL, NULL);
    ecs_stack_init(&depot->empty, ECS_STACK_TAGGED, depot->nodes, 1, NULL, NULL);
    return 0;
}

void ecs_depot_destroy(struct ecs_depot *depot)
{
    pthread_mutex_destroy(&depot->making);
    ecs_chunk_unmap(depot->source, depot->nodes, nodes_bytes(depot->capacity));
    ecs_chunk_unmap(depot->source, depot->magazines, depot->capacity * depot->stride);
}

/* The lock is held. */
static uint32_t make(struct ecs_depot *depot)
{
    if (depot->made == depot->capacity)
        return 0;
    depot->made++;
    for (unsigned c = 0; c < ECS_SIZE_CLASSES; c++)
        ecs_stack_grow(&depot->full[c], depot->made);
    ecs_stack_grow(&depot->empty, depot->made);
    ecs_chunk_account(depot->source, depot->stride + sizeof(struct ecs_stack_node));
    return depot->made;
}

uint32_t ecs_depot_take_empty(struct ecs_depot *depot, struct ecs_stack_caller *caller)
{
    uint32_t magazine = ecs_stack_pop(&depot->empty, caller);
    if (magazine)
        return magazine;
    pthread_mutex_lock(&depot->making);
    magazine = make(depot);
    pthread_mutex_unlock(&depot->making);
    return magazine;
}
