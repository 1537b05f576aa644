#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/expression_tree.h"
#include "lesson/lint.h"
#include "lesson/reference.h"

/* ---- what an expression can come to, whatever is measured --------------------------------- */

struct range { const struct ecs_lesson *lesson; bool changes; };

/* A parameter lies where `run:` and the toggles can put it. */
static struct ecs_interval param_range(const struct ecs_reference *ref)
{
    const struct ecs_scenario_block *s = &ref->block->scenario;
    double first = (double)s->values.v[ref->index];
    struct ecs_interval r = {first, first, first};
    for (size_t i = 0; i < s->n_toggles; i++)
        for (size_t k = 0; s->toggle[i].param == ref->index && k < s->toggle[i].n; k++) {
            r.low = fmin(r.low, (double)s->toggle[i].value[k]);
            r.high = fmax(r.high, (double)s->toggle[i].value[k]);
        }
    return r;
}

static int leaf_range(void *arg, const struct ecs_node *name, enum ecs_operation function,
                      struct ecs_interval *out, struct ecs_error *e)
{
    struct range *range = arg;
    struct ecs_reference ref;
    (void)function;
    int rc = ecs_reference_find(range->lesson, NULL, name->name, &ref, e);
    if (rc)
        return rc;
    *out = (struct ecs_interval){1, 0, INFINITY};
    if (ref.kind == ECS_REF_PARAM)
        *out = param_range(&ref);
    else if (ecs_reference_dimension(&ref) == ECS_DIM_PERCENT)
        out->high = 100;
    if (ref.kind == ECS_REF_CALIB)
        out->low = 1;
    range->changes = range->changes || (ref.kind == ECS_REF_PARAM && out->low < out->high) ||
                     (ref.kind == ECS_REF_METRIC && !strcmp(name->selector, "now"));
    return 0;
}

static long choice_index(void *arg, const char *name, const char *word)
{
    const struct range *range = arg;
    struct ecs_reference ref;
    int64_t value;
    if (ecs_reference_find(range->lesson, NULL, name, &ref, NULL) || ref.kind != ECS_REF_PARAM)
        return -1;
    const struct ecs_scenario *s = ref.block->scenario.scenario;
    if (s->params[ref.index].kind != ECS_PARAM_CHOICE ||
        ecs_value_parse(s, ref.index, word, &value, NULL))
        return -1;
    return (long)value;
}

static bool range_of(const struct ecs_lesson *l, const struct ecs_expression *x,
                     struct ecs_interval *out, bool *changes)
{
    struct range range = {.lesson = l};
    int rc = ecs_expression_interval(x, leaf_range, choice_index, &range, out, NULL);
    out->low = isnan(out->low) ? -INFINITY : out->low;
    out->high = isnan(out->high) ? INFINITY : out->high;
    *changes = range.changes;
    return rc == 0;
}

/* ---- bands --------------------------------------------------------------------------------- */

struct band { const char *name; double low, high; bool low_open, high_open; };

static bool holds(const struct band *b, double v)
{
    return (b->low_open ? v > b->low : v >= b->low) && (b->high_open ? v < b->high : v <= b->high);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Every end of a band, a point between any two neighbours, and one beyond the last: what holds
 * for these holds for the whole line. */
static size_t probes(const struct band *b, size_t n, const struct ecs_interval *domain, double *out)
{
    double end[8];
    size_t ends = 0, count = 0;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(b[i].low))
            end[ends++] = b[i].low;
        if (isfinite(b[i].high))
            end[ends++] = b[i].high;
    }
    if (isfinite(domain->low))
        end[ends++] = domain->low;
    if (isfinite(domain->high))
        end[ends++] = domain->high;
    qsort(end, ends, sizeof *end, by_value);
    if (!isfinite(domain->low))
        out[count++] = ends ? end[0] - 1 : 0;
    for (size_t i = 0; i < ends; i++) {
        out[count++] = end[i];
        if (i + 1 < ends && end[i + 1] > end[i])
            out[count++] = (end[i] + end[i + 1]) / 2;
    }
    if (!isfinite(domain->high))
        out[count++] = ends ? end[ends - 1] + 1 : 0;
    return count;
}

static void lint_probe(const struct band *b, size_t n, double v, int line, bool *gap, bool *overlap,
                       bool *reached, struct ecs_issues *issues)
{
    size_t in = 0, last = 0;
    for (size_t i = 0; i < n; i++) {
        if (!holds(&b[i], v))
            continue;
        reached[i] = true;
        if (in++ && !*overlap) {
            *overlap = true;
            ecs_lint_report(issues, false, line, "let one band end where the next begins",
                            "%g is in two bands, %s and %s", v, b[last].name, b[i].name);
        }
        last = i;
    }
    if (!in && !*gap) {
        *gap = true;
        ecs_lint_report(issues, false, line, "let one band begin where the other ends",
                        "%g is in no band", v);
    }
}

void ecs_lint_bands(const struct ecs_lesson *l, const struct ecs_block *b,
                    struct ecs_issues *issues)
{
    const struct ecs_expect *x = &b->expect;
    struct band band[3] = {
        {"pass", x->pass_low, x->pass_high, x->pass_low_open, x->pass_high_open},
        {"else", x->else_low, x->else_high, x->else_low_open, x->else_high_open},
        {"weak", x->weak_low, x->weak_high, x->weak_low_open, x->weak_high_open},
    };
    size_t n = isnan(x->weak_low) ? 2 : 3, count;
    struct ecs_interval domain;
    double probe[24];
    bool reached[3] = {false}, gap = false, overlap = false, changes;
    if (!range_of(l, x->metric, &domain, &changes))
        return;
    count = probes(band, n, &domain, probe);
    for (size_t i = 0; i < count; i++)
        if (probe[i] >= domain.low && probe[i] <= domain.high)
            lint_probe(band, n, probe[i], b->line, &gap, &overlap, reached, issues);
    for (size_t i = 0; i < n; i++)
        if (!reached[i])
            ecs_lint_report(issues, false, b->line,
                            "choose a threshold inside what the metric can be",
                            "no measurement can reach the band %s: the metric lies in %g .. %g",
                            band[i].name, domain.low, domain.high);
}

/* ---- tasks --------------------------------------------------------------------------------- */

void ecs_lint_task(const struct ecs_lesson *l, const struct ecs_block *b, struct ecs_issues *issues)
{
    struct ecs_interval r;
    bool changes;
    if (!range_of(l, b->task.check, &r, &changes))
        return;
    if (!changes)
        ecs_lint_report(issues, false, b->line, "use s1.param.NAME of a toggle, or s1.METRIC[now]",
                        "nothing that the learner can change decides '%s'", b->name);
    else if (r.low != 0 || r.high == 0)
        ecs_lint_report(issues, false, b->line, "check what the toggles can and cannot reach",
                        r.high == 0 ? "no toggle can ever meet the check of '%s'"
                                    : "the check of '%s' always holds",
                        b->name);
}
