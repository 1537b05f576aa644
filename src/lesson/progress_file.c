#include "lesson/progress_file.h"

#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_LINE "ecscope-progress 1"

/* One table for writing and reading: key, kind, place, size. */
enum kind { TEXT, FLAG, WHOLE, SIZE, TIME, REAL };
struct field { const char *key; enum kind kind; size_t at, size; };
#define AT(type, key, kind, member) \
    {key, kind, offsetof(type, member), sizeof(((type *)0)->member)}
#define IN_ANSWERS(key, kind, member) AT(struct ecs_answers, key, kind, member)
#define IN_ANSWER(key, kind, member) AT(struct ecs_answer, key, kind, member)

static const struct field answers_fields[] = {
    IN_ANSWERS("lesson", TEXT, lesson),     IN_ANSWERS("step", SIZE, step),
    IN_ANSWERS("steps", SIZE, steps),       IN_ANSWERS("finished", FLAG, finished),
    IN_ANSWERS("when", TIME, when),
};
static const struct field answer_fields[] = {
    IN_ANSWER("choice", TEXT, choice),      IN_ANSWER("seen", TEXT, seen),
    IN_ANSWER("confidence", WHOLE, confidence), IN_ANSWER("hints", WHOLE, hints),
    IN_ANSWER("right", FLAG, right),        IN_ANSWER("done", FLAG, done),
    IN_ANSWER("revealed", FLAG, revealed),  IN_ANSWER("skipped", FLAG, skipped),
    IN_ANSWER("number", REAL, number),      IN_ANSWER("value", REAL, value),
    IN_ANSWER("low", REAL, low),            IN_ANSWER("high", REAL, high),
    IN_ANSWER("band", TEXT, band),          IN_ANSWER("say", TEXT, say),
    IN_ANSWER("toggles", TEXT, toggles),
};
#define COUNT(a) (sizeof(a) / sizeof *(a))

struct ecs_answer *ecs_answer_get(struct ecs_answers *a, const char *block, bool make)
{
    for (size_t i = 0; i < a->n && i < ECS_MAX_ANSWERS; i++)
        if (!strncmp(a->v[i].block, block, sizeof a->v[i].block - 1))
            return &a->v[i];
    if (!make || a->n >= ECS_MAX_ANSWERS)
        return NULL;
    struct ecs_answer *made = &a->v[a->n++];
    *made = (struct ecs_answer){.number = NAN, .value = NAN, .low = NAN, .high = NAN};
    snprintf(made->block, sizeof made->block, "%s", block);
    return made;
}

/* ---- writing -------------------------------------------------------------------------------- */

/* A value is one line: what would break it, and what no editor shows, is written as \xHH. */
static void write_text(FILE *f, const char *s)
{
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c < ' ' || c == 0x7F || c == '\\')
            fprintf(f, "\\x%02x", c);
        else
            putc(c, f);
    }
}

static void write_field(FILE *f, const struct field *d, const void *record)
{
    const char *v = (const char *)record + d->at;
    fprintf(f, "%s: ", d->key);
    switch (d->kind) {
    case TEXT:  write_text(f, v); break;
    case FLAG:  fputs(*(const bool *)v ? "yes" : "no", f); break;
    case WHOLE: fprintf(f, "%u", *(const unsigned *)v); break;
    case SIZE:  fprintf(f, "%zu", *(const size_t *)v); break;
    case TIME:  fprintf(f, "%jd", (intmax_t)*(const time_t *)v); break;
    case REAL:  fprintf(f, "%.17g", *(const double *)v); break;
    }
    putc('\n', f);
}

/* Nothing is said about what is empty, so that a file stays readable. */
static bool is_empty(const struct field *d, const struct ecs_answer *a)
{
    const char *v = (const char *)a + d->at;
    switch (d->kind) {
    case TEXT:  return !*v;
    case FLAG:  return !*(const bool *)v;
    case WHOLE: return !*(const unsigned *)v;
    case REAL:  return isnan(*(const double *)v);
    default:    return false;
    }
}

static void write_all(FILE *f, const struct ecs_answers *a)
{
    fputs(FIRST_LINE "\n", f);
    for (size_t i = 0; i < COUNT(answers_fields); i++)
        write_field(f, &answers_fields[i], a);
    for (size_t k = 0; k < a->n && k < ECS_MAX_ANSWERS; k++) {
        fputs("\nanswer: ", f);
        write_text(f, a->v[k].block);
        putc('\n', f);
        for (size_t i = 0; i < COUNT(answer_fields); i++)
            if (!is_empty(&answer_fields[i], &a->v[k]))
                write_field(f, &answer_fields[i], &a->v[k]);
    }
    fputs("end\n", f);
}

/* Numbers with a point, whatever language the program speaks. */
static locale_t plain_numbers(locale_t *old)
{
    locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    *old = c ? uselocale(c) : (locale_t)0;
    return c;
}

