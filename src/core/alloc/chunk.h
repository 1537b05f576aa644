/* Chunks: memory from the OS, cut into blocks.
 *
 * A chunk is ECS_CHUNK bytes on a border of that size, so the chunk of a block is found by
 * masking its address; blocks carry no header. All blocks of a chunk are of one class. A source
 * is the chunks of one allocator instance; they stay until the instance is destroyed.
 *
 * Everything here is behind one mutex per source: it is the slow path of every variant. Blocks
 * that come home this way (from a thread that ends, or when a faster path is out of memory) are
 * kept in a list per class, linked through their first word, and are handed out before new
 * ones. */
#ifndef ECS_ALLOC_CHUNK_H
#define ECS_ALLOC_CHUNK_H

#include <pthread.h>

#include "core/alloc/allocator.h"
#include "core/base/atomic.h"
#include "core/base/cacheline.h"

#define ECS_CHUNK ((size_t)256 << 10)

struct ecs_chunk {
    struct ecs_chunk *next;    /* in its source */
    uint32_t size_class;
    uint32_t block_bytes;
    uint32_t inverse;          /* 2^32 / block_bytes, rounded up */
    uint32_t number;           /* 0, 1, 2 … among the chunks of its class */
    uint32_t blocks, cut;      /* how many there are, how many have been cut */
    char *first;
};

struct ecs_chunk_source {
    struct ecs_alloc_config config;      /* map and unmap are set */
    pthread_mutex_t lock;
    struct ecs_chunk *chunks;
    struct ecs_chunk *open[ECS_SIZE_CLASSES];   /* the one that is being cut */
    void *returned[ECS_SIZE_CLASSES];
    ECS_ALIGNED_PAD _Atomic uint64_t os_blocks;
    _Atomic uint64_t os_chunks, os_bytes;
    _Atomic uint64_t direct_allocs, direct_frees;   /* see ecs_chunk_alloc() */
};

void ecs_chunk_source_init(struct ecs_chunk_source *source, const struct ecs_alloc_config *config);
void ecs_chunk_source_destroy(struct ecs_chunk_source *source);   /* unmaps all chunks */

/* Up to `want` blocks of a class into out[]. Returns how many; 0: out of memory. */
size_t ecs_chunk_take(struct ecs_chunk_source *source, unsigned size_class, void **out,
                      size_t want);
void ecs_chunk_return(struct ecs_chunk_source *source, void *const *blocks, size_t n);

/* One block for, or from, a thread that has no record (too many threads, or no memory for
 * one); counted here. */
void *ecs_chunk_alloc(struct ecs_chunk_source *source, unsigned size_class);
void ecs_chunk_free(struct ecs_chunk_source *source, void *block);

/* Bookkeeping memory through the same door, so that it fails like the rest; zeroed. A reserved
 * range counts as bytes from the OS only as far as ecs_chunk_account() says it is in use. */
void *ecs_chunk_reserve(struct ecs_chunk_source *source, size_t bytes);
void ecs_chunk_account(struct ecs_chunk_source *source, size_t bytes);
void ecs_chunk_unmap(struct ecs_chunk_source *source, void *memory, size_t bytes);

/* Adds what the source knows to the os_* counts, and its direct allocs and frees. */
void ecs_chunk_stats(const struct ecs_chunk_source *source, struct ecs_alloc_stats *out);

static inline struct ecs_chunk *ecs_chunk_of(const void *block)
{
    return (struct ecs_chunk *)((uintptr_t)block & ~(uintptr_t)(ECS_CHUNK - 1));
}

/* Which block of its chunk this is. Exact: the offset is a multiple k of block_bytes, and
 * k * block_bytes * inverse exceeds k * 2^32 by less than 2^15 * 2^12. */
static inline uint32_t ecs_chunk_slot(const struct ecs_chunk *chunk, const void *block)
{
    uint64_t offset = (uint64_t)((const char *)block - chunk->first);
    return (uint32_t)(offset * chunk->inverse >> 32);
}

/* The shape of every chunk of a class. */
static inline uint32_t ecs_chunk_blocks(unsigned size_class)
{
    size_t room = ECS_CHUNK - ECS_PAD;
    return (uint32_t)(room / ecs_size_class_bytes(size_class));
}

#endif
