/* predict, ask, do: the blocks that a learner answers. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lesson/reader.h"

const struct ecs_key ecs_keys_predict[] = {
    {"ask", true, false, "ask: the question"},
    {"choice", true, true, "choice ID: text, the right one ending in ' *'"},
    {"why", false, true, "why ID: why this choice is wrong"},
    {"claim", false, true, "claim ID: LOW .. HIGH"},
    {"seen", false, true, "seen ID: what was seen, in the words of this choice"},
    {"confidence", false, false, "confidence: yes, or no"},
    {0},
};
const struct ecs_key ecs_keys_ask[] = {
    {"ask", true, false, "ask: the question"},
    {"choice", false, true, "choice ID: text, the right one ending in ' *'"},
    {"why", false, true, "why ID: why this choice is wrong"},
    {"answer", false, false, "answer: an expression, such as calib.line_bytes / 8"},
    {"tolerance", false, false, "tolerance: 5 %"},
    {"hint", false, false, "hint: text"},
    {0},
};
const struct ecs_key ecs_keys_do[] = {
    {"task", true, false, "task: what to reach"},
    {"check", true, false, "check: an expression that holds when it is reached"},
    {"hint", false, false, "hint: text"},
    {"reveal", false, false, "reveal: the solution"},
    {0},
};

static char *keep_value(struct ecs_reader *r, const struct ecs_fields *f, const char *key)
{
    const struct ecs_field *x = ecs_field_get(f, key, NULL);
    return x ? ecs_read_keep(r, x->value, strlen(x->value)) : NULL;
}

/* ---- choices ------------------------------------------------------------------------------- */

static void read_choice(struct ecs_reader *r, const struct ecs_field *f, struct ecs_choice *c)
{
    size_t n = strlen(f->value);
    if (!ecs_read_is_name(f->arg, false) || !strcmp(f->arg, "skip"))
        ecs_read_error(r, f->line, "use one short lower-case word other than skip",
                       "'%.40s' cannot name a choice", f->arg);
    c->right = n >= 2 && f->value[n - 1] == '*' && f->value[n - 2] == ' ';
    if (c->right)
        for (n--; n && f->value[n - 1] == ' ';)
            n--;
    c->id = ecs_read_keep(r, f->arg, strlen(f->arg));
    c->text = ecs_read_keep(r, f->value, n);
    c->claim_low = c->claim_high = NAN;
}

static struct ecs_choice *choice_named(struct ecs_reader *r, const struct ecs_field *f,
                                       struct ecs_choice *c, size_t n)
{
    const char *known[ECS_MAX_CHOICES + 1] = {0};
    for (size_t i = 0; i < n; i++) {
        if (c[i].id && !strcmp(c[i].id, f->arg))
            return &c[i];
        known[i] = c[i].id ? c[i].id : "";
    }
    char mend[96];
    ecs_read_error(r, f->line,
                   ecs_read_near(f->arg, known, "name one of the choices above", mend, sizeof mend),
                   "'%s' for the unknown choice '%.40s'", f->key, f->arg);
    return NULL;
}

/* LOW .. HIGH, where HIGH may be left out or `inf`. */
static void read_claim(struct ecs_reader *r, const struct ecs_field *f, struct ecs_choice *c)
{
    char text[96], *end[2] = {text, ""};
    snprintf(text, sizeof text, "%s", f->value);
    char *dots = strstr(text, "..");
    if (dots) {
        *dots = 0;
        end[1] = dots + 2;
    }
    struct ecs_error e = {0};
    double low = 0, high = INFINITY;
    bool open = !end[1][strspn(end[1], " ")];
    if (ecs_number_text(text, &low, NULL, &e) ||
        (!open && ecs_number_text(end[1], &high, NULL, &e))) {
        ecs_read_failed(r, f->line, &e);
        return;
    }
    if (!dots || low < 0 || !(low < high)) {
        ecs_read_error(r, f->line, "write LOW .. HIGH, such as 0.8 .. 1.25, or 4 .. inf",
                       "'%.40s' is not a band of ratios", f->value);
        return;
    }
    c->has_claim = true;
    c->claim_low = low;
    c->claim_high = high;
}

static void read_why(struct ecs_reader *r, const struct ecs_field *x, struct ecs_choice *c)
{
    if (c->right)
        ecs_read_error(r, x->line, "delete it; what is right is explained in Explain",
                       "the right choice '%s' has a refutation", c->id);
    else if (!c->why)
        c->why = ecs_read_keep(r, x->value, strlen(x->value));
}

/* What is said about a choice: why, claim, seen. */
static void read_whys(struct ecs_reader *r, const struct ecs_fields *f, struct ecs_choice *c,
                      size_t n)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct ecs_field *x = &f->v[i];
        bool why = !strcmp(x->key, "why"), seen = !strcmp(x->key, "seen");
        if (!why && !seen && strcmp(x->key, "claim"))
            continue;
        struct ecs_choice *one = choice_named(r, x, c, n);
        if (one && why)
            read_why(r, x, one);
        else if (one && seen && !one->seen)
            one->seen = ecs_read_keep(r, x->value, strlen(x->value));
        else if (one && !seen)
            read_claim(r, x, one);
    }
}

