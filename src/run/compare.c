#include "run/compare.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "run/noise.h"

#define SIDE_WINDOWS 1024
#define SIDE_LEAST_NS (50 * ECS_NS_PER_MS)
#define BUDGET_NS (18 * ECS_NS_PER_S)
#define CLEAN_SHARE 0.5        /* of a side's measured time, at least */

struct side {
    const struct ecs_values *values;
    double value;
    bool clean;
    struct ecs_noise worst;
};

struct comparing {
    const struct ecs_scenario *s;
    const struct ecs_metric *metric;
    int index;
    unsigned wanted, hz;
    uint64_t side_ns, settle_ns, begin_ns, budget_ns;
    bool restart;              /* the sides differ in a parameter that is not live */
    struct ecs_run *run;
    struct ecs_snapshot *snap; /* SIDE_WINDOWS of them */
    struct ecs_comparison *out;
    unsigned attempts;
    uint64_t longest_pair_ns;
};

/* ---- one side ------------------------------------------------------------------------------ */

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
static double summarise(const struct comparing *c, const double *value, const double *ns, size_t n) {
    double total = 0, time = 0;
    if (n == 0)
        return NAN;
    if (c->metric->is_count)
        return value[n - 1];
    if (!is_rate(c->metric))
        return ecs_percentile(value, n, 0.5);
    for (size_t i = 0; i < n; i++) {
        total += value[i] * ns[i];
        time += ns[i];
    }
    return total / time;
}

static void judge_side(const struct comparing *c, struct side *side, size_t n) {
    double value[SIDE_WINDOWS], ns[SIDE_WINDOWS], all = 0, clean = 0;
    size_t kept = 0;
    side->worst = (struct ecs_noise){ .cpu = -1 };
    for (size_t i = 0; i < n; i++) {
        const struct ecs_snapshot *s = &c->snap[i];
        if (s->flags & ECS_SNAP_SETTLING)
            continue;
        all += (double)s->window_ns;
        if (s->flags & ECS_SNAP_DIRTY) {
            keep_worst(&side->worst, &s->noise);
            continue;
        }
        clean += (double)s->window_ns;
        if (isnan(s->metric[c->index]))
            continue;
        value[kept] = s->metric[c->index];
        ns[kept++] = (double)s->window_ns;
    }
    side->clean = clean > 0 && clean >= CLEAN_SHARE * all;
    side->value = summarise(c, value, ns, kept);
}

static int failure(const struct ecs_run *run, struct ecs_error *e) {
    struct ecs_error why;
    if (ecs_run_state(run) != ECS_RUN_FAILED)
        return 0;
    ecs_run_error(run, &why);
    if (e)
        *e = why;
    return why.code < 0 ? why.code : -EIO;
}

/* Brings the values of a side into force. */
static int enter_side(struct comparing *c, const struct side *side, struct ecs_error *e) {
    struct ecs_run_options o = { .settle_ns = c->settle_ns, .sample_hz = c->hz };
    struct ecs_values wanted;
    int r = 0;
    if (c->restart || !c->run) {
        ecs_run_free(c->run);
        c->run = NULL;
        r = ecs_run_start(c->s, side->values, &o, &c->run, e);
    } else {
        r = ecs_run_set_values(c->run, side->values, e);
    }
    if (r < 0)
        return r;
    while (ecs_run_await(c->run, ECS_NS_PER_S) == -ETIMEDOUT)
        ;
    r = failure(c->run, e);
    if (r < 0)
        return r;
    /* A change that was refused puts the old values back, with the reason in the note. */
    ecs_run_wanted(c->run, &wanted);
    if (memcmp(wanted.v, side->values->v, c->s->n_params * sizeof wanted.v[0]) != 0) {
        struct ecs_error note;
        ecs_run_note(c->run, &note);
        return ecs_fail(e, note.code < 0 ? note.code : -EIO, "%s", note.what);
    }
    return 0;
}

static int run_side(struct comparing *c, struct side *side, struct ecs_error *e) {
    uint64_t first, from;
    int r = enter_side(c, side, e);
    if (r < 0)
        return r;
    const struct ecs_series *series = ecs_run_series(c->run);
    uint64_t begin = ecs_now_ns();
    ecs_series_range(series, &first, &from);
    /* The last window may close a little after the time is over. */
    ecs_sleep_until_ns(begin + c->side_ns + 2 * ECS_NS_PER_MS);
    r = failure(c->run, e);
    if (r < 0)
        return r;
    judge_side(c, side, ecs_series_copy(series, from, c->snap, SIDE_WINDOWS));
    return 0;
}

/* ---- pairs --------------------------------------------------------------------------------- */

/* AB and BA by turns, so that a slow drift does not favour one side. */
static int run_pair(struct comparing *c, struct side *a, struct side *b, struct ecs_error *e) {
    uint64_t begin = ecs_now_ns();
    bool a_first = c->attempts % 2 == 0;
    int r = run_side(c, a_first ? a : b, e);
    if (r == 0)
        r = run_side(c, a_first ? b : a, e);
    if (r < 0)
        return r;
    c->attempts++;
    uint64_t took = ecs_now_ns() - begin;
    if (took > c->longest_pair_ns)
        c->longest_pair_ns = took;
    struct ecs_comparison *out = c->out;
    if (a->clean && b->clean) {
        out->a[out->pairs] = a->value;
        out->b[out->pairs] = b->value;
        out->pairs++;
    } else {
        out->dirty_pairs++;
        keep_worst(&out->worst, &a->worst);
        keep_worst(&out->worst, &b->worst);
    }
    return 0;
}

