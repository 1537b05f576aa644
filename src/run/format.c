#include "run/format.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Digits after the point for three significant ones; a value of exact integers shows none. */
static int decimals(double magnitude)
{
    if (magnitude >= 99.95)
        return 0;
    return magnitude >= 9.995 ? 1 : 2;
}

char *ecs_format_number(double value, char *out, size_t size)
{
    double magnitude = fabs(value);
    if (isnan(value))
        snprintf(out, size, "-");
    else if (isinf(value))
        snprintf(out, size, value > 0 ? "inf" : "-inf");
    else if (magnitude < 1e15 && (magnitude >= 1e6 || value == floor(value)))
        snprintf(out, size, "%.0f", value);
    else if (magnitude >= 1e6 || magnitude < 0.005)
        snprintf(out, size, "%.3g", value);
    else
        snprintf(out, size, "%.*f", decimals(magnitude), value);
    return out;
}

struct scale { double divisor; const char *prefix; };

static const struct scale powers[] = {
    { 1, "" }, { 1e3, "k" }, { 1e6, "M" }, { 1e9, "G" }, { 1e12, "T" }, { 1e15, "P" },
};
static const struct scale times[] = {
    { 1, "ns" }, { 1e3, "us" }, { 1e6, "ms" }, { 1e9, "s" },
};

/* The largest step that leaves at least 1 after rounding to three digits. */
static struct scale choose(const struct scale *steps, size_t n, double magnitude)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (magnitude >= steps[i].divisor * 0.9995)
            best = i;
    return steps[best];
}

static struct scale scale_of(double value, const char *unit)
{
    double magnitude = isfinite(value) ? fabs(value) : 0;
    if (strncmp(unit, "ns", 2) == 0 && (unit[2] == '\0' || unit[2] == '/'))
        return choose(times, sizeof times / sizeof *times, magnitude);
    if (!unit[0] || unit[0] == '%' || strncmp(unit, "1/", 2) == 0 || unit[0] == 'x')
        return powers[0];
    if (magnitude < 1e5 && value == floor(value) && !strchr(unit, '/'))
        return powers[0];   /* a count of things: to the last one */
    return choose(powers, sizeof powers / sizeof *powers, magnitude);
}

static bool is_time(const struct scale *s)
{
    return s->prefix[0] && strchr("num", s->prefix[0]) && s->prefix[1] == 's';
}

static void put_unit(const struct scale *s, const char *unit, char *out, size_t size)
{
    bool time = is_time(s) || strcmp(s->prefix, "s") == 0;
    if (time)
        snprintf(out, size, "%s%s", s->prefix, unit + 2);
    else if (s->prefix[0])
        snprintf(out, size, "%s%s%s", s->prefix, unit[0] ? " " : "", unit);
    else
        snprintf(out, size, "%s", unit);
}

/* Once scaled, a figure keeps its three digits: 34.0 beside 34.1, not 34. */
static void put_scaled(double value, const struct scale *s, char *out, size_t size)
{
    double v = value / s->divisor;
    if (s->divisor > 1 && isfinite(v))
        snprintf(out, size, "%.*f", decimals(fabs(v)), v);
    else
        ecs_format_number(v, out, size);
}

void ecs_format_si_parts(double value, const char *unit, char *number, size_t number_size,
                         char *scaled_unit, size_t unit_size)
{
    struct scale s = scale_of(value, unit);
    put_scaled(value, &s, number, number_size);
    put_unit(&s, unit, scaled_unit, unit_size);
}

char *ecs_format_si(double value, const char *unit, char *out, size_t size)
{
    char number[32], scaled[ECS_FORMAT_MAX];
    if (isnan(value)) {
        snprintf(out, size, "-");
        return out;
    }
    ecs_format_si_parts(value, unit, number, sizeof number, scaled, sizeof scaled);
    snprintf(out, size, "%s%s%s", number, scaled[0] ? " " : "", scaled);
    return out;
}

char *ecs_format_si_like(double value, double scale, const char *unit, char *out, size_t size)
{
    struct scale s = scale_of(scale, unit);
    put_scaled(value, &s, out, size);
    return out;
}

char *ecs_format_bytes(uint64_t bytes, char *out, size_t size)
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    size_t i = 0;
    double v = (double)bytes;
    while (v >= 1023.5 && i + 1 < sizeof units / sizeof *units) {
        v /= 1024;
        i++;
    }
    if (v == floor(v))
        snprintf(out, size, "%.0f %s", v, units[i]);
    else
        snprintf(out, size, "%.*f %s", decimals(v), v, units[i]);
    return out;
}

static void trim_zeros(char *text)
{
    char *end = text + strlen(text);
    if (!strchr(text, '.'))
        return;
    while (end[-1] == '0')
        *--end = '\0';
    if (end[-1] == '.')
        end[-1] = '\0';
}

char *ecs_format_duration(uint64_t ns, char *out, size_t size)
{
    uint64_t s = ns / 1000000000u + (ns % 1000000000u >= 500000000u);
    if (s >= 60) {
        bool hours = s >= 3600;
        uint64_t large = hours ? s / 3600 : s / 60, small = hours ? s % 3600 / 60 : s % 60;
        int n = snprintf(out, size, "%" PRIu64 " %s", large, hours ? "h" : "min");
        if (small && n > 0 && (size_t)n < size)
            snprintf(out + n, size - (size_t)n, " %" PRIu64 " %s", small, hours ? "min" : "s");
    } else {
        char number[32];
        struct scale step = choose(times, sizeof times / sizeof *times, (double)ns);
        double v = (double)ns / step.divisor;
        snprintf(number, sizeof number, "%.*f", decimals(v), v);
        trim_zeros(number);
        snprintf(out, size, "%s %s", number, step.prefix);
    }
    return out;
}
