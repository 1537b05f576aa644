#include "run/scenario.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const ecs_pin_choices[] = {
    "distinct-cores", "same-core", "smt-siblings", "free", NULL
};
const char *const ecs_pin_choice_help[] = {
    "each worker on a core of its own, as far as they go",
    "all workers on the same CPU",
    "hardware threads of one core first",
    "the kernel decides where workers run",
    NULL
};

const char *ecs_source_name(enum ecs_source source) {
    switch (source) {
    case ECS_MEASURED: return "measured";
    case ECS_MODEL: return "model";
    case ECS_RECORDED: return "recorded";
    case ECS_EXHAUSTIVE: return "exhaustive";
    }
    return "";
}

const struct ecs_scenario *ecs_scenario_find(const struct ecs_scenario *const *list, size_t n,
                                             const char *name) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i]->name, name) == 0)
            return list[i];
    return NULL;
}

int ecs_param_index(const struct ecs_scenario *s, const char *name) {
    for (size_t i = 0; i < s->n_params; i++)
        if (strcmp(s->params[i].name, name) == 0)
            return (int)i;
    return -1;
}

int ecs_metric_index(const struct ecs_scenario *s, const char *name) {
    for (size_t i = 0; i < s->n_metrics; i++)
        if (strcmp(s->metrics[i].name, name) == 0)
            return (int)i;
    return -1;
}

void ecs_values_default(const struct ecs_scenario *s, struct ecs_values *out) {
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < s->n_params && i < ECS_MAX_PARAMS; i++)
        out->v[i] = s->params[i].def;
}

static size_t n_choices(const struct ecs_param *p) {
    size_t n = 0;
    while (p->choices && p->choices[n])
        n++;
    return n;
}

/* "a, b or c", cut to what fits. */
static void list_choices(const struct ecs_param *p, char *out, size_t size) {
    size_t n = n_choices(p), used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < n && used < size; i++) {
        const char *before = i == 0 ? "" : i + 1 == n ? " or " : ", ";
        int k = snprintf(out + used, size - used, "%s%s", before, p->choices[i]);
        used += k > 0 ? (size_t)k : 0;
    }
}

static int parse_choice(const struct ecs_param *p, const char *text, int64_t *out,
                        struct ecs_error *e) {
    char all[200];
    for (size_t i = 0; i < n_choices(p); i++) {
        if (strcmp(p->choices[i], text) == 0) {
            *out = (int64_t)i;
            return 0;
        }
    }
    list_choices(p, all, sizeof all);
    ecs_fail(e, -EINVAL, "\"%.60s\" is no value of %s, which is %s", text, p->name, all);
    const char *near = p->choices ? ecs_nearest(text, p->choices) : NULL;
    if (near)
        ecs_error_mend(e, "did you mean %s=%s?", p->name, near);
    else
        ecs_error_mend(e, "use one of these");
    return -EINVAL;
}

static bool scaled(enum ecs_param_kind kind) {
    return kind == ECS_PARAM_BYTES || kind == ECS_PARAM_COUNT;
}

/* Shift that a unit stands for, -1 if it is none of ours. */
static int unit_shift(enum ecs_param_kind kind, const char *unit) {
    static const struct { const char *name; int shift; } units[] = {
        { "", 0 }, { "k", 10 }, { "m", 20 }, { "g", 30 },
        { "b", 0 }, { "kb", 10 }, { "mb", 20 }, { "gb", 30 },
        { "kib", 10 }, { "mib", 20 }, { "gib", 30 },
    };
    size_t known = kind == ECS_PARAM_BYTES ? sizeof units / sizeof *units
                 : kind == ECS_PARAM_COUNT ? 4 : 1;
    for (size_t i = 0; i < known; i++)
        if (strcasecmp(unit, units[i].name) == 0)
            return units[i].shift;
    return -1;
}

static int bad_unit(const struct ecs_param *p, const char *text, const char *unit,
                    struct ecs_error *e) {
    ecs_fail(e, -EINVAL, "%s=%.60s: \"%.20s\" is no unit", p->name, text, unit);
    if (scaled(p->kind))
        ecs_error_mend(e, "use a whole number with nothing, K, M or G behind it");
    else
        ecs_error_mend(e, "use a whole number with nothing behind it");
    return -EINVAL;
}

/* The value in range and a multiple of what it must be; the message otherwise. */
static int check_number(const struct ecs_param *p, int64_t v, struct ecs_error *e) {
    char low[32], high[32], shown[32];
    if (v < p->min || v > p->max) {
        ecs_fail(e, -EINVAL, "%s=%s is out of range", p->name,
                 ecs_value_text(p, v, shown, sizeof shown));
        ecs_error_mend(e, "use %s to %s", ecs_value_text(p, p->min, low, sizeof low),
                       ecs_value_text(p, p->max, high, sizeof high));
        return -EINVAL;
    }
    if (p->multiple > 1 && v % p->multiple != 0) {
        int64_t below = v - v % p->multiple, above = below + p->multiple;
        ecs_fail(e, -EINVAL, "%s=%s is not a multiple of %lld", p->name,
                 ecs_value_text(p, v, shown, sizeof shown), (long long)p->multiple);
        if (above > p->max)
            above = below;
        ecs_value_text(p, above, high, sizeof high);
        if (below < p->min || below == above)
            ecs_error_mend(e, "use %s", high);
        else
            ecs_error_mend(e, "use %s or %s", ecs_value_text(p, below, low, sizeof low), high);
        return -EINVAL;
    }
    return 0;
}