static void check_choices(struct ecs_reader *r, const struct ecs_fields *f,
                          const struct ecs_choice *c, size_t n)
{
    size_t stars = 0;
    for (size_t i = 0; i < n; i++)
        stars += c[i].right;
    if (stars != 1)
        ecs_read_error(r, f->line, "end the right choice, and only that, with ' *'",
                       "%s marked as right", stars ? "more than one choice is" : "no choice is");
    if (n < 2)
        ecs_read_error(r, f->line, "add a second choice ID: text",
                       "there is nothing to choose between");
    for (size_t i = 0; i < n && stars == 1; i++) {
        char mend[96];
        if (c[i].right || c[i].why || !c[i].id)
            continue;
        snprintf(mend, sizeof mend, "add why %s: what is wrong about it", c[i].id);
        const struct ecs_field *line = ecs_field_get(f, "choice", c[i].id);
        ecs_read_error(r, line ? line->line : f->line, mend,
                       "the wrong choice '%s' has no refutation", c[i].id);
    }
}

static size_t read_choices(struct ecs_reader *r, const struct ecs_fields *f, struct ecs_choice *c)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++) {
        if (strcmp(f->v[i].key, "choice"))
            continue;
        if (n == ECS_MAX_CHOICES) {
            char mend[64];
            snprintf(mend, sizeof mend, "at most %d fit", ECS_MAX_CHOICES);
            ecs_read_error(r, f->v[i].line, mend, "too many choices");
            break;
        }
        read_choice(r, &f->v[i], &c[n++]);
    }
    read_whys(r, f, c, n);
    if (n)
        check_choices(r, f, c, n);
    return n;
}

static size_t read_hints(struct ecs_reader *r, const struct ecs_fields *f, char **hint)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++) {
        if (strcmp(f->v[i].key, "hint"))
            continue;
        if (n == ECS_MAX_HINTS) {
            ecs_read_error(r, f->v[i].line, "keep the three best, vaguest first",
                           "more than %d hints", ECS_MAX_HINTS);
            break;
        }
        hint[n++] = ecs_read_keep(r, f->v[i].value, strlen(f->v[i].value));
    }
    return n;
}

/* ---- the blocks ---------------------------------------------------------------------------- */

void ecs_read_predict(struct ecs_reader *r, const struct ecs_fields *f, struct ecs_block *b)
{
    b->predict.ask = keep_value(r, f, "ask");
    b->predict.n = read_choices(r, f, b->predict.choice);
    b->predict.confidence = true;
    const struct ecs_field *c = ecs_field_get(f, "confidence", NULL);
    if (c && !strcmp(c->value, "no"))
        b->predict.confidence = false;
    else if (c && strcmp(c->value, "yes"))
        ecs_read_error(r, c->line, "write yes or no", "confidence '%.40s' is neither yes nor no",
                       c->value);
    r->predicted = true;
}

static void read_tolerance(struct ecs_reader *r, const struct ecs_field *f, struct ecs_ask *a)
{
    struct ecs_error e = {0};
    enum ecs_dimension dim;
    double value;
    if (ecs_number_text(f->value, &value, &dim, &e)) {
        ecs_read_failed(r, f->line, &e);
        return;
    }
    if (dim == ECS_DIM_PERCENT)
        value /= 100;
    if ((dim != ECS_DIM_PERCENT && dim != ECS_DIM_PLAIN) || !(value >= 0 && value <= 1))
        ecs_read_error(r, f->line, "write a share of the answer: 0.05, or 5 %",
                       "tolerance '%.40s' is out of range", f->value);
    else
        a->tolerance = value;
}

void ecs_read_ask(struct ecs_reader *r, const struct ecs_fields *f, struct ecs_block *b)
{
    struct ecs_ask *a = &b->ask;
    const struct ecs_field *answer = ecs_field_get(f, "answer", NULL);
    const struct ecs_field *tolerance = ecs_field_get(f, "tolerance", NULL);
    a->ask = keep_value(r, f, "ask");
    a->n = read_choices(r, f, a->choice);
    a->tolerance = 0.02;
    a->n_hints = read_hints(r, f, a->hint);
    if (answer)
        a->answer = ecs_read_expression(r, answer->line, answer->value, NULL);
    if (answer && a->n)
        ecs_read_error(r, answer->line, "keep the choices or the answer",
                       "an 'ask' with both choices and a number");
    else if (!answer && !a->n)
        ecs_read_error(r, f->line, "add choices, or answer: a number",
                       "'ask' has neither choices nor an answer");
    if (tolerance && !answer)
        ecs_read_error(r, tolerance->line, "delete it", "a tolerance without a number to answer");
    else if (tolerance)
        read_tolerance(r, tolerance, a);
}

void ecs_read_do(struct ecs_reader *r, const struct ecs_fields *f, struct ecs_block *b)
{
    b->task.task = keep_value(r, f, "task");
    b->task.reveal = keep_value(r, f, "reveal");
    b->task.n_hints = read_hints(r, f, b->task.hint);
    const struct ecs_field *check = ecs_field_get(f, "check", NULL);
    if (check)
        b->task.check = ecs_read_expression(r, check->line, check->value, NULL);
}
