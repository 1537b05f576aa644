#include <errno.h>
#include <math.h>
#include <string.h>

#include "lesson/expression_tree.h"
#include "run/statistics.h"

#define MAX_SAMPLES 2048

struct evaluation {
    const struct ecs_expression *x;
    ecs_leaf *leaf;
    long (*choice)(void *arg, const char *name, const char *word);
    void *arg;
    struct ecs_error *e;
};

static int evaluate(const struct evaluation *v, uint16_t index, struct ecs_interval *out);

static struct ecs_interval exactly(double value)
{
    return (struct ecs_interval){value, value, value};
}

/* 0 times infinity is 0 here: a zero end of an interval stays zero however far the other goes. */
static double times(double a, double b)
{
    return a == 0 || b == 0 ? 0 : a * b;
}

static struct ecs_interval hull(double value, const double *end, size_t n)
{
    struct ecs_interval r = {value, end[0], end[0]};
    for (size_t i = 1; i < n; i++) {
        r.low = fmin(r.low, end[i]);
        r.high = fmax(r.high, end[i]);
    }
    return r;
}

static struct ecs_interval product(struct ecs_interval a, struct ecs_interval b)
{
    double end[4] = {times(a.low, b.low), times(a.low, b.high), times(a.high, b.low),
                     times(a.high, b.high)};
    return hull(a.value * b.value, end, 4);
}

static int quotient(struct ecs_interval a, struct ecs_interval b, struct ecs_interval *out,
                    struct ecs_error *e)
{
    if (b.value == 0)
        return ecs_fail(e, -EDOM, "division by zero");
    struct ecs_interval inverse = {1 / b.value, 1 / b.high, 1 / b.low};
    if (b.low <= 0 && b.high >= 0) {
        inverse.low = b.low < 0 ? -INFINITY : 1 / b.high;
        inverse.high = b.high > 0 ? INFINITY : 1 / b.low;
    }
    *out = product(a, inverse);
    out->value = a.value / b.value;
    return 0;
}

static struct ecs_interval truth(bool value, bool surely, bool possibly)
{
    return (struct ecs_interval){value, surely, possibly};
}

static struct ecs_interval negate(struct ecs_interval a)
{
    return (struct ecs_interval){-a.value, -a.high, -a.low};
}

static struct ecs_interval less(struct ecs_interval a, struct ecs_interval b, bool or_equal)
{
    if (or_equal)
        return truth(a.value <= b.value, a.high <= b.low, a.low <= b.high);
    return truth(a.value < b.value, a.high < b.low, a.low < b.high);
}

static struct ecs_interval complement(struct ecs_interval a)
{
    return truth(a.value == 0, a.high == 0, a.low == 0);
}

static struct ecs_interval compare(enum ecs_operation op, struct ecs_interval a,
                                   struct ecs_interval b)
{
    struct ecs_interval same = truth(a.value == b.value,
                                     a.low == a.high && b.low == b.high && a.low == b.low,
                                     a.low <= b.high && b.low <= a.high);
    switch (op) {
    case ECS_OP_LT: return less(a, b, false);
    case ECS_OP_LE: return less(a, b, true);
    case ECS_OP_GT: return less(b, a, false);
    case ECS_OP_GE: return less(b, a, true);
    case ECS_OP_NE: return complement(same);
    default: return same;
    }
}

/* `variant == tagged`: the word is a choice of the parameter on the other side, if it has one
 * of that name. */
static bool choice_of(const struct evaluation *v, const struct ecs_node *name,
                      const struct ecs_node *word, struct ecs_interval *out)
{
    if (!v->choice || name->op != ECS_OP_NAME || word->op != ECS_OP_NAME || *word->selector)
        return false;
    long index = v->choice(v->arg, name->name, word->name);
    if (index >= 0)
        *out = exactly((double)index);
    return index >= 0;
}

static int evaluate_comparison(const struct evaluation *v, const struct ecs_node *n,
                               struct ecs_interval *out)
{
    struct ecs_interval a, b;
    const struct ecs_node *left = &v->x->node[n->arg[0]], *right = &v->x->node[n->arg[1]];
    bool right_is_word = choice_of(v, left, right, &b);
    bool left_is_word = !right_is_word && choice_of(v, right, left, &a);
    int rc = left_is_word ? 0 : evaluate(v, n->arg[0], &a);
    if (!rc && !right_is_word)
        rc = evaluate(v, n->arg[1], &b);
    if (!rc)
        *out = compare(n->op, a, b);
    return rc;
}

static struct ecs_interval extreme(bool maximum, struct ecs_interval a, struct ecs_interval b)
{
    if (maximum)
        return (struct ecs_interval){fmax(a.value, b.value), fmax(a.low, b.low),
                                     fmax(a.high, b.high)};
    return (struct ecs_interval){fmin(a.value, b.value), fmin(a.low, b.low), fmin(a.high, b.high)};
}

