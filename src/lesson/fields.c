#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/reader.h"

#define MAX_FIELDS 64

static char *trim(char *s)
{
    s += strspn(s, " \t");
    size_t n = strlen(s);
    while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
        s[--n] = 0;
    return s;
}

static const struct ecs_key *key_named(const struct ecs_key *keys, const char *name)
{
    for (; keys->name; keys++)
        if (!strcmp(keys->name, name))
            return keys;
    return NULL;
}

static void unknown_key(struct ecs_reader *r, const char *kind, const char *key, int line,
                        const struct ecs_key *keys)
{
    const char *known[16] = {0};
    char all[160] = "keys are", mend[160];
    for (size_t i = 0; keys[i].name && i < 15; i++) {
        known[i] = keys[i].name;
        size_t n = strlen(all);
        snprintf(all + n, sizeof all - n, " %s", keys[i].name);
    }
    ecs_read_error(r, line, ecs_read_near(key, known, all, mend, sizeof mend),
                   "unknown key '%.40s' in '%s'", key, kind);
}

/* Repeated keys without an argument: only a hint may come again. */
static bool twice(const struct ecs_fields *f, const char *key, const char *arg)
{
    return strcmp(key, "hint") != 0 && ecs_field_get(f, key, arg) != NULL;
}

static void check_field(struct ecs_reader *r, const struct ecs_key *keys, struct ecs_fields *f,
                        const struct ecs_field *one)
{
    const struct ecs_key *k = key_named(keys, one->key);
    char mend[192];
    if (!k) {
        unknown_key(r, f->kind, one->key, one->line, keys);
        return;
    }
    f->seen |= 1u << (k - keys);
    snprintf(mend, sizeof mend, "write %s", k->usage);
    if (k->argument && !*one->arg)
        ecs_read_error(r, one->line, mend, "'%s' lacks the word before its colon", one->key);
    else if (!k->argument && *one->arg)
        ecs_read_error(r, one->line, mend, "'%s' takes nothing before its colon, got '%.40s'",
                       one->key, one->arg);
    else if (!*one->value)
        ecs_read_error(r, one->line, mend, "'%s' has no value", one->key);
    else if (twice(f, one->key, one->arg))
        ecs_read_error(r, one->line, "keep one of them", "'%s%s%.40s' appears twice in this block",
                       one->key, *one->arg ? " " : "", one->arg);
    else
        f->v[f->n++] = *one;
}

static void read_line(struct ecs_reader *r, const struct ecs_key *keys, struct ecs_fields *f,
                      char *text, int line)
{
    text = trim(text);
    if (!*text)
        return;
    char *colon = strchr(text, ':');
    size_t key = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    if (!colon || !key || (text[key] != ' ' && text[key] != '\t' && text[key] != ':')) {
        ecs_read_error(r, line, "every line of a block is key: value, on one line",
                       "'%.60s' is not key: value", text);
        return;
    }
    *colon = 0;
    char *arg = text + key;
    if (*arg)
        *arg++ = 0;
    struct ecs_field one = {.line = line, .key = text, .arg = trim(arg), .value = trim(colon + 1)};
    check_field(r, keys, f, &one);
}

static void check_missing(struct ecs_reader *r, const struct ecs_key *keys,
                          const struct ecs_fields *f)
{
    for (size_t i = 0; keys[i].name; i++) {
        if (!keys[i].required || f->seen >> i & 1)
            continue;
        char mend[192];
        snprintf(mend, sizeof mend, "add %s", keys[i].usage);
        ecs_read_error(r, f->line, mend, "'%s' lacks '%s'", f->kind, keys[i].name);
    }
}

/* A fence that was not closed swallows what follows: say that once, not for every line. */
static bool swallowed(struct ecs_reader *r, const struct ecs_fields *f, const char *text, int line)
{
    if (strncmp(text, "## ", 3) && strncmp(text, "```", 3))
        return false;
    char mend[96];
    r->unclosed = true;
    snprintf(mend, sizeof mend, "add a line ``` above line %d", line);
    ecs_read_error(r, f->line, mend, "this '%s' block is not closed", f->kind);
    return true;
}

void ecs_fields_read(struct ecs_reader *r, const char *kind, const char *literal, int line,
                     const struct ecs_key *keys, struct ecs_fields *out)
{
    *out = (struct ecs_fields){.kind = kind, .line = line};
    out->text = strdup(literal ? literal : "");
    out->v = calloc(MAX_FIELDS, sizeof *out->v);
    if (!out->text || !out->v) {
        r->oom = true;
        return;
    }
    int at = line + 1;
    for (char *p = out->text, *next; *p; p = next, at++) {
        size_t n = strcspn(p, "\n");
        next = p + n + (p[n] == '\n');
        p[n] = 0;
        if (swallowed(r, out, p, at))
            return;
        if (at - line > 2 * MAX_FIELDS || out->n >= MAX_FIELDS) {
            ecs_read_error(r, at, "make two blocks of it", "this '%s' block is too long", kind);
            return;
        }
        read_line(r, keys, out, p, at);
    }
    check_missing(r, keys, out);
}

void ecs_fields_free(struct ecs_fields *f)
{
    free(f->v);
    free(f->text);
    *f = (struct ecs_fields){0};
}

const struct ecs_field *ecs_field_get(const struct ecs_fields *f, const char *key, const char *arg)
{
    for (size_t i = 0; i < f->n; i++)
        if (!strcmp(f->v[i].key, key) && (!arg || !strcmp(f->v[i].arg, arg)))
            return &f->v[i];
    return NULL;
}

size_t ecs_field_word(const char **p)
{
    *p += strspn(*p, " \t");
    return strcspn(*p, " \t");
}

size_t ecs_field_split(char *s, char by, char **piece, size_t n)
{
    size_t count = 0;
    for (char *p = s; p; count++) {
        char *end = strchr(p, by);
        if (end)
            *end = 0;
        if (count < n)
            piece[count] = trim(p);
        p = end ? end + 1 : NULL;
    }
    return count;
}
