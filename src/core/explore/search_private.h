/* Between search.c and dpor.c. */
#ifndef ECS_EXPLORE_SEARCH_PRIVATE_H
#define ECS_EXPLORE_SEARCH_PRIVATE_H

#include "core/explore/search.h"
#include "core/explore/state_table.h"

enum { ECS_MAX_CHOICES = 48, ECS_PROCESSES = 2 * ECS_EXPLORE_MAX_THREADS };

/* A state on the present path, and what may be done there. */
struct ecs_node {
    uint8_t n, at;          /* moves, and which of them is being gone into */
    int8_t last;            /* the thread that made the step before, -1 at the start */
    uint16_t preemptions;   /* up to here */
    uint64_t preempting;    /* one bit a move */
    struct ecs_choice move[ECS_MAX_CHOICES];
};

enum ecs_end { ECS_END_OVER, ECS_END_PRUNED, ECS_END_FOUND, ECS_END_GIVEN_UP };

struct ecs_search {
    const struct ecs_search_options *o;
    struct ecs_search_result *r;
    int bound;              /* of this pass, -1: none */
    bool cut;               /* a bound kept something out */
    bool shorten;           /* this pass looks for fewer steps than `longest` */
    size_t longest;
    bool no_cache, no_locals;
    bool stopped;           /* by limit, states, signal */
    size_t n_nodes, prefix;
    struct ecs_state_table states, finals;
    uint64_t started_ns, next_look, told_ns;
    struct ecs_node node[ECS_ENGINE_STEPS];
};

/* Called by each pass. */
bool ecs_search_out_of_time(struct ecs_search *s);
void ecs_search_count(struct ecs_search *s, enum ecs_end end);

/* The whole search by DPOR. */
void ecs_dpor(struct ecs_search *s);

#endif
