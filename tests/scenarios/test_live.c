/* Every scenario in a real run, with every parameter changed while it runs: work goes on, figures
 * are there or have a reason not to be, pictures fit their frame. */
#include <string.h>

#include "core/base/cacheline.h"
#include "drive.h"

/* Values of one parameter to try: all choices; borders and some between, kept small enough for a
 * machine that runs other tests too. */
static size_t values_to_try(const struct ecs_scenario *s, const struct ecs_param *p, int64_t *out)
{
    size_t n = 0;
    if (p->kind == ECS_PARAM_CHOICE) {
        while (p->choices[n]) {
            out[n] = (int64_t)n;
            n++;
        }
        return n;
    }
    int64_t most = p->max;
    if (strcmp(p->name, "threads") == 0)
        most = 5;
    if (strcmp(s->name, "hot-cold") == 0 && strcmp(p->name, "entities") == 0)
        most = 256 << 10;
    int64_t step = p->multiple > 1 ? p->multiple : 1;
    out[n++] = p->min;
    out[n++] = p->min + step;
    out[n++] = p->min + (most - p->min) / 3 / step * step;
    out[n++] = most;
    out[n++] = p->def <= most ? p->def : most;
    return n;
}

static void small_enough(const struct ecs_scenario *s, struct ecs_values *v)
{
    int entities = ecs_param_index(s, "entities");
    ecs_values_default(s, v);
    if (entities >= 0)
        v->v[entities] = 64 << 10;
}

static void check_figures(const struct ecs_scenario *s, const struct ecs_snapshot *snap)
{
    for (size_t m = 0; m < s->n_metrics; m++) {
        const char *why = s->why ? s->why(&snap->values, (int)m) : NULL;
        ck_assert_msg(isnan(snap->metric[m]) || isfinite(snap->metric[m]), "%s %s", s->name,
                      s->metrics[m].name);
        ck_assert_msg(!why || isnan(snap->metric[m]), "%s %s is there and has a reason not to be",
                      s->name, s->metrics[m].name);
        ck_assert(!(snap->metric[m] < 0));
    }
}

static void check_picture(const struct drive *d)
{
    struct ecs_picture p;
    ecs_run_picture(d->run, &p);
    ck_assert_int_eq(p.kind, d->s->diagram);
    ck_assert_uint_le(p.n_spans, ECS_MAX_SPANS);
    ck_assert_uint_eq(p.bytes % ECS_LINE, 0);
    for (uint32_t i = 0; i < p.n_spans; i++) {
        ck_assert_uint_le(p.span[i].offset + p.span[i].size, p.bytes);
        ck_assert(p.span[i].label[0] && memchr(p.span[i].label, 0, sizeof p.span[i].label));
    }
    if (p.kind == ECS_DIAGRAM_STACK)
        for (uint64_t i = 0; i < p.value[ECS_STACK_N_SAMPLE]; i++)
            ck_assert_uint_le(p.value[ECS_STACK_SAMPLE + i] - 1, p.value[ECS_STACK_NODES] - 1);
}

static void try_param(struct drive *d, size_t index, struct ecs_values base)
{
    int64_t value[64];
    size_t n = values_to_try(d->s, &d->s->params[index], value);
    for (size_t i = 0; i < n; i++) {
        struct ecs_values v = base;
        struct ecs_error e = {0};
        v.v[index] = value[i];
        if (ecs_values_check(d->s, &v, &e))
            continue;
        if (ecs_run_set_values(d->run, &v, &e))
            ck_abort_msg("%s %s: %s", d->s->name, d->s->params[index].name, e.what);
        if (ecs_run_await(d->run, 60ull * 1000000000u))
            ck_abort_msg("%s %s is not carried out", d->s->name, d->s->params[index].name);
        drive_next(d);                               /* may have been there before the change */
        struct ecs_values now = drive_next(d).values;
        /* What a machine cannot do (smt-siblings) is refused and leaves the old values. */
        if (same_values(d->s, &now, &v)) {
            struct ecs_snapshot snap = drive_until(d, &v);
            check_figures(d->s, &snap);
        } else {
            ck_assert_str_eq(d->s->params[index].name, "pin");
        }
        check_picture(d);
    }
}

START_TEST(every_value_of_every_parameter)
{
    size_t n;
    struct drive d;
    struct ecs_values v;
    const struct ecs_scenario *s = ecs_scenarios(&n)[_i];
    small_enough(s, &v);
    drive_start(&d, s, &v);
    drive_until(&d, &v);
    for (size_t p = 0; p < s->n_params; p++)
        try_param(&d, p, v);
    drive_stop(&d);
}
END_TEST

