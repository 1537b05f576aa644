#include "lesson/player_store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool ecs_store_same(const struct ecs_scenario *s, const struct ecs_values *a,
                    const struct ecs_values *b)
{
    return memcmp(a->v, b->v, s->n_params * sizeof a->v[0]) == 0;
}

double ecs_noise_weight(const struct ecs_noise *n)
{
    double w = n->delay;
    w = n->steal > w ? n->steal : w;
    w = n->canary > w ? n->canary : w;
    return n->foreign > w ? n->foreign : w;
}

const struct ecs_store_set *ecs_store_find(const struct ecs_store *store,
                                           const struct ecs_scenario *s,
                                           const struct ecs_values *values)
{
    for (size_t i = 0; i < ECS_STORE_SETS; i++) {
        const struct ecs_store_set *set = &store->set[i];
        if (set->scenario == s && ecs_store_same(s, &set->values, values))
            return set;
    }
    return NULL;
}

/* A free set, or the one used longest ago, made empty. */
static struct ecs_store_set *claim(struct ecs_store *store, const struct ecs_scenario *s,
                                   const struct ecs_values *values)
{
    struct ecs_store_set *oldest = &store->set[0];
    for (size_t i = 0; i < ECS_STORE_SETS; i++) {
        if (!store->set[i].scenario) {
            oldest = &store->set[i];
            break;
        }
        if (store->set[i].used < oldest->used)
            oldest = &store->set[i];
    }
    free(oldest->window);
    *oldest = (struct ecs_store_set){.values = *values};
    oldest->window = calloc(s->n_metrics ? s->n_metrics : 1, sizeof *oldest->window);
    if (!oldest->window)
        return NULL;
    oldest->scenario = s;
    for (size_t i = 0; i < ECS_MAX_METRICS; i++)
        oldest->last[i] = NAN;
    return oldest;
}

static void add_clean(struct ecs_store_set *set, const struct ecs_snapshot *snap)
{
    set->clean++;
    for (size_t i = 0; i < set->scenario->n_metrics; i++) {
        if (!isfinite(snap->metric[i]))
            continue;
        set->window[i][set->next[i]] = snap->metric[i];
        set->next[i] = (set->next[i] + 1) % ECS_STORE_WINDOWS;
        set->held[i] += set->held[i] < ECS_STORE_WINDOWS;
    }
}

void ecs_store_add(struct ecs_store *store, const struct ecs_scenario *s,
                   const struct ecs_snapshot *snap)
{
    struct ecs_store_set *set = (struct ecs_store_set *)ecs_store_find(store, s, &snap->values);
    if (!set)
        set = claim(store, s, &snap->values);
    if (!set)
        return;
    set->used = ++store->clock;
    for (size_t i = 0; i < s->n_metrics; i++)
        set->last[i] = snap->metric[i];
    if (!(snap->flags & ECS_SNAP_DIRTY)) {
        add_clean(set, snap);
        return;
    }
    if (!set->dirty++ || ecs_noise_weight(&snap->noise) > ecs_noise_weight(&set->worst))
        set->worst = snap->noise;
}

size_t ecs_store_samples(const struct ecs_store_set *set, int metric, double *out, size_t n)
{
    if (set->scenario->metrics[metric].is_count) {
        if (!n || !isfinite(set->last[metric]))
            return 0;
        out[0] = set->last[metric];
        return 1;
    }
    size_t held = set->held[metric] < n ? set->held[metric] : n;
    size_t from = (set->next[metric] + ECS_STORE_WINDOWS - held) % ECS_STORE_WINDOWS;
    for (size_t i = 0; i < held; i++)
        out[i] = set->window[metric][(from + i) % ECS_STORE_WINDOWS];
    return held;
}

void ecs_store_free(struct ecs_store *store)
{
    for (size_t i = 0; i < ECS_STORE_SETS; i++)
        free(store->set[i].window);
    *store = (struct ecs_store){0};
}
