#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_lesson.h"
#include "fake_scenarios.h"
#include "lesson/lint.h"

static void lint_text(const char *name, const char *text, struct ecs_issues *issues)
{
    struct ecs_lesson *l = NULL;
    int rc = fake_parse(name, text, &l, issues);
    ck_assert_msg(rc == 0 && issues->n == 0, "%s", fake_issues_text(issues));
    ecs_lesson_lint(l, issues);
    ecs_lesson_free(l);
}

START_TEST(base_lesson_is_clean)
{
    struct ecs_issues issues = {0};
    lint_text(BASE_NAME, base_lesson, &issues);
    ck_assert_msg(issues.n == 0, "%s", fake_issues_text(&issues));
    ecs_issues_free(&issues);
}
END_TEST

#define LONG_WORDS                                                                                 \
    "Unquestionably incomprehensible organisational considerations necessitate extraordinarily "
#define MANY "Many words go on and on here so that the row is full before it can end. "

static const struct {
    const char *find, *replace;
    bool warning;
    int line;
    const char *what, *mend;
} faults[] = {
    {"## Explain\n", "## Observe\n", false, 0, "no step Explain", "## Explain"},
    {"## Predict\n", "## Observe\n", false, 0, "begins with Observe", "## Predict"},
    {"## Transfer\n", "## Observe\n", false, 0, "Observe cannot follow Explain", "order"},
    {"```notes\nVote: p1, then press p.\n```\n", "", false, -1, "no notes", "```notes"},
    {"fallback: trace false-sharing.ecst\n", "", false, -8, "nothing to show", "fallback"},
    {"pass: >= 2.0", "pass: >= 3.0", false, -2, "is in no band", "begin where"},
    {"pass: >= 2.0", "pass: >= 1.5", false, -2, "is in two bands, pass and weak", "end where"},
    {"else: < 1.15", "else: <= 1.15", false, -4, "1.15 is in two bands", "end where"},
    {"else: < 1.15", "else: < 1", false, -4, "is in no band", "begin where"},
    {"else: < 1.15", "else: < 0", false, -4, "can reach the band else", "inside"},
    {"metric: median(s1.rate.total[stride=128]) / median(s1.rate.total[stride=8])\npass: >= "
     "2.0\nweak: 1.15 .. 2.0\nelse: < 1.15",
     "metric: s1.hit_rate\npass: > 100 %\nweak: 50 .. 100 %\nelse: < 50 %", false, -1,
     "can reach the band pass", "inside"},
    {"check: s1.param.stride <= 64 and s1.rate.total[now] / s1.rate.total[stride=128] >= 0.9",
     "check: s1.rate.total[stride=8] > 1", false, -2, "nothing that the learner can change",
     "[now]"},
    {"s1.param.stride <= 64", "s1.param.stride > 128", false, -2, "can ever meet", "toggles"},
    {"check: s1.param.stride <= 64 and s1.rate.total[now] / s1.rate.total[stride=128] >= 0.9",
     "check: s1.param.stride <= 128", false, -2, "always holds", "toggles"},
    {"check: s1.param.stride <= 64 and", "check: s1.param.pin == free and", false, -2,
     "can ever meet", "toggles"},
    {"compare: stride = 8 | 128\n", "", false, -7, "nothing is compared", "compare:"},
    {"stride=8 pin=distinct-cores", "stride=16 pin=distinct-cores", true, -1,
     "never comes back to the stride", "add"},
    {"claim up: 1.5 .. inf", "claim up: 1.2 .. inf", true, -8, "'same' and 'up' overlap", "begins"},
    {"claim up: 1.5 .. inf\n", "", true, -8, "only some choices", "claim ID"},
    {"Press `p`.", MANY MANY MANY MANY MANY MANY MANY MANY MANY MANY, true, -1, "takes 10 rows",
     "two steps"},
    {"Press `p`.",
     "```text\n0123456789012345678901234567890123456789012345678901234567890123456789012345678\n"
     "```",
     false, 0, "wider than 76", "break"},
    {"Press `p`.", LONG_WORDS LONG_WORDS LONG_WORDS LONG_WORDS LONG_WORDS "end.", true, 0,
     "hard to read", "shorter"},
    {"choice same: stay the same", "choice same: " MANY MANY, true, -2,
     "choice same of 'p1' takes 2 rows", "shorten"},
    {"why same: The", "why same: " MANY MANY "The", true, -5, "why same of 'p1' takes 3 rows",
     "shorten"},
    {"why same: The", "seen same: it stayed\nwhy same: The", true, -5,
     "choice down of 'p1' does not say what is seen", "each choice"},
    {"caption pin == same-core: One core.", "caption pin == same-core: " MANY MANY, true, -8,
     "caption", "shorten"},
    {"hint: Look at", "hint: Look at `p` at", true, -4, "plain text", "take"},
    {"toggle a: pin = distinct-cores | same-core\n",
     "toggle a: pin = distinct-cores | same-core\ntoggle t: threads = 2 | 1\ntoggle o: kernel = "
     "load_store | store\n",
     true, -6, "4 toggles", "three"},
    {"toggle p: stride = 8 | 64 | 128\ntoggle a: pin = distinct-cores | same-core\n", "", true, -5,
     "can change nothing", "toggle"},
};

