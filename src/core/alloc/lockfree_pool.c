/* A lock-free pool: per size class one tagged Treiber stack of free blocks, shared by all
 * threads.
 *
 * The stack holds indices, not addresses, and its links lie in nodes of their own: a thread
 * that lost a race may still read the link of a block that somebody has been given meanwhile,
 * and must not find user data there (nor race with its writers). Block and index determine each
 * other: index - 1 = chunk number << shift | place in the chunk.
 *
 * Invariant. A block is in the hands of one caller, in the stack of its class once, or uncut
 * (or returned) in the source. A node belongs to whoever owns its block.
 *
 * Linearisation. alloc: the pop's successful CAS, or for a fresh block the moment the source's
 * mutex is released. free: the push's CAS. See stack.h.
 *
 * Orders. push releases and pop acquires head, so what one owner did to a block happens before
 * what the next one does. `place` and `chunk` entries are written before the first index that
 * needs them is pushed, or before `pool` is published with release.
 *
 * ABA. By the stack's tag, 32 bits wide. Nodes and chunks are never unmapped while the instance
 * lives, so a late reader reads a stale link, never a hole.
 *
 * Not lock-free: growth. A thread that finds the stack empty takes the mutex of its class,
 * looks again and cuts new blocks; that ends when there are as many as the program ever uses at
 * once. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc/thread_record.h"

#define CUT 32
#define MAX_NODES (1u << 19)    /* blocks of one class, rounded up a chunk at a time */

struct class_pool {
    struct ecs_stack stack;
    struct ecs_stack_node *nodes;
    uint32_t block_bytes;
    unsigned shift;                     /* places in a chunk, as a power of two */
    uint32_t chunks;                    /* that can have indices */
    ECS_ALIGNED_PAD pthread_mutex_t growth;
    struct ecs_chunk *chunk[];          /* by number */
};

struct ecs_alloc {
    struct ecs_chunk_source source;
    struct ecs_thread_records records;  /* for counts only */
    pthread_mutex_t making;
    ECS_ALIGNED_PAD _Atomic(struct class_pool *) pool[ECS_SIZE_CLASSES];
};

static unsigned shift_of(unsigned size_class)
{
    return 32u - (unsigned)__builtin_clz(ecs_chunk_blocks(size_class) - 1);
}

static size_t pool_bytes(unsigned size_class)
{
    return sizeof(struct class_pool) +
           (MAX_NODES >> shift_of(size_class)) * sizeof(struct ecs_chunk *);
}

static size_t nodes_bytes(void)
{
    return (MAX_NODES + 1) * sizeof(struct ecs_stack_node);
}

static void *block_at(const struct class_pool *pool, uint32_t index)
{
    uint32_t at = index - 1, place = at & ((1u << pool->shift) - 1);
    return (char *)pool->chunk[at >> pool->shift] + ECS_PAD + (size_t)place * pool->block_bytes;
}

/* ---- growth -------------------------------------------------------------------------------- */

static struct class_pool *build_pool(struct ecs_alloc *a, unsigned size_class)
{
    size_t bytes = pool_bytes(size_class);
    struct class_pool *pool = ecs_chunk_reserve(&a->source, bytes);
    if (!pool)
        return NULL;
    pool->nodes = ecs_chunk_reserve(&a->source, nodes_bytes());
    if (!pool->nodes) {
        ecs_chunk_unmap(&a->source, pool, bytes);
        return NULL;
    }
    ecs_chunk_account(&a->source, bytes);
    ecs_stack_init(&pool->stack, ECS_STACK_TAGGED, pool->nodes, 1, NULL, NULL);
    pool->block_bytes = ecs_size_class_bytes(size_class);
    pool->shift = shift_of(size_class);
    pool->chunks = MAX_NODES >> pool->shift;
    pthread_mutex_init(&pool->growth, NULL);
    return pool;
}

static struct class_pool *pool_of(struct ecs_alloc *a, unsigned size_class)
{
    struct class_pool *pool = ecs_load_acquire(&a->pool[size_class]);
    if (__builtin_expect(pool != NULL, 1))
        return pool;
    pthread_mutex_lock(&a->making);
    pool = ecs_load_relaxed(&a->pool[size_class]);
    if (!pool) {
        pool = build_pool(a, size_class);
        ecs_store_release(&a->pool[size_class], pool);
    }
    pthread_mutex_unlock(&a->making);
    return pool;
}

/* Index of a block of this class; 0 when its chunk is beyond the last that can have any. Growth
 * mutex held: makes room for a chunk that is new. */
