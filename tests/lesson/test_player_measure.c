/* Interleaved measurement, its five verdicts, and the sentences. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/player_store.h"
#include "player_fixture.h"
#include "run/compare.h"

static struct play t;
static void setup(void) { play_open(&t); }
static void teardown(void) { play_close(&t); }
static enum ecs_wait wait_now(void) { return ecs_player_wait(t.player); }
static struct ecs_outcome outcome(const char *name)
{
    return ecs_player_outcome(t.player, block(t.lesson, name));
}

static void set_metric(const char *name, const char *text)
{
    struct ecs_expect *x = &ecs_lesson_block(t.lesson, name)->expect;
    ecs_expression_free(x->metric);
    ck_assert_int_eq(ecs_expression_parse(text, &x->metric, NULL), 0);
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

START_TEST(pass_band_with_its_sentence)
{
    measure();
    struct ecs_outcome o = outcome("e1");
    ck_assert_int_eq(o.band, ECS_BAND_PASS);
    ck_assert_double_eq_tol(o.value, 7.5, 0.1);
    ck_assert(o.low <= o.value && o.value <= o.high && o.low > 7 && o.high < 8);
    ck_assert_ptr_nonnull(strstr(o.say, "on lines of 64: "));
    ck_assert_ptr_nonnull(strstr(o.say, " M ops/s."));
    ck_assert_ptr_null(strchr(o.say, '{'));
    ck_assert_str_eq(ecs_answer_get(&t.answers, "e1", false)->band, "pass");
}
END_TEST

START_TEST(weak_band_and_names_that_are_not_known)
{
    t.m.gain = 1.5;
    measure();
    struct ecs_outcome o = outcome("e1");
    ck_assert_int_eq(o.band, ECS_BAND_WEAK);
    ck_assert_ptr_nonnull(strstr(o.say, "Only 1."));
    ck_assert_ptr_nonnull(strstr(o.say, "x, n/a, n/a, {open."));
}
END_TEST

START_TEST(else_band)
{
    t.m.gain = 1.001;
    measure();
    ck_assert_int_eq(outcome("e1").band, ECS_BAND_ELSE);
    ck_assert(!strncmp(outcome("e1").say, "Not here: 1.00", 12));
}
END_TEST

START_TEST(sides_alternate_and_the_learners_values_come_back)
{
    int64_t order[32];
    unsigned n = 0, sets = 0, done = 0, wanted = 0, dirty = 0;
    to_explain(&t);                                       /* the learner is at 64 */
    ck_assert_int_eq(wait_now(), ECS_WAIT_MEASURE);
    ck_assert_ptr_eq(ecs_player_current(t.player), block(t.lesson, "e1"));
    ck_assert_uint_eq(ecs_player_visible(t.player), 1);
    ck_assert_int_eq(act(&t, ECS_ACT_TOGGLE, 0), -EAGAIN);
    ck_assert_int_eq(act(&t, ECS_ACT_NEXT, 0), -EAGAIN);
    sets = t.m.sets;
    order[n++] = t.m.values.v[P_STRIDE];
    while (wait_now() == ECS_WAIT_MEASURE && n < 32) {
        unsigned before = done;
        ecs_player_progress(t.player, &done, &wanted, &dirty);
        ck_assert_uint_ge(done, before);
        ck_assert_uint_eq(wanted, 10);
        windows(&t.m, t.player, 1);
        if (t.m.values.v[P_STRIDE] != order[n - 1])
            order[n++] = t.m.values.v[P_STRIDE];
    }
    /* 128 8, 8 128, 128 8, …: the same side twice in a row is no change. Then 64 again. */
    ck_assert_uint_eq(n, 7);
    for (unsigned i = 0; i < 6; i++)
        ck_assert_int_eq(order[i], i % 2 ? 8 : 128);
    ck_assert_int_eq(order[6], 64);
    ck_assert_int_eq(ecs_player_values(t.player)->v[P_STRIDE], 64);
    ck_assert_uint_eq(t.m.sets - sets, 6);
    ck_assert_uint_eq(dirty, 0);
    ck_assert_uint_eq(t.m.starts, 1);
}
END_TEST

