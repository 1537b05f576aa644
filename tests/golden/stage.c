#include "stage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "figures.h"

#define WINDOW_NS (50 * ECS_NS_PER_MS)
#define SETTLE_NS (250 * ECS_NS_PER_MS)

struct ecs_session {
    struct ecs_answers answers;
    struct ecs_player *player;
    struct ecs_series *series;
    const struct ecs_scenario *scenario;
    struct ecs_trace_head head;
    bool recorded, paused;
    struct ecs_error message;
};

/* ---- the session that views see ------------------------------------------------------------ */

const struct ecs_player *ecs_session_player(const struct ecs_session *s)
{
    return s->player;
}

const struct ecs_scenario *ecs_session_scenario(const struct ecs_session *s)
{
    return s->scenario;
}

const struct ecs_series *ecs_session_series(const struct ecs_session *s)
{
    return s->scenario ? s->series : NULL;
}

const struct ecs_trace_head *ecs_session_recorded(const struct ecs_session *s)
{
    return s->recorded ? &s->head : NULL;
}

bool ecs_session_paused(const struct ecs_session *s)
{
    return s->paused;
}

void ecs_session_message(const struct ecs_session *s, struct ecs_error *out)
{
    *out = s->message;
}

bool ecs_session_picture(const struct ecs_session *s, uint64_t seq, struct ecs_picture *out)
{
    struct ecs_snapshot snap;

    if (!s->scenario || !ecs_series_get(s->series, seq, &snap))
        return false;
    figures_picture(s->scenario, &snap, out);
    return true;
}

/* ---- the stage ----------------------------------------------------------------------------- */

void stage_open(struct stage *st)
{
    struct ecs_issues issues = {0};
    struct ecs_error e = {0};

    memset(st, 0, sizeof *st);
    st->session = calloc(1, sizeof *st->session);
    st->session->series = ecs_series_new(0);
    st->random = 12345;
    st->effect = 1;
    if (ecs_lessons_load(ECS_SOURCE_DIR "/tests/golden/lessons", &st->lessons, &issues, &e)
        || st->lessons.n != 4) {
        fprintf(stderr, "the lessons of the stage cannot be read: %s\n", e.what);
        for (size_t i = 0; i < issues.n; i++)
            fprintf(stderr, "  %d: %s\n", issues.v[i].line, issues.v[i].what);
        exit(1);
    }
    ecs_issues_free(&issues);
    for (size_t i = 0; i < st->lessons.n; i++)
        st->shelf[i].lesson = st->lessons.v[i];
    st->ui = (struct ecs_ui){.page = ECS_PAGE_PICKER, .shelf = st->shelf, .n_shelf = st->lessons.n,
                             .span_s = 30};
    snprintf(st->ui.machine_line, sizeof st->ui.machine_line,
             "2 CPUs on 2 cores, 1 node, 64-byte lines; no hardware counters (a virtual machine)");
}

void stage_close(struct stage *st)
{
    ecs_player_free(st->session->player);
    ecs_series_free(st->session->series);
    free(st->session);
    ecs_lessons_free(&st->lessons);
}

static float noise_between(struct stage *st)
{
    st->random = st->random * 1664525u + 1013904223u;
    return (float)(st->random >> 8) / (float)(1 << 24);
}

static void apply(struct stage *st, const struct ecs_command *c)
{
    if (c->kind == ECS_COMMAND_START) {
        st->session->scenario = c->scenario->scenario;
        ecs_series_clear(st->session->series);
        st->seq = st->generation = 0;
        st->time_ns = 0;
    } else if (c->kind == ECS_COMMAND_STOP) {
        st->session->scenario = NULL;
        return;
    } else if (c->kind == ECS_COMMAND_SET) {
        st->generation++;
    } else {
        return;
    }
    st->values = c->values;
    st->change_ns = st->time_ns;
}

static void obey(struct stage *st)
{
    struct ecs_command c;

    while (st->session->player && ecs_player_command(st->session->player, &c))
        apply(st, &c);
}

