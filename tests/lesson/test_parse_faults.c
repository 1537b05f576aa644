/* Each kind of fault in a lesson file, with its line, its cause and its mend. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base_lesson.h"
#include "fake_scenarios.h"
#include "tui/keymap.h"

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
    {"confidence: yes\n```\n", "confidence: yes\n", -10, "'predict' block is not closed",
     "above line 23"},
    {"confidence: yes", "confidnce: yes", 0, "unknown key 'confidnce'", "'confidence'"},
    {"confidence: yes", "wibble: yes", 0, "unknown key 'wibble'", "keys are ask choice"},
    {"confidence: yes", "seen upp: it rose", 0, "unknown choice 'upp'", "'up'"},
    {"confidence: yes", "seen up: a\nseen up: b", 1, "appears twice", "keep one"},
    {"confidence: yes", "confidence yes", 0, "not key: value", "on one line"},
    {"confidence: yes", "confidence:", 0, "'confidence' has no value", "yes"},
    {"confidence: yes", "confidence: yes\nconfidence: no", 1, "appears twice", "keep one"},
    {"confidence: yes", "confidence now: yes", 0, "takes nothing before its colon",
     "confidence: yes"},
    {"choice same:", "choice:", 0, "lacks the word before its colon", "choice ID"},
    /* predict and ask */
    {"ask: We move the counters apart. The rate will ...\n", "", -1, "'predict' lacks 'ask'",
     "ask:"},
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
    {"choice down: go down\n",
     "choice down: d\nchoice a: a\nchoice b: b\nchoice c: c\nchoice d: d\n", 4,
     "too many choices", "6"},
    {"answer: calib.line_bytes / 8", "hint: x", -2, "neither choices nor an answer", "answer:"},
    {"answer: calib.line_bytes / 8", "answer: 3\nchoice a: b *\nchoice c: d\nwhy c: e", 0,
     "both choices", "keep"},
    {"why two: No.", "why two: No.\ntolerance: 2 %", 1, "tolerance without", "delete"},
    {"tolerance: 1 %", "tolerance: 3", 0, "out of range", "5 %"},
    {"tolerance: 1 %", "tolerance: 3 ms", 0, "out of range", "5 %"},
    {"hint: Divide.", "hint: a\nhint: b\nhint: c", 2, "more than 3 hints", "three"},
    {"calib.line_bytes / 8", "calib.line_byte / 8", 0, "unknown name 'line_byte'", "'line_bytes'"},
    {"calib.line_bytes / 8", "calib.line_bytes /", 0, "ends too early", "missing"},
    /* scenario */
    {"run: counters kernel", "run: conuters kernel", 0, "unknown scenario 'conuters'",
     "'counters'"},
    {"run: counters kernel", "run: frobnicate kernel", 0, "unknown scenario 'frobnicate'", "list"},
    {"kernel=load_store", "kernl=load_store", 0, "kernl", "kernel"},
    {"kernel=load_store", "kernel=load_stor", 0, "load_stor", "load_store"},
    {"kernel=load_store", "kernel", 0, "'kernel' is not key=value", "key=value"},
    {"stride=8 pin", "stride=8ms pin", 0, "ms", "whole number"},
    {"stride=8 pin", "stride=9 pin", 0, "multiple", "8"},
    {"stride=8 pin", "stride=4K pin", 0, "out of range", "256"},
    {"run: counters kernel=load_store threads=2 stride=8 pin=distinct-cores\n", "", -1,
     "lacks 'run'", "run:"},
    {"chart: rate.total hit_rate\n", "", -2, "lacks 'chart'", "chart:"},
    {"chart: rate.total hit_rate", "chart: rate.totl", 0, "unknown metric 'rate.totl'",
     "'rate.total'"},
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
    {"toggle a: pin = distinct-cores | same-core", "toggle a: stride = 8 | 16", 0,
     "two toggles change 'stride'", "keep"},
    {"toggle a: pin = distinct-cores | same-core", "toggle a: fixed = 1 | 2", 0,
     "cannot change while", "choose"},
    {"toggle p: stride = 8 | 64", "toggle p: strid = 8 | 64", 0, "unknown parameter 'strid'",
     "'stride'"},
    {"toggle p: stride = 8 | 64", "toggle p: stride 8 | 64", 0, "changes nothing",
     "PARAMETER = VALUE"},
    {"toggle p: stride = 8 | 64 | 128", "toggle p: stride = 8", 0, "'toggle' has 1 value",
     "2 to 8"},
    {"toggle p: stride = 8 | 64 | 128", "toggle p: stride = 8 | 8", 0, "'8' appears twice", "keep"},
    {"toggle p: stride = 8 | 64 | 128", "toggle p: stride = 8 | 5", 0, "out of range", "256"},
    {"toggle p: stride = 8 | 64 | 128", "toggle p: stride = 8|16|24|32|40|48|56|64|72", 0,
     "9 values", "2 to 8"},
    {"compare: stride = 8 | 128", "compare: stride = 8 | 64 | 128", 0, "'compare' has 3 values",
     "A | B"},
    {"caption stride == 8", "caption strid == 8", 0, "unknown name 'strid'", "'stride'"},
    {"caption stride == 8", "caption stride = 8", 0, "single '='", "=="},
    {"caption stride == 8", "caption stride == 8ms", 0, "a size in bytes does not go with a time",
     "same unit"},
    {"caption pin == same-core", "caption pin == same-cor", 0, "same-cor", "same-core"},
    /* expect */
    {"metric: median(s1.rate.total[stride=128])", "metric: median(s1.rate.totl[stride=128])", 0,
     "unknown name 'rate.totl'", "'rate.total'"},
    {"s1.rate.total[stride=128]) /", "s2.rate.total[stride=128]) /", 0,
     "'s2' names no scenario block", "'s1'"},
    {"s1.rate.total[stride=128]) /", "s1.rate.total[strid=128]) /", 0, "strid", "stride"},
    {"s1.rate.total[stride=128]) /", "s1.rate.total[stride=7]) /", 0, "stride=7", "use 8"},
    {"s1.rate.total[stride=128]) /", "s1.rate.total[later]) /", 0, "selects nothing", "[now]"},
    {"s1.rate.total[stride=128]) /", "rate.total[stride=128]) /", 0,
     "'rate' names no scenario block", "block.metric"},
    {"metric: median(s1.rate.total[stride=128]) / median(s1.rate.total[stride=8])",
     "metric: s1.op.ns + s1.hit_rate", 0,
     "a time does not go with a percentage", "same unit"},
    {"pass: >= 2.0", "pass: >= 2 ms", -1, "a time does not go with a ratio", "plain number"},
    {"pass: >= 2.0", "pass: about 2", 0, "not a band", ">= 2.0"},
    {"pass: >= 2.0", "pass: 3 .. 2", 0, "is empty", "1.15 .. 2.0"},
    {"pass: >= 2.0", "pass: >= two", 0, "a number is missing", ">= 2.0"},
    {"pass: >= 2.0\n", "", -2, "lacks 'pass'", "pass:"},
    {"else: < 1.15\n", "", -4, "lacks 'else'", "else:"},
    {"weak: 1.15 .. 2.0\n", "", 2, "without a weak band", "weak:"},
    {"say weak: Only {value}x; a line has {calib.line_bytes} bytes.\n", "", -6,
     "nothing is said for the band 'weak'", "say weak"},
    {"say pass: {value}x", "say best: {value}x", 0, "unknown band 'best'", "pass, weak or else"},
    {"{value}x on", "{valeu}x on", 0, "valeu", "block.metric"},
    {"{calib.line_bytes}", "{calib.speed}", 0, "unknown name 'speed'", "calib has"},
    {"{value}x on", "{value on", 0, "not expected", "expression"},
    {"say else: Not visible: {s1.rate.total[stride=8]}.", "say else: Not {visible.", 0,
     "'{' is not closed", "}"},
    {"fallback: trace false-sharing.ecst", "fallback: trace ../x.ecst", 0,
     "not the name of a trace", "assets/traces"},
    {"fallback: trace false-sharing.ecst", "fallback: none", 0, "no reason", "REASON"},
    {"fallback: trace false-sharing.ecst", "fallback: later", 0, "not a fallback", "trace FILE"},
    /* do */
    {"s1.param.stride <= 64", "s1.param.stried <= 64", 0, "unknown name 'stried'", "'stride'"},
    {"s1.param.stride <= 64", "s1.param.stride[now] <= 64", 0, "is no metric", "brackets"},
    {"s1.param.stride <= 64", "s1.param.stride <= 64 %", 0, "does not go with a percentage",
     "same unit"},
    {"check: s1.param.stride <= 64", "check: s1.param.stride <= <= 64", 0, "not expected",
     "expression"},
};

