#include "run/compare_judge.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "run/noise.h"

#define CLEAN_SHARE 0.5        /* of a side's measured time, at least */
#define LEAST_PAIRS 5          /* as in statistics.c */

static double severity(const struct ecs_noise *n) {
    double s = n->delay;
    s = n->steal > s ? n->steal : s;
    s = n->foreign > s ? n->foreign : s;
    return n->canary > s ? n->canary : s;
}

static void keep_worst(struct ecs_noise *worst, const struct ecs_noise *n) {
    bool now = ecs_noise_dirty(n), before = ecs_noise_dirty(worst);
    if (now && (!before || severity(n) > severity(worst)))
        *worst = *n;
}

static bool is_rate(const struct ecs_metric *m) {
    size_t n = strlen(m->unit);
    return n >= 2 && strcmp(m->unit + n - 2, "/s") == 0;
}

/* One value for the clean windows: a rate's is its total over their time, a count's the last
 * one, any other's the median. */
static double summarise(const struct ecs_metric *m, const double *value, const double *ns,
                        size_t n) {
    double total = 0, time = 0;
    if (n == 0)
        return NAN;
    if (m->is_count)
        return value[n - 1];
    if (!is_rate(m))
        return ecs_percentile(value, n, 0.5);
    for (size_t i = 0; i < n; i++) {
        total += value[i] * ns[i];
        time += ns[i];
    }
    return total / time;
}

struct ecs_side ecs_side_judge(const struct ecs_metric *m, int index,
                               const struct ecs_snapshot *snap, size_t n) {
    struct ecs_side side = { .value = NAN, .worst.cpu = -1 };
    double value[ECS_SIDE_WINDOWS], ns[ECS_SIDE_WINDOWS], all = 0, clean = 0;
    size_t kept = 0;
    for (size_t i = 0; i < n && i < ECS_SIDE_WINDOWS; i++) {
        const struct ecs_snapshot *s = &snap[i];
        if (s->flags & ECS_SNAP_SETTLING)
            continue;
        all += (double)s->window_ns;
        if (s->flags & ECS_SNAP_DIRTY) {
            keep_worst(&side.worst, &s->noise);
            continue;
        }
        clean += (double)s->window_ns;
        if (isnan(s->metric[index]))
            continue;
        value[kept] = s->metric[index];
        ns[kept++] = (double)s->window_ns;
    }
    side.clean = clean > 0 && clean >= CLEAN_SHARE * all;
    side.value = summarise(m, value, ns, kept);
    return side;
}

void ecs_compare_add(struct ecs_comparison *out, const struct ecs_side *a,
                     const struct ecs_side *b) {
    if (a->clean && b->clean && out->pairs < ECS_COMPARE_MAX_PAIRS) {
        out->a[out->pairs] = a->value;
        out->b[out->pairs] = b->value;
        out->pairs++;
        return;
    }
    out->dirty_pairs++;
    keep_worst(&out->worst, &a->worst);
    keep_worst(&out->worst, &b->worst);
}

/* Why a side has no value at all, if its scenario knows. */
static const char *missing(const struct ecs_scenario *s, const struct ecs_values *a,
                           const struct ecs_values *b, const struct ecs_comparison *out) {
    if (!s->why || out->pairs == 0 || out->ratio.r.n > 0)
        return NULL;
    const char *why = s->why(a, out->metric);
    return why ? why : s->why(b, out->metric);
}

void ecs_compare_conclude(const struct ecs_scenario *s, const struct ecs_values *a,
                          const struct ecs_values *b, struct ecs_comparison *out) {
    bool lower = s->metrics[out->metric].lower_is_better;
    unsigned attempts = out->pairs + out->dirty_pairs;
    out->ea = ecs_estimate(out->a, out->pairs);
    out->eb = ecs_estimate(out->b, out->pairs);
    out->ratio = ecs_ratio_paired(out->a, out->b, out->pairs, lower);
    const char *why = missing(s, a, b, out);
    if (why) {
        snprintf(out->ratio.why, sizeof out->ratio.why, "%s", why);
        return;
    }
    /* A few clean pairs among many dirty ones are luck, or noise that was not seen. */
    bool overrun = out->dirty_pairs > 2 * out->pairs;
    if (out->dirty_pairs > 0 && (overrun || out->pairs < LEAST_PAIRS)) {
        char noise[96] = "no whole window could be measured";
        if (ecs_noise_dirty(&out->worst))
            ecs_noise_text(&out->worst, noise, sizeof noise);
        out->ratio.verdict = ECS_TOO_NOISY;
        snprintf(out->ratio.why, sizeof out->ratio.why, "%s in %u of %u pairs", noise,
                 out->dirty_pairs, attempts);
    }
}
