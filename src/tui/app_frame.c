#include "core/base/clock.h"
#include "tui/app_state.h"

#define KEY_GAP_NS (16 * ECS_NS_PER_MS)
#define LIVE_GAP_NS (100 * ECS_NS_PER_MS)

void ecs_app_changed(struct ecs_app *a, bool key)
{
    uint64_t now = ecs_now_ns();
    /* A key waits only for the frame of the key before it, not for one that moved the chart. */
    uint64_t due = key ? a->last_key_frame_ns + KEY_GAP_NS : a->last_frame_ns + LIVE_GAP_NS;

    a->for_key = a->for_key || key;
    if (due < now)
        due = now;
    if (a->stopping || (a->dirty && a->due_ns <= due))
        return;
    a->dirty = true;
    a->due_ns = due;
    if (a->attached)
        ecs_app_after(a, &a->frame, (due - now + ECS_NS_PER_MS - 1) / ECS_NS_PER_MS);
}

/* The key that this frame answers has its answer on the way. */
static void answer_key(struct ecs_app *a, size_t bytes)
{
    uint64_t first = ecs_screen_first_byte_ns(a->screen);

    if (a->key_ns == 0 || (bytes > 0 && first == 0))
        return;
    if (bytes > 0 && first > a->key_ns)
        ecs_samples_add(&a->stats.key, first - a->key_ns);
    a->key_ns = 0;
}

static void send_bytes(struct ecs_app *a)
{
    int rc = ecs_screen_flush(a->screen);

    if (rc < 0)
        ecs_app_stop(a);
    else
        ecs_app_poll_output(a, rc > 0);
}

static void take_size(struct ecs_app *a)
{
    int w, h;

    a->resized = false;
    ecs_screen_resize(a->screen);
    ecs_screen_size(a->screen, &w, &h);
    ecs_canvas_resize(&a->canvas, w, h);
}

void ecs_app_draw(struct ecs_app *a)
{
    uint64_t begin = ecs_now_ns();

    if (a->stopping)
        return;
    /* A terminal that is behind gets the newest picture when it has caught up, not every one. */
    if (ecs_screen_pending(a->screen)) {
        a->stats.skipped++;
        a->dirty = true;
        return;
    }
    if (a->resized)
        take_size(a);
    a->dirty = false;
    a->last_frame_ns = begin;
    if (a->for_key)
        a->last_key_frame_ns = begin;
    a->for_key = false;
    a->ui.frame++;
    ecs_app_time_grow(a);
    ecs_canvas_clear(&a->canvas);
    a->hots.n = 0;
    ecs_view_draw(&a->ui, &a->canvas, &a->hots);
    size_t bytes = ecs_screen_show(a->screen, &a->canvas, a->ui.theme);
    send_bytes(a);
    ecs_samples_add(&a->stats.frame, ecs_now_ns() - begin);
    if (a->stats.first_frame_ns == 0)
        a->stats.first_frame_ns = ecs_screen_first_byte_ns(a->screen);
    answer_key(a, bytes);
}

void ecs_app_drained(struct ecs_app *a)
{
    send_bytes(a);
    if (a->stopping || ecs_screen_pending(a->screen))
        return;
    answer_key(a, 1);
    if (a->dirty)
        ecs_app_draw(a);
}
