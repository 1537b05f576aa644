#include <math.h>
#include <string.h>

#include "lesson/player_state.h"
#include "lesson/reference.h"

const struct ecs_block *ecs_play_metric(const struct ecs_player *p, const char *name, int *metric)
{
    struct ecs_reference r;
    if (ecs_reference_find(p->lesson, NULL, name, &r, NULL) || r.kind != ECS_REF_METRIC)
        return NULL;
    *metric = r.index;
    return r.block;
}

const struct ecs_block *ecs_play_param(const struct ecs_scope *scope, const char *name, int *param)
{
    struct ecs_reference r;
    if (ecs_reference_find(scope->p->lesson, scope->block, name, &r, NULL) ||
        r.kind != ECS_REF_PARAM)
        return NULL;
    *param = r.index;
    return r.block;
}

/* In force where `block` is what runs, else what its next start will have. */
static const struct ecs_values *values_now(const struct ecs_player *p,
                                           const struct ecs_block *block)
{
    if (!p->running || p->running->scenario.scenario != block->scenario.scenario)
        return &block->scenario.values;
    return p->have_force ? &p->force : &p->wanted;
}

int ecs_play_select(const struct ecs_player *p, const struct ecs_block *block,
                    const char *selector,
                    struct ecs_values *out, struct ecs_error *e)
{
    bool now;
    int rc = ecs_selector_read(&block->scenario, selector, &now, out, e);
    if (!rc && now)
        *out = *values_now(p, block);
    return rc;
}

static double calibrated(const struct ecs_calibration *c, int fact)
{
    const double facts[] = {c->line_bytes, c->cpus, c->cores, c->nodes, c->l1d_bytes, c->l2_bytes,
                            c->l3_bytes};
    return facts[fact];
}

/* ---- the environment ------------------------------------------------------------------------ */

static long samples_now(const struct ecs_player *p, const struct ecs_block *block, int metric,
                        double *out, size_t n)
{
    const struct ecs_scenario *s = block->scenario.scenario;
    if (!p->running || p->running->scenario.scenario != s || p->force_clean < ECS_CLEAN_ENOUGH)
        return 0;
    const struct ecs_store_set *set = ecs_store_find(&p->store, s, &p->force);
    size_t fresh = n < p->force_clean ? n : p->force_clean;
    return set ? (long)ecs_store_samples(set, metric, out, fresh) : 0;
}

static long metric_samples(const struct ecs_player *p, const struct ecs_block *block, int metric,
                           const char *selector, double *out, size_t n)
{
    const struct ecs_scenario *s = block->scenario.scenario;
    struct ecs_values v;
    unsigned repeats;
    if (!strcmp(selector, "now"))
        return samples_now(p, block, metric, out, n);
    if (ecs_play_select(p, block, selector, &v, NULL))
        return -1;
    const struct ecs_side *side = ecs_play_measured(p, s, &v, &repeats);
    size_t clean = side ? ecs_play_side_samples(side, repeats, metric, out, n) : 0;
    if (clean && (2 * clean > repeats || clean == n))
        return (long)clean;
    const struct ecs_store_set *set = ecs_store_find(&p->store, s, &v);
    if (!set || set->clean < ECS_CLEAN_ENOUGH)
        return 0;
    return (long)ecs_store_samples(set, metric, out, n);
}

long ecs_play_samples(void *arg, const char *name, const char *selector, double *out, size_t n)
{
    const struct ecs_scope *scope = arg;
    const struct ecs_player *p = scope->p;
    struct ecs_reference r;
    double value = NAN;
    if (ecs_reference_find(p->lesson, scope->block, name, &r, NULL))
        return -1;
    switch (r.kind) {
    case ECS_REF_METRIC:
        return metric_samples(p, r.block, r.index, selector, out, n);
    case ECS_REF_PARAM:
        value = (double)values_now(p, r.block)->v[r.index];
        break;
    case ECS_REF_CALIB:
        value = calibrated(&p->calib, r.index);
        break;
    }
    if (!n || !isfinite(value))
        return 0;
    out[0] = value;
    return 1;
}

static long choice_index(void *arg, const char *name, const char *word)
{
    int index;
    const struct ecs_block *b = ecs_play_param(arg, name, &index);
    if (!b || b->scenario.scenario->params[index].kind != ECS_PARAM_CHOICE)
        return -1;
    const char *const *choices = b->scenario.scenario->params[index].choices;
    for (long i = 0; choices && choices[i]; i++)
        if (!strcmp(choices[i], word))
            return i;
    return -1;
}

struct ecs_environment ecs_play_environment(struct ecs_scope *scope)
{
    return (struct ecs_environment){ecs_play_samples, choice_index, scope};
}
