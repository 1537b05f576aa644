#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lesson/player_state.h"

/* ---- names ---------------------------------------------------------------------------------------- */

/* The scenario block that a name begins with, and what follows its dot. */
static const struct ecs_block *split(const struct ecs_player *p, const char *name, const char **rest)
{
    const char *dot = strchr(name, '.');
    if (!dot)
        return NULL;
    size_t n = (size_t)(dot - name);
    for (size_t i = 0; i < p->n_spots; i++) {
        const struct ecs_block *b = p->spot[i].block;
        if (b->kind == ECS_BLOCK_SCENARIO && b->name && strlen(b->name) == n && !memcmp(b->name, name, n)) {
            *rest = dot + 1;
            return b;
        }
    }
    return NULL;
}

const struct ecs_block *ecs_play_metric(const struct ecs_player *p, const char *name, int *metric)
{
    const char *rest;
    const struct ecs_block *b = split(p, name, &rest);
    if (!b)
        return NULL;
    *metric = ecs_metric_index(b->scenario.scenario, rest);
    return *metric < 0 ? NULL : b;
}

const struct ecs_block *ecs_play_param(const struct ecs_scope *scope, const char *name, int *param)
{
    const char *rest = name;
    const struct ecs_block *b = split(scope->p, name, &rest);
    if (b && strncmp(rest, "param.", 6))
        return NULL;
    rest = b ? rest + 6 : name;
    b = b ? b : scope->block;
    *param = b ? ecs_param_index(b->scenario.scenario, rest) : -1;
    return *param < 0 ? NULL : b;
}

static bool calibrated(const struct ecs_calibration *c, const char *name, double *value)
{
    const struct { const char *name; double value; } facts[] = {
        {"line_bytes", c->line_bytes}, {"cpus", c->cpus},         {"cores", c->cores},
        {"nodes", c->nodes},           {"l1d_bytes", c->l1d_bytes}, {"l2_bytes", c->l2_bytes},
        {"l3_bytes", c->l3_bytes},
    };
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (!strcmp(facts[i].name, name)) {
            *value = facts[i].value;
            return true;
        }
    return false;
}

/* ---- selectors --------------------------------------------------------------------------------------- */

/* The next "name=value" of a selector: spaces around '=' go, a comma or a space ends it. */
static size_t next_assignment(const char **text, char *out, size_t size)
{
    const char *s = *text + strspn(*text, " \t,");
    size_t n = 0;
    while (*s && *s != ',') {
        size_t blank = strspn(s, " \t");
        bool joined = s[blank] == '=' || (n && out[n - 1] == '=');
        if (blank && !joined)
            break;
        s += blank;
        if (!*s || *s == ',')
            break;
        if (n + 1 < size)
            out[n++] = *s;
        s++;
    }
    out[n] = 0;
    *text = s;
    return n;
}

/* In force where `block` is what runs, else what its next start will have. */
static const struct ecs_values *values_now(const struct ecs_player *p, const struct ecs_block *block)
{
    if (!p->running || p->running->scenario.scenario != block->scenario.scenario)
        return &block->scenario.values;
    return p->have_force ? &p->force : &p->wanted;
}

int ecs_play_select(const struct ecs_player *p, const struct ecs_block *block, const char *selector,
                    struct ecs_values *out, struct ecs_error *e)
{
    char one[96];
    if (!strcmp(selector, "now")) {
        *out = *values_now(p, block);
        return 0;
    }
    *out = block->scenario.values;
    while (next_assignment(&selector, one, sizeof one)) {
        int rc = ecs_values_set(block->scenario.scenario, out, one, e);
        if (rc)
            return rc;
    }
    return 0;
}

/* ---- the environment ---------------------------------------------------------------------------------- */

static long samples_now(const struct ecs_player *p, const struct ecs_block *block, int metric,
                        double *out, size_t n)
{
    const struct ecs_scenario *s = block->scenario.scenario;
    if (!p->running || p->running->scenario.scenario != s || p->force_clean < ECS_CLEAN_ENOUGH)
        return 0;
    const struct ecs_store_set *set = ecs_store_find(&p->store, s, &p->force);
    size_t fresh = n < p->force_clean ? n : p->force_clean;
    return set ? (long)ecs_store_samples(set, metric, out, fresh) : 0;
}

static long metric_samples(const struct ecs_player *p, const struct ecs_block *block, int metric,
                           const char *selector, double *out, size_t n)
{
    const struct ecs_scenario *s = block->scenario.scenario;
    struct ecs_values v;
    unsigned repeats;
    if (!strcmp(selector, "now"))
        return samples_now(p, block, metric, out, n);
    if (ecs_play_select(p, block, selector, &v, NULL))
        return -1;
    const struct ecs_side *side = ecs_play_measured(p, s, &v, &repeats);
    if (side)
        return (long)ecs_play_side_samples(side, repeats, metric, out, n);
    const struct ecs_store_set *set = ecs_store_find(&p->store, s, &v);
    if (!set || set->clean < ECS_CLEAN_ENOUGH)
        return 0;
    return (long)ecs_store_samples(set, metric, out, n);
}

long ecs_play_samples(void *arg, const char *name, const char *selector, double *out, size_t n)
{
    const struct ecs_scope *scope = arg;
    const struct ecs_player *p = scope->p;
    int index;
    double fact;
    if (!strncmp(name, "calib.", 6)) {
        if (!calibrated(&p->calib, name + 6, &fact))
            return -1;
        if (!n || !isfinite(fact))
            return 0;
        out[0] = fact;
        return 1;
    }
    const struct ecs_block *b = ecs_play_metric(p, name, &index);
    if (b)
        return metric_samples(p, b, index, selector, out, n);
    b = ecs_play_param(scope, name, &index);
    if (!b)
        return -1;
    if (n)
        out[0] = (double)values_now(p, b)->v[index];
    return n ? 1 : 0;
}

static long choice_index(void *arg, const char *name, const char *word)
{
    int index;
    const struct ecs_block *b = ecs_play_param(arg, name, &index);
    if (!b || b->scenario.scenario->params[index].kind != ECS_PARAM_CHOICE)
        return -1;
    const char *const *choices = b->scenario.scenario->params[index].choices;
    for (long i = 0; choices && choices[i]; i++)
        if (!strcmp(choices[i], word))
            return i;
    return -1;
}

struct ecs_environment ecs_play_environment(struct ecs_scope *scope)
{
    return (struct ecs_environment){ecs_play_samples, choice_index, scope};
}
