/* The rules of a lesson in motion: steps, gates, R1, R4, R5, hints. */
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

START_TEST(predict_wants_choice_then_confidence)
{
    ck_assert_uint_eq(ecs_player_step(t.player), 0);
    ck_assert_int_eq(wait_now(), ECS_WAIT_CHOICE);
    ck_assert_ptr_eq(ecs_player_current(t.player), block(t.lesson, "p1"));
    ck_assert_uint_eq(ecs_player_visible(t.player), 2);
    ck_assert_int_eq(act(&t, ECS_ACT_NEXT, 0), -EAGAIN);
    ck_assert_int_eq(act(&t, ECS_ACT_CONFIDENCE, 2), -EAGAIN);
    ck_assert_int_eq(act(&t, ECS_ACT_CHOOSE, 3), -EINVAL);
    ck_assert_int_eq(act(&t, ECS_ACT_CHOOSE, -1), -EINVAL);
    ck_assert_int_eq(standing("p1").choice, -1);
    ck_assert_int_eq(act(&t, ECS_ACT_CHOOSE, 0), 0);
    ck_assert_int_eq(wait_now(), ECS_WAIT_CONFIDENCE);
    ck_assert_int_eq(act(&t, ECS_ACT_NEXT, 0), -EAGAIN);
    ck_assert_int_eq(act(&t, ECS_ACT_CHOOSE, 1), -EAGAIN);
    ck_assert_int_eq(act(&t, ECS_ACT_CONFIDENCE, 0), -EINVAL);
    ck_assert_int_eq(act(&t, ECS_ACT_CONFIDENCE, 4), -EINVAL);
    ck_assert_int_eq(act(&t, ECS_ACT_CONFIDENCE, 3), 0);
    ck_assert_int_eq(wait_now(), ECS_WAIT_NOTHING);
    ck_assert_ptr_null(ecs_player_current(t.player));
    struct ecs_standing s = standing("p1");
    ck_assert_int_eq(s.choice, 0);
    ck_assert_int_eq(s.confidence, 3);
    ck_assert(!s.right && !s.skipped);
    ck_assert_str_eq(ecs_answer_get(&t.answers, "p1", false)->choice, "same");
    ck_assert_uint_ge(t.m.saves, 2);
    ck_assert_uint_eq(t.m.starts, 0);
}
END_TEST

START_TEST(no_chart_before_the_prediction)     /* R1 */
{
    ck_assert(!ecs_player_chart_open(t.player));
    ck_assert_ptr_null(ecs_player_scenario(t.player));
    to_observe(&t);
    ck_assert(ecs_player_chart_open(t.player));
    ck_assert_ptr_eq(ecs_player_prediction(t.player), block(t.lesson, "p1"));
    ck_assert_ptr_eq(ecs_player_scenario(t.player), block(t.lesson, "s1"));
}
END_TEST

/* Even where an edited lesson or a foreign file puts somebody down behind an open prediction. */
START_TEST(no_jumping_ahead_of_a_prediction)
{
    to_observe(&t);
    memset(ecs_answer_get(&t.answers, "p1", false)->choice, 'x', 4);
    t.answers.step = 3;
    play_reopen(&t);
    ck_assert_uint_eq(ecs_player_step(t.player), 0);
    ck_assert(!ecs_player_chart_open(t.player));
    ck_assert_int_eq(act(&t, ECS_ACT_TOGGLE, 0), -EAGAIN);
    ck_assert_uint_eq(t.m.starts, 0);
}
END_TEST

