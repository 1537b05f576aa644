#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base_lesson.h"
#include "fake_scenarios.h"
#include "tui/keymap.h"

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
    ecs_lesson_free(l);
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
    ck_assert(s->n_toggles == 2 && s->toggle[0].key == 'p' && s->toggle[0].param == 1 && s->toggle[0].n == 3);
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
    ck_assert(x->pass_low == 2 && x->pass_high == INFINITY && x->weak_low == 1.15 && x->weak_high == 2);
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
    {">= 2", 2, INFINITY, false, false}, {"> 2", 2, INFINITY, true, false}, {"< 2", -INFINITY, 2, false, true},
    {"<= 2.5", -INFINITY, 2.5, false, false}, {"== 0", 0, 0, false, false}, {"1 .. 2", 1, 2, false, true},
    {"1..2", 1, 2, false, true}, {"2 .. inf", 2, INFINITY, false, true}, {">=4x", 4, INFINITY, false, false},
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

/* ---- what is refused ----------------------------------------------------------------------- */

/* `line`: counted from the line on which the change begins. */
static const struct { const char *find, *replace; int line; const char *what, *mend; } faults[] = {
    /* front matter */
    {"---\nformat", "format", 0, "front matter is missing", "---"},
    {"minutes: 12\n---\n", "minutes: 12\n", 0, "no end", "---"},
    {"format: 1", "format: 2", 0, "format '2' is unknown", "format: 1"},
    {"format: 1", "format: one", 0, "format 'one' is unknown", "format: 1"},
    {"title: Two", "titel: Two", 0, "unknown key 'titel'", "'title'"},
    {"title: Two", "titel: Two", 5, "lacks 'title'", "title:"},
    {"title: Two", "colour: blue\ntitle: Two", 0, "unknown key 'colour'", "keys are format"},
    {"minutes: 12", "minutes: 12\nid: false-sharing", 1, "'id' appears twice", "keep one"},
    {"objective: Explain it.", "objective:", 0, "'objective' has no value", "objective:"},
    {"objective: Explain it.", "objective Explain it.", 0, "not key: value", "write key: value"},
    {"minutes: 12", "minutes: soon", 0, "minutes 'soon'", "whole number"},
    {"minutes: 12", "minutes: 999", 0, "minutes '999'", "240"},
    {"id: false-sharing", "id: False Sharing", 0, "is not an id", "lower-case"},
    {"id: false-sharing", "id: other", -2, "does not match the file name", "09-other.md"},
    /* steps and prose */
    {"## Predict", "# Predict", 0, "level 1", "##"},
    {"## Observe: move them", "### Observe", 0, "level 3", "##"},
    {"## Observe: move them", "## Obsreve", 0, "names no phase", "'Observe'"},
    {"## Observe: move them", "## Watch", 0, "names no phase", "Predict, Observe"},
    {"Press `p`.\n", "Press `p`.\n---\n", 0, "names no phase", "line of ---"},
    {"## Predict\n", "Hello.\n\n## Predict\n", 0, "text before the first step", "## Predict"},
    {"## Predict\n", "```notes\nx\n```\n## Predict\n", 0, "before the first step", "heading"},
    {"Press `p`.", "Press <b>p</b>.", 0, "HTML", "Markdown"},
    {"Press `p`.", "<div>\n</div>", 0, "HTML", "Markdown"},
    {"Press `p`.", "![p](x.png)", 0, "picture", "words"},
    {"Press `p`.", "a\n\n***\n", 2, "a line across", "##"},
    {"Press `p`.", "- # x", 0, "heading inside a list", "list"},
    {"Press `p`.", "x &#27; y", 0, "control character", "character itself"},
    {"Press `p`.", "- a\n\n  ```ask q9\n  ask: x\n  ```", 2, "block inside a list", "left margin"},
    /* blocks in general */
    {"```predict p1", "```predcit p1", 0, "unknown block 'predcit'", "'predict'"},
    {"```predict p1", "```quiz p1", 0, "unknown block 'quiz'", "blocks are predict"},
    {"```predict p1", "```predict", 0, "has no name", "```predict p1"},
    {"```predict p1", "```predict p1 x", 0, "not expected behind the name", "one word"},
    {"```predict p1", "```predict P-1", 0, "'P-1' cannot name a block", "```predict p1"},
    {"```predict p1", "```predict calib", 0, "'calib' cannot name a block", "p1"},
    {"```ask q2", "```ask q1", 0, "two blocks called 'q1'", "line 48"},
    {"```notes", "```notes n1", 0, "notes have no name", "```notes"},
    {"confidence: yes\n```\n", "confidence: yes\n", -10, "'predict' block is not closed", "above line 23"},
    {"confidence: yes", "confidnce: yes", 0, "unknown key 'confidnce'", "'confidence'"},
    {"confidence: yes", "wibble: yes", 0, "unknown key 'wibble'", "keys are ask choice"},
    {"confidence: yes", "confidence yes", 0, "not key: value", "on one line"},
    {"confidence: yes", "confidence:", 0, "'confidence' has no value", "yes"},
    {"confidence: yes", "confidence: yes\nconfidence: no", 1, "appears twice", "keep one"},
    {"confidence: yes", "confidence now: yes", 0, "takes nothing before its colon", "confidence: yes"},
    {"choice same:", "choice:", 0, "lacks the word before its colon", "choice ID"},
    /* predict and ask */
    {"ask: We move the counters apart. The rate will ...\n", "", -1, "'predict' lacks 'ask'", "ask:"},
    {"go up *", "go up", -3, "no choice is marked", "' *'"},
    {"go down\n", "go down *\n", -4, "more than one choice", "' *'"},
    {"why same: The hardware shares the line.\n", "", -3, "'same' has no refutation", "why same:"},
    {"why same:", "why up:", 0, "right choice 'up' has a refutation", "delete"},
    {"why same:", "why sane:", 0, "unknown choice 'sane'", "'same'"},
    {"claim up:", "claim upp:", 0, "unknown choice 'upp'", "'up'"},
    {"claim up: 1.5 .. inf", "claim up: 3 .. 2", 0, "not a band", "LOW .. HIGH"},
    {"claim up: 1.5 .. inf", "claim up: 3", 0, "not a band", "LOW .. HIGH"},
    {"claim up: 1.5 .. inf", "claim up: lots", 0, "a number is missing", "digits"},
    {"confidence: yes", "confidence: maybe", 0, "neither yes nor no", "yes or no"},
    {"choice same:", "choice skip:", 0, "'skip' cannot name a choice", "other than skip"},
    {"choice down: go down\n", "choice down: d\nchoice a: a\nchoice b: b\nchoice c: c\nchoice d: d\n", 4,
     "too many choices", "6"},
    {"answer: calib.line_bytes / 8", "hint: x", -2, "neither choices nor an answer", "answer:"},
    {"answer: calib.line_bytes / 8", "answer: 3\nchoice a: b *\nchoice c: d\nwhy c: e", 0, "both choices", "keep"},
    {"why two: No.", "why two: No.\ntolerance: 2 %", 1, "tolerance without", "delete"},
    {"tolerance: 1 %", "tolerance: 3", 0, "out of range", "5 %"},
    {"tolerance: 1 %", "tolerance: 3 ms", 0, "out of range", "5 %"},
    {"hint: Divide.", "hint: a\nhint: b\nhint: c", 2, "more than 3 hints", "three"},
    {"calib.line_bytes / 8", "calib.line_byte / 8", 0, "unknown name 'line_byte'", "'line_bytes'"},
    {"calib.line_bytes / 8", "calib.line_bytes /", 0, "ends too early", "missing"},
    /* scenario */
    {"run: counters kernel", "run: conuters kernel", 0, "unknown scenario 'conuters'", "'counters'"},
    {"run: counters kernel", "run: frobnicate kernel", 0, "unknown scenario 'frobnicate'", "list"},
    {"kernel=load_store", "kernl=load_store", 0, "kernl", "kernel"},
    {"kernel=load_store", "kernel=load_stor", 0, "load_stor", "load_store"},
    {"kernel=load_store", "kernel", 0, "'kernel' is not key=value", "key=value"},
    {"stride=8 pin", "stride=8ms pin", 0, "ms", "whole number"},
    {"stride=8 pin", "stride=9 pin", 0, "multiple", "8"},
    {"stride=8 pin", "stride=4K pin", 0, "out of range", "256"},
    {"run: counters kernel=load_store threads=2 stride=8 pin=distinct-cores\n", "", -1, "lacks 'run'", "run:"},
    {"chart: rate.total hit_rate\n", "", -2, "lacks 'chart'", "chart:"},
    {"chart: rate.total hit_rate", "chart: rate.totl", 0, "unknown metric 'rate.totl'", "'rate.total'"},
    {"chart: rate.total hit_rate", "chart: temperature", 0, "unknown metric", "list"},
    {"chart: rate.total hit_rate", "chart: rate.total hit_rate op.ns", 0, "more than 2", "take"},
    {"measure: 5 x 0.3s", "measure: 5 x 0.3", 0, "a time is wanted", "0.4s"},
    {"measure: 5 x 0.3s", "measure: 5 x 3 KiB", 0, "a size in bytes", "unit of time"},
    {"measure: 5 x 0.3s", "measure: 5 x 300mss", 0, "unknown unit 'mss'", "'ms'"},
    {"measure: 5 x 0.3s", "measure: many x 0.3s", 0, "number is missing", "PAIRS x TIME"},
    {"measure: 5 x 0.3s", "measure: 5000 x 0.3s", 0, "5000 pairs", "usual"},
    {"measure: 5 x 0.3s", "measure: 5 x 1ms", 0, "out of range", "50 ms"},
    {"warmup 0.2s", "warmpu 0.2s", 0, "not expected in 'measure'", "warmup"},
    {"measure: 5 x", "mesure: 5 x", 0, "unknown key 'mesure'", "'measure'"},
    {"toggle p: stride", "toggle q: stride", 0, "key 'q' already means", "another letter"},
    {"toggle p: stride", "toggle 3: stride", 0, "key '3' already means", "another letter"},
    {"toggle p: stride", "toggle pp: stride", 0, "cannot be the key", "one letter"},
    {"toggle a: pin", "toggle p: pin", 0, "appears twice", "keep one"},
    {"toggle a: pin = distinct-cores | same-core", "toggle a: stride = 8 | 16", 0, "two toggles change 'stride'", "keep"},
    {"toggle a: pin = distinct-cores | same-core", "toggle a: fixed = 1 | 2", 0, "cannot change while", "choose"},
    {"toggle p: stride = 8 | 64", "toggle p: strid = 8 | 64", 0, "unknown parameter 'strid'", "'stride'"},
    {"toggle p: stride = 8 | 64", "toggle p: stride 8 | 64", 0, "changes nothing", "PARAMETER = VALUE"},
    {"toggle p: stride = 8 | 64 | 128", "toggle p: stride = 8", 0, "'toggle' has 1 value", "2 to 8"},
    {"toggle p: stride = 8 | 64 | 128", "toggle p: stride = 8 | 8", 0, "'8' appears twice", "keep"},
    {"toggle p: stride = 8 | 64 | 128", "toggle p: stride = 8 | 5", 0, "out of range", "256"},
    {"toggle p: stride = 8 | 64 | 128", "toggle p: stride = 8|16|24|32|40|48|56|64|72", 0, "9 values", "2 to 8"},
    {"compare: stride = 8 | 128", "compare: stride = 8 | 64 | 128", 0, "'compare' has 3 values", "A | B"},
    {"caption stride == 8", "caption strid == 8", 0, "unknown name 'strid'", "'stride'"},
    {"caption stride == 8", "caption stride = 8", 0, "single '='", "=="},
    {"caption stride == 8", "caption stride == 8ms", 0, "a size in bytes does not go with a time", "same unit"},
    {"caption pin == same-core", "caption pin == same-cor", 0, "same-cor", "same-core"},
    /* expect */
    {"metric: median(s1.rate.total[stride=128])", "metric: median(s1.rate.totl[stride=128])", 0,
     "unknown name 'rate.totl'", "'rate.total'"},
    {"s1.rate.total[stride=128]) /", "s2.rate.total[stride=128]) /", 0, "'s2' names no scenario block", "'s1'"},
    {"s1.rate.total[stride=128]) /", "s1.rate.total[strid=128]) /", 0, "strid", "stride"},
    {"s1.rate.total[stride=128]) /", "s1.rate.total[stride=7]) /", 0, "stride=7", "use 8"},
    {"s1.rate.total[stride=128]) /", "s1.rate.total[later]) /", 0, "selects nothing", "[now]"},
    {"s1.rate.total[stride=128]) /", "rate.total[stride=128]) /", 0, "'rate' names no scenario block", "block.metric"},
    {"metric: median(s1.rate.total[stride=128]) / median(s1.rate.total[stride=8])", "metric: s1.op.ns + s1.hit_rate", 0,
     "a time does not go with a percentage", "same unit"},
    {"pass: >= 2.0", "pass: >= 2 ms", -1, "a time does not go with a ratio", "plain number"},
    {"pass: >= 2.0", "pass: about 2", 0, "not a band", ">= 2.0"},
    {"pass: >= 2.0", "pass: 3 .. 2", 0, "is empty", "1.15 .. 2.0"},
    {"pass: >= 2.0", "pass: >= two", 0, "a number is missing", ">= 2.0"},
    {"pass: >= 2.0\n", "", -2, "lacks 'pass'", "pass:"},
    {"else: < 1.15\n", "", -4, "lacks 'else'", "else:"},
    {"weak: 1.15 .. 2.0\n", "", 2, "without a weak band", "weak:"},
    {"say weak: Only {value}x; a line has {calib.line_bytes} bytes.\n", "", -6, "nothing is said for the band 'weak'", "say weak"},
    {"say pass: {value}x", "say best: {value}x", 0, "unknown band 'best'", "pass, weak or else"},
    {"{value}x on", "{valeu}x on", 0, "valeu", "block.metric"},
    {"{calib.line_bytes}", "{calib.speed}", 0, "unknown name 'speed'", "calib has"},
    {"{value}x on", "{value on", 0, "not expected", "expression"},
    {"say else: Not visible: {s1.rate.total[stride=8]}.", "say else: Not {visible.", 0, "'{' is not closed", "}"},
    {"fallback: trace false-sharing.ecst", "fallback: trace ../x.ecst", 0, "not the name of a trace", "assets/traces"},
    {"fallback: trace false-sharing.ecst", "fallback: none", 0, "no reason", "REASON"},
    {"fallback: trace false-sharing.ecst", "fallback: later", 0, "not a fallback", "trace FILE"},
    /* do */
    {"s1.param.stride <= 64", "s1.param.stried <= 64", 0, "unknown name 'stried'", "'stride'"},
    {"s1.param.stride <= 64", "s1.param.stride[now] <= 64", 0, "is no metric", "brackets"},
    {"s1.param.stride <= 64", "s1.param.stride <= 64 %", 0, "does not go with a percentage", "same unit"},
    {"check: s1.param.stride <= 64", "check: s1.param.stride <= <= 64", 0, "not expected", "expression"},
};

