/* Clean windows by the values they were taken under: what A against B, `[now]` and the figures
 * of an earlier toggle are drawn from. A few sets of values; the one used longest ago makes
 * room. */
#ifndef ECS_LESSON_PLAYER_STORE_H
#define ECS_LESSON_PLAYER_STORE_H

#include "run/snapshot.h"

#define ECS_STORE_WINDOWS 200
#define ECS_STORE_SETS 16

struct ecs_store_set {
    const struct ecs_scenario *scenario;      /* NULL: free */
    struct ecs_values values;
    uint64_t used;
    unsigned clean, dirty;                    /* settled windows of either sort */
    struct ecs_noise worst;                   /* of the dirty ones */
    double last[ECS_MAX_METRICS];             /* newest value, dirty or not: for counts */
    size_t held[ECS_MAX_METRICS], next[ECS_MAX_METRICS];
    double (*window)[ECS_STORE_WINDOWS];      /* [n_metrics] */
};
struct ecs_store { uint64_t clock; struct ecs_store_set set[ECS_STORE_SETS]; };

bool ecs_store_same(const struct ecs_scenario *s, const struct ecs_values *a,
                    const struct ecs_values *b);
/* The greatest share that a noise reading holds. */
double ecs_noise_weight(const struct ecs_noise *n);

/* Takes a settled window in; forgets silently when out of memory. */
void ecs_store_add(struct ecs_store *store, const struct ecs_scenario *s,
                   const struct ecs_snapshot *snap);
const struct ecs_store_set *ecs_store_find(const struct ecs_store *store,
                                           const struct ecs_scenario *s,
                                           const struct ecs_values *values);
/* The newest up to `n` samples of a metric; a count gives its newest value alone. */
size_t ecs_store_samples(const struct ecs_store_set *set, int metric, double *out, size_t n);
void ecs_store_free(struct ecs_store *store);

#endif
