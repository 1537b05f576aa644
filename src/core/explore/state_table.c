#include "core/explore/state_table.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 1024 };

static size_t slot_of(const struct ecs_state_table *t, uint64_t key)
{
    size_t i = (key ^ key >> 32) & (t->capacity - 1);
    while (t->key[i] && t->key[i] != key)
        i = (i + 1) & (t->capacity - 1);
    return i;
}

static bool grow(struct ecs_state_table *t)
{
    struct ecs_state_table old = *t;
    size_t capacity = old.capacity ? old.capacity * 4 : FIRST_CAPACITY;
    uint64_t *key = calloc(capacity, sizeof *key);
    uint16_t *cost = malloc(capacity * sizeof *cost);
    if (!key || !cost) {
        free(key);
        free(cost);
        return false;
    }
    *t = (struct ecs_state_table){key, cost, capacity, old.n};
    for (size_t i = 0; i < old.capacity; i++) {
        if (old.key[i]) {
            size_t to = slot_of(t, old.key[i]);
            key[to] = old.key[i];
            cost[to] = old.cost[i];
        }
    }
    free(old.key);
    free(old.cost);
    return true;
}

enum ecs_seen ecs_state_table_add(struct ecs_state_table *t, uint64_t key, uint16_t cost)
{
    key += key == 0;
    if (t->n * 2 >= t->capacity && !grow(t))
        return ECS_SEEN_NO_MEMORY;
    size_t i = slot_of(t, key);
    if (!t->key[i]) {
        t->key[i] = key;
        t->cost[i] = cost;
        t->n++;
        return ECS_SEEN_NEW;
    }
    if (t->cost[i] <= cost)
        return ECS_SEEN_BEFORE;
    t->cost[i] = cost;
    return ECS_SEEN_CHEAPER;
}

void ecs_state_table_clear(struct ecs_state_table *t)
{
    if (t->capacity)
        memset(t->key, 0, t->capacity * sizeof *t->key);
    t->n = 0;
}

void ecs_state_table_free(struct ecs_state_table *t)
{
    free(t->key);
    free(t->cost);
    *t = (struct ecs_state_table){0};
}
