#include "run/statistics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONFIDENCE 0.95
#define LEAST_PAIRS 5
#define NARROW 1.25           /* high/low below this: narrow enough to say "no difference" */

static int ascending(const void *pa, const void *pb) {
    double a = *(const double *)pa, b = *(const double *)pb;
    return (a > b) - (a < b);
}

/* A sorted copy without NANs; `*n` becomes their number. NULL for none. */
static double *sorted(const double *values, size_t *n) {
    size_t kept = 0;
    double *copy = *n ? malloc(*n * sizeof *copy) : NULL;
    for (size_t i = 0; copy && i < *n; i++)
        if (!isnan(values[i]))
            copy[kept++] = values[i];
    *n = kept;
    if (kept == 0) {
        free(copy);
        return NULL;
    }
    qsort(copy, kept, sizeof *copy, ascending);
    return copy;
}

/* Between two neighbours, either of which may be infinite. */
static double between(double a, double b, double t) {
    if (a == b || t <= 0)
        return a;
    return t >= 1 ? b : a + (b - a) * t;
}

static double quantile(const double *sorted_values, size_t n, double p) {
    double place = p * (double)(n - 1);
    size_t i = (size_t)place;
    if (i + 1 >= n)
        return sorted_values[n - 1];
    return between(sorted_values[i], sorted_values[i + 1], place - (double)i);
}

/* The chance that exactly k of n independent values lie below the median: C(n,k) / 2^n. */
static double chance(size_t n, size_t k) {
    int sign;
    double log_choose = lgamma_r((double)n + 1, &sign) - lgamma_r((double)k + 1, &sign) -
                        lgamma_r((double)(n - k) + 1, &sign);
    return exp(log_choose - (double)n * log(2.0));
}

/* The largest k (0-based) for which [x(k), x(n-1-k)] covers the median often enough. */
static size_t order_statistic(size_t n, double *coverage) {
    double tail = chance(n, 0);
    size_t k = 0;
    *coverage = 1 - 2 * tail;
    while (2 * (k + 1) < n) {
        double next = tail + chance(n, k + 1);
        if (1 - 2 * next < CONFIDENCE)
            break;
        tail = next;
        *coverage = 1 - 2 * tail;
        k++;
    }
    if (*coverage < 0)
        *coverage = 0;
    return k;
}

struct ecs_estimate ecs_estimate(const double *values, size_t n) {
    struct ecs_estimate e = { NAN, NAN, NAN, NAN, NAN, 0, 0 };
    double *v = sorted(values, &n);
    if (!v)
        return e;
    size_t k = order_statistic(n, &e.coverage);
    e.n = n;
    e.median = quantile(v, n, 0.5);
    e.low = v[k];
    e.high = v[n - 1 - k];
    e.min = v[0];
    e.max = v[n - 1];
    free(v);
    return e;
}

double ecs_percentile(const double *values, size_t n, double p) {
    double *v = sorted(values, &n);
    if (!v || isnan(p)) {
        free(v);
        return NAN;
    }
    double q = quantile(v, n, p < 0 ? 0 : p > 1 ? 1 : p);
    free(v);
    return q;
}

const char *ecs_verdict_name(enum ecs_verdict v) {
    switch (v) {
    case ECS_B_BETTER: return "b_better";
    case ECS_A_BETTER: return "a_better";
    case ECS_NO_DIFFERENCE: return "no_difference";
    case ECS_TOO_NOISY: return "too_noisy";
    }
    return "";
}

/* How many times better b is; NAN if the two cannot be compared. */
static double better(double a, double b, bool lower_is_better) {
    if (!isfinite(a) || !isfinite(b) || a < 0 || b < 0)
        return NAN;
    if (a == b)
        return 1;             /* zero beside zero too: neither is better */
    double over = lower_is_better ? a : b, under = lower_is_better ? b : a;
    return under > 0 ? over / under : INFINITY;
}

static void say_better(struct ecs_ratio *x, char winner, double times, double low, double high) {
    if (isinf(times))
        snprintf(x->why, sizeof x->why, "%c is better without limit: the other side is zero",
                 winner);
    else
        snprintf(x->why, sizeof x->why, "%c is %.3g times as good, interval %.3g to %.3g", winner,
                 times, low, high);
}

/* `what`: of which there are r.n. */
static void judge(struct ecs_ratio *x, const char *what) {
    const struct ecs_estimate *r = &x->r;
    const double step = 1 + ECS_RATIO_RESOLUTION;
    x->verdict = ECS_TOO_NOISY;
    if (r->n < LEAST_PAIRS) {
        snprintf(x->why, sizeof x->why, "only %zu %s, and at least %d are needed", r->n, what,
                 LEAST_PAIRS);
    } else if (r->low > step) {
        x->verdict = ECS_B_BETTER;
        say_better(x, 'b', r->median, r->low, r->high);
    } else if (r->high < 1 / step) {
        x->verdict = ECS_A_BETTER;
        say_better(x, 'a', 1 / r->median, 1 / r->high, 1 / r->low);
    } else if (r->low > 0 && r->high / r->low < NARROW) {
        x->verdict = ECS_NO_DIFFERENCE;
        snprintf(x->why, sizeof x->why, "the ratio lies between %.3g and %.3g", r->low, r->high);
    } else {
        snprintf(x->why, sizeof x->why, "the ratio lies anywhere between %.3g and %.3g", r->low,
                 r->high);
    }
}

struct ecs_ratio ecs_ratio_paired(const double *a, const double *b, size_t pairs,
                                  bool lower_is_better) {
    struct ecs_ratio x;
    memset(&x, 0, sizeof x);
    double *ratio = pairs ? malloc(pairs * sizeof *ratio) : NULL;
    for (size_t i = 0; ratio && i < pairs; i++)
        ratio[i] = better(a[i], b[i], lower_is_better);
    x.r = ecs_estimate(ratio, ratio ? pairs : 0);
    free(ratio);
    judge(&x, x.r.n == 1 ? "pair that can be compared" : "pairs that can be compared");
    return x;
}

/* Medians, with the values that cannot be compared left out. */
static struct ecs_estimate usable(const double *values, size_t n) {
    double *copy = n ? malloc(n * sizeof *copy) : NULL;
    for (size_t i = 0; copy && i < n; i++)
        copy[i] = isfinite(values[i]) && values[i] >= 0 ? values[i] : NAN;
    struct ecs_estimate e = ecs_estimate(copy, copy ? n : 0);
    free(copy);
    return e;
}

struct ecs_ratio ecs_ratio_unpaired(const double *a, size_t na, const double *b, size_t nb,
                                    bool lower_is_better) {
    struct ecs_ratio x;
    struct ecs_estimate ea = usable(a, na), eb = usable(b, nb);
    memset(&x, 0, sizeof x);
    x.r.n = ea.n < eb.n ? ea.n : eb.n;
    x.r.coverage = ea.coverage * eb.coverage;
    x.r.median = better(ea.median, eb.median, lower_is_better);
    /* The least and the most that b can be better by. */
    x.r.low = lower_is_better ? better(ea.low, eb.high, true) : better(ea.high, eb.low, false);
    x.r.high = lower_is_better ? better(ea.high, eb.low, true) : better(ea.low, eb.high, false);
    x.r.min = lower_is_better ? better(ea.min, eb.max, true) : better(ea.max, eb.min, false);
    x.r.max = lower_is_better ? better(ea.max, eb.min, true) : better(ea.min, eb.max, false);
    judge(&x, "values on one side");
    return x;
}
