/* compare: A against B in interleaved pairs. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/document.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "core/base/clock.h"
#include "run/compare.h"
#include "run/format.h"

struct comparing {
    const struct ecs_scenario *scenario;
    const struct ecs_metric *metric;
    struct ecs_values a, b;
    struct ecs_compare_options options;
    struct ecs_comparison c;
};

static bool progress(void *arg, unsigned done, unsigned wanted, unsigned dirty)
{
    (void)arg;
    if (dirty)
        ecs_print_progress("%u of %u pairs, %u noisy ones repeated", done, wanted, dirty);
    else
        ecs_print_progress("%u of %u pairs", done, wanted);
    return ecs_interrupted();
}

/* ---- text ---------------------------------------------------------------------------------- */

static void print_side(const struct comparing *x, const char *name,
                       const struct ecs_values *values, const struct ecs_estimate *e)
{
    char median[ECS_FORMAT_MAX], low[32], high[32];
    const char *unit = x->metric->unit;
    printf("  %s  ", name);
    for (size_t i = 0; i < x->scenario->n_params; i++) {
        if (x->a.v[i] == x->b.v[i])
            continue;
        char text[64];
        printf("%s=%s ", x->scenario->params[i].name,
               ecs_value_text(&x->scenario->params[i], values->v[i], text, sizeof text));
    }
    if (isnan(e->median))
        printf(" not available\n");
    else
        printf(" %s  (%s to %s)\n", ecs_format_si(e->median, unit, median, sizeof median),
               ecs_format_si_like(e->low, e->median, unit, low, sizeof low),
               ecs_format_si_like(e->high, e->median, unit, high, sizeof high));
}

static void say_verdict(const struct comparing *x)
{
    const struct ecs_ratio *r = &x->c.ratio;
    /* "2.9 times better" for either side: the ratio is b's, so a's is its inverse. */
    bool a = r->verdict == ECS_A_BETTER;
    double median = a ? 1 / r->r.median : r->r.median;
    double low = a ? 1 / r->r.high : r->r.low, high = a ? 1 / r->r.low : r->r.high;
    char t[3][32];
    ecs_format_number(median, t[0], sizeof t[0]);
    ecs_format_number(low, t[1], sizeof t[1]);
    ecs_format_number(high, t[2], sizeof t[2]);
    if (r->verdict == ECS_TOO_NOISY)
        printf("  too noisy to say: %s\n", r->why[0] ? r->why : "too few clean pairs");
    else if (r->verdict == ECS_NO_DIFFERENCE)
        printf("  no difference: b/a is %s (%s to %s)\n", t[0], t[1], t[2]);
    else
        printf("  %s is %s times better (%s to %s)\n", a ? "a" : "b", t[0], t[1], t[2]);
}

static void print_text(const struct comparing *x)
{
    char source[16] = "";
    const char *name = ecs_source_name(x->metric->source);
    for (size_t i = 0; name[i] && i + 1 < sizeof source; i++)
        source[i] = (char)toupper((unsigned char)name[i]);
    printf("%s: %s (%s), %s\n", x->scenario->name, x->metric->label, x->metric->name, source);
    print_side(x, "a", &x->a, &x->c.ea);
    print_side(x, "b", &x->b, &x->c.eb);
    say_verdict(x);
    printf("  %u pair%s", x->c.pairs, x->c.pairs == 1 ? "" : "s");
    if (x->c.dirty_pairs)
        printf(", %u noisy one%s left out", x->c.dirty_pairs, x->c.dirty_pairs == 1 ? "" : "s");
    putchar('\n');
}

/* ---- JSON and CSV -------------------------------------------------------------------------- */

static json_t *side_json(const struct comparing *x, const struct ecs_values *values,
                         const struct ecs_estimate *e)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:I}", "params",
                     ecs_document_params(x->scenario, values), "median",
                     ecs_document_number(e->median), "low", ecs_document_number(e->low), "high",
                     ecs_document_number(e->high), "n", (json_int_t)e->n);
}

static void print_json(const struct comparing *x)
{
    const struct ecs_ratio *r = &x->c.ratio;
    const struct ecs_metric *m = x->metric;
    json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "schema", "ecscope.compare.v1",
                          "scenario", x->scenario->name, "metric", m->name, "unit", m->unit,
                          "source", ecs_source_name(m->source), "how", m->how, "lower_is_better",
                          m->lower_is_better);
    json_object_set_new(o, "machine", ecs_document_machine());
    json_object_set_new(o, "a", side_json(x, &x->a, &x->c.ea));
    json_object_set_new(o, "b", side_json(x, &x->b, &x->c.eb));
    json_object_set_new(o, "pairs", json_integer(x->c.pairs));
    json_object_set_new(o, "dirty_pairs", json_integer(x->c.dirty_pairs));
    json_object_set_new(o, "ratio", json_pack("{s:o, s:o, s:o, s:o}", "median",
                                              ecs_document_number(r->r.median), "low",
                                              ecs_document_number(r->r.low), "high",
                                              ecs_document_number(r->r.high), "coverage",
                                              ecs_document_number(r->r.coverage)));
    json_object_set_new(o, "verdict", json_string(ecs_verdict_name(r->verdict)));
    if (r->why[0] || !isfinite(r->r.median))
        json_object_set_new(o, "why", json_string(r->why[0] ? r->why
                                                  : "one of the two sides is zero"));
    ecs_document_print(o);
}

