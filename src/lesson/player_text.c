#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/player_state.h"
#include "run/format.h"

/* ---- {names} in a sentence ------------------------------------------------------------------ */

static void put_bytes(double v, char *out, size_t size)
{
    if (v < 1024)
        ecs_format_number(v, out, size);
    else
        ecs_format_bytes((uint64_t)v, out, size);
}

/* A figure of the machine, of a scenario or of its parameters, with its unit where it has one. */
static void put_name(const struct ecs_player *p, const char *name, const char *selector,
                     char *out, size_t size)
{
    struct ecs_scope scope = {p, p->running};
    double v[ECS_STORE_WINDOWS];
    int i;
    long n = ecs_play_samples(&scope, name, selector, v, ECS_STORE_WINDOWS);
    double median = n > 0 ? ecs_estimate(v, (size_t)n).median : NAN;
    const struct ecs_block *b = ecs_play_metric(p, name, &i);
    size_t length = strlen(name);
    if (!isfinite(median))
        snprintf(out, size, "n/a");
    else if (b)
        ecs_format_si(median, b->scenario.scenario->metrics[i].unit, out, size);
    else if ((b = ecs_play_param(&scope, name, &i)))
        ecs_value_text(&b->scenario.scenario->params[i], (int64_t)median, out, size);
    else if (length > 6 && !strcmp(name + length - 6, "_bytes"))
        put_bytes(median, out, size);
    else
        ecs_format_number(median, out, size);
}

static void put(const struct ecs_player *p, const char *name, const struct ecs_answer *verdict,
                char *out, size_t size)
{
    static const char *const own[] = {"value", "low", "high"};
    const double v[] = {verdict ? verdict->value : NAN, verdict ? verdict->low : NAN,
                        verdict ? verdict->high : NAN};
    for (size_t i = 0; i < 3; i++)
        if (!strcmp(name, own[i])) {
            if (isfinite(v[i]))
                ecs_format_number(v[i], out, size);
            else
                snprintf(out, size, "n/a");
            return;
        }
    char plain[128], selector[128] = "";
    snprintf(plain, sizeof plain, "%.127s", name);
    char *open = strchr(plain, '['), *close = strrchr(plain, ']');
    if (open && close > open) {
        *close = *open = 0;
        snprintf(selector, sizeof selector, "%s", open + 1);
    }
    put_name(p, plain, selector, out, size);
}

/* Cuts a torn UTF-8 character off the end. */
static void trim(char *text, size_t n)
{
    size_t i = n;
    while (i && ((unsigned char)text[i - 1] & 0xC0) == 0x80)
        i--;
    if (!i || n - i > 3)
        return;
    unsigned char lead = (unsigned char)text[i - 1];
    size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (n - i + 1 < want)
        text[i - 1] = 0;
}

void ecs_play_fill(const struct ecs_player *p, const char *text, const struct ecs_answer *verdict,
                   char *out, size_t size)
{
    size_t n = 0;
    bool cut = false;
    while (*text && !cut) {
        char name[128], filled[96];
        size_t length = *text == '{' ? strcspn(text + 1, "{}") : 0;
        if (*text == '{' && length && length < sizeof name && text[length + 1] == '}') {
            snprintf(name, sizeof name, "%.*s", (int)length, text + 1);
            put(p, name, verdict, filled, sizeof filled);
            text += length + 2;
        } else {
            snprintf(filled, sizeof filled, "%c", *text++);
        }
        size_t w = strlen(filled);
        cut = n + w >= size;
        if (cut)
            w = size - 1 - n;
        memcpy(out + n, filled, w);
        n += w;
    }
    out[n] = 0;
    if (cut)
        trim(out, n);
}

/* ---- captions ------------------------------------------------------------------------------- */

const char *ecs_player_caption(const struct ecs_player *p)
{
    const struct ecs_block *b = ecs_player_scenario(p);
    if (!b || !ecs_player_chart_open(p))
        return NULL;
    struct ecs_scope scope = {p, b};
    struct ecs_environment env = ecs_play_environment(&scope);
    for (size_t i = 0; i < b->scenario.n_captions; i++) {
        const struct ecs_caption *c = &b->scenario.caption[i];
        double value = 0;
        if (!c->when || (!ecs_expression_eval(c->when, &env, &value, NULL, NULL, NULL) &&
                         value != 0))
            return c->text;
    }
    return NULL;
}
