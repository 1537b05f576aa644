/* expect: what the figures should say, in three bands. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/reader.h"

const struct ecs_key ecs_keys_expect[] = {
    {"metric", true, false, "metric: s1.rate.total[stride=128] / s1.rate.total[stride=8]"},
    {"pass", true, false, "pass: >= 2.0"},
    {"weak", false, false, "weak: 1.15 .. 2.0"},
    {"else", true, false, "else: < 1.15"},
    {"say", true, true, "say pass: text"},
    {"fallback", false, false, "fallback: trace FILE.ecst, or fallback: none REASON"},
    {0},
};

struct band { double low, high; bool low_open, high_open; enum ecs_dimension dim; };

static const char band_mend[] = "write >= 2.0, > 2.0, < 1.15, <= 1.15, == 0 or 1.15 .. 2.0";

static bool read_end(struct ecs_reader *r, const struct ecs_field *f, const char *text,
                     struct band *b, double *out)
{
    struct ecs_error e = {0};
    enum ecs_dimension dim;
    if (ecs_number_text(text, out, &dim, &e)) {
        ecs_read_error(r, f->line, band_mend, "%s", e.what);
        return false;
    }
    if (dim != ECS_DIM_PLAIN)
        b->dim = dim;
    return true;
}

/* LOW .. HIGH holds LOW and not HIGH, so that bands may share an end. */
static bool read_between(struct ecs_reader *r, const struct ecs_field *f, const char *dots,
                         struct band *b)
{
    char *low = ecs_read_keep(r, f->value, (size_t)(dots - f->value));
    bool good = low && read_end(r, f, low, b, &b->low) && read_end(r, f, dots + 2, b, &b->high);
    free(low);
    if (good && !(b->low < b->high)) {
        ecs_read_error(r, f->line, band_mend, "the band '%.40s' is empty", f->value);
        return false;
    }
    b->high_open = true;
    return good;
}

static bool read_band(struct ecs_reader *r, const struct ecs_field *f, struct band *b)
{
    *b = (struct band){.low = -INFINITY, .high = INFINITY, .dim = ECS_DIM_PLAIN};
    const char *v = f->value, *dots = strstr(v, "..");
    if (dots)
        return read_between(r, f, dots, b);
    bool equal = v[0] == '=' && v[1] == '=', above = v[0] == '>', below = v[0] == '<';
    if (!equal && !above && !below) {
        ecs_read_error(r, f->line, band_mend, "'%.40s' is not a band", v);
        return false;
    }
    double end;
    bool closed = equal || v[1] == '=';
    if (!read_end(r, f, v + (closed ? 2 : 1), b, &end))
        return false;
    if (above || equal)
        b->low = end;
    if (below || equal)
        b->high = end;
    b->low_open = above && !closed;
    b->high_open = below && !closed;
    return true;
}

static void read_say(struct ecs_reader *r, const struct ecs_fields *f, struct ecs_expect *x)
{
    static const char *const bands[] = {"pass", "weak", "else", NULL};
    static const char *const own[] = {"value", "low", "high", NULL};
    char **slot[] = {&x->say_pass, &x->say_weak, &x->say_else};
    bool weak = ecs_field_get(f, "weak", NULL) != NULL;
    for (size_t i = 0; i < f->n; i++) {
        const struct ecs_field *s = &f->v[i];
        if (strcmp(s->key, "say"))
            continue;
        size_t k = 0;
        while (bands[k] && strcmp(bands[k], s->arg))
            k++;
        if (!bands[k])
            ecs_read_error(r, s->line, "say is for pass, weak or else",
                           "say for the unknown band '%.40s'", s->arg);
        else if (k == 1 && !weak)
            ecs_read_error(r, s->line, "add weak: LOW .. HIGH, or delete this",
                           "say weak without a weak band");
        else
            *slot[k] = ecs_read_keep(r, s->value, strlen(s->value));
        ecs_read_placeholders(r, s->line, s->value, own, NULL);
    }
    for (size_t k = 0; bands[k]; k++) {
        char mend[64];
        snprintf(mend, sizeof mend, "add say %s: text", bands[k]);
        if (!*slot[k] && (k != 1 || weak) && ecs_field_get(f, "say", NULL) &&
            !ecs_field_get(f, "say", bands[k]))
            ecs_read_error(r, f->line, mend, "nothing is said for the band '%s'", bands[k]);
    }
}

