#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base_lesson.h"
#include "fake_scenarios.h"

static struct ecs_lesson *parse_good(const char *text)
{
    struct ecs_lesson *l = NULL;
    struct ecs_issues issues = {0};
    int rc = fake_parse(BASE_NAME, text, &l, &issues);
    ck_assert_msg(rc == 0 && l && issues.n == 0, "%d\n%s", rc, fake_issues_text(&issues));
    ecs_issues_free(&issues);
    return l;
}

/* ---- what is read -------------------------------------------------------------------------- */

START_TEST(front_matter)
{
    struct ecs_lesson *l = parse_good(base_lesson);
    ck_assert_int_eq(l->number, 9);
    ck_assert_int_eq(l->minutes, 12);
    ck_assert_str_eq(l->path, BASE_NAME);
    ck_assert_str_eq(l->id, "false-sharing");
    ck_assert_str_eq(l->title, "Two counters, one cache line");
    ck_assert_str_eq(l->misconception, "M7 different variables never interfere");
    ck_assert_str_eq(l->requires, "cache-line, affinity");
    ck_assert_ptr_null(l->outcome);
    ecs_lesson_free(l);
}
END_TEST

START_TEST(steps)
{
    struct ecs_lesson *l = parse_good(base_lesson);
    ck_assert_uint_eq(l->n, 4);
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(l->step[i].phase, (enum ecs_phase)i);
    ck_assert_str_eq(l->step[1].title, "Observe: move them");
    ck_assert_int_eq(l->step[1].line, 24);
    ck_assert_uint_eq(l->step[0].n, 2);
    ck_assert_int_eq(l->step[0].block[0].kind, ECS_BLOCK_TEXT);
    ck_assert_str_eq(l->step[0].block[0].text, "Two workers bump \1their own\1 counter.");
    ck_assert_str_eq(l->step[1].block[0].text, "Press \3p\3.");
    ck_assert_str_eq(l->step[3].block[2].text, "Vote: p1, then press p.");
    ecs_lesson_free(l);
}
END_TEST

START_TEST(predict)
{
    struct ecs_lesson *l = parse_good(base_lesson);
    struct ecs_block *b = ecs_lesson_block(l, "p1");
    ck_assert_int_eq(b->kind, ECS_BLOCK_PREDICT);
    ck_assert_int_eq(b->line, 12);
    ck_assert_uint_eq(b->predict.n, 3);
    ck_assert(b->predict.confidence);
    const struct ecs_choice *c = b->predict.choice;
    ck_assert_str_eq(c[0].id, "same");
    ck_assert_str_eq(c[1].text, "go up");
    ck_assert(!c[0].right && c[1].right && !c[2].right);
    ck_assert_str_eq(c[0].why, "The hardware shares the line.");
    ck_assert_ptr_null(c[1].why);
    ck_assert(c[1].has_claim && c[1].claim_low == 1.5 && c[1].claim_high == INFINITY);
    ck_assert(c[2].claim_low == 0 && c[2].claim_high == 0.8);
    ck_assert_ptr_null(c[0].seen);
    ecs_lesson_free(l);
}
END_TEST

START_TEST(what_a_choice_would_show)
{
    char *text = base_with("claim same:", "seen up: the curve rose\nseen same: it stayed\n"
                           "claim same:", &(int){0});
    struct ecs_lesson *l = parse_good(text);
    const struct ecs_choice *c = ecs_lesson_block(l, "p1")->predict.choice;
    ck_assert_str_eq(c[0].seen, "it stayed");
    ck_assert_str_eq(c[1].seen, "the curve rose");
    ck_assert(c[1].right && c[1].has_claim && !c[1].why);
    ck_assert_ptr_null(c[2].seen);
    ecs_lesson_free(l);
    free(text);
}
END_TEST

