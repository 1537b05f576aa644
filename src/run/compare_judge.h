/* The part of a comparison that only calculates: from windows to a side, from sides to a
 * verdict. */
#ifndef ECS_RUN_COMPARE_JUDGE_H
#define ECS_RUN_COMPARE_JUDGE_H

#include "run/compare.h"

#define ECS_SIDE_WINDOWS 1024

struct ecs_side {
    double value;              /* NAN: the metric was not there */
    bool clean;                /* at least half of its measured time was */
    struct ecs_noise worst;    /* of its dirty windows */
};

/* One side from its windows; settling ones are left out, dirty ones too but for their noise. */
struct ecs_side ecs_side_judge(const struct ecs_metric *m, int index,
                               const struct ecs_snapshot *snap, size_t n);
/* A clean pair is kept, of a dirty one the noise. */
void ecs_compare_add(struct ecs_comparison *out, const struct ecs_side *a,
                     const struct ecs_side *b);
/* Estimates, ratio, verdict and why. */
void ecs_compare_conclude(const struct ecs_scenario *s, const struct ecs_values *a,
                          const struct ecs_values *b, struct ecs_comparison *out);

#endif
