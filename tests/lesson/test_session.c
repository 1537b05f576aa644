/* A lesson, its player and a real run together; recordings in its place; what is kept and said. */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <check.h>

#include "core/base/clock.h"
#include "lesson/session.h"
#include "lesson/session_pictures.h"
#include "player_fixture.h"

/* ---- a scenario that really runs ------------------------------------------------------------ */

enum { GAIN, SIZE };
static _Atomic int start_fails, quantum_fails;
static const struct ecs_param params[] = {
    [GAIN] = {.name = "gain", .kind = ECS_PARAM_INT, .def = 1, .min = 1, .max = 8, .live = true},
    [SIZE] = {.name = "size", .kind = ECS_PARAM_INT, .def = 1, .min = 1, .max = 4},  /* not live */
};
static const struct ecs_metric metrics[] = {
    {.name = "rate", .label = "rate", .unit = "ops/s"},
    {.name = "gain.seen", .label = "gain", .unit = ""},
};
static const char *const counters[] = {"ops", NULL};

static int start(const struct ecs_values *v, void **shared, struct ecs_error *e)
{
    (void)v;
    *shared = NULL;
    return start_fails ? ecs_fail(e, -ENOMEM, "no room for the test") : 0;
}
static void stop(void *shared) { (void)shared; }
static void quantum(struct ecs_worker *w)
{
    volatile unsigned spin = 0;
    for (unsigned i = 0; i < 20000; i++)
        spin = spin + 1;
    w->count[0] += 256 * (uint64_t)w->values->v[GAIN];
    if (quantum_fails)
        w->failed = "the test worker gave up";
}
static void derive(const struct ecs_window *w, double *metric)
{
    metric[0] = w->window_ns ? (double)w->delta[0].c[0] * 1e9 / (double)w->window_ns : NAN;
    metric[1] = (double)w->values->v[GAIN];
}
static void describe(void *shared, const struct ecs_window *w, struct ecs_picture *out)
{
    (void)shared;
    out->kind = ECS_DIAGRAM_LINES;
    out->bytes = (uint32_t)(64 * w->values->v[GAIN]);
}
static const struct ecs_scenario real = {
    .name = "real", .summary = "a test", .params = params, .n_params = 2,
    .metrics = metrics, .n_metrics = 2,
    .counters = counters, .min_cpus = 1, .diagram = ECS_DIAGRAM_LINES, .start = start,
    .quantum = quantum,
    .stop = stop, .derive = derive, .describe = describe,
};

/* ---- the session under test ----------------------------------------------------------------- */

static struct ecs_lesson *lesson;
static struct ecs_progress *progress;
static struct ecs_session *session;
static struct ecs_session_options options;
static char folder[64];
static int bell = -1;

static void ring(void *arg)
{
    uint64_t one = 1;
    if (write(*(int *)arg, &one, sizeof one) < 0)
        abort();
}

/* The hand-made lesson, on the scenario that runs: its toggles are gain and size. */
static struct ecs_lesson *real_lesson(void)
{
    struct ecs_lesson *l = lesson_new();
    struct ecs_scenario_block *s = &ecs_lesson_block(l, "s1")->scenario;
    s->scenario = &real;
    s->values = (struct ecs_values){{1, 1}};
    s->toggle[0] = (struct ecs_toggle){.key = 'g', .param = GAIN, .value = {1, 4}, .n = 2};
    s->toggle[1] = (struct ecs_toggle){.key = 's', .param = SIZE, .value = {1, 2}, .n = 2};
    s->compare_param = GAIN;
    s->compare_a = 1;
    s->compare_b = 4;
    s->repeats = 2;
    s->side_ns = 60000000;
    s->warmup_ns = 0;
    struct ecs_expect *x = &ecs_lesson_block(l, "e1")->expect;
    ecs_expression_free(x->metric);
    ck_assert_int_eq(ecs_expression_parse("s1.gain.seen[gain=4] / s1.gain.seen[gain=1]",
                                          &x->metric, NULL), 0);
    for (size_t i = 0; i < s->n_captions; i++) {
        ecs_expression_free(s->caption[i].when);
        free(s->caption[i].text);
    }
    s->n_captions = 0;
    l->n = 3;              /* without the transfer: its names are of the other scenario */
    return l;
}

static void open_session(void)
{
    struct ecs_error e = {0};
    ck_assert_msg(!ecs_session_lesson(lesson, progress, &options, &session, &e), "%s", e.what);
}

