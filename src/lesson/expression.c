#include "lesson/expression.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/expression_tree.h"

/* Precedence climbing (M. Richards and C. Whitby-Strevens, BCPL, 1979; V. Pratt, Top Down
 * Operator Precedence, 1973): one function for all binary operators, bounded in depth. */

struct parser {
    const char *p;
    struct ecs_expression *x;
    struct ecs_error *e;
    int depth;
};

enum { LEVEL_OR = 1, LEVEL_AND, LEVEL_NOT, LEVEL_COMPARE, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_UNARY };

static const struct operator { const char *text; int level; enum ecs_operation op; } operators[] = {
    {"or", LEVEL_OR, ECS_OP_OR},       {"and", LEVEL_AND, ECS_OP_AND},
    {"<=", LEVEL_COMPARE, ECS_OP_LE},  {">=", LEVEL_COMPARE, ECS_OP_GE},
    {"==", LEVEL_COMPARE, ECS_OP_EQ},  {"!=", LEVEL_COMPARE, ECS_OP_NE},
    {"<", LEVEL_COMPARE, ECS_OP_LT},   {">", LEVEL_COMPARE, ECS_OP_GT},
    {"+", LEVEL_SUM, ECS_OP_ADD},      {"-", LEVEL_SUM, ECS_OP_SUB},
    {"*", LEVEL_PRODUCT, ECS_OP_MUL},  {"/", LEVEL_PRODUCT, ECS_OP_DIV},
};

static const struct function { const char *name; enum ecs_operation op; } functions[] = {
    {"median", ECS_OP_MEDIAN}, {"min", ECS_OP_MIN}, {"max", ECS_OP_MAX},
    {"p95", ECS_OP_P95},       {"abs", ECS_OP_ABS},
};

static int parse_level(struct parser *p, int level, uint16_t *out);

static bool name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool name_char(char c)
{
    return name_start(c) || (c >= '0' && c <= '9') || c == '.';
}

/* A hyphen belongs to a name when it stands between two of its characters: two-level. */
static size_t name_length(const char *s)
{
    if (!name_start(*s))
        return 0;
    size_t n = 1;
    while (name_char(s[n]) || (s[n] == '-' && name_char(s[n + 1])))
        n++;
    return n;
}

static void skip(struct parser *p)
{
    p->p += strspn(p->p, " \t");
}

static int fail(struct parser *p, const char *what, const char *mend)
{
    ecs_fail(p->e, -EINVAL, "%s", what);
    ecs_error_mend(p->e, "%s", mend);
    return -EINVAL;
}

static int unexpected(struct parser *p)
{
    skip(p);
    if (!*p->p)
        return fail(p, "the expression ends too early", "a number or a name is missing at its end");
    if (*p->p == '=')
        return fail(p, "a single '=' compares nothing", "write == to compare");
    ecs_fail(p->e, -EINVAL, "'%.20s' is not expected here", p->p);
    ecs_error_mend(p->e, "an expression is made of numbers, names, + - * /, comparisons, "
                         "and, or, not, median min max p95 abs");
    return -EINVAL;
}

static int add(struct parser *p, const struct ecs_node *node, uint16_t *out)
{
    if (p->x->n >= ECS_EXPRESSION_MAX_NODES)
        return fail(p, "the expression is too long", "use two expect blocks");
    *out = (uint16_t)p->x->n;
    p->x->node[p->x->n++] = *node;
    return 0;
}

static const struct operator *operator_here(const char *s)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t n = strlen(operators[i].text);
        if (strncmp(s, operators[i].text, n))
            continue;
        if (name_start(*s) && name_length(s) != n)
            continue;
        return &operators[i];
    }
    return NULL;
}

static int parse_selector(struct parser *p, struct ecs_node *node)
{
    const char *end = strchr(p->p, ']');
    size_t n = end ? (size_t)(end - p->p - 1) : 0;
    if (!end)
        return fail(p, "a '[' is not closed", "add ']' behind the values: [stride=128]");
    const char *s = p->p + 1;
    while (n && (*s == ' ' || *s == '\t'))
        s++, n--;
    while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
        n--;
    if (!n)
        return fail(p, "empty brackets", "write [now], or values such as [stride=128]");
    p->p = end + 1;
    free(node->selector);
    node->selector = strndup(s, n);
    return node->selector ? 0 : -ENOMEM;
}

static int parse_call(struct parser *p, enum ecs_operation op, uint16_t *out)
{
    struct ecs_node node = {.op = op};
    do {
        p->p++;                       /* the bracket or the comma */
        if (node.n == ECS_EXPRESSION_MAX_ARGS)
            return fail(p, "too many values in brackets", "four are allowed");
        int rc = parse_level(p, LEVEL_OR, &node.arg[node.n]);
        if (rc)
            return rc;
        node.n++;
        skip(p);
    } while (*p->p == ',');
    if (*p->p != ')')
        return fail(p, "a '(' is not closed", "add ')'");
    p->p++;
    if (node.n > 1 && op != ECS_OP_MIN && op != ECS_OP_MAX)
        return fail(p, "this function takes one value", "only min and max take several");
    if (op == ECS_OP_P95 && p->x->node[node.arg[0]].op != ECS_OP_NAME)
        return fail(p, "p95 needs samples", "put a metric into its brackets");
    return add(p, &node, out);
}

