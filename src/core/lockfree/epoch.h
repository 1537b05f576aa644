/* Epoch-based reclamation: a reader says that it is reading, not what, and a node is reclaimed
 * when every reader that could have seen it has stopped since.
 *
 * Source: K. Fraser, "Practical lock-freedom", UCAM-CL-TR-579, 2004, section 5.2.3; three epochs.
 * The argument opens epoch.c. Cheaper per access than hazard pointers (one store per section
 * instead of one per node), but a single stalled reader stops all reclamation: the counters show
 * it.
 *
 * A domain is one large object of the caller's (about 384 KiB; line-aligned). It allocates
 * nothing. Records, thread exit and adoption are as in hazard.h. */
#ifndef ECS_LOCKFREE_EPOCH_H
#define ECS_LOCKFREE_EPOCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/atomic.h"
#include "core/base/cacheline.h"
#include "core/base/self.h"
#include "core/lockfree/retired.h"

/* Advances between retire and reclaim. One is too few: a reader of the epoch before may still be
 * in its section (epoch.c). */
#ifdef ECS_MUTATE_EPOCH_TWO
#define ECS_EPOCH_GRACE 1
#else
#define ECS_EPOCH_GRACE 2
#endif
#define ECS_EPOCH_LISTS (ECS_EPOCH_GRACE + 1)

struct ecs_epoch_domain;

struct ecs_epoch_record {
    ECS_ALIGNED_PAD _Atomic uint64_t state;  /* 2 * epoch + 1 inside a section, 0 outside */
    ECS_ALIGNED_LINE struct ecs_retired_list limbo[ECS_EPOCH_LISTS];
    uint64_t limbo_epoch[ECS_EPOCH_LISTS];   /* when the nodes in it were retired */
    struct ecs_epoch_domain *domain;
    struct ecs_epoch_record *next_record;    /* chain of records ever used; set once */
    unsigned nesting, since_poll;
    bool chained, polling;
    ECS_ALIGNED_LINE _Atomic uint64_t n_retired;
    _Atomic uint64_t n_reclaimed, n_advances, n_blocked, n_adopted;
    _Atomic uint64_t held, held_bytes;  /* now in this thread's lists */
    _Atomic uint64_t peak_pending;      /* of the whole domain, as this thread has seen it */
};

struct ecs_epoch_domain {
    int key;
    ECS_ALIGNED_PAD _Atomic uint64_t epoch;
    ECS_ALIGNED_PAD _Atomic(struct ecs_epoch_record *) records;
    _Atomic unsigned n_records;
    ECS_ALIGNED_PAD _Atomic(struct ecs_retired *) orphans;
    _Atomic uint64_t n_orphans, orphan_bytes;
    ECS_ALIGNED_PAD struct ecs_epoch_record record[ECS_MAX_THREADS];
};

struct ecs_epoch_stats {
    uint64_t epoch;
    uint64_t retired, reclaimed, advances, adopted;
    uint64_t blocked;        /* tries to advance that a reader of an older epoch stopped */
    uint64_t pending;        /* in limbo, orphans included */
    uint64_t peak_pending;   /* highest that a poll found at its start */
    uint64_t pending_bytes;
    unsigned records;
    unsigned readers;        /* in a section right now */
    int stalled_thread;      /* ecs_self()->id of the reader in the oldest epoch if that is not the
                              * present one, else -1 */
    uint64_t stalled_epoch;
};

/* 0, or -EAGAIN when all keys of ecs_self_key_create() are taken. */
int ecs_epoch_init(struct ecs_epoch_domain *domain);
/* As in hazard.h; no thread may be in a section. */
void ecs_epoch_drain(struct ecs_epoch_domain *domain);
void ecs_epoch_destroy(struct ecs_epoch_domain *domain);

/* The calling thread's record, made at first use; NULL when ecs_self() is. */
struct ecs_epoch_record *ecs_epoch_mine(struct ecs_epoch_domain *domain);

/* Begins a reading section; sections nest. Inside, the first read of each shared root must be
 * seq_cst. Keep sections short: nothing is reclaimed that was retired since the oldest of them
 * began. */
static inline void ecs_epoch_enter(struct ecs_epoch_record *mine)
{
#ifndef ECS_MUTATE_NO_GUARD
    if (mine->nesting++ == 0)
        ecs_store_seq_cst(&mine->state, 2 * ecs_load_seq_cst(&mine->domain->epoch) + 1);
#else
    (void)mine;
#endif
}

static inline void ecs_epoch_leave(struct ecs_epoch_record *mine)
{
#ifndef ECS_MUTATE_NO_GUARD
    if (--mine->nesting == 0)
        ecs_store_release(&mine->state, 0);
#else
    (void)mine;
#endif
}

/* Hands over a node that has been unlinked by a seq_cst operation, inside a section or outside.
 * Polls every ECS_EPOCH_BATCH-th time. */
#define ECS_EPOCH_BATCH 32
void ecs_epoch_retire(struct ecs_epoch_record *mine, struct ecs_retired *node, void *what,
                      size_t bytes, ecs_reclaim_fn *reclaim, void *ctx);

/* Moves the epoch on by one if no reader is still in an older one. False when one is. */
bool ecs_epoch_try_advance(struct ecs_epoch_record *mine);
/* Adopts orphans, tries to advance once, and reclaims those of this thread's nodes whose grace
 * period is over. Returns how many nodes. */
size_t ecs_epoch_poll(struct ecs_epoch_record *mine);

/* Any thread, at any time; as in hazard.h. */
void ecs_epoch_read(const struct ecs_epoch_domain *domain, struct ecs_epoch_stats *out);

/* Readers that are in a section right now, for a picture: up to `max` entries. Any thread. */
struct ecs_epoch_seen { unsigned thread; uint64_t epoch; };
size_t ecs_epoch_peek(const struct ecs_epoch_domain *domain, struct ecs_epoch_seen *out,
                      size_t max);

#endif