/* A scenario that begins in the same step as its prediction runs, but is not shown. */
START_TEST(chart_is_closed_while_a_prediction_is_open_in_its_step)
{
    t.lesson->step[0].n = 1;
    struct ecs_step *s = &t.lesson->step[1];
    struct ecs_block *blocks = calloc(4, sizeof *blocks);
    blocks[0] = t.lesson->step[0].block[1];
    memcpy(&blocks[1], s->block, 3 * sizeof *blocks);
    free(s->block);
    s->block = blocks;
    s->n = 4;
    memset(&t.answers, 0, sizeof t.answers);
    play_reopen(&t);
    ck_assert_int_eq(act(&t, ECS_ACT_NEXT, 0), 0);
    ck_assert_uint_eq(t.m.starts, 1);
    windows(&t.m, t.player, 30);
    ck_assert_int_eq(wait_now(), ECS_WAIT_CHOICE);
    ck_assert(!ecs_player_chart_open(t.player));
    ck_assert(!ecs_player_ab(t.player, M_RATE).have_a);
    ck_assert_ptr_null(ecs_player_caption(t.player));
    ck_assert_int_eq(act(&t, ECS_ACT_TOGGLE, 0), -EAGAIN);
    act(&t, ECS_ACT_CHOOSE, 2);
    ck_assert(!ecs_player_chart_open(t.player));
    act(&t, ECS_ACT_CONFIDENCE, 1);
    ck_assert(ecs_player_chart_open(t.player));
    ck_assert_int_eq(wait_now(), ECS_WAIT_TOGGLE);
    ck_assert_ptr_eq(ecs_player_prediction(t.player), &s->block[0]);
}
END_TEST

/* Step 1 becomes: the question q2, the prediction, the scenario. */
START_TEST(chart_is_closed_before_its_prediction_is_reached)
{
    struct ecs_block b[] = {t.lesson->step[2].block[3], t.lesson->step[0].block[1],
                            t.lesson->step[1].block[1]};
    struct ecs_step mixed = {.title = "mixed", .phase = ECS_OBSERVE, .block = b, .n = 3};
    struct ecs_lesson l = {.id = "mixed", .step = &mixed, .n = 1};
    struct ecs_answers a = {0};
    struct ecs_player *p;
    ck_assert_int_eq(ecs_player_new(&l, &two_cpus, &a, &p), 0);
    ck_assert_ptr_eq(ecs_player_current(p), &b[0]);
    ck_assert_ptr_eq(ecs_player_scenario(p), &b[2]);
    ck_assert(!ecs_player_chart_open(p));
    ecs_player_act(p, ECS_ACT_CHOOSE, 1, 0);
    ck_assert(!ecs_player_chart_open(p));
    ecs_player_act(p, ECS_ACT_SKIP, 0, 0);
    ck_assert(ecs_player_chart_open(p));
    ecs_player_free(p);
}
END_TEST

/* A second prediction about the same scenario closes the chart until it is answered. */
START_TEST(chart_is_closed_by_a_later_prediction)
{
    struct ecs_block second = t.lesson->step[0].block[1];
    second.name = (char[]){"p2"};
    struct ecs_block b[] = {t.lesson->step[0].block[1], t.lesson->step[1].block[1]};
    struct ecs_step steps[] = {{.title = "one", .phase = ECS_TRANSFER, .block = b, .n = 2},
                               {.title = "two", .phase = ECS_TRANSFER, .block = &second, .n = 1}};
    struct ecs_lesson l = {.id = "again", .step = steps, .n = 2};
    struct ecs_answers a = {0};
    struct ecs_player *p;
    ck_assert_int_eq(ecs_player_new(&l, &two_cpus, &a, &p), 0);
    ecs_player_act(p, ECS_ACT_SKIP, 0, 0);
    ck_assert(ecs_player_chart_open(p));
    ck_assert_ptr_eq(ecs_player_prediction(p), &b[0]);
    ck_assert_int_eq(ecs_player_act(p, ECS_ACT_NEXT, 0, 0), 0);
    ck_assert(!ecs_player_chart_open(p));
    ck_assert_ptr_eq(ecs_player_prediction(p), &second);
    ecs_player_act(p, ECS_ACT_CHOOSE, 1, 0);
    ecs_player_act(p, ECS_ACT_CONFIDENCE, 1, 0);
    ck_assert(ecs_player_chart_open(p));
    ecs_player_free(p);
}
END_TEST

START_TEST(a_task_about_parameters_waits_for_clean_windows_too)
{
    struct ecs_do *d = &ecs_lesson_block(t.lesson, "d1")->task;
    ecs_expression_free(d->check);
    ck_assert_int_eq(ecs_expression_parse("s1.param.stride == 128", &d->check, NULL), 0);
    to_transfer(&t);
    act(&t, ECS_ACT_TOGGLE, 0);
    windows(&t.m, t.player, 5 + 9);
    ck_assert_int_eq(wait_now(), ECS_WAIT_TASK);
    windows(&t.m, t.player, 1);
    ck_assert(standing("d1").right);
}
END_TEST

