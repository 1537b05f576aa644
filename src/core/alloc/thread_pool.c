/* A pool per thread: free lists that only their owner touches, without atomics and without
 * limit.
 *
 * Invariant. A block is in the hands of a caller, in the lists of one thread, or in the source.
 * A free puts it in the lists of the thread that frees, whoever allocated it: right, and fast,
 * but a thread that only frees gathers blocks that a thread that only allocates will never see
 * again (the blow-up that E. Berger et al. describe in "Hoard", ASPLOS 2000). That is this
 * design's price, and what the second level of two_level.c is for.
 *
 * Orders. None needed: a list is its owner's alone, and blocks change lists only through the
 * source, under its mutex, when a thread ends. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc/thread_record.h"

#define CUT 32

struct ecs_alloc {
    struct ecs_chunk_source source;
    struct ecs_thread_records records;
};

/* The variant's part of a record. */
struct lists { void *first[ECS_SIZE_CLASSES]; };

static struct lists *lists_of(struct ecs_thread_record *record)
{
    return (struct lists *)record->own;
}

static void push(struct lists *lists, unsigned size_class, void *block)
{
    memcpy(block, &lists->first[size_class], sizeof(void *));
    lists->first[size_class] = block;
}

static void *pop(struct lists *lists, unsigned size_class)
{
    void *block = lists->first[size_class];
    if (block)
        memcpy(&lists->first[size_class], block, sizeof(void *));
    return block;
}

static void hand_back(void *ctx, struct ecs_thread_record *record)
{
    struct ecs_alloc *a = ctx;
    struct lists *lists = lists_of(record);
    void *some[CUT];
    for (unsigned c = 0; c < ECS_SIZE_CLASSES; c++)
        while (lists->first[c]) {
            size_t n = 0;
            while (n < CUT && (some[n] = pop(lists, c)))
                n++;
            ecs_chunk_return(&a->source, some, n);
        }
}

static int create(const struct ecs_alloc_config *config, struct ecs_alloc **out)
{
    struct ecs_alloc *a = aligned_alloc(ECS_PAD, sizeof *a);
    if (!a)
        return -ENOMEM;
    memset(a, 0, sizeof *a);
    ecs_chunk_source_init(&a->source, config);
    a->records = (struct ecs_thread_records){
        .source = &a->source, .has = ECS_ALLOC_HAS_L1 | ECS_ALLOC_HAS_OS,
        .own_bytes = sizeof(struct lists), .hand_back = hand_back, .ctx = a,
    };
    int rc = ecs_thread_records_init(&a->records);
    if (rc) {
        ecs_chunk_source_destroy(&a->source);
        free(a);
        return rc;
    }
    *out = a;
    return 0;
}

static void destroy(struct ecs_alloc *a)
{
    ecs_thread_records_destroy(&a->records);
    ecs_chunk_source_destroy(&a->source);
    free(a);
}

static void *refill(struct ecs_alloc *a, struct ecs_thread_record *mine, unsigned size_class)
{
    void *fresh[CUT];
    size_t n = ecs_chunk_take(&a->source, size_class, fresh, CUT);
    if (n == 0)
        return NULL;
    mine->now.l1_misses++;
    mine->taken += n;
    while (n > 1)
        push(lists_of(mine), size_class, fresh[--n]);
    return fresh[0];
}

static void *alloc_block(struct ecs_alloc *a, size_t size)
{
    if (size - 1 >= ECS_ALLOC_MAX) {
        errno = EINVAL;
        return NULL;
    }
    unsigned size_class = ecs_size_class(size);
    struct ecs_thread_record *mine = ecs_thread_record_mine(&a->records);
    if (!mine)
        return ecs_chunk_alloc(&a->source, size_class);
    void *block = pop(lists_of(mine), size_class);
    if (!block)
        block = refill(a, mine, size_class);
    if (block)
        ecs_thread_count_alloc(&a->records, mine);
    return block;
}

static void free_block(struct ecs_alloc *a, void *block)
{
    if (!block)
        return;
    struct ecs_thread_record *mine = ecs_thread_record_mine(&a->records);
    if (!mine) {
        ecs_chunk_free(&a->source, block);
        return;
    }
    push(lists_of(mine), ecs_chunk_of(block)->size_class, block);
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

const struct ecs_allocator ecs_allocator_thread_local = {
    .name = "thread-local",
    .summary = "a pool for each thread, never shared",
    .has = ECS_ALLOC_HAS_L1 | ECS_ALLOC_HAS_OS,
    .create = create, .destroy = destroy, .alloc = alloc_block, .free = free_block,
    .thread_flush = thread_flush, .stats = stats, .thread_stats = thread_stats,
};
