/* A against B: from windows, from a measurement, and under which values. */
#include <math.h>
#include <string.h>

#include "player_fixture.h"
#include "run/compare.h"

static struct play t;
static void setup(void) { play_open(&t); }
static void teardown(void) { play_close(&t); }
static struct ecs_outcome outcome(const char *name)
{
    return ecs_player_outcome(t.player, block(t.lesson, name));
}

/* The noise that the fixture makes, in words. */
static const char *noise_said(void)
{
    static char text[128];
    struct ecs_noise n = {.foreign = 0.31f, .delay = 0.4f,
                          .why = ECS_NOISE_FOREIGN | ECS_NOISE_DELAY};
    return ecs_noise_text(&n, text, sizeof text);
}

static void measure(void)
{
    to_explain(&t);
    run_past(&t.m, t.player, ECS_WAIT_MEASURE);
}

START_TEST(a_against_b_from_windows)
{
    to_observe(&t);
    struct ecs_ab ab = ecs_player_ab(t.player, M_RATE);
    ck_assert(!ab.have_a && !ab.have_b && isnan(ab.a.median));
    ck_assert_int_eq(ab.ratio.verdict, ECS_TOO_NOISY);
    windows(&t.m, t.player, 5 + 9);
    ab = ecs_player_ab(t.player, M_RATE);
    ck_assert(!ab.have_a);
    ck_assert_ptr_nonnull(strstr(ab.ratio.why, "9 clean windows"));
    windows(&t.m, t.player, 1);
    ck_assert(ecs_player_ab(t.player, M_RATE).have_a);
    act(&t, ECS_ACT_TOGGLE, 0);                           /* 64 is neither */
    windows(&t.m, t.player, 30);
    ck_assert(!ecs_player_ab(t.player, M_RATE).have_b);
    act(&t, ECS_ACT_TOGGLE, 0);
    windows(&t.m, t.player, 30);
    ab = ecs_player_ab(t.player, M_RATE);
    ck_assert(ab.have_a && ab.have_b);
    ck_assert_uint_eq(ab.measured_pairs, 0);
    ck_assert_int_eq(ab.ratio.verdict, ECS_B_BETTER);
    ck_assert_double_eq_tol(ab.ratio.r.median, 7.5, 0.1);
    ab = ecs_player_ab(t.player, M_COST);                 /* lower is better: the same way round */
    ck_assert_int_eq(ab.ratio.verdict, ECS_B_BETTER);
    ck_assert_double_eq_tol(ab.ratio.r.median, 7.5, 0.1);
    ck_assert(!ecs_player_ab(t.player, M_NEVER).have_a);
    ck_assert(!ecs_player_ab(t.player, -1).have_a);
    ck_assert(!ecs_player_ab(t.player, M_METRICS).have_a);
    /* All other values must be those in force. */
    act(&t, ECS_ACT_TOGGLE, 1);
    windows(&t.m, t.player, 30);
    ab = ecs_player_ab(t.player, M_RATE);
    ck_assert(!ab.have_a && ab.have_b);
    ck_assert_double_eq_tol(ab.b.median, 0.5 * 7.5e8, 1e7);
}
END_TEST

START_TEST(noise_on_one_side_is_named)
{
    to_observe(&t);
    windows(&t.m, t.player, 30);
    t.m.dirty_of_8 = 8;
    act(&t, ECS_ACT_TOGGLE, 0);
    act(&t, ECS_ACT_TOGGLE, 0);
    windows(&t.m, t.player, 30);
    struct ecs_ab ab = ecs_player_ab(t.player, M_RATE);
    ck_assert(ab.have_a && !ab.have_b);
    ck_assert_int_eq(ab.ratio.verdict, ECS_TOO_NOISY);
    ck_assert_str_eq(ab.ratio.why, noise_said());
}
END_TEST

START_TEST(counts_are_compared_without_a_ratio)
{
    struct ecs_scenario_block *s = &ecs_lesson_block(t.lesson, "s1")->scenario;
    s->toggle[0] = (struct ecs_toggle){.key = 'v', .param = P_VARIANT, .value = {0, 1}, .n = 2};
    s->compare_param = P_VARIANT;
    s->compare_a = 0;
    s->compare_b = 1;
    t.m.lost_per_window = 2;
    to_observe(&t);
    windows(&t.m, t.player, 40);
    act(&t, ECS_ACT_TOGGLE, 0);
    windows(&t.m, t.player, 40);
    struct ecs_ab ab = ecs_player_ab(t.player, M_LOST);
    ck_assert(ab.have_a && ab.have_b);
    ck_assert_double_eq(ab.a.median, 80);
    ck_assert_double_eq(ab.b.median, 0);
    ck_assert_int_eq(ab.ratio.verdict, ECS_B_BETTER);
    ck_assert(isnan(ab.ratio.r.median));
}
END_TEST

