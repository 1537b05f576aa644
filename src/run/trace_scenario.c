/* A scenario's tables in the head of a trace: out, and back in as a scenario that only plays. */
#include <stdlib.h>
#include <string.h>

#include "run/trace_json.h"

static const char *const diagrams[] = { "none", "lines", "record", "stack", "pools" };
static const char *const kinds[] = { "int", "bytes", "count", "choice" };

static int find(const char *const *words, size_t n, const char *word)
{
    for (size_t i = 0; word && i < n; i++)
        if (strcmp(words[i], word) == 0)
            return (int)i;
    return -1;
}

const char *ecs_diagram_name(enum ecs_diagram_kind kind)
{
    size_t n = sizeof diagrams / sizeof *diagrams;
    return (size_t)kind < n ? diagrams[kind] : diagrams[0];
}

bool ecs_diagram_parse(const char *name, enum ecs_diagram_kind *out)
{
    int i = find(diagrams, sizeof diagrams / sizeof *diagrams, name);
    *out = i < 0 ? ECS_DIAGRAM_NONE : (enum ecs_diagram_kind)i;
    return i >= 0;
}

/* ---- out ----------------------------------------------------------------------------------- */

static json_t *strings(const char *const *list)
{
    json_t *a = json_array();
    for (; list && *list; list++)
        json_array_append_new(a, json_string(*list));
    return a;
}

static json_t *param_json(const struct ecs_param *p)
{
    json_t *o = json_pack("{s:s, s:s?, s:s, s:I, s:I, s:I, s:I, s:b, s:b}",
                          "name", p->name, "summary", p->summary, "kind", kinds[p->kind],
                          "def", (json_int_t)p->def, "min", (json_int_t)p->min,
                          "max", (json_int_t)p->max, "multiple", (json_int_t)p->multiple,
                          "live", p->live, "rebuild", p->rebuild);
    if (o && p->kind == ECS_PARAM_CHOICE) {
        json_object_set_new(o, "choices", strings(p->choices));
        json_object_set_new(o, "choice_help", strings(p->choice_help));
    }
    return o;
}

static json_t *metric_json(const struct ecs_metric *m)
{
    return json_pack("{s:s, s:s?, s:s?, s:s, s:s?, s:b, s:b}", "name", m->name, "label", m->label,
                     "unit", m->unit, "source", ecs_source_name(m->source), "how", m->how,
                     "lower_is_better", m->lower_is_better, "is_count", m->is_count);
}

json_t *ecs_trace_scenario_json(const struct ecs_scenario *s)
{
    json_t *params = json_array(), *metrics = json_array();
    for (size_t i = 0; i < s->n_params; i++)
        json_array_append_new(params, param_json(&s->params[i]));
    for (size_t i = 0; i < s->n_metrics; i++)
        json_array_append_new(metrics, metric_json(&s->metrics[i]));
    return json_pack("{s:s, s:s?, s:o, s:o, s:o, s:s, s:i}", "name", s->name, "summary",
                     s->summary, "params", params, "metrics", metrics, "counters",
                     strings(s->counters), "diagram", ecs_diagram_name(s->diagram), "min_cpus",
                     (int)s->min_cpus);
}

/* ---- in ------------------------------------------------------------------------------------ */

/* The scenario with everything that it points to, in one block. Every text of the head has two
 * quotes around it in the file, so a pool of the line's length holds them all. */
struct box {
    struct ecs_scenario scenario;
    struct ecs_param param[ECS_MAX_PARAMS];
    struct ecs_metric metric[ECS_MAX_METRICS];
    const char *counter[ECS_MAX_COUNTERS + 1];
    const char *choice[ECS_MAX_PARAMS][ECS_TRACE_MAX_CHOICES + 1];
    const char *help[ECS_MAX_PARAMS][ECS_TRACE_MAX_CHOICES + 1];
    char *free;                  /* in pool */
    size_t left;
    char pool[];
};

static const char *keep(struct box *b, const json_t *value)
{
    if (!value || json_is_null(value))
        value = NULL;
    else if (!json_is_string(value) || json_string_length(value) + 1 > b->left)
        return NULL;
    const char *text = value ? json_string_value(value) : "";
    size_t n = strlen(text) + 1;
    if (n > b->left)
        return NULL;
    char *kept = memcpy(b->free, text, n);
    b->free += n;
    b->left -= n;
    ecs_clean_text(kept);
    return kept;
}

/* A name is needed and is not empty. */
static const char *keep_name(struct box *b, const json_t *value)
{
    const char *text = value ? keep(b, value) : NULL;
    return text && text[0] ? text : NULL;
}