START_TEST(fault_has_line_cause_and_mend)
{
    int line;
    char *text = base_with(faults[_i].find, faults[_i].replace, &line);
    struct ecs_lesson *l = NULL;
    struct ecs_issues issues = {0};
    int rc = fake_parse(BASE_NAME, text, &l, &issues);
    ck_assert_msg(rc == -EINVAL && !l && issues.n > 0, "'%s' was taken", faults[_i].replace);
    ck_assert_msg(fake_issue(&issues, line + faults[_i].line, faults[_i].what, faults[_i].mend) !=
                      NULL,
                  "wanted %d: %s; %s\ngot\n%s", line + faults[_i].line, faults[_i].what,
                  faults[_i].mend, fake_issues_text(&issues));
    for (size_t i = 0; i < issues.n; i++)
        ck_assert_msg(*issues.v[i].what && *issues.v[i].mend && issues.v[i].line > 0, "%s",
                      fake_issues_text(&issues));
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
        "---\nformat: 1\nid: x\ntitle: T\nobjective: O\nmisconception: M\nminutes: 1\n---\n## "
        "Predict\n"
        "```expect e1\nmetric: 1\npass: > 0\nelse: <= 0\nsay pass: a\nsay else: b\n```\n";
    ck_assert_int_eq(fake_parse("01-x.md", text, &l, &issues), -EINVAL);
    ck_assert_ptr_nonnull(fake_issue(&issues, 10, "before any 'predict'", "predict block"));
    ecs_issues_free(&issues);
}
END_TEST

