/* The memory of a program: its state and the blocks it has asked for. */
#include <string.h>

#include "core/explore/engine.h"

#define FRESH 0xa5  /* what nobody has written yet */
#define FREED 0xdd
#define ALIGN 16u

uint64_t ecs_memory_get(const volatile void *p, size_t size)
{
    uint64_t value = 0;
    switch (size) {
    case 8: return *(const volatile uint64_t *)p;
    case 4: return *(const volatile uint32_t *)p;
    case 2: return *(const volatile uint16_t *)p;
    case 1: return *(const volatile uint8_t *)p;
    default: memcpy(&value, (const void *)(uintptr_t)p, size < 8 ? size : 8); return value;
    }
}

void ecs_memory_put(volatile void *p, size_t size, uint64_t value)
{
    uint64_t at = (uint64_t)((volatile char *)p - ecs_engine.arena) + 1;
    ecs_engine.hash ^= ecs_mix(at, ecs_memory_get(p, size)) ^ ecs_mix(at, value);
    memcpy((void *)(uintptr_t)p, &value, size);
}

static char *heap_of(unsigned owner)
{
    return ecs_engine.arena + ECS_EXPLORE_MAX_STATE + owner * (size_t)ECS_ENGINE_HEAP;
}

static unsigned who(void)
{
    return ecs_engine.now ? (unsigned)(ecs_engine.now - ecs_engine.thread)
                          : ECS_EXPLORE_MAX_THREADS;
}

void *ecs_explore_alloc(size_t size)
{
    struct ecs_engine *e = &ecs_engine;
    unsigned owner = who();
    size_t room = (size + ALIGN - 1) / ALIGN * ALIGN + ALIGN; /* a gap after each */
    if (size == 0 || e->n_blocks == ECS_ENGINE_BLOCKS ||
        e->heap_used[owner] + room > ECS_ENGINE_HEAP)
        return NULL;
    char *p = heap_of(owner) + e->heap_used[owner];
    e->heap_used[owner] += (unsigned)room;
    memset(p, FRESH, room);
    e->block[e->n_blocks++] = (struct ecs_block){.p = p, .size = size, .thread = (uint8_t)owner};
    return p;
}

static struct ecs_block *block_of(const volatile void *p)
{
    struct ecs_engine *e = &ecs_engine;
    for (unsigned i = 0; i < e->n_blocks; i++) {
        if ((const volatile char *)p >= e->block[i].p &&
            (const volatile char *)p < e->block[i].p + e->block[i].size)
            return &e->block[i];
    }
    return NULL;
}

void ecs_explore_free(void *p)
{
    struct ecs_block *b = block_of(p);
    if (!p)
        return;
    if (!b || b->p != p) {
        ecs_explore_fail(ECS_FINDING_DOUBLE_FREE, "%p is freed, and is no block", p);
        return;
    }
    if (b->freed) {
        ecs_explore_fail(ECS_FINDING_DOUBLE_FREE,
                         "block %u is freed a second time (first by thread %u)",
                         (unsigned)(b - ecs_engine.block), b->freed_by);
        return;
    }
    b->freed = true;
    b->freed_by = (uint8_t)who();
    if (b->size <= sizeof(uint64_t) * 32)
        memset(b->p, FREED, b->size);
}

static void check_block(const struct ecs_explore_site *site, const volatile void *p, size_t size,
                        bool reads)
{
    const struct ecs_block *b = block_of(p);
    if (!b) {
        ecs_explore_fail(ECS_FINDING_STRAY, "%s (%s:%d) is beyond any block", site->location,
                         site->file, site->line);
        return;
    }
    if (b->freed) {
        ecs_explore_fail(ECS_FINDING_FREED, "%s (%s:%d) is in a block that thread %u has freed",
                         site->location, site->file, site->line, b->freed_by);
        return;
    }
    uint64_t fresh = 0;
    memset(&fresh, FRESH, size < 8 ? size : 8);
    if (reads && size >= 2 && ecs_memory_get(p, size) == fresh)
        ecs_explore_fail(ECS_FINDING_UNINITIALISED, "%s (%s:%d) is read before it is written",
                         site->location, site->file, site->line);
}

void ecs_memory_check(const struct ecs_explore_site *site, const volatile void *p, size_t size,
                      bool reads)
{
    struct ecs_engine *e = &ecs_engine;
    uintptr_t at = (uintptr_t)p - (uintptr_t)e->arena;
    if (at + size <= e->state_size && at < e->state_size)
        return;
    size_t heaps = (ECS_EXPLORE_MAX_THREADS + 1) * (size_t)ECS_ENGINE_HEAP;
    if (at >= ECS_EXPLORE_MAX_STATE && at + size <= ECS_EXPLORE_MAX_STATE + heaps) {
        check_block(site, p, size, reads);
        return;
    }
    /* Nothing may be done there: with carry_on as well the run ends here. */
    e->carry_on = false;
    ecs_explore_fail(ECS_FINDING_STRAY,
                     "%s (%s:%d) is outside the program's state and its blocks", site->location,
                     site->file, site->line);
}

void ecs_memory_check_leaks(void)
{
    struct ecs_engine *e = &ecs_engine;
    for (unsigned i = 0; i < e->n_blocks; i++) {
        if (!e->block[i].freed) {
            ecs_explore_fail(ECS_FINDING_LEAK,
                             "block %u (%zu bytes, by thread %u) is never freed", i,
                             e->block[i].size, e->block[i].thread);
            return;
        }
    }
}