static bool keep_list(struct box *b, const json_t *list, const char **out, size_t most)
{
    size_t n = json_array_size(list);
    if (n > most)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!(out[i] = keep(b, json_array_get(list, i))))
            return false;
    out[n] = NULL;
    return true;
}

static bool parse_choices(struct box *b, const json_t *o, size_t i)
{
    struct ecs_param *p = &b->param[i];
    const json_t *choices = json_object_get(o, "choices");
    const json_t *help = json_object_get(o, "choice_help");
    size_t n = json_array_size(choices);
    if (n == 0 || !keep_list(b, choices, b->choice[i], ECS_TRACE_MAX_CHOICES))
        return false;
    p->choices = b->choice[i];
    if (json_array_size(help) == n && keep_list(b, help, b->help[i], ECS_TRACE_MAX_CHOICES))
        p->choice_help = b->help[i];
    return p->def >= 0 && p->def < (int64_t)n;
}

static bool parse_param(struct box *b, const json_t *o, size_t i)
{
    struct ecs_param *p = &b->param[i];
    const json_t *kind_name = json_object_get(o, "kind");
    int kind = find(kinds, sizeof kinds / sizeof *kinds, json_string_value(kind_name));
    if (kind < 0 || !(p->name = keep_name(b, json_object_get(o, "name"))) ||
        !(p->summary = keep(b, json_object_get(o, "summary"))) ||
        !ecs_json_int(o, "def", INT64_MIN, INT64_MAX, &p->def) ||
        !ecs_json_int(o, "min", INT64_MIN, INT64_MAX, &p->min) ||
        !ecs_json_int(o, "max", INT64_MIN, INT64_MAX, &p->max) ||
        !ecs_json_int(o, "multiple", 0, INT64_MAX, &p->multiple) ||
        !ecs_json_bool(o, "live", &p->live) || !ecs_json_bool(o, "rebuild", &p->rebuild))
        return false;
    p->kind = (enum ecs_param_kind)kind;
    return p->kind != ECS_PARAM_CHOICE || parse_choices(b, o, i);
}

static bool parse_metric(struct box *b, const json_t *o, size_t i)
{
    struct ecs_metric *m = &b->metric[i];
    m->source = ECS_RECORDED;
    return (m->name = keep_name(b, json_object_get(o, "name"))) &&
           (m->label = keep(b, json_object_get(o, "label"))) &&
           (m->unit = keep(b, json_object_get(o, "unit"))) &&
           (m->how = keep(b, json_object_get(o, "how"))) &&
           ecs_json_bool(o, "lower_is_better", &m->lower_is_better) &&
           ecs_json_bool(o, "is_count", &m->is_count);
}

static const char *parse_tables(struct box *b, const json_t *o)
{
    struct ecs_scenario *s = &b->scenario;
    const json_t *params = json_object_get(o, "params");
    const json_t *metrics = json_object_get(o, "metrics");
    int64_t min_cpus = 0;
    s->n_params = json_array_size(params);
    s->n_metrics = json_array_size(metrics);
    if (!json_is_array(params) || s->n_params > ECS_MAX_PARAMS)
        return "it has no table of parameters, or too many of them";
    if (s->n_metrics == 0 || s->n_metrics > ECS_MAX_METRICS)
        return "it has no table of figures, or too many of them";
    for (size_t i = 0; i < s->n_params; i++)
        if (!parse_param(b, json_array_get(params, i), i))
            return "a parameter in it cannot be read";
    for (size_t i = 0; i < s->n_metrics; i++)
        if (!parse_metric(b, json_array_get(metrics, i), i))
            return "a figure in it cannot be read";
    if (!keep_list(b, json_object_get(o, "counters"), b->counter, ECS_MAX_COUNTERS))
        return "its counters cannot be read";
    if (ecs_json_int(o, "min_cpus", 0, ECS_MAX_WORKERS, &min_cpus))
        s->min_cpus = (unsigned)min_cpus;
    ecs_diagram_parse(json_string_value(json_object_get(o, "diagram")), &s->diagram);
    return NULL;
}

struct ecs_scenario *ecs_trace_scenario_parse(const json_t *object, size_t line, const char **why)
{
    struct box *b = calloc(1, sizeof *b + line);
    if (!b) {
        *why = "there is not enough memory";
        return NULL;
    }
    b->free = b->pool;
    b->left = line;
    struct ecs_scenario *s = &b->scenario;
    s->params = b->param;
    s->metrics = b->metric;
    s->counters = b->counter;
    s->name = keep_name(b, json_object_get(object, "name"));
    s->summary = keep(b, json_object_get(object, "summary"));
    *why = s->name && s->summary ? parse_tables(b, object) : "it names no scenario";
    if (*why) {
        free(b);
        return NULL;
    }
    return s;
}
