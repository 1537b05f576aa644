/* Hazard pointers: a reader says which node it is looking at, and a node is reclaimed only while
 * nobody says so.
 *
 * Source: M. Michael, "Hazard Pointers: Safe Memory Reclamation for Lock-Free Objects", IEEE TPDS
 * 15(6), 2004. The argument why it is safe opens hazard.c.
 *
 * A domain is one large object of the caller's (about 256 KiB, line-aligned: a static object,
 * aligned_alloc or mmap). It allocates nothing. Each thread that uses it has a
 * record, found through ecs_self(); a thread that exits hands its retired nodes to the domain and
 * the next scanner adopts them. */
#ifndef ECS_LOCKFREE_HAZARD_H
#define ECS_LOCKFREE_HAZARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/atomic.h"
#include "core/base/cacheline.h"
#include "core/base/self.h"
#include "core/lockfree/retired.h"

#define ECS_HAZARD_MAX_SLOTS 8

struct ecs_hazard_domain;

/* One thread's part of a domain. The first line is written by its owner and read by every scanner;
 * the rest is the owner's alone, but for the counters, which anybody may read. */
struct ecs_hazard_record {
    ECS_ALIGNED_PAD _Atomic(void *) slot[ECS_HAZARD_MAX_SLOTS];
    ECS_ALIGNED_LINE struct ecs_retired_list retired;
    struct ecs_hazard_domain *domain;
    struct ecs_hazard_record *next_record;  /* chain of records ever used; set once */
    bool chained, scanning;
    ECS_ALIGNED_LINE _Atomic uint64_t n_retired;
    _Atomic uint64_t n_reclaimed, n_scans, n_adopted;
    _Atomic uint64_t held, held_bytes;  /* now in this thread's lists */
    _Atomic uint64_t peak_pending;      /* of the whole domain, as this thread has seen it */
};

struct ecs_hazard_domain {
    int key;
    unsigned slots;                                    /* hazard pointers per thread */
    ECS_ALIGNED_PAD _Atomic(struct ecs_hazard_record *) records;
    _Atomic unsigned n_records;
    ECS_ALIGNED_PAD _Atomic(struct ecs_retired *) orphans;  /* left by threads that exited */
    _Atomic uint64_t n_orphans, orphan_bytes;
    ECS_ALIGNED_PAD struct ecs_hazard_record record[ECS_MAX_THREADS];
};

/* Counters summed over all threads, those that exited included. Read while it runs they are each
 * exact for some moment but not all for the same one. */
struct ecs_hazard_stats {
    uint64_t retired, reclaimed, scans, adopted;
    uint64_t pending;       /* retired and not yet reclaimed, orphans included */
    uint64_t peak_pending;  /* highest that a scan found at its start */
    uint64_t pending_bytes;
    unsigned records;       /* threads that ever used it at the same time, at most */
    unsigned slots;
};

/* `slots` hazard pointers per thread, 1 to ECS_HAZARD_MAX_SLOTS. 0, -EINVAL, or -EAGAIN when all
 * keys of ecs_self_key_create() are taken. */
int ecs_hazard_init(struct ecs_hazard_domain *domain, unsigned slots);
/* Reclaims all that is pending. No thread may be using the domain. Leaves pending at 0 unless
 * a reclaim function retires again for ever (it gives up after a few rounds). */
void ecs_hazard_drain(struct ecs_hazard_domain *domain);
/* Drains and gives the key back. Threads that used it may live on, but not use it. */
void ecs_hazard_destroy(struct ecs_hazard_domain *domain);

/* The calling thread's record, made at first use; NULL when ecs_self() is (more than
 * ECS_MAX_THREADS threads). Valid until the thread exits or calls ecs_self_leave(). */
struct ecs_hazard_record *ecs_hazard_mine(struct ecs_hazard_domain *domain);

/* Publishes `node` in `slot`. The node is protected only once a re-read of the place where it was
 * found, *after* this, still finds it (ecs_hazard_protect does both). The re-read must be
 * seq_cst. */
static inline void ecs_hazard_publish(struct ecs_hazard_record *mine, unsigned slot, void *node)
{
#ifdef ECS_MUTATE_NO_FENCE
    ecs_store_release(&mine->slot[slot], node);
#else
    ecs_store_seq_cst(&mine->slot[slot], node);
#endif
}

/* Ends the protection: all reads of the node come before. */
static inline void ecs_hazard_clear(struct ecs_hazard_record *mine, unsigned slot)
{
    ecs_store_release(&mine->slot[slot], NULL);
}

/* Reads *from and protects what it holds (NULL: nothing to protect). Lock-free: it repeats only
 * when *from has changed. To copy a protection, publish it in a *higher* slot before
 * clearing the lower: scanners read slots in rising order. */
static inline void *ecs_hazard_protect(struct ecs_hazard_record *mine, unsigned slot,
                                       _Atomic(void *) *from)
{
    void *node = ecs_load_relaxed(from);
    for (;;) {
        ecs_hazard_publish(mine, slot, node);
#ifdef ECS_MUTATE_NO_RECHECK
        return node;
#else
        void *again = ecs_load_seq_cst(from);
        if (again == node)
            return node;
        node = again;
#endif
    }
}

/* Hands over a node that has been unlinked by a seq_cst operation. `what` is the address that
 * readers protect. Scans when this thread holds twice as many nodes as there are hazard pointers,
 * so the cost is constant on average and at most that many nodes per thread stay pending. */
void ecs_hazard_retire(struct ecs_hazard_record *mine, struct ecs_retired *node, void *what,
                       size_t bytes, ecs_reclaim_fn *reclaim, void *ctx);

/* Reclaims what can be, now. Returns how many nodes. */
size_t ecs_hazard_scan(struct ecs_hazard_record *mine);

/* Any thread, at any time. */
void ecs_hazard_read(const struct ecs_hazard_domain *domain, struct ecs_hazard_stats *out);

/* What is published right now, for a picture: up to `max` entries. Any thread. */
struct ecs_hazard_seen { unsigned thread, slot; const void *node; };
size_t ecs_hazard_peek(const struct ecs_hazard_domain *domain, struct ecs_hazard_seen *out,
                       size_t max);

#endif