/* A plain file name: it is looked for in one folder only. */
static bool trace_name(const char *s)
{
    size_t n = strlen(s);
    return n > 5 && n < 100 && !strcmp(s + n - 5, ".ecst") && s[0] != '.' && !strpbrk(s, "/\\ \t");
}

static void read_fallback(struct ecs_reader *r, const struct ecs_field *f, struct ecs_expect *x)
{
    const char *p = f->value;
    size_t n = ecs_field_word(&p);
    const char *rest = p + n + strspn(p + n, " \t");
    if (n == 5 && !memcmp(p, "trace", 5)) {
        if (trace_name(rest))
            x->fallback_trace = ecs_read_keep(r, rest, strlen(rest));
        else
            ecs_read_error(r, f->line,
                           "name one file under assets/traces, such as false-sharing.ecst",
                           "'%.60s' is not the name of a trace", rest);
    } else if (n == 4 && !memcmp(p, "none", 4)) {
        if (*rest)
            x->fallback_why = ecs_read_keep(r, rest, strlen(rest));
        else
            ecs_read_error(r, f->line, "write fallback: none REASON",
                           "no reason why there is no fallback");
    } else {
        ecs_read_error(r, f->line, "write fallback: trace FILE.ecst, or fallback: none REASON",
                       "'%.60s' is not a fallback", f->value);
    }
}

static void read_bands(struct ecs_reader *r, const struct ecs_fields *f, struct ecs_expect *x,
                       enum ecs_dimension *dim)
{
    static const char *const keys[] = {"pass", "weak", "else"};
    struct band b[3];
    x->weak_low = x->weak_high = NAN;
    for (size_t i = 0; i < 3; i++) {
        const struct ecs_field *one = ecs_field_get(f, keys[i], NULL);
        b[i] = (struct band){.low = NAN, .high = NAN};
        if (one && read_band(r, one, &b[i]) && b[i].dim != ECS_DIM_PLAIN)
            *dim = b[i].dim;
    }
    x->pass_low = b[0].low;
    x->pass_high = b[0].high;
    x->pass_low_open = b[0].low_open;
    x->pass_high_open = b[0].high_open;
    x->weak_low = b[1].low;
    x->weak_high = b[1].high;
    x->weak_low_open = b[1].low_open;
    x->weak_high_open = b[1].high_open;
    x->else_low = b[2].low;
    x->else_high = b[2].high;
    x->else_low_open = b[2].low_open;
    x->else_high_open = b[2].high_open;
}

void ecs_read_expect(struct ecs_reader *r, const struct ecs_fields *f, struct ecs_block *b)
{
    struct ecs_expect *x = &b->expect;
    const struct ecs_field *metric = ecs_field_get(f, "metric", NULL);
    const struct ecs_field *fallback = ecs_field_get(f, "fallback", NULL);
    enum ecs_dimension dim = ECS_DIM_PLAIN;
    if (!r->predicted)
        ecs_read_error(r, f->line, "put a predict block before it",
                       "'expect' before any 'predict': the learner would see the answer first");
    read_bands(r, f, x, &dim);
    if (metric)
        x->metric = ecs_read_expression(r, metric->line, metric->value, NULL);
    if (x->metric && r->n_pending)
        r->pending[r->n_pending - 1].band = dim;
    read_say(r, f, x);
    if (fallback)
        read_fallback(r, fallback, x);
}