START_TEST(scenario)
{
    struct ecs_lesson *l = parse_good(base_lesson);
    struct ecs_block *b = ecs_lesson_block(l, "s1");
    const struct ecs_scenario_block *s = &b->scenario;
    ck_assert_ptr_eq(s->scenario, fake_scenarios[0]);
    ck_assert_int_eq(s->values.v[0], 1);
    ck_assert_int_eq(s->values.v[1], 8);
    ck_assert(s->n_charts == 2 && s->chart[0] == 0 && s->chart[1] == 3);
    ck_assert(s->n_figures == 3 && s->figure[1] == 2);
    ck_assert(s->repeats == 5 && s->side_ns == 300000000 && s->warmup_ns == 200000000);
    ck_assert(s->n_toggles == 2 && s->toggle[0].key == 'p' && s->toggle[0].param == 1 &&
              s->toggle[0].n == 3);
    ck_assert(s->toggle[0].value[2] == 128 && s->toggle[1].value[1] == ECS_PIN_ONE);
    ck_assert(s->compare_param == 1 && s->compare_a == 8 && s->compare_b == 128);
    ck_assert_uint_eq(s->n_captions, 2);
    ck_assert_str_eq(s->caption[1].text, "Each write takes the line away.");
    ecs_lesson_free(l);
}
END_TEST

START_TEST(expect_and_questions)
{
    struct ecs_lesson *l = parse_good(base_lesson);
    const struct ecs_expect *x = &ecs_lesson_block(l, "e1")->expect;
    ck_assert(x->pass_low == 2 && x->pass_high == INFINITY && x->weak_low == 1.15 &&
              x->weak_high == 2);
    ck_assert_str_eq(x->fallback_trace, "false-sharing.ecst");
    ck_assert_int_eq(ecs_expect_band(x, 2), ECS_BAND_PASS);
    ck_assert_int_eq(ecs_expect_band(x, 1.99), ECS_BAND_WEAK);
    ck_assert_int_eq(ecs_expect_band(x, 1.15), ECS_BAND_WEAK);
    ck_assert_int_eq(ecs_expect_band(x, 1.1), ECS_BAND_ELSE);
    ck_assert_int_eq(ecs_expect_band(x, NAN), ECS_BAND_UNKNOWN);
    const struct ecs_ask *q = &ecs_lesson_block(l, "q1")->ask;
    ck_assert(q->n == 0 && q->answer && q->tolerance == 0.01 && q->n_hints == 2);
    ck_assert_str_eq(q->hint[1], "Divide.");
    ck_assert_uint_eq(ecs_lesson_block(l, "q2")->ask.n, 2);
    const struct ecs_do *d = &ecs_lesson_block(l, "d1")->task;
    ck_assert(d->check && d->n_hints == 1);
    ck_assert_str_eq(d->reveal, "64");
    ck_assert_ptr_null(ecs_lesson_block(l, "zz"));
    ecs_lesson_free(l);
}
END_TEST

static const struct { const char *markdown, *text; } prose[] = {
    {"Plain\nwrapped.", "Plain wrapped."},
    {"One.\n\nTwo.", "One.\nTwo."},
    {"Hard\\\nbreak.", "Hard\nbreak."},
    {"*e* __s__ `c`", "\2e\2 \1s\1 \3c\3"},
    {"**a **b** c**", "\1a b c\1"},
    {"***both***", "\2\1both\1\2"},
    {"A [link](http://x.org \"t\") here.", "A link here."},
    {"- a\n- b\n  more", "\4a\n\4b more"},
    {"3. a\n4. b", "\0043. a\n\0044. b"},
    {"- a\n\n  still a\n- b", "\4a\nstill a\n\4b"},
    {"> quoted", "quoted"},
    {"```\nint x;\n\n  y\tz\n```", "\5int x;\n\5\n\5  y     z"},
    {"```c\nint x;\n```", "\5int x;"},
    {"x\n\n    indented", "x\n\5indented"},
    {"&amp; &lt;b&gt; &euro;", "& <b> \xe2\x82\xac"},
    {"<http://a.b>", "http://a.b"},
    {"\\*no\\*", "*no*"},
};

START_TEST(prose_becomes_marks)
{
    int line;
    char *text = base_with("Two workers bump **their own** counter.", prose[_i].markdown, &line);
    struct ecs_lesson *l = parse_good(text);
    const struct ecs_block *b = &l->step[0].block[0];
    ck_assert_int_eq(b->kind, ECS_BLOCK_TEXT);
    ck_assert_int_eq(b->line, 11);
    ck_assert_str_eq(b->text, prose[_i].text);
    ecs_lesson_free(l);
    free(text);
}
END_TEST

