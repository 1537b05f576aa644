/* derive() and the tables, without any worker: numbers in, figures out. */
#include <string.h>

#include "core/alloc/allocator.h"
#include "core/lockfree/stack.h"
#include "drive.h"

#define NS_50MS 50000000u

static struct ecs_values values;
static struct ecs_delta delta[ECS_MAX_WORKERS], since[ECS_MAX_WORKERS];
static double metric[ECS_MAX_METRICS];
static const struct ecs_scenario *scenario;

static void use(const struct ecs_scenario *s)
{
    scenario = s;
    memset(delta, 0, sizeof delta);
    memset(since, 0, sizeof since);
    ecs_values_default(s, &values);
}

static void set(const char *assignment)
{
    struct ecs_error e = {0};
    ck_assert_msg(ecs_values_set(scenario, &values, assignment, &e) == 0, "%s", e.what);
}

static int counter(const char *name)
{
    for (int i = 0; scenario->counters[i]; i++)
        if (strcmp(scenario->counters[i], name) == 0)
            return i;
    ck_abort_msg("%s has no counter %s", scenario->name, name);
    return -1;
}

static void derive(unsigned workers)
{
    struct ecs_window w = { .window_ns = NS_50MS, .since_change_ns = 10 * NS_50MS,
                            .workers = workers, .values = &values, .delta = delta,
                            .since_change = since };
    for (size_t i = 0; i < ECS_MAX_METRICS; i++)
        metric[i] = -12345;
    scenario->derive(&w, metric);
}

static double figure(const char *name)
{
    int i = ecs_metric_index(scenario, name);
    ck_assert_msg(i >= 0, "%s has no metric %s", scenario->name, name);
    return metric[i];
}

#define IS(name, value)                                                                        \
    ck_assert_double_eq_tol(figure(name), value, 1e-9 * fabs((double)(value)) + 1e-12)
#define IS_ABSENT(name) ck_assert_double_nan(figure(name))

/* ---- tables -------------------------------------------------------------------------------- */

static void check_choices(const struct ecs_param *p)
{
    size_t n = 0;
    while (p->choices[n]) {
        ck_assert_msg(!p->choice_help || p->choice_help[n], "%s: help for each choice", p->name);
        n++;
    }
    ck_assert_int_lt(p->def, (int64_t)n);
    ck_assert(!p->choice_help || !p->choice_help[n]);
}

static void check_params(const struct ecs_scenario *s)
{
    ck_assert_uint_le(s->n_params, ECS_MAX_PARAMS);
    for (size_t i = 0; i < s->n_params; i++) {
        const struct ecs_param *p = &s->params[i];
        ck_assert_int_eq(ecs_param_index(s, p->name), (int)i);
        ck_assert(p->summary && p->summary[0] && p->live);
        if (p->kind == ECS_PARAM_CHOICE) {
            check_choices(p);
            continue;
        }
        ck_assert(p->min <= p->def && p->def <= p->max);
        ck_assert(p->multiple <= 1 || p->def % p->multiple == 0);
    }
}

START_TEST(tables_are_whole)
{
    size_t n;
    const struct ecs_scenario *s = ecs_scenarios(&n)[_i];
    struct ecs_values v;
    struct ecs_error e = {0};
    check_params(s);
    ck_assert_uint_le(s->n_metrics, ECS_MAX_METRICS);
    for (size_t i = 0; i < s->n_metrics; i++) {
        const struct ecs_metric *m = &s->metrics[i];
        ck_assert_int_eq(ecs_metric_index(s, m->name), (int)i);
        ck_assert(m->label && m->unit && m->how && m->how[0]);
        ck_assert(m->source == ECS_MEASURED || m->source == ECS_MODEL);
    }
    size_t counters = 0;
    while (s->counters[counters])
        counters++;
    ck_assert_uint_le(counters, ECS_MAX_COUNTERS);
    ck_assert_int_ge(ecs_metric_index(s, "rate.total"), 0);
    ck_assert_int_ge(ecs_param_index(s, ECS_PARAM_THREADS_NAME), 0);
    ck_assert_int_ge(ecs_param_index(s, ECS_PARAM_PIN_NAME), 0);
    ck_assert(s->start && s->stop && s->quantum && s->derive && s->describe);
    ecs_values_default(s, &v);
    ck_assert_msg(ecs_values_check(s, &v, &e) == 0, "%s", e.what);
}
END_TEST

START_TEST(choices_name_what_they_choose)
{
    const struct ecs_param *p = ecs_scenario_stack_stress.params;
    for (int i = 0; ecs_stack_variants[i] || p->choices[i]; i++)
        ck_assert_str_eq(p->choices[i], ecs_stack_variants[i]);
    p = ecs_scenario_alloc_churn.params;
    for (int i = 0; ecs_allocators[i] || p->choices[i]; i++) {
        ck_assert_str_eq(p->choices[i], ecs_allocators[i]->name);
        ck_assert_str_eq(p->choice_help[i], ecs_allocators[i]->summary);
    }
}
END_TEST