START_TEST(fault_has_line_cause_and_mend)
{
    int line;
    char *text = base_with(faults[_i].find, faults[_i].replace, &line);
    struct ecs_lesson *l = NULL;
    struct ecs_issues issues = {0};
    int rc = fake_parse(BASE_NAME, text, &l, &issues);
    ck_assert_msg(rc == -EINVAL && !l && issues.n > 0, "'%s' was taken", faults[_i].replace);
    ck_assert_msg(fake_issue(&issues, line + faults[_i].line, faults[_i].what, faults[_i].mend) != NULL,
                  "wanted %d: %s; %s\ngot\n%s", line + faults[_i].line, faults[_i].what, faults[_i].mend,
                  fake_issues_text(&issues));
    for (size_t i = 0; i < issues.n; i++)
        ck_assert_msg(*issues.v[i].what && *issues.v[i].mend && issues.v[i].line > 0, "%s", fake_issues_text(&issues));
    ck_assert_str_eq(issues.file, BASE_NAME);
    ck_assert_msg(issues.n <= 5, "one fault, %zu issues:\n%s", issues.n, fake_issues_text(&issues));
    ecs_issues_free(&issues);
    free(text);
}
END_TEST

START_TEST(every_fault_at_once)
{
    struct ecs_lesson *l = NULL;
    struct ecs_issues issues = {0};
    int line;
    char *text = base_with("title: Two", "titel: Two", &line);
    char *at = strstr(text, "go up *");
    memcpy(at, "go upp ", 7);
    at = strstr(text, "mesure");
    at = strstr(text, "measure");
    memcpy(at, "maesure", 7);
    ck_assert_int_eq(fake_parse(BASE_NAME, text, &l, &issues), -EINVAL);
    ck_assert_ptr_nonnull(fake_issue(&issues, 4, "titel", "title"));
    ck_assert_ptr_nonnull(fake_issue(&issues, 12, "no choice", "*"));
    ck_assert_ptr_nonnull(fake_issue(&issues, 30, "maesure", "measure"));
    for (size_t i = 1; i < issues.n; i++)
        ck_assert_int_le(issues.v[i - 1].line, issues.v[i].line);
    ecs_issues_free(&issues);
    free(text);
}
END_TEST

