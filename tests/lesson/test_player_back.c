/* Coming back: to an earlier step, to a lesson of yesterday, after a run that failed. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "player_fixture.h"

static struct play t;
static void setup(void) { play_open(&t); }
static void teardown(void) { play_close(&t); }

static struct ecs_standing standing(const char *name)
{
    return ecs_player_standing(t.player, block(t.lesson, name));
}
static enum ecs_wait wait_now(void) { return ecs_player_wait(t.player); }

static void to_recap(void)
{
    to_transfer(&t);
    run_past(&t.m, t.player, ECS_WAIT_TASK);                 /* 64 is in force already */
    run_past(&t.m, t.player, ECS_WAIT_MEASURE);
    ck_assert_int_eq(act(&t, ECS_ACT_NEXT, 0), 0);
}

START_TEST(going_back_keeps_the_run_and_leaves_it_before_it)
{
    to_explain(&t);
    run_past(&t.m, t.player, ECS_WAIT_MEASURE);
    ck_assert_int_eq(act(&t, ECS_ACT_BACK, 0), 0);
    ck_assert_uint_eq(t.m.starts, 1);
    ck_assert_int_eq(wait_now(), ECS_WAIT_NOTHING);          /* toggled and seen already */
    ck_assert_int_eq(act(&t, ECS_ACT_BACK, 0), 0);
    ck_assert(!t.m.running);
    ck_assert_int_eq(act(&t, ECS_ACT_BACK, 0), -EAGAIN);
    ck_assert_int_eq(act(&t, ECS_ACT_NEXT, 0), 0);
    ck_assert_uint_eq(t.m.starts, 2);
    ck_assert_int_eq(t.m.started.v[P_STRIDE], 8);
}
END_TEST

START_TEST(a_lesson_taken_up_again_stands_where_it_stood)
{
    t.m.lost_per_window = 3;
    to_recap();
    char said[512];
    struct ecs_outcome before = ecs_player_outcome(t.player, block(t.lesson, "e1"));
    strcpy(said, before.say);
    play_reopen(&t);
    ck_assert_uint_eq(ecs_player_step(t.player), t.lesson->n);
    struct ecs_outcome o = ecs_player_outcome(t.player, block(t.lesson, "e1"));
    ck_assert_int_eq(o.band, ECS_BAND_PASS);
    ck_assert_double_eq(o.value, before.value);
    ck_assert_double_eq(o.low, before.low);
    ck_assert_str_eq(o.say, said);
    ck_assert_int_eq(standing("p1").choice, 1);
    ck_assert_int_eq(standing("p1").seen, 1);
    ck_assert_int_eq(standing("p1").confidence, 2);
    ck_assert(standing("d1").right);
    ck_assert_uint_eq(ecs_player_recap(t.player).right, 2);
    ck_assert_int_eq(act(&t, ECS_ACT_BACK, 0), 0);
    ck_assert_int_eq(wait_now(), ECS_WAIT_NOTHING);
    ck_assert_int_eq(act(&t, ECS_ACT_NEXT, 0), 0);
}
END_TEST

START_TEST(taken_up_in_the_middle_the_run_starts)
{
    to_explain(&t);
    run_past(&t.m, t.player, ECS_WAIT_MEASURE);
    play_reopen(&t);
    ck_assert_uint_eq(ecs_player_step(t.player), 2);
    ck_assert(t.m.running);
    ck_assert_int_eq(wait_now(), ECS_WAIT_NUMBER);           /* measured then, not again */
    ck_assert(ecs_player_chart_open(t.player));
}
END_TEST

/* What the check compares with was measured in an earlier life: it is measured again, once. */
START_TEST(a_task_taken_up_again_gets_its_figures)
{
    to_transfer(&t);
    play_reopen(&t);
    ck_assert_uint_eq(ecs_player_step(t.player), 3);
    ck_assert_int_eq(wait_now(), ECS_WAIT_MEASURE);
    ck_assert_ptr_eq(ecs_player_current(t.player), block(t.lesson, "d1"));
    run_past(&t.m, t.player, ECS_WAIT_MEASURE);
    ck_assert_int_eq(wait_now(), ECS_WAIT_TASK);
    ck_assert_int_eq(t.m.values.v[P_STRIDE], 8);             /* the learner's again */
    act(&t, ECS_ACT_TOGGLE, 0);
    windows(&t.m, t.player, 30);
    ck_assert(standing("d1").right);
    play_reopen(&t);
}
END_TEST