START_TEST(noise_does_not_keep_a_count_back)
{
    struct ecs_scenario_block *s = &ecs_lesson_block(t.lesson, "s1")->scenario;
    s->compare_param = P_VARIANT;
    s->compare_a = 0;
    s->compare_b = 1;
    t.m.lost_per_window = 2;
    t.m.dirty_of_8 = 8;
    to_observe(&t);
    windows(&t.m, t.player, 40);
    ck_assert(ecs_player_ab(t.player, M_LOST).have_a);
    ck_assert(!ecs_player_ab(t.player, M_RATE).have_a);
}
END_TEST

START_TEST(after_a_measurement_its_pairs_are_shown)
{
    measure();
    struct ecs_ab ab = ecs_player_ab(t.player, M_RATE);
    ck_assert_uint_eq(ab.measured_pairs, 5);
    ck_assert_double_eq_tol(ab.ratio.r.median, 7.5, 0.1);
    ck_assert_uint_eq(ab.a.n, 5);
    ck_assert_int_eq(ab.ratio.verdict, ECS_B_BETTER);
    act(&t, ECS_ACT_TOGGLE, 1);                           /* in Explain it is about what was */
    ck_assert_uint_eq(ecs_player_ab(t.player, M_RATE).measured_pairs, 5);
}
END_TEST

/* The learner leaves the observation under other values than those that are measured next. */
START_TEST(what_was_measured_is_compared_under_its_own_values)
{
    struct ecs_values a, b;
    to_observe(&t);
    act(&t, ECS_ACT_TOGGLE, 1);
    run_past(&t.m, t.player, ECS_WAIT_TOGGLE);
    ck_assert(ecs_player_pair(t.player, &a, &b));
    ck_assert_int_eq(a.v[P_PIN], 1);
    act(&t, ECS_ACT_CHOOSE, 1);
    act(&t, ECS_ACT_NEXT, 0);
    obey(&t.m, t.player);
    ck_assert(ecs_player_pair(t.player, &a, &b) && a.v[P_PIN] == 0);
    run_past(&t.m, t.player, ECS_WAIT_MEASURE);
    ck_assert_int_eq(ecs_player_values(t.player)->v[P_PIN], 1);
    ck_assert_uint_eq(ecs_player_ab(t.player, M_RATE).measured_pairs, 5);
    ck_assert(ecs_player_pair(t.player, &a, &b));
    ck_assert(a.v[P_PIN] == 0 && a.v[P_STRIDE] == 8 && b.v[P_STRIDE] == 128);
    /* Back in Observe: measured as the lesson has it, until both sides are seen otherwise. */
    act(&t, ECS_ACT_BACK, 0);
    ck_assert(ecs_player_pair(t.player, &a, &b) && a.v[P_PIN] == 0);
    for (int i = 0; i < 3; i++) {
        windows(&t.m, t.player, 30);
        act(&t, ECS_ACT_TOGGLE, 0);
    }
    windows(&t.m, t.player, 30);
    ck_assert(ecs_player_pair(t.player, &a, &b) && a.v[P_PIN] == 1);
    ck_assert(ecs_player_ab(t.player, M_RATE).have_b);
    ck_assert_uint_eq(ecs_player_ab(t.player, M_RATE).measured_pairs, 0);
}
END_TEST

START_TEST(without_a_comparison_there_is_none)
{
    ecs_lesson_block(t.lesson, "s1")->scenario.compare_param = -1;
    measure();
    ck_assert_int_eq(outcome("e1").band, ECS_BAND_PASS);
    ck_assert(!ecs_player_ab(t.player, M_RATE).have_a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("player: A against B");
    TCase *c = tcase_create("pairs");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, a_against_b_from_windows);
    tcase_add_test(c, noise_on_one_side_is_named);
    tcase_add_test(c, counts_are_compared_without_a_ratio);
    tcase_add_test(c, noise_does_not_keep_a_count_back);
    tcase_add_test(c, after_a_measurement_its_pairs_are_shown);
    tcase_add_test(c, what_was_measured_is_compared_under_its_own_values);
    tcase_add_test(c, without_a_comparison_there_is_none);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
