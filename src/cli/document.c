#include "cli/document.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

json_t *ecs_document_number(double value)
{
    if (!isfinite(value))
        return json_null();
    if (value == floor(value) && fabs(value) < 1e15)
        return json_integer((json_int_t)value);
    return json_real(value);
}

json_t *ecs_document_text(const char *text)
{
    json_t *t = text && text[0] ? json_string(text) : NULL;
    return t ? t : json_null();
}

json_t *ecs_document_params(const struct ecs_scenario *s, const struct ecs_values *values)
{
    json_t *o = json_object();
    for (size_t i = 0; i < s->n_params; i++) {
        const struct ecs_param *p = &s->params[i];
        json_t *v = p->kind == ECS_PARAM_CHOICE ? json_string(p->choices[values->v[i]])
                                                : json_integer((json_int_t)values->v[i]);
        json_object_set_new(o, p->name, v);
    }
    return o;
}

static json_t *figure_json(const struct ecs_figures *f, size_t i)
{
    const struct ecs_metric *m = &f->scenario->metrics[i];
    struct ecs_figure x;
    ecs_figures_get(f, i, &x);
    json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:o, s:o, s:o, s:I}",
                          "name", m->name, "label", m->label, "unit", m->unit,
                          "source", ecs_source_name(m->source), "how", m->how,
                          "lower_is_better", m->lower_is_better, "is_count", m->is_count,
                          "median", ecs_document_number(x.median),
                          "low", ecs_document_number(x.low), "high", ecs_document_number(x.high),
                          "n", (json_int_t)x.n);
    if (o && x.why[0])
        json_object_set_new(o, "why", json_string(x.why));
    return o;
}

void ecs_document_figures(json_t *o, const struct ecs_figures *f)
{
    char why[200] = "";
    bool noisy = ecs_figures_noisy(f, why, sizeof why);
    json_t *metrics = json_array();
    json_object_set_new(o, "params", ecs_document_params(f->scenario, &f->values));
    json_object_set_new(o, "windows", json_integer((json_int_t)f->windows));
    json_object_set_new(o, "dirty_windows", json_integer((json_int_t)f->dirty));
    json_object_set_new(o, "window_ms", ecs_document_number((double)f->window_ns / 1e6));
    json_object_set_new(o, "noisy", json_boolean(noisy));
    if (noisy)
        json_object_set_new(o, "noisy_why", json_string(why));
    for (size_t i = 0; i < f->scenario->n_metrics; i++)
        json_array_append_new(metrics, figure_json(f, i));
    json_object_set_new(o, "metrics", metrics);
}

json_t *ecs_document_machine(void)
{
    const struct ecs_machine *m = ecs_machine();
    json_t *o = json_object();
    if (!m)
        return o;
    json_object_set_new(o, "host", ecs_document_text(m->host));
    json_object_set_new(o, "cpu", ecs_document_text(m->cpu));
    json_object_set_new(o, "kernel", ecs_document_text(m->kernel));
    json_object_set_new(o, "arch", ecs_document_text(m->arch));
    json_object_set_new(o, "hypervisor", ecs_document_text(m->hypervisor));
    json_object_set_new(o, "cpus", json_integer(m->n_cpus));
    json_object_set_new(o, "allowed_cpus", json_integer(m->n_allowed));
    json_object_set_new(o, "cores", json_integer(m->n_cores));
    json_object_set_new(o, "nodes", json_integer(m->n_nodes));
    json_object_set_new(o, "line_bytes",
                        m->line_bytes ? json_integer(m->line_bytes) : json_null());
    json_object_set_new(o, "foreign_topology", json_boolean(m->foreign_topology));
    return o;
}

json_t *ecs_document_recorded_machine(const struct ecs_trace_head *h)
{
    json_t *o = json_object();
    json_object_set_new(o, "host", ecs_document_text(h->host));
    json_object_set_new(o, "cpu", ecs_document_text(h->cpu));
    json_object_set_new(o, "kernel", ecs_document_text(h->kernel));
    json_object_set_new(o, "allowed_cpus", json_integer(h->cpus));
    json_object_set_new(o, "nodes", json_integer(h->nodes));
    json_object_set_new(o, "date", ecs_document_text(h->date));
    return o;
}

int ecs_document_print(json_t *document)
{
    if (!document)
        return -ENOMEM;
    /* Twelve digits: more than any figure is worth, and 0.1 stays 0.1. */
    json_dumpf(document, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    fputc('\n', stdout);
    json_decref(document);
    return 0;
}