START_TEST(answers_that_mean_nothing_any_more_are_forgotten)
{
    to_explain(&t);
    run_past(&t.m, t.player, ECS_WAIT_MEASURE);
    strcpy(ecs_answer_get(&t.answers, "e1", false)->band, "what");
    ecs_answer_get(&t.answers, "d1", true)->hints = 99;
    strcpy(ecs_answer_get(&t.answers, "q2", true)->choice, "gone");
    t.answers.step = 77;
    t.answers.steps = 99;
    play_reopen(&t);
    ck_assert_uint_eq(ecs_player_step(t.player), t.lesson->n);
    ck_assert_int_eq(ecs_player_outcome(t.player, block(t.lesson, "e1")).band, ECS_BAND_UNKNOWN);
    ck_assert_uint_eq(standing("d1").hints, 3);
    ck_assert_int_eq(standing("q2").choice, -1);
}
END_TEST

START_TEST(a_run_that_fails_holds_nobody_up)
{
    to_observe(&t);
    struct ecs_error e = {0};
    ecs_fail(&e, -ENOMEM, "no memory for the workers");
    ecs_player_run_failed(t.player, &e);
    ck_assert_str_eq(ecs_player_failure(t.player), "no memory for the workers");
    ck_assert_int_eq(wait_now(), ECS_WAIT_NOTHING);
    ck_assert_int_eq(act(&t, ECS_ACT_TOGGLE, 0), -EAGAIN);
    ck_assert_int_eq(act(&t, ECS_ACT_NEXT, 0), 0);
    struct ecs_outcome o = ecs_player_outcome(t.player, block(t.lesson, "e1"));
    ck_assert_int_eq(o.band, ECS_BAND_UNKNOWN);
    ck_assert_ptr_nonnull(strstr(o.say, "no memory for the workers"));
    ck_assert_ptr_null(strstr(o.say, "recording"));
    ck_assert(isnan(o.value));
    act(&t, ECS_ACT_SKIP, 0);
    act(&t, ECS_ACT_SKIP, 0);
    ck_assert_int_eq(act(&t, ECS_ACT_NEXT, 0), 0);
    ck_assert_int_eq(wait_now(), ECS_WAIT_NOTHING); /* the task cannot be done without it */
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(act(&t, ECS_ACT_BACK, 0), 0);
    ck_assert_uint_eq(t.m.starts, 2);                        /* at its own step it is tried again */
    ck_assert_ptr_null(ecs_player_failure(t.player));
}
END_TEST

START_TEST(windows_of_the_run_before_are_not_taken)
{
    to_observe(&t);
    windows(&t.m, t.player, 20);
    ck_assert(ecs_player_ab(t.player, M_RATE).have_a);
    act(&t, ECS_ACT_BACK, 0);
    t.m.running = true;
    windows(&t.m, t.player, 5);                              /* nothing is in force: dropped */
    ck_assert_int_eq(ecs_player_act(t.player, ECS_ACT_NEXT, 0, 0), 0);
    t.m.values.v[P_STRIDE] = 128;
    t.m.settling = 0;
    for (int i = 0; i < 20; i++)
        window(&t.m, t.player);                              /* before the start was carried out */
    obey(&t.m, t.player);
    ck_assert(!ecs_player_ab(t.player, M_RATE).have_b);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("player: coming back");
    TCase *c = tcase_create("back");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, going_back_keeps_the_run_and_leaves_it_before_it);
    tcase_add_test(c, a_lesson_taken_up_again_stands_where_it_stood);
    tcase_add_test(c, taken_up_in_the_middle_the_run_starts);
    tcase_add_test(c, a_task_taken_up_again_gets_its_figures);
    tcase_add_test(c, answers_that_mean_nothing_any_more_are_forgotten);
    tcase_add_test(c, a_run_that_fails_holds_nobody_up);
    tcase_add_test(c, windows_of_the_run_before_are_not_taken);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