/* A window in which nothing ran: no figure may come out as a rate of 0/0. */
START_TEST(nothing_ran)
{
    size_t n;
    use(ecs_scenarios(&n)[_i]);
    derive(0);
    for (size_t i = 0; i < scenario->n_metrics; i++)
        ck_assert(isnan(metric[i]) || (isfinite(metric[i]) && metric[i] >= 0));
    derive(2);
    for (size_t i = 0; i < scenario->n_metrics; i++)
        ck_assert(isnan(metric[i]) || (isfinite(metric[i]) && metric[i] >= 0));
}
END_TEST

/* ---- counters ------------------------------------------------------------------------------ */

START_TEST(counters_rates)
{
    use(&ecs_scenario_counters);
    delta[0].c[counter("ops")] = 1000000;
    delta[1].c[counter("ops")] = 3000000;
    derive(2);
    IS("rate.total", 80e6);
    IS("rate.per_thread", 40e6);
    IS("op.ns", 25.0);
}
END_TEST

START_TEST(counters_layout)
{
    static const struct { const char *kernel, *stride; unsigned workers; double sharers, bytes; }
        cases[] = {
            { "kernel=fetch_add", "stride=8", 2, 2, 16 },
            { "kernel=fetch_add", "stride=8", 16, 8, 128 },
            { "kernel=fetch_add", "stride=8", 9, 8, 72 },
            { "kernel=fetch_add", "stride=24", 3, 3, 72 },
            { "kernel=fetch_add", "stride=40", 4, 2, 160 },
            { "kernel=store", "stride=56", 2, 2, 112 },
            { "kernel=store", "stride=64", 64, 1, 4096 },
            { "kernel=fetch_add_16", "stride=8", 2, 2, 256 },
            { "kernel=fetch_add_16", "stride=64", 2, 1, 2048 },
            { "kernel=work_store", "stride=128", 2, 1, 4096 },
        };
    use(&ecs_scenario_counters);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set(cases[i].kernel);
        set(cases[i].stride);
        derive(cases[i].workers);
        IS("line.sharers", cases[i].sharers);
        IS("bytes.used", cases[i].bytes);
    }
}
END_TEST

/* ---- hot-cold ------------------------------------------------------------------------------ */

START_TEST(hot_cold_figures)
{
    static const struct { const char *layout, *bytes; double use, fetched; } cases[] = {
        { "layout=aos", "entity_bytes=32", 25, 32 }, { "layout=aos", "entity_bytes=64", 12.5, 64 },
        { "layout=aos", "entity_bytes=48", 100.0 / 6, 48 },
        { "layout=aos", "entity_bytes=256", 12.5, 64 },
        { "layout=aos", "entity_bytes=80", 12.5, 64 },
        { "layout=split", "entity_bytes=32", 100, 8 },
        { "layout=split", "entity_bytes=512", 100, 8 },
    };
    use(&ecs_scenario_hot_cold);
    set("entities=64K");
    delta[0].c[counter("entities")] = 20000000;
    delta[1].c[counter("entities")] = 30000000;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set(cases[i].layout);
        set(cases[i].bytes);
        derive(2);
        IS("entity.ns", 2.0);
        IS("rate.total", 1e9);
        IS("line.use", cases[i].use);
        IS("bytes.touched", cases[i].fetched * 65536);
        IS("memory.bytes", (double)values.v[ecs_param_index(scenario, "entity_bytes")] * 65536);
    }
}
END_TEST

/* ---- stack-stress -------------------------------------------------------------------------- */

START_TEST(stack_figures)
{
    use(&ecs_scenario_stack_stress);
    delta[0].c[counter("pairs")] = 1000;
    delta[1].c[counter("pairs")] = 4000;
    delta[1].c[counter("cas_retries")] = 50;
    delta[0].c[counter("corruptions")] = 2;
    since[0].c[counter("corruptions")] = 5;
    since[1].c[counter("corruptions")] = 1;
    since[0].c[counter("clean_ns")] = 7000000;
    since[1].c[counter("clean_ns")] = 2500000;
    since[0].c[counter("lost")] = 11;
    since[1].c[counter("doubled")] = 12;
    since[0].c[counter("foreign")] = 13;
    derive(2);
    IS("rate.total", 100000);
    IS("retries", 0.01);
    IS("corruption.rate", 40);
    IS("corruption.total", 6);
    IS("first.corruption", 2.5);
    IS("lost.total", 11);
    IS("doubled.total", 12);
    IS("foreign.total", 13);
    IS_ABSENT("retired");
    ck_assert_ptr_nonnull(scenario->why(&values, ecs_metric_index(scenario, "retired")));
    ck_assert_ptr_null(scenario->why(&values, 0));
}
END_TEST

