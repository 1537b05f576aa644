/* Two levels: a bounded cache per thread (thread_cache.h) over a lock-free depot of batches
 * (depot.h) over chunks.
 *
 * alloc: the cache; when it is empty, a whole batch from the depot; when that is empty too, a
 * batch cut from a chunk. free: the cache; when it is full, its oldest batch goes to the depot
 * first. A batch is half the cache, so after an exchange in either direction at least half a
 * cache of frees or allocs is ahead before the next: one contended operation in so many.
 *
 * Invariant. Each block is in the hands of one caller, in one thread's cache, in one full
 * magazine, or in the source. A magazine that a thread holds is on its way between two of these
 * and never outlives the call.
 *
 * Linearisation, orders, ABA: a cache is its thread's alone; everything between threads goes
 * through the depot's stacks or the source's mutex (depot.h, chunk.h).
 *
 * When memory runs out. alloc gives NULL and nothing has changed. free cannot fail: without a
 * magazine its blocks go to the source one by one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc/depot.h"
#include "core/alloc/thread_cache.h"
#include "core/alloc/thread_record.h"

struct ecs_alloc {
    struct ecs_chunk_source source;
    struct ecs_thread_records records;
    uint32_t capacity;                /* of a thread's cache, per class */
    struct ecs_depot depot;
};

static struct ecs_thread_cache *cache_of(struct ecs_thread_record *record)
{
    return (struct ecs_thread_cache *)record->own;
}

/* Moves the `n` oldest blocks, at most a batch, from the cache to the depot. */
static void spill(struct ecs_alloc *a, struct ecs_thread_record *mine, unsigned size_class,
                  uint32_t n)
{
    void **bin = ecs_thread_cache_bin(cache_of(mine), a->capacity, size_class);
    uint32_t i = ecs_depot_take_empty(&a->depot, &mine->caller);
    if (i) {
        struct ecs_magazine *magazine = ecs_depot_magazine(&a->depot, i);
        memcpy(magazine->block, bin, n * sizeof *bin);
        magazine->n = n;
        ecs_depot_put(&a->depot, size_class, i, &mine->caller);
        mine->now.l2_puts++;
        mine->now.l2_blocks_in += n;
    } else {
        ecs_chunk_return(&a->source, bin, n);
    }
    ecs_thread_cache_drop(cache_of(mine), a->capacity, size_class, n);
    mine->taken -= n;
}

static void hand_back(void *ctx, struct ecs_thread_record *record)
{
    struct ecs_alloc *a = ctx;
    for (unsigned c = 0; c < ECS_SIZE_CLASSES; c++)
        while (cache_of(record)->n[c]) {
            uint32_t n = cache_of(record)->n[c];
            spill(a, record, c, n < a->depot.batch ? n : a->depot.batch);
        }
}

/* A batch from the depot or from the source into the empty cache. False: out of memory. */
static bool refill(struct ecs_alloc *a, struct ecs_thread_record *mine, unsigned size_class)
{
    struct ecs_thread_cache *cache = cache_of(mine);
    void **bin = ecs_thread_cache_bin(cache, a->capacity, size_class);
    uint32_t i = ecs_depot_take(&a->depot, size_class, &mine->caller);
    uint32_t n;
    if (i) {
        struct ecs_magazine *magazine = ecs_depot_magazine(&a->depot, i);
        n = magazine->n;
        memcpy(bin, magazine->block, n * sizeof *bin);
        ecs_depot_put_empty(&a->depot, i, &mine->caller);
        mine->now.l2_hits++;
        mine->now.l2_blocks_out += n;
    } else {
        n = (uint32_t)ecs_chunk_take(&a->source, size_class, bin, a->depot.batch);
        mine->now.l2_misses += n > 0;
    }
    cache->n[size_class] = n;
    mine->taken += n;
    mine->now.l1_misses += n > 0;
    return n > 0;
}

static int create(const struct ecs_alloc_config *config, struct ecs_alloc **out)
{
    struct ecs_alloc *a = aligned_alloc(ECS_PAD, sizeof *a);
    if (!a)
        return -ENOMEM;
    memset(a, 0, sizeof *a);
    a->capacity = config->l1_capacity ? config->l1_capacity : ECS_L1_CAPACITY;
    if (a->capacity > ECS_L1_CAPACITY_MAX)
        a->capacity = ECS_L1_CAPACITY_MAX;
    ecs_chunk_source_init(&a->source, config);
    a->records = (struct ecs_thread_records){
        .source = &a->source,
        .has = ECS_ALLOC_HAS_L1 | ECS_ALLOC_HAS_L2 | ECS_ALLOC_HAS_CAS | ECS_ALLOC_HAS_OS,
        .own_bytes = ecs_thread_cache_bytes(a->capacity), .hand_back = hand_back, .ctx = a,
    };
    int rc = ecs_depot_init(&a->depot, &a->source, ecs_allocator_batch(a->capacity));
    if (rc == 0) {
        rc = ecs_thread_records_init(&a->records);
        if (rc)
            ecs_depot_destroy(&a->depot);
    }
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
    ecs_depot_destroy(&a->depot);
    ecs_chunk_source_destroy(&a->source);
    free(a);
}

static void *alloc_block(struct ecs_alloc *a, size_t size)
{
    if (size - 1 >= ECS_ALLOC_MAX) {
        errno = EINVAL;
        return NULL;
    }
    unsigned size_class = ecs_size_class(size);
    struct ecs_thread_record *mine = ecs_thread_record_mine(&a->records);
    if (__builtin_expect(!mine, 0))
        return ecs_chunk_alloc(&a->source, size_class);
    void *block = ecs_thread_cache_pop(cache_of(mine), a->capacity, size_class);
    if (__builtin_expect(!block, 0)) {
        if (!refill(a, mine, size_class))
            return NULL;
        block = ecs_thread_cache_pop(cache_of(mine), a->capacity, size_class);
    }
    ecs_thread_count_alloc(&a->records, mine);
    return block;
}

static void free_block(struct ecs_alloc *a, void *block)
{
    if (!block)
        return;
    struct ecs_thread_record *mine = ecs_thread_record_mine(&a->records);
    if (__builtin_expect(!mine, 0)) {
        ecs_chunk_free(&a->source, block);
        return;
    }
    unsigned size_class = ecs_chunk_of(block)->size_class;
    if (__builtin_expect(
            !ecs_thread_cache_push(cache_of(mine), a->capacity, size_class, block), 0)) {
        mine->now.l1_spills++;
        spill(a, mine, size_class, a->depot.batch);
        ecs_thread_cache_push(cache_of(mine), a->capacity, size_class, block);
    }
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

const struct ecs_allocator ecs_allocator_two_level = {
    .name = "two-level",
    .summary = "a small cache for each thread over a shared lock-free depot of batches",
    .has = ECS_ALLOC_HAS_L1 | ECS_ALLOC_HAS_L2 | ECS_ALLOC_HAS_CAS | ECS_ALLOC_HAS_OS,
    .create = create, .destroy = destroy, .alloc = alloc_block, .free = free_block,
    .thread_flush = thread_flush, .stats = stats, .thread_stats = thread_stats,
};