START_TEST(expect_before_predict)
{
    struct ecs_lesson *l = NULL;
    struct ecs_issues issues = {0};
    const char *text =
        "---\nformat: 1\nid: x\ntitle: T\nobjective: O\nmisconception: M\nminutes: 1\n---\n## Predict\n"
        "```expect e1\nmetric: 1\npass: > 0\nelse: <= 0\nsay pass: a\nsay else: b\n```\n";
    ck_assert_int_eq(fake_parse("01-x.md", text, &l, &issues), -EINVAL);
    ck_assert_ptr_nonnull(fake_issue(&issues, 10, "before any 'predict'", "predict block"));
    ecs_issues_free(&issues);
}
END_TEST

/* ---- bytes --------------------------------------------------------------------------------- */

static const struct { const char *replace; size_t n; int line; const char *what, *mend; } bytes[] = {
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
    int rc = ecs_lesson_parse(BASE_NAME, text, head + bytes[_i].n + tail, fake_scenarios, FAKE_SCENARIOS, &l, &issues);
    ck_assert_int_eq(rc, -EINVAL);
    ck_assert_msg(fake_issue(&issues, 25, bytes[_i].what, bytes[_i].mend) != NULL, "%s", fake_issues_text(&issues));
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
    ck_assert_int_eq(ecs_lesson_parse(BASE_NAME, big, size, fake_scenarios, FAKE_SCENARIOS, &l, &issues), -EINVAL);
    ck_assert_ptr_nonnull(fake_issue(&issues, 1, "larger than 1 MiB", "split"));
    ecs_issues_free(&issues);

    memset(big + 1, 'x', 3000);
    ck_assert_int_eq(ecs_lesson_parse(BASE_NAME, big, 5000, fake_scenarios, FAKE_SCENARIOS, &l, &issues), -EINVAL);
    ck_assert_ptr_nonnull(fake_issue(&issues, 2, "longer than 2000", "break"));
    ecs_issues_free(&issues);

    ck_assert_int_eq(ecs_lesson_parse(BASE_NAME, "", 0, fake_scenarios, FAKE_SCENARIOS, &l, &issues), -EINVAL);
    ck_assert_ptr_nonnull(fake_issue(&issues, 1, "front matter is missing", "---"));
    ecs_issues_free(&issues);
    ck_assert_int_eq(fake_parse(BASE_NAME, "garbage", &l, NULL), -EINVAL);
    free(big);
}
END_TEST

