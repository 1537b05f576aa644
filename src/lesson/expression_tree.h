/* The tree behind ecs_expression, for the files of this folder that walk it: evaluation and the
 * check of units. Nodes lie in one array, children before parents; the root is the last one. */
#ifndef ECS_LESSON_EXPRESSION_TREE_H
#define ECS_LESSON_EXPRESSION_TREE_H

#include <stdint.h>

#include "lesson/expression.h"
#include "lesson/number.h"

#define ECS_EXPRESSION_MAX_TEXT 1000
#define ECS_EXPRESSION_MAX_NODES 200
#define ECS_EXPRESSION_MAX_DEPTH 40
#define ECS_EXPRESSION_MAX_ARGS 4

enum ecs_operation {
    ECS_OP_NUMBER, ECS_OP_NAME, ECS_OP_NEGATE, ECS_OP_NOT,
    ECS_OP_ADD, ECS_OP_SUB, ECS_OP_MUL, ECS_OP_DIV,
    ECS_OP_LT, ECS_OP_LE, ECS_OP_GT, ECS_OP_GE, ECS_OP_EQ, ECS_OP_NE,
    ECS_OP_AND, ECS_OP_OR,
    ECS_OP_MEDIAN, ECS_OP_MIN, ECS_OP_MAX, ECS_OP_P95, ECS_OP_ABS
};

struct ecs_node {
    enum ecs_operation op;
    enum ecs_dimension dim;                  /* NUMBER */
    double number;
    char *name, *selector;                   /* NAME; selector "" if there is none */
    uint16_t arg[ECS_EXPRESSION_MAX_ARGS];   /* indexes of the children */
    uint16_t n;
};

struct ecs_expression { struct ecs_node *node; size_t n; };

static inline const struct ecs_node *ecs_expression_root(const struct ecs_expression *x)
{
    return &x->node[x->n - 1];
}

static inline bool ecs_is_comparison(enum ecs_operation op)
{
    return op >= ECS_OP_LT && op <= ECS_OP_NE;
}

/* A value with the interval that it surely, or with the confidence of its samples, lies in. */
struct ecs_interval { double value, low, high; };

/* Gives a name its value; `function` is the function it stands in alone (p95(name)), or
 * ECS_OP_NAME. 0 or negative errno with a message. */
typedef int ecs_leaf(void *arg, const struct ecs_node *name, enum ecs_operation function,
                     struct ecs_interval *out, struct ecs_error *e);
/* Interval arithmetic over any leaves (R. E. Moore, Interval Analysis, 1966). `choice` as in
 * struct ecs_environment, may be NULL. */
int ecs_expression_interval(const struct ecs_expression *x, ecs_leaf *leaf,
                            long (*choice)(void *arg, const char *name, const char *word),
                            void *arg, struct ecs_interval *out, struct ecs_error *e);

#endif
