/* scenario: what runs, what is charted, which key changes what. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/reader.h"

const struct ecs_key ecs_keys_scenario[] = {
    {"run", true, false, "run: SCENARIO key=value ..."},
    {"chart", true, false, "chart: METRIC"},
    {"figures", false, false, "figures: METRIC METRIC ..."},
    {"measure", false, false, "measure: 7 x 0.4s warmup 0.25s"},
    {"toggle", false, true, "toggle p: PARAMETER = VALUE | VALUE"},
    {"compare", false, false, "compare: PARAMETER = VALUE | VALUE"},
    {"caption", false, true, "caption PARAMETER == VALUE: text"},
    {0},
};

/* Keys that mean something else while a lesson is on screen (tui/keymap.h; a test holds the two
 * together). Digits answer questions. */
static const char reserved[] = "q?kjnbxhVMRwTD+-= 0123456789";

#define DEFAULT_REPEATS 7
#define DEFAULT_SIDE_NS 400000000u
#define DEFAULT_WARMUP_NS 250000000u

/* ---- run ----------------------------------------------------------------------------------- */

static void unknown_scenario(struct ecs_reader *r, int line, const char *name)
{
    const char **known = calloc(r->n_scenarios + 1, sizeof *known);
    char mend[128];
    for (size_t i = 0; known && i < r->n_scenarios; i++)
        known[i] = r->scenarios[i]->name;
    if (known)
        ecs_read_error(
            r, line,
            ecs_read_near(name, known, "ecscope-learn list shows them all", mend, sizeof mend),
            "unknown scenario '%.60s'", name);
    else
        r->oom = true;
    free(known);
}

static void read_assignment(struct ecs_reader *r, int line, struct ecs_scenario_block *s,
                            const char *word)
{
    struct ecs_error e = {0};
    if (!strchr(word, '='))
        ecs_read_error(r, line, "write key=value without spaces", "'%.60s' is not key=value", word);
    else if (ecs_values_set(s->scenario, &s->values, word, &e))
        ecs_read_failed(r, line, &e);
}

static void read_run(struct ecs_reader *r, const struct ecs_field *f, struct ecs_scenario_block *s)
{
    const char *p = f->value;
    size_t n;
    size_t errors = r->errors;
    for (int i = 0; (n = ecs_field_word(&p)); i++, p += n) {
        char *word = ecs_read_keep(r, p, n);
        if (!word)
            return;
        if (i == 0) {
            s->scenario = ecs_scenario_find(r->scenarios, r->n_scenarios, word);
            if (s->scenario)
                ecs_values_default(s->scenario, &s->values);
            else
                unknown_scenario(r, f->line, word);
        } else if (s->scenario) {
            read_assignment(r, f->line, s, word);
        }
        free(word);
    }
    struct ecs_error e = {0};
    if (s->scenario && errors == r->errors && ecs_values_check(s->scenario, &s->values, &e))
        ecs_read_failed(r, f->line, &e);
}

/* ---- metrics ------------------------------------------------------------------------------- */

static int metric_named(struct ecs_reader *r, int line, const struct ecs_scenario *s,
                        const char *word)
{
    int index = ecs_metric_index(s, word);
    const char *known[ECS_MAX_METRICS + 1] = {0};
    char mend[128];
    for (size_t i = 0; i < s->n_metrics; i++)
        known[i] = s->metrics[i].name;
    if (index < 0)
        ecs_read_error(
            r, line,
            ecs_read_near(word, known, "ecscope-learn list shows them all", mend, sizeof mend),
            "unknown metric '%.60s' of %s", word, s->name);
    return index;
}

static size_t read_metrics(struct ecs_reader *r, const struct ecs_field *f,
                           const struct ecs_scenario *s, int *out, size_t max)
{
    size_t count = 0, n;
    for (const char *p = f->value; (n = ecs_field_word(&p)); p += n) {
        char *word = ecs_read_keep(r, p, n);
        if (count == max) {
            ecs_read_error(r, f->line, "take the least important one away", "more than %zu in '%s'",
                           max, f->key);
            free(word);
            break;
        }
        int index = word ? metric_named(r, f->line, s, word) : -1;
        free(word);
        if (index >= 0)
            out[count++] = index;
    }
    return count;
}

/* ---- PARAMETER = VALUE | VALUE ------------------------------------------------------------- */

static int param_named(struct ecs_reader *r, int line, const struct ecs_scenario *s,
                       const char *word)
{
    int index = ecs_param_index(s, word);
    const char *known[ECS_MAX_PARAMS + 1] = {0};
    char mend[128];
    for (size_t i = 0; i < s->n_params; i++)
        known[i] = s->params[i].name;
    if (index < 0)
        ecs_read_error(
            r, line,
            ecs_read_near(word, known, "ecscope-learn list shows them all", mend, sizeof mend),
            "unknown parameter '%.60s' of %s", word, s->name);
    return index;
}