/* Half of the windows are noise: whatever verdict there is, none of them is in it. */
START_TEST(some_noise_repeats_sides)
{
    unsigned done, wanted, most = 0, dirty, passed = 0;
    for (unsigned seed = 0; seed < 20; seed++) {
        play_close(&t);
        play_open(&t);
        to_explain(&t);
        t.m.random = seed;
        t.m.dirty_of_8 = 4;
        while (wait_now() == ECS_WAIT_MEASURE) {
            windows(&t.m, t.player, 1);
            ecs_player_progress(t.player, &done, &wanted, &dirty);
            most = dirty > most ? dirty : most;
        }
        struct ecs_outcome o = outcome("e1");
        ck_assert(o.band == ECS_BAND_PASS || o.band == ECS_BAND_NOISY);
        if (o.band == ECS_BAND_NOISY)
            continue;
        ck_assert_double_eq_tol(o.value, 7.5, 0.1);
        ck_assert(o.low > 7.2 && o.high < 7.8);
        passed++;
    }
    ck_assert_uint_ge(passed, 5);
    ck_assert_uint_gt(most, 0);
}
END_TEST

START_TEST(windows_that_are_not_warm_do_not_count)
{
    t.m.cold = 12;
    ecs_lesson_block(t.lesson, "s1")->scenario.warmup_ns = 600000000;
    measure();
    ck_assert_double_eq_tol(outcome("e1").value, 7.5, 0.1);
    ck_assert(outcome("e1").low > 7.2);
}
END_TEST

START_TEST(much_noise_is_named_and_no_number_is_given)
{
    unsigned done, wanted, most = 0, dirty;
    to_explain(&t);
    t.m.dirty_of_8 = 7;
    while (wait_now() == ECS_WAIT_MEASURE) {
        windows(&t.m, t.player, 1);
        ecs_player_progress(t.player, &done, &wanted, &dirty);
        most = dirty > most ? dirty : most;
    }
    struct ecs_outcome o = outcome("e1");
    ck_assert_int_eq(o.band, ECS_BAND_NOISY);
    ck_assert(isnan(o.value));
    ck_assert_uint_eq(most, 10);
    ck_assert_ptr_eq(strstr(o.say, "Too noisy to say: "), o.say);
    ck_assert_ptr_nonnull(strstr(o.say, "repeats were clean"));
    ck_assert_ptr_null(strstr(o.say, "recording"));
    ck_assert_ptr_nonnull(strstr(o.say, noise_said()));
    ck_assert_int_eq(wait_now(), ECS_WAIT_NUMBER);        /* and the lesson goes on */
}
END_TEST

START_TEST(a_noisy_verdict_is_tried_again_when_one_comes_back)
{
    to_explain(&t);
    t.m.dirty_of_8 = 8;
    run_past(&t.m, t.player, ECS_WAIT_MEASURE);
    ck_assert_int_eq(outcome("e1").band, ECS_BAND_NOISY);
    t.m.dirty_of_8 = 0;
    act(&t, ECS_ACT_BACK, 0);
    act(&t, ECS_ACT_NEXT, 0);
    ck_assert_int_eq(wait_now(), ECS_WAIT_MEASURE);
    run_past(&t.m, t.player, ECS_WAIT_MEASURE);
    ck_assert_int_eq(outcome("e1").band, ECS_BAND_PASS);
}
END_TEST

START_TEST(measuring_again_on_request)
{
    measure();
    t.m.gain = 1.5;
    ck_assert_int_eq(act(&t, ECS_ACT_AGAIN, 0), 0);
    ck_assert_int_eq(wait_now(), ECS_WAIT_MEASURE);
    ck_assert_int_eq(act(&t, ECS_ACT_AGAIN, 0), -EAGAIN);
    run_past(&t.m, t.player, ECS_WAIT_MEASURE);
    ck_assert_int_eq(outcome("e1").band, ECS_BAND_WEAK);
}
END_TEST

