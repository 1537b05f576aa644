/* A against B, honestly: interleaved A B A B in one process, one ratio a pair.
 * Dirty pairs are dropped and repeated, up to twice the wanted number; when too few clean ones
 * are left the verdict is ECS_TOO_NOISY and `why` names the noise (which CPU, what share, what). */
#ifndef ECS_RUN_COMPARE_H
#define ECS_RUN_COMPARE_H

#include "run/run.h"
#include "run/statistics.h"

#define ECS_COMPARE_MAX_PAIRS 101

struct ecs_compare_options {
    int metric;            /* index; -1: the main one */
    unsigned pairs;        /* 0: 11 */
    uint64_t side_ns;      /* time on one side of a pair, settling included; 0: 400 ms */
    /* Progress and cancel: called after each pair; return true to stop early. May be NULL. */
    bool (*progress)(void *arg, unsigned done, unsigned wanted, unsigned dirty);
    void *arg;
};

struct ecs_comparison {
    int metric;
    unsigned pairs, dirty_pairs;
    double a[ECS_COMPARE_MAX_PAIRS], b[ECS_COMPARE_MAX_PAIRS];   /* clean pairs */
    struct ecs_estimate ea, eb;
    struct ecs_ratio ratio;
    struct ecs_noise worst;
};

/* Parameters that are not live are compared too: the run is then started anew for each side. The
 * time is bounded by twice what the pairs need, and at least 18 s. 0, or negative with a message when
 * a side cannot run (values refused, a worker failed). */
int ecs_compare(const struct ecs_scenario *s, const struct ecs_values *a,
                const struct ecs_values *b, const struct ecs_compare_options *options,
                struct ecs_comparison *out, struct ecs_error *e);

/* "another process used 31 % of CPU 0", from one noise reading. Returns `out`. */
char *ecs_noise_text(const struct ecs_noise *noise, char *out, size_t size);

#endif