/* Returns how many values were read, 0 after an error. */
static size_t read_values(struct ecs_reader *r, const struct ecs_field *f,
                          const struct ecs_scenario *s, int *param, int64_t *value, size_t max)
{
    char text[ECS_LESSON_MAX_LINE + 1], *piece[ECS_MAX_TOGGLE_VALUES + 1];
    snprintf(text, sizeof text, "%s", f->value);
    char *side[2] = {text, NULL};
    if (ecs_field_split(text, '=', side, 2) != 2 || !*side[0]) {
        ecs_read_error(r, f->line, "write PARAMETER = VALUE | VALUE", "'%.60s' changes nothing",
                       f->value);
        return 0;
    }
    *param = param_named(r, f->line, s, side[0]);
    size_t n = ecs_field_split(side[1], '|', piece, max), errors = r->errors;
    if (*param < 0)
        return 0;
    if (n < 2 || n > max) {
        char mend[64];
        snprintf(mend, sizeof mend,
                 max == 2 ? "write A | B" : "write 2 to %zu values with | between them", max);
        ecs_read_error(r, f->line, mend, "'%s' has %zu value%s", f->key, n, n == 1 ? "" : "s");
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        struct ecs_error e = {0};
        if (ecs_value_parse(s, *param, piece[i], &value[i], &e)) {
            ecs_read_failed(r, f->line, &e);
            continue;
        }
        for (size_t k = 0; k < i && errors == r->errors; k++)
            if (value[k] == value[i])
                ecs_read_error(r, f->line, "keep one of them", "the value '%.40s' appears twice",
                               piece[i]);
    }
    return errors == r->errors ? n : 0;
}

/* Each value has to go with the others of `run:`. */
static void check_values(struct ecs_reader *r, int line, const struct ecs_scenario_block *s,
                         int param, const int64_t *value, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct ecs_values v = s->values;
        struct ecs_error e = {0};
        v.v[param] = value[i];
        if (ecs_values_check(s->scenario, &v, &e))
            ecs_read_failed(r, line, &e);
    }
}

static void check_live(struct ecs_reader *r, int line, const struct ecs_scenario *s, int param)
{
    if (!s->params[param].live)
        ecs_read_error(r, line,
                       "choose a parameter that may change while it runs (ecscope-learn list)",
                       "'%s' cannot change while %s runs", s->params[param].name, s->name);
}

static bool toggle_key(struct ecs_reader *r, const struct ecs_field *f,
                       const struct ecs_scenario_block *s)
{
    char c = f->arg[0];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (strlen(f->arg) == 1 && strchr(reserved, c)) {
        ecs_read_error(r, f->line,
                       "take another letter; q k j n b x h w V M R T D and digits are taken",
                       "the key '%s' already means something else", f->arg);
        return false;
    }
    if (strlen(f->arg) != 1 || !letter) {
        ecs_read_error(r, f->line, "use one letter", "'%.40s' cannot be the key of a toggle",
                       f->arg);
        return false;
    }
    if (s->n_toggles == ECS_MAX_TOGGLES) {
        ecs_read_error(r, f->line, "take one away", "more than %d toggles", ECS_MAX_TOGGLES);
        return false;
    }
    return true;
}

static void read_toggle(struct ecs_reader *r, const struct ecs_field *f,
                        struct ecs_scenario_block *s)
{
    if (!toggle_key(r, f, s))
        return;
    struct ecs_toggle *t = &s->toggle[s->n_toggles];
    t->key = f->arg[0];
    t->n = read_values(r, f, s->scenario, &t->param, t->value, ECS_MAX_TOGGLE_VALUES);
    if (!t->n)
        return;
    for (size_t i = 0; i < s->n_toggles; i++)
        if (s->toggle[i].param == t->param)
            ecs_read_error(r, f->line, "keep one of them", "two toggles change '%s'",
                           s->scenario->params[t->param].name);
    check_live(r, f->line, s->scenario, t->param);
    check_values(r, f->line, s, t->param, t->value, t->n);
    s->n_toggles++;
}

static void read_compare(struct ecs_reader *r, const struct ecs_field *f,
                         struct ecs_scenario_block *s)
{
    int64_t v[2];
    if (!read_values(r, f, s->scenario, &s->compare_param, v, 2)) {
        s->compare_param = -1;
        return;
    }
    s->compare_a = v[0];
    s->compare_b = v[1];
    check_live(r, f->line, s->scenario, s->compare_param);
    check_values(r, f->line, s, s->compare_param, v, 2);
}

