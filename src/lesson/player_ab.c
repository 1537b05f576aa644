#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lesson/player_state.h"

static const struct ecs_scenario_block *compared(const struct ecs_player *p)
{
    const struct ecs_block *b = ecs_player_scenario(p);
    if (!b)
        return NULL;
    const struct ecs_scenario_block *s = &b->scenario;
    bool is = s->compare_param >= 0 && (size_t)s->compare_param < s->scenario->n_params &&
              s->compare_a != s->compare_b;
    return is ? s : NULL;
}

static void two_sides(const struct ecs_scenario_block *b, const struct ecs_values *of,
                      struct ecs_values *a, struct ecs_values *v)
{
    *a = *v = *of;
    a->v[b->compare_param] = b->compare_a;
    v->v[b->compare_param] = b->compare_b;
}

static bool told(const struct ecs_player *p, const struct ecs_scenario_block *b,
                 const struct ecs_values *values)
{
    const struct ecs_store_set *set = ecs_store_find(&p->store, b->scenario, values);
    return set && set->clean >= ECS_CLEAN_ENOUGH;
}

static bool measured(const struct ecs_player *p, const struct ecs_scenario_block *b,
                     const struct ecs_values *x, const struct ecs_values *y)
{
    unsigned n;
    return ecs_play_measured(p, b->scenario, x, &n) && ecs_play_measured(p, b->scenario, y, &n);
}

/* All else as the learner has it; but as the lesson has it where that is what was measured, and
 * the learner's own values have not been seen on both sides. */
static void side_values(const struct ecs_player *p, const struct ecs_scenario_block *b,
                        struct ecs_values *a, struct ecs_values *v)
{
    struct ecs_values own_a, own_b;
    bool explain = p->step < p->lesson->n && p->lesson->step[p->step].phase == ECS_EXPLAIN;
    two_sides(b, &b->values, a, v);
    if (explain)
        return;
    two_sides(b, p->m.active ? &p->own : &p->wanted, &own_a, &own_b);
    if (measured(p, b, a, v) && !measured(p, b, &own_a, &own_b) &&
        !(told(p, b, &own_a) && told(p, b, &own_b)))
        return;
    *a = own_a;
    *v = own_b;
}

bool ecs_player_pair(const struct ecs_player *p, struct ecs_values *a, struct ecs_values *b)
{
    const struct ecs_scenario_block *block = compared(p);
    if (block)
        side_values(p, block, a, b);
    return block != NULL;
}

struct ecs_ab_sets ecs_play_ab_sets(const struct ecs_player *p)
{
    struct ecs_ab_sets sets = {NULL, NULL};
    const struct ecs_scenario_block *block = compared(p);
    struct ecs_values a, b;
    if (!block)
        return sets;
    side_values(p, block, &a, &b);
    sets.a = ecs_store_find(&p->store, block->scenario, &a);
    sets.b = ecs_store_find(&p->store, block->scenario, &b);
    return sets;
}

static struct ecs_estimate no_estimate(void)
{
    return (struct ecs_estimate){.median = NAN, .low = NAN, .high = NAN, .min = NAN, .max = NAN};
}

/* A count has its newest value, whatever the noise; all else needs clean windows. */
static bool enough(const struct ecs_store_set *set, bool count)
{
    return set && (count ? set->clean + set->dirty : set->clean) >= ECS_CLEAN_ENOUGH;
}

/* Repeats in which both sides are clean, in pairs. False if they were not measured. */
static bool from_measurement(const struct ecs_player *p, const struct ecs_scenario_block *block,
                             int metric, struct ecs_ab *out)
{
    struct ecs_values va, vb;
    double a[ECS_MAX_REPEATS], b[ECS_MAX_REPEATS];
    unsigned na, nb, pairs = 0;
    side_values(p, block, &va, &vb);
    const struct ecs_side *sa = ecs_play_measured(p, block->scenario, &va, &na);
    const struct ecs_side *sb = ecs_play_measured(p, block->scenario, &vb, &nb);
    for (unsigned i = 0; sa && sb && i < na && i < nb; i++) {
        a[pairs] = sa->sample[i][metric];
        b[pairs] = sb->sample[i][metric];
        pairs += sa->have[i] && sb->have[i] && isfinite(a[pairs]) && isfinite(b[pairs]);
    }
    if (!pairs)
        return false;
    out->have_a = out->have_b = true;
    out->a = ecs_estimate(a, pairs);
    out->b = ecs_estimate(b, pairs);
    out->measured_pairs = pairs;
    out->ratio = ecs_ratio_paired(a, b, pairs, block->scenario->metrics[metric].lower_is_better);
    return true;
}

