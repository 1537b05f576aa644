#include "run/trace_json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool ecs_json_int(const json_t *object, const char *key, int64_t low, int64_t high, int64_t *out)
{
    const json_t *v = json_object_get(object, key);
    if (!json_is_integer(v))
        return false;
    *out = json_integer_value(v);
    return *out >= low && *out <= high;
}

bool ecs_json_bool(const json_t *object, const char *key, bool *out)
{
    const json_t *v = json_object_get(object, key);
    *out = json_is_true(v);
    return !v || json_is_boolean(v);
}

bool ecs_json_number(const json_t *value, bool nan_too, double *out)
{
    *out = NAN;
    if (json_is_null(value))
        return nan_too;
    if (!json_is_number(value))
        return false;
    *out = json_number_value(value);
    return isfinite(*out);
}

void ecs_clean_text(char *text)
{
    for (unsigned char *p = (unsigned char *)text; *p; p++) {
        if (*p < 0x20 || *p == 0x7f)
            *p = ' ';
        else if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
            p[0] = p[1] = ' ';
    }
}

bool ecs_json_text(const json_t *object, const char *key, char *out, size_t size)
{
    const json_t *v = json_object_get(object, key);
    out[0] = '\0';
    if (!v)
        return true;
    if (!json_is_string(v))
        return false;
    size_t n = json_string_length(v);
    const char *text = json_string_value(v);
    if (n >= size) {
        n = size - 1;
        while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
            n--;
    }
    memcpy(out, text, n);
    out[n] = '\0';
    ecs_clean_text(out);
    return true;
}

bool ecs_json_u64(const json_t *value, uint64_t *out)
{
    *out = 0;
    if (json_is_integer(value)) {
        *out = (uint64_t)json_integer_value(value);
        return json_integer_value(value) >= 0;
    }
    const char *text = json_string_value(value);
    if (!text || strncmp(text, "0x", 2) != 0 || strlen(text) > 18 ||
        text[2 + strspn(text + 2, "0123456789abcdef")] != '\0')
        return false;
    *out = strtoull(text + 2, NULL, 16);
    return true;
}

json_t *ecs_json_from_u64(uint64_t value)
{
    char text[24];
    if (value <= INT64_MAX)
        return json_integer((json_int_t)value);
    snprintf(text, sizeof text, "0x%" PRIx64, value);
    return json_string(text);
}

json_t *ecs_json_from_text(const char *text)
{
    json_t *good = json_string(text);
    char *copy = good ? NULL : strdup(text);
    for (char *p = copy; p && *p; p++)
        if ((unsigned char)*p >= 0x80)
            *p = '?';
    if (copy)
        good = json_string(copy);
    free(copy);
    return good;
}

json_t *ecs_json_from_double(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}