/* ---- measure ------------------------------------------------------------------------------- */

static const char measure_mend[] = "write PAIRS x TIME warmup TIME, such as 7 x 0.4s warmup 0.25s";

static bool read_time(struct ecs_reader *r, const struct ecs_field *f, const char **p, double *ns)
{
    struct ecs_error e = {0};
    enum ecs_dimension dim;
    *p += strspn(*p, " \t");
    if (ecs_number_read(p, ns, &dim, &e)) {
        ecs_read_error(r, f->line, *e.mend ? e.mend : measure_mend, "%s", e.what);
        return false;
    }
    if (dim != ECS_DIM_TIME) {
        ecs_read_error(r, f->line, "give it a unit of time: 0.4s, 400ms",
                       "a time is wanted in '%.40s', not %s", f->value,
                       dim == ECS_DIM_PLAIN ? "a number without a unit" : ecs_dimension_name(dim));
        return false;
    }
    return true;
}

static void read_measure(struct ecs_reader *r, const struct ecs_field *f,
                         struct ecs_scenario_block *s)
{
    const char *p = f->value;
    struct ecs_error e = {0};
    double pairs, side, warmup = DEFAULT_WARMUP_NS;
    if (ecs_number_read(&p, &pairs, NULL, &e)) {
        ecs_read_error(r, f->line, measure_mend, "%s", e.what);
        return;
    }
    p += strspn(p, " \tx");
    if (!read_time(r, f, &p, &side))
        return;
    p += strspn(p, " \t");
    if (!strncmp(p, "warmup", 6)) {
        p += 6;
        if (!read_time(r, f, &p, &warmup))
            return;
    }
    if (p[strspn(p, " \t")])
        ecs_read_error(r, f->line, measure_mend, "'%.40s' is not expected in 'measure'", p);
    else if (!(pairs >= 1 && pairs <= 51) || pairs != (unsigned)pairs)
        ecs_read_error(r, f->line, "5 to 11 is usual", "%g pairs cannot be measured", pairs);
    else if (side < 50e6 || side > 10e9 || warmup > 10e9)
        ecs_read_error(r, f->line, "a side lasts 50 ms to 10 s",
                       "a time in '%.40s' is out of range", f->value);
    s->repeats = pairs >= 1 && pairs <= 51 ? (unsigned)pairs : DEFAULT_REPEATS;
    s->side_ns = (uint64_t)(side < 10e9 ? side : 10e9);
    s->warmup_ns = (uint64_t)(warmup < 10e9 ? warmup : 10e9);
}

/* ---- the block ----------------------------------------------------------------------------- */

static void read_caption(struct ecs_reader *r, const struct ecs_field *f, struct ecs_block *b)
{
    struct ecs_scenario_block *s = &b->scenario;
    if (s->n_captions == ECS_MAX_CAPTIONS) {
        ecs_read_error(r, f->line, "take one away", "more than %d captions", ECS_MAX_CAPTIONS);
        return;
    }
    struct ecs_expression *when = ecs_read_expression(r, f->line, f->arg, b->name);
    if (!when)
        return;
    s->caption[s->n_captions].when = when;
    s->caption[s->n_captions++].text = ecs_read_keep(r, f->value, strlen(f->value));
}

static void read_field(struct ecs_reader *r, const struct ecs_field *f, struct ecs_block *b)
{
    struct ecs_scenario_block *s = &b->scenario;
    if (!strcmp(f->key, "chart"))
        s->n_charts = read_metrics(r, f, s->scenario, s->chart, ECS_MAX_CHARTS);
    else if (!strcmp(f->key, "figures"))
        s->n_figures = read_metrics(r, f, s->scenario, s->figure, ECS_MAX_FIGURES);
    else if (!strcmp(f->key, "measure"))
        read_measure(r, f, s);
    else if (!strcmp(f->key, "toggle"))
        read_toggle(r, f, s);
    else if (!strcmp(f->key, "compare"))
        read_compare(r, f, s);
    else if (!strcmp(f->key, "caption"))
        read_caption(r, f, b);
}

void ecs_read_scenario(struct ecs_reader *r, const struct ecs_fields *f, struct ecs_block *b)
{
    struct ecs_scenario_block *s = &b->scenario;
    const struct ecs_field *run = ecs_field_get(f, "run", NULL);
    s->compare_param = -1;
    s->repeats = DEFAULT_REPEATS;
    s->side_ns = DEFAULT_SIDE_NS;
    s->warmup_ns = DEFAULT_WARMUP_NS;
    if (run)
        read_run(r, run, s);
    for (size_t i = 0; s->scenario && i < f->n; i++)
        read_field(r, &f->v[i], b);
}
