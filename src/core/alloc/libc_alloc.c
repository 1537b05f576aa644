/* The C library's malloc and free, to compare with. It tells nothing about its insides. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc/allocator.h"

struct ecs_alloc { char nothing; };

static int create(const struct ecs_alloc_config *config, struct ecs_alloc **out)
{
    (void)config;
    *out = calloc(1, sizeof **out);
    return *out ? 0 : -ENOMEM;
}

static void destroy(struct ecs_alloc *a)
{
    free(a);
}

static void *alloc_block(struct ecs_alloc *a, size_t size)
{
    (void)a;
    if (size - 1 >= ECS_ALLOC_MAX) {
        errno = EINVAL;
        return NULL;
    }
    return malloc(size);
}

static void free_block(struct ecs_alloc *a, void *block)
{
    (void)a;
    free(block);
}

static void thread_flush(struct ecs_alloc *a)
{
    (void)a;
}

static void stats(struct ecs_alloc *a, struct ecs_alloc_stats *out)
{
    (void)a;
    memset(out, 0, sizeof *out);
}

static void thread_stats(struct ecs_alloc *a, struct ecs_alloc_stats *out, uint64_t *cached)
{
    stats(a, out);
    *cached = 0;
}

const struct ecs_allocator ecs_allocator_libc = {
    .name = "libc",
    .summary = "the C library's malloc and free",
    .create = create, .destroy = destroy, .alloc = alloc_block, .free = free_block,
    .thread_flush = thread_flush, .stats = stats, .thread_stats = thread_stats,
};