static uint32_t admit(struct ecs_alloc *a, struct class_pool *pool, void *block)
{
    struct ecs_chunk *chunk = ecs_chunk_of(block);
    if (chunk->number >= pool->chunks)
        return 0;
    uint32_t before = chunk->number << pool->shift;
    if (!pool->chunk[chunk->number]) {
        pool->chunk[chunk->number] = chunk;
        ecs_chunk_account(&a->source, chunk->blocks * sizeof(struct ecs_stack_node));
    }
    if (pool->stack.capacity < before + chunk->blocks)
        ecs_stack_grow(&pool->stack, before + chunk->blocks);
    return before + ecs_chunk_slot(chunk, block) + 1;
}

/* Growth mutex held. */
static void *cut(struct ecs_alloc *a, struct class_pool *pool, unsigned size_class,
                 struct ecs_stack_caller *caller)
{
    void *fresh[CUT];
    size_t n = ecs_chunk_take(&a->source, size_class, fresh, CUT);
    if (n && !admit(a, pool, fresh[0])) {
        ecs_chunk_return(&a->source, fresh, n);
        n = 0;
    }
    for (size_t i = 1; i < n; i++)
        ecs_stack_push(&pool->stack, admit(a, pool, fresh[i]), caller);
    return n ? fresh[0] : NULL;
}

static void *grow(struct ecs_alloc *a, struct class_pool *pool, unsigned size_class,
                  struct ecs_stack_caller *caller)
{
    pthread_mutex_lock(&pool->growth);
    uint32_t index = ecs_stack_pop(&pool->stack, caller);
    void *block = index ? block_at(pool, index) : cut(a, pool, size_class, caller);
    pthread_mutex_unlock(&pool->growth);
    if (!block)
        errno = ENOMEM;
    return block;
}

/* ---- the interface ------------------------------------------------------------------------- */

static int create(const struct ecs_alloc_config *config, struct ecs_alloc **out)
{
    struct ecs_alloc *a = aligned_alloc(ECS_PAD, sizeof *a);
    if (!a)
        return -ENOMEM;
    memset(a, 0, sizeof *a);
    ecs_chunk_source_init(&a->source, config);
    a->records = (struct ecs_thread_records){
        .source = &a->source, .has = ECS_ALLOC_HAS_CAS | ECS_ALLOC_HAS_OS,
    };
    int rc = ecs_thread_records_init(&a->records);
    if (rc) {
        ecs_chunk_source_destroy(&a->source);
        free(a);
        return rc;
    }
    pthread_mutex_init(&a->making, NULL);
    *out = a;
    return 0;
}

static void destroy(struct ecs_alloc *a)
{
    ecs_thread_records_destroy(&a->records);
    for (unsigned c = 0; c < ECS_SIZE_CLASSES; c++) {
        struct class_pool *pool = ecs_load_relaxed(&a->pool[c]);
        if (!pool)
            continue;
        pthread_mutex_destroy(&pool->growth);
        ecs_chunk_unmap(&a->source, pool->nodes, nodes_bytes());
        ecs_chunk_unmap(&a->source, pool, pool_bytes(c));
    }
    pthread_mutex_destroy(&a->making);
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
    struct class_pool *pool = pool_of(a, size_class);
    if (!pool) {
        errno = ENOMEM;
        return NULL;
    }
    struct ecs_thread_record *mine = ecs_thread_record_mine(&a->records);
    struct ecs_stack_caller uncounted = {0};
    struct ecs_stack_caller *caller = mine ? &mine->caller : &uncounted;
    uint32_t index = ecs_stack_pop(&pool->stack, caller);
    void *block = index ? block_at(pool, index) : grow(a, pool, size_class, caller);
    if (block)
        ecs_thread_count_alloc(&a->records, mine);
    return block;
}

static void free_block(struct ecs_alloc *a, void *block)
{
    if (!block)
        return;
    struct ecs_thread_record *mine = ecs_thread_record_mine(&a->records);
    struct ecs_stack_caller uncounted = {0};
    const struct ecs_chunk *chunk = ecs_chunk_of(block);
    struct class_pool *pool = pool_of(a, chunk->size_class);
    uint32_t index = (chunk->number << pool->shift) + ecs_chunk_slot(chunk, block) + 1;
    ecs_stack_push(&pool->stack, index, mine ? &mine->caller : &uncounted);
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

const struct ecs_allocator ecs_allocator_lockfree = {
    .name = "lockfree",
    .summary = "one lock-free stack of free blocks per size, shared by all threads",
    .has = ECS_ALLOC_HAS_CAS | ECS_ALLOC_HAS_OS,
    .create = create, .destroy = destroy, .alloc = alloc_block, .free = free_block,
    .thread_flush = thread_flush, .stats = stats, .thread_stats = thread_stats,
};
