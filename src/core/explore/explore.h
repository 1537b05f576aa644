/* What a program to be explored is made of, and what it may call.
 *
 * A program is a state, a set-up and a body for each thread. It is run from the start once for
 * each schedule, so it must be deterministic: no clock, no random numbers, no address in a
 * decision, nothing outside its state and ecs_explore_alloc() memory (both are put back as they
 * were before each run). Shared memory is reached through core/base/atomic.h alone; memory
 * that is not announced may pass from thread to thread only together with an announced access.
 *
 * The order in which threads run between two announced operations is no choice: each operation
 * and all that follows it, up to the next one, is one step. */
#ifndef ECS_EXPLORE_EXPLORE_H
#define ECS_EXPLORE_EXPLORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ECS_EXPLORE_MAX_THREADS 6
#define ECS_EXPLORE_MAX_PARAMS 4
#define ECS_EXPLORE_MAX_STATE (48u * 1024)

/* A choice of a few words, or, with `choices` NULL, a number in [min, max]. */
struct ecs_program_param {
    const char *name, *help;
    const char *const *choices; /* NULL-terminated */
    int def, min, max;
};

struct ecs_program {
    const char *name, *summary;
    const struct ecs_program_param *params;
    size_t n_params;
    /* The build of the sources that `values` asks for, or NULL: this one. */
    const struct ecs_program *(*build)(const int *values);
    size_t (*state_size)(const int *values);
    unsigned (*threads)(const int *values);
    /* Do threads run the exit hooks of ecs_self_key_create() when they end? */
    bool leaves;
    /* Once, before all runs; no operation in it is announced. The state is zeroed. May act for the
     * threads to be: see ecs_explore_as(). */
    void (*setup)(void *state, const int *values);
    void (*body)(void *state, unsigned thread);
    /* After each step / after all threads have ended: calls ecs_explore_fail() if something is
     * wrong. Not announced. Either may be NULL. */
    void (*check_step)(void *state);
    void (*check)(void *state);
    /* Stands for the final state, to compare searches by; NULL: 0. */
    uint64_t (*final)(const void *state);
    /* Writes a name for an address in the state, or leaves `out` alone. May be NULL. */
    void (*place)(const void *state, const void *address, char *out, size_t size);
    /* Writes a readable form of the value at that address, or leaves `out` alone. May be NULL. */
    void (*value)(const void *state, const void *address, uint64_t value, char *out, size_t size);
};

/* All that ship. NULL-terminated. */
const struct ecs_program *const *ecs_programs(void);
const struct ecs_program *ecs_program_find(const char *name);

enum ecs_finding {
    ECS_FINDING_NONE,
    ECS_FINDING_INVARIANT,   /* the program's own check */
    ECS_FINDING_ASSERTION,
    ECS_FINDING_LINEARIZABLE,
    ECS_FINDING_FREED,       /* use after free */
    ECS_FINDING_DOUBLE_FREE,
    ECS_FINDING_LEAK,
    ECS_FINDING_UNINITIALISED,
    ECS_FINDING_RACE,
    ECS_FINDING_DEADLOCK,
    ECS_FINDING_CRASH,
    ECS_FINDING_STRAY        /* an announced access outside the program's memory */
};
/* "invariant", "assertion", … */
const char *ecs_finding_name(enum ecs_finding finding);

/* Says that this run has gone wrong. Does not return when called from a thread's body. */
void ecs_explore_fail(enum ecs_finding finding, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
#define ecs_explore_assert(condition)                                                          \
    ((condition) ? (void)0                                                                     \
                 : ecs_explore_fail(ECS_FINDING_ASSERTION, "%s:%d: assertion failed: %s",      \
                                    __FILE__, __LINE__, #condition))

/* In a set-up: what follows is done as that thread, so that it may join a domain beforehand. */
void ecs_explore_as(unsigned thread);

/* Memory whose every announced access is checked: a read before anything was written, an access
 * after it was freed, a second free, memory not freed at the end. Addresses do not depend on the
 * schedule and are never given out twice in a run. NULL when there is none left. */
void *ecs_explore_alloc(size_t size);
void ecs_explore_free(void *p);

/* The operations of a run, to be judged against a sequential specification: is there one order
 * of them that respects which ended before which began, and in which each result is right? At
 * most 8. (M. Herlihy, J. Wing, "Linearizability", ACM TOPLAS 12(3), 1990.) */
#define ECS_HISTORY_MAX 8
struct ecs_history {
    _Atomic uint32_t completed; /* one bit an operation that has ended */
    struct ecs_history_op {
        bool begun;
        uint32_t before;        /* those that had ended when it began */
        unsigned kind;
        uint64_t argument, result;
    } op[ECS_HISTORY_MAX];
};
/* Both are steps, so that their order is explored; no memory model delays them. `id` is the
 * caller's, below ECS_HISTORY_MAX, each used once. */
void ecs_history_begin(struct ecs_history *h, unsigned id, unsigned kind, uint64_t argument);
void ecs_history_end(struct ecs_history *h, unsigned id, uint64_t result);
/* `apply` performs one operation on a copy of the specification's state (`size` bytes, at most 64)
 * and says whether `result` is what it would have given. */
bool ecs_history_linearizable(const struct ecs_history *h, const void *initial, size_t size,
                              bool (*apply)(void *spec, const struct ecs_history_op *op));

#endif
