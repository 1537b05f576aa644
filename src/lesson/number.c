#include "lesson/number.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

static const struct unit { const char *name; double scale; enum ecs_dimension dim; } units[] = {
    {"ns", 1, ECS_DIM_TIME},
    {"us", 1e3, ECS_DIM_TIME},
    {"ms", 1e6, ECS_DIM_TIME},
    {"s", 1e9, ECS_DIM_TIME},
    {"K", 1024, ECS_DIM_PLAIN},
    {"M", 1048576, ECS_DIM_PLAIN},
    {"G", 1073741824, ECS_DIM_PLAIN},
    {"%", 1, ECS_DIM_PERCENT},
    {"x", 1, ECS_DIM_PLAIN},
    {"B", 1, ECS_DIM_BYTES},
    {"KiB", 1024, ECS_DIM_BYTES},
    {"MiB", 1048576, ECS_DIM_BYTES},
    {"GiB", 1073741824, ECS_DIM_BYTES},
};
enum { N_UNITS = sizeof units / sizeof *units };

const char *ecs_dimension_name(enum ecs_dimension d)
{
    switch (d) {
    case ECS_DIM_TIME: return "a time";
    case ECS_DIM_PERCENT: return "a percentage";
    case ECS_DIM_BYTES: return "a size in bytes";
    case ECS_DIM_RATE: return "a rate";
    case ECS_DIM_RATIO: return "a ratio";
    case ECS_DIM_PLAIN: break;
    }
    return "a plain number";
}

enum ecs_dimension ecs_dimension_of(const char *unit)
{
    if (!unit)
        return ECS_DIM_PLAIN;
    if (!strcmp(unit, "%"))
        return ECS_DIM_PERCENT;
    if (!strncmp(unit, "ns", 2))
        return ECS_DIM_TIME;
    size_t n = strlen(unit);
    if (n > 2 && !strcmp(unit + n - 2, "/s"))
        return ECS_DIM_RATE;
    return !strcmp(unit, "B") || !strcmp(unit, "bytes") ? ECS_DIM_BYTES : ECS_DIM_PLAIN;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t word_length(const char *s)
{
    size_t n = 0;
    while (letter(s[n]) || (n && digit(s[n])))
        n++;
    return n;
}

/* At most 15 significant digits and a power of ten up to 22: then one division is rounded
 * correctly (Clinger, How to Read Floating Point Numbers Accurately, PLDI 1990). */
static int digits(const char **p, double *value, struct ecs_error *e)
{
    double mantissa = 0, scale = 1;
    int used = 0, seen = 0;
    bool point = false;
    const char *s = *p;
    for (; digit(*s) || (*s == '.' && !point && digit(s[1])); s++) {
        if (*s == '.') {
            point = true;
            continue;
        }
        seen++;
        mantissa = mantissa * 10 + (*s - '0');
        used += used > 0 || *s != '0';
        scale *= point ? 10 : 1;
        if (used > 15 || seen > 22)
            return ecs_fail(e, -EINVAL, "a number has too many digits");
    }
    if (!seen)
        return ecs_fail(e, -EINVAL, "a number is missing");
    *value = mantissa / scale;
    *p = s;
    return 0;
}

static const struct unit *unit_named(const char *s, size_t n)
{
    for (size_t i = 0; i < N_UNITS; i++)
        if (strlen(units[i].name) == n && !memcmp(units[i].name, s, n))
            return &units[i];
    return NULL;
}

static int bad_unit(const char *s, size_t n, struct ecs_error *e)
{
    const char *known[N_UNITS + 1] = {0};
    for (size_t i = 0; i < N_UNITS; i++)
        known[i] = units[i].name;
    char word[24];
    n = n < sizeof word - 1 ? n : sizeof word - 1;
    memcpy(word, s, n);
    word[n] = 0;
    const char *near = ecs_nearest(word, known);
    ecs_fail(e, -EINVAL, "unknown unit '%s'", word);
    if (near)
        ecs_error_mend(e, "did you mean '%s'? Units are ns us ms s K M G %% x B KiB", near);
    else
        ecs_error_mend(e, "units are ns us ms s K M G %% x B KiB MiB GiB");
    return -EINVAL;
}

/* Words that may follow a number without being its unit. */
static bool follows(const char *s, size_t n)
{
    return (n == 3 && !memcmp(s, "and", 3)) || (n == 2 && !memcmp(s, "or", 2)) ||
           (n == 6 && !memcmp(s, "warmup", 6));
}

int ecs_number_read(const char **p, double *value, enum ecs_dimension *dim, struct ecs_error *e)
{
    int rc = digits(p, value, e);
    if (rc)
        return rc;
    if (dim)
        *dim = ECS_DIM_PLAIN;
    const char *s = *p + strspn(*p, " \t");
    size_t n = *s == '%' ? 1 : word_length(s);
    if (!n)
        return 0;
    const struct unit *u = unit_named(s, n);
    if (!u && s > *p && follows(s, n))
        return 0;
    if (!u)
        return bad_unit(s, n, e);
    *value *= u->scale;
    if (dim)
        *dim = u->dim;
    *p = s + n;
    return 0;
}

int ecs_number_text(const char *text, double *value, enum ecs_dimension *dim, struct ecs_error *e)
{
    const char *p = text + strspn(text, " \t");
    bool minus = *p == '-';
    p += minus;
    if (!strncmp(p, "inf", 3) && !letter(p[3])) {
        p += 3;
        *value = INFINITY;
        if (dim)
            *dim = ECS_DIM_PLAIN;
    } else {
        int rc = ecs_number_read(&p, value, dim, e);
        if (rc) {
            if (e && !*e->mend)
                ecs_error_mend(e, "write digits with an optional unit: 4, 0.3s, 90 %%, 4K");
            return rc;
        }
    }
    if (p[strspn(p, " \t")]) {
        ecs_fail(e, -EINVAL, "'%.40s' is not a number", text);
        ecs_error_mend(e, "write digits with an optional unit: 4, 0.3s, 90 %%, 4K");
        return -EINVAL;
    }
    if (minus)
        *value = -*value;
    return 0;
}