static void usual_numbers(locale_t c, locale_t old)
{
    if (!c)
        return;
    uselocale(old);
    freelocale(c);
}

char *ecs_progress_write(const struct ecs_answers *a, size_t *size)
{
    char *text = NULL;
    FILE *f = open_memstream(&text, size);
    if (!f)
        return NULL;
    locale_t old, c = plain_numbers(&old);
    write_all(f, a);
    usual_numbers(c, old);
    bool bad = ferror(f);
    if (fclose(f) || bad) {
        free(text);
        return NULL;
    }
    return text;
}

/* ---- reading -------------------------------------------------------------------------------- */

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int read_text(const char *s, char *out, size_t size)
{
    size_t n = 0;
    for (; *s; s++) {
        char c = *s;
        if (c == '\\') {
            int high = s[1] == 'x' ? hex(s[2]) : -1, low = high < 0 ? -1 : hex(s[3]);
            if (low < 0)
                return -EINVAL;
            c = (char)(high * 16 + low);
            s += 3;
        }
        if (!c || n + 1 >= size)
            return -EINVAL;
        out[n++] = c;
    }
    out[n] = 0;
    return 0;
}

static int read_whole(const char *s, uintmax_t max, uintmax_t *out)
{
    char *end;
    errno = 0;
    *out = strtoumax(s, &end, 10);
    return *s < '0' || *s > '9' || *end || errno || *out > max ? -EINVAL : 0;
}

static int read_field(const struct field *d, const char *s, void *record)
{
    char *v = (char *)record + d->at, *end;
    uintmax_t n;
    switch (d->kind) {
    case TEXT:
        return read_text(s, v, d->size);
    case FLAG:
        *(bool *)v = !strcmp(s, "yes");
        return !strcmp(s, "yes") || !strcmp(s, "no") ? 0 : -EINVAL;
    case REAL:
        *(double *)v = strtod(s, &end);
        return end == s || *end ? -EINVAL : 0;
    case WHOLE:
        if (read_whole(s, INT32_MAX, &n))
            return -EINVAL;
        *(unsigned *)v = (unsigned)n;
        return 0;
    case SIZE:
        if (read_whole(s, INT32_MAX, &n))
            return -EINVAL;
        *(size_t *)v = (size_t)n;
        return 0;
    case TIME:
        if (read_whole(s, INT64_MAX, &n))
            return -EINVAL;
        *(time_t *)v = (time_t)n;
        return 0;
    }
    return -EINVAL;
}

struct reader { struct ecs_answers *a; struct ecs_answer *answer; bool ended; };

static int read_line(struct reader *r, char *line)
{
    if (!*line)
        return 0;
    if (!strcmp(line, "end")) {
        r->ended = true;
        return 0;
    }
    char *colon = strstr(line, ": ");
    if (!colon)
        return -EINVAL;
    *colon = 0;
    const char *value = colon + 2;
    if (!strcmp(line, "answer")) {
        char name[sizeof r->answer->block];
        if (read_text(value, name, sizeof name) || !*name || ecs_answer_get(r->a, name, false))
            return -EINVAL;
        r->answer = ecs_answer_get(r->a, name, true);
        return r->answer ? 0 : -EINVAL;
    }
    const struct field *d = r->answer ? answer_fields : answers_fields;
    size_t n = r->answer ? COUNT(answer_fields) : COUNT(answers_fields);
    void *record = r->answer ? (void *)r->answer : (void *)r->a;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(d[i].key, line))
            return read_field(&d[i], value, record);
    return 0;
}

static int read_lines(struct reader *r, char *text, int *line)
{
    char *next = strchr(text, '\n');
    *line = 1;
    if (!next || (size_t)(next - text) != strlen(FIRST_LINE) ||
        memcmp(text, FIRST_LINE, strlen(FIRST_LINE)))
        return -EINVAL;
    for (char *at = next + 1; *at && !r->ended; at = next + 1) {
        next = strchr(at, '\n');
        ++*line;
        if (!next)
            return -EINVAL;
        *next = 0;
        if (read_line(r, at))
            return -EINVAL;
    }
    return r->ended ? 0 : -EINVAL;
}

int ecs_progress_parse(char *text, size_t size, const char *lesson, struct ecs_answers *out,
                       struct ecs_error *e)
{
    struct reader r = {.a = out};
    int line = 1;
    *out = (struct ecs_answers){0};
    if (memchr(text, 0, size))
        return ecs_fail(e, -EINVAL, "it is not a text");
    locale_t old, c = plain_numbers(&old);
    int rc = read_lines(&r, text, &line);
    usual_numbers(c, old);
    if (rc)
        ecs_fail(e, rc, line == 1 ? "it does not begin with '" FIRST_LINE "'"
                                  : "line %d is not understood", line);
    else if (strcmp(out->lesson, lesson))
        rc = ecs_fail(e, -EINVAL, "it is about another lesson");
    if (rc)
        *out = (struct ecs_answers){0};
    return rc;
}
