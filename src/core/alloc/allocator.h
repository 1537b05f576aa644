/* Allocators to compare, behind one table of functions.
 *
 * Words. A *block* is what a caller gets. A *chunk* is an aligned piece of memory from the OS,
 * cut into blocks of one size class (chunk.h). A *batch* is a number of blocks that move
 * together; a *magazine* holds the addresses of one batch. *L1* is a thread's own cache, *L2*
 * (the *depot*) the store of full magazines that all threads share (Bonwick and Adams,
 * "Magazines and Vmem", USENIX 2001).
 *
 * Any number of threads may use one instance at a time; a block may be freed by any thread.
 * What a thread has cached goes back when it calls thread_flush() or exits. No block moves
 * between instances. */
#ifndef ECS_ALLOC_ALLOCATOR_H
#define ECS_ALLOC_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/alloc/size_class.h"

/* Everything that is counted, and the one place where it is named: X(field, "what it is").
 * All are totals since the instance was made. */
#define ECS_ALLOC_STATS(X)                                                                     \
    X(allocs, "blocks handed out")                                                             \
    X(frees, "blocks taken back")                                                              \
    X(l1_hits, "blocks handed out from the thread's own cache")                                \
    X(l1_misses, "requests that found the thread's own cache empty")                           \
    X(l1_spills, "frees that found the thread's own cache full")                               \
    X(l2_hits, "requests that the depot served with a batch")                                  \
    X(l2_misses, "requests that found the depot empty")                                        \
    X(l2_puts, "batches given to the depot")                                                   \
    X(l2_blocks_in, "blocks in those batches")                                                 \
    X(l2_blocks_out, "blocks in batches taken from the depot")                                 \
    X(cas_attempts, "rounds begun on a lock-free stack")                                       \
    X(cas_retries, "rounds lost there to another thread")                                      \
    X(os_blocks, "blocks cut from chunks")                                                     \
    X(os_chunks, "chunks from the operating system")                                           \
    X(os_bytes, "bytes from the operating system, bookkeeping included")

struct ecs_alloc_stats {
#define ECS_ALLOC_FIELD(field, text) uint64_t field;
    ECS_ALLOC_STATS(ECS_ALLOC_FIELD)
#undef ECS_ALLOC_FIELD
};

/* How an instance is to be made. Zeroes mean the defaults. */
struct ecs_alloc_config {
    uint32_t l1_capacity;   /* blocks of one class in a thread's cache; 0: 64 (two-level only) */
    /* Where memory comes from; NULL: the OS. `map` gives zeroed memory on a border of `align`, or
     * NULL when none is left. Called by any thread, but one at a time. */
    void *(*map)(void *ctx, size_t size, size_t align);
    void (*unmap)(void *ctx, void *memory, size_t size);
    void *map_ctx;
};

#define ECS_L1_CAPACITY 64u
#define ECS_L1_CAPACITY_MAX 4096u

/* Blocks that move between a cache of that capacity and the depot at a time: half of it. */
static inline uint32_t ecs_allocator_batch(uint32_t l1_capacity)
{
    return l1_capacity > 1 ? l1_capacity / 2 : 1;
}

/* Which of the counts mean anything for a variant; the others stay 0 and must be shown as
 * absent. */
enum { ECS_ALLOC_HAS_L1 = 1, ECS_ALLOC_HAS_L2 = 2, ECS_ALLOC_HAS_CAS = 4, ECS_ALLOC_HAS_OS = 8 };

struct ecs_alloc;   /* an instance; each variant has its own */

struct ecs_allocator {
    const char *name;       /* "two-level" */
    const char *summary;    /* one line */
    unsigned has;           /* ECS_ALLOC_HAS_… */

    /* 0; -ENOMEM; -EAGAIN when no key of ecs_self_key_create() is left. */
    int (*create)(const struct ecs_alloc_config *config, struct ecs_alloc **out);
    /* No thread may be using it. Gives all its memory back, blocks still in use included. */
    void (*destroy)(struct ecs_alloc *a);
    /* A block of at least `size` bytes, 1 to ECS_ALLOC_MAX, on a 16-byte border (8 for sizes up
     * to 8); contents arbitrary. NULL when there is no memory (errno ENOMEM) or for a size out
     * of range (EINVAL); every structure stays valid. */
    void *(*alloc)(struct ecs_alloc *a, size_t size);
    void (*free)(struct ecs_alloc *a, void *block);        /* NULL is fine */
    /* Gives back what the calling thread has cached and forgets the thread, as its exit does. */
    void (*thread_flush)(struct ecs_alloc *a);
    /* Sums over all threads, those that have gone included. Any thread, at any time: each
     * figure is at most ECS_ALLOC_PUBLISH operations of a thread behind, and exact after that
     * thread's flush or exit. */
    void (*stats)(struct ecs_alloc *a, struct ecs_alloc_stats *out);
    /* The calling thread's own counts, exact (os_* are 0: they belong to no thread), and how many
     * blocks its cache holds. Counts go on where a thread that exited left off: compare two
     * readings of one thread. */
    void (*thread_stats)(struct ecs_alloc *a, struct ecs_alloc_stats *out, uint64_t *cached);
};

/* A thread publishes its counts once in so many operations: counting itself is then a plain
 * increment on a line that the operation has in hand anyway. */
#define ECS_ALLOC_PUBLISH 256u

extern const struct ecs_allocator ecs_allocator_libc;
extern const struct ecs_allocator ecs_allocator_mutex;
extern const struct ecs_allocator ecs_allocator_lockfree;
extern const struct ecs_allocator ecs_allocator_thread_local;
extern const struct ecs_allocator ecs_allocator_two_level;

/* All of them in that order, NULL-terminated. */
extern const struct ecs_allocator *const ecs_allocators[];

#endif