START_TEST(skips_are_recorded)
{
    ck_assert_int_eq(act(&t, ECS_ACT_SKIP, 0), 0);
    ck_assert_int_eq(standing("p1").choice, -2);
    ck_assert(standing("p1").skipped);
    ck_assert_str_eq(ecs_answer_get(&t.answers, "p1", false)->choice, "skip");
    ck_assert_int_eq(act(&t, ECS_ACT_SKIP, 0), -EAGAIN);
    ck_assert_int_eq(act(&t, ECS_ACT_NEXT, 0), 0);
    ck_assert(ecs_player_chart_open(t.player));
    ck_assert_int_eq(act(&t, ECS_ACT_SKIP, 0), 0);   /* the toggle, and with it what was seen */
    ck_assert_int_eq(standing("p1").seen, -2);
    ck_assert(standing("s1").skipped);
    ck_assert_int_eq(wait_now(), ECS_WAIT_NOTHING);
    ck_assert_uint_eq(ecs_player_visible(t.player), 3);
}
END_TEST

START_TEST(confidence_alone_can_be_skipped)
{
    act(&t, ECS_ACT_CHOOSE, 1);
    ck_assert_int_eq(act(&t, ECS_ACT_SKIP, 0), 0);
    struct ecs_standing s = standing("p1");
    ck_assert_int_eq(s.choice, 1);
    ck_assert_int_eq(s.confidence, 0);
    ck_assert(s.right && s.skipped);
    ck_assert_int_eq(act(&t, ECS_ACT_NEXT, 0), 0);
}
END_TEST

START_TEST(scenario_starts_with_its_values_and_toggles_cycle)
{
    to_observe(&t);
    ck_assert_uint_eq(t.m.starts, 1);
    ck_assert_int_eq(t.m.started.v[P_STRIDE], 8);
    ck_assert_int_eq(wait_now(), ECS_WAIT_TOGGLE);
    ck_assert_uint_eq(ecs_player_visible(t.player), 2);
    ck_assert_int_eq(act(&t, ECS_ACT_NEXT, 0), -EAGAIN);
    ck_assert_int_eq(act(&t, ECS_ACT_TOGGLE, 2), -EINVAL);
    ck_assert_int_eq(act(&t, ECS_ACT_TOGGLE, -1), -EINVAL);
    const int64_t want[] = {64, 128, 8, 64};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(act(&t, ECS_ACT_TOGGLE, 0), 0);
        ck_assert_int_eq(t.m.values.v[P_STRIDE], want[i]);
        ck_assert_int_eq(ecs_player_values(t.player)->v[P_STRIDE], want[i]);
    }
    ck_assert_int_eq(act(&t, ECS_ACT_TOGGLE, 1), 0);
    ck_assert_int_eq(t.m.values.v[P_PIN], ECS_PIN_ONE);
    ck_assert_int_eq(t.m.values.v[P_STRIDE], 64);
    ck_assert_uint_eq(t.m.sets, 5);
    ck_assert_str_eq(ecs_answer_get(&t.answers, "s1", false)->toggles,
                     "p=64 p=128 p=8 a=same-core");
}
END_TEST

START_TEST(a_toggle_passes_over_values_that_contradict)
{
    struct ecs_scenario_block *s = &ecs_lesson_block(t.lesson, "s1")->scenario;
    s->toggle[0].value[1] = 256;
    to_observe(&t);
    ck_assert_int_eq(act(&t, ECS_ACT_TOGGLE, 1), 0);         /* one core: 256 does not go with it */
    ck_assert_int_eq(act(&t, ECS_ACT_TOGGLE, 0), 0);
    ck_assert_int_eq(t.m.values.v[P_STRIDE], 128);
    s->toggle[0].n = 1;
    s->toggle[0].value[0] = 128;
    ck_assert_int_eq(act(&t, ECS_ACT_TOGGLE, 0), -EINVAL);
}
END_TEST

