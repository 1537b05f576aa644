/* Searches the schedules of a program: depth first, each run from the start (no state is stored),
 * cut short by one of four reductions.
 *
 * cache  a state that has been seen before is not gone into again. States are 64-bit hashes of
 *        memory, store buffers, views and all that each thread has read; two different ones agree
 *        with probability about n^2 / 2^65.
 * dpor   only orders of dependent operations: C. Flanagan, P. Godefroid, "Dynamic Partial-Order
 *        Reduction for Model Checking Software", POPL 2005, with sleep sets and source sets.
 *        Keeps final states, not what may be seen in between.
 * bound  at most N preemptions, for N = 0, 1, 2, … (M. Musuvathi, S. Qadeer, "Iterative Context
 *        Bounding for Systematic Testing of Multithreaded Programs", PLDI 2007)
 * naive  every schedule.
 *
 * A counterexample has the fewest preemptions there are (dpor, naive: of what was found), and then,
 * as far as the time for it goes, the fewest steps. */
#ifndef ECS_EXPLORE_SEARCH_H
#define ECS_EXPLORE_SEARCH_H

#include "core/explore/engine.h"

enum ecs_reduction {
    ECS_REDUCTION_CACHE, ECS_REDUCTION_DPOR, ECS_REDUCTION_BOUND, ECS_REDUCTION_NAIVE
};
extern const char *const ecs_reduction_names[]; /* NULL-terminated */

enum ecs_verdict { ECS_VERDICT_CLEAN, ECS_VERDICT_VIOLATION, ECS_VERDICT_UNFINISHED };

struct ecs_search_options {
    const struct ecs_program *program;
    int values[ECS_EXPLORE_MAX_PARAMS];
    enum ecs_model model;
    enum ecs_reduction reduction;
    int bound;             /* most preemptions; -1: without end. cache and bound only */
    unsigned spurious;     /* most compare-exchanges of a thread that fail for no reason */
    double seconds;        /* 0: no limit */
    uint64_t max_states;   /* cached; 0: 4 million */
    bool all;              /* go through all schedules, violations too, and collect final states */
    void *shared;          /* ecs_engine_shared_size() bytes, or NULL */
    volatile int *stop;    /* set by a signal handler, or NULL */
    void (*progress)(const struct ecs_search_options *o, uint64_t states, uint64_t schedules,
                     uint64_t steps, double seconds, int bound);
};

struct ecs_search_result {
    enum ecs_verdict verdict;
    bool exhaustive;
    bool minimal;          /* no shorter counterexample with as few preemptions */
    int bound;             /* of the last search; -1: none */
    uint64_t states, schedules, steps;
    double seconds, found_after; /* seconds until the first counterexample */
    char why[160];         /* why it is not exhaustive */
    enum ecs_finding finding;
    char what[240];
    unsigned preemptions;
    size_t n_path;
    struct ecs_choice path[ECS_ENGINE_STEPS];
    uint64_t *finals;      /* `all`: hashes of final states, sorted; free() */
    size_t n_finals;
    uint64_t bad;          /* `all`: schedules that ended in a violation */
};

/* 0 or a negative errno. The engine is open when it returns, for a trace; ecs_engine_close(). */
int ecs_search(const struct ecs_search_options *options, struct ecs_search_result *out);

/* Plays `path` with every step noted down in `steps` (ECS_ENGINE_STEPS of them). Returns how many
 * moves were made; fewer than n if move number [result] is impossible there. The engine says
 * afterwards what was found and what is possible next. */
size_t ecs_search_replay(const struct ecs_choice *path, size_t n, struct ecs_step *steps);

/* What makes a move a preemption: another thread goes on although `last` could. */
bool ecs_search_preempts(int last, struct ecs_choice c);

#endif
