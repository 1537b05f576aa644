/* The lesson reader, lint and the expression language, on bytes as they come. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/expression.h"
#include "lesson/lint.h"
#include "lesson/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool clean(const char *s, bool marks)
{
    for (; s && *s; s++)
        if ((unsigned char)*s < 0x20 && !(marks && (*s <= ECS_TEXT_PRE || *s == '\n')))
            return false;
    return true;
}

static void check_choices(const struct ecs_choice *c, size_t n)
{
    size_t right = 0;
    require(n >= 2 && n <= ECS_MAX_CHOICES);
    for (size_t i = 0; i < n; i++) {
        right += c[i].right;
        require(c[i].id && c[i].text && !c[i].right == (c[i].why != NULL));
        require(clean(c[i].text, false) && clean(c[i].why, false));
        require(!c[i].has_claim || c[i].claim_low < c[i].claim_high);
    }
    require(right == 1);
}

static void check_scenario(const struct ecs_scenario_block *s)
{
    require(s->scenario && s->n_charts <= ECS_MAX_CHARTS && s->n_figures <= ECS_MAX_FIGURES);
    require(!ecs_values_check(s->scenario, &s->values, NULL));
    require(s->n_toggles <= ECS_MAX_TOGGLES && s->n_captions <= ECS_MAX_CAPTIONS);
    for (size_t i = 0; i < s->n_toggles; i++) {
        const struct ecs_toggle *t = &s->toggle[i];
        require(t->n >= 2 && t->n <= ECS_MAX_TOGGLE_VALUES &&
                (size_t)t->param < s->scenario->n_params);
        require(s->scenario->params[t->param].live);
    }
    for (size_t i = 0; i < s->n_captions; i++)
        require(s->caption[i].when && s->caption[i].text);
    require(s->repeats > 0 && s->side_ns > 0);
    require(s->compare_param < (int)s->scenario->n_params);
}

/* What the player and the views rely on. */
static void check_block(const struct ecs_lesson *l, const struct ecs_block *b)
{
    bool plain = b->kind == ECS_BLOCK_TEXT || b->kind == ECS_BLOCK_NOTES;
    require(b->line > 0 && plain == (b->name == NULL));
    require(plain || ecs_lesson_block(l, b->name) == b);
    switch (b->kind) {
    case ECS_BLOCK_TEXT:
        require(b->text && clean(b->text, true));
        ecs_lint_rows(b->text, 20);
        break;
    case ECS_BLOCK_NOTES: require(b->text != NULL); break;
    case ECS_BLOCK_PREDICT:
        require(b->predict.ask != NULL);
        check_choices(b->predict.choice, b->predict.n);
        break;
    case ECS_BLOCK_SCENARIO: check_scenario(&b->scenario); break;
    case ECS_BLOCK_EXPECT:
        require(b->expect.metric && b->expect.say_pass && b->expect.say_else);
        require(isnan(b->expect.weak_low) || b->expect.say_weak);
        break;
    case ECS_BLOCK_ASK:
        require(b->ask.ask && (b->ask.n == 0) == (b->ask.answer != NULL));
        if (b->ask.n)
            check_choices(b->ask.choice, b->ask.n);
        break;
    case ECS_BLOCK_DO: require(b->task.task && b->task.check); break;
    }
}

static void check_lesson(const struct ecs_lesson *l)
{
    require(l->id && l->title && l->objective && l->misconception && l->minutes > 0 && l->n > 0);
    for (size_t i = 0; i < l->n; i++) {
        require(l->step[i].title && clean(l->step[i].title, false));
        for (size_t k = 0; k < l->step[i].n; k++)
            check_block(l, &l->step[i].block[k]);
    }
}

static long no_samples(void *arg, const char *name, const char *selector, double *out, size_t n)
{
    (void)arg, (void)selector;
    for (size_t i = 0; i < n && i < 7; i++)
        out[i] = (double)i - (double)strlen(name);
    return (long)strlen(name) % 9 - 1;
}

static void try_expression(const uint8_t *data, size_t size)
{
    char text[512];
    struct ecs_expression *x;
    struct ecs_error e = {0};
    size_t n = size < sizeof text - 1 ? size : sizeof text - 1;
    memcpy(text, data, n);
    text[n] = 0;
    if (ecs_expression_parse(text, &x, &e)) {
        require(*e.what);
        return;
    }
    struct ecs_environment env = {no_samples, NULL, NULL};
    double value, low, high;
    ecs_expression_eval(x, &env, &value, &low, &high, &e);
    ecs_expression_free(x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"06-hot-cold.md", "09-false-sharing.md", "14-aba.md",
                                        "18-pools.md"};
    size_t n;
    const struct ecs_scenario *const *scenarios = ecs_scenarios(&n);
    struct ecs_lesson *l = NULL;
    struct ecs_issues issues = {0};
    const char *name = names[1];
    for (size_t i = 0; i < 4;
         i++) /* the name that goes with the id, so that a whole lesson is taken */
        if (size > 64 && memmem(data, 64, names[i] + 3, strlen(names[i]) - 6))
            name = names[i];
    int rc = ecs_lesson_parse(name, (const char *)data, size, scenarios, n, &l, &issues);
    require((rc == 0) == (l != NULL));
    require(rc == 0 || issues.n > 0);
    if (l) {
        check_lesson(l);
        ecs_lesson_lint(l, &issues);
    }
    for (size_t i = 0; i < issues.n; i++)
        require(issues.v[i].line > 0 && *issues.v[i].what && *issues.v[i].mend &&
                clean(issues.v[i].what, false));
    ecs_lesson_free(l);
    ecs_issues_free(&issues);
    try_expression(data, size);
    return 0;
}
