#include "core/explore/choice.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = 32 };

/* "there is no …" with the nearest, or with all of them. */
static int unknown(const char *what, const char *word, const char *const *words,
                   struct ecs_error *e)
{
    char all[200] = "";
    size_t n = 0;
    ecs_fail(e, -EINVAL, "there is no %s \"%.60s\"", what, word);
    const char *near = ecs_nearest(word, words);
    for (size_t i = 0; words[i] && n < sizeof all; i++)
        n += (size_t)snprintf(all + n, sizeof all - n, "%s%s", i ? ", " : "", words[i]);
    if (near)
        ecs_error_mend(e, "did you mean %s?", near);
    else
        ecs_error_mend(e, "there is: %s", all);
    return -EINVAL;
}

int ecs_explore_word(const char *what, const char *word, const char *const *words, int *out,
                     struct ecs_error *e)
{
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], word) == 0) {
            *out = i;
            return 0;
        }
    }
    return unknown(what, word, words, e);
}

int ecs_explore_program(const char *name, struct ecs_search_options *o, struct ecs_error *e)
{
    const char *names[MAX_WORDS] = {NULL};
    o->program = ecs_program_find(name);
    if (!o->program) {
        for (size_t i = 0; ecs_programs()[i] && i < MAX_WORDS - 1; i++)
            names[i] = ecs_programs()[i]->name;
        return unknown("program", name, names, e);
    }
    for (size_t i = 0; i < o->program->n_params; i++)
        o->values[i] = o->program->params[i].def;
    return 0;
}

static int set_value(const struct ecs_program_param *p, const char *text, int *out,
                     struct ecs_error *e)
{
    char what[64], *end;
    if (p->choices) {
        snprintf(what, sizeof what, "%s", p->name);
        return ecs_explore_word(what, text, p->choices, out, e);
    }
    long v = strtol(text, &end, 10);
    if (end == text || *end || v < p->min || v > p->max)
        return ecs_fail(e, -EINVAL, "%s must be a number from %d to %d, not \"%.40s\"", p->name,
                        p->min, p->max, text);
    *out = (int)v;
    return 0;
}

static int assign_one(char *word, struct ecs_search_options *o, struct ecs_error *e)
{
    const struct ecs_program *p = o->program;
    const char *names[ECS_EXPLORE_MAX_PARAMS + 1] = {NULL};
    char *equals = strchr(word, '=');
    if (!equals)
        return ecs_fail(e, -EINVAL, "\"%.60s\" is not of the form NAME=VALUE", word);
    *equals = '\0';
    for (size_t i = 0; i < p->n_params; i++) {
        names[i] = p->params[i].name;
        if (strcmp(p->params[i].name, word) == 0)
            return set_value(&p->params[i], equals + 1, &o->values[i], e);
    }
    if (p->n_params == 0)
        return ecs_fail(e, -EINVAL, "%s has no parameters", p->name);
    return unknown("parameter", word, names, e);
}

int ecs_explore_assign(const char *text, struct ecs_search_options *o, struct ecs_error *e)
{
    char copy[200], *save;
    if ((size_t)snprintf(copy, sizeof copy, "%s", text) >= sizeof copy)
        return ecs_fail(e, -EINVAL, "the parameters are too long");
    for (char *w = strtok_r(copy, ",", &save); w; w = strtok_r(NULL, ",", &save)) {
        int rc = assign_one(w, o, e);
        if (rc)
            return rc;
    }
    return 0;
}

char *ecs_explore_value(const struct ecs_search_options *o, size_t i, char *out, size_t size)
{
    const struct ecs_program_param *p = &o->program->params[i];
    if (p->choices)
        snprintf(out, size, "%s", p->choices[o->values[i]]);
    else
        snprintf(out, size, "%d", o->values[i]);
    return out;
}

char *ecs_explore_head(const struct ecs_search_options *o, char *out, size_t size)
{
    char value[40];
    const struct ecs_program *p = o->program;
    size_t n = (size_t)snprintf(out, size, "%s", p->name);
    for (size_t i = 0; i < p->n_params && n < size; i++) {
        if (i > 0 && o->values[i] == p->params[i].def)
            continue;
        ecs_explore_value(o, i, value, sizeof value);
        n += (size_t)(i == 0 ? snprintf(out + n, size - n, "/%s", value)
                             : snprintf(out + n, size - n, ",%s=%s", p->params[i].name, value));
    }
    if (n < size)
        snprintf(out + n, size - n, "/%s", ecs_model_names[o->model]);
    return out;
}

int ecs_explore_read_head(const char *head, struct ecs_search_options *o, struct ecs_error *e)
{
    char copy[200], *save;
    int model = 0, rc;
    if ((size_t)snprintf(copy, sizeof copy, "%s", head) >= sizeof copy)
        return ecs_fail(e, -EINVAL, "what stands before the colon is too long");
    char *name = strtok_r(copy, "/", &save), *middle = strtok_r(NULL, "/", &save);
    char *last = strtok_r(NULL, "/", &save);
    if (!name || !middle || strtok_r(NULL, "/", &save)) {
        ecs_fail(e, -EINVAL, "\"%.80s\" is not of the form PROGRAM/PARAMETERS/MODEL", head);
        return -EINVAL;
    }
    if ((rc = ecs_explore_program(name, o, e)) != 0)
        return rc;
    if ((rc = ecs_explore_word("model", last ? last : middle, ecs_model_names, &model, e)) != 0)
        return rc;
    o->model = (enum ecs_model)model;
    if (!last)
        return 0;
    char *comma = strchr(middle, ',');
    if (comma)
        *comma = '\0';
    if (o->program->n_params == 0)
        return ecs_fail(e, -EINVAL, "%s has no parameters", name);
    if ((rc = set_value(&o->program->params[0], middle, &o->values[0], e)) != 0)
        return rc;
    return comma ? ecs_explore_assign(comma + 1, o, e) : 0;
}
