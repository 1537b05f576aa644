#include "core/alloc/chunk.h"

#include <errno.h>
#include <string.h>

#include "core/hw/os_memory.h"

_Static_assert(sizeof(struct ecs_chunk) <= ECS_PAD, "the header fits before the first block");

static void *map_os(void *ctx, size_t size, size_t align)
{
    (void)ctx;
    return ecs_os_map(size, align, false);
}

static void unmap_os(void *ctx, void *memory, size_t size)
{
    (void)ctx;
    ecs_os_unmap(memory, size);
}

void ecs_chunk_source_init(struct ecs_chunk_source *source, const struct ecs_alloc_config *config)
{
    memset(source, 0, sizeof *source);
    source->config = *config;
    if (!source->config.map) {
        source->config.map = map_os;
        source->config.unmap = unmap_os;
    }
    pthread_mutex_init(&source->lock, NULL);
}

void ecs_chunk_source_destroy(struct ecs_chunk_source *source)
{
    while (source->chunks) {
        struct ecs_chunk *chunk = source->chunks;
        source->chunks = chunk->next;
        source->config.unmap(source->config.map_ctx, chunk, ECS_CHUNK);
    }
    pthread_mutex_destroy(&source->lock);
}

/* ---- with the lock held -------------------------------------------------------------------- */

static struct ecs_chunk *open_chunk(struct ecs_chunk_source *source, unsigned size_class)
{
    struct ecs_chunk *last = source->open[size_class];
    struct ecs_chunk *chunk = source->config.map(source->config.map_ctx, ECS_CHUNK, ECS_CHUNK);
    if (!chunk)
        return NULL;
    uint32_t bytes = ecs_size_class_bytes(size_class);
    *chunk = (struct ecs_chunk){
        .next = source->chunks,
        .size_class = size_class,
        .block_bytes = bytes,
        .inverse = (uint32_t)(((1ull << 32) + bytes - 1) / bytes),
        .number = last ? last->number + 1 : 0,
        .blocks = ecs_chunk_blocks(size_class),
        .first = (char *)chunk + ECS_PAD,
    };
    source->chunks = chunk;
    source->open[size_class] = chunk;
    ecs_count_add(&source->os_chunks, 1);
    ecs_count_add_shared(&source->os_bytes, ECS_CHUNK);
    return chunk;
}

static size_t take_returned(struct ecs_chunk_source *source, unsigned size_class, void **out,
                            size_t want)
{
    size_t n = 0;
    while (n < want && source->returned[size_class]) {
        void *block = source->returned[size_class];
        memcpy(&source->returned[size_class], block, sizeof(void *));
        out[n++] = block;
    }
    return n;
}

static size_t cut(struct ecs_chunk_source *source, unsigned size_class, void **out, size_t want)
{
    struct ecs_chunk *chunk = source->open[size_class];
    if (!chunk || chunk->cut == chunk->blocks)
        chunk = open_chunk(source, size_class);
    if (!chunk)
        return 0;
    size_t n = 0;
    for (; n < want && chunk->cut < chunk->blocks; n++)
        out[n] = chunk->first + (size_t)chunk->cut++ * chunk->block_bytes;
    ecs_count_add(&source->os_blocks, n);
    return n;
}

static size_t take(struct ecs_chunk_source *source, unsigned size_class, void **out, size_t want)
{
    size_t n = take_returned(source, size_class, out, want);
    return n ? n : cut(source, size_class, out, want);
}

static void put_returned(struct ecs_chunk_source *source, void *block)
{
    unsigned size_class = ecs_chunk_of(block)->size_class;
    memcpy(block, &source->returned[size_class], sizeof(void *));
    source->returned[size_class] = block;
}

/* ---- for everybody ------------------------------------------------------------------------- */

size_t ecs_chunk_take(struct ecs_chunk_source *source, unsigned size_class, void **out,
                      size_t want)
{
    pthread_mutex_lock(&source->lock);
    size_t n = take(source, size_class, out, want);
    pthread_mutex_unlock(&source->lock);
    if (n == 0)
        errno = ENOMEM;
    return n;
}

void ecs_chunk_return(struct ecs_chunk_source *source, void *const *blocks, size_t n)
{
    pthread_mutex_lock(&source->lock);
    for (size_t i = 0; i < n; i++)
        put_returned(source, blocks[i]);
    pthread_mutex_unlock(&source->lock);
}

void *ecs_chunk_alloc(struct ecs_chunk_source *source, unsigned size_class)
{
    void *block = NULL;
    pthread_mutex_lock(&source->lock);
    size_t n = take(source, size_class, &block, 1);
    ecs_count_add_shared(&source->direct_allocs, n);
    pthread_mutex_unlock(&source->lock);
    if (n == 0)
        errno = ENOMEM;
    return block;
}

void ecs_chunk_free(struct ecs_chunk_source *source, void *block)
{
    pthread_mutex_lock(&source->lock);
    put_returned(source, block);
    ecs_count_add_shared(&source->direct_frees, 1);
    pthread_mutex_unlock(&source->lock);
}

void *ecs_chunk_reserve(struct ecs_chunk_source *source, size_t bytes)
{
    pthread_mutex_lock(&source->lock);
    void *memory = source->config.map(source->config.map_ctx, bytes, 4096);
    pthread_mutex_unlock(&source->lock);
    return memory;
}

void ecs_chunk_account(struct ecs_chunk_source *source, size_t bytes)
{
    ecs_count_add_shared(&source->os_bytes, bytes);
}

void ecs_chunk_unmap(struct ecs_chunk_source *source, void *memory, size_t bytes)
{
    if (!memory)
        return;
    pthread_mutex_lock(&source->lock);
    source->config.unmap(source->config.map_ctx, memory, bytes);
    pthread_mutex_unlock(&source->lock);
}

void ecs_chunk_stats(const struct ecs_chunk_source *source, struct ecs_alloc_stats *out)
{
    out->allocs += ecs_count_read(&source->direct_allocs);
    out->frees += ecs_count_read(&source->direct_frees);
    out->os_blocks += ecs_count_read(&source->os_blocks);
    out->os_chunks += ecs_count_read(&source->os_chunks);
    out->os_bytes += ecs_count_read(&source->os_bytes);
}
