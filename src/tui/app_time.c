/* Pause, looking back, and the two axes. */
#include "core/base/clock.h"
#include "tui/app_state.h"
#include "tui/widgets/chart_data.h"

#define STEP_S 1.0

static const unsigned spans[] = {10, 20, 30, 60, 120, 300};
#define SPANS (sizeof spans / sizeof spans[0])

/* ---- looking back ----------------------------------------------------------------------- */

static double time_of(const struct ecs_series *s, uint64_t seq)
{
    struct ecs_snapshot snap;
    return ecs_series_copy(s, seq, &snap, 1) == 1 ? (double)snap.time_ns / 1e9 : 0;
}

static void resume(struct ecs_app *a)
{
    a->ui.scrubbing = false;
    ecs_session_pause(a->session, false, ecs_now_ns());
    ecs_app_pump_soon(a);
}

/* Pauses and looks at the newest moment, when it does neither yet. */
static bool begin_scrubbing(struct ecs_app *a, const struct ecs_series *series)
{
    uint64_t first, end;

    if (!series)
        return false;
    ecs_series_range(series, &first, &end);
    if (end == first)
        return false;
    if (!ecs_session_paused(a->session))
        ecs_session_pause(a->session, true, ecs_now_ns());
    if (!a->ui.scrubbing)
        a->ui.cursor = end - 1;
    a->ui.scrubbing = true;
    if (a->ui.cursor < first)
        a->ui.cursor = first;
    if (a->ui.cursor >= end)
        a->ui.cursor = end - 1;
    return true;
}

static void scrub(struct ecs_app *a, enum ecs_action action)
{
    const struct ecs_series *series = ecs_session_series(a->session);
    uint64_t first, end;

    if (!begin_scrubbing(a, series)) {
        ecs_app_toast(a, "nothing to look back at yet");
        return;
    }
    ecs_series_range(series, &first, &end);
    uint64_t to = first;
    if (action != ECS_ACTION_HOME) {
        double step = action == ECS_ACTION_LEFT ? -STEP_S : STEP_S;
        to = ecs_chart_seek(series, time_of(series, a->ui.cursor) + step);
        /* At least one window, however long windows are. */
        if (action == ECS_ACTION_LEFT && to >= a->ui.cursor)
            to = a->ui.cursor > first ? a->ui.cursor - 1 : first;
        if (action == ECS_ACTION_RIGHT && to <= a->ui.cursor)
            to = a->ui.cursor + 1;
    }
    a->ui.cursor = to < first ? first : to >= end ? end - 1 : to;
    ecs_app_changed(a, true);
}

static void pause_or_resume(struct ecs_app *a)
{
    if (!ecs_session_series(a->session))
        ecs_app_toast(a, "nothing runs yet");
    else if (a->ui.scrubbing || ecs_session_paused(a->session))
        resume(a);
    else
        ecs_session_pause(a->session, true, ecs_now_ns());
    ecs_app_changed(a, true);
}

/* ---- the axes --------------------------------------------------------------------------- */

static void zoom(struct ecs_app *a, int by)
{
    size_t i = 0;

    while (i + 1 < SPANS && spans[i] < a->ui.span_s)
        i++;
    if ((by > 0 && i + 1 < SPANS) || (by < 0 && i > 0))
        a->ui.span_s = spans[by > 0 ? i + 1 : i - 1];
    ecs_app_changed(a, true);
}

void ecs_app_time_reset(struct ecs_app *a)
{
    for (int i = 0; i < ECS_MAX_CHARTS; i++)
        a->ui.y_top[i] = 0;
    a->ui.scrubbing = a->ui.scrubbing && ecs_session_paused(a->session);
}

void ecs_app_time_grow(struct ecs_app *a)
{
    const struct ecs_player *p = a->session ? ecs_session_player(a->session) : NULL;

    if (!a->session || (p && !ecs_player_chart_open(p)))
        return;
    for (int i = 0; i < ECS_MAX_CHARTS; i++)
        a->ui.y_top[i] = ecs_view_y_top(&a->ui, i);
}

bool ecs_app_time_act(struct ecs_app *a, enum ecs_action action)
{
    switch (action) {
    case ECS_ACTION_PAUSE:
        pause_or_resume(a);
        return true;
    case ECS_ACTION_LEFT:
    case ECS_ACTION_RIGHT:
    case ECS_ACTION_HOME:
        scrub(a, action);
        return true;
    case ECS_ACTION_END:
        if (ecs_session_series(a->session))
            resume(a);
        ecs_app_changed(a, true);
        return true;
    case ECS_ACTION_ZOOM_IN:
        zoom(a, -1);
        return true;
    case ECS_ACTION_ZOOM_OUT:
        zoom(a, 1);
        return true;
    default:
        return false;
    }
}
