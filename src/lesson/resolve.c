/* Expressions of a lesson: parsed where they stand, looked up when all blocks are known. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/expression_tree.h"
#include "lesson/reader.h"
#include "lesson/reference.h"

#define MAX_PENDING 512

static bool remember(struct ecs_reader *r, struct ecs_expression *x, int line, const char *scope,
                     bool owned)
{
    if (r->n_pending == MAX_PENDING) {
        ecs_read_error(r, line, "split the lesson", "the lesson has more than %d expressions",
                       MAX_PENDING);
        return false;
    }
    struct ecs_pending *p = realloc(r->pending, (r->n_pending + 1) * sizeof *p);
    if (!p) {
        r->oom = true;
        return false;
    }
    r->pending = p;
    p[r->n_pending++] = (struct ecs_pending){.x = x, .line = line, .scope = scope, .owned = owned};
    return true;
}

static struct ecs_expression *parse(struct ecs_reader *r, int line, const char *text,
                                    const char *scope, bool owned)
{
    struct ecs_error e = {0};
    struct ecs_expression *x = NULL;
    if (ecs_expression_parse(text, &x, &e)) {
        ecs_read_failed(r, line, &e);
        return NULL;
    }
    if (remember(r, x, line, scope, owned))
        return x;
    ecs_expression_free(x);
    return NULL;
}

struct ecs_expression *ecs_read_expression(struct ecs_reader *r, int line, const char *text,
                                           const char *scope)
{
    return parse(r, line, text, scope, false);
}

static bool listed(const char *const *list, const char *word)
{
    for (; list && *list; list++)
        if (!strcmp(*list, word))
            return true;
    return false;
}

void ecs_read_placeholders(struct ecs_reader *r, int line, const char *text, const char *const *own,
                           const char *scope)
{
    for (const char *p = text; (p = strchr(p, '{'));) {
        const char *end = strchr(p, '}');
        if (!end) {
            ecs_read_error(r, line, "close it with }", "a '{' is not closed");
            return;
        }
        char *word = ecs_read_keep(r, p + 1, (size_t)(end - p - 1));
        if (word && !listed(own, word))
            parse(r, line, word, scope, true);
        free(word);
        p = end + 1;
    }
}

/* ---- looking up ---------------------------------------------------------------------------- */

/* The name is a choice word of the parameter on the other side of a comparison. */
static bool is_choice(const struct ecs_lesson *l, const struct ecs_block *scope,
                      const struct ecs_node *name, const struct ecs_node *word, struct ecs_error *e)
{
    struct ecs_reference ref;
    int64_t value;
    if (name->op != ECS_OP_NAME || word->op != ECS_OP_NAME || strchr(word->name, '.'))
        return false;
    if (ecs_reference_find(l, scope, name->name, &ref, NULL) || ref.kind != ECS_REF_PARAM)
        return false;
    const struct ecs_scenario *s = ref.block->scenario.scenario;
    return s->params[ref.index].kind == ECS_PARAM_CHOICE &&
           !ecs_value_parse(s, ref.index, word->name, &value, e);
}

static void look_up(struct ecs_reader *r, const struct ecs_pending *p,
                    const struct ecs_block *scope, const struct ecs_node *n)
{
    struct ecs_reference ref;
    struct ecs_error e = {0};
    int rc = ecs_reference_find(r->lesson, scope, n->name, &ref, &e);
    if (rc == -ENODATA)
        return;                       /* the scenario is unknown: said already */
    bool now;
    struct ecs_values values;
    if (!rc && *n->selector && ref.kind != ECS_REF_METRIC) {
        ecs_read_error(r, p->line, "take the brackets away",
                       "'%.60s' is no metric: it has one value only", n->name);
        return;
    }
    if (!rc && *n->selector)
        rc = ecs_selector_read(&ref.block->scenario, n->selector, &now, &values, &e);
    if (rc)
        ecs_read_failed(r, p->line, &e);
}

/* A misspelt choice is better told about the parameter's choices than about blocks. */
static void look_up_word(struct ecs_reader *r, const struct ecs_pending *p,
                         const struct ecs_block *scope, const struct ecs_node *name,
                         const struct ecs_node *word)
{
    struct ecs_error e = {0};
    if (!is_choice(r->lesson, scope, name, word, &e) && e.code)
        ecs_read_failed(r, p->line, &e);
}

static bool choice_side(const struct ecs_reader *r, const struct ecs_block *scope,
                        const struct ecs_node *name, const struct ecs_node *word)
{
    struct ecs_error e = {0};
    return is_choice(r->lesson, scope, name, word, &e) || e.code;
}