/* Every window clean, and still no verdict: the repeats lie on both sides of the bands. */
START_TEST(repeats_that_disagree_are_no_verdict)
{
    struct ecs_expect *x = &ecs_lesson_block(t.lesson, "e1")->expect;
    x->weak_low = x->weak_high = NAN;
    if (_i) {                                             /* the other way round: small is a pass */
        x->pass_low = -INFINITY;
        x->pass_high = 2;
    }
    to_explain(&t);
    for (unsigned i = 0; wait_now() == ECS_WAIT_MEASURE; i++) {
        unsigned done, wanted, dirty;
        ecs_player_progress(t.player, &done, &wanted, &dirty);
        t.m.gain = done % 4 < 2 ? 4 : 0.5;
        windows(&t.m, t.player, 1);
    }
    ck_assert_int_eq(outcome("e1").band, ECS_BAND_NOISY);
    ck_assert_ptr_nonnull(strstr(outcome("e1").say, "disagree"));
}
END_TEST

START_TEST(skipping_a_measurement)
{
    to_explain(&t);
    windows(&t.m, t.player, 12);
    ck_assert_int_eq(act(&t, ECS_ACT_SKIP, 0), 0);
    ck_assert_int_eq(outcome("e1").band, ECS_BAND_UNKNOWN);
    ck_assert_ptr_nonnull(strstr(outcome("e1").say, "skipped"));
    ck_assert(ecs_player_standing(t.player, block(t.lesson, "e1")).skipped);
    ck_assert_int_eq(t.m.values.v[P_STRIDE], 64);
    act(&t, ECS_ACT_BACK, 0);
    act(&t, ECS_ACT_NEXT, 0);
    ck_assert_int_eq(wait_now(), ECS_WAIT_NUMBER);        /* what was skipped stays skipped */
}
END_TEST

START_TEST(leaving_a_measurement_drops_it)
{
    to_explain(&t);
    windows(&t.m, t.player, 12);
    ck_assert_int_eq(act(&t, ECS_ACT_BACK, 0), 0);
    ck_assert_int_eq(t.m.values.v[P_STRIDE], 64);
    ck_assert_int_eq(act(&t, ECS_ACT_NEXT, 0), 0);
    ck_assert_int_eq(wait_now(), ECS_WAIT_MEASURE);
    run_past(&t.m, t.player, ECS_WAIT_MEASURE);
    ck_assert_int_eq(outcome("e1").band, ECS_BAND_PASS);
}
END_TEST

START_TEST(too_few_cpus_is_said)
{
    struct ecs_calibration one = two_cpus;
    one.cpus = 1;
    ecs_player_calibrate(t.player, &one);
    to_explain(&t);
    ck_assert_int_eq(outcome("e1").band, ECS_BAND_UNKNOWN);
    ck_assert_ptr_nonnull(strstr(outcome("e1").say,
                                 "counting needs 2 CPUs and this machine has 1"));
    ck_assert_ptr_null(strstr(outcome("e1").say, "recording"));
    ck_assert_int_eq(wait_now(), ECS_WAIT_NUMBER);
}
END_TEST

static void unknown_because(const char *metric, const char *why)
{
    set_metric("e1", metric);
    measure();
    ck_assert_int_eq(outcome("e1").band, ECS_BAND_UNKNOWN);
    ck_assert_msg(strstr(outcome("e1").say, why), "%s", outcome("e1").say);
    ck_assert_int_eq(t.m.values.v[P_STRIDE], 64);
}

START_TEST(a_metric_that_is_never_there)
{
    unknown_because("s1.never[stride=8]", "no such counter");
}
END_TEST
START_TEST(a_division_by_zero)
{
    unknown_because("1 / s1.lost.total[variant=tagged]", "division by zero");
}
END_TEST
START_TEST(values_that_contradict)
{
    unknown_because("s1.rate.total[stride=256 pin=same-core]", "does not go with");
}
END_TEST

START_TEST(a_run_that_does_not_take_the_values)
{
    to_explain(&t);
    t.m.running = false;
    struct machine stuck = t.m;
    stuck.running = true;
    stuck.values.v[P_STRIDE] = 512;
    for (int i = 0; i < 500 && wait_now() == ECS_WAIT_MEASURE; i++)
        window(&stuck, t.player);
    ck_assert_int_eq(outcome("e1").band, ECS_BAND_UNKNOWN);
    ck_assert_ptr_nonnull(strstr(outcome("e1").say, "did not take"));
}
END_TEST