START_TEST(fault_is_found)
{
    int line;
    char *text = base_with(faults[_i].find, faults[_i].replace, &line);
    struct ecs_issues issues = {0};
    lint_text(BASE_NAME, text, &issues);
    const struct ecs_issue *found =
        fake_issue(&issues, line + faults[_i].line, faults[_i].what, faults[_i].mend);
    bool anywhere =
        faults[_i].what[0] == 'n' && faults[_i].what[1] == 'o' && faults[_i].what[2] == ' ';
    for (size_t i = 0; !found && anywhere && i < issues.n; i++)
        if (strstr(issues.v[i].what, faults[_i].what))
            found = &issues.v[i];
    ck_assert_msg(found != NULL, "wanted %d: %s\ngot\n%s", line + faults[_i].line, faults[_i].what,
                  fake_issues_text(&issues));
    ck_assert(found->warning == faults[_i].warning);
    for (size_t i = 0; i < issues.n; i++)
        ck_assert(*issues.v[i].what && *issues.v[i].mend);
    ecs_issues_free(&issues);
    free(text);
}
END_TEST

/* Without any checks, runs or predictions. */
START_TEST(an_empty_lesson_lacks_everything)
{
    struct ecs_issues issues = {0};
    lint_text("01-x.md",
              "---\nformat: 1\nid: x\ntitle: T\nobjective: O\nmisconception: M\nminutes: "
              "1\n---\n## Predict\nHello.\n",
              &issues);
    static const char *const wanted[] = {
        "no prediction", "nothing runs",    "no figure is checked", "neither computes",
        "no notes",      "no step Observe", "no step Explain",      "no step Transfer"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        bool found = false;
        for (size_t k = 0; k < issues.n; k++)
            found = found || (strstr(issues.v[k].what, wanted[i]) && !issues.v[k].warning);
        ck_assert_msg(found, "%s\n%s", wanted[i], fake_issues_text(&issues));
    }
    ecs_issues_free(&issues);
}
END_TEST

START_TEST(a_scenario_wants_a_prediction_first)
{
    struct ecs_issues issues = {0};
    lint_text("01-x.md",
              "---\nformat: 1\nid: x\ntitle: T\nobjective: O\nmisconception: M\nminutes: "
              "1\n---\n## Predict\n"
              "```scenario s1\nrun: counters\nchart: rate.total\ntoggle p: stride = 8 | 64\n```\n",
              &issues);
    ck_assert_msg(fake_issue(&issues, 10, "'s1' runs before anything was predicted", "predict") !=
                      NULL,
                  "%s", fake_issues_text(&issues));
    ecs_issues_free(&issues);
}
END_TEST

/* Two rounds are in order; what is counted needs no weak band. */
START_TEST(rounds_and_counts)
{
    int line;
    struct ecs_issues issues = {0};
    char *text = base_with("## Transfer\n",
                           "## Predict: again\n## Observe\n## Explain\n## Transfer\n", &line);
    lint_text(BASE_NAME, text, &issues);
    ck_assert_msg(issues.n == 0, "%s", fake_issues_text(&issues));
    free(text);
    text = base_with("```do d1",
                     "```scenario s2\nrun: stack-stress\nchart: corruption.total\ntoggle v: "
                     "variant = plain | tagged\n"
                     "compare: variant = plain | tagged\n```\n```expect e2\nmetric: "
                     "s2.corruption.total[variant=tagged]\npass: == 0\n"
                     "else: > 0\nsay pass: a\nsay else: b\nfallback: none counted\n```\n```do d1",
                     &line);
    lint_text(BASE_NAME, text, &issues);
    ck_assert_msg(issues.n == 0, "%s", fake_issues_text(&issues));
    free(text);
    ecs_issues_free(&issues);
}
END_TEST

START_TEST(rows_are_counted)
{
    ck_assert_uint_eq(ecs_lint_rows("", 10), 0);
    ck_assert_uint_eq(ecs_lint_rows("one two", 10), 1);
    ck_assert_uint_eq(ecs_lint_rows("one two three", 10), 2);
    ck_assert_uint_eq(ecs_lint_rows("0123456789", 10), 1);
    ck_assert_uint_eq(ecs_lint_rows("\001bold\001 \003code\003", 9), 1);
    ck_assert_uint_eq(ecs_lint_rows("a\nb", 10), 3);
    ck_assert_uint_eq(ecs_lint_rows("\004a\n\004b", 10), 2);
    ck_assert_uint_eq(ecs_lint_rows("x\n\005a\n\005\n\005b", 10), 5);
    ck_assert_uint_eq(ecs_lint_rows("\xc3\xa4\xc3\xa4\xc3\xa4 \xc3\xa4", 5), 1);
}
END_TEST

START_TEST(ease_orders_texts)
{
    double easy = ecs_lint_ease(
        "The cat sat on the mat. The dog ran to the cat. The cat did not run. It sat and sat. "
        "The dog went home. The cat had the mat and the sun and was glad.");
    double hard = ecs_lint_ease(LONG_WORDS LONG_WORDS LONG_WORDS LONG_WORDS LONG_WORDS LONG_WORDS
                                "consideration.");
    ck_assert(easy > 90 && hard < 0);
    ck_assert(isnan(ecs_lint_ease("Too short to say.")));
}
END_TEST

#define N(a) ((int)(sizeof(a) / sizeof *(a)))

int main(void)
{
    Suite *s = suite_create("lint");
    TCase *t = tcase_create("lint");
    suite_add_tcase(s, t);
    tcase_add_test(t, base_lesson_is_clean);
    tcase_add_loop_test(t, fault_is_found, 0, N(faults));
    tcase_add_test(t, an_empty_lesson_lacks_everything);
    tcase_add_test(t, a_scenario_wants_a_prediction_first);
    tcase_add_test(t, rounds_and_counts);
    tcase_add_test(t, rows_are_counted);
    tcase_add_test(t, ease_orders_texts);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