static bool enough(const struct comparing *c) {
    return c->out->pairs >= c->wanted || c->attempts >= 2 * c->wanted ||
           ecs_now_ns() - c->begin_ns + c->longest_pair_ns > c->budget_ns;
}

/* Why a side has no value at all, if its scenario knows. */
static const char *missing(const struct comparing *c, const struct ecs_values *a,
                           const struct ecs_values *b) {
    if (!c->s->why || c->out->pairs == 0 || c->out->ratio.r.n > 0)
        return NULL;
    const char *why = c->s->why(a, c->index);
    return why ? why : c->s->why(b, c->index);
}

static void conclude(struct comparing *c, const struct ecs_values *a, const struct ecs_values *b) {
    struct ecs_comparison *out = c->out;
    bool lower = c->metric->lower_is_better;
    out->ea = ecs_estimate(out->a, out->pairs);
    out->eb = ecs_estimate(out->b, out->pairs);
    out->ratio = ecs_ratio_paired(out->a, out->b, out->pairs, lower);
    const char *why = missing(c, a, b);
    if (why) {
        snprintf(out->ratio.why, sizeof out->ratio.why, "%s", why);
        return;
    }
    /* A few clean pairs among many dirty ones are luck, or noise that was not seen. */
    bool overrun = out->dirty_pairs > 2 * out->pairs;
    if (out->dirty_pairs > 0 && (overrun || out->ratio.r.n < 5)) {
        char noise[96];
        out->ratio.verdict = ECS_TOO_NOISY;
        snprintf(out->ratio.why, sizeof out->ratio.why, "%s in %u of %u pairs",
                 ecs_noise_text(&out->worst, noise, sizeof noise), out->dirty_pairs, c->attempts);
    }
}

static int compare_pairs(struct comparing *c, const struct ecs_values *a, const struct ecs_values *b,
                         const struct ecs_compare_options *o, struct ecs_error *e) {
    struct side side_a = { .values = a }, side_b = { .values = b };
    int r = 0;
    do {
        r = run_pair(c, &side_a, &side_b, e);
        if (r == 0 && o && o->progress &&
            o->progress(o->arg, c->out->pairs, c->wanted, c->out->dirty_pairs))
            break;
    } while (r == 0 && !enough(c));
    ecs_run_free(c->run);
    if (r == 0)
        conclude(c, a, b);
    return r;
}

static void set_up(struct comparing *c, const struct ecs_compare_options *o) {
    c->wanted = o && o->pairs ? o->pairs : 11;
    c->wanted = c->wanted < ECS_COMPARE_MAX_PAIRS ? c->wanted : ECS_COMPARE_MAX_PAIRS;
    c->side_ns = o && o->side_ns ? o->side_ns : 400 * ECS_NS_PER_MS;
    if (c->side_ns < SIDE_LEAST_NS)
        c->side_ns = SIDE_LEAST_NS;
    c->hz = c->side_ns < 400 * ECS_NS_PER_MS ? (unsigned)(8 * ECS_NS_PER_S / c->side_ns) : 20;
    c->settle_ns = c->side_ns / 4 < 250 * ECS_NS_PER_MS ? c->side_ns / 4 : 250 * ECS_NS_PER_MS;
    uint64_t twice = 4 * (uint64_t)c->wanted * c->side_ns;
    c->budget_ns = twice > BUDGET_NS ? twice : BUDGET_NS;
    c->begin_ns = ecs_now_ns();
}

static bool differ_in_fixed(const struct ecs_scenario *s, const struct ecs_values *a,
                            const struct ecs_values *b) {
    for (size_t i = 0; i < s->n_params; i++)
        if (!s->params[i].live && a->v[i] != b->v[i])
            return true;
    return false;
}

int ecs_compare(const struct ecs_scenario *s, const struct ecs_values *a, const struct ecs_values *b,
                const struct ecs_compare_options *options, struct ecs_comparison *out,
                struct ecs_error *e) {
    int metric = options && options->metric >= 0 ? options->metric : 0;
    struct comparing c = { .s = s, .index = metric, .out = out };
    memset(out, 0, sizeof *out);
    out->metric = metric;
    out->worst.cpu = -1;
    if ((size_t)metric >= s->n_metrics)
        return ecs_fail(e, -EINVAL, "%s has no metric number %d", s->name, metric);
    c.metric = &s->metrics[metric];
    int r = ecs_values_check(s, a, e);
    if (r == 0)
        r = ecs_values_check(s, b, e);
    if (r < 0)
        return r;
    c.restart = differ_in_fixed(s, a, b);
    c.snap = calloc(SIDE_WINDOWS, sizeof *c.snap);
    if (!c.snap)
        return ecs_fail(e, -ENOMEM, "there is not enough memory to compare");
    set_up(&c, options);
    r = compare_pairs(&c, a, b, options, e);
    free(c.snap);
    return r;
}