static void window(struct stage *st, bool figures)
{
    const struct ecs_scenario *s = st->session->scenario;
    struct ecs_snapshot snap = {.seq = st->seq++,
                                .window_ns = WINDOW_NS,
                                .generation = st->generation,
                                .values = st->values,
                                .noise.cpu = -1};
    int threads = ecs_param_index(s, ECS_PARAM_THREADS_NAME);
    double wobble = 1 + 0.02 * (noise_between(st) - 0.5);

    if (st->time_ns == st->change_ns && st->generation)
        snap.flags |= ECS_SNAP_CHANGED;
    st->time_ns += WINDOW_NS;
    snap.time_ns = st->time_ns;
    snap.workers = threads < 0 ? 1 : (uint32_t)st->values.v[threads];
    if (st->time_ns - st->change_ns <= SETTLE_NS)
        snap.flags |= ECS_SNAP_SETTLING;
    if (st->dirty) {
        snap.flags |= ECS_SNAP_DIRTY;
        snap.noise = (struct ecs_noise){.delay = 0.31f, .foreign = 0.31f, .cpu = 1,
                                        .why = ECS_NOISE_DELAY};
        wobble *= 0.7 + 0.3 * noise_between(st);
    }
    figures_fill(s, &snap, (double)(st->time_ns - st->change_ns) / 1e9, st->effect, wobble);
    for (size_t i = 0; !figures && i < ECS_MAX_METRICS; i++)
        snap.metric[i] = NAN;
    ecs_series_append(st->session->series, &snap);
    if (st->session->player)
        ecs_player_feed(st->session->player, &snap);
}

static void feed(struct stage *st, double seconds, bool figures)
{
    obey(st);
    for (int n = (int)(seconds * 20 + 0.5); n > 0 && st->session->scenario; n--) {
        window(st, figures);
        obey(st);
    }
}

void stage_run(struct stage *st, double seconds)
{
    feed(st, seconds, true);
}

void stage_gap(struct stage *st, double seconds)
{
    feed(st, seconds, false);
}

void stage_lesson(struct stage *st, const char *id)
{
    static const struct ecs_calibration calib = {64, 2, 2, 1, 32768, 524288, NAN};
    const struct ecs_lesson *l = ecs_lessons_find(&st->lessons, id);

    if (!l || ecs_player_new(l, &calib, &st->session->answers, &st->session->player)) {
        fprintf(stderr, "the stage has no lesson %s\n", id);
        exit(1);
    }
    st->ui.page = ECS_PAGE_LESSON;
    st->ui.session = st->session;
    obey(st);
}

void stage_replay(struct stage *st, const char *title)
{
    struct ecs_trace_head *h = &st->session->head;

    ecs_player_free(st->session->player);
    st->session->player = NULL;
    st->session->recorded = true;
    snprintf(h->scenario, sizeof h->scenario, "%s", st->session->scenario->name);
    snprintf(h->title, sizeof h->title, "%s", title);
    snprintf(h->host, sizeof h->host, "epyc-2s");
    snprintf(h->cpu, sizeof h->cpu, "AMD EPYC 7763");
    snprintf(h->date, sizeof h->date, "2026-08-14T09:12:44+02:00");
    st->ui.page = ECS_PAGE_REPLAY;
    st->ui.session = st->session;
}

void stage_act(struct stage *st, enum ecs_player_action a, int arg, double value)
{
    int rc = ecs_player_act(st->session->player, a, arg, value);

    if (rc) {
        fprintf(stderr, "the player does not take action %d (%d): %s\n", a, arg, strerror(-rc));
        exit(1);
    }
    obey(st);
}

void stage_fail(struct stage *st, const char *what, const char *mend)
{
    struct ecs_error e = {0};

    ecs_fail(&e, -1, "%s", what);
    ecs_error_mend(&e, "%s", mend);
    ecs_player_run_failed(st->session->player, &e);
    obey(st);
}

void stage_message(struct stage *st, const char *what, const char *mend)
{
    ecs_fail(&st->session->message, -1, "%s", what);
    ecs_error_mend(&st->session->message, "%s", mend);
}

void stage_pause(struct stage *st, bool paused)
{
    st->session->paused = paused;
}

void stage_scrub(struct stage *st, double seconds_back)
{
    uint64_t first, end, back = (uint64_t)(seconds_back * 20);

    ecs_series_range(st->session->series, &first, &end);
    st->session->paused = true;
    st->ui.scrubbing = true;
    st->ui.cursor = end - 1 > back ? end - 1 - back : first;
}

struct ecs_answers *stage_answers(struct stage *st, size_t row)
{
    return &st->shelf[row].answers;
}