static const struct { const char *band; double low, high; bool low_open, high_open; } bands[] = {
    {">= 2", 2, INFINITY, false, false}, {"> 2", 2, INFINITY, true, false}, {"< 2", -INFINITY, 2,
     false, true},
    {"<= 2.5", -INFINITY, 2.5, false, false}, {"== 0", 0, 0, false, false}, {"1 .. 2", 1, 2, false,
     true},
    {"1..2", 1, 2, false, true}, {"2 .. inf", 2, INFINITY, false, true}, {">=4x", 4, INFINITY,
     false, false},
};

START_TEST(bands_are_read)
{
    char replace[64] = "pass: ";
    int line;
    strcat(replace, bands[_i].band);
    char *text = base_with("pass: >= 2.0", replace, &line);
    struct ecs_lesson *l = parse_good(text);
    const struct ecs_expect *x = &ecs_lesson_block(l, "e1")->expect;
    ck_assert(x->pass_low == bands[_i].low && x->pass_high == bands[_i].high);
    ck_assert(x->pass_low_open == bands[_i].low_open && x->pass_high_open == bands[_i].high_open);
    ecs_lesson_free(l);
    free(text);
}
END_TEST

/* ---- bytes --------------------------------------------------------------------------------- */

static const struct {
    const char *replace;
    size_t n;
    int line;
    const char *what, *mend;
} bytes[] = {
    {"Press\r\n", 7, 0, "carriage return", "LF"},
    {"Pre\0ss", 6, 0, "NUL", "text file"},
    {"Press \xff", 7, 0, "0xff is not UTF-8", "UTF-8"},
    {"Press \xc3", 7, 0, "0xc3 is not UTF-8", "UTF-8"},
    {"Press \xc0\x80", 8, 0, "0xc0 is not UTF-8", "UTF-8"},
    {"Press \xed\xa0\x80", 9, 0, "0xed is not UTF-8", "UTF-8"},
    {"Press \xf5\x80\x80\x80", 10, 0, "0xf5 is not UTF-8", "UTF-8"},
    {"Press \x1b[31m", 11, 0, "control character 0x1b", "delete"},
    {"Press \xc2\x9b", 8, 0, "U+009B", "delete"},
};

START_TEST(bytes_that_are_no_text)
{
    struct ecs_lesson *l = NULL;
    struct ecs_issues issues = {0};
    const char *at = strstr(base_lesson, "Press `p`");
    char text[8192];
    size_t head = (size_t)(at - base_lesson), tail = strlen(at);
    memcpy(text, base_lesson, head);
    memcpy(text + head, bytes[_i].replace, bytes[_i].n);
    memcpy(text + head + bytes[_i].n, at, tail);
    int rc = ecs_lesson_parse(BASE_NAME, text, head + bytes[_i].n + tail, fake_scenarios,
                              FAKE_SCENARIOS, &l, &issues);
    ck_assert_int_eq(rc, -EINVAL);
    ck_assert_msg(fake_issue(&issues, 25, bytes[_i].what, bytes[_i].mend) != NULL, "%s",
                  fake_issues_text(&issues));
    ck_assert_uint_eq(issues.n, 1);
    ecs_issues_free(&issues);
}
END_TEST

START_TEST(byte_order_mark_and_sizes)
{
    struct ecs_lesson *l = NULL;
    struct ecs_issues issues = {0};
    ck_assert_int_eq(fake_parse(BASE_NAME, "\xef\xbb\xbf---\n", &l, &issues), -EINVAL);
    ck_assert_ptr_nonnull(fake_issue(&issues, 1, "byte order mark", "without"));
    ecs_issues_free(&issues);

    size_t size = (1u << 20) + 1;
    char *big = malloc(size + 1);
    memset(big, '\n', size);
    ck_assert_int_eq(
        ecs_lesson_parse(BASE_NAME, big, size, fake_scenarios, FAKE_SCENARIOS, &l, &issues),
        -EINVAL);
    ck_assert_ptr_nonnull(fake_issue(&issues, 1, "larger than 1 MiB", "split"));
    ecs_issues_free(&issues);

    memset(big + 1, 'x', 3000);
    ck_assert_int_eq(
        ecs_lesson_parse(BASE_NAME, big, 5000, fake_scenarios, FAKE_SCENARIOS, &l, &issues),
        -EINVAL);
    ck_assert_ptr_nonnull(fake_issue(&issues, 2, "longer than 2000", "break"));
    ecs_issues_free(&issues);

    ck_assert_int_eq(
        ecs_lesson_parse(BASE_NAME, "", 0, fake_scenarios, FAKE_SCENARIOS, &l, &issues), -EINVAL);
    ck_assert_ptr_nonnull(fake_issue(&issues, 1, "front matter is missing", "---"));
    ecs_issues_free(&issues);
    ck_assert_int_eq(fake_parse(BASE_NAME, "garbage", &l, NULL), -EINVAL);
    free(big);
}
END_TEST