static void setup(void)
{
    strcpy(folder, "/tmp/ecs-session-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    ck_assert_int_eq(ecs_progress_open(folder, &progress), 0);
    options = (struct ecs_session_options){
        .run = {.sample_hz = 100, .settle_ns = 30000000, .notify = ring, .notify_arg = &bell},
        .traces = folder};
    start_fails = quantum_fails = 0;
    lesson = real_lesson();
    open_session();
}

static void teardown(void)
{
    char command[128];
    ecs_session_free(session);
    ecs_progress_free(progress);
    lesson->n = 4;
    lesson_free(lesson);
    close(bell);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

/* Waits for the sampler's bell, then pumps. */
static void next_windows(void)
{
    uint64_t rung;
    struct pollfd p = {.fd = bell, .events = POLLIN};
    ck_assert_int_eq(poll(&p, 1, 60000), 1);
    ck_assert_int_eq(read(bell, &rung, sizeof rung), sizeof rung);
    ck_assert_uint_eq(ecs_session_pump(session, ecs_now_ns()), UINT64_MAX);
}

static enum ecs_wait wait_now(void) { return ecs_player_wait(ecs_session_player(session)); }
static int do_act(enum ecs_player_action a, int arg)
{
    return ecs_session_act(session, a, arg, NAN);
}

static uint64_t held(void)
{
    uint64_t first, end;
    ecs_series_range(ecs_session_series(session), &first, &end);
    return end;
}

static bool newest(struct ecs_snapshot *out)
{
    return held() && ecs_series_get(ecs_session_series(session), held() - 1, out);
}

static void until_in_force(int param, int64_t value)
{
    struct ecs_snapshot s;
    for (int i = 0; i < 20000; i++) {
        if (newest(&s) && s.values.v[param] == value)
            return;
        next_windows();
    }
    ck_abort_msg("the value never came into force");
}

static void observe(void)
{
    ck_assert_int_eq(do_act(ECS_ACT_CHOOSE, 1), 0);
    ck_assert_int_eq(do_act(ECS_ACT_CONFIDENCE, 2), 0);
    ck_assert_int_eq(do_act(ECS_ACT_NEXT, 0), 0);
}

static void explain(void)
{
    observe();
    ck_assert_int_eq(do_act(ECS_ACT_TOGGLE, 0), 0);
    while (wait_now() == ECS_WAIT_TOGGLE)
        next_windows();
    ck_assert_int_eq(do_act(ECS_ACT_CHOOSE, 1), 0);
    ck_assert_int_eq(do_act(ECS_ACT_NEXT, 0), 0);
}

START_TEST(nothing_runs_before_the_observe_step)
{
    ck_assert_uint_eq(ecs_session_pump(session, ecs_now_ns()), UINT64_MAX);
    ck_assert_ptr_null(ecs_session_series(session));
    ck_assert_ptr_null(ecs_session_scenario(session));
    ck_assert_ptr_null(ecs_session_recorded(session));
    ck_assert(!ecs_session_paused(session) && !ecs_session_over(session));
    observe();
    ck_assert_ptr_nonnull(ecs_session_series(session));
    ck_assert_ptr_eq(ecs_session_scenario(session), &real);
    until_in_force(GAIN, 1);
    ck_assert_int_eq(do_act(ECS_ACT_BACK, 0), 0);
    ck_assert_ptr_null(ecs_session_series(session));
}
END_TEST

START_TEST(a_lesson_from_its_start_to_the_recap)
{
    explain();
    while (wait_now() == ECS_WAIT_MEASURE)
        next_windows();
    /* On a busy machine it may say that it was too noisy; it may not say anything else. */
    struct ecs_outcome o = ecs_player_outcome(ecs_session_player(session), block(lesson, "e1"));
    ck_assert(o.band == ECS_BAND_NOISY || (o.band == ECS_BAND_PASS && o.value == 4));
    until_in_force(GAIN, 4);                             /* the learner's own again */
    ck_assert_int_eq(ecs_session_act(session, ECS_ACT_SKIP, 0, 0), 0);
    ck_assert_int_eq(do_act(ECS_ACT_CHOOSE, 1), 0);
    ck_assert_int_eq(do_act(ECS_ACT_NEXT, 0), 0);
    ck_assert_uint_eq(ecs_player_step(ecs_session_player(session)), lesson->n);
    ck_assert_ptr_null(ecs_session_series(session));
    struct ecs_answers a;
    ck_assert_int_eq(ecs_progress_load(progress, lesson->id, &a, NULL), 0);
    ck_assert(a.finished && a.step == lesson->n && a.when > 0);
    ck_assert_str_eq(ecs_answer_get(&a, "p1", false)->choice, "up");
    ck_assert_str_eq(ecs_answer_get(&a, "p1", false)->seen, "up");
    ck_assert(ecs_answer_get(&a, "q1", false)->skipped);
}
END_TEST

START_TEST(a_session_opened_again_goes_on_where_it_was)
{
    explain();
    do_act(ECS_ACT_SKIP, 0);
    ecs_session_free(session);
    open_session();
    ck_assert_uint_eq(ecs_player_step(ecs_session_player(session)), 2);
    ck_assert_ptr_null(ecs_session_series(session));     /* opening starts nothing; pumping does */
    ecs_session_pump(session, ecs_now_ns());
    ck_assert_ptr_nonnull(ecs_session_series(session));
    ck_assert_int_eq(ecs_session_act(session, ECS_ACT_NUMBER, 0, 1e9), 0);
    ck_assert_int_eq(wait_now(), ECS_WAIT_NUMBER);
}
END_TEST

START_TEST(without_a_store_and_with_one_that_keeps_nothing)
{
    ecs_session_free(session);
    struct ecs_progress *store = progress;
    progress = NULL;
    open_session();
    observe();
    ecs_session_free(session);
    progress = store;
    struct ecs_progress *nowhere;
    struct ecs_error m;
    char path[128];
    snprintf(path, sizeof path, "%s/file", folder);
    fclose(fopen(path, "w"));
    strcat(path, "/state");
    ck_assert_int_eq(ecs_progress_open(path, &nowhere), 0);
    ck_assert_int_eq(ecs_session_lesson(lesson, nowhere, &options, &session, NULL), 0);
    ecs_session_message(session, &m);
    ck_assert_ptr_nonnull(strstr(m.what, "progress is not kept"));
    observe();
    ecs_session_free(session);
    ecs_progress_free(nowhere);
    open_session();
}
END_TEST

START_TEST(a_change_that_is_not_live_starts_it_anew)
{
    observe();
    until_in_force(SIZE, 1);
    ck_assert_int_eq(do_act(ECS_ACT_TOGGLE, 1), 0);
    until_in_force(SIZE, 2);
    ck_assert_int_eq(do_act(ECS_ACT_TOGGLE, 0), 0);
    until_in_force(GAIN, 4);
    struct ecs_snapshot s;
    ck_assert(newest(&s));
    ck_assert_int_eq(s.values.v[SIZE], 2);
}
END_TEST

START_TEST(a_run_that_cannot_start_is_said)
{
    start_fails = 1;
    observe();
    struct ecs_error m;
    ecs_session_message(session, &m);
    ck_assert_ptr_nonnull(strstr(m.what, "no room for the test"));
    ck_assert_int_eq(wait_now(), ECS_WAIT_NOTHING);
    ck_assert_ptr_null(ecs_session_series(session));
    ck_assert_ptr_eq(ecs_session_scenario(session), &real);
    ck_assert_int_eq(do_act(ECS_ACT_NEXT, 0), 0);
    ck_assert_int_eq(wait_now(), ECS_WAIT_NUMBER);
    start_fails = 0;
    ck_assert_int_eq(do_act(ECS_ACT_BACK, 0), 0);
    ck_assert_ptr_nonnull(ecs_session_series(session));
}
END_TEST

START_TEST(a_worker_that_fails_is_said)
{
    observe();
    until_in_force(GAIN, 1);
    quantum_fails = 1;
    struct ecs_error m = {0};
    for (int i = 0; i < 3000 && !ecs_player_failure(ecs_session_player(session)); i++) {
        ecs_sleep_until_ns(ecs_now_ns() + 10000000);
        ecs_session_pump(session, ecs_now_ns());
    }
    ecs_session_message(session, &m);
    ck_assert_msg(strstr(m.what, "the test worker gave up"), "%s", m.what);
    ck_assert_int_eq(wait_now(), ECS_WAIT_NOTHING);
    ck_assert_ptr_nonnull(ecs_session_series(session));  /* what it did is still there to look at */
}
END_TEST

/* Until no window comes any more: the one in flight may. Returns how many there are. */
static uint64_t stand_still(const struct ecs_series *series)
{
    uint64_t first, end, before = UINT64_MAX;
    for (int still = 0; still < 5;) {
        ecs_series_range(series, &first, &end);
        still = end == before ? still + 1 : 0;
        before = end;
        ecs_sleep_until_ns(ecs_now_ns() + 50000000);
    }
    return before;
}

START_TEST(pausing_stops_the_windows)
{
    observe();
    until_in_force(GAIN, 1);
    ecs_session_pause(session, true, ecs_now_ns());
    ck_assert(ecs_session_paused(session));
    uint64_t before = stand_still(ecs_session_series(session));
    ecs_session_pause(session, false, ecs_now_ns());
    while (held() == before)
        next_windows();
}
END_TEST

START_TEST(pictures_of_the_moment_looked_at)
{
    struct ecs_picture picture;
    observe();
    until_in_force(GAIN, 1);
    for (int i = 0; i < 5; i++)
        next_windows();
    uint64_t then = held() - 2;
    do_act(ECS_ACT_TOGGLE, 0);
    until_in_force(GAIN, 4);
    for (int i = 0; i < 5; i++)
        next_windows();
    ck_assert(ecs_session_picture(session, held() - 1, &picture));
    ck_assert_uint_eq(picture.bytes, 256);
    ck_assert(ecs_session_picture(session, then, &picture));
    ck_assert_uint_eq(picture.bytes, 64);
}
END_TEST

START_TEST(a_ring_of_pictures)
{
    struct ecs_pictures ring_of = {0};
    struct ecs_picture p = {.kind = ECS_DIAGRAM_NONE}, got;
    ecs_pictures_add(&ring_of, 1, &p);
    ck_assert(!ecs_pictures_get(&ring_of, 9, &got));
    p.kind = ECS_DIAGRAM_STACK;
    for (uint64_t i = 0; i < 2 * ECS_PICTURES; i++) {
        p.value[0] = i / 2;                              /* every other one is the same */
        ecs_pictures_add(&ring_of, i, &p);
    }
    ck_assert_uint_eq(ring_of.held, ECS_PICTURES);
    for (uint64_t i = 0; i < 2 * ECS_PICTURES; i++) {
        ck_assert(ecs_pictures_get(&ring_of, i, &got));
        ck_assert_uint_eq(got.value[0], i / 2);
    }
    for (uint64_t i = 0; i < 20; i++) {
        p.value[0] = 10000 + i;
        ecs_pictures_add(&ring_of, 5000 + i, &p);
    }
    ck_assert(!ecs_pictures_get(&ring_of, 5, &got));     /* gone */
    ck_assert(ecs_pictures_get(&ring_of, 4000, &got));
    ck_assert_uint_eq(got.value[0], ECS_PICTURES - 1);
    ecs_pictures_clear(&ring_of);
    ck_assert(!ecs_pictures_get(&ring_of, 5019, &got));
    ecs_pictures_free(&ring_of);
}
END_TEST

/* ---- recordings ----------------------------------------------------------------------------- */

static void record(const char *name)
{
    char path[128];
    struct ecs_trace_writer *w;
    struct ecs_trace_head head = {.scenario = "real", .host = "big",
                                  .date = "2025-01-01T00:00:00Z", .cpus = 64};
    struct ecs_error e = {0};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert_msg(!ecs_trace_create(path, &real, &head, &w, &e), "%s", e.what);
    for (uint64_t i = 0; i < 10; i++) {
        struct ecs_snapshot s = {.seq = i, .time_ns = (i + 1) * 50000000, .window_ns = 50000000,
                                 .workers = 1,
                                 .values = {{1, 1}}, .metric = {1000 + (double)i, 1}};
        ck_assert_int_eq(ecs_trace_write(w, &s, &e), 0);
    }
    ck_assert_int_eq(ecs_trace_close(w, &e), 0);
}

START_TEST(the_recorded_fallback_and_back)
{
    struct ecs_error e = {0};
    record("big.ecst");
    ck_assert_int_lt(ecs_session_fallback(session, true, &e), 0);     /* no expect in this step */
    ck_assert_str_ne(e.what, "");
    explain();
    do_act(ECS_ACT_SKIP, 0);
    const struct ecs_series *live = ecs_session_series(session);
    ck_assert_msg(!ecs_session_fallback(session, true, &e), "%s", e.what);
    ck_assert_ptr_nonnull(ecs_session_recorded(session));
    ck_assert_str_eq(ecs_session_recorded(session)->host, "big");
    ck_assert_ptr_ne(ecs_session_series(session), live);
    ck_assert_ptr_ne(ecs_session_scenario(session), &real);
    ck_assert_str_eq(ecs_session_scenario(session)->name, "real");
    ck_assert_int_eq(ecs_session_scenario(session)->metrics[0].source, ECS_RECORDED);
    uint64_t now = 1000, next = ecs_session_pump(session, now);
    for (int i = 0; i < 100 && next != UINT64_MAX; i++) {
        now += next;
        next = ecs_session_pump(session, now);
    }
    ck_assert_uint_eq(next, UINT64_MAX);
    ck_assert_uint_eq(held(), 10);
    ck_assert(ecs_session_over(session));
    uint64_t before = stand_still(live);                 /* meanwhile the live run stands still */
    ck_assert_int_eq(ecs_session_fallback(session, false, &e), 0);
    ck_assert_ptr_null(ecs_session_recorded(session));
    ck_assert_ptr_eq(ecs_session_series(session), live);
    while (held() == before)
        next_windows();                                  /* the live run goes on */
    ck_assert_int_eq(ecs_session_fallback(session, true, &e), 0);
    ck_assert_int_eq(do_act(ECS_ACT_BACK, 0), 0);
    ck_assert_ptr_null(ecs_session_recorded(session));   /* another step: live again */
}
END_TEST

START_TEST(a_fallback_that_is_not_there)
{
    struct ecs_error e = {0};
    struct ecs_expect *x = &ecs_lesson_block(lesson, "e1")->expect;
    explain();
    ck_assert_int_lt(ecs_session_fallback(session, true, &e), 0);
    ck_assert_ptr_nonnull(strstr(e.what, "no recording"));
    ck_assert_ptr_nonnull(strstr(e.what, x->fallback_trace));
    ck_assert_str_ne(e.mend, "");
    free(x->fallback_trace);
    x->fallback_trace = strdup("../big.ecst");
    ck_assert_int_eq(ecs_session_fallback(session, true, &e), -EINVAL);
    ck_assert_ptr_null(ecs_session_recorded(session));
    ck_assert_ptr_nonnull(ecs_session_series(session));
}
END_TEST

START_TEST(a_recording_alone)
{
    char path[128];
    struct ecs_trace *trace;
    struct ecs_session *s;
    struct ecs_error e = {0};
    record("alone.ecst");
    snprintf(path, sizeof path, "%s/alone.ecst", folder);
    ck_assert_int_eq(ecs_trace_read(path, &trace, &e), 0);
    ck_assert_int_eq(ecs_session_replay(trace, NULL, &s), 0);
    ck_assert_ptr_null(ecs_session_player(s));
    ck_assert_int_eq(ecs_session_act(s, ECS_ACT_NEXT, 0, 0), -EAGAIN);
    ck_assert_ptr_nonnull(ecs_session_recorded(s));
    uint64_t next = ecs_session_pump(s, 500);
    ck_assert_uint_ne(next, UINT64_MAX);
    ecs_session_pause(s, true, 600);
    ck_assert(ecs_session_paused(s));
    ck_assert_uint_eq(ecs_session_pump(s, 1000000000000), UINT64_MAX);
    ck_assert(!ecs_session_over(s));
    ecs_session_pause(s, false, 1000000000000);
    ecs_session_pump(s, 2000000000000);
    ck_assert(ecs_session_over(s));
    ck_assert_int_lt(ecs_session_fallback(s, true, &e), 0);
    ecs_session_free(s);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("session");
    TCase *c = tcase_create("session");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, nothing_runs_before_the_observe_step);
    tcase_add_test(c, a_lesson_from_its_start_to_the_recap);
    tcase_add_test(c, a_session_opened_again_goes_on_where_it_was);
    tcase_add_test(c, without_a_store_and_with_one_that_keeps_nothing);
    tcase_add_test(c, a_change_that_is_not_live_starts_it_anew);
    tcase_add_test(c, a_run_that_cannot_start_is_said);
    tcase_add_test(c, a_worker_that_fails_is_said);
    tcase_add_test(c, pausing_stops_the_windows);
    tcase_add_test(c, pictures_of_the_moment_looked_at);
    tcase_add_test(c, a_ring_of_pictures);
    tcase_add_test(c, the_recorded_fallback_and_back);
    tcase_add_test(c, a_fallback_that_is_not_there);
    tcase_add_test(c, a_recording_alone);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
