#include "lesson/session.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hw/affinity.h"
#include "core/hw/topology.h"
#include "lesson/session_pictures.h"

#define FEED_AT_ONCE 16

struct ecs_session {
    struct ecs_run_options options;
    char *traces;
    const struct ecs_lesson *lesson;      /* NULL: a recording alone */
    struct ecs_progress *progress;        /* may be NULL */
    struct ecs_answers answers;
    struct ecs_player *player;
    bool calibrated;

    struct ecs_run *run;
    bool failure_told, noted;
    uint64_t next_seq;                    /* first snapshot that the player has not seen */
    struct ecs_pictures pictures;

    struct ecs_replay *replay;            /* the recording, or a fallback being played */
    bool paused;
    struct ecs_error message;
};

/* ---- opening -------------------------------------------------------------------------------- */

static int session_new(const struct ecs_session_options *o, struct ecs_session **out)
{
    struct ecs_session *s = calloc(1, sizeof *s);
    *out = s;
    if (!s)
        return -ENOMEM;
    if (o)
        s->options = o->run;
    if (o && o->traces && !(s->traces = strdup(o->traces))) {
        free(s);
        *out = NULL;
        return -ENOMEM;
    }
    return 0;
}

static void load_answers(struct ecs_session *s)
{
    const char *id = s->lesson->id ? s->lesson->id : "";
    snprintf(s->answers.lesson, sizeof s->answers.lesson, "%s", id);
    if (!s->progress)
        return;
    if (ecs_progress_why(s->progress)) {
        ecs_fail(&s->message, -EROFS, "progress is not kept: %s", ecs_progress_why(s->progress));
        ecs_error_mend(&s->message, "set XDG_STATE_HOME to a folder that can be written");
    }
    ecs_progress_load(s->progress, id, &s->answers, &s->message);
}

int ecs_session_lesson(const struct ecs_lesson *l, struct ecs_progress *progress,
                       const struct ecs_session_options *o, struct ecs_session **out,
                       struct ecs_error *e)
{
    struct ecs_session *s;
    int rc = session_new(o, out);
    if (rc)
        return ecs_fail(e, rc, "out of memory");
    s = *out;
    s->lesson = l;
    s->progress = progress;
    load_answers(s);
    rc = ecs_player_new(l, NULL, &s->answers, &s->player);
    if (rc) {
        ecs_session_free(s);
        *out = NULL;
        return ecs_fail(e, rc, "out of memory");
    }
    return 0;
}

int ecs_session_replay(struct ecs_trace *trace, const struct ecs_session_options *o,
                       struct ecs_session **out)
{
    int rc = session_new(o, out);
    if (rc) {
        ecs_trace_free(trace);
        return rc;
    }
    rc = ecs_replay_new(trace, false, &(*out)->replay);
    if (!rc)
        return 0;
    ecs_session_free(*out);
    *out = NULL;
    return rc;
}

static void save(struct ecs_session *s)
{
    if (!s->progress)
        return;
    s->answers.when = time(NULL);
    ecs_progress_save(s->progress, &s->answers, &s->message);
}

static void end_run(struct ecs_session *s)
{
    ecs_run_free(s->run);
    s->run = NULL;
    s->next_seq = 0;
    s->failure_told = s->noted = false;
    ecs_pictures_clear(&s->pictures);
}

static void end_fallback(struct ecs_session *s)
{
    if (!s->lesson || !s->replay)
        return;
    ecs_replay_free(s->replay);
    s->replay = NULL;
    s->paused = false;
    if (s->run)
        ecs_run_pause(s->run, false);
}

void ecs_session_free(struct ecs_session *s)
{
    if (!s)
        return;
    struct ecs_command c;
    while (s->player && ecs_player_command(s->player, &c))
        if (c.kind == ECS_COMMAND_SAVE)
            save(s);
    end_run(s);
    ecs_replay_free(s->replay);
    ecs_player_free(s->player);
    ecs_pictures_free(&s->pictures);
    free(s->traces);
    free(s);
}

/* ---- the machine, when it is first needed --------------------------------------------------- */

static double known(double v)
{
    return v > 0 ? v : NAN;
}

