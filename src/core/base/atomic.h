/* The only door to shared memory for algorithm files (src/core/lockfree, src/core/alloc).
 *
 * Each operation says its memory order in its name, so that the orders a file relies on can be
 * read off it (the idea is mimalloc's atomic.h). A compare-and-swap names two: the order when it
 * succeeds, then the order when it fails. `p` is always a pointer to an _Atomic object.
 *
 * Release and sanitizer builds: each macro is exactly the operation of <stdatomic.h>
 * (tests/core/codegen compares the machine code). Explore build (-DECS_EXPLORE): each macro hands
 * the operation to core/base/explore_hooks.h, which announces it and then performs it under
 * the memory model that is being searched.
 *
 * Fences: ThreadSanitizer does not model atomic_thread_fence (gcc: -Wtsan), so code that wants
 * to be checked by it puts the order on the operation instead: a seq_cst store and a seq_cst
 * load where a fence between two relaxed ones would do. On x86-64 that is the same machine code
 * (xchg; mov), on AArch64 it is stlr; ldar, which is not dearer than a full dmb.
 *
 * Reference: ISO/IEC 9899:2018, 7.17 and 5.1.2.4. */
#ifndef ECS_BASE_ATOMIC_H
#define ECS_BASE_ATOMIC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#ifndef ECS_EXPLORE

#define ECS_LOAD_(p, o) atomic_load_explicit((p), memory_order_##o)
#define ECS_STORE_(p, v, o) atomic_store_explicit((p), (v), memory_order_##o)
#define ECS_CAS_(strength, p, expected, desired, ok, fail)                                     \
    atomic_compare_exchange_##strength##_explicit((p), (expected), (desired),                  \
                                                  memory_order_##ok, memory_order_##fail)
#define ECS_EXCHANGE_(p, v, o) atomic_exchange_explicit((p), (v), memory_order_##o)
#define ECS_FETCH_(op, p, v, o) atomic_fetch_##op##_explicit((p), (v), memory_order_##o)
#define ECS_FENCE_(o) atomic_thread_fence(memory_order_##o)
/* Shared but not atomic: another thread reaches the same bytes, ordered by an atomic access. */
#define ecs_plain_read(p) (*(p))
#define ecs_plain_write(p, v) ((void)(*(p) = (v)))
/* Spins until `condition` holds. `p` is the location whose change can make it hold: a model
 * checker blocks on it where a processor spins. */
#define ECS_WAIT(p, condition)                                                                 \
    do {                                                                                       \
        while (!(condition))                                                                   \
            ecs_spin_pause();                                                                  \
    } while (0)

#else
#include "core/base/explore_hooks.h"

