/* The inside of the app, shared by app*.c and nobody else. UI thread only. */
#ifndef ECS_TUI_APP_STATE_H
#define ECS_TUI_APP_STATE_H

#include <uv.h>

#include "tui/app.h"
#include "tui/app_record.h"
#include "tui/app_stats.h"
#include "tui/keymap.h"
#include "tui/ui.h"

#define ECS_APP_SIGNALS 7
#define ECS_KEY_CTRL_C 3

struct ecs_app {
    const struct ecs_app_options *options;
    struct ecs_ui ui;
    struct ecs_screen *screen;
    struct ecs_canvas canvas;
    struct ecs_hots hots;                   /* of the last frame */

    /* What there is to learn, and how far it went. */
    struct ecs_lessons lessons;
    struct ecs_shelf_row *shelf;
    struct ecs_progress *progress;
    struct ecs_session *session;
    struct ecs_trace *replay;               /* until a session takes it over */
    size_t open_row;                        /* of the shelf: whose session it is */

    /* What was on screen when keys were last looked at: a change puts the marks back. */
    bool asked_any;
    const struct ecs_block *asked;
    size_t asked_step;
    enum ecs_wait asked_wait;
    const struct ecs_series *charted;
    char told[sizeof ((struct ecs_error *)0)->what];   /* the message last put into a toast */

    struct ecs_recorder *recorder;
    struct ecs_recorder *closing;           /* its file is being closed beside the loop */
    struct ecs_error closed;
    int closed_rc;
    char closing_path[512];

    char *script;
    size_t script_at;

    uv_loop_t loop;
    uv_poll_t in, out;
    uv_signal_t signal[ECS_APP_SIGNALS];
    uv_async_t news;
    uv_timer_t frame, pump, toast, typed, typist, more_keys;
    uv_signal_cb on_signal;
    uv_prepare_t before_wait;
    uv_check_t after_wait;
    uv_work_t probe, close_record;
    bool looping, attached, polling_out, resized, stopping;
    char probed_line[sizeof ((struct ecs_ui *)0)->machine_line];

    bool dirty;
    uint64_t due_ns;                        /* when dirty: no frame before that */
    uint64_t last_frame_ns, last_key_frame_ns;
    bool for_key;                           /* somebody waits for the next frame */
    uint64_t key_ns;                        /* a key waits for its first byte since then; 0: none */
    uint64_t data_end;                      /* newest snapshot that a frame was asked for */
    struct ecs_app_stats stats;
};

/* ---- app_loop.c: handles and their callbacks -------------------------------------------- */
int ecs_app_loop_init(struct ecs_app *a, struct ecs_error *e);
int ecs_app_loop_attach(struct ecs_app *a, struct ecs_error *e);   /* once there is a screen */
void ecs_app_loop_detach(struct ecs_app *a);   /* the screen's descriptors may be closed */
void ecs_app_loop_end(struct ecs_app *a);      /* waits for work beside the loop */
void ecs_app_stop(struct ecs_app *a);
void ecs_app_suspend(struct ecs_app *a);
/* Reads the machine beside the loop, for the list of lessons. */
void ecs_app_probe(struct ecs_app *a);
/* Has the session looked after in the next turn of the loop. */
void ecs_app_pump_soon(struct ecs_app *a);
/* Arms one of the timers below; what it does is its own. */
void ecs_app_after(struct ecs_app *a, uv_timer_t *timer, uint64_t ms);
void ecs_app_poll_output(struct ecs_app *a, bool wanted);
int ecs_app_queue(struct ecs_app *a, uv_work_t *work, uv_work_cb run, uv_after_work_cb then);

/* ---- app_frame.c: when to draw, and drawing --------------------------------------------- */
/* Something changed. `key`: somebody waits for it. */
void ecs_app_changed(struct ecs_app *a, bool key);
void ecs_app_draw(struct ecs_app *a);
void ecs_app_drained(struct ecs_app *a);    /* the terminal takes bytes again */

/* ---- app_keys.c: from a key to an action ------------------------------------------------ */
void ecs_app_key(struct ecs_app *a, uint32_t key);
void ecs_app_click(struct ecs_app *a, int x, int y);
/* An action of the keymap on whatever page is up. */
void ecs_app_act(struct ecs_app *a, enum ecs_action action);

/* ---- app_shelf.c: the list of lessons --------------------------------------------------- */
int ecs_app_shelf_load(struct ecs_app *a, struct ecs_error *e);
void ecs_app_shelf_free(struct ecs_app *a);
void ecs_app_shelf_key(struct ecs_app *a, uint32_t key);
void ecs_app_shelf_act(struct ecs_app *a, enum ecs_action action);
void ecs_app_shelf_open(struct ecs_app *a, size_t row);
void ecs_app_shelf_typed_timeout(struct ecs_app *a);
void ecs_app_shelf_return(struct ecs_app *a);      /* from a lesson */

/* ---- app_lesson.c: a lesson or a recording ---------------------------------------------- */
bool ecs_app_lesson_key(struct ecs_app *a, uint32_t key);   /* false: not for it */
void ecs_app_lesson_act(struct ecs_app *a, enum ecs_action action);
void ecs_app_lesson_choose(struct ecs_app *a, size_t choice);
void ecs_app_lesson_toggle(struct ecs_app *a, size_t toggle);
void ecs_app_lesson_confidence(struct ecs_app *a, int confidence);
/* After anything that may have moved the lesson on. */
void ecs_app_lesson_look(struct ecs_app *a);

/* ---- app_time.c: pause, looking back, the axes ------------------------------------------ */
bool ecs_app_time_act(struct ecs_app *a, enum ecs_action action);   /* false: none of these */
void ecs_app_time_reset(struct ecs_app *a);        /* axes of a new step */
void ecs_app_time_grow(struct ecs_app *a);         /* y ranges before a frame */

/* ---- app_keep.c: recording to a file ---------------------------------------------------- */
void ecs_app_record_toggle(struct ecs_app *a);
void ecs_app_record_feed(struct ecs_app *a);
void ecs_app_record_end(struct ecs_app *a);        /* at the very end: waits */

/* ---- app_script.c ----------------------------------------------------------------------- */
int ecs_app_script_load(struct ecs_app *a, struct ecs_error *e);
void ecs_app_script_step(struct ecs_app *a);

/* ---- small ------------------------------------------------------------------------------ */
void ecs_app_toast(struct ecs_app *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ecs_app_toast_error(struct ecs_app *a, const struct ecs_error *e);
/* One line about this machine (machine_line.c); reads the topology: not on the UI thread. */
void ecs_machine_line(char *out, size_t size);

#endif