static int parse_name(struct parser *p, uint16_t *out)
{
    size_t n = name_length(p->p);
    const char *s = p->p;
    p->p += n;
    const char *after = p->p + strspn(p->p, " \t");
    if (*after == '(') {
        for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
            if (strlen(functions[i].name) == n && !memcmp(functions[i].name, s, n)) {
                p->p = after;
                return parse_call(p, functions[i].op, out);
            }
        ecs_fail(p->e, -EINVAL, "unknown function '%.*s'", (int)(n < 30 ? n : 30), s);
        ecs_error_mend(p->e, "functions are median min max p95 abs");
        return -EINVAL;
    }
    struct ecs_node node = {.op = ECS_OP_NAME, .name = strndup(s, n), .selector = strdup("")};
    int rc = node.name && node.selector ? 0 : -ENOMEM;
    if (!rc && *p->p == '[')
        rc = parse_selector(p, &node);
    if (!rc)
        rc = add(p, &node, out);
    if (rc) {
        free(node.name);
        free(node.selector);
    }
    return rc;
}

static int parse_number(struct parser *p, uint16_t *out)
{
    struct ecs_node node = {.op = ECS_OP_NUMBER};
    int rc = ecs_number_read(&p->p, &node.number, &node.dim, p->e);
    if (rc) {
        if (p->e && !*p->e->mend)
            ecs_error_mend(p->e, "write at most 15 digits");
        return rc;
    }
    return add(p, &node, out);
}

static int parse_prefix(struct parser *p, enum ecs_operation op, size_t length, int level,
                        uint16_t *out)
{
    struct ecs_node node = {.op = op, .n = 1};
    p->p += length;
    int rc = parse_level(p, level, &node.arg[0]);
    return rc ? rc : add(p, &node, out);
}

static int parse_primary(struct parser *p, int level, uint16_t *out)
{
    skip(p);
    if (*p->p == '-')
        return parse_prefix(p, ECS_OP_NEGATE, 1, LEVEL_UNARY, out);
    if (*p->p >= '0' && *p->p <= '9')
        return parse_number(p, out);
    if (*p->p == '(') {
        p->p++;
        int rc = parse_level(p, LEVEL_OR, out);
        skip(p);
        if (!rc && *p->p != ')')
            return fail(p, "a '(' is not closed", "add ')'");
        p->p += !rc;
        return rc;
    }
    if (name_length(p->p) == 3 && !memcmp(p->p, "not", 3)) {
        if (level > LEVEL_NOT)
            return fail(p, "'not' stands inside a sum or comparison",
                        "put it into brackets: (not a)");
        return parse_prefix(p, ECS_OP_NOT, 3, LEVEL_NOT, out);
    }
    if (name_start(*p->p) && !operator_here(p->p))
        return parse_name(p, out);
    return unexpected(p);
}

static int parse_binary(struct parser *p, int level, uint16_t *out)
{
    bool compared = false;
    int rc = parse_primary(p, level, out);
    while (!rc) {
        skip(p);
        const struct operator *o = operator_here(p->p);
        if (!o || o->level < level)
            return 0;
        struct ecs_node node = {.op = o->op, .n = 2, .arg = {*out}};
        if (o->level == LEVEL_COMPARE && compared)
            return fail(p, "two comparisons in a row", "join them: a < b and b < c");
        compared = o->level == LEVEL_COMPARE;
        p->p += strlen(o->text);
        rc = parse_level(p, o->level + 1, &node.arg[1]);
        if (!rc)
            rc = add(p, &node, out);
    }
    return rc;
}

static int parse_level(struct parser *p, int level, uint16_t *out)
{
    if (p->depth >= ECS_EXPRESSION_MAX_DEPTH)
        return fail(p, "the expression is nested too deeply", "take some brackets away");
    p->depth++;
    int rc = parse_binary(p, level, out);
    p->depth--;
    return rc;
}

static int parse_all(struct parser *p)
{
    uint16_t root;
    int rc = parse_level(p, LEVEL_OR, &root);
    if (rc)
        return rc;
    skip(p);
    if (*p->p)
        return unexpected(p);
    return 0;
}

int ecs_expression_parse(const char *text, struct ecs_expression **out, struct ecs_error *e)
{
    *out = NULL;
    struct ecs_expression *x = calloc(1, sizeof *x);
    if (x)
        x->node = calloc(ECS_EXPRESSION_MAX_NODES, sizeof *x->node);
    if (!x || !x->node) {
        free(x);
        return ecs_fail(e, -ENOMEM, "out of memory");
    }
    struct parser p = {.p = text, .x = x, .e = e};
    int rc = strlen(text) > ECS_EXPRESSION_MAX_TEXT
                 ? fail(&p, "the expression is too long", "use two expect blocks")
                 : parse_all(&p);
    if (rc) {
        ecs_expression_free(x);
        return rc == -ENOMEM ? ecs_fail(e, rc, "out of memory") : rc;
    }
    struct ecs_node *tight = realloc(x->node, x->n * sizeof *x->node);
    if (tight)
        x->node = tight;
    *out = x;
    return 0;
}

void ecs_expression_free(struct ecs_expression *x)
{
    if (!x)
        return;
    for (size_t i = 0; i < x->n; i++) {
        free(x->node[i].name);
        free(x->node[i].selector);
    }
    free(x->node);
    free(x);
}

void ecs_expression_names(const struct ecs_expression *x,
                          void (*see)(void *arg, const char *name, const char *selector), void *arg)
{
    for (size_t i = 0; i < x->n; i++)
        if (x->node[i].op == ECS_OP_NAME)
            see(arg, x->node[i].name, x->node[i].selector);
}
