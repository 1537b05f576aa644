/* The thread cache, L1: per size class a bounded stack of block addresses that only its thread
 * touches. No atomics, no links through the blocks: a block's memory is not touched here. */
#ifndef ECS_ALLOC_THREAD_CACHE_H
#define ECS_ALLOC_THREAD_CACHE_H

#include <stdbool.h>
#include <string.h>

#include "core/alloc/size_class.h"

struct ecs_thread_cache {
    uint32_t n[ECS_SIZE_CLASSES];
    void *block[];                 /* capacity per class, one class after the other */
};

static inline size_t ecs_thread_cache_bytes(uint32_t capacity)
{
    return sizeof(struct ecs_thread_cache) + (size_t)capacity * ECS_SIZE_CLASSES * sizeof(void *);
}

static inline void **ecs_thread_cache_bin(struct ecs_thread_cache *cache, uint32_t capacity,
                                          unsigned size_class)
{
    return cache->block + (size_t)size_class * capacity;
}

/* The last block put in, NULL if there is none. */
static inline void *ecs_thread_cache_pop(struct ecs_thread_cache *cache, uint32_t capacity,
                                         unsigned size_class)
{
    uint32_t n = cache->n[size_class];
    if (n == 0)
        return NULL;
    cache->n[size_class] = n - 1;
    return ecs_thread_cache_bin(cache, capacity, size_class)[n - 1];
}

/* False when it is full. */
static inline bool ecs_thread_cache_push(struct ecs_thread_cache *cache, uint32_t capacity,
                                         unsigned size_class, void *block)
{
    uint32_t n = cache->n[size_class];
    if (n == capacity)
        return false;
    ecs_thread_cache_bin(cache, capacity, size_class)[n] = block;
    cache->n[size_class] = n + 1;
    return true;
}

/* Forgets the `n` oldest blocks, the first of the bin, which somebody else has now: they are
 * the least likely to be in the processor's caches. */
static inline void ecs_thread_cache_drop(struct ecs_thread_cache *cache, uint32_t capacity,
                                         unsigned size_class, uint32_t n)
{
    void **bin = ecs_thread_cache_bin(cache, capacity, size_class);
    cache->n[size_class] -= n;
    memmove(bin, bin + n, cache->n[size_class] * sizeof *bin);
}

#endif
