#include "run/compare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "run/compare_judge.h"

#define SIDE_LEAST_NS (50 * ECS_NS_PER_MS)
#define BUDGET_NS (18 * ECS_NS_PER_S)

struct comparing {
    const struct ecs_scenario *s;
    const struct ecs_metric *metric;
    int index;
    unsigned wanted, hz;
    uint64_t side_ns, settle_ns, begin_ns, budget_ns;
    bool restart;              /* the sides differ in a parameter that is not live */
    const struct ecs_values *a, *b;
    struct ecs_run *run;
    struct ecs_snapshot *snap; /* ECS_SIDE_WINDOWS of them */
    struct ecs_comparison *out;
    unsigned attempts;
    uint64_t longest_pair_ns;
};

/* ---- one side ------------------------------------------------------------------------------ */

/* Brings the values of a side into force. */
static int enter_side(struct comparing *c, const struct ecs_values *values, struct ecs_error *e) {
    struct ecs_run_options o = { .settle_ns = c->settle_ns, .sample_hz = c->hz };
    struct ecs_values wanted;
    int r = 0;
    if (c->restart || !c->run) {
        ecs_run_free(c->run);
        c->run = NULL;
        r = ecs_run_start(c->s, values, &o, &c->run, e);
    } else {
        r = ecs_run_set_values(c->run, values, e);
    }
    if (r < 0)
        return r;
    while (ecs_run_await(c->run, ECS_NS_PER_S) == -ETIMEDOUT)
        ;
    r = ecs_run_failure(c->run, e);
    if (r < 0)
        return r;
    /* A change that was refused puts the old values back, with the reason in the note. */
    ecs_run_wanted(c->run, &wanted);
    if (memcmp(wanted.v, values->v, c->s->n_params * sizeof wanted.v[0]) != 0) {
        struct ecs_error note;
        ecs_run_note(c->run, &note);
        return ecs_fail(e, note.code < 0 ? note.code : -EIO, "%s", note.what);
    }
    return 0;
}

static int run_side(struct comparing *c, const struct ecs_values *values, struct ecs_side *out,
                    struct ecs_error *e) {
    uint64_t first, from;
    int r = enter_side(c, values, e);
    if (r < 0)
        return r;
    const struct ecs_series *series = ecs_run_series(c->run);
    uint64_t begin = ecs_now_ns();
    ecs_series_range(series, &first, &from);
    /* The last window may close a little after the time is over. */
    ecs_sleep_until_ns(begin + c->side_ns + 2 * ECS_NS_PER_MS);
    r = ecs_run_failure(c->run, e);
    if (r < 0)
        return r;
    size_t n = ecs_series_copy(series, from, c->snap, ECS_SIDE_WINDOWS);
    *out = ecs_side_judge(c->metric, c->index, c->snap, n);
    return 0;
}

/* ---- pairs --------------------------------------------------------------------------------- */

/* AB and BA by turns, so that a slow drift does not favour one side. */
static int run_pair(struct comparing *c, struct ecs_error *e) {
    uint64_t begin = ecs_now_ns();
    bool a_first = c->attempts % 2 == 0;
    struct ecs_side a, b;
    int r = run_side(c, a_first ? c->a : c->b, a_first ? &a : &b, e);
    if (r == 0)
        r = run_side(c, a_first ? c->b : c->a, a_first ? &b : &a, e);
    if (r < 0)
        return r;
    c->attempts++;
    uint64_t took = ecs_now_ns() - begin;
    if (took > c->longest_pair_ns)
        c->longest_pair_ns = took;
    ecs_compare_add(c->out, &a, &b);
    return 0;
}

static bool enough(const struct comparing *c) {
    return c->out->pairs >= c->wanted || c->attempts >= 2 * c->wanted ||
           ecs_now_ns() - c->begin_ns + c->longest_pair_ns > c->budget_ns;
}

static int compare_pairs(struct comparing *c, const struct ecs_compare_options *o,
                         struct ecs_error *e) {
    int r = 0;
    do {
        r = run_pair(c, e);
        if (r == 0 && o && o->progress &&
            o->progress(o->arg, c->out->pairs, c->wanted, c->out->dirty_pairs))
            break;
    } while (r == 0 && !enough(c));
    ecs_run_free(c->run);
    if (r == 0)
        ecs_compare_conclude(c->s, c->a, c->b, c->out);
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

int ecs_compare(const struct ecs_scenario *s, const struct ecs_values *a,
                const struct ecs_values *b, const struct ecs_compare_options *options,
                struct ecs_comparison *out, struct ecs_error *e) {
    int metric = options && options->metric >= 0 ? options->metric : 0;
    struct comparing c = { .s = s, .index = metric, .a = a, .b = b, .out = out };
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
    c.snap = calloc(ECS_SIDE_WINDOWS, sizeof *c.snap);
    if (!c.snap)
        return ecs_fail(e, -ENOMEM, "there is not enough memory to compare");
    set_up(&c, options);
    r = compare_pairs(&c, options, e);
    free(c.snap);
    return r;
}