#define ECS_LOAD_(p, o) ECS_EXPLORE_LOAD(p, memory_order_##o)
#define ECS_STORE_(p, v, o) ECS_EXPLORE_STORE(p, v, memory_order_##o)
#define ECS_CAS_(strength, p, expected, desired, ok, fail)                                     \
    ECS_EXPLORE_CAS(strength, p, expected, desired, memory_order_##ok, memory_order_##fail)
#define ECS_EXCHANGE_(p, v, o) ECS_EXPLORE_RMW(ECS_EXPLORE_EXCHANGE, p, v, memory_order_##o)
#define ECS_FETCH_(op, p, v, o) ECS_EXPLORE_RMW(ECS_EXPLORE_FETCH_##op, p, v, memory_order_##o)
#define ECS_FENCE_(o) ECS_EXPLORE_FENCE_AT(memory_order_##o)
#define ecs_plain_read(p) ECS_EXPLORE_PLAIN_READ(p)
#define ecs_plain_write(p, v) ECS_EXPLORE_PLAIN_WRITE(p, v)
#define ECS_WAIT(p, condition) ECS_EXPLORE_WAIT_ON(p, condition)
#endif

/* Before an object is shared, or after it is no longer. Orders nothing, is never announced. */
#define ecs_init(p, v) atomic_init((p), (v))

#define ecs_load_relaxed(p) ECS_LOAD_(p, relaxed)
#define ecs_load_acquire(p) ECS_LOAD_(p, acquire)
#define ecs_load_seq_cst(p) ECS_LOAD_(p, seq_cst)

#define ecs_store_relaxed(p, v) ECS_STORE_(p, v, relaxed)
#define ecs_store_release(p, v) ECS_STORE_(p, v, release)
#define ecs_store_seq_cst(p, v) ECS_STORE_(p, v, seq_cst)

/* bool ecs_cas_…(p, T *expected, T desired): on failure *expected is what was found. The weak
 * ones may fail for no reason and belong in a loop. */
#define ecs_cas_weak_relaxed_relaxed(p, e, d) ECS_CAS_(weak, p, e, d, relaxed, relaxed)
#define ecs_cas_weak_acquire_relaxed(p, e, d) ECS_CAS_(weak, p, e, d, acquire, relaxed)
#define ecs_cas_weak_acquire_acquire(p, e, d) ECS_CAS_(weak, p, e, d, acquire, acquire)
#define ecs_cas_weak_release_relaxed(p, e, d) ECS_CAS_(weak, p, e, d, release, relaxed)
#define ecs_cas_weak_acq_rel_relaxed(p, e, d) ECS_CAS_(weak, p, e, d, acq_rel, relaxed)
#define ecs_cas_weak_acq_rel_acquire(p, e, d) ECS_CAS_(weak, p, e, d, acq_rel, acquire)
#define ecs_cas_weak_seq_cst_relaxed(p, e, d) ECS_CAS_(weak, p, e, d, seq_cst, relaxed)
#define ecs_cas_weak_seq_cst_acquire(p, e, d) ECS_CAS_(weak, p, e, d, seq_cst, acquire)
#define ecs_cas_weak_seq_cst_seq_cst(p, e, d) ECS_CAS_(weak, p, e, d, seq_cst, seq_cst)
#define ecs_cas_strong_relaxed_relaxed(p, e, d) ECS_CAS_(strong, p, e, d, relaxed, relaxed)
#define ecs_cas_strong_acquire_relaxed(p, e, d) ECS_CAS_(strong, p, e, d, acquire, relaxed)
#define ecs_cas_strong_release_relaxed(p, e, d) ECS_CAS_(strong, p, e, d, release, relaxed)
#define ecs_cas_strong_acq_rel_relaxed(p, e, d) ECS_CAS_(strong, p, e, d, acq_rel, relaxed)
#define ecs_cas_strong_acq_rel_acquire(p, e, d) ECS_CAS_(strong, p, e, d, acq_rel, acquire)
#define ecs_cas_strong_seq_cst_relaxed(p, e, d) ECS_CAS_(strong, p, e, d, seq_cst, relaxed)
#define ecs_cas_strong_seq_cst_seq_cst(p, e, d) ECS_CAS_(strong, p, e, d, seq_cst, seq_cst)

/* Each returns the value before. */
#define ecs_exchange_relaxed(p, v) ECS_EXCHANGE_(p, v, relaxed)
#define ecs_exchange_acquire(p, v) ECS_EXCHANGE_(p, v, acquire)
#define ecs_exchange_release(p, v) ECS_EXCHANGE_(p, v, release)
#define ecs_exchange_acq_rel(p, v) ECS_EXCHANGE_(p, v, acq_rel)
#define ecs_exchange_seq_cst(p, v) ECS_EXCHANGE_(p, v, seq_cst)

#define ecs_fetch_add_relaxed(p, v) ECS_FETCH_(add, p, v, relaxed)
#define ecs_fetch_add_acquire(p, v) ECS_FETCH_(add, p, v, acquire)
#define ecs_fetch_add_release(p, v) ECS_FETCH_(add, p, v, release)
#define ecs_fetch_add_acq_rel(p, v) ECS_FETCH_(add, p, v, acq_rel)
#define ecs_fetch_add_seq_cst(p, v) ECS_FETCH_(add, p, v, seq_cst)
#define ecs_fetch_sub_relaxed(p, v) ECS_FETCH_(sub, p, v, relaxed)
#define ecs_fetch_sub_release(p, v) ECS_FETCH_(sub, p, v, release)
#define ecs_fetch_sub_acq_rel(p, v) ECS_FETCH_(sub, p, v, acq_rel)
#define ecs_fetch_sub_seq_cst(p, v) ECS_FETCH_(sub, p, v, seq_cst)
#define ecs_fetch_or_acquire(p, v) ECS_FETCH_(or, p, v, acquire)
#define ecs_fetch_or_acq_rel(p, v) ECS_FETCH_(or, p, v, acq_rel)
#define ecs_fetch_and_release(p, v) ECS_FETCH_(and, p, v, release)
#define ecs_fetch_and_acq_rel(p, v) ECS_FETCH_(and, p, v, acq_rel)

#define ecs_fence_acquire() ECS_FENCE_(acquire)
#define ecs_fence_release() ECS_FENCE_(release)
#define ecs_fence_seq_cst() ECS_FENCE_(seq_cst)

/* A counter with one writer that anybody may read: a load and a store, no locked instruction.
 * Never announced to the explorer: no decision of an algorithm may hang on such a counter. */
#define ecs_count_add(p, n)                                                                    \
    atomic_store_explicit((p), atomic_load_explicit((p), memory_order_relaxed) + (n),          \
                          memory_order_relaxed)
/* The same with many writers, where it is rare. */
#define ecs_count_add_shared(p, n)                                                             \
    ((void)atomic_fetch_add_explicit((p), (n), memory_order_relaxed))
#define ecs_count_read(p) atomic_load_explicit((p), memory_order_relaxed)
#define ecs_count_set(p, v) atomic_store_explicit((p), (v), memory_order_relaxed)

/* Tells the processor that this is a spin loop. */
static inline void ecs_spin_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