/* ---- bombs: many or deep things end in an issue, soon -------------------------------------- */

static const struct { const char *unit; const char *what; } bombs[] = {
    {">", ""}, {"- ", ""}, {"[", ""}, {"*a **b ", ""}, {"`", ""}, {"a\n\n", ""}, {"## Predict\n",
     "steps"},
    {"```ask q\n```\n", "named blocks"}, {"# x\n", "level 1"}, {"![", ""}, {"1. a\n", ""}, {"&#1;",
     ""}, {"<a ", ""},
    {"```text\nx\n```\n", ""}, {"_a*", ""}, {"***\n\n", "line across"},
};

START_TEST(bombs_end)
{
    struct ecs_lesson *l = NULL;
    struct ecs_issues issues = {0};
    size_t room = 300000, used = 0, column = 0;
    char *text = malloc(room + strlen(base_lesson) + 4), *p = stpcpy(text, base_lesson);
    size_t n = strlen(bombs[_i].unit);
    for (; used + n < room; used += n) {
        p = stpcpy(p, bombs[_i].unit);
        column += n;
        if (column > 1500 && p[-1] != '\n') {
            p = stpcpy(p, "\n");
            used++;
            column = 0;
        }
        column = p[-1] == '\n' ? 0 : column;
    }
    int rc = fake_parse(BASE_NAME, text, &l, &issues);
    ck_assert(rc == 0 || (rc == -EINVAL && issues.n > 0 && issues.n <= 200));
    if (*bombs[_i].what) {
        bool found = false;
        for (size_t i = 0; i < issues.n; i++)
            found = found || strstr(issues.v[i].what, bombs[_i].what);
        ck_assert_msg(found, "%s", fake_issues_text(&issues));
    }
    if (rc == 0)
        ecs_lesson_lint(l, &issues);
    ecs_lesson_free(l);
    ecs_issues_free(&issues);
    free(text);
}
END_TEST

START_TEST(a_block_of_many_lines_ends)
{
    struct ecs_lesson *l = NULL;
    struct ecs_issues issues = {0};
    char *text = malloc(600000), *p = stpcpy(text, base_lesson);
    p = stpcpy(p, "```do d2\n");
    for (int i = 0; i < 40000; i++)
        p = stpcpy(p, "hint: x\n");
    stpcpy(p, "```\n");
    ck_assert_int_eq(fake_parse(BASE_NAME, text, &l, &issues), -EINVAL);
    ck_assert_uint_lt(issues.n, 10);
    ecs_issues_free(&issues);
    free(text);
}
END_TEST

#define N(a) ((int)(sizeof(a) / sizeof *(a)))

int main(void)
{
    Suite *s = suite_create("parse");
    TCase *t = tcase_create("reading");
    suite_add_tcase(s, t);
    tcase_add_test(t, front_matter);
    tcase_add_test(t, steps);
    tcase_add_test(t, predict);
    tcase_add_test(t, what_a_choice_would_show);
    tcase_add_test(t, scenario);
    tcase_add_test(t, expect_and_questions);
    tcase_add_loop_test(t, prose_becomes_marks, 0, N(prose));
    tcase_add_loop_test(t, bands_are_read, 0, N(bands));
    t = tcase_create("bytes");
    suite_add_tcase(s, t);
    tcase_add_loop_test(t, bytes_that_are_no_text, 0, N(bytes));
    tcase_add_test(t, byte_order_mark_and_sizes);
    t = tcase_create("bombs");
    tcase_set_timeout(t, 60);
    suite_add_tcase(s, t);
    tcase_add_loop_test(t, bombs_end, 0, N(bombs));
    tcase_add_test(t, a_block_of_many_lines_ends);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