static void print_csv(const struct comparing *x)
{
    printf("pair,a,b\n");
    for (unsigned i = 0; i < x->c.pairs; i++)
        printf("%u,%.9g,%.9g\n", i + 1, x->c.a[i], x->c.b[i]);
}

/* ---- arguments ----------------------------------------------------------------------------- */

/* Every --a, or every --b, on top of what --set gave both. */
static int read_side(const struct ecs_arguments *a, const char *side, struct comparing *x,
                     struct ecs_values *values, struct ecs_error *e)
{
    if (!ecs_arguments_has(a, side)) {
        ecs_fail(e, -EINVAL, "compare needs --a and --b");
        ecs_error_mend(e, "for example: --a %s=... --b %s=...", x->scenario->params[0].name,
                       x->scenario->params[0].name);
        return -EINVAL;
    }
    for (size_t i = 0; i < a->n_given; i++) {
        if (strcmp(a->given[i].option->name, side) != 0)
            continue;
        int rc = ecs_input_assign(x->scenario, a->given[i].value, values, e);
        if (rc)
            return rc;
    }
    return ecs_input_check(x->scenario, values, e);
}

static int read_numbers(const struct ecs_arguments *a, struct comparing *x, struct ecs_error *e)
{
    const char *seconds = ecs_arguments_value(a, "seconds");
    const char *pairs = ecs_arguments_value(a, "pairs");
    const char *metric = ecs_arguments_value(a, "metric");
    int rc = 0;
    if (metric)
        rc = ecs_input_metric(x->scenario, metric, &x->options.metric, e);
    if (rc == 0 && pairs)
        rc = ecs_input_count("pairs", pairs, 1, ECS_COMPARE_MAX_PAIRS, &x->options.pairs, e);
    if (rc == 0 && seconds)
        rc = ecs_input_time("seconds", seconds, ECS_NS_PER_S / 10, 60 * ECS_NS_PER_S,
                            &x->options.side_ns, e);
    x->metric = &x->scenario->metrics[x->options.metric];
    return rc;
}

static int read_arguments(const struct ecs_arguments *a, struct comparing *x, struct ecs_error *e)
{
    int rc = ecs_input_scenario(a->word[0], &x->scenario, e);
    if (rc == 0)
        rc = ecs_input_set(a, x->scenario, &x->a, e);
    if (rc)
        return rc;
    x->b = x->a;
    rc = read_side(a, "a", x, &x->a, e);
    if (rc == 0)
        rc = read_side(a, "b", x, &x->b, e);
    return rc ? rc : read_numbers(a, x, e);
}

/* ecs_compare() keeps its runs to itself, so what a run would note is said here. */
static void note_crowd(const struct comparing *x)
{
    int threads = ecs_param_index(x->scenario, ECS_PARAM_THREADS_NAME);
    const struct ecs_machine *m = ecs_machine();
    if (threads < 0 || !m)
        return;
    int64_t a = x->a.v[threads], b = x->b.v[threads], most = a > b ? a : b;
    if (most > (int64_t)m->n_allowed)
        ecs_print_note("%" PRId64 " threads share %u CPU%s", most, m->n_allowed,
                       m->n_allowed == 1 ? "" : "s");
}

static int compare(const struct ecs_arguments *a)
{
    struct ecs_error e = { 0 };
    struct comparing *x = calloc(1, sizeof *x);
    int status = ECS_EXIT_DONE;
    if (!x)
        return ecs_print_usage(NULL, "out of memory");
    x->options.progress = progress;
    int rc = read_arguments(a, x, &e);
    if (rc == 0) {
        note_crowd(x);
        ecs_catch_interrupts();
        rc = ecs_compare(x->scenario, &x->a, &x->b, &x->options, &x->c, &e);
        ecs_end_progress();
    }
    if (rc)
        status = ecs_print_error(&e);
    else if (ecs_input_format(a) == ECS_FORMAT_JSON)
        print_json(x);
    else if (ecs_input_format(a) == ECS_FORMAT_CSV)
        print_csv(x);
    else
        print_text(x);
    free(x);
    return status;
}

static const struct ecs_option options[] = {
    { .name = "a", .argument = "NAME=VALUE[,...]", .help = "parameters of side A" },
    { .name = "b", .argument = "NAME=VALUE[,...]", .help = "parameters of side B" },
    { .name = "set", .argument = "NAME=VALUE", .help = "a parameter of both sides" },
    { .name = "metric", .argument = "METRIC", .help = "what is compared; as it is, the main one" },
    { .name = "pairs", .argument = "N", .help = "clean pairs wanted, 1 to 101; as it is, 11" },
    { .name = "seconds", .argument = "TIME",
      .help = "time of one side of a pair, 0.1 to 60; as it is, 0.4" },
    ECS_OPTION_FORMAT,
    ECS_OPTION_JSON,
    { .name = NULL },
};

const struct ecs_command ecs_command_compare = {
    .name = "compare", .words = "SCENARIO", .least = 1, .most = 1,
    .summary = "A against B in interleaved pairs: a ratio with its interval, or \"too noisy\"",
    .options = options, .run = compare,
    .more = "The ratio says how many times better b is than a. Noisy pairs are left out and\n"
            "repeated; fewer than 5 clean ones give no verdict.\n\n"
            "example: " ECS_PROGRAM " compare counters --a stride=8 --b stride=128\n",
};
