#include "core/alloc/thread_record.h"

#include <errno.h>
#include <string.h>

static size_t record_bytes(const struct ecs_thread_records *records)
{
    return sizeof(struct ecs_thread_record) + records->own_bytes;
}

/* The counts that are kept, with those that follow from them. */
static struct ecs_alloc_stats counts_of(const struct ecs_thread_records *records,
                                        const struct ecs_thread_record *record)
{
    struct ecs_alloc_stats counts = record->now;
    if (records->has & ECS_ALLOC_HAS_L1)
        counts.l1_hits = counts.allocs - counts.l1_misses;
    counts.cas_attempts = record->caller.attempts;
    counts.cas_retries = record->caller.retries;
    return counts;
}

void ecs_thread_record_publish(const struct ecs_thread_records *records,
                               struct ecs_thread_record *record)
{
    struct ecs_alloc_stats counts = counts_of(records, record);
#define ECS_ALLOC_FIELD(field, text) ecs_count_set(&record->seen.field, counts.field);
    ECS_ALLOC_STATS(ECS_ALLOC_FIELD)
#undef ECS_ALLOC_FIELD
}

static void give_up(struct ecs_thread_records *records, struct ecs_thread_record *record)
{
    if (records->hand_back)
        records->hand_back(records->ctx, record);
    record->taken = record->now.allocs - record->now.frees;
    ecs_thread_record_publish(records, record);
    pthread_mutex_lock(&records->lock);
    record->next_idle = records->idle;
    records->idle = record;
    pthread_mutex_unlock(&records->lock);
}

static void at_thread_exit(void *value, void *arg)
{
    give_up(arg, value);
}

int ecs_thread_records_init(struct ecs_thread_records *records)
{
    records->idle = NULL;
    ecs_init(&records->first, NULL);
    records->key = ecs_self_key_create(at_thread_exit, records);
    if (records->key < 0)
        return records->key;
    pthread_mutex_init(&records->lock, NULL);
    return 0;
}

void ecs_thread_records_destroy(struct ecs_thread_records *records)
{
    ecs_self_key_delete(records->key);
    struct ecs_thread_record *record = ecs_load_acquire(&records->first);
    while (record) {
        struct ecs_thread_record *next = record->next;
        ecs_chunk_unmap(records->source, record, record_bytes(records));
        record = next;
    }
    pthread_mutex_destroy(&records->lock);
}

static struct ecs_thread_record *take_idle(struct ecs_thread_records *records)
{
    pthread_mutex_lock(&records->lock);
    struct ecs_thread_record *record = records->idle;
    if (record)
        records->idle = record->next_idle;
    pthread_mutex_unlock(&records->lock);
    return record;
}

static struct ecs_thread_record *make(struct ecs_thread_records *records)
{
    struct ecs_thread_record *record = ecs_chunk_reserve(records->source, record_bytes(records));
    if (!record)
        return NULL;
    ecs_chunk_account(records->source, record_bytes(records));
    pthread_mutex_lock(&records->lock);
    record->next = ecs_load_relaxed(&records->first);
    ecs_store_release(&records->first, record);
    pthread_mutex_unlock(&records->lock);
    return record;
}

struct ecs_thread_record *ecs_thread_record_new(struct ecs_thread_records *records,
                                                struct ecs_self *self)
{
    struct ecs_thread_record *record = take_idle(records);
    if (!record)
        record = make(records);
    self->slot[records->key] = record;
    return record;
}

void ecs_thread_record_leave(struct ecs_thread_records *records)
{
    struct ecs_self *self = ecs_self();
    if (!self || !self->slot[records->key])
        return;
    struct ecs_thread_record *record = self->slot[records->key];
    self->slot[records->key] = NULL;
    give_up(records, record);
}

void ecs_thread_records_stats(const struct ecs_thread_records *records,
                              struct ecs_alloc_stats *out)
{
    memset(out, 0, sizeof *out);
    const struct ecs_thread_record *record = ecs_load_acquire(&records->first);
    for (; record; record = record->next) {
#define ECS_ALLOC_FIELD(field, text) out->field += ecs_count_read(&record->seen.field);
        ECS_ALLOC_STATS(ECS_ALLOC_FIELD)
#undef ECS_ALLOC_FIELD
    }
    ecs_chunk_stats(records->source, out);
}

void ecs_thread_record_stats(struct ecs_thread_records *records, struct ecs_alloc_stats *out,
                             uint64_t *cached)
{
    struct ecs_thread_record *record = ecs_thread_record_mine(records);
    memset(out, 0, sizeof *out);
    *cached = 0;
    if (!record)
        return;
    *out = counts_of(records, record);
    if (records->has & ECS_ALLOC_HAS_L1)
        *cached = record->taken + record->now.frees - record->now.allocs;
}
