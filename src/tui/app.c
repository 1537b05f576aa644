#include "tui/app.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "tui/app_state.h"

#define TOAST_MS 4000
#define DEFAULT_SPAN_S 60

void ecs_app_toast(struct ecs_app *a, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(a->ui.toast, sizeof a->ui.toast, fmt, args);
    va_end(args);
    ecs_app_after(a, &a->toast, TOAST_MS);
    ecs_app_changed(a, true);
}

void ecs_app_toast_error(struct ecs_app *a, const struct ecs_error *e)
{
    char text[sizeof a->ui.toast];

    ecs_app_toast(a, "%s", ecs_error_text(e, text, sizeof text));
}

/* Everything that can fail without a terminal, so that its message needs none. */
static int prepare(struct ecs_app *a, struct ecs_error *e)
{
    int rc = ecs_app_stats_init(&a->stats);

    if (rc < 0)
        return ecs_fail(e, rc, "out of memory");
    if (a->options->script && (rc = ecs_app_script_load(a, e)) < 0)
        return rc;
    if (a->replay)
        return 0;
    rc = ecs_progress_open(a->options->state_dir, &a->progress);
    if (rc < 0)
        return ecs_fail(e, rc, "out of memory");
    return ecs_app_shelf_load(a, e);
}

static int open_screen(struct ecs_app *a, struct ecs_error *e)
{
    struct ecs_screen_options o = {.color = a->options->color, .ascii = a->options->ascii,
                                   .mouse = !a->options->no_mouse};
    int w, h, rc = ecs_screen_open(&o, &a->screen, e);

    if (rc < 0)
        return rc;
    ecs_screen_size(a->screen, &w, &h);
    if (ecs_canvas_init(&a->canvas, w, h) < 0)
        return ecs_fail(e, -ENOMEM, "out of memory");
    a->ui.glyphs = ecs_screen_glyphs(a->screen);
    a->ui.dots = a->ui.glyphs == ECS_GLYPHS_UTF8 ? ECS_DOTS_BRAILLE : ECS_DOTS_ASCII;
    return ecs_app_loop_attach(a, e);
}

static int open_replay(struct ecs_app *a, struct ecs_error *e)
{
    struct ecs_session_options o = {.traces = a->options->traces_dir};
    struct ecs_trace *trace = a->replay;

    a->replay = NULL;
    int rc = ecs_session_replay(trace, &o, &a->session);
    if (rc < 0)
        return ecs_fail(e, rc, "out of memory");
    a->ui.page = ECS_PAGE_REPLAY;
    a->ui.session = a->session;
    ecs_app_lesson_look(a);
    return 0;
}

/* The first page: drawn before anything that takes time is begun. */
static int first_page(struct ecs_app *a, struct ecs_error *e)
{
    int rc = 0;

    if (a->replay)
        rc = open_replay(a, e);
    else if (a->options->lesson)
        ecs_app_shelf_open(a, a->ui.selected);
    if (rc < 0)
        return rc;
    ecs_app_draw(a);
    if (a->ui.page != ECS_PAGE_REPLAY)
        ecs_app_probe(a);
    ecs_app_pump_soon(a);
    if (a->script)
        ecs_app_after(a, &a->typist, 1);
    return 0;
}

/* Screen first: whatever takes long or goes wrong after it happens in an ordinary terminal. */
static void leave(struct ecs_app *a)
{
    uint64_t end = ecs_now_ns(), bytes = 0;
    bool shown = a->screen != NULL;

    ecs_app_loop_detach(a);
    if (a->screen) {
        bytes = ecs_screen_bytes(a->screen);
        ecs_screen_close(a->screen);
    }
    ecs_session_free(a->session);
    ecs_app_loop_end(a);
    ecs_app_record_end(a);
    ecs_trace_free(a->replay);
    ecs_app_shelf_free(a);
    ecs_progress_free(a->progress);
    ecs_canvas_free(&a->canvas);
    if (shown && a->options->stats && a->stats.begin_ns)
        ecs_app_stats_print(&a->stats, a->options->started_ns, end, bytes, stderr);
    ecs_app_stats_free(&a->stats);
    free(a->script);
}

int ecs_app_run(const struct ecs_app_options *o, struct ecs_error *e)
{
    struct ecs_app *a = calloc(1, sizeof *a);

    if (!a) {
        ecs_trace_free(o->replay);
        return ecs_fail(e, -ENOMEM, "out of memory");
    }
    a->options = o;
    a->replay = o->replay;
    a->ui.theme = o->theme;
    a->ui.low_bandwidth = o->low_bandwidth;
    a->ui.span_s = DEFAULT_SPAN_S;
    int rc = prepare(a, e);
    if (rc == 0)
        rc = ecs_app_loop_init(a, e);
    if (rc == 0)
        rc = open_screen(a, e);
    if (rc == 0)
        rc = first_page(a, e);
    if (rc == 0)
        uv_run(&a->loop, UV_RUN_DEFAULT);
    leave(a);
    free(a);
    return rc;
}
