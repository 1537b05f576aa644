#include "tui/views/views.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "run/compare.h"
#include "run/format.h"
#include "tui/widgets/free_room.h"
#include "tui/widgets/prose.h"

enum { UNIT_ROOM = 8, TITLE_FRAME = 10 /* rules and blanks about the title and the badge */ };

double ecs_view_y_top(const struct ecs_ui *ui, int chart)
{
    struct ecs_scene s;

    ecs_scene_make(&s, ui, NULL, NULL);
    return chart < s.n_charts ? ecs_scene_top(&s, chart) : ui->y_top[chart];
}

/* A few lines in the middle of a panel that has nothing to draw. */
static void middle(const struct ecs_scene *s, struct ecs_rect in, enum ecs_role role,
                   const char *text)
{
    int w = in.w > 56 ? 56 : in.w;
    struct ecs_pen pen = {.area = {0, 0, w, 99}};
    struct ecs_pen_style style = {role, 0};
    int lines = ecs_pen_text(&pen, 0, NULL, style, text);
    int columns = lines > 1 ? w : ecs_columns(text), top = in.h > lines ? (in.h - lines) / 2 : 0;

    pen = (struct ecs_pen){.c = s->c,
                           .area = {in.x + (in.w - columns) / 2, in.y + top, w, in.h - top}};
    ecs_pen_text(&pen, 0, NULL, style, text);
}

/* Why there is no chart, or NULL when there is one. */
static const char *nothing_to_chart(const struct ecs_scene *s)
{
    const char *failure = s->player ? ecs_player_failure(s->player) : NULL;

    if (failure && !s->recorded)
        return failure;
    if (!s->open)
        return s->in_force || s->wait == ECS_WAIT_CHOICE || s->wait == ECS_WAIT_CONFIDENCE
                   ? "Predict first: the chart opens when you have answered."
                   : "The chart opens with the next step.";
    return s->have ? NULL : "Waiting for the first figures \u2026";
}

static void guess_text(const struct ecs_scene *s, char *out, size_t size)
{
    struct ecs_standing standing;
    const struct ecs_choice *g = ecs_scene_guess(s, &standing);
    char low[24], high[24];

    out[0] = '\0';
    if (!g || !g->has_claim)
        return;
    ecs_format_number(g->claim_low, low, sizeof low);
    ecs_format_number(g->claim_high, high, sizeof high);
    if (isfinite(g->claim_high))
        snprintf(out, size, "your guess for B: %s\u2013%s\u00d7 A", low, high);
    else
        snprintf(out, size, "your guess for B: %s\u00d7 A and more", low);
}

static void noise_note(const struct ecs_scene *s, uint64_t seq, char *out, size_t size)
{
    struct ecs_snapshot snap;
    char why[160];

    out[0] = '\0';
    if (ecs_series_copy(s->series, seq, &snap, 1) && snap.flags & ECS_SNAP_DIRTY)
        snprintf(out, size, "noisy: %s", ecs_noise_text(&snap.noise, why, sizeof why));
}

/* Where the border has no room: right of the unit, above the plot. */
static void beside_unit(const struct ecs_scene *s, struct ecs_rect in, const char *text)
{
    struct ecs_rect row = {in.x + UNIT_ROOM, in.y, in.w - UNIT_ROOM, 1}, at;
    int w = ecs_columns(text) + 2;

    w = w > row.w - 2 ? row.w - 2 : w;
    if (!ecs_free_room(s->c, row, w, 1, in.x + in.w, in.y, &at))
        return;
    ecs_put(s->c, at.x, at.y, 0x2592, ECS_ROLE_WARN, 0);
    ecs_text_cut(s->c, at.x + 2, at.y, at.w - 2, ECS_ROLE_WARN, 0, text);
}

