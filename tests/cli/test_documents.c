/* The documents that scripts rely on: keys, types, and what must hold between them. Never a
 * speed: the machine may be as busy as it likes. */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

static const json_t *get(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    ck_assert_msg(v, "no key %s", key);
    return v;
}

static const char *str(const json_t *o, const char *key)
{
    const json_t *v = get(o, key);
    ck_assert_msg(json_is_string(v), "%s is not a string", key);
    return json_string_value(v);
}

static json_int_t integer(const json_t *o, const char *key)
{
    const json_t *v = get(o, key);
    ck_assert_msg(json_is_integer(v), "%s is not an integer", key);
    return json_integer_value(v);
}

static bool is_word(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

static const char *const sources[] = { "measured", "model", "recorded", "exhaustive", NULL };

/* A figure is a number with what it is, or null with why it is not. */
static void check_metric(const json_t *m)
{
    ck_assert(str(m, "name")[0] && str(m, "how")[0]);
    str(m, "unit");
    ck_assert_msg(is_word(str(m, "source"), sources), "source %s", str(m, "source"));
    const json_t *median = get(m, "median"), *low = get(m, "low"), *high = get(m, "high");
    json_int_t n = integer(m, "n");
    if (json_is_null(median)) {
        ck_assert_msg(str(m, "why")[0], "%s has no why", str(m, "name"));
        ck_assert_int_eq(n, 0);
    } else {
        ck_assert(json_is_number(median) && json_is_number(low) && json_is_number(high));
        ck_assert_int_ge(n, 1);
        ck_assert(json_number_value(low) <= json_number_value(median));
        ck_assert(json_number_value(median) <= json_number_value(high));
    }
}

static void check_figures(const json_t *o)
{
    json_int_t windows = integer(o, "windows"), dirty = integer(o, "dirty_windows");
    ck_assert(json_is_object(get(o, "params")));
    ck_assert_int_ge(dirty, 0);
    ck_assert_int_le(dirty, windows);
    ck_assert(json_is_boolean(get(o, "noisy")));
    ck_assert_int_eq(json_is_true(get(o, "noisy")), windows > 0 && dirty * 2 > windows);
    if (json_is_true(get(o, "noisy")))
        ck_assert(str(o, "noisy_why")[0]);
    const json_t *metrics = get(o, "metrics");
    ck_assert_uint_ge(json_array_size(metrics), 1);
    for (size_t i = 0; i < json_array_size(metrics); i++)
        check_metric(json_array_get(metrics, i));
}

static void check_run(const json_t *o, const char *scenario)
{
    ck_assert_str_eq(str(o, "schema"), "ecscope.run.v1");
    ck_assert_str_eq(str(o, "scenario"), scenario);
    ck_assert(str(get(o, "machine"), "host")[0]);
    check_figures(o);
}

static const char *const scenarios[] = { "counters", "hot-cold", "stack-stress", "alloc-churn" };

START_TEST(run_document)
{
    json_t *o = run_json(text("run %s --seconds 0.6 --format json", scenarios[_i]));
    check_run(o, scenarios[_i]);
    ck_assert_int_ge(integer(o, "windows"), 1);
    json_decref(o);
}
END_TEST

START_TEST(run_takes_parameters)
{
    json_t *o = run_json("run counters --json --seconds 100ms --set stride=64 --set threads=3 "
                         "--set kernel=store --set stride=128");
    check_run(o, "counters");
    const json_t *params = get(o, "params");
    ck_assert_int_eq(integer(params, "stride"), 128);
    ck_assert_int_eq(integer(params, "threads"), 3);
    ck_assert_str_eq(str(params, "kernel"), "store");
    ck_assert_str_eq(str(params, "pin"), "distinct-cores");
    json_decref(o);
}
END_TEST

START_TEST(one_assignment_may_hold_several)
{
    json_t *o = run_json("run counters --json --seconds 0.1 --set stride=64,kernel=store");
    ck_assert_int_eq(integer(get(o, "params"), "stride"), 64);
    ck_assert_str_eq(str(get(o, "params"), "kernel"), "store");
    json_decref(o);
}
END_TEST

/* More threads than CPUs: allowed, and said. */
START_TEST(too_many_threads_are_said)
{
    struct said s = run("run counters --json --seconds 0.2 --set threads=64");
    ck_assert_int_eq(s.status, 0);
    json_t *o = json_loads(s.out, 0, NULL);
    ck_assert_ptr_nonnull(o);
    if (integer(get(o, "machine"), "allowed_cpus") < 64) {
        ck_assert_ptr_nonnull(strstr(str(o, "note"), "64 threads share"));
        ck_assert_ptr_nonnull(strstr(s.err, "note: 64 threads share"));
    }
    json_decref(o);
    said_free(&s);
}
END_TEST

START_TEST(why_a_figure_is_missing)
{
    json_t *o = run_json("run alloc-churn --json --seconds 0.3 --set variant=libc");
    const json_t *metrics = get(o, "metrics");
    bool seen = false;
    for (size_t i = 0; i < json_array_size(metrics); i++) {
        const json_t *m = json_array_get(metrics, i);
        if (strcmp(str(m, "name"), "l1.hit_rate") == 0) {
            seen = true;
            ck_assert(json_is_null(get(m, "median")));
            ck_assert_ptr_nonnull(strstr(str(m, "why"), "C library"));
        }
    }
    ck_assert(seen);
    json_decref(o);
}
END_TEST

START_TEST(run_prints_text)
{
    struct said s = run("run counters --seconds 0.4");
    ck_assert_int_eq(s.status, 0);
    ck_assert_int_eq(strncmp(s.out, "counters  kernel=", 17), 0);
    /* On a noisy machine nothing is, and is not called so either. */
    ck_assert(strstr(s.out, "MEASURED") || strstr(s.out, "not available"));
    ck_assert_ptr_nonnull(strstr(s.out, "MODEL"));
    ck_assert_ptr_nonnull(strstr(s.out, "window"));
    /* Progress is for a terminal. */
    ck_assert_ptr_null(strchr(s.err, '\r'));
    said_free(&s);
}
END_TEST

START_TEST(what_was_not_measured_is_not_called_so)
{
    struct said s = run("run alloc-churn --set variant=libc --seconds 0.4");
    int seen = 0;
    ck_assert_int_eq(s.status, 0);
    for (char *line = strtok(s.out, "\n"); line; line = strtok(NULL, "\n")) {
        seen += strstr(line, "not available") != NULL;
        ck_assert_msg(!strstr(line, "not available") || !strstr(line, "MEASURED"), "%s", line);
    }
    ck_assert_int_ge(seen, 2);
    said_free(&s);
}
END_TEST

static size_t fields(const char *line)
{
    size_t n = 1;
    for (; *line && *line != '\n'; line++)
        n += *line == ',';
    return n;
}

START_TEST(run_prints_csv)
{
    struct said s = run("run counters --seconds 0.5 --format csv");
    ck_assert_int_eq(s.status, 0);
    static const char head[] = "time_s,rate.total,";
    ck_assert_int_eq(strncmp(s.out, head, strlen(head)), 0);
    ck_assert_ptr_nonnull(strstr(s.out, ",dirty,settling,"));
    size_t lines = 0, width = fields(s.out);
    double last = 0;
    for (char *p = strchr(s.out, '\n') + 1; *p; p = strchr(p, '\n') + 1) {
        double time = strtod(p, NULL);
        ck_assert_uint_eq(fields(p), width);
        ck_assert(time > last);
        last = time;
        lines++;
    }
    ck_assert_uint_ge(lines, 3);
    said_free(&s);
}
END_TEST

static const char *const verdicts[] = { "b_better", "a_better", "no_difference", "too_noisy",
                                        NULL };

START_TEST(compare_document)
{
    json_t *o = run_json("compare counters --a stride=8 --b stride=128,kernel=store "
                         "--set threads=1 --pairs 2 --seconds 0.1 --format json");
    ck_assert_str_eq(str(o, "schema"), "ecscope.compare.v1");
    ck_assert_str_eq(str(o, "scenario"), "counters");
    ck_assert_str_eq(str(o, "metric"), "rate.total");
    ck_assert_str_eq(str(o, "source"), "measured");
    ck_assert(is_word(str(o, "verdict"), verdicts));
    const json_t *a = get(o, "a"), *b = get(o, "b"), *ratio = get(o, "ratio");
    ck_assert_int_eq(integer(get(a, "params"), "stride"), 8);
    ck_assert_int_eq(integer(get(b, "params"), "stride"), 128);
    ck_assert_str_eq(str(get(b, "params"), "kernel"), "store");
    ck_assert_int_eq(integer(get(a, "params"), "threads"), 1);
    ck_assert_int_eq(integer(get(b, "params"), "threads"), 1);
    ck_assert_int_ge(integer(o, "pairs"), 0);
    ck_assert_int_ge(integer(o, "dirty_pairs"), 0);
    get(ratio, "median");
    get(ratio, "low");
    get(ratio, "high");
    ck_assert(str(get(o, "machine"), "host")[0]);
    /* Two pairs are too few for a verdict, however quiet it is. */
    ck_assert_str_eq(str(o, "verdict"), "too_noisy");
    ck_assert(str(o, "why")[0]);
    json_decref(o);
}
END_TEST

START_TEST(compare_by_another_metric)
{
    json_t *o = run_json("compare counters --a stride=8 --b stride=128 --metric op.ns "
                         "--pairs 1 --seconds 0.1 --json");
    ck_assert_str_eq(str(o, "metric"), "op.ns");
    ck_assert_str_eq(str(o, "unit"), "ns");
    ck_assert(json_is_true(get(o, "lower_is_better")));
    json_decref(o);
}
END_TEST

START_TEST(compare_prints_text_and_csv)
{
    struct said s = run("compare counters --a stride=8 --b stride=128 --pairs 1 --seconds 0.1");
    ck_assert_int_eq(s.status, 0);
    ck_assert_ptr_nonnull(strstr(s.out, "stride=8"));
    ck_assert_ptr_nonnull(strstr(s.out, "too noisy to say"));
    said_free(&s);
    s = run("compare counters --a stride=8 --b stride=8 --pairs 1 --seconds 0.1 --format csv");
    ck_assert_int_eq(s.status, 0);
    ck_assert_int_eq(strncmp(s.out, "pair,a,b\n", 9), 0);
    said_free(&s);
}
END_TEST

static void check_lesson(const json_t *l)
{
    static const char *const states[] = { "new", "started", "finished", NULL };
    ck_assert(str(l, "id")[0] && str(l, "title")[0]);
    get(l, "needs");
    ck_assert_int_ge(integer(l, "minutes"), 1);
    ck_assert(is_word(str(l, "state"), states));
}

static void check_scenario(const json_t *s)
{
    ck_assert(str(s, "name")[0] && str(s, "summary")[0]);
    ck_assert_uint_ge(json_array_size(get(s, "metrics")), 1);
    const json_t *params = get(s, "params");
    for (size_t i = 0; i < json_array_size(params); i++) {
        const json_t *p = json_array_get(params, i);
        ck_assert(str(p, "name")[0]);
        get(p, "default");
        if (strcmp(str(p, "kind"), "choice") == 0)
            ck_assert_uint_ge(json_array_size(get(p, "choices")), 1);
        else
            ck_assert_int_le(integer(p, "min"), integer(p, "max"));
    }
}

START_TEST(list_document)
{
    json_t *o = run_json("list --json");
    const json_t *lessons = get(o, "lessons"), *all = get(o, "scenarios");
    ck_assert_uint_ge(json_array_size(lessons), 4);
    ck_assert_uint_ge(json_array_size(all), 4);
    ck_assert(json_is_array(get(o, "programs")));
    for (size_t i = 0; i < json_array_size(lessons); i++)
        check_lesson(json_array_get(lessons, i));
    for (size_t i = 0; i < json_array_size(all); i++)
        check_scenario(json_array_get(all, i));
    json_decref(o);
}
END_TEST

/* What `list` says of a scenario is what `run` takes: each default, spelt as it is listed. */
START_TEST(listed_defaults_are_taken)
{
    json_t *o = run_json("list --json");
    const json_t *params = get(json_array_get(get(o, "scenarios"), (size_t)_i), "params");
    char command[1024];
    int n = snprintf(command, sizeof command, "run %s --seconds 0.1",
                     str(json_array_get(get(o, "scenarios"), (size_t)_i), "name"));
    for (size_t i = 0; i < json_array_size(params); i++) {
        const json_t *p = json_array_get(params, i), *def = get(p, "default");
        n += snprintf(command + n, sizeof command - (size_t)n, " --set %s=", str(p, "name"));
        if (json_is_string(def))
            n += snprintf(command + n, sizeof command - (size_t)n, "%s", json_string_value(def));
        else
            n += snprintf(command + n, sizeof command - (size_t)n, "%lld",
                          (long long)json_integer_value(def));
    }
    struct said s = run(command);
    ck_assert_msg(s.status == 0, "%s: %s", command, s.err);
    said_free(&s);
    json_decref(o);
}
END_TEST

static const char *const abilities[] = { "pinning", "numa", "remote_memory", "hardware_counters",
                                         "run_delay", "huge_pages", NULL };

static void check_machine(const json_t *o)
{
    ck_assert_str_eq(str(o, "schema"), "ecscope.machine.v1");
    ck_assert_uint_eq(json_array_size(get(o, "cpu_list")), (size_t)integer(o, "cpus"));
    ck_assert_uint_eq(json_array_size(get(o, "node_list")), (size_t)integer(o, "nodes"));
    ck_assert(json_is_array(get(o, "caches")));
    for (size_t i = 0; abilities[i]; i++) {
        const json_t *a = get(get(o, "abilities"), abilities[i]);
        ck_assert(json_is_boolean(get(a, "available")));
        if (json_is_false(get(a, "available")))
            ck_assert_msg(str(a, "why")[0], "%s is missing without a reason", abilities[i]);
    }
}

START_TEST(machine_document)
{
    json_t *o = run_json("machine --json");
    check_machine(o);
    ck_assert(json_is_false(get(o, "foreign_topology")));
    json_decref(o);
}
END_TEST

START_TEST(a_made_up_machine_is_shown_as_such)
{
    json_t *o = run_json("HWLOC_SYNTHETIC=Package:2+Group:4+[NUMANode(memory=68719476736)]+"
                         "L3Cache:2(size=33554432)+Core:16+PU:1 machine --json");
    check_machine(o);
    ck_assert(json_is_true(get(o, "foreign_topology")));
    ck_assert_int_eq(integer(o, "nodes"), 8);
    ck_assert_int_eq(integer(o, "cpus"), 256);
    ck_assert(json_is_false(get(get(get(o, "abilities"), "pinning"), "available")));
    ck_assert(json_is_false(get(get(get(o, "abilities"), "numa"), "available")));
    json_decref(o);
    /* What cannot be used is passed over, and that is said. */
    struct said s = run("HWLOC_XMLFILE=/nonexistent machine --json");
    ck_assert_int_eq(s.status, 0);
    ck_assert_ptr_nonnull(strstr(s.err, "note: HWLOC_XMLFILE could not be used"));
    said_free(&s);
}
END_TEST

START_TEST(machine_prints_text)
{
    struct said s = run("machine");
    ck_assert_int_eq(s.status, 0);
    static const char *const words[] = { "host ", "processor ", "CPUs ", "memory ",
                                         "hardware counters", "NUMA placement" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        ck_assert_msg(strstr(s.out, words[i]), "no %s in %s", words[i], s.out);
    said_free(&s);
}
END_TEST

START_TEST(lint_document)
{
    json_t *o = run_json("lint --json " ECS_SOURCE_DIR "/lessons");
    ck_assert_str_eq(str(o, "schema"), "ecscope.lint.v1");
    ck_assert_int_ge(integer(o, "files"), 4);
    ck_assert_int_eq(integer(o, "errors"), 0);
    ck_assert(json_is_array(get(o, "issues")));
    json_decref(o);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("documents");
    TCase *t = tcase_create("documents");
    tcase_add_loop_test(t, run_document, 0, 4);
    tcase_add_test(t, run_takes_parameters);
    tcase_add_test(t, one_assignment_may_hold_several);
    tcase_add_test(t, too_many_threads_are_said);
    tcase_add_test(t, why_a_figure_is_missing);
    tcase_add_test(t, run_prints_text);
    tcase_add_test(t, what_was_not_measured_is_not_called_so);
    tcase_add_test(t, run_prints_csv);
    tcase_add_test(t, compare_document);
    tcase_add_test(t, compare_by_another_metric);
    tcase_add_test(t, compare_prints_text_and_csv);
    tcase_add_test(t, list_document);
    tcase_add_loop_test(t, listed_defaults_are_taken, 0, 4);
    tcase_add_test(t, machine_document);
    tcase_add_test(t, a_made_up_machine_is_shown_as_such);
    tcase_add_test(t, a_made_up_machine_is_shown_as_such);
    tcase_add_test(t, machine_prints_text);
    tcase_add_test(t, lint_document);
    tcase_set_timeout(t, 120);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
