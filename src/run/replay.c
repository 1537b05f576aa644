#include "run/replay.h"

#include <errno.h>
#include <stdlib.h>

struct ecs_replay {
    struct ecs_trace *trace;
    struct ecs_series *series;
    bool loop;
    bool started, paused;
    uint64_t zero;           /* the caller's time at which the trace's first window began */
    uint64_t paused_at;
    size_t next;             /* index of the snapshot that is due next */
};

int ecs_replay_new(struct ecs_trace *trace, bool loop, struct ecs_replay **out)
{
    *out = NULL;
    struct ecs_replay *r = calloc(1, sizeof *r);
    if (r) {
        r->trace = trace;
        r->loop = loop;
        r->series = ecs_series_new(trace->n ? trace->n : 1);
    }
    if (!r || !r->series) {
        ecs_trace_free(trace);
        free(r);
        return -ENOMEM;
    }
    *out = r;
    return 0;
}

void ecs_replay_free(struct ecs_replay *r)
{
    if (!r)
        return;
    ecs_series_free(r->series);
    ecs_trace_free(r->trace);
    free(r);
}

/* When snapshot `i` is due, counted from the start of the first window. */
static uint64_t due(const struct ecs_replay *r, size_t i)
{
    const struct ecs_snapshot *first = &r->trace->snap[0];
    uint64_t lead = first->window_ns < first->time_ns ? first->window_ns : first->time_ns;
    return r->trace->snap[i].time_ns - (first->time_ns - lead);
}

static void rewind_to(struct ecs_replay *r, uint64_t now_ns)
{
    ecs_series_clear(r->series);
    r->next = 0;
    r->zero = now_ns;
}

/* One pass: up to the last snapshot, which then stays for a window. */
static uint64_t pass(const struct ecs_replay *r)
{
    return due(r, r->trace->n - 1) + r->trace->snap[0].window_ns;
}

uint64_t ecs_replay_advance(struct ecs_replay *r, uint64_t now_ns)
{
    if (!r->started) {
        r->started = true;
        r->zero = now_ns;
        r->paused_at = now_ns;
    }
    if (r->paused || r->trace->n == 0)
        return UINT64_MAX;
    if (now_ns < r->zero)
        now_ns = r->zero;
    /* After a long stop of the caller whole passes are left out, not played in a row. */
    if (r->loop && now_ns - r->zero >= pass(r))
        rewind_to(r, now_ns - (now_ns - r->zero) % pass(r));
    while (r->next < r->trace->n && due(r, r->next) <= now_ns - r->zero)
        ecs_series_append(r->series, &r->trace->snap[r->next++]);
    if (r->next < r->trace->n)
        return due(r, r->next) - (now_ns - r->zero);
    return r->loop ? pass(r) - (now_ns - r->zero) : UINT64_MAX;
}

void ecs_replay_pause(struct ecs_replay *r, bool paused, uint64_t now_ns)
{
    if (paused == r->paused)
        return;
    r->paused = paused;
    if (paused)
        r->paused_at = now_ns;
    else if (r->started && now_ns > r->paused_at)
        r->zero += now_ns - r->paused_at;
}

void ecs_replay_all(struct ecs_replay *r)
{
    r->started = true;
    while (r->next < r->trace->n)
        ecs_series_append(r->series, &r->trace->snap[r->next++]);
}

bool ecs_replay_over(const struct ecs_replay *r)
{
    return r->trace->n == 0 || (!r->loop && r->next == r->trace->n);
}

bool ecs_replay_paused(const struct ecs_replay *r)
{
    return r->paused;
}

const struct ecs_series *ecs_replay_series(const struct ecs_replay *r)
{
    return r->series;
}

const struct ecs_trace *ecs_replay_trace(const struct ecs_replay *r)
{
    return r->trace;
}

bool ecs_replay_picture(const struct ecs_replay *r, uint64_t seq, struct ecs_picture *out)
{
    const struct ecs_trace *t = r->trace;
    size_t low = 0, high = t->n_pictures;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (t->picture_seq[mid] <= seq)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == 0)
        return false;
    *out = t->picture[low - 1];
    return true;
}