static int evaluate_function(const struct evaluation *v, const struct ecs_node *n,
                             struct ecs_interval *out)
{
    const struct ecs_node *first = &v->x->node[n->arg[0]];
    if (n->n == 1 && first->op == ECS_OP_NAME && n->op != ECS_OP_ABS)
        return v->leaf(v->arg, first, n->op, out, v->e);
    int rc = evaluate(v, n->arg[0], out);
    for (uint16_t i = 1; !rc && i < n->n; i++) {
        struct ecs_interval next;
        rc = evaluate(v, n->arg[i], &next);
        if (!rc)
            *out = extreme(n->op == ECS_OP_MAX, *out, next);
    }
    if (!rc && n->op == ECS_OP_ABS) {
        bool spans = out->low < 0 && out->high > 0;
        double ends[2] = {fabs(out->low), fabs(out->high)};
        *out = hull(fabs(out->value), ends, 2);
        out->low = spans ? 0 : out->low;
    }
    return rc;
}

static int evaluate_two(const struct evaluation *v, const struct ecs_node *n,
                        struct ecs_interval *out)
{
    struct ecs_interval a, b;
    int rc = evaluate(v, n->arg[0], &a);
    if (!rc)
        rc = evaluate(v, n->arg[1], &b);
    if (rc)
        return rc;
    switch (n->op) {
    case ECS_OP_ADD:
        *out = (struct ecs_interval){a.value + b.value, a.low + b.low, a.high + b.high};
        return 0;
    case ECS_OP_SUB:
        *out = (struct ecs_interval){a.value - b.value, a.low - b.high, a.high - b.low};
        return 0;
    case ECS_OP_MUL:
        *out = product(a, b);
        return 0;
    case ECS_OP_DIV:
        return quotient(a, b, out, v->e);
    case ECS_OP_AND:
        *out = truth(a.value && b.value, a.low && b.low, a.high && b.high);
        return 0;
    default:
        *out = truth(a.value || b.value, a.low || b.low, a.high || b.high);
        return 0;
    }
}

static int evaluate(const struct evaluation *v, uint16_t index, struct ecs_interval *out)
{
    const struct ecs_node *n = &v->x->node[index];
    int rc = 0;
    switch (n->op) {
    case ECS_OP_NUMBER:
        *out = exactly(n->number);
        return 0;
    case ECS_OP_NAME:
        return v->leaf(v->arg, n, ECS_OP_NAME, out, v->e);
    case ECS_OP_NEGATE:
        rc = evaluate(v, n->arg[0], out);
        *out = rc ? *out : negate(*out);
        return rc;
    case ECS_OP_NOT:
        rc = evaluate(v, n->arg[0], out);
        *out = rc ? *out : complement(*out);
        return rc;
    default:
        if (ecs_is_comparison(n->op))
            return evaluate_comparison(v, n, out);
        return n->op >= ECS_OP_MEDIAN ? evaluate_function(v, n, out) : evaluate_two(v, n, out);
    }
}

int ecs_expression_interval(const struct ecs_expression *x, ecs_leaf *leaf,
                            long (*choice)(void *arg, const char *name, const char *word),
                            void *arg, struct ecs_interval *out, struct ecs_error *e)
{
    struct evaluation v = {.x = x, .leaf = leaf, .choice = choice, .arg = arg, .e = e};
    *out = exactly(NAN);
    return evaluate(&v, (uint16_t)(x->n - 1), out);
}

/* The interval of an extreme reaches from the median's to the outermost sample: no narrower one
 * is known without a distribution. */
static struct ecs_interval summary(const double *sample, size_t n, enum ecs_operation function)
{
    struct ecs_estimate s = ecs_estimate(sample, n);
    switch (function) {
    case ECS_OP_MIN: return (struct ecs_interval){s.min, s.min, s.low};
    case ECS_OP_MAX: return (struct ecs_interval){s.max, s.high, s.max};
    case ECS_OP_P95: {
        double p = ecs_percentile(sample, n, 0.95);
        return (struct ecs_interval){p, fmin(p, s.high), s.max};
    }
    default: return (struct ecs_interval){s.median, s.low, s.high};
    }
}

static int leaf_samples(void *arg, const struct ecs_node *name, enum ecs_operation function,
                        struct ecs_interval *out, struct ecs_error *e)
{
    const struct ecs_environment *env = arg;
    double sample[MAX_SAMPLES];
    const char *bracket = *name->selector ? "[" : "", *close = *name->selector ? "]" : "";
    long got = env->samples(env->arg, name->name, name->selector, sample, MAX_SAMPLES);
    if (got < 0)
        return ecs_fail(e, -EINVAL, "unknown name '%s%s%s%s'", name->name, bracket, name->selector,
                        close);
    size_t n = 0;
    for (long i = 0; i < got && i < MAX_SAMPLES; i++)
        if (!isnan(sample[i]))
            sample[n++] = sample[i];
    if (!n)
        return ecs_fail(e, -ENODATA, "'%s%s%s%s' is not measured yet", name->name, bracket,
                        name->selector, close);
    *out = summary(sample, n, function);
    return 0;
}

static long environment_choice(void *arg, const char *name, const char *word)
{
    const struct ecs_environment *env = arg;
    return env->choice ? env->choice(env->arg, name, word) : -1;
}

int ecs_expression_eval(const struct ecs_expression *x, const struct ecs_environment *env,
                        double *value, double *low, double *high, struct ecs_error *e)
{
    struct ecs_interval r;
    struct ecs_environment copy = *env;
    int rc = ecs_expression_interval(x, leaf_samples, environment_choice, &copy, &r, e);
    if (rc)
        return rc;
    *value = r.value;
    if (low)
        *low = r.low;
    if (high)
        *high = r.high;
    return 0;
}
