/* One set of free lists, one mutex around it: the simplest allocator that is right.
 *
 * Invariant, while the lock is free: each block of a class is in exactly one of these: the
 * class's list here, the hands of a caller, or uncut in its chunk. The mutex orders everything,
 * so a block freed by one thread and handed to another carries all that the first did to it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc/thread_record.h"

#define CUT 32   /* blocks asked of the source at a time */

struct ecs_alloc {
    struct ecs_chunk_source source;
    struct ecs_thread_records records;   /* for the counts only */
    ECS_ALIGNED_PAD pthread_mutex_t lock;
    void *list[ECS_SIZE_CLASSES];        /* linked through the blocks' first word */
};

static int create(const struct ecs_alloc_config *config, struct ecs_alloc **out)
{
    struct ecs_alloc *a = aligned_alloc(ECS_PAD, sizeof *a);
    if (!a)
        return -ENOMEM;
    memset(a, 0, sizeof *a);
    ecs_chunk_source_init(&a->source, config);
    a->records = (struct ecs_thread_records){ .source = &a->source, .has = ECS_ALLOC_HAS_OS };
    int rc = ecs_thread_records_init(&a->records);
    if (rc) {
        ecs_chunk_source_destroy(&a->source);
        free(a);
        return rc;
    }
    pthread_mutex_init(&a->lock, NULL);
    *out = a;
    return 0;
}

static void destroy(struct ecs_alloc *a)
{
    pthread_mutex_destroy(&a->lock);
    ecs_thread_records_destroy(&a->records);
    ecs_chunk_source_destroy(&a->source);
    free(a);
}

static void push(struct ecs_alloc *a, unsigned size_class, void *block)
{
    memcpy(block, &a->list[size_class], sizeof(void *));
    a->list[size_class] = block;
}

static void *pop_or_cut(struct ecs_alloc *a, unsigned size_class)
{
    void *block = a->list[size_class];
    if (block) {
        memcpy(&a->list[size_class], block, sizeof(void *));
        return block;
    }
    void *fresh[CUT];
    size_t n = ecs_chunk_take(&a->source, size_class, fresh, CUT);
    if (n == 0)
        return NULL;
    while (n > 1)
        push(a, size_class, fresh[--n]);
    return fresh[0];
}

static void *alloc_block(struct ecs_alloc *a, size_t size)
{
    if (size - 1 >= ECS_ALLOC_MAX) {
        errno = EINVAL;
        return NULL;
    }
    struct ecs_thread_record *mine = ecs_thread_record_mine(&a->records);
    pthread_mutex_lock(&a->lock);
    void *block = pop_or_cut(a, ecs_size_class(size));
    pthread_mutex_unlock(&a->lock);
    if (block)
        ecs_thread_count_alloc(&a->records, mine);
    return block;
}

static void free_block(struct ecs_alloc *a, void *block)
{
    if (!block)
        return;
    struct ecs_thread_record *mine = ecs_thread_record_mine(&a->records);
    unsigned size_class = ecs_chunk_of(block)->size_class;
    pthread_mutex_lock(&a->lock);
    push(a, size_class, block);
    pthread_mutex_unlock(&a->lock);
    ecs_thread_count_free(&a->records, mine);
}

static void thread_flush(struct ecs_alloc *a)
{
    ecs_thread_record_leave(&a->records);
}

static void stats(struct ecs_alloc *a, struct ecs_alloc_stats *out)
{
    ecs_thread_records_stats(&a->records, out);
}

static void thread_stats(struct ecs_alloc *a, struct ecs_alloc_stats *out, uint64_t *cached)
{
    ecs_thread_record_stats(&a->records, out, cached);
}

const struct ecs_allocator ecs_allocator_mutex = {
    .name = "mutex",
    .summary = "one set of free lists under one mutex",
    .has = ECS_ALLOC_HAS_OS,
    .create = create, .destroy = destroy, .alloc = alloc_block, .free = free_block,
    .thread_flush = thread_flush, .stats = stats, .thread_stats = thread_stats,
};