static int parse_number(const struct ecs_param *p, const char *text, int64_t *out,
                        struct ecs_error *e) {
    char *end;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    if (end == text || isspace((unsigned char)*text) || *text == '+') {
        ecs_fail(e, -EINVAL, "%s=%.60s is not a number", p->name, text);
        ecs_error_mend(e, scaled(p->kind) ? "use a whole number such as 64 or 4K"
                                          : "use a whole number such as 2");
        return -EINVAL;
    }
    int shift = unit_shift(p->kind, end);
    if (shift < 0)
        return bad_unit(p, text, end, e);
    int64_t scale = (int64_t)1 << shift, value;
    if (errno == ERANGE || __builtin_mul_overflow((int64_t)v, scale, &value)) {
        char low[32], high[32];
        ecs_fail(e, -EINVAL, "%s=%.60s is out of range", p->name, text);
        ecs_error_mend(e, "use %s to %s", ecs_value_text(p, p->min, low, sizeof low),
                       ecs_value_text(p, p->max, high, sizeof high));
        return -EINVAL;
    }
    int r = check_number(p, value, e);
    if (r == 0)
        *out = value;
    return r;
}

int ecs_value_parse(const struct ecs_scenario *s, int index, const char *text, int64_t *out,
                    struct ecs_error *e) {
    if (index < 0 || (size_t)index >= s->n_params)
        return ecs_fail(e, -EINVAL, "%s has no parameter number %d", s->name, index);
    const struct ecs_param *p = &s->params[index];
    if (*text == '\0') {
        ecs_fail(e, -EINVAL, "%s has no value", p->name);
        ecs_error_mend(e, "write %s=VALUE", p->name);
        return -EINVAL;
    }
    if (p->kind == ECS_PARAM_CHOICE)
        return parse_choice(p, text, out, e);
    return parse_number(p, text, out, e);
}

static int unknown_param(const struct ecs_scenario *s, const char *name, struct ecs_error *e) {
    const char *names[ECS_MAX_PARAMS + 1] = { NULL };
    char all[200] = "";
    size_t used = 0;
    for (size_t i = 0; i < s->n_params && i < ECS_MAX_PARAMS; i++) {
        names[i] = s->params[i].name;
        if (used < sizeof all) {
            int k = snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", names[i]);
            used += k > 0 ? (size_t)k : 0;
        }
    }
    ecs_fail(e, -EINVAL, "%s has no parameter \"%.60s\"", s->name, name);
    const char *near = ecs_nearest(name, names);
    if (near)
        ecs_error_mend(e, "did you mean %s?", near);
    else if (s->n_params)
        ecs_error_mend(e, "it has %s", all);
    return -EINVAL;
}

int ecs_values_set(const struct ecs_scenario *s, struct ecs_values *values, const char *assignment,
                   struct ecs_error *e) {
    const char *equals = strchr(assignment, '=');
    char name[64];
    if (!equals || equals == assignment) {
        ecs_fail(e, -EINVAL, "\"%.60s\" sets nothing", assignment);
        ecs_error_mend(e, "write name=value");
        return -EINVAL;
    }
    snprintf(name, sizeof name, "%.*s", (int)(equals - assignment < 63 ? equals - assignment : 63),
             assignment);
    int index = ecs_param_index(s, name);
    if (index < 0)
        return unknown_param(s, name, e);
    return ecs_value_parse(s, index, equals + 1, &values->v[index], e);
}

static int check_one(const struct ecs_param *p, int64_t v, struct ecs_error *e) {
    if (p->kind == ECS_PARAM_CHOICE) {
        if (v < 0 || (size_t)v >= n_choices(p))
            return ecs_fail(e, -EINVAL, "%s has no choice number %lld", p->name, (long long)v);
        return 0;
    }
    int r = check_number(p, v, e);
    if (r == 0 && strcmp(p->name, ECS_PARAM_THREADS_NAME) == 0 && (v < 1 || v > ECS_MAX_WORKERS)) {
        ecs_fail(e, -EINVAL, "%s=%lld is out of range", p->name, (long long)v);
        ecs_error_mend(e, "use 1 to %d", ECS_MAX_WORKERS);
        return -EINVAL;
    }
    return r;
}

int ecs_values_check(const struct ecs_scenario *s, const struct ecs_values *values,
                     struct ecs_error *e) {
    for (size_t i = 0; i < s->n_params; i++) {
        int r = check_one(&s->params[i], values->v[i], e);
        if (r < 0)
            return r;
    }
    return s->check ? s->check(values, e) : 0;
}

char *ecs_value_text(const struct ecs_param *p, int64_t value, char *out, size_t size) {
    static const struct { int shift; char unit; } units[] = {
        { 30, 'G' }, { 20, 'M' }, { 10, 'K' }
    };
    if (p->kind == ECS_PARAM_CHOICE && value >= 0 && (size_t)value < n_choices(p)) {
        snprintf(out, size, "%s", p->choices[value]);
        return out;
    }
    for (size_t i = 0; scaled(p->kind) && value > 0 && i < sizeof units / sizeof *units; i++) {
        int64_t scale = (int64_t)1 << units[i].shift;
        if (value % scale == 0) {
            snprintf(out, size, "%lld%c", (long long)(value / scale), units[i].unit);
            return out;
        }
    }
    snprintf(out, size, "%lld", (long long)value);
    return out;
}