/* Why one of the two cannot be told yet; empty if both can. */
static void say_missing(const struct ecs_store_set *set, const char *side, char *why, size_t size)
{
    char noise[128];
    if (!set || *why || set->clean >= ECS_CLEAN_ENOUGH)
        return;
    if (set->dirty > set->clean)
        snprintf(why, size, "%s", ecs_noise_text(&set->worst, noise, sizeof noise));
    else
        snprintf(why, size, "%u clean windows of %s so far, %d are needed", set->clean, side,
                 ECS_CLEAN_ENOUGH);
}

/* What is worked out from addresses needs no clean window: its newest value serves. */
static size_t worked_out(const struct ecs_store_set *set, int metric, double *out)
{
    if (!set || set->scenario->metrics[metric].source != ECS_MODEL ||
        !isfinite(set->last[metric]))
        return 0;
    *out = set->last[metric];
    return 1;
}

/* Counts have no spread: the greater one is greater. */
static void judge_counts(struct ecs_ab *ab, bool lower_is_better)
{
    double a = ab->a.median, b = ab->b.median;
    ab->ratio.verdict = a == b                   ? ECS_NO_DIFFERENCE
                        : (b < a) == lower_is_better ? ECS_B_BETTER : ECS_A_BETTER;
}

static void from_windows(const struct ecs_player *p, const struct ecs_scenario_block *block,
                         int metric, struct ecs_ab *out)
{
    static const struct ecs_ab_sets none;
    struct ecs_ab_sets sets = compared(p) ? ecs_play_ab_sets(p) : none;
    const struct ecs_metric *m = &block->scenario->metrics[metric];
    double a[ECS_STORE_WINDOWS], b[ECS_STORE_WINDOWS];
    size_t na = sets.a ? ecs_store_samples(sets.a, metric, a, ECS_STORE_WINDOWS) : 0;
    size_t nb = sets.b ? ecs_store_samples(sets.b, metric, b, ECS_STORE_WINDOWS) : 0;
    out->have_a = na && enough(sets.a, m->is_count);
    out->have_b = nb && enough(sets.b, m->is_count);
    if (!out->have_a && (na = worked_out(sets.a, metric, a)))
        out->have_a = true;
    if (!out->have_b && (nb = worked_out(sets.b, metric, b)))
        out->have_b = true;
    if (out->have_a)
        out->a = ecs_estimate(a, na);
    if (out->have_b)
        out->b = ecs_estimate(b, nb);
    if (!out->have_a || !out->have_b) {
        say_missing(sets.a, "A", out->ratio.why, sizeof out->ratio.why);
        say_missing(sets.b, "B", out->ratio.why, sizeof out->ratio.why);
    } else if (m->is_count) {
        judge_counts(out, m->lower_is_better);
    } else {
        out->ratio = ecs_ratio_unpaired(a, na, b, nb, m->lower_is_better);
    }
}

struct ecs_ab ecs_player_ab(const struct ecs_player *p, int metric)
{
    struct ecs_ab ab = {.a = no_estimate(), .b = no_estimate(),
                        .ratio = {.r = no_estimate(), .verdict = ECS_TOO_NOISY}};
    const struct ecs_scenario_block *block = compared(p);
    if (!block || metric < 0 || (size_t)metric >= block->scenario->n_metrics ||
        !ecs_player_chart_open(p))
        return ab;
    if (block->scenario->metrics[metric].is_count || !from_measurement(p, block, metric, &ab))
        from_windows(p, block, metric, &ab);
    return ab;
}
