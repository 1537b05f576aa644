#include "fake_scenarios.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kernels[] = {"store",        "load_store", "fetch_add",
                                      "fetch_add_16", "work_store", NULL};
static const char *const variants[] = {"plain", "tagged", "hazard", "epoch", NULL};

static const struct ecs_param counters_params[] = {
    {.name = "kernel", .summary = "s", .kind = ECS_PARAM_CHOICE, .def = 3, .choices = kernels,
     .live = true},
    {.name = "stride", .summary = "s", .kind = ECS_PARAM_BYTES, .def = 8, .min = 8, .max = 256,
     .multiple = 8, .live = true},
    {.name = "threads", .summary = "s", .kind = ECS_PARAM_INT, .def = 2, .min = 1, .max = 64,
     .live = true},
    {.name = "pin", .summary = "s", .kind = ECS_PARAM_CHOICE, .choices = ecs_pin_choices,
     .live = true},
    {.name = "fixed", .summary = "s", .kind = ECS_PARAM_INT, .def = 1, .min = 0, .max = 9},
};
static const struct ecs_metric counters_metrics[] = {
    {.name = "rate.total", .label = "l", .unit = "ops/s", .how = "h"},
    {.name = "rate.per_thread", .label = "l", .unit = "ops/s", .how = "h"},
    {.name = "op.ns", .label = "l", .unit = "ns", .how = "h", .lower_is_better = true},
    {.name = "hit_rate", .label = "l", .unit = "%", .how = "h"},
    {.name = "line.sharers", .label = "l", .unit = "", .how = "h"},
};
static const struct ecs_param stack_params[] = {
    {.name = "variant", .summary = "s", .kind = ECS_PARAM_CHOICE, .choices = variants,
     .live = true},
    {.name = "nodes", .summary = "s", .kind = ECS_PARAM_COUNT, .def = 1024, .min = 4, .max = 65536,
     .live = true},
    {.name = "threads", .summary = "s", .kind = ECS_PARAM_INT, .def = 2, .min = 1, .max = 64,
     .live = true},
};
static const struct ecs_metric stack_metrics[] = {
    {.name = "rate.total", .label = "l", .unit = "ops/s", .how = "h"},
    {.name = "corruption.total", .label = "l", .unit = "", .how = "h", .is_count = true},
};

#define N(a) (sizeof(a) / sizeof *(a))
static const struct ecs_scenario counters = {
    .name = "counters", .summary = "s", .params = counters_params, .n_params = N(counters_params),
    .metrics = counters_metrics, .n_metrics = N(counters_metrics)};
static const struct ecs_scenario stack = {
    .name = "stack-stress", .summary = "s", .params = stack_params, .n_params = N(stack_params),
    .metrics = stack_metrics, .n_metrics = N(stack_metrics)};

const struct ecs_scenario *const fake_scenarios[FAKE_SCENARIOS] = {&counters, &stack};

int fake_parse(const char *name, const char *text, struct ecs_lesson **out,
               struct ecs_issues *issues)
{
    return ecs_lesson_parse(name, text, strlen(text), fake_scenarios, FAKE_SCENARIOS, out, issues);
}

const struct ecs_issue *fake_issue(const struct ecs_issues *issues, int line, const char *what,
                                   const char *mend)
{
    for (size_t i = 0; i < issues->n; i++)
        if (issues->v[i].line == line && strstr(issues->v[i].what, what) &&
            strstr(issues->v[i].mend, mend))
            return &issues->v[i];
    return NULL;
}

const char *fake_issues_text(const struct ecs_issues *issues)
{
    static char out[8192];
    size_t used = 0;
    out[0] = 0;
    for (size_t i = 0; i < issues->n && used < sizeof out - 600; i++)
        used += (size_t)snprintf(out + used, sizeof out - used, "%d: %s: %s; %s\n",
                                 issues->v[i].line, issues->v[i].warning ? "warning" : "error",
                                 issues->v[i].what, issues->v[i].mend);
    return out;
}

char *fake_read(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    char *s = f ? malloc((1u << 20) + 1) : NULL;
    *size = s ? fread(s, 1, 1u << 20, f) : 0;
    if (s)
        s[*size] = 0;
    if (f)
        fclose(f);
    return s;
}