START_TEST(asks_what_was_seen_before_it_explains)     /* R4 */
{
    to_observe(&t);
    windows(&t.m, t.player, 40);
    ck_assert_int_eq(wait_now(), ECS_WAIT_TOGGLE);
    ck_assert(!ecs_player_watching(t.player));
    act(&t, ECS_ACT_TOGGLE, 0);
    ck_assert(ecs_player_watching(t.player));
    windows(&t.m, t.player, 5 + 9);                          /* settling, then one too few */
    ck_assert_int_eq(wait_now(), ECS_WAIT_TOGGLE);
    ck_assert_int_eq(act(&t, ECS_ACT_CHOOSE, 1), -EAGAIN);
    windows(&t.m, t.player, 1);
    ck_assert_int_eq(wait_now(), ECS_WAIT_SEEN);
    ck_assert(!ecs_player_watching(t.player));
    ck_assert_ptr_eq(ecs_player_current(t.player), block(t.lesson, "p1"));
    ck_assert_uint_eq(ecs_player_visible(t.player), 2); /* the prose after it is still hidden */
    ck_assert(ecs_player_chart_open(t.player));
    ck_assert_int_eq(act(&t, ECS_ACT_NEXT, 0), -EAGAIN);
    ck_assert_int_eq(act(&t, ECS_ACT_TOGGLE, 0), 0);         /* looking again is allowed */
    ck_assert_int_eq(wait_now(), ECS_WAIT_SEEN);
    ck_assert_int_eq(act(&t, ECS_ACT_CHOOSE, 2), 0);
    ck_assert_int_eq(standing("p1").seen, 2);
    ck_assert_int_eq(standing("p1").choice, 1);
    ck_assert_int_eq(wait_now(), ECS_WAIT_NOTHING);
    ck_assert_uint_eq(ecs_player_visible(t.player), 3);
}
END_TEST

START_TEST(dirty_windows_do_not_count_as_seen_until_many)
{
    to_observe(&t);
    t.m.dirty_of_8 = 8;
    act(&t, ECS_ACT_TOGGLE, 0);
    windows(&t.m, t.player, 5 + 59);
    ck_assert_int_eq(wait_now(), ECS_WAIT_TOGGLE);
    windows(&t.m, t.player, 1);
    ck_assert_int_eq(wait_now(), ECS_WAIT_SEEN);
    ck_assert_int_eq(act(&t, ECS_ACT_SKIP, 0), 0);
    ck_assert_int_eq(standing("p1").seen, -2);
    ck_assert(!standing("s1").skipped);
}
END_TEST

START_TEST(captions_follow_the_values_in_force)
{
    to_observe(&t);
    ck_assert_str_eq(ecs_player_caption(t.player), "One line.");
    act(&t, ECS_ACT_TOGGLE, 0);
    windows(&t.m, t.player, 1);
    ck_assert_ptr_null(ecs_player_caption(t.player));
    act(&t, ECS_ACT_TOGGLE, 1);
    windows(&t.m, t.player, 1);
    ck_assert_str_eq(ecs_player_caption(t.player), "One core.");
}
END_TEST

START_TEST(a_wrong_answer_may_be_given_again_and_the_first_counts)     /* R5 */
{
    to_explain(&t);
    run_past(&t.m, t.player, ECS_WAIT_MEASURE);
    ck_assert_int_eq(wait_now(), ECS_WAIT_NUMBER);
    ck_assert_int_eq(act(&t, ECS_ACT_CHOOSE, 0), -EAGAIN);
    ck_assert_int_eq(ecs_player_act(t.player, ECS_ACT_NUMBER, 0, NAN), -EINVAL);
    ck_assert_int_eq(ecs_player_act(t.player, ECS_ACT_NUMBER, 0, INFINITY), -EINVAL);
    ck_assert_int_eq(ecs_player_act(t.player, ECS_ACT_NUMBER, 0, 64), 0);
    ck_assert_int_eq(wait_now(), ECS_WAIT_NUMBER);
    ck_assert_double_eq(standing("q1").number, 64);
    ck_assert_int_eq(ecs_player_act(t.player, ECS_ACT_NUMBER, 0, 8.2), 0);      /* 2.5 % off */
    ck_assert_int_eq(wait_now(), ECS_WAIT_NUMBER);
    ck_assert_int_eq(ecs_player_act(t.player, ECS_ACT_NUMBER, 0, 8.1), 0);
    ck_assert_int_eq(wait_now(), ECS_WAIT_CHOICE);
    ck_assert(!standing("q1").right);
    ck_assert_double_eq(ecs_answer_get(&t.answers, "q1", false)->number, 64);

    ck_assert_int_eq(act(&t, ECS_ACT_CHOOSE, 0), 0);
    ck_assert_int_eq(standing("q2").choice, 0);
    ck_assert_int_eq(wait_now(), ECS_WAIT_CHOICE);
    ck_assert_int_eq(act(&t, ECS_ACT_CHOOSE, 1), 0);
    ck_assert_int_eq(standing("q2").choice, 1);
    ck_assert(!standing("q2").right);
    ck_assert_str_eq(ecs_answer_get(&t.answers, "q2", false)->choice, "luck");
    ck_assert_int_eq(wait_now(), ECS_WAIT_NOTHING);
}
END_TEST

