/* The states seen so far, each with the least cost at which it was reached. Grows. */
#ifndef ECS_EXPLORE_STATE_TABLE_H
#define ECS_EXPLORE_STATE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ecs_state_table {
    uint64_t *key;
    uint16_t *cost;
    size_t capacity, n; /* a power of two; 0: not made yet */
};

enum ecs_seen { ECS_SEEN_NEW, ECS_SEEN_CHEAPER, ECS_SEEN_BEFORE, ECS_SEEN_NO_MEMORY };
/* CHEAPER: it was there, at a higher cost. */
enum ecs_seen ecs_state_table_add(struct ecs_state_table *t, uint64_t key, uint16_t cost);
void ecs_state_table_clear(struct ecs_state_table *t);
void ecs_state_table_free(struct ecs_state_table *t);

#endif