static void calibrate(struct ecs_session *s)
{
    if (s->calibrated || !s->player)
        return;
    s->calibrated = true;
    const struct ecs_machine *m = ecs_machine();
    struct ecs_calibration c = {NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    if (m) {
        c.line_bytes = known(m->line_bytes);
        c.cpus = known(ecs_allowed_cpus());
        c.cores = known(m->n_cores);
        c.nodes = known(m->n_nodes);
        for (unsigned i = 0; i < m->n_caches; i++) {
            const struct ecs_cache *cache = &m->cache[i];
            double *to = cache->level == 1 ? &c.l1d_bytes : cache->level == 2 ? &c.l2_bytes
                       : cache->level == 3 ? &c.l3_bytes : NULL;
            if (to && cache->data && isnan(*to))
                *to = known((double)cache->bytes);
        }
    }
    ecs_player_calibrate(s->player, &c);
}

/* ---- commands ------------------------------------------------------------------------------- */

static void start(struct ecs_session *s, const struct ecs_command *c)
{
    struct ecs_error e = {0};
    end_fallback(s);
    end_run(s);
    s->paused = false;
    if (ecs_run_start(c->scenario->scenario, &c->values, &s->options, &s->run, &e)) {
        s->run = NULL;
        s->message = e;
        ecs_player_run_failed(s->player, &e);
    }
}

static void set(struct ecs_session *s, const struct ecs_command *c)
{
    struct ecs_error e = {0};
    if (!s->run)
        return;
    int rc = ecs_run_set_values(s->run, &c->values, &e);
    if (rc == -EPERM)
        start(s, c);          /* not one that can change while it runs */
    else if (rc)
        s->message = e;
}

static void carry_out(struct ecs_session *s)
{
    struct ecs_command c;
    bool changed = false;
    while (ecs_player_command(s->player, &c)) {
        calibrate(s);
        switch (c.kind) {
        case ECS_COMMAND_START: start(s, &c); break;
        case ECS_COMMAND_SET:   set(s, &c); break;
        case ECS_COMMAND_STOP:  end_fallback(s); end_run(s); s->paused = false; break;
        case ECS_COMMAND_SAVE:  changed = true; break;
        case ECS_COMMAND_NONE:  break;
        }
    }
    if (changed)
        save(s);
}

/* ---- what the run says ---------------------------------------------------------------------- */

static void feed(struct ecs_session *s)
{
    struct ecs_snapshot snap[FEED_AT_ONCE];
    const struct ecs_series *series = s->run ? ecs_run_series(s->run) : NULL;
    uint64_t first, end;
    if (!series)
        return;
    ecs_series_range(series, &first, &end);
    if (end <= s->next_seq)
        return;
    if (s->next_seq < first)
        s->next_seq = first;
    while (s->next_seq < end) {
        size_t n = ecs_series_copy(series, s->next_seq, snap, FEED_AT_ONCE);
        if (!n)
            break;
        for (size_t i = 0; i < n; i++)
            ecs_player_feed(s->player, &snap[i]);
        s->next_seq = snap[n - 1].seq + 1;
    }
    struct ecs_picture picture;
    ecs_run_picture(s->run, &picture);
    ecs_pictures_add(&s->pictures, s->next_seq - 1, &picture);
}

static void listen(struct ecs_session *s)
{
    struct ecs_error e = {0};
    if (!s->run)
        return;
    if (!s->noted) {
        ecs_run_note(s->run, &e);
        if (*e.what) {
            s->message = e;
            s->noted = true;
        }
    }
    if (s->failure_told || ecs_run_state(s->run) != ECS_RUN_FAILED)
        return;
    s->failure_told = true;
    ecs_run_error(s->run, &e);
    s->message = e;
    ecs_player_run_failed(s->player, &e);
}

uint64_t ecs_session_pump(struct ecs_session *s, uint64_t now_ns)
{
    if (s->player) {
        if (ecs_player_step(s->player) == s->lesson->n)
            calibrate(s);
        carry_out(s);
        feed(s);
        listen(s);
        carry_out(s);
    }
    return s->replay ? ecs_replay_advance(s->replay, now_ns) : UINT64_MAX;
}

/* ---- what the learner does ------------------------------------------------------------------ */

int ecs_session_act(struct ecs_session *s, enum ecs_player_action a, int arg, double value)
{
    if (!s->player)
        return -EAGAIN;
    calibrate(s);
    size_t step = ecs_player_step(s->player);
    int rc = ecs_player_act(s->player, a, arg, value);
    if (ecs_player_step(s->player) != step || (!rc && a == ECS_ACT_TOGGLE))
        end_fallback(s);
    carry_out(s);
    return rc;
}

void ecs_session_pause(struct ecs_session *s, bool paused, uint64_t now_ns)
{
    s->paused = paused;
    if (s->replay)
        ecs_replay_pause(s->replay, paused, now_ns);
    else if (s->run)
        ecs_run_pause(s->run, paused);
}

bool ecs_session_paused(const struct ecs_session *s)
{
    return s->paused;
}

/* The last expect block on show that has a recording. */
static const char *fallback_name(const struct ecs_session *s)
{
    size_t step = s->player ? ecs_player_step(s->player) : 0;
    if (!s->player || step >= s->lesson->n)
        return NULL;
    for (size_t i = ecs_player_visible(s->player); i-- > 0;) {
        const struct ecs_block *b = &s->lesson->step[step].block[i];
        if (b->kind == ECS_BLOCK_EXPECT && b->expect.fallback_trace)
            return b->expect.fallback_trace;
    }
    return NULL;
}

static int play_fallback(struct ecs_session *s, struct ecs_error *e)
{
    char path[512];
    struct ecs_trace *trace;
    struct ecs_replay *replay;
    const char *name = fallback_name(s);
    if (!name)
        return ecs_fail(e, -ENOENT, "this step has no recording of another machine");
    if (!s->traces)
        return ecs_fail(e, -ENOENT, "no folder of recordings was found");
    if (strchr(name, '/') || *name == '.')
        return ecs_fail(e, -EINVAL, "'%s' is not a file name", name);
    if (snprintf(path, sizeof path, "%s/%s", s->traces, name) >= (int)sizeof path)
        return ecs_fail(e, -ENAMETOOLONG, "the path of the recording is too long");
    int rc = ecs_trace_read(path, &trace, e);
    if (rc == -ENOENT) {
        ecs_fail(e, rc, "no recording %s has been made for this step yet", name);
        ecs_error_mend(e, "go on with n: the lesson does not need it");
    }
    if (rc)
        return rc;
    rc = ecs_replay_new(trace, false, &replay);
    if (rc)
        return ecs_fail(e, rc, "out of memory");
    ecs_replay_free(s->replay);
    s->replay = replay;
    s->paused = false;
    if (s->run)
        ecs_run_pause(s->run, true);
    return 0;
}

int ecs_session_fallback(struct ecs_session *s, bool recorded, struct ecs_error *e)
{
    if (!s->lesson)
        return ecs_fail(e, -EINVAL, "this is a recording already");
    if (recorded)
        return play_fallback(s, e);
    end_fallback(s);
    return 0;
}

/* ---- for drawing ---------------------------------------------------------------------------- */

const struct ecs_player *ecs_session_player(const struct ecs_session *s)
{
    return s->player;
}

const struct ecs_scenario *ecs_session_scenario(const struct ecs_session *s)
{
    if (s->replay)
        return ecs_replay_trace(s->replay)->scenario;
    if (s->run)
        return ecs_run_scenario(s->run);
    const struct ecs_block *b = s->player ? ecs_player_scenario(s->player) : NULL;
    return b ? b->scenario.scenario : NULL;
}

const struct ecs_series *ecs_session_series(const struct ecs_session *s)
{
    if (s->replay)
        return ecs_replay_series(s->replay);
    return s->run ? ecs_run_series(s->run) : NULL;
}

const struct ecs_trace_head *ecs_session_recorded(const struct ecs_session *s)
{
    return s->replay ? &ecs_replay_trace(s->replay)->head : NULL;
}

bool ecs_session_picture(const struct ecs_session *s, uint64_t seq, struct ecs_picture *out)
{
    if (s->replay)
        return ecs_replay_picture(s->replay, seq, out);
    return s->run && ecs_pictures_get(&s->pictures, seq, out);
}

void ecs_session_message(const struct ecs_session *s, struct ecs_error *out)
{
    *out = s->message;
}

bool ecs_session_over(const struct ecs_session *s)
{
    return s->replay && ecs_replay_over(s->replay);
}