START_TEST(a_run_that_breaks_while_measuring)
{
    to_explain(&t);
    windows(&t.m, t.player, 12);
    struct ecs_error e = {0};
    ecs_fail(&e, -EIO, "a worker gave up");
    ecs_player_run_failed(t.player, &e);
    ck_assert_int_eq(outcome("e1").band, ECS_BAND_UNKNOWN);
    ck_assert_ptr_nonnull(strstr(outcome("e1").say, "a worker gave up"));
    ck_assert_int_eq(wait_now(), ECS_WAIT_NUMBER);
}
END_TEST

START_TEST(counts_are_read_at_the_end_and_noise_does_not_touch_them)
{
    t.m.lost_per_window = 2;
    to_transfer(&t);
    run_past(&t.m, t.player, ECS_WAIT_TASK);
    t.m.dirty_of_8 = _i ? 8 : 0;
    double last = 0;
    while (wait_now() == ECS_WAIT_MEASURE) {
        last = 2 * (double)(t.m.since_change + 1);
        windows(&t.m, t.player, 1);
    }
    struct ecs_outcome o = outcome("e2");
    ck_assert_int_eq(o.band, ECS_BAND_PASS);
    ck_assert_double_eq(o.value, last);
    ck_assert_double_ge(o.value, 2 * 6);
}
END_TEST

START_TEST(an_expect_of_facts_needs_no_run)
{
    set_metric("e1", "calib.line_bytes / 32");
    to_explain(&t);
    ck_assert_int_eq(outcome("e1").band, ECS_BAND_PASS);
    ck_assert_double_eq(outcome("e1").value, 2);
    ck_assert_uint_eq(t.m.sets, 1);
}
END_TEST

/* An expect may measure a scenario that is not the one in force: it is started, and the own one
 * after it. */
START_TEST(another_scenario_is_started_and_left_again)
{
    struct ecs_step *s = &t.lesson->step[3];
    struct ecs_block *blocks = calloc(4, sizeof *blocks);
    blocks[0] = (struct ecs_block){.kind = ECS_BLOCK_SCENARIO, .name = strdup("s2")};
    blocks[0].scenario = block(t.lesson, "s1")->scenario;
    blocks[0].scenario.scenario = &other;
    blocks[0].scenario.n_captions = 0;
    memcpy(&blocks[1], s->block, 3 * sizeof *blocks);
    free(s->block);
    s->block = blocks;
    s->n = 4;
    play_reopen(&t);
    to_transfer(&t);
    ck_assert_ptr_eq(t.m.scenario, &other);
    t.m.lost_per_window = 1;
    ck_assert_int_eq(wait_now(), ECS_WAIT_TASK);
    act(&t, ECS_ACT_SKIP, 0);
    ck_assert_int_eq(wait_now(), ECS_WAIT_MEASURE);
    windows(&t.m, t.player, 1);
    ck_assert_ptr_eq(t.m.scenario, &counting);
    run_past(&t.m, t.player, ECS_WAIT_MEASURE);
    ck_assert_int_eq(outcome("e2").band, ECS_BAND_PASS);
    ck_assert_ptr_eq(t.m.scenario, &other);
}
END_TEST

/* ---- what is kept ------------------------------------------------------------------------------ */

/* More value sets than are kept: the oldest go, the newest stay true. */
START_TEST(many_sets_of_values)
{
    struct ecs_scenario_block *s = &ecs_lesson_block(t.lesson, "s1")->scenario;
    s->toggle[0].n = 8;
    for (int i = 0; i < 8; i++)
        s->toggle[0].value[i] = 8 << i == 256 ? 2048 : 8 << i;
    to_observe(&t);
    for (int i = 0; i < 60; i++) {
        act(&t, ECS_ACT_TOGGLE, i % 8 == 7 ? 1 : 0);
        windows(&t.m, t.player, 16);
    }
    while (ecs_player_values(t.player)->v[P_STRIDE] != 8)
        act(&t, ECS_ACT_TOGGLE, 0);
    windows(&t.m, t.player, 30);
    struct ecs_ab ab = ecs_player_ab(t.player, M_RATE);
    bool one = ecs_player_values(t.player)->v[P_PIN] == ECS_PIN_ONE;
    ck_assert(ab.have_a);
    ck_assert_double_eq_tol(ab.a.median, one ? 5e7 : 1e8, 2e6);
}
END_TEST

