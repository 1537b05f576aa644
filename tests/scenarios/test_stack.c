/* The arena's census on damage made by hand, and the promise of each variant under stress. */
#include <string.h>

#include "core/base/clock.h"
#include "core/hw/affinity.h"
#include "drive.h"
#include "scenarios/stack_arena.h"

#define CLEAN_FOR_NS (2 * ECS_NS_PER_S)

/* ---- census -------------------------------------------------------------------------------- */

static struct ecs_arena *arena;
static struct ecs_stack_caller caller;

static void set_up(void)
{
    struct ecs_error e = {0};
    ck_assert_msg(ecs_arena_make(ECS_STACK_PLAIN, 8, &arena, &e) == 0, "%s", e.what);
    ck_assert_int_eq(ecs_stack_join(&arena->stack, &caller), 0);
}

static void tear_down(void)
{
    ecs_arena_free(arena);
}

static struct ecs_arena_census census(void)
{
    struct ecs_arena_census c = {0};
    ck_assert(ecs_arena_go_in(arena));
    ecs_arena_close(arena);
    ck_assert(ecs_arena_go_out(arena, &c));
    return c;
}

static void expect_whole(void)
{
    uint32_t seen = 0;
    while (ecs_stack_pop(&arena->stack, &caller))
        seen++;
    ck_assert_uint_eq(seen, 8);
}

START_TEST(nothing_wrong)
{
    uint32_t a = ecs_stack_pop(&arena->stack, &caller);
    ecs_stack_push(&arena->stack, a, &caller);
    struct ecs_arena_census c = census();
    ck_assert(!c.corrupt && !c.cycle && c.lost == 0);
    expect_whole();
}
END_TEST

START_TEST(a_lost_node)
{
    ecs_stack_pop(&arena->stack, &caller);
    ecs_stack_pop(&arena->stack, &caller);
    struct ecs_arena_census c = census();
    ck_assert(c.corrupt && !c.cycle);
    ck_assert_uint_eq(c.lost, 2);
    c = census();
    ck_assert(!c.corrupt && c.lost == 0);   /* it was mended */
    expect_whole();
}
END_TEST

START_TEST(a_list_that_bites_its_tail)
{
    ecs_stack_push(&arena->stack, 1, &caller);   /* 1 is on top: now it follows itself */
    struct ecs_arena_census c = census();
    ck_assert(c.corrupt && c.cycle);
    ck_assert_uint_eq(c.lost, 7);
    expect_whole();
}
END_TEST

START_TEST(a_damaged_node)
{
    uint32_t a = ecs_stack_pop(&arena->stack, &caller);
    ecs_store_relaxed(&arena->owner[a].worker, ECS_ARENA_DAMAGED);
    struct ecs_arena_census c = census();
    ck_assert(c.corrupt && !c.cycle);
    ck_assert_uint_eq(c.lost, 0);               /* counted when it was found */
    expect_whole();
}
END_TEST

/* With a domain nothing is mended, and nothing is counted twice. */
START_TEST(retired_nodes_are_not_lost)
{
    for (int variant = ECS_STACK_HAZARD; variant <= ECS_STACK_EPOCH; variant++) {
        ecs_arena_reset(arena, (enum ecs_stack_variant)variant, 8);
        ck_assert_int_eq(ecs_stack_join(&arena->stack, &caller), 0);
        uint32_t a = ecs_stack_pop(&arena->stack, &caller);
        ecs_stack_retire(&arena->stack, a, NULL, NULL, &caller);
        ck_assert(!census().corrupt);
        ecs_stack_pop(&arena->stack, &caller);
        struct ecs_arena_census c = census();
        ck_assert(c.corrupt);
        ck_assert_uint_eq(c.lost, 1);
        ck_assert(!census().corrupt);
    }
}
END_TEST

START_TEST(the_gate)
{
    struct ecs_arena_census c;
    ck_assert(ecs_arena_go_in(arena));
    ck_assert(ecs_arena_go_in(arena));
    ck_assert(!ecs_arena_go_out(arena, &c));     /* open: nobody looks */
    ck_assert(!ecs_arena_closing(arena));
    ck_assert(ecs_arena_go_in(arena));
    ecs_arena_close(arena);
    ck_assert(ecs_arena_closing(arena));
    ck_assert(!ecs_arena_go_in(arena));
    ck_assert(!ecs_arena_go_out(arena, &c));     /* not the last */
    ck_assert(!ecs_arena_go_in(arena));
    ck_assert(ecs_arena_go_out(arena, &c));
    ck_assert(!ecs_arena_closing(arena));
    ck_assert(ecs_arena_go_in(arena));
    ck_assert(!ecs_arena_go_out(arena, &c));
}
END_TEST

/* ---- stress -------------------------------------------------------------------------------- */

