#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/figures.h"

enum { RATE, MODELLED, TOTAL, ABSENT, METRICS };

static const struct ecs_param params[] = {
    { .name = "stride", .kind = ECS_PARAM_INT, .min = 1, .max = 100, .live = true },
};
static const struct ecs_metric metrics[METRICS] = {
    [RATE] = { .name = "rate", .label = "", .unit = "ops/s", .how = "", .source = ECS_MEASURED },
    [MODELLED] = { .name = "model", .label = "", .unit = "B", .how = "", .source = ECS_MODEL },
    [TOTAL] = { .name = "total", .label = "", .unit = "", .how = "", .is_count = true },
    [ABSENT] = { .name = "absent", .label = "", .unit = "%", .how = "" },
};

static const char *why(const struct ecs_values *values, int metric)
{
    return metric == ABSENT && values->v[0] == 7 ? "sevens are not counted" : NULL;
}

static const struct ecs_scenario scenario = {
    .name = "s", .summary = "", .params = params, .n_params = 1, .metrics = metrics,
    .n_metrics = METRICS, .why = why,
};

static struct ecs_snapshot snapshot(uint64_t seq, double rate, uint32_t flags)
{
    struct ecs_snapshot s = { .seq = seq, .time_ns = (seq + 1) * 50000000, .window_ns = 50000000,
                              .flags = flags, .workers = 1 };
    s.metric[RATE] = rate;
    s.metric[MODELLED] = 64;
    s.metric[TOTAL] = (double)seq;
    s.metric[ABSENT] = NAN;
    if (flags & ECS_SNAP_DIRTY)
        s.noise = (struct ecs_noise){ .delay = 0.3f + (float)seq / 100, .cpu = 1, .why = 1 };
    return s;
}

static void add(struct ecs_figures *f, uint64_t seq, double rate, uint32_t flags)
{
    struct ecs_snapshot s = snapshot(seq, rate, flags);
    ck_assert_int_eq(ecs_figures_add(f, &s), 0);
}

static struct ecs_figures start(int64_t stride)
{
    struct ecs_figures f;
    struct ecs_values values = { .v = { stride } };
    ecs_figures_init(&f, &scenario, &values);
    return f;
}

/* Settling and dirty windows never reach a median. */
START_TEST(only_windows_that_count)
{
    struct ecs_figures f = start(1);
    struct ecs_figure x;
    add(&f, 0, 1e9, ECS_SNAP_SETTLING);
    for (uint64_t i = 1; i <= 9; i++)
        add(&f, i, 100 + (double)i, 0);
    add(&f, 10, 1e9, ECS_SNAP_DIRTY);
    add(&f, 11, 1e9, ECS_SNAP_DIRTY | ECS_SNAP_SETTLING);
    ecs_figures_get(&f, RATE, &x);
    ck_assert(x.median == 105 && x.low >= 101 && x.high <= 109);
    ck_assert_uint_eq(x.n, 9);
    ck_assert_uint_eq(f.windows, 10);
    ck_assert_uint_eq(f.dirty, 1);
    ck_assert_uint_eq(f.settling, 2);
    char why_noisy[200];
    ck_assert(!ecs_figures_noisy(&f, why_noisy, sizeof why_noisy));
    ecs_figures_free(&f);
}
END_TEST

START_TEST(counts_are_their_last_value)
{
    struct ecs_figures f = start(1);
    struct ecs_figure x;
    add(&f, 5, 1, 0);
    add(&f, 9, 1, ECS_SNAP_DIRTY);
    ecs_figures_get(&f, TOTAL, &x);
    ck_assert(x.median == 9 && x.low == 9 && x.high == 9);
    ecs_figures_free(&f);
}
END_TEST