/* A worker's clean time does not count as long as it met nothing. */
START_TEST(stack_first_corruption)
{
    use(&ecs_scenario_stack_stress);
    since[0].c[counter("clean_ns")] = 1000000;
    since[1].c[counter("clean_ns")] = 9000000;
    derive(2);
    IS_ABSENT("first.corruption");
    IS("corruption.total", 0);
    since[1].c[counter("doubled")] = 1;
    derive(2);
    IS("first.corruption", 9);
    set("variant=epoch");
    since[0].c[counter("retired")] = 40;
    since[1].c[counter("reclaimed")] = 30;
    derive(2);
    IS("retired", 40);
    IS("reclaimed", 30);
    ck_assert_ptr_null(scenario->why(&values, ecs_metric_index(scenario, "retired")));
}
END_TEST

/* ---- alloc-churn --------------------------------------------------------------------------- */

START_TEST(churn_figures)
{
    use(&ecs_scenario_alloc_churn);
    set("variant=two-level");
    delta[0].c[counter("pairs")] = 3000;
    delta[1].c[counter("pairs")] = 2000;
    delta[0].c[counter("l1_hits")] = 2700;
    delta[0].c[counter("l1_misses")] = 300;
    delta[1].c[counter("l1_hits")] = 1300;
    delta[1].c[counter("l1_misses")] = 700;
    delta[0].c[counter("l2_hits")] = 300;
    delta[1].c[counter("l2_hits")] = 450;
    delta[1].c[counter("l2_misses")] = 250;
    delta[1].c[counter("cas_retries")] = 25;
    since[0].c[counter("os_bytes")] = 1 << 20;
    derive(2);
    IS("rate.total", 100000);
    IS("pair.ns", 20000);
    IS("l1.hit_rate", 80);
    IS("l2.hit_rate", 75);
    IS("cas.retries", 0.005);
    IS("os.bytes", 1 << 20);
}
END_TEST

/* What a variant does not have is absent, with a reason, whatever the counters say. */
START_TEST(churn_absent_figures)
{
    static const struct { const char *variant, *present, *absent; } cases[] = {
        { "variant=libc", "", "l1.hit_rate l2.hit_rate cas.retries os.bytes" },
        { "variant=mutex", "os.bytes", "l1.hit_rate l2.hit_rate cas.retries" },
        { "variant=lockfree", "cas.retries os.bytes", "l1.hit_rate l2.hit_rate" },
        { "variant=thread-local", "l1.hit_rate os.bytes", "l2.hit_rate cas.retries" },
        { "variant=two-level", "l1.hit_rate l2.hit_rate cas.retries os.bytes", "" },
    };
    use(&ecs_scenario_alloc_churn);
    for (int i = 0; scenario->counters[i]; i++)
        delta[0].c[i] = since[0].c[i] = 100;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set(cases[i].variant);
        derive(1);
        for (size_t m = 2; m < scenario->n_metrics; m++) {
            const char *name = scenario->metrics[m].name;
            bool absent = strstr(cases[i].absent, name);
            ck_assert(absent || strstr(cases[i].present, name));
            ck_assert_msg(isnan(metric[m]) == absent, "%s %s", cases[i].variant, name);
            ck_assert((scenario->why(&values, (int)m) != NULL) == absent);
        }
        ck_assert_ptr_null(scenario->why(&values, 0));
    }
}
END_TEST

/* ---- combinations that are refused --------------------------------------------------------- */

START_TEST(too_much_memory)
{
    struct ecs_error e = {0};
    use(&ecs_scenario_hot_cold);
    values.v[ecs_param_index(scenario, "entities")] = INT64_C(1) << 40;
    ck_assert_int_lt(scenario->check(&values, &e), 0);
    ck_assert_ptr_nonnull(strstr(e.what, "quarter"));
    ck_assert(e.mend[0]);
    use(&ecs_scenario_alloc_churn);
    values.v[ecs_param_index(scenario, "batch")] = INT64_C(1) << 40;
    e = (struct ecs_error){0};
    ck_assert_int_lt(scenario->check(&values, &e), 0);
    ck_assert(e.what[0] && e.mend[0]);
}
END_TEST

int main(void)
{
    size_t n;
    ecs_scenarios(&n);
    Suite *suite = suite_create("scenarios: tables and figures");
    TCase *t = tcase_create("derive");
    tcase_add_loop_test(t, tables_are_whole, 0, (int)n);
    tcase_add_test(t, choices_name_what_they_choose);
    tcase_add_loop_test(t, nothing_ran, 0, (int)n);
    tcase_add_test(t, counters_rates);
    tcase_add_test(t, counters_layout);
    tcase_add_test(t, hot_cold_figures);
    tcase_add_test(t, stack_figures);
    tcase_add_test(t, stack_first_corruption);
    tcase_add_test(t, churn_figures);
    tcase_add_test(t, churn_absent_figures);
    tcase_add_test(t, too_much_memory);
    suite_add_tcase(suite, t);
    return run_suite(suite);
}