START_TEST(the_set_used_longest_ago_makes_room)
{
    struct ecs_store store = {0};
    struct ecs_snapshot snap = {.metric = {1, 1, 1, 1}};
    double v[8];
    for (int64_t i = 0; i < ECS_STORE_SETS + 4; i++) {
        snap.values.v[P_STRIDE] = i;
        snap.metric[M_RATE] = (double)i;
        ecs_store_add(&store, &counting, &snap);
        snap.values.v[P_STRIDE] = 0;                      /* used again and again: it stays */
        snap.metric[M_RATE] = 0;
        ecs_store_add(&store, &counting, &snap);
    }
    for (int64_t i = 0; i < ECS_STORE_SETS + 4; i++) {
        snap.values.v[P_STRIDE] = i;
        const struct ecs_store_set *set = ecs_store_find(&store, &counting, &snap.values);
        ck_assert_int_eq(set != NULL, i == 0 || i > 4);
        ck_assert(!set || ecs_store_samples(set, M_RATE, v, 8) >= 1);
        ck_assert(!set || v[0] == (double)i);
        ck_assert_ptr_null(ecs_store_find(&store, &other, &snap.values));
    }
    for (int i = 0; i < 3 * ECS_STORE_WINDOWS; i++) { /* the newest windows, oldest first */
        snap.metric[M_RATE] = i;
        ecs_store_add(&store, &counting, &snap);
    }
    const struct ecs_store_set *set = ecs_store_find(&store, &counting, &snap.values);
    ck_assert_uint_eq(ecs_store_samples(set, M_RATE, v, 8), 8);
    for (int i = 0; i < 8; i++)
        ck_assert_double_eq(v[i], 3 * ECS_STORE_WINDOWS - 8 + i);
    ecs_store_free(&store);
}
END_TEST

START_TEST(a_long_sentence_is_cut_between_characters)
{
    struct ecs_expect *x = &ecs_lesson_block(t.lesson, "e1")->expect;
    free(x->say_pass);
    x->say_pass = calloc(1, 2000);
    for (int i = 0; i < 600; i++)
        memcpy(x->say_pass + 3 * i, "€", 3);
    measure();
    struct ecs_outcome o = outcome("e1");
    ck_assert_uint_eq(strlen(o.say) % 3, 0);
    ck_assert_uint_ge(strlen(o.say), 500);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("player: measuring");
    TCase *c = tcase_create("measuring");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, pass_band_with_its_sentence);
    tcase_add_test(c, weak_band_and_names_that_are_not_known);
    tcase_add_test(c, else_band);
    tcase_add_test(c, sides_alternate_and_the_learners_values_come_back);
    tcase_add_test(c, some_noise_repeats_sides);
    tcase_add_test(c, windows_that_are_not_warm_do_not_count);
    tcase_add_test(c, much_noise_is_named_and_no_number_is_given);
    tcase_add_test(c, a_noisy_verdict_is_tried_again_when_one_comes_back);
    tcase_add_test(c, measuring_again_on_request);
    tcase_add_loop_test(c, repeats_that_disagree_are_no_verdict, 0, 2);
    tcase_add_test(c, skipping_a_measurement);
    tcase_add_test(c, leaving_a_measurement_drops_it);
    tcase_add_test(c, too_few_cpus_is_said);
    tcase_add_test(c, a_metric_that_is_never_there);
    tcase_add_test(c, a_division_by_zero);
    tcase_add_test(c, values_that_contradict);
    tcase_add_test(c, a_run_that_does_not_take_the_values);
    tcase_add_test(c, a_run_that_breaks_while_measuring);
    tcase_add_loop_test(c, counts_are_read_at_the_end_and_noise_does_not_touch_them, 0, 2);
    tcase_add_test(c, an_expect_of_facts_needs_no_run);
    tcase_add_test(c, another_scenario_is_started_and_left_again);
    tcase_add_test(c, many_sets_of_values);
    tcase_add_test(c, the_set_used_longest_ago_makes_room);
    tcase_add_test(c, a_long_sentence_is_cut_between_characters);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
