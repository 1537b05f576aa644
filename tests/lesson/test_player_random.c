/* Anything at any time: 300,000 random actions, windows, failures and restarts on each lesson.
 * What must hold holds after each of them; the sanitizers watch the rest. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/parse.h"
#include "player_fixture.h"

#define STEPS 300000

/* Check writes a mark for each of its assertions; millions of them are too many. */
#define must(condition) \
    do { \
        if (!(condition)) \
            ck_abort_msg("line %d: %s does not hold", __LINE__, #condition); \
    } while (0)

struct world {
    const struct ecs_lesson *lesson;
    struct ecs_answers answers;
    struct ecs_player *p;
    bool running;
    const struct ecs_scenario_block *block;
    struct ecs_values values;
    unsigned settling, steps_seen;
    struct machine random;
    bool kind;                    /* windows mostly as asked, so that lessons get on */
};

static uint64_t roll(struct world *w, uint64_t n)
{
    return next_random(&w->random) % n;
}

static struct ecs_calibration any_calibration(struct world *w)
{
    return roll(w, 4) ? two_cpus : (struct ecs_calibration){NAN, 1, NAN, 1, NAN, NAN, NAN};
}

static void open_player(struct world *w)
{
    struct ecs_calibration c = any_calibration(w);
    ecs_player_free(w->p);
    ck_assert_int_eq(ecs_player_new(w->lesson, &c, &w->answers, &w->p), 0);
    w->running = false;
}

static void obey_all(struct world *w)
{
    struct ecs_command c;
    for (int i = 0; ecs_player_command(w->p, &c); i++) {
        must(i < 5);
        if (c.kind == ECS_COMMAND_START || c.kind == ECS_COMMAND_SET) {
            must(c.scenario);
            must(c.kind == ECS_COMMAND_START || w->running);
            must(ecs_values_check(c.scenario->scenario, &c.values, NULL) == 0);
            w->running = true;
            w->block = c.scenario;
            w->values = c.values;
            w->settling = (unsigned)roll(w, 6);
        } else if (c.kind == ECS_COMMAND_STOP) {
            w->running = false;
        }
    }
}

static double any_metric(struct world *w, size_t i)
{
    static const double odd[] = {NAN, INFINITY, -INFINITY, 0, -1, 1e300, 1e-300};
    if (!w->kind && !roll(w, 6))
        return odd[roll(w, sizeof odd / sizeof *odd)];
    uint64_t salt = 1;
    for (size_t k = 0; k < w->block->scenario->n_params; k++)
        salt = salt * 31 + (uint64_t)w->values.v[k];
    return (double)(1 + (salt + i) % 17) * (1 + (double)roll(w, 100) / 5000);
}

static void feed(struct world *w)
{
    struct ecs_snapshot s = {.window_ns = 50000000, .values = w->values};
    if (!w->running || !w->block)
        return;
    s.flags = w->settling ? ECS_SNAP_SETTLING : 0u;
    s.flags |= roll(w, w->kind ? 30 : 3) ? 0u : ECS_SNAP_DIRTY;
    if (!roll(w, 200))
        s.flags = (uint32_t)roll(w, 8);
    if (!w->kind && !roll(w, 20))
        s.values.v[roll(w, w->block->scenario->n_params)] = (int64_t)roll(w, 300);
    if (!roll(w, 1000))
        s.window_ns = 0;
    w->settling -= w->settling > 0;
    s.noise.delay = (float)roll(w, 100) / 100;
    s.noise.why = (uint16_t)roll(w, 32);
    for (size_t i = 0; i < w->block->scenario->n_metrics; i++)
        s.metric[i] = any_metric(w, i);
    ecs_player_feed(w->p, &s);
}

static void do_something(struct world *w)
{
    static const double numbers[] = {8, 64, 65536, 93.75, 0, -1, NAN, INFINITY, 1e300};
    uint64_t what = roll(w, 100);
    if (what < 75) {
        feed(w);
    } else if (what < 97) {
        enum ecs_player_action a = (enum ecs_player_action)roll(w, ECS_ACT_AGAIN + 2);
        if (a == ECS_ACT_BACK && roll(w, 3))
            a = ECS_ACT_NEXT;
        int rc = ecs_player_act(w->p, a, (int)roll(w, 9) - 2,
                                numbers[roll(w, sizeof numbers / sizeof *numbers)]);
        must(rc == 0 || rc == -EAGAIN || rc == -EINVAL);
    } else if (what == 97 && !roll(w, 40)) {
        struct ecs_error e = {0};
        ecs_fail(&e, -EIO, "{value} broke %s", "%s{s1.rate.total[now]}");
        ecs_player_run_failed(w->p, &e);
    } else if (what == 98 && !roll(w, 100)) {
        open_player(w);
    } else if (what == 99 && !roll(w, 400)) {
        memset(&w->answers, 0, sizeof w->answers);
        open_player(w);
    }
    if (roll(w, 8))
        obey_all(w);
}

static void check_texts(struct world *w)
{
    const struct ecs_lesson *l = w->lesson;
    for (size_t i = 0; i < l->n; i++)
        for (size_t k = 0; k < l->step[i].n; k++) {
            const struct ecs_block *b = &l->step[i].block[k];
            struct ecs_standing st = ecs_player_standing(w->p, b);
            must(st.choice >= -2);
            must(st.seen >= -2);
            if (b->kind == ECS_BLOCK_PREDICT)
                must(st.choice < (int)b->predict.n);
            if (b->kind == ECS_BLOCK_ASK)
                must(st.choice < ((int)(b->ask.n ? b->ask.n : 1)));
            struct ecs_outcome o = ecs_player_outcome(w->p, b);
            must(strlen(o.say) < sizeof o.say);
            if (o.band <= ECS_BAND_ELSE)
                must(isfinite(o.value) && o.low <= o.value && o.value <= o.high);
        }
    struct ecs_recap r = ecs_player_recap(w->p);
    must(r.foreseen <= r.predictions && r.right <= r.questions && r.solved <= r.tasks &&
              r.confirmed <= r.verdicts);
    for (int m = -1; m <= ECS_MAX_METRICS; m++) {
        struct ecs_ab ab = ecs_player_ab(w->p, m);
        if (ab.have_a || ab.have_b)
            must(ecs_player_chart_open(w->p));
    }
    (void)ecs_player_caption(w->p);
}

static void check_rules(struct world *w)
{
    const struct ecs_lesson *l = w->lesson;
    size_t step = ecs_player_step(w->p), visible = ecs_player_visible(w->p);
    enum ecs_wait wait = ecs_player_wait(w->p);
    const struct ecs_block *current = ecs_player_current(w->p);
    unsigned done, wanted, dirty;
    must(step <= l->n);
    must(wait <= ECS_WAIT_TASK);
    must((wait != ECS_WAIT_NOTHING) == (current != NULL));
    must(visible <= (step < l->n ? l->step[step].n : 0));
    if (wait == ECS_WAIT_NOTHING && step < l->n)
        must(visible == l->step[step].n);
    if (wait == ECS_WAIT_CHOICE || wait == ECS_WAIT_SEEN)
        must(current->kind == ECS_BLOCK_PREDICT ||
             (current->kind == ECS_BLOCK_ASK && current->ask.n));
    ecs_player_progress(w->p, &done, &wanted, &dirty);
    must(done <= wanted);
    must(dirty <= wanted);
    must((wanted > 0) == (wait == ECS_WAIT_MEASURE));
    /* R1, from the outside: all predictions of earlier steps are answered, or it is closed. */
    bool open = ecs_player_chart_open(w->p);
    for (size_t i = 0; i < step && open; i++)
        for (size_t k = 0; k < l->step[i].n; k++) {
            const struct ecs_block *b = &l->step[i].block[k];
            if (b->kind != ECS_BLOCK_PREDICT)
                continue;
            struct ecs_standing st = ecs_player_standing(w->p, b);
            must(st.skipped || (st.choice >= 0 && (st.confidence || !b->predict.confidence)));
        }
    must(!open || ecs_player_scenario(w->p));
    w->steps_seen |= 1u << step;
}

static void play_at_random(const struct ecs_lesson *l, uint64_t seed)
{
    struct world w = {.lesson = l, .random.random = seed};
    open_player(&w);
    for (int i = 0; i < STEPS; i++) {
        w.kind = i / 5000 % 2;
        do_something(&w);
        check_rules(&w);
        if (i % 500 == 0)
            check_texts(&w);
    }
    ck_assert_msg(w.steps_seen == (2u << l->n) - 1, "%s: steps seen %x", l->id, w.steps_seen);
    ecs_player_free(w.p);
}

START_TEST(a_lesson_made_by_hand)
{
    struct ecs_lesson *l = lesson_new();
    play_at_random(l, 11);
    lesson_free(l);
}
END_TEST

START_TEST(the_lessons_that_are_shipped)
{
    struct ecs_lessons lessons;
    struct ecs_issues issues = {0};
    struct ecs_error e = {0};
    ck_assert_msg(!ecs_lessons_load(ECS_SOURCE_DIR "/lessons", &lessons, &issues, &e), "%s",
                  e.what);
    ck_assert_uint_ge(lessons.n, 4);
    for (size_t i = 0; i < lessons.n; i++)
        play_at_random(lessons.v[i], 100 + i);
    ecs_lessons_free(&lessons);
    ecs_issues_free(&issues);
}
END_TEST

/* A lesson with nothing in it, and one with empty steps: no crash, straight to the recap. */
START_TEST(empty_lessons)
{
    struct ecs_answers a = {0};
    struct ecs_player *p;
    struct ecs_step steps[2] = {{.title = "a"}, {.title = "b"}};
    struct ecs_lesson none = {.id = "none"}, bare = {.id = "bare", .step = steps, .n = 2};
    ck_assert_int_eq(ecs_player_new(&none, NULL, &a, &p), 0);
    ck_assert_uint_eq(ecs_player_step(p), 0);
    ck_assert_int_eq(ecs_player_act(p, ECS_ACT_NEXT, 0, 0), -EAGAIN);
    ecs_player_free(p);
    ck_assert_int_eq(ecs_player_new(&bare, NULL, &a, &p), 0);
    ck_assert_int_eq(ecs_player_act(p, ECS_ACT_NEXT, 0, 0), 0);
    ck_assert_int_eq(ecs_player_act(p, ECS_ACT_NEXT, 0, 0), 0);
    ck_assert_uint_eq(ecs_player_step(p), 2);
    ck_assert(a.finished);
    ecs_player_free(p);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("player: anything at any time");
    TCase *c = tcase_create("random");
    tcase_set_timeout(c, 300);
    tcase_add_test(c, a_lesson_made_by_hand);
    tcase_add_test(c, the_lessons_that_are_shipped);
    tcase_add_test(c, empty_lessons);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
