#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/signals.h"
#include "tui/app_state.h"

/* Keys handled before the loop looks at anything else. */
#define KEYS_AT_ONCE_NS (8 * ECS_NS_PER_MS)

static const int watched[ECS_APP_SIGNALS] = {
    SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT,
};

void ecs_app_stop(struct ecs_app *a)
{
    a->stopping = true;
    uv_stop(&a->loop);
}

/* ---- the session ------------------------------------------------------------------------ */

static void on_pump(uv_timer_t *timer)
{
    struct ecs_app *a = timer->data;
    uint64_t first, end;

    if (!a->session || a->stopping)
        return;
    uint64_t next = ecs_session_pump(a->session, ecs_now_ns());
    const struct ecs_series *series = ecs_session_series(a->session);
    if (series) {
        ecs_series_range(series, &first, &end);
        if (end != a->data_end) {
            a->data_end = end;
            ecs_app_changed(a, false);
        }
    }
    ecs_app_record_feed(a);
    ecs_app_lesson_look(a);
    if (next != UINT64_MAX)
        ecs_app_after(a, &a->pump, next / ECS_NS_PER_MS + 1);
}

static void on_news(uv_async_t *handle)
{
    struct ecs_app *a = handle->data;
    on_pump(&a->pump);
}

void ecs_app_pump_soon(struct ecs_app *a)
{
    if (a->session)
        ecs_app_after(a, &a->pump, 0);
}

/* ---- keys ------------------------------------------------------------------------------- */

static void take_keys(struct ecs_app *a)
{
    uint64_t begin = ecs_now_ns();
    uint32_t key;
    int x = 0, y = 0;
    bool any = false;

    while (!a->stopping && ecs_screen_key(a->screen, &key, &x, &y)) {
        any = true;
        if (a->key_ns == 0)
            a->key_ns = begin;
        if (key == ECS_KEY_MOUSE)
            ecs_app_click(a, x, y);
        else
            ecs_app_key(a, key);
        if (ecs_now_ns() - begin > KEYS_AT_ONCE_NS) {
            ecs_app_after(a, &a->more_keys, 0);
            break;
        }
    }
    if (!any && ecs_screen_gone(a->screen))
        ecs_app_stop(a);
}

static void on_more_keys(uv_timer_t *timer)
{
    take_keys(timer->data);
}

static void on_input(uv_poll_t *poll, int status, int events)
{
    struct ecs_app *a = poll->data;

    (void)events;
    if (status < 0)
        ecs_app_stop(a);
    else
        take_keys(a);
}

static void on_output(uv_poll_t *poll, int status, int events)
{
    struct ecs_app *a = poll->data;

    (void)events;
    if (status < 0)
        ecs_app_stop(a);
    else
        ecs_app_drained(a);
}

/* ---- signals ---------------------------------------------------------------------------- */

/* The whole process group stops, as it would have without raw mode: a script that waits for us
 * stops too. The workers are parked, so that no window spans the sleep. */
void ecs_app_suspend(struct ecs_app *a)
{
    uv_signal_t *stop = &a->signal[5];
    bool running = a->session && !ecs_session_paused(a->session);

    if (running)
        ecs_session_pause(a->session, true, ecs_now_ns());
    ecs_screen_leave(a->screen);
    uv_signal_stop(stop);
    kill(0, SIGTSTP);
    uv_signal_start(stop, a->on_signal, SIGTSTP);
    ecs_screen_enter(a->screen);
    if (running)
        ecs_session_pause(a->session, false, ecs_now_ns());
    ecs_app_pump_soon(a);
    a->resized = true;
    ecs_app_changed(a, true);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct ecs_app *a = handle->data;

    if (!a->screen || a->stopping)
        return;
    switch (number) {
    case SIGCONT:
        /* Somebody may have changed the modes while we were stopped. */
        ecs_screen_enter(a->screen);
        /* fall through */
    case SIGWINCH:
        a->resized = true;
        ecs_app_changed(a, true);
        break;
    case SIGTSTP:
        ecs_app_suspend(a);
        break;
    default:
        ecs_app_stop(a);
    }
}

/* ---- small timers and counting ---------------------------------------------------------- */

static void on_frame(uv_timer_t *timer)
{
    ecs_app_draw(timer->data);
}

static void on_toast_over(uv_timer_t *timer)
{
    struct ecs_app *a = timer->data;

    a->ui.toast[0] = '\0';
    ecs_app_changed(a, true);
}

static void on_typed_over(uv_timer_t *timer)
{
    ecs_app_shelf_typed_timeout(timer->data);
}

static void on_typist(uv_timer_t *timer)
{
    ecs_app_script_step(timer->data);
}

static void on_before_wait(uv_prepare_t *handle)
{
    struct ecs_app *a = handle->data;
    uint64_t away = ecs_now_ns() - a->stats.awake_ns;

    if (a->stats.awake_ns && away > a->stats.stall_ns)
        a->stats.stall_ns = away;
}

static void on_after_wait(uv_check_t *handle)
{
    struct ecs_app *a = handle->data;

    a->stats.awake_ns = ecs_now_ns();
    a->stats.wakeups++;
}