static struct ecs_values stress(const char *variant, int nodes, int threads)
{
    const struct ecs_scenario *s = &ecs_scenario_stack_stress;
    struct ecs_values v;
    struct ecs_error e = {0};
    ecs_values_default(s, &v);
    ck_assert_int_eq(ecs_values_set(s, &v, variant, &e), 0);
    v.v[ecs_param_index(s, "nodes")] = nodes;
    v.v[ecs_param_index(s, "threads")] = threads;
    return v;
}

static double figure(const struct ecs_snapshot *snap, const char *name)
{
    return snap->metric[ecs_metric_index(&ecs_scenario_stack_stress, name)];
}

/* A node that somebody owns comes off the stack: one worker alone, so exactly once. */
START_TEST(a_doubled_node_is_counted)
{
    const struct ecs_scenario *s = &ecs_scenario_stack_stress;
    struct ecs_values v = stress("variant=plain", 8, 1);
    struct ecs_worker w = { .index = 0, .workers = 1, .values = &v };
    struct ecs_window window = { .window_ns = ECS_NS_PER_S, .workers = 1, .values = &v };
    struct ecs_delta counted;
    double metric[ECS_MAX_METRICS];
    struct ecs_error e = {0};
    ck_assert_int_eq(s->start(&v, &w.shared, &e), 0);
    ecs_store_relaxed(&((struct ecs_arena *)w.shared)->owner[1].worker, 99);
    ck_assert_int_eq(s->enter(&w), 0);
    for (int i = 0; i < 10; i++)
        s->quantum(&w);
    memcpy(counted.c, w.count, sizeof counted.c);
    window.delta = window.since_change = &counted;
    s->derive(&window, metric);
    ck_assert_double_eq(metric[ecs_metric_index(s, "doubled.total")], 1);
    ck_assert_double_eq(metric[ecs_metric_index(s, "corruption.total")], 1);
    ck_assert_double_eq(metric[ecs_metric_index(s, "lost.total")], 0);
    ck_assert_double_eq(metric[ecs_metric_index(s, "foreign.total")], 0);
    ck_assert_double_gt(metric[ecs_metric_index(s, "rate.total")], 0);
    s->leave(&w);
    s->stop(w.shared);
}
END_TEST

/* Some windows on, the stack is mended and the workers still work. */
START_TEST(plain_corrupts_and_goes_on)
{
    struct drive d;
    struct ecs_values v = stress("variant=plain", 32, 2);
    if (ecs_allowed_cpus() < 2)
        return;
    drive_start(&d, &ecs_scenario_stack_stress, &v);
    struct ecs_snapshot snap;
    do
        snap = drive_until(&d, &v);
    while (figure(&snap, "corruption.total") < 3 || figure(&snap, "lost.total") == 0 ||
           figure(&snap, "doubled.total") == 0 || figure(&snap, "foreign.total") == 0);
    ck_assert_double_gt(figure(&snap, "first.corruption"), 0);
    for (int i = 0; i < 3; i++)
        drive_until(&d, &v);
    /* The count begins anew with a change. */
    v = stress("variant=tagged", 32, 2);
    drive_change(&d, &v);
    snap = drive_until(&d, &v);
    ck_assert_double_eq(figure(&snap, "corruption.total"), 0);
    ck_assert_double_nan(figure(&snap, "first.corruption"));
    drive_stop(&d);
}
END_TEST

static const char *const sound[] = { "variant=tagged", "variant=hazard", "variant=epoch" };

START_TEST(the_others_never_corrupt)
{
    static const struct { int nodes, threads; } shapes[] = { { 32, 2 }, { 2, 2 }, { 8, 6 } };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct drive d;
        struct ecs_values v = stress(sound[_i], shapes[i].nodes, shapes[i].threads);
        drive_start(&d, &ecs_scenario_stack_stress, &v);
        struct ecs_snapshot snap;
        do {
            snap = drive_until(&d, &v);
            ck_assert_double_eq(figure(&snap, "corruption.total"), 0);
            ck_assert_double_eq(figure(&snap, "doubled.total"), 0);
            ck_assert_double_eq(figure(&snap, "lost.total"), 0);
        } while (snap.time_ns < CLEAN_FOR_NS / 2);
        if (_i > 0) {
            ck_assert_double_gt(figure(&snap, "reclaimed"), 0);
            ck_assert_double_ge(figure(&snap, "retired"), figure(&snap, "reclaimed"));
        }
        drive_stop(&d);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stack-stress");
    TCase *t = tcase_create("census");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, nothing_wrong);
    tcase_add_test(t, a_lost_node);
    tcase_add_test(t, a_list_that_bites_its_tail);
    tcase_add_test(t, a_damaged_node);
    tcase_add_test(t, retired_nodes_are_not_lost);
    tcase_add_test(t, the_gate);
    suite_add_tcase(suite, t);
    t = tcase_create("stress");
    tcase_set_timeout(t, 200);
    tcase_add_test(t, a_doubled_node_is_counted);
    tcase_add_test(t, plain_corrupts_and_goes_on);
    tcase_add_loop_test(t, the_others_never_corrupt, 0, 3);
    suite_add_tcase(suite, t);
    return run_suite(suite);
}
