#include "lesson/reference.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const calib_names[] = {ECS_CALIB_NAMES, NULL};
static const enum ecs_dimension calib_dimensions[] = {
    ECS_DIM_BYTES, ECS_DIM_PLAIN, ECS_DIM_PLAIN, ECS_DIM_PLAIN,
    ECS_DIM_BYTES, ECS_DIM_BYTES, ECS_DIM_BYTES,
};

static int unknown(struct ecs_error *e, const char *word, const char *const *known,
                   const char *otherwise, const char *of)
{
    const char *near = ecs_nearest(word, known);
    ecs_fail(e, -EINVAL, "unknown name '%.60s'%s%s", word, *of ? " of " : "", of);
    if (near)
        ecs_error_mend(e, "did you mean '%s'?", near);
    else
        ecs_error_mend(e, "%s", otherwise);
    return -EINVAL;
}

static int find_calib(const char *word, struct ecs_reference *out, struct ecs_error *e)
{
    out->kind = ECS_REF_CALIB;
    for (out->index = 0; calib_names[out->index]; out->index++)
        if (!strcmp(calib_names[out->index], word))
            return 0;
    return unknown(e, word, calib_names,
                   "calib has line_bytes cpus cores nodes l1d_bytes l2_bytes l3_bytes", "calib");
}

static int find_param(const struct ecs_block *b, const char *word, struct ecs_reference *out,
                      struct ecs_error *e)
{
    const struct ecs_scenario *s = b->scenario.scenario;
    const char *known[ECS_MAX_PARAMS + 1] = {0};
    *out = (struct ecs_reference){ECS_REF_PARAM, b, ecs_param_index(s, word)};
    if (out->index >= 0)
        return 0;
    for (size_t i = 0; i < s->n_params; i++)
        known[i] = s->params[i].name;
    return unknown(e, word, known, "ecscope-learn list shows the parameters", s->name);
}

static int find_metric(const struct ecs_block *b, const char *word, struct ecs_reference *out,
                       struct ecs_error *e)
{
    const struct ecs_scenario *s = b->scenario.scenario;
    const char *known[ECS_MAX_METRICS + 1] = {0};
    *out = (struct ecs_reference){ECS_REF_METRIC, b, ecs_metric_index(s, word)};
    if (out->index >= 0)
        return 0;
    for (size_t i = 0; i < s->n_metrics; i++)
        known[i] = s->metrics[i].name;
    return unknown(e, word, known, "ecscope-learn list shows the metrics", s->name);
}

/* The scenario blocks of the lesson, for the nearest name. */
static int no_block(const struct ecs_lesson *l, const char *name, struct ecs_error *e)
{
    const char *known[ECS_MAX_QUESTIONS + 2] = {"calib"};
    size_t n = 1;
    for (size_t i = 0; i < l->n; i++)
        for (size_t k = 0; k < l->step[i].n; k++)
            if (l->step[i].block[k].kind == ECS_BLOCK_SCENARIO && l->step[i].block[k].name &&
                n <= ECS_MAX_QUESTIONS)
                known[n++] = l->step[i].block[k].name;
    ecs_fail(e, -EINVAL, "'%.60s' names no scenario block of this lesson", name);
    const char *near = ecs_nearest(name, known);
    if (near)
        ecs_error_mend(
            e, "did you mean '%s'? A name is block.metric, block.param.NAME or calib.NAME", near);
    else
        ecs_error_mend(
            e, "a name is block.metric, block.param.NAME or calib.NAME; put spaces round a minus");
    return -EINVAL;
}

int ecs_reference_find(const struct ecs_lesson *l, const struct ecs_block *scope, const char *name,
                       struct ecs_reference *out, struct ecs_error *e)
{
    char first[40];
    size_t n = strcspn(name, ".");
    *out = (struct ecs_reference){0};
    if (!name[n] && scope)
        return find_param(scope, name, out, e);
    snprintf(first, sizeof first, "%.*s", (int)(n < 39 ? n : 39), name);
    if (!name[n])
        return no_block(l, first, e);
    if (!strcmp(first, "calib"))
        return find_calib(name + n + 1, out, e);
    const struct ecs_block *b = ecs_lesson_block(l, first);
    if (!b || b->kind != ECS_BLOCK_SCENARIO)
        return no_block(l, first, e);
    if (!b->scenario.scenario)
        return ecs_fail(e, -ENODATA, "'%s' has no scenario", first);
    if (!strncmp(name + n + 1, "param.", 6))
        return find_param(b, name + n + 7, out, e);
    return find_metric(b, name + n + 1, out, e);
}

enum ecs_dimension ecs_reference_dimension(const struct ecs_reference *r)
{
    if (r->kind == ECS_REF_CALIB)
        return calib_dimensions[r->index];
    const struct ecs_scenario *s = r->block->scenario.scenario;
    if (r->kind == ECS_REF_METRIC)
        return ecs_dimension_of(s->metrics[r->index].unit);
    return s->params[r->index].kind == ECS_PARAM_BYTES ? ECS_DIM_BYTES : ECS_DIM_PLAIN;
}

int ecs_selector_read(const struct ecs_scenario_block *s, const char *selector, bool *now,
                      struct ecs_values *out, struct ecs_error *e)
{
    *now = !strcmp(selector, "now");
    *out = s->values;
    if (*now)
        return 0;
    for (const char *p = selector; *(p += strspn(p, " \t,"));) {
        size_t n = strcspn(p, " \t,");
        char *word = strndup(p, n);
        if (!word)
            return ecs_fail(e, -ENOMEM, "out of memory");
        int rc = strchr(word, '=') ? ecs_values_set(s->scenario, out, word, e)
                                   : ecs_fail(e, -EINVAL, "'[%.40s]' selects nothing", selector);
        if (rc && e && !*e->mend)
            ecs_error_mend(e, "write [now], or values such as [stride=128]");
        free(word);
        if (rc)
            return rc;
        p += n;
    }
    return ecs_values_check(s->scenario, out, e);
}
