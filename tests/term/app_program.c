/* The app with a view that writes its state down in words, for tests that drive it in a pty.
 * Options come from the environment: APP_LESSON, APP_LESSONS, APP_STATE, APP_STATS, APP_SCRIPT,
 * APP_REPLAY, APP_CRASH (a signal number to die of when the mark moves, `fault`, `worker` or
 * `exit`), APP_NOISE (writes to standard error while the screen is up). */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/signals.h"
#include "run/trace_file.h"
#include "tui/app.h"
#include "tui/keymap.h"
#include "tui/ui.h"

static void draw_shelf(const struct ecs_ui *ui, struct ecs_canvas *c, struct ecs_hots *hots)
{
    ecs_textf(c, 0, 0, c->w, ECS_ROLE_TITLE, 0, "PICKER %dx%d selected=%zu typed=[%s] of %zu", c->w,
              c->h, ui->selected, ui->typed, ui->n_shelf);
    for (size_t i = 0; i < ui->n_shelf; i++) {
        struct ecs_rect r = {0, 2 + (int)i, 30, 1};
        ecs_textf(c, 0, r.y, c->w, i == ui->selected ? ECS_ROLE_SELECTED : ECS_ROLE_TEXT, 0,
                  "%2d %s step=%zu", ui->shelf[i].lesson->number, ui->shelf[i].lesson->id,
                  ui->shelf[i].answers.step);
        ecs_hots_add(hots, r, ECS_HOT_SHELF, (int)i);
    }
    ecs_text(c, 0, 9, c->w, ECS_ROLE_MUTED, 0, ui->machine_line);
    ecs_text(c, 0, 10, c->w, ECS_ROLE_WARN, 0, ui->problem);
}

static void draw_session(const struct ecs_ui *ui, struct ecs_canvas *c, struct ecs_hots *hots)
{
    const struct ecs_player *p = ecs_session_player(ui->session);
    const struct ecs_series *series = ecs_session_series(ui->session);
    uint64_t first = 0, end = 0;

    if (series)
        ecs_series_range(series, &first, &end);
    ecs_textf(c, 0, 0, c->w, ECS_ROLE_TITLE, 0, "%s %dx%d step=%zu wait=%d choice=%zu number=[%s]",
              ui->page == ECS_PAGE_REPLAY ? "REPLAY" : "LESSON", c->w, c->h,
              p ? ecs_player_step(p) : 0, p ? (int)ecs_player_wait(p) : 0, ui->choice, ui->number);
    ecs_textf(c, 0, 1, c->w, ECS_ROLE_TEXT, 0, "%s scrubbing=%d span=%u panel=%d recording=%d",
              ecs_session_paused(ui->session) ? "PAUSED" : "GOING", ui->scrubbing, ui->span_s,
              ui->panel, ui->recording);
    if (ui->scrubbing)
        ecs_textf(c, 0, 2, c->w, ECS_ROLE_TEXT, 0, "back=%llu",
                  (unsigned long long)(end - 1 - ui->cursor));
    else
        ecs_textf(c, 0, 2, c->w, ECS_ROLE_TEXT, 0, "windows=%s", end > first ? "some" : "none");
    if (ecs_session_over(ui->session))
        ecs_text(c, 20, 2, c->w, ECS_ROLE_TEXT, 0, "OVER");
    const struct ecs_block *b = p ? ecs_player_scenario(p) : NULL;
    for (size_t i = 0; b && i < b->scenario.n_toggles; i++) {
        const struct ecs_toggle *t = &b->scenario.toggle[i];
        struct ecs_rect r = {(int)i * 20, 4, 18, 1};
        ecs_textf(c, r.x, r.y, r.w, ECS_ROLE_KEY, 0, "[%c] %s=%lld", t->key,
                  b->scenario.scenario->params[t->param].name,
                  (long long)ecs_player_values(p)->v[t->param]);
        ecs_hots_add(hots, r, ECS_HOT_TOGGLE, (int)i);
    }
    ecs_text(c, 0, 6, 10, ECS_ROLE_KEY, 0, "[pause]");
    ecs_hots_add(hots, (struct ecs_rect){0, 6, 7, 1}, ECS_ACTION_PAUSE, 0);
}

/* As a worker of a scenario would: on a thread of its own, signals blocked. */
static void *fault(void *unused)
{
    volatile int *volatile nowhere = (volatile int *)(uintptr_t)64;   /* never mapped */

    (void)unused;
    *nowhere = 1;
    return NULL;
}

static void fault_beside(void)
{
    pthread_t thread;
    sigset_t before;

    ecs_signals_block(&before);
    if (pthread_create(&thread, NULL, fault, NULL) == 0)
        pthread_join(thread, NULL);
    ecs_signals_restore(&before);
}

void ecs_view_draw(const struct ecs_ui *ui, struct ecs_canvas *c, struct ecs_hots *hots)
{
    const char *crash = getenv("APP_CRASH");
    static bool died;          /* once is enough: who survives it shows that */

    if (ui->page == ECS_PAGE_PICKER)
        draw_shelf(ui, c, hots);
    else
        draw_session(ui, c, hots);
    ecs_textf(c, 0, 12, c->w, ECS_ROLE_TEXT, 0, "help=%d theme=%s dots=%d glyphs=%d", ui->help,
              ecs_theme_label(ui->theme), ui->dots, ui->glyphs);
    ecs_text(c, 0, 13, c->w, ECS_ROLE_SELECTED, 0, ui->toast);
    if (getenv("APP_NOISE") && ui->frame > 1)
        fprintf(stderr, "noise from a library\n");
    if (crash && ui->selected > 0 && !died) {
        died = true;
        if (strcmp(crash, "fault") == 0)
            fault(NULL);
        if (strcmp(crash, "worker") == 0)
            fault_beside();
        if (strcmp(crash, "exit") == 0)
            exit(7);
        raise(atoi(crash));
    }
}

int main(void)
{
    struct ecs_error e = {.code = 0};
    char text[700];
    struct ecs_app_options o = {
        .lesson = getenv("APP_LESSON"), .lessons_dir = getenv("APP_LESSONS"),
        .state_dir = getenv("APP_STATE"), .script = getenv("APP_SCRIPT"),
        .stats = getenv("APP_STATS") != NULL, .started_ns = ecs_now_ns(),
    };

    if (getenv("APP_REPLAY") && ecs_trace_read(getenv("APP_REPLAY"), &o.replay, &e) < 0) {
        fprintf(stderr, "%s\n", ecs_error_text(&e, text, sizeof text));
        return 2;
    }
    int rc = ecs_app_run(&o, &e);
    if (rc < 0)
        fprintf(stderr, "%s\n", ecs_error_text(&e, text, sizeof text));
    return rc < 0 ? 2 : 0;
}