void ecs_app_after(struct ecs_app *a, uv_timer_t *timer, uint64_t ms)
{
    uv_timer_cb then = timer == &a->frame ? on_frame : timer == &a->pump ? on_pump
                     : timer == &a->toast ? on_toast_over : timer == &a->typed ? on_typed_over
                     : timer == &a->more_keys ? on_more_keys : on_typist;

    uv_update_time(&a->loop);
    uv_timer_start(timer, then, ms, 0);
}

/* ---- the machine, read beside the loop -------------------------------------------------- */

static void probe(uv_work_t *work)
{
    struct ecs_app *a = work->data;
    ecs_machine_line(a->probed_line, sizeof a->probed_line);
}

static void on_probed(uv_work_t *work, int status)
{
    struct ecs_app *a = work->data;

    if (status < 0 || a->stopping)
        return;
    memcpy(a->ui.machine_line, a->probed_line, sizeof a->ui.machine_line);
    if (a->ui.page == ECS_PAGE_PICKER)
        ecs_app_changed(a, true);
}

/* The pool's threads inherit the mask: signals belong to the UI thread. */
int ecs_app_queue(struct ecs_app *a, uv_work_t *work, uv_work_cb run, uv_after_work_cb then)
{
    sigset_t before;

    setenv("UV_THREADPOOL_SIZE", "1", 0);
    work->data = a;
    ecs_signals_block(&before);
    int rc = uv_queue_work(&a->loop, work, run, then);
    ecs_signals_restore(&before);
    return rc;
}

/* ---- beginning and end ------------------------------------------------------------------ */

int ecs_app_loop_init(struct ecs_app *a, struct ecs_error *e)
{
    uv_timer_t *timers[] = {&a->frame, &a->pump, &a->toast, &a->typed, &a->typist, &a->more_keys};
    int rc = uv_loop_init(&a->loop);

    if (rc < 0)
        return ecs_fail(e, rc, "the event loop cannot be made: %s", uv_strerror(rc));
    a->looping = true;
    a->on_signal = on_signal;
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++) {
        uv_timer_init(&a->loop, timers[i]);
        timers[i]->data = a;
    }
    rc = uv_async_init(&a->loop, &a->news, on_news);
    a->news.data = a;
    uv_prepare_init(&a->loop, &a->before_wait);
    uv_check_init(&a->loop, &a->after_wait);
    a->before_wait.data = a->after_wait.data = a;
    uv_prepare_start(&a->before_wait, on_before_wait);
    uv_check_start(&a->after_wait, on_after_wait);
    /* Before ncurses starts: it installs its own handlers only where it finds none. */
    for (int i = 0; i < ECS_APP_SIGNALS; i++) {
        uv_signal_init(&a->loop, &a->signal[i]);
        a->signal[i].data = a;
        if (rc == 0)
            rc = uv_signal_start(&a->signal[i], on_signal, watched[i]);
    }
    return rc < 0 ? ecs_fail(e, rc, "the event loop cannot be made: %s", uv_strerror(rc)) : 0;
}

int ecs_app_loop_attach(struct ecs_app *a, struct ecs_error *e)
{
    int rc = uv_poll_init(&a->loop, &a->in, ecs_screen_input_fd(a->screen));

    if (rc == 0) {
        a->in.data = a;
        rc = uv_poll_init(&a->loop, &a->out, ecs_screen_output_fd(a->screen));
    }
    if (rc == 0) {
        a->out.data = a;
        a->attached = true;
        rc = uv_poll_start(&a->in, UV_READABLE, on_input);
    }
    if (rc < 0)
        return ecs_fail(e, rc, "the terminal cannot be watched: %s", uv_strerror(rc));
    a->stats.begin_ns = ecs_now_ns();
    return 0;
}

void ecs_app_probe(struct ecs_app *a)
{
    ecs_app_queue(a, &a->probe, probe, on_probed);
}

void ecs_app_poll_output(struct ecs_app *a, bool wanted)
{
    if (wanted == a->polling_out)
        return;
    a->polling_out = wanted;
    if (wanted)
        uv_poll_start(&a->out, UV_WRITABLE, on_output);
    else
        uv_poll_stop(&a->out);
}

void ecs_app_loop_detach(struct ecs_app *a)
{
    a->stopping = true;
    if (!a->attached)
        return;
    uv_close((uv_handle_t *)&a->in, NULL);
    uv_close((uv_handle_t *)&a->out, NULL);
    a->attached = false;
}

static void close_handle(uv_handle_t *handle, void *unused)
{
    (void)unused;
    if (handle->type != UV_SIGNAL && !uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* Signals are looked after to the last, so that a second ^C does not cut the end short. */
void ecs_app_loop_end(struct ecs_app *a)
{
    if (!a->looping)
        return;
    for (int i = 0; i < ECS_APP_SIGNALS; i++)
        uv_unref((uv_handle_t *)&a->signal[i]);
    uv_walk(&a->loop, close_handle, NULL);
    while (uv_run(&a->loop, UV_RUN_DEFAULT) != 0)
        continue;
    for (int i = 0; i < ECS_APP_SIGNALS; i++)
        uv_close((uv_handle_t *)&a->signal[i], NULL);
    uv_run(&a->loop, UV_RUN_DEFAULT);
    uv_loop_close(&a->loop);
    a->looping = false;
}
