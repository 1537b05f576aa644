/* The small language of `expect`, `caption` and `check`: numbers with units, + - * /,
 * comparisons, and/or/not, median min max p95 abs, and names such as
 *   s1.rate.total[stride=128]     samples of a metric under these values (others as `run:` has
 *                                 them)
 *   s1.rate.total[now]            clean samples under the values in force
 *   s1.param.stride  stride       a parameter in force (bare only in that scenario's captions)
 *   calib.line_bytes              a fact of the machine
 *   tagged                        a choice of the parameter it is compared with
 * A name with several samples stands for their median unless a function takes it. */
#ifndef ECS_LESSON_EXPRESSION_H
#define ECS_LESSON_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"

struct ecs_expression;

/* The world an expression is evaluated in. */
struct ecs_environment {
    /* Writes up to `n` samples of a name; returns how many there are (0: not measured yet), -1 if
     * unknown. */
    long (*samples)(void *arg, const char *name, const char *selector, double *out, size_t n);
    /* A choice word compared with parameter `name`: its index, or -1. */
    long (*choice)(void *arg, const char *name, const char *word);
    void *arg;
};

int ecs_expression_parse(const char *text, struct ecs_expression **out, struct ecs_error *e);
void ecs_expression_free(struct ecs_expression *x);
/* 0, or -ENODATA when a sample is still missing, -EDOM for a division by zero, -EINVAL for unknown
 * names. `low`, `high` (may be NULL): the interval that follows from the intervals of the samples'
 * medians. Booleans are 0 and 1. */
int ecs_expression_eval(const struct ecs_expression *x, const struct ecs_environment *env,
                        double *value, double *low, double *high, struct ecs_error *e);
/* Calls `see` for every name with its selector ("" if none): lint and measuring plans. */
void ecs_expression_names(const struct ecs_expression *x,
                          void (*see)(void *arg, const char *name, const char *selector),
                          void *arg);

#endif
