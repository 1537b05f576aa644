#include "lesson/lesson.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/reader.h"

static void free_choices(struct ecs_choice *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(c[i].id);
        free(c[i].text);
        free(c[i].why);
        free(c[i].seen);
    }
}

static void free_all(char **s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(s[i]);
}

static void free_scenario(struct ecs_scenario_block *s)
{
    for (size_t i = 0; i < s->n_captions; i++) {
        ecs_expression_free(s->caption[i].when);
        free(s->caption[i].text);
    }
}

static void free_expect(struct ecs_expect *x)
{
    ecs_expression_free(x->metric);
    free(x->say_pass);
    free(x->say_weak);
    free(x->say_else);
    free(x->fallback_trace);
    free(x->fallback_why);
}

void ecs_block_free(struct ecs_block *b)
{
    free(b->name);
    switch (b->kind) {
    case ECS_BLOCK_TEXT:
    case ECS_BLOCK_NOTES:
        free(b->text);
        break;
    case ECS_BLOCK_PREDICT:
        free(b->predict.ask);
        free_choices(b->predict.choice, b->predict.n);
        break;
    case ECS_BLOCK_SCENARIO:
        free_scenario(&b->scenario);
        break;
    case ECS_BLOCK_EXPECT:
        free_expect(&b->expect);
        break;
    case ECS_BLOCK_ASK:
        free(b->ask.ask);
        free_choices(b->ask.choice, b->ask.n);
        ecs_expression_free(b->ask.answer);
        free_all(b->ask.hint, b->ask.n_hints);
        break;
    case ECS_BLOCK_DO:
        free(b->task.task);
        ecs_expression_free(b->task.check);
        free_all(b->task.hint, b->task.n_hints);
        free(b->task.reveal);
        break;
    }
}

void ecs_lesson_free(struct ecs_lesson *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->n; i++) {
        for (size_t k = 0; k < l->step[i].n; k++)
            ecs_block_free(&l->step[i].block[k]);
        free(l->step[i].block);
        free(l->step[i].title);
    }
    free(l->step);
    free(l->path);
    free(l->id);
    free(l->title);
    free(l->objective);
    free(l->misconception);
    free(l->requires);
    free(l->outcome);
    free(l);
}

struct ecs_block *ecs_lesson_block(const struct ecs_lesson *l, const char *name)
{
    for (size_t i = 0; i < l->n; i++)
        for (size_t k = 0; k < l->step[i].n; k++) {
            struct ecs_block *b = &l->step[i].block[k];
            if (b->name && !strcmp(b->name, name))
                return b;
        }
    return NULL;
}

static bool within(double value, double low, bool low_open, double high, bool high_open)
{
    return (low_open ? value > low : value >= low) && (high_open ? value < high : value <= high);
}

enum ecs_band ecs_expect_band(const struct ecs_expect *x, double value)
{
    if (isnan(value))
        return ECS_BAND_UNKNOWN;
    if (within(value, x->pass_low, x->pass_low_open, x->pass_high, x->pass_high_open))
        return ECS_BAND_PASS;
    if (within(value, x->weak_low, x->weak_low_open, x->weak_high, x->weak_high_open))
        return ECS_BAND_WEAK;
    return ECS_BAND_ELSE;
}
