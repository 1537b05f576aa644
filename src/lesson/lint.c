#include "lesson/lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lesson/reader.h"

void ecs_lint_report(struct ecs_issues *issues, bool warning, int line, const char *mend,
                     const char *fmt, ...)
{
    char what[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    ecs_issues_add(issues, warning, line, what, mend);
}

/* ---- the four phases ----------------------------------------------------------------------- */

static const char *const phase_names[] = {"Predict", "Observe", "Explain", "Transfer"};

/* A lesson may go several rounds: after Observe or Explain the next Predict may follow. */
static bool may_follow(enum ecs_phase a, enum ecs_phase b)
{
    return a == b || (unsigned)b == (unsigned)a + 1 || (b == ECS_PREDICT && a != ECS_TRANSFER);
}

static void lint_phases(const struct ecs_lesson *l, struct ecs_issues *issues)
{
    bool seen[4] = {false};
    for (size_t i = 0; i < l->n; i++) {
        enum ecs_phase p = l->step[i].phase;
        seen[p] = true;
        if (i == 0 && p != ECS_PREDICT)
            ecs_lint_report(issues, false, l->step[i].line, "begin with ## Predict",
                            "the lesson begins with %s", phase_names[p]);
        if (i && !may_follow(l->step[i - 1].phase, p))
            ecs_lint_report(
                issues, false, l->step[i].line, "the order is Predict, Observe, Explain, Transfer",
                "%s cannot follow %s", phase_names[p], phase_names[l->step[i - 1].phase]);
    }
    int last = l->n ? l->step[l->n - 1].line : 1;
    for (size_t p = 0; p < 4; p++) {
        char mend[48];
        snprintf(mend, sizeof mend, "add a step ## %s", phase_names[p]);
        if (!seen[p])
            ecs_lint_report(issues, false, last, mend, "the lesson has no step %s", phase_names[p]);
    }
}

/* ---- what a lesson must have --------------------------------------------------------------- */

static void lint_contents(const struct ecs_lesson *l, struct ecs_issues *issues)
{
    size_t count[ECS_BLOCK_NOTES + 1] = {0}, numbers = 0;
    for (size_t i = 0; i < l->n; i++)
        for (size_t k = 0; k < l->step[i].n; k++) {
            const struct ecs_block *b = &l->step[i].block[k];
            count[b->kind]++;
            numbers += b->kind == ECS_BLOCK_ASK && b->ask.answer;
        }
    if (!count[ECS_BLOCK_PREDICT])
        ecs_lint_report(issues, false, 1, "add a ```predict block", "the lesson has no prediction");
    if (!count[ECS_BLOCK_SCENARIO])
        ecs_lint_report(issues, false, 1, "add a ```scenario block", "nothing runs in this lesson");
    if (!count[ECS_BLOCK_EXPECT])
        ecs_lint_report(issues, false, 1, "add an ```expect block",
                        "no figure is checked in this lesson");
    if (!numbers && !count[ECS_BLOCK_DO])
        ecs_lint_report(issues, false, 1, "add an ```ask with answer:, or a ```do with check:",
                        "the learner neither computes nor builds anything");
    if (!count[ECS_BLOCK_NOTES])
        ecs_lint_report(issues, false, 1, "add a ```notes block",
                        "the lesson has no notes for an instructor");
}

/* ---- scenarios ----------------------------------------------------------------------------- */

static void lint_toggles(const struct ecs_scenario_block *s, int line, struct ecs_issues *issues)
{
    if (!s->n_toggles)
        ecs_lint_report(issues, true, line, "add toggle p: PARAMETER = A | B",
                        "the learner can change nothing here");
    if (s->n_toggles > 3)
        ecs_lint_report(issues, true, line, "three are enough to watch",
                        "%zu toggles in one scenario", s->n_toggles);
    for (size_t i = 0; i < s->n_toggles; i++) {
        const struct ecs_toggle *t = &s->toggle[i];
        bool found = false;
        for (size_t k = 0; k < t->n; k++)
            found = found || t->value[k] == s->values.v[t->param];
        if (!found)
            ecs_lint_report(issues, true, line, "add the value of run: to the toggle",
                            "toggle %c never comes back to the %s that run: begins with", t->key,
                            s->scenario->params[t->param].name);
    }
}

static bool has_claims(const struct ecs_block *b)
{
    for (size_t i = 0; b && i < b->predict.n; i++)
        if (b->predict.choice[i].has_claim)
            return true;
    return false;
}

/* `predict` is the last prediction before the scenario, NULL if there is none. */
static void lint_scenario(const struct ecs_block *b, const struct ecs_block *predict,
                          struct ecs_issues *issues)
{
    lint_toggles(&b->scenario, b->line, issues);
    if (!predict)
        ecs_lint_report(issues, false, b->line, "put a ```predict block before it",
                        "'%s' runs before anything was predicted", b->name);
    if (has_claims(predict) && b->scenario.compare_param < 0)
        ecs_lint_report(issues, false, b->line, "add compare: PARAMETER = A | B",
                        "'%s' claims ratios, but nothing is compared", predict->name);
}

/* ---- predictions --------------------------------------------------------------------------- */

static void lint_claims(const struct ecs_block *b, struct ecs_issues *issues)
{
    size_t claims = 0;
    for (size_t i = 0; i < b->predict.n; i++) {
        const struct ecs_choice *a = &b->predict.choice[i];
        claims += a->has_claim;
        for (size_t k = 0; k < i; k++) {
            const struct ecs_choice *c = &b->predict.choice[k];
            if (a->has_claim && c->has_claim && a->claim_low < c->claim_high &&
                c->claim_low < a->claim_high)
                ecs_lint_report(issues, true, b->line, "let one end where the other begins",
                                "the claims of '%s' and '%s' overlap", c->id, a->id);
        }
    }
    if (claims && claims < b->predict.n)
        ecs_lint_report(issues, true, b->line, "add claim ID: LOW .. HIGH for each choice",
                        "only some choices of '%s' claim a ratio", b->name);
}

static void lint_expect(const struct ecs_lesson *l, const struct ecs_block *b,
                        struct ecs_issues *issues)
{
    if (!b->expect.fallback_trace && !b->expect.fallback_why)
        ecs_lint_report(issues, false, b->line,
                        "add fallback: trace FILE.ecst, or fallback: none REASON",
                        "'%s' has nothing to show where the effect is not visible", b->name);
    ecs_lint_bands(l, b, issues);
}

void ecs_lesson_lint(const struct ecs_lesson *l, struct ecs_issues *issues)
{
    const struct ecs_block *predict = NULL;
    size_t before = issues->n;
    if (!*issues->file)
        snprintf(issues->file, sizeof issues->file, "%s", l->path);
    lint_phases(l, issues);
    lint_contents(l, issues);
    for (size_t i = 0; i < l->n; i++) {
        ecs_lint_step_text(&l->step[i], issues);
        for (size_t k = 0; k < l->step[i].n; k++) {
            const struct ecs_block *b = &l->step[i].block[k];
            ecs_lint_block_text(b, issues);
            if (b->kind == ECS_BLOCK_PREDICT) {
                predict = b;
                lint_claims(b, issues);
            }
            if (b->kind == ECS_BLOCK_SCENARIO)
                lint_scenario(b, predict, issues);
            if (b->kind == ECS_BLOCK_EXPECT)
                lint_expect(l, b, issues);
            if (b->kind == ECS_BLOCK_DO)
                ecs_lint_task(l, b, issues);
        }
    }
    ecs_issues_sort(issues, before);
}