/* ---- names and keys ------------------------------------------------------------------------ */

static const char *const bad_names[] = {
    "false-sharing.md", "9-false-sharing.md",    "09-false-sharing.txt", "09-.md", "", "/",
    "a/b/lesson",       "12345-false-sharing.md"};

START_TEST(file_names)
{
    struct ecs_lesson *l = NULL;
    struct ecs_issues issues = {0};
    ck_assert_int_eq(fake_parse(bad_names[_i], base_lesson, &l, &issues), -EINVAL);
    ck_assert_msg(fake_issue(&issues, 1, "", "09-false-sharing.md") != NULL, "%s",
                  fake_issues_text(&issues));
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
        ck_assert(!bound ||
                  fake_issue(&issues, line, "already means something else", "another letter"));
        ecs_lesson_free(l);
        ecs_issues_free(&issues);
        free(text);
    }
}
END_TEST

#define N(a) ((int)(sizeof(a) / sizeof *(a)))

int main(void)
{
    Suite *s = suite_create("parse faults");
    TCase *t = tcase_create("faults");
    suite_add_tcase(s, t);
    tcase_add_loop_test(t, fault_has_line_cause_and_mend, 0, N(faults));
    tcase_add_test(t, every_fault_at_once);
    tcase_add_test(t, expect_before_predict);
    tcase_add_loop_test(t, file_names, 0, N(bad_names));
    tcase_add_test(t, toggle_keys_stay_off_the_keymap);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