/* ---- units --------------------------------------------------------------------------------- */

static enum ecs_dimension dimension(struct ecs_reader *r, const struct ecs_pending *p,
                                    const struct ecs_block *scope, uint16_t index);

static enum ecs_dimension agree(struct ecs_reader *r, const struct ecs_pending *p,
                                enum ecs_dimension a, enum ecs_dimension b)
{
    if (a != b && a != ECS_DIM_PLAIN && b != ECS_DIM_PLAIN)
        ecs_read_error(r, p->line,
                       a == ECS_DIM_RATIO || b == ECS_DIM_RATIO
                           ? "write a ratio as a plain number: 0.9, 2, 4x"
                           : "write both in the same unit",
                       "%s does not go with %s", ecs_dimension_name(a), ecs_dimension_name(b));
    return a == ECS_DIM_PLAIN ? b : a;
}

static enum ecs_dimension dimension_of_many(struct ecs_reader *r, const struct ecs_pending *p,
                                            const struct ecs_block *scope, const struct ecs_node *n)
{
    enum ecs_dimension d = dimension(r, p, scope, n->arg[0]);
    for (uint16_t i = 1; i < n->n; i++)
        d = agree(r, p, d, dimension(r, p, scope, n->arg[i]));
    return d;
}

static enum ecs_dimension dimension(struct ecs_reader *r, const struct ecs_pending *p,
                                    const struct ecs_block *scope, uint16_t index)
{
    const struct ecs_node *n = &p->x->node[index];
    struct ecs_reference ref;
    switch (n->op) {
    case ECS_OP_NUMBER: return n->dim;
    case ECS_OP_NAME:
        return ecs_reference_find(r->lesson, scope, n->name, &ref, NULL)
                   ? ECS_DIM_PLAIN
                   : ecs_reference_dimension(&ref);
    case ECS_OP_DIV: {
        enum ecs_dimension a = dimension(r, p, scope, n->arg[0]),
                           b = dimension(r, p, scope, n->arg[1]);
        return a == b && a != ECS_DIM_PLAIN ? ECS_DIM_RATIO : ECS_DIM_PLAIN;
    }
    case ECS_OP_MUL:
    case ECS_OP_AND:
    case ECS_OP_OR:
    case ECS_OP_NOT:
        for (uint16_t i = 0; i < n->n; i++)
            dimension(r, p, scope, n->arg[i]);
        return ECS_DIM_PLAIN;
    default: break;
    }
    enum ecs_dimension d = dimension_of_many(r, p, scope, n);
    return ecs_is_comparison(n->op) ? ECS_DIM_PLAIN : d;
}

/* ---- all of it ----------------------------------------------------------------------------- */

static void resolve_one(struct ecs_reader *r, const struct ecs_pending *p)
{
    const struct ecs_block *scope = p->scope ? ecs_lesson_block(r->lesson, p->scope) : NULL;
    bool done[ECS_EXPRESSION_MAX_NODES] = {false};
    size_t errors = r->errors;
    if (p->scope && (!scope || scope->kind != ECS_BLOCK_SCENARIO || !scope->scenario.scenario))
        return;
    for (size_t i = 0; i < p->x->n; i++) {
        const struct ecs_node *n = &p->x->node[i];
        if (!ecs_is_comparison(n->op))
            continue;
        const struct ecs_node *left = &p->x->node[n->arg[0]], *right = &p->x->node[n->arg[1]];
        bool is_right = choice_side(r, scope, left, right);
        bool is_left = !is_right && choice_side(r, scope, right, left);
        if (is_right)
            look_up_word(r, p, scope, left, right);
        if (is_left)
            look_up_word(r, p, scope, right, left);
        done[n->arg[0]] |= is_left;
        done[n->arg[1]] |= is_right;
    }
    for (size_t i = 0; i < p->x->n; i++)
        if (p->x->node[i].op == ECS_OP_NAME && !done[i])
            look_up(r, p, scope, &p->x->node[i]);
    if (errors == r->errors)
        agree(r, p, p->band, dimension(r, p, scope, (uint16_t)(p->x->n - 1)));
}

void ecs_read_resolve(struct ecs_reader *r, bool check)
{
    for (size_t i = 0; i < r->n_pending; i++) {
        if (check)
            resolve_one(r, &r->pending[i]);
        if (r->pending[i].owned)
            ecs_expression_free(r->pending[i].x);
    }
    free(r->pending);
    r->pending = NULL;
    r->n_pending = 0;
}