START_TEST(noise_is_named)
{
    struct ecs_figures f = start(1);
    struct ecs_figure x;
    char said[200] = "";
    for (uint64_t i = 0; i < 4; i++)
        add(&f, i, 1, ECS_SNAP_DIRTY);
    ecs_figures_get(&f, RATE, &x);
    ck_assert(isnan(x.median) && x.noise && x.n == 0);
    ck_assert_ptr_nonnull(strstr(x.why, "every window was noisy: another process used 33 %"));
    /* What is modelled does not care. */
    ecs_figures_get(&f, MODELLED, &x);
    ck_assert(x.median == 64 && x.n == 4);
    ck_assert(ecs_figures_noisy(&f, said, sizeof said));
    ck_assert_ptr_nonnull(strstr(said, "33 % of CPU 1"));
    ecs_figures_free(&f);
}
END_TEST

/* Half is enough, less than half is not. */
START_TEST(the_border_of_noisy)
{
    struct ecs_figures f = start(1);
    char said[200];
    add(&f, 0, 1, 0);
    add(&f, 1, 1, ECS_SNAP_DIRTY);
    ck_assert(!ecs_figures_noisy(&f, said, sizeof said));
    add(&f, 2, 1, ECS_SNAP_DIRTY);
    ck_assert(ecs_figures_noisy(&f, said, sizeof said));
    ecs_figures_free(&f);
}
END_TEST

START_TEST(why_there_is_none)
{
    struct ecs_figures f = start(7), g = start(1);
    struct ecs_figure x;
    add(&f, 0, 1, 0);
    ecs_figures_get(&f, ABSENT, &x);
    ck_assert_str_eq(x.why, "sevens are not counted");
    add(&g, 0, 1, 0);
    ecs_figures_get(&g, ABSENT, &x);
    ck_assert_str_eq(x.why, "there was nothing to derive it from");
    ecs_figures_free(&f);
    ecs_figures_free(&g);
    f = start(1);
    add(&f, 0, 1, ECS_SNAP_SETTLING);
    ecs_figures_get(&f, RATE, &x);
    ck_assert_ptr_nonnull(strstr(x.why, "too short"));
    ecs_figures_free(&f);
}
END_TEST

START_TEST(one_set_for_each_set_of_values)
{
    struct ecs_figure_sets sets = { 0 };
    static const int64_t strides[] = { 8, 8, 64, 64, 64, 8 };
    for (uint64_t i = 0; i < 6; i++) {
        struct ecs_snapshot s = snapshot(i, (double)strides[i], 0);
        s.values.v[0] = strides[i];
        s.values.v[1] = (int64_t)i;   /* beyond the scenario's parameters: nothing to it */
        ck_assert_int_eq(ecs_figure_sets_add(&sets, &scenario, &s), 0);
    }
    ck_assert_uint_eq(sets.n, 2);
    ck_assert_int_eq(sets.v[0].values.v[0], 8);
    ck_assert_uint_eq(sets.v[0].windows, 3);
    ck_assert_uint_eq(sets.v[1].windows, 3);
    struct ecs_figure x;
    ecs_figures_get(&sets.v[1], RATE, &x);
    ck_assert(x.median == 64);
    ecs_figure_sets_free(&sets);
}
END_TEST

START_TEST(a_long_run)
{
    struct ecs_figures f = start(1);
    struct ecs_figure x;
    for (uint64_t i = 0; i < 5001; i++)
        add(&f, i, (double)i, 0);
    ecs_figures_get(&f, RATE, &x);
    ck_assert(x.median == 2500);
    ck_assert_uint_eq(x.n, 5001);
    ck_assert_uint_eq(f.window_ns, 50000000);
    ecs_figures_free(&f);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("figures");
    TCase *t = tcase_create("figures");
    tcase_add_test(t, only_windows_that_count);
    tcase_add_test(t, counts_are_their_last_value);
    tcase_add_test(t, noise_is_named);
    tcase_add_test(t, the_border_of_noisy);
    tcase_add_test(t, why_there_is_none);
    tcase_add_test(t, one_set_for_each_set_of_values);
    tcase_add_test(t, a_long_run);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