START_TEST(giving_up_after_a_wrong_answer_keeps_it)
{
    to_explain(&t);
    run_past(&t.m, t.player, ECS_WAIT_MEASURE);
    ecs_player_act(t.player, ECS_ACT_NUMBER, 0, 64);
    ck_assert_int_eq(act(&t, ECS_ACT_SKIP, 0), 0);
    struct ecs_standing s = standing("q1");
    ck_assert(s.skipped && !s.right);
    ck_assert_double_eq(s.number, 64);
    act(&t, ECS_ACT_CHOOSE, 0);
    ck_assert_int_eq(act(&t, ECS_ACT_SKIP, 0), 0);
    ck_assert_int_eq(standing("q2").choice, 0);
    ck_assert_int_eq(act(&t, ECS_ACT_NEXT, 0), 0);
}
END_TEST

/* A fact that the machine does not tell: no answer is wrong, none is right, nobody is stuck. */
START_TEST(a_number_that_cannot_be_known_is_let_pass)
{
    struct ecs_calibration blind = {NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    ecs_player_calibrate(t.player, &blind);
    to_explain(&t);
    run_past(&t.m, t.player, ECS_WAIT_MEASURE);
    ck_assert_int_eq(ecs_player_act(t.player, ECS_ACT_NUMBER, 0, 8), 0);
    ck_assert_int_eq(wait_now(), ECS_WAIT_CHOICE);
    ck_assert(!standing("q1").right);
}
END_TEST

START_TEST(hints_come_one_at_a_time)
{
    ck_assert_int_eq(act(&t, ECS_ACT_HINT, 0), -EAGAIN);
    to_transfer(&t);
    ck_assert_int_eq(wait_now(), ECS_WAIT_TASK);
    for (unsigned i = 1; i <= 3; i++) {
        ck_assert_int_eq(act(&t, ECS_ACT_HINT, 0), 0);
        ck_assert_uint_eq(standing("d1").hints, i);
    }
    ck_assert_int_eq(act(&t, ECS_ACT_HINT, 0), -EAGAIN);
    ck_assert_uint_eq(ecs_answer_get(&t.answers, "d1", false)->hints, 3);
    ck_assert(!standing("d1").revealed);
}
END_TEST

START_TEST(a_task_is_done_when_its_check_holds)
{
    to_transfer(&t);
    act(&t, ECS_ACT_TOGGLE, 0);                              /* 64 -> 128: fast, but not less */
    windows(&t.m, t.player, 40);
    ck_assert_int_eq(wait_now(), ECS_WAIT_TASK);
    ck_assert_int_eq(act(&t, ECS_ACT_NEXT, 0), -EAGAIN);
    act(&t, ECS_ACT_TOGGLE, 0);                              /* 8: slow */
    windows(&t.m, t.player, 40);
    ck_assert_int_eq(wait_now(), ECS_WAIT_TASK);
    act(&t, ECS_ACT_TOGGLE, 0);                              /* 64 */
    windows(&t.m, t.player, 5 + 9);
    ck_assert_int_eq(wait_now(), ECS_WAIT_TASK);             /* ten clean windows are wanted */
    windows(&t.m, t.player, 1);
    ck_assert(standing("d1").right);
    ck_assert(ecs_answer_get(&t.answers, "d1", false)->done);
    ck_assert_int_ne(wait_now(), ECS_WAIT_TASK);
}
END_TEST

START_TEST(a_revealed_task_is_not_solved)
{
    to_transfer(&t);
    act(&t, ECS_ACT_TOGGLE, 0);
    ck_assert_int_eq(act(&t, ECS_ACT_REVEAL, 0), 0);
    ck_assert(standing("d1").revealed);
    ck_assert_int_eq(wait_now(), ECS_WAIT_TASK);
    act(&t, ECS_ACT_TOGGLE, 0);
    act(&t, ECS_ACT_TOGGLE, 0);
    windows(&t.m, t.player, 20);
    ck_assert(ecs_answer_get(&t.answers, "d1", false)->done);
    ck_assert(!standing("d1").right);
}
END_TEST

static void to_recap(void)
{
    to_transfer(&t);
    run_past(&t.m, t.player, ECS_WAIT_TASK);                 /* 64 is in force already */
    run_past(&t.m, t.player, ECS_WAIT_MEASURE);
    ck_assert_int_eq(act(&t, ECS_ACT_NEXT, 0), 0);
}

START_TEST(the_recap_stops_the_run_and_tells_the_score)
{
    t.m.lost_per_window = 3;
    to_recap();
    ck_assert_uint_eq(ecs_player_step(t.player), t.lesson->n);
    ck_assert(!t.m.running);
    ck_assert_uint_eq(t.m.stops, 1);
    ck_assert(t.answers.finished);
    ck_assert_uint_eq(t.answers.step, t.answers.steps);
    ck_assert_uint_eq(ecs_player_visible(t.player), 0);
    ck_assert_int_eq(wait_now(), ECS_WAIT_NOTHING);
    ck_assert_int_eq(act(&t, ECS_ACT_NEXT, 0), -EAGAIN);
    ck_assert_ptr_null(ecs_player_scenario(t.player));
    struct ecs_recap r = ecs_player_recap(t.player);
    ck_assert_uint_eq(r.predictions, 1);
    ck_assert_uint_eq(r.foreseen, 1);
    ck_assert_uint_eq(r.questions, 2);
    ck_assert_uint_eq(r.right, 2);
    ck_assert_uint_eq(r.tasks, 1);
    ck_assert_uint_eq(r.solved, 1);
    ck_assert_uint_eq(r.verdicts, 2);
    ck_assert_uint_eq(r.confirmed, 2);
    ck_assert_uint_eq(r.skipped, 0);
    ck_assert_int_eq(act(&t, ECS_ACT_BACK, 0), 0);
    ck_assert(t.m.running);
    ck_assert_int_eq(t.m.started.v[P_STRIDE], 8);
    ck_assert(t.answers.finished);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("player");
    TCase *c = tcase_create("rules");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, predict_wants_choice_then_confidence);
    tcase_add_test(c, no_chart_before_the_prediction);
    tcase_add_test(c, no_jumping_ahead_of_a_prediction);
    tcase_add_test(c, chart_is_closed_while_a_prediction_is_open_in_its_step);
    tcase_add_test(c, chart_is_closed_before_its_prediction_is_reached);
    tcase_add_test(c, chart_is_closed_by_a_later_prediction);
    tcase_add_test(c, a_task_about_parameters_waits_for_clean_windows_too);
    tcase_add_test(c, skips_are_recorded);
    tcase_add_test(c, confidence_alone_can_be_skipped);
    tcase_add_test(c, scenario_starts_with_its_values_and_toggles_cycle);
    tcase_add_test(c, a_toggle_passes_over_values_that_contradict);
    tcase_add_test(c, asks_what_was_seen_before_it_explains);
    tcase_add_test(c, dirty_windows_do_not_count_as_seen_until_many);
    tcase_add_test(c, captions_follow_the_values_in_force);
    tcase_add_test(c, a_wrong_answer_may_be_given_again_and_the_first_counts);
    tcase_add_test(c, giving_up_after_a_wrong_answer_keeps_it);
    tcase_add_test(c, a_number_that_cannot_be_known_is_let_pass);
    tcase_add_test(c, hints_come_one_at_a_time);
    tcase_add_test(c, a_task_is_done_when_its_check_holds);
    tcase_add_test(c, a_revealed_task_is_not_solved);
    tcase_add_test(c, the_recap_stops_the_run_and_tells_the_score);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
