/* What core/base/atomic.h calls in an explore build (-DECS_EXPLORE); nothing else may include it.
 *
 * Whoever searches interleavings defines these functions. Each is told what is about to
 * happen and where, may switch to another logical thread first, and then performs the
 * operation itself, because what a load returns and when a store becomes visible is the memory
 * model's affair (store buffers, views). Values travel as 64 bits; `size` is the object's. */
#ifndef ECS_BASE_EXPLORE_HOOKS_H
#define ECS_BASE_EXPLORE_HOOKS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

_Static_assert(sizeof(uintptr_t) == 8, "the explore build needs 64-bit pointers");

enum ecs_explore_kind {
    ECS_EXPLORE_LOAD_OP,
    ECS_EXPLORE_STORE_OP,
    ECS_EXPLORE_CAS_OP,
    ECS_EXPLORE_EXCHANGE,
    ECS_EXPLORE_FETCH_add,
    ECS_EXPLORE_FETCH_sub,
    ECS_EXPLORE_FETCH_or,
    ECS_EXPLORE_FETCH_and,
    ECS_EXPLORE_FENCE,
    ECS_EXPLORE_PLAIN_READ_OP,
    ECS_EXPLORE_PLAIN_WRITE_OP,
    ECS_EXPLORE_WAIT
};

/* One operation in the source. Lives as long as the call. */
struct ecs_explore_site {
    enum ecs_explore_kind kind;
    memory_order order, failure;  /* failure: CAS only, else the same as order */
    bool weak;                    /* CAS only: may fail for no reason */
    bool direct;                  /* no memory model applies: an explorer's own bookkeeping */
    const char *location;         /* the expression as written, "&s->head" */
    const char *file;
    int line;
};

uint64_t ecs_explore_load(const struct ecs_explore_site *site, const volatile void *p, size_t size);
void ecs_explore_store(const struct ecs_explore_site *site, volatile void *p, size_t size,
                       uint64_t value);
bool ecs_explore_cas(const struct ecs_explore_site *site, volatile void *p, size_t size,
                     uint64_t *expected, uint64_t desired);
/* site->kind says which; returns the value before. */
uint64_t ecs_explore_rmw(const struct ecs_explore_site *site, volatile void *p, size_t size,
                         uint64_t operand);
void ecs_explore_fence(const struct ecs_explore_site *site);
/* A shared access that is not atomic: announced so that a data race can be a finding. The access
 * itself follows in the caller. */
void ecs_explore_plain(const struct ecs_explore_site *site, const volatile void *p, size_t size);
/* Blocks this logical thread until another one has written to `p`. */
void ecs_explore_wait(const struct ecs_explore_site *site, const volatile void *p, size_t size);

#define ECS_EXPLORE_SITE_(kind_, order_, fail_, p)                                             \
    (&(const struct ecs_explore_site){.kind = (kind_), .order = (order_), .failure = (fail_),  \
                                      .location = #p, .file = __FILE__, .line = __LINE__})
/* The type of *p without _Atomic: the comma drops qualifiers (as <stdatomic.h> does it). */
#define ECS_EXPLORE_TYPE_(p) __typeof__((void)0, *(p))
#define ECS_EXPLORE_BITS_(v) ((uint64_t)(uintptr_t)(v))

#define ECS_EXPLORE_LOAD(p, o)                                                                 \
    ((ECS_EXPLORE_TYPE_(p))(uintptr_t)ecs_explore_load(                                        \
        ECS_EXPLORE_SITE_(ECS_EXPLORE_LOAD_OP, o, o, p), (p), sizeof *(p)))
#define ECS_EXPLORE_STORE(p, v, o)                                                             \
    ecs_explore_store(ECS_EXPLORE_SITE_(ECS_EXPLORE_STORE_OP, o, o, p), (p), sizeof *(p),      \
                      ECS_EXPLORE_BITS_(v))
#define ECS_EXPLORE_CAS(strength, p, e, d, ok, fail)                                           \
    __extension__({                                                                            \
        ECS_EXPLORE_TYPE_(p) *ecs_expected_ = (e);                                             \
        uint64_t ecs_found_ = ECS_EXPLORE_BITS_(*ecs_expected_);                               \
        bool ecs_done_ =                                                                       \
            ecs_explore_cas(&(const struct ecs_explore_site){.kind = ECS_EXPLORE_CAS_OP,       \
                                .order = (ok), .failure = (fail), .weak = #strength[0] == 'w', \
                                .location = #p, .file = __FILE__, .line = __LINE__}, (p),      \
                            sizeof *(p), &ecs_found_, ECS_EXPLORE_BITS_(d));                   \
        if (!ecs_done_)                                                                        \
            *ecs_expected_ = (ECS_EXPLORE_TYPE_(p))(uintptr_t)ecs_found_;                      \
        ecs_done_;                                                                             \
    })
#define ECS_EXPLORE_RMW(kind, p, v, o)                                                         \
    __extension__({  /* so that an unused result draws no warning, as with <stdatomic.h> */    \
        ECS_EXPLORE_TYPE_(p) ecs_before_ = (ECS_EXPLORE_TYPE_(p))(uintptr_t)ecs_explore_rmw(   \
            ECS_EXPLORE_SITE_(kind, o, o, p), (p), sizeof *(p), ECS_EXPLORE_BITS_(v));         \
        ecs_before_;                                                                           \
    })
#define ECS_EXPLORE_FENCE_AT(o)                                                                \
    ecs_explore_fence(ECS_EXPLORE_SITE_(ECS_EXPLORE_FENCE, o, o, fence))
#define ECS_EXPLORE_PLAIN_READ(p)                                                              \
    (ecs_explore_plain(ECS_EXPLORE_SITE_(ECS_EXPLORE_PLAIN_READ_OP, memory_order_relaxed,      \
                                         memory_order_relaxed, p), (p), sizeof *(p)), *(p))
#define ECS_EXPLORE_PLAIN_WRITE(p, v)                                                          \
    (ecs_explore_plain(ECS_EXPLORE_SITE_(ECS_EXPLORE_PLAIN_WRITE_OP, memory_order_relaxed,     \
                                         memory_order_relaxed, p), (p), sizeof *(p)),          \
     (void)(*(p) = (v)))
#define ECS_EXPLORE_WAIT_ON(p, condition)                                                      \
    do {                                                                                       \
        while (!(condition))                                                                   \
            ecs_explore_wait(ECS_EXPLORE_SITE_(ECS_EXPLORE_WAIT, memory_order_relaxed,         \
                                               memory_order_relaxed, p), (p), sizeof *(p));    \
    } while (0)

#endif