static struct ecs_chart chart_of(const struct ecs_scene *s, int chart, const char *guess)
{
    const struct ecs_metric *m = &s->scenario->metrics[s->chart[chart]];
    struct ecs_chart ch = {
        .window = ecs_scene_window(s, chart), .dots = s->ui->dots, .unit = m->unit,
        .pair = &s->pair, .scenario = s->scenario, .block = s->block,
        .newest_s = (double)s->newest.time_ns / 1e9, .cursor_s = NAN,
        .absolute = s->recorded != NULL, .guess = guess,
        .caption = chart == 0 && s->player && !s->recorded ? ecs_player_caption(s->player) : NULL,
    };

    if (s->ui->glyphs == ECS_GLYPHS_ASCII)
        ch.dots = ECS_DOTS_ASCII;
    if (s->ui->scrubbing)
        ch.cursor_s = (double)s->at.time_ns / 1e9;
    ch.top = ecs_scene_top(s, chart);
    ecs_scene_guess_band(s, chart, &ch.guess_low, &ch.guess_high);
    return ch;
}

/* Why a metric has no figure under the values in force. */
static const char *missing_text(const struct ecs_scene *s, int metric)
{
    const char *why = s->scenario->why ? s->scenario->why(&s->at.values, metric) : NULL;

    return why ? why : "no figure in this stretch of time";
}

/* "increments, all threads": the first letter of a label begins a title. */
static void chart_title(const struct ecs_scene *s, int chart, int room, char *out, size_t size)
{
    const struct ecs_metric *m = &s->scenario->metrics[s->chart[chart]];

    snprintf(out, size, "%s%s", m->label, m->lower_is_better ? " (less is better)" : "");
    if (ecs_columns(out) > room)
        snprintf(out, size, "%s", m->label);
    out[0] = (char)toupper((unsigned char)out[0]);
}

static void one_chart(struct ecs_scene *s, int chart, struct ecs_rect r, bool framed)
{
    char title[128], note[200], guess[96];
    struct ecs_box box = {
        .title = title, .badge = ecs_scene_source(s, s->chart[chart]), .framed = framed};
    const char *nothing = nothing_to_chart(s);

    chart_title(s, chart, r.w - ecs_columns(box.badge) - TITLE_FRAME, title, sizeof title);
    struct ecs_rect in = ecs_box_draw(s->c, r, &box);
    if (nothing) {
        middle(s, in, s->player && ecs_player_failure(s->player) ? ECS_ROLE_WARN : ECS_ROLE_TEXT,
               nothing);
        return;
    }
    guess_text(s, guess, sizeof guess);
    struct ecs_chart ch = chart_of(s, chart, guess[0] ? guess : NULL);
    struct ecs_chart_result done = ecs_chart_draw(s->c, in, &ch);
    if (!done.caption_placed)
        s->caption_owed = true;
    if (done.empty)
        middle(s, ecs_inset(in, UNIT_ROOM, 1), ECS_ROLE_TEXT, missing_text(s, s->chart[chart]));
    if (!done.noisy)
        return;
    noise_note(s, done.noisy_seq, note, sizeof note);
    if (note[0] && !ecs_box_note(s->c, r, &box, ECS_ROLE_WARN, note))
        beside_unit(s, in, note + strlen("noisy: "));
}

/* Two charts stand one above the other while each keeps eight rows, side by side while each keeps
 * fifty columns; else the second is left to the A/B panel and to the charts' own page. */
void ecs_panel_charts(struct ecs_scene *s, struct ecs_rect r, bool framed)
{
    if (!s->scenario || s->n_charts < 1)
        return;
    if (s->n_charts > 1 && r.h >= 18) {
        struct ecs_rect top = {r.x, r.y, r.w, r.h - r.h * 2 / 5};
        struct ecs_rect bottom = {r.x, r.y + top.h, r.w, r.h - top.h};
        one_chart(s, 0, top, framed);
        one_chart(s, 1, bottom, framed);
    } else if (s->n_charts > 1 && r.w >= 100) {
        struct ecs_rect left = {r.x, r.y, r.w - r.w / 2, r.h};
        struct ecs_rect right = {r.x + left.w, r.y, r.w / 2, r.h};
        one_chart(s, 0, left, framed);
        one_chart(s, 1, right, framed);
    } else {
        one_chart(s, 0, r, framed);
    }
}