/* Many workers, then one, then many, with a rebuild in between. */
START_TEST(crowds)
{
    size_t n;
    struct drive d;
    struct ecs_values v;
    const struct ecs_scenario *s = ecs_scenarios(&n)[_i];
    int threads = ecs_param_index(s, "threads"), variant = ecs_param_index(s, "variant");
    small_enough(s, &v);
    v.v[threads] = 12;
    drive_start(&d, s, &v);
    drive_until(&d, &v);
    for (int round = 0; round < 4; round++) {
        v.v[threads] = round % 2 ? 9 : 1;
        if (variant >= 0)
            v.v[variant] = (v.v[variant] + 1) % 4;
        drive_change(&d, &v);
        struct ecs_snapshot snap = drive_until(&d, &v);
        ck_assert_uint_eq(snap.workers, (unsigned)v.v[threads]);
        check_figures(s, &snap);
    }
    drive_stop(&d);
}
END_TEST

/* ---- what the counters of the allocator say, end to end ------------------------------------ */

static struct ecs_snapshot churn(struct drive *d, struct ecs_values *v, const char *const *set)
{
    struct ecs_error e = {0};
    for (; *set; set++)
        ck_assert_int_eq(ecs_values_set(d->s, v, *set, &e), 0);
    drive_change(d, v);
    drive_until(d, v);
    return drive_until(d, v);     /* a whole window */
}

/* Waits for a window in which a figure is in a range: a worker that begins late may spoil some. */
static void wait_for(struct drive *d, const char *name, double low, double high)
{
    int metric = ecs_metric_index(d->s, name);
    double value;
    do
        value = drive_next(d).metric[metric];
    while (!(value >= low && value <= high));
}

START_TEST(hit_rates_follow_from_batch_and_cache)
{
    struct drive d;
    struct ecs_values v;
    struct ecs_picture p;
    ecs_values_default(&ecs_scenario_alloc_churn, &v);
    drive_start(&d, &ecs_scenario_alloc_churn, &v);
    churn(&d, &v, (const char *[]){ "variant=two-level", "batch=16", "l1=64", NULL });
    wait_for(&d, "l1.hit_rate", 99.9, 100);
    churn(&d, &v, (const char *[]){ "batch=256", "l1=4", NULL });
    wait_for(&d, "l1.hit_rate", 48, 52);
    wait_for(&d, "l2.hit_rate", 99, 100);
    do {    /* the picture may be a little older than the window */
        drive_next(&d);
        ecs_run_picture(d.run, &p);
    } while (p.value[ECS_POOLS_FROM_OS] < 256);
    ck_assert_uint_eq(p.value[ECS_POOLS_L1_CAP], 4);
    ck_assert_uint_eq(p.value[ECS_POOLS_BATCH], 2);
    ck_assert_uint_eq(p.value[ECS_POOLS_WORKERS], 2);
    for (int i = 0; i < 2; i++)
        ck_assert_uint_le(p.value[ECS_POOLS_L1 + i], 4);
    churn(&d, &v, (const char *[]){ "l1=1", NULL });
    wait_for(&d, "l1.hit_rate", 0, 1);
    drive_stop(&d);
}
END_TEST

/* The metric as soon as it is there. */
static double level(struct drive *d, struct ecs_snapshot snap, int metric)
{
    while (isnan(snap.metric[metric]))
        snap = drive_next(d);
    return snap.metric[metric];
}

/* os.bytes is a level, not a growth: it is still there after a change that rebuilds nothing. */
START_TEST(os_bytes_survive_a_change)
{
    const struct ecs_scenario *s = &ecs_scenario_alloc_churn;
    int os = ecs_metric_index(s, "os.bytes");
    struct drive d;
    struct ecs_values v;
    ecs_values_default(s, &v);
    drive_start(&d, s, &v);
    double before = level(&d, churn(&d, &v, (const char *[]){ "variant=mutex", "batch=1000",
                                                              NULL }), os);
    double after = level(&d, churn(&d, &v, (const char *[]){ "batch=10", NULL }), os);
    ck_assert_double_gt(before, 256 << 10);
    ck_assert_double_ge(after, before);
    ck_assert_double_le(after, before + (512 << 10));   /* the other worker may have been late */
    drive_stop(&d);
}
END_TEST

int main(void)
{
    size_t n;
    ecs_scenarios(&n);
    Suite *suite = suite_create("scenarios in a run");
    TCase *t = tcase_create("live");
    tcase_set_timeout(t, 250);
    tcase_add_loop_test(t, every_value_of_every_parameter, 0, (int)n);
    tcase_add_loop_test(t, crowds, 0, (int)n);
    tcase_add_test(t, hit_rates_follow_from_batch_and_cache);
    tcase_add_test(t, os_bytes_survive_a_change);
    suite_add_tcase(suite, t);
    return run_suite(suite);
}