/* ---- bombs: many or deep things end in an issue, soon -------------------------------------- */

static const struct { const char *unit; const char *what; } bombs[] = {
    {">", ""}, {"- ", ""}, {"[", ""}, {"*a **b ", ""}, {"`", ""}, {"a\n\n", ""}, {"## Predict\n", "steps"},
    {"```ask q\n```\n", "named blocks"}, {"# x\n", "level 1"}, {"![", ""}, {"1. a\n", ""}, {"&#1;", ""}, {"<a ", ""},
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

/* ---- names and keys ------------------------------------------------------------------------ */

static const char *const bad_names[] = {"false-sharing.md", "9-false-sharing.md", "09-false-sharing.txt", "09-.md", "", "/",
                                        "a/b/lesson", "12345-false-sharing.md"};

START_TEST(file_names)
{
    struct ecs_lesson *l = NULL;
    struct ecs_issues issues = {0};
    ck_assert_int_eq(fake_parse(bad_names[_i], base_lesson, &l, &issues), -EINVAL);
    ck_assert_msg(fake_issue(&issues, 1, "", "09-false-sharing.md") != NULL, "%s", fake_issues_text(&issues));
    ecs_issues_free(&issues);
    ck_assert_int_eq(fake_parse("some/where/123-false-sharing.md", base_lesson, &l, &issues), 0);
    ck_assert_int_eq(l->number, 123);
    ecs_lesson_free(l);
    ecs_issues_free(&issues);
}
END_TEST

/* Every printable key that the keymap gives an action is refused as a toggle, and the rest of
 * the letters are not. */
START_TEST(toggle_keys_stay_off_the_keymap)
{
    static const char *const lists[] = {
#define X(id, name, keys, label, help) keys,
        ECS_ACTIONS(X)
#undef X
    };
    for (char c = 'A'; c <= 'z'; c++) {
        if (c > 'Z' && c < 'a')
            continue;
        bool bound = false;
        for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
            for (const char *p = lists[i]; *p; p += strcspn(p, " "), p += strspn(p, " "))
                bound = bound || (strcspn(p, " ") == 1 && *p == c);
        char replace[] = "toggle ?: stride";
        replace[7] = c;
        int line;
        char *text = base_with("toggle p: stride", replace, &line);
        char *other = strstr(text, "toggle a: pin = distinct-cores | same-core\n");
        memset(other, ' ', strlen("toggle a: pin = distinct-cores | same-core"));
        struct ecs_lesson *l = NULL;
        struct ecs_issues issues = {0};
        int rc = fake_parse(BASE_NAME, text, &l, &issues);
        ck_assert_msg(bound == (rc != 0), "key %c: %s", c, fake_issues_text(&issues));
        ck_assert(!bound || fake_issue(&issues, line, "already means something else", "another letter"));
        ecs_lesson_free(l);
        ecs_issues_free(&issues);
        free(text);
    }
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
    tcase_add_test(t, scenario);
    tcase_add_test(t, expect_and_questions);
    tcase_add_loop_test(t, prose_becomes_marks, 0, N(prose));
    tcase_add_loop_test(t, bands_are_read, 0, N(bands));
    t = tcase_create("refusing");
    suite_add_tcase(s, t);
    tcase_add_loop_test(t, fault_has_line_cause_and_mend, 0, N(faults));
    tcase_add_test(t, every_fault_at_once);
    tcase_add_test(t, expect_before_predict);
    tcase_add_loop_test(t, bytes_that_are_no_text, 0, N(bytes));
    tcase_add_test(t, byte_order_mark_and_sizes);
    tcase_add_loop_test(t, file_names, 0, N(bad_names));
    tcase_add_test(t, toggle_keys_stay_off_the_keymap);
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
