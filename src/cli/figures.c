#include "cli/figures.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/compare.h"
#include "run/statistics.h"

void ecs_figures_init(struct ecs_figures *f, const struct ecs_scenario *s,
                      const struct ecs_values *values)
{
    memset(f, 0, sizeof *f);
    f->scenario = s;
    f->values = *values;
    f->worst.cpu = -1;
    for (size_t i = 0; i < ECS_MAX_METRICS; i++)
        f->last[i] = NAN;
}

void ecs_figures_free(struct ecs_figures *f)
{
    for (size_t i = 0; i < ECS_MAX_METRICS; i++)
        free(f->value[i]);
    memset(f->value, 0, sizeof f->value);
}

static float severity(const struct ecs_noise *n)
{
    float worst = n->delay > n->steal ? n->delay : n->steal;
    worst = n->canary > worst ? n->canary : worst;
    return n->foreign > worst ? n->foreign : worst;
}

static int keep(struct ecs_figures *f, size_t i, double value)
{
    if (f->n[i] == f->room[i]) {
        size_t room = f->room[i] ? f->room[i] * 2 : 256;
        double *bigger = realloc(f->value[i], room * sizeof *bigger);
        if (!bigger)
            return -ENOMEM;
        f->value[i] = bigger;
        f->room[i] = room;
    }
    f->value[i][f->n[i]++] = value;
    return 0;
}

int ecs_figures_add(struct ecs_figures *f, const struct ecs_snapshot *snap)
{
    f->span_ns += snap->window_ns;
    for (size_t i = 0; i < f->scenario->n_metrics; i++)
        if (!isnan(snap->metric[i]))
            f->last[i] = snap->metric[i];
    if (snap->flags & ECS_SNAP_SETTLING) {
        f->settling++;
        return 0;
    }
    f->windows++;
    f->window_ns += (uint64_t)((int64_t)(snap->window_ns - f->window_ns) / (int64_t)f->windows);
    bool dirty = snap->flags & ECS_SNAP_DIRTY;
    if (dirty && (f->dirty++ == 0 || severity(&snap->noise) > severity(&f->worst)))
        f->worst = snap->noise;
    for (size_t i = 0; i < f->scenario->n_metrics; i++)
        if ((!dirty || f->scenario->metrics[i].source == ECS_MODEL) &&
            keep(f, i, snap->metric[i]))
            return -ENOMEM;
    return 0;
}

static void explain(const struct ecs_figures *f, size_t metric, struct ecs_figure *x)
{
    char *out = x->why;
    size_t size = sizeof x->why;
    const struct ecs_scenario *s = f->scenario;
    const char *why = s->why ? s->why(&f->values, (int)metric) : NULL;
    char noise[160];
    if (why)
        snprintf(out, size, "%s", why);
    else if (f->windows == 0)
        snprintf(out, size, "it ran too short: no window had settled");
    else if (f->n[metric] > 0)
        snprintf(out, size, "there was nothing to derive it from");
    else
        snprintf(out, size, "every window was noisy: %s",
                 ecs_noise_text(&f->worst, noise, sizeof noise));
    x->noise = !why && f->windows > 0 && f->n[metric] == 0;
}

void ecs_figures_get(const struct ecs_figures *f, size_t metric, struct ecs_figure *out)
{
    memset(out, 0, sizeof *out);
    if (f->scenario->metrics[metric].is_count) {
        out->median = out->low = out->high = f->last[metric];
        out->n = isnan(out->median) ? 0 : f->windows + f->settling;
    } else {
        struct ecs_estimate e = ecs_estimate(f->value[metric], f->n[metric]);
        out->median = e.median;
        out->low = e.low;
        out->high = e.high;
        out->n = e.n;
    }
    if (isnan(out->median))
        explain(f, metric, out);
}

bool ecs_figures_noisy(const struct ecs_figures *f, char *why, size_t size)
{
    if (f->windows == 0 || f->dirty * 2 <= f->windows)
        return false;
    ecs_noise_text(&f->worst, why, size);
    return true;
}

int ecs_figure_sets_add(struct ecs_figure_sets *sets, const struct ecs_scenario *s,
                        const struct ecs_snapshot *snap)
{
    for (size_t i = 0; i < sets->n; i++) {
        struct ecs_figures *f = &sets->v[i];
        if (memcmp(f->values.v, snap->values.v, s->n_params * sizeof *f->values.v) == 0)
            return ecs_figures_add(f, snap);
    }
    struct ecs_figures *bigger = realloc(sets->v, (sets->n + 1) * sizeof *bigger);
    if (!bigger)
        return -ENOMEM;
    sets->v = bigger;
    ecs_figures_init(&bigger[sets->n], s, &snap->values);
    return ecs_figures_add(&bigger[sets->n++], snap);
}

void ecs_figure_sets_free(struct ecs_figure_sets *sets)
{
    for (size_t i = 0; i < sets->n; i++)
        ecs_figures_free(&sets->v[i]);
    free(sets->v);
    *sets = (struct ecs_figure_sets){ 0 };
}
