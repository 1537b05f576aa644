#include "cli/inputs.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "core/base/clock.h"
#include "core/hw/affinity.h"
#include "run/format.h"

const char *const ecs_formats_all[] = { "text", "json", "csv", NULL };
const char *const ecs_formats_short[] = { "text", "json", NULL };

/* ---- scenarios ----------------------------------------------------------------------------- */

int ecs_input_scenario(const char *name, const struct ecs_scenario **out, struct ecs_error *e)
{
    size_t n;
    const struct ecs_scenario *const *list = ecs_scenarios(&n);
    *out = ecs_scenario_find(list, n, name);
    if (*out)
        return 0;
    const char **names = calloc(n + 1, sizeof *names);
    for (size_t i = 0; names && i < n; i++)
        names[i] = list[i]->name;
    const char *near = names ? ecs_nearest(name, names) : NULL;
    ecs_fail(e, -EINVAL, "there is no scenario \"%.80s\"", name);
    if (near)
        ecs_error_mend(e, "did you mean %s?", near);
    else
        ecs_error_mend(e, "see " ECS_PROGRAM " list");
    free(names);
    return -EINVAL;
}

int ecs_input_assign(const struct ecs_scenario *s, const char *text, struct ecs_values *values,
                     struct ecs_error *e)
{
    char *copy = strdup(text), *rest = copy;
    if (!copy)
        return ecs_fail(e, -ENOMEM, "out of memory");
    int rc = 0;
    for (char *one; rc == 0 && (one = strsep(&rest, ","));)
        rc = ecs_values_set(s, values, one, e);
    free(copy);
    return rc;
}

int ecs_input_set(const struct ecs_arguments *a, const struct ecs_scenario *s,
                  struct ecs_values *values, struct ecs_error *e)
{
    ecs_values_default(s, values);
    for (size_t i = 0; i < a->n_given; i++) {
        if (strcmp(a->given[i].option->name, "set") != 0)
            continue;
        int rc = ecs_input_assign(s, a->given[i].value, values, e);
        if (rc)
            return rc;
    }
    return 0;
}

int ecs_input_check(const struct ecs_scenario *s, const struct ecs_values *values,
                    struct ecs_error *e)
{
    int cpu, rc = ecs_values_check(s, values, e);
    int pin = ecs_param_index(s, ECS_PARAM_PIN_NAME);
    if (rc || pin < 0 || values->v[pin] != ECS_PIN_SMT)
        return rc;
    rc = ecs_place(ECS_PLACE_SMT, 1, &cpu, e);
    return rc < 0 ? rc : 0;
}

int ecs_input_metric(const struct ecs_scenario *s, const char *name, int *out,
                     struct ecs_error *e)
{
    const char *names[ECS_MAX_METRICS + 1] = { NULL };
    char all[200] = "";
    size_t used = 0;
    *out = ecs_metric_index(s, name);
    if (*out >= 0)
        return 0;
    for (size_t i = 0; i < s->n_metrics && i < ECS_MAX_METRICS; i++) {
        names[i] = s->metrics[i].name;
        int k = snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", names[i]);
        used += k > 0 && (size_t)k < sizeof all - used ? (size_t)k : 0;
    }
    ecs_fail(e, -EINVAL, "%s has no metric \"%.60s\"", s->name, name);
    const char *near = ecs_nearest(name, names);
    if (near)
        ecs_error_mend(e, "did you mean %s?", near);
    else
        ecs_error_mend(e, "it has %s", all);
    return -EINVAL;
}

/* ---- numbers ------------------------------------------------------------------------------- */

static bool time_unit(const char *text, double *ns)
{
    static const struct { const char *name; double ns; } units[] = {
        { "", 1e9 }, { "s", 1e9 }, { "ms", 1e6 }, { "us", 1e3 }, { "m", 60e9 }, { "min", 60e9 },
        { "h", 3600e9 },
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(text, units[i].name) == 0) {
            *ns = units[i].ns;
            return true;
        }
    }
    return false;
}

int ecs_input_time(const char *option, const char *text, uint64_t low, uint64_t high,
                   uint64_t *out, struct ecs_error *e)
{
    char *end, from[ECS_FORMAT_MAX], to[ECS_FORMAT_MAX];
    double unit, value;
    bool digit = isdigit((unsigned char)text[0]) || text[0] == '.' || text[0] == '-';
    value = digit ? strtod(text, &end) : NAN;
    if (!digit || end == text || !isfinite(value) || strpbrk(text, "xXpP")) {
        ecs_fail(e, -EINVAL, "--%s %.40s is not a time", option, text);
        ecs_error_mend(e, "write 2, 0.5, 500ms, 3min or 1h; a bare number is seconds");
        return -EINVAL;
    }
    if (!time_unit(end, &unit)) {
        ecs_fail(e, -EINVAL, "--%s %.40s: \"%.20s\" is no unit of time", option, text, end);
        ecs_error_mend(e, "use ms, s, min or h");
        return -EINVAL;
    }
    value *= unit;
    if (value < (double)low * 0.999999 || value > (double)high * 1.000001) {
        ecs_fail(e, -EINVAL, "--%s %.40s is out of range", option, text);
        ecs_error_mend(e, "use %s to %s", ecs_format_duration(low, from, sizeof from),
                       ecs_format_duration(high, to, sizeof to));
        return -EINVAL;
    }
    *out = (uint64_t)(value + 0.5);
    return 0;
}

int ecs_input_count(const char *option, const char *text, unsigned low, unsigned high,
                    unsigned *out, struct ecs_error *e)
{
    char *end;
    errno = 0;
    long v = isdigit((unsigned char)text[0]) ? strtol(text, &end, 10) : -1;
    if (v < 0 || *end || errno) {
        ecs_fail(e, -EINVAL, "--%s %.40s is not a number", option, text);
        ecs_error_mend(e, "use %u to %u", low, high);
        return -EINVAL;
    }
    if (v < (long)low || v > (long)high) {
        ecs_fail(e, -EINVAL, "--%s %.40s is out of range", option, text);
        ecs_error_mend(e, "use %u to %u", low, high);
        return -EINVAL;
    }
    *out = (unsigned)v;
    return 0;
}

enum ecs_format ecs_input_format(const struct ecs_arguments *a)
{
    enum ecs_format format = ECS_FORMAT_TEXT;
    for (size_t i = 0; i < a->n_given; i++) {
        const char *name = a->given[i].option->name, *value = a->given[i].value;
        if (strcmp(name, "json") == 0)
            format = ECS_FORMAT_JSON;
        else if (strcmp(name, "format") == 0)
            format = strcmp(value, "json") == 0 ? ECS_FORMAT_JSON
                     : strcmp(value, "csv") == 0 ? ECS_FORMAT_CSV
                     : strcmp(value, "gcc") == 0 ? ECS_FORMAT_GCC : ECS_FORMAT_TEXT;
    }
    return format;
}
