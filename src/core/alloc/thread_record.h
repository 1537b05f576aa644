/* What an allocator instance keeps for each thread: counts, and the variant's own part behind them.
 *
 * Found through one slot of ecs_self(). Records are never given back while the instance lives; one
 * that a thread has left is taken over by the next thread that needs one, counts included, so sums
 * over all records never lose anything.
 *
 * Counting. The owner counts in plain integers and publishes them, by relaxed stores to lines that
 * only it writes, once in ECS_ALLOC_PUBLISH operations. A reader sums what is published; it
 * disturbs the owner at most by fetching those lines. */
#ifndef ECS_ALLOC_THREAD_RECORD_H
#define ECS_ALLOC_THREAD_RECORD_H

#include "core/alloc/allocator.h"
#include "core/alloc/chunk.h"
#include "core/base/self.h"
#include "core/lockfree/stack.h"

struct ecs_thread_record {
    /* The owner's alone. In `now`, l1_hits and cas_* stay 0: they follow from other counts. */
    ECS_ALIGNED_PAD struct ecs_alloc_stats now;
    struct ecs_stack_caller caller;
    uint64_t taken;      /* blocks that came into this thread's hands, less those handed back */
    struct ecs_thread_record *next_idle;
    /* Written by the owner, read by anybody. */
    ECS_ALIGNED_PAD struct {
#define ECS_ALLOC_FIELD(field, text) _Atomic uint64_t field;
        ECS_ALLOC_STATS(ECS_ALLOC_FIELD)
#undef ECS_ALLOC_FIELD
    } seen;
    struct ecs_thread_record *next;      /* constant once the record is in the list */
    ECS_ALIGNED_PAD char own[];          /* the variant's part */
};

struct ecs_thread_records {
    struct ecs_chunk_source *source;
    int key;
    unsigned has;            /* the variant's ECS_ALLOC_HAS_… */
    size_t own_bytes;
    /* Hands back all that `record` caches; by its owner, or at the owner's exit. May be NULL. */
    void (*hand_back)(void *ctx, struct ecs_thread_record *record);
    void *ctx;
    pthread_mutex_t lock;    /* making, leaving and taking over */
    struct ecs_thread_record *idle;
    _Atomic(struct ecs_thread_record *) first;
};

/* 0 or -EAGAIN. Set source, has, own_bytes, hand_back and ctx before. */
int ecs_thread_records_init(struct ecs_thread_records *records);
void ecs_thread_records_destroy(struct ecs_thread_records *records);

/* Makes or takes over a record; NULL when out of memory. */
struct ecs_thread_record *ecs_thread_record_new(struct ecs_thread_records *records,
                                                struct ecs_self *self);

/* The calling thread's record; NULL when it cannot have one. */
static inline struct ecs_thread_record *ecs_thread_record_mine(struct ecs_thread_records *records)
{
    struct ecs_self *self = ecs_self();
    if (__builtin_expect(!self, 0))
        return NULL;
    struct ecs_thread_record *record = self->slot[records->key];
    return __builtin_expect(record != NULL, 1) ? record : ecs_thread_record_new(records, self);
}

/* The calling thread forgets its record, if it has one. */
void ecs_thread_record_leave(struct ecs_thread_records *records);

void ecs_thread_record_publish(const struct ecs_thread_records *records,
                               struct ecs_thread_record *record);

static inline void ecs_thread_count_alloc(struct ecs_thread_records *records,
                                          struct ecs_thread_record *record)
{
    if (__builtin_expect(!record, 0))
        ecs_count_add_shared(&records->source->direct_allocs, 1);
    else if (__builtin_expect(++record->now.allocs % ECS_ALLOC_PUBLISH == 0, 0))
        ecs_thread_record_publish(records, record);
}

static inline void ecs_thread_count_free(struct ecs_thread_records *records,
                                         struct ecs_thread_record *record)
{
    if (__builtin_expect(!record, 0))
        ecs_count_add_shared(&records->source->direct_frees, 1);
    else if (__builtin_expect(++record->now.frees % ECS_ALLOC_PUBLISH == 0, 0))
        ecs_thread_record_publish(records, record);
}

/* The two readings of struct ecs_allocator. */
void ecs_thread_records_stats(const struct ecs_thread_records *records,
                              struct ecs_alloc_stats *out);
void ecs_thread_record_stats(struct ecs_thread_records *records, struct ecs_alloc_stats *out,
                             uint64_t *cached);

#endif
