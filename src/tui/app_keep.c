/* Recording to a file: begun and ended by a key, closed beside the loop. */
#include <stdio.h>
#include <string.h>

#include "tui/app_state.h"

static void close_file(uv_work_t *work)
{
    struct ecs_app *a = work->data;
    a->closed_rc = ecs_recorder_close(a->closing, &a->closed);
}

static void on_closed(uv_work_t *work, int status)
{
    struct ecs_app *a = work->data;

    if (status < 0)
        return;             /* cancelled: it is still to be closed */
    a->closing = NULL;
    if (a->stopping)
        return;
    if (a->closed_rc < 0)
        ecs_app_toast_error(a, &a->closed);
    else
        ecs_app_toast(a, "kept in %s", a->closing_path);
}

static void end_recording(struct ecs_app *a)
{
    snprintf(a->closing_path, sizeof a->closing_path, "%s", ecs_recorder_path(a->recorder));
    a->closing = a->recorder;
    a->recorder = NULL;
    a->ui.recording = false;
    a->closed = (struct ecs_error){.code = 0};
    ecs_app_queue(a, &a->close_record, close_file, on_closed);
    ecs_app_changed(a, true);
}

void ecs_app_record_toggle(struct ecs_app *a)
{
    struct ecs_error e = {.code = 0};
    const char *folder = a->progress ? ecs_progress_folder(a->progress) : NULL;

    if (a->recorder) {
        end_recording(a);
        return;
    }
    if (a->closing) {
        ecs_app_toast(a, "the last recording is still being written");
        return;
    }
    if (ecs_recorder_new(a->session, folder, &a->recorder, &e) < 0) {
        a->recorder = NULL;
        ecs_app_toast_error(a, &e);
        return;
    }
    a->ui.recording = true;
    ecs_app_toast(a, "recording to %s", ecs_recorder_path(a->recorder));
}

void ecs_app_record_feed(struct ecs_app *a)
{
    struct ecs_error e = {.code = 0};

    if (!a->recorder || ecs_recorder_feed(a->recorder, a->session, &e))
        return;
    end_recording(a);
    if (e.code)
        ecs_app_toast_error(a, &e);
}

void ecs_app_record_end(struct ecs_app *a)
{
    struct ecs_error e = {.code = 0};
    char text[512];
    struct ecs_recorder *left = a->recorder ? a->recorder : a->closing;

    if (!left)
        return;
    snprintf(a->closing_path, sizeof a->closing_path, "%s", ecs_recorder_path(left));
    if (ecs_recorder_close(left, &e) < 0)
        fprintf(stderr, "ecscope-learn: %s\n", ecs_error_text(&e, text, sizeof text));
    else
        fprintf(stderr, "ecscope-learn: the recording is in %s\n", a->closing_path);
    a->recorder = a->closing = NULL;
}
