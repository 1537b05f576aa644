/* Every operation of core/base/atomic.h once, or with -DPLAIN_STDATOMIC the same operation as
 * <stdatomic.h> writes it. compare.cmake compiles both and compares the assembler text. */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef _Atomic uint64_t word;
typedef _Atomic(void *) pointer;

#ifdef PLAIN_STDATOMIC
#define LOAD(o, p) atomic_load_explicit(p, memory_order_##o)
#ifdef WEAKER_STORES
#define STORE(o, p, v) atomic_store_explicit(p, v, memory_order_relaxed)
#else
#define STORE(o, p, v) atomic_store_explicit(p, v, memory_order_##o)
#endif
#define CAS(s, ok, fail, p, e, d)                                                               \
    atomic_compare_exchange_##s##_explicit(p, e, d, memory_order_##ok, memory_order_##fail)
#define EXCHANGE(o, p, v) atomic_exchange_explicit(p, v, memory_order_##o)
#define FETCH(op, o, p, v) atomic_fetch_##op##_explicit(p, v, memory_order_##o)
#define FENCE(o) atomic_thread_fence(memory_order_##o)
#define READ(p) (*(p))
#define WRITE(p, v) (*(p) = (v))
#define COUNT(p, n)                                                                             \
    atomic_store_explicit(p, atomic_load_explicit(p, memory_order_relaxed) + (n),               \
                          memory_order_relaxed)
#if defined(__x86_64__) || defined(__i386__)
#define PAUSE() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define PAUSE() __asm__ volatile("yield")
#else
#define PAUSE() ((void)0)
#endif
#define WAIT(p, c) do { while (!(c)) PAUSE(); } while (0)
#else
#include "core/base/atomic.h"
#define LOAD(o, p) ecs_load_##o(p)
#define STORE(o, p, v) ecs_store_##o(p, v)
#define CAS(s, ok, fail, p, e, d) ecs_cas_##s##_##ok##_##fail(p, e, d)
#define EXCHANGE(o, p, v) ecs_exchange_##o(p, v)
#define FETCH(op, o, p, v) ecs_fetch_##op##_##o(p, v)
#define FENCE(o) ecs_fence_##o()
#define READ(p) ecs_plain_read(p)
#define WRITE(p, v) ecs_plain_write(p, v)
#define COUNT(p, n) ecs_count_add(p, n)
#define WAIT(p, c) ECS_WAIT(p, c)
#endif

#define LOADS(o)                                                                                \
    uint64_t load_##o(word *p);                                                                 \
    uint64_t load_##o(word *p) { return LOAD(o, p); }                                           \
    void *load_pointer_##o(pointer *p);                                                         \
    void *load_pointer_##o(pointer *p) { return LOAD(o, p); }
#define STORES(o)                                                                               \
    void store_##o(word *p, uint64_t v);                                                        \
    void store_##o(word *p, uint64_t v) { STORE(o, p, v); }                                     \
    void store_pointer_##o(pointer *p, void *v);                                                \
    void store_pointer_##o(pointer *p, void *v) { STORE(o, p, v); }
#define CASES(s, ok, fail)                                                                      \
    bool cas_##s##_##ok##_##fail(word *p, uint64_t *e, uint64_t d);                             \
    bool cas_##s##_##ok##_##fail(word *p, uint64_t *e, uint64_t d)                              \
    {                                                                                           \
        return CAS(s, ok, fail, p, e, d);                                                       \
    }
#define EXCHANGES(o)                                                                            \
    uint64_t exchange_##o(word *p, uint64_t v);                                                 \
    uint64_t exchange_##o(word *p, uint64_t v) { return EXCHANGE(o, p, v); }
#define FETCHES(op, o)                                                                          \
    uint64_t fetch_##op##_##o(word *p, uint64_t v);                                             \
    uint64_t fetch_##op##_##o(word *p, uint64_t v) { return FETCH(op, o, p, v); }
#define FENCES(o)                                                                               \
    uint64_t fence_##o(word *p, uint64_t *q);                                                   \
    uint64_t fence_##o(word *p, uint64_t *q)                                                    \
    {                                                                                           \
        WRITE(q, 1);                                                                            \
        FENCE(o);                                                                               \
        return LOAD(relaxed, p);                                                                \
    }

LOADS(relaxed) LOADS(acquire) LOADS(seq_cst)
STORES(relaxed) STORES(release) STORES(seq_cst)
CASES(weak, relaxed, relaxed) CASES(weak, acquire, relaxed) CASES(weak, acquire, acquire)
CASES(weak, release, relaxed) CASES(weak, acq_rel, relaxed) CASES(weak, acq_rel, acquire)
CASES(weak, seq_cst, relaxed) CASES(weak, seq_cst, acquire) CASES(weak, seq_cst, seq_cst)
CASES(strong, relaxed, relaxed) CASES(strong, acquire, relaxed) CASES(strong, release, relaxed)
CASES(strong, acq_rel, relaxed) CASES(strong, acq_rel, acquire) CASES(strong, seq_cst, relaxed)
CASES(strong, seq_cst, seq_cst)
EXCHANGES(relaxed) EXCHANGES(acquire) EXCHANGES(release) EXCHANGES(acq_rel) EXCHANGES(seq_cst)
FETCHES(add, relaxed) FETCHES(add, acquire) FETCHES(add, release) FETCHES(add, acq_rel)
FETCHES(add, seq_cst) FETCHES(sub, relaxed) FETCHES(sub, release) FETCHES(sub, acq_rel)
FETCHES(sub, seq_cst) FETCHES(or, acquire) FETCHES(or, acq_rel) FETCHES(and, release)
FETCHES(and, acq_rel)
FENCES(acquire) FENCES(release) FENCES(seq_cst)

uint64_t plain_read(uint64_t *p);
uint64_t plain_read(uint64_t *p) { return READ(p); }
void count(word *p, uint64_t n);
void count(word *p, uint64_t n) { COUNT(p, n); }
void wait_for(word *p, uint64_t v);
void wait_for(word *p, uint64_t v) { WAIT(p, LOAD(acquire, p) == v); }

/* A loop as the algorithms write it: the macros must not get in the optimiser's way. */
uint32_t pop(word *head, _Atomic uint32_t *next);
uint32_t pop(word *head, _Atomic uint32_t *next)
{
    uint64_t top = LOAD(acquire, head);
    for (;;) {
        uint32_t index = (uint32_t)top;
        if (index == 0)
            return 0;
        uint64_t below = ((top >> 32) + 1) << 32 | LOAD(relaxed, &next[index]);
        if (CAS(weak, acquire, acquire, head, &top, below))
            return index;
    }
}
