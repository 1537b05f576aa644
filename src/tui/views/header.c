#include "tui/views/views.h"

#include <stdio.h>
#include <string.h>

#include "core/base/error.h"
#include "tui/widgets/prose.h"

void ecs_view_title(const struct ecs_scene *s, const char *part, const char *title)
{
    int x = 1;

    x += ecs_text(s->c, x, 0, s->c->w - x, ECS_ROLE_TITLE, ECS_BOLD, "ECScope");
    x += ecs_text(s->c, x, 0, s->c->w - x, ECS_ROLE_MUTED, 0, " \u25b8 ");
    if (part[0] && s->c->w >= (s->recorded ? 110 : 60)) {
        x += ecs_text(s->c, x, 0, s->c->w - x, ECS_ROLE_TEXT, 0, part);
        x += 2;
    }
    ecs_text_cut(s->c, x, 0, s->c->w - x - 1, ECS_ROLE_TITLE, ECS_BOLD, title);
}

static void clock_text(const struct ecs_scene *s, char *out, size_t size)
{
    unsigned t = (unsigned)(s->at.time_ns / 1000000000u);

    snprintf(out, size, "%02u:%02u", t / 60, t % 60);
}

/* What the figures are: recorded elsewhere, looked back at, standing still, or live. */
static void state_text(const struct ecs_scene *s, char *out, size_t size)
{
    double ago = s->have ? (double)(s->newest.time_ns - s->at.time_ns) / 1e9 : 0;

    if (s->ui->scrubbing && ago > 0.01)
        snprintf(out, size, "\u2016 %.1f s back", ago);
    else if (s->paused)
        snprintf(out, size, "\u2016 PAUSED");
    else if (s->recorded)
        out[0] = '\0';
    else if (s->have && s->open)
        snprintf(out, size, "\u25cf LIVE");
    else
        out[0] = '\0';
}

static void join(char *out, size_t size, const char *more)
{
    size_t n = strlen(out);

    if (more[0])
        snprintf(out + n, size - n, "%s%s", n ? "  " : "", more);
}

static void recorded_text(const struct ecs_scene *s, int room, char *out, size_t size)
{
    const struct ecs_trace_head *h = s->recorded;
    char day[11];

    snprintf(day, sizeof day, "%.10s", h->date);
    if (room >= 70)
        snprintf(out, size, "RECORDED %s \u00b7 %s \u00b7 %s", h->host, h->cpu, day);
    else if (room >= 40)
        snprintf(out, size, "RECORDED %s \u00b7 %s", h->host, day);
    else
        snprintf(out, size, "RECORDED");
}

void ecs_view_header(const struct ecs_scene *s)
{
    char badge[256] = "", part[224], number[24] = "";
    int w = s->c->w;

    if (s->lesson)
        snprintf(number, sizeof number, "Lesson %d", s->lesson->number);
    else
        snprintf(number, sizeof number, "Recording");
    if (s->recorded)
        recorded_text(s, w - 30, badge, sizeof badge);
    state_text(s, part, sizeof part);
    join(badge, sizeof badge, part);
    if (s->ui->recording)
        join(badge, sizeof badge, "\u25c9 to file");
    clock_text(s, part, sizeof part);
    if (s->have && s->open)
        join(badge, sizeof badge, part);
    ecs_view_title(s, number, s->lesson ? s->lesson->title
                              : s->recorded && s->recorded->title[0] ? s->recorded->title
                              : s->scenario ? s->scenario->name : "");
    int n = ecs_columns(badge), room = w * 2 / 3;
    n = n > room ? room : n;
    ecs_fill(s->c, (struct ecs_rect){w - n - 3, 0, n + 3, 1}, ' ', ECS_ROLE_TEXT, 0);
    ecs_text_cut(s->c, w - n - 1, 0, n, ECS_ROLE_BADGE, ECS_BOLD, badge);
}

/* ---- what to do now ------------------------------------------------------------------------ */

static void toggle_keys(const struct ecs_scene *s, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; s->block && i < s->block->n_toggles && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s[%c]", used ? " or " : "",
                                 s->block->toggle[i].key);
}

static void measuring(const struct ecs_scene *s, char *out, size_t size, bool brief)
{
    unsigned done, wanted, dirty;

    ecs_player_progress(s->player, &done, &wanted, &dirty);
    if (dirty && !brief)
        snprintf(out, size, "Measuring by turns: %u of %u, %u repeated because of noise.", done,
                 wanted, dirty);
    else
        snprintf(out, size, "Measuring%s: %u of %u.", brief ? "" : " by turns", done, wanted);
}

/* One sentence; `brief` where the line is short. */
static void what_to_do(const struct ecs_scene *s, char *out, size_t size, bool brief)
{
    static const struct { const char *full, *brief;
    } fixed[] = {
        [ECS_WAIT_CHOICE] = {"Answer: a number, or \u2191 \u2193 and Enter.",
                             "Choose: \u2191 \u2193 and Enter."},
        [ECS_WAIT_CONFIDENCE] = {"How sure are you? Press 1, 2 or 3.", "How sure? 1, 2 or 3."},
        [ECS_WAIT_SEEN] = {"What did you see? A number, or \u2191 \u2193 and Enter.",
                           "What did you see?"},
        [ECS_WAIT_NUMBER] = {"Type a number, then Enter.", "A number, then Enter."},
        [ECS_WAIT_TASK] = {"Your turn: it is checked while you work.", "Your turn."},
        [ECS_WAIT_NOTHING] = {"Done here: [n] goes on.", "[n] goes on."},
    };
    char keys[48];

    bool stands = s->wait == ECS_WAIT_MEASURE
                  || (s->wait == ECS_WAIT_TOGGLE && ecs_player_watching(s->player));
    if (s->paused && stands) {
        snprintf(out, size, brief ? "[Space] goes on." : "It stands still: [Space] goes on.");
    } else if (s->wait == ECS_WAIT_MEASURE) {
        measuring(s, out, size, brief);
    } else if (s->wait == ECS_WAIT_TOGGLE) {
        toggle_keys(s, keys, sizeof keys);
        if (ecs_player_watching(s->player))
            snprintf(out, size, brief ? "Watch the chart." : "Watch the chart for a moment.");
        else
            snprintf(out, size, "Press %s%s", keys, brief ? "." : " and watch the chart.");
    } else if (!s->step) {
        snprintf(out, size, "That was the lesson.");
    } else if (s->wait == ECS_WAIT_CHOICE && s->waited->kind == ECS_BLOCK_PREDICT && !brief) {
        snprintf(out, size, "What do you expect? A number, or \u2191 \u2193 and Enter.");
    } else {
        snprintf(out, size, "%s", brief ? fixed[s->wait].brief : fixed[s->wait].full);
    }
}

static int step_marks(const struct ecs_scene *s, int x)
{
    size_t at = ecs_player_step(s->player), n = s->lesson->n;

    for (size_t i = 0; i < n && i < 24; i++) {
        uint32_t ch = i < at ? 0x25cf : i == at ? 0x25d0 : 0x25cb;
        ecs_put(s->c, x++, 1, ch, i == at ? ECS_ROLE_MARK : ECS_ROLE_TEXT, i == at ? ECS_BOLD : 0);
    }
    return x;
}

void ecs_view_progress(const struct ecs_scene *s)
{
    char text[192], place[64];
    int x = 1, w = s->c->w;

    if (!s->player) {
        ecs_text_cut(s->c, 1, 1, w - 2, ECS_ROLE_TEXT, 0, s->scenario ? s->scenario->summary : "");
        return;
    }
    x = step_marks(s, x) + 1;
    if (s->step)
        snprintf(place, sizeof place, "%s %zu/%zu", ecs_phase_word(s->step->phase),
                 ecs_player_step(s->player) + 1, s->lesson->n);
    else
        snprintf(place, sizeof place, "RECAP");
    if (w >= 52)
        x += ecs_text(s->c, x, 1, w - x, ECS_ROLE_TITLE, ECS_BOLD, place) + 2;
    what_to_do(s, text, sizeof text, false);
    if (ecs_columns(text) > w - x - 1)
        what_to_do(s, text, sizeof text, true);
    ecs_text_cut(s->c, x, 1, w - x - 1, ECS_ROLE_TEXT, 0, text);
}

/* In place of what to do, and over a second row where it is long: never over an answer. */
void ecs_view_toast(const struct ecs_scene *s)
{
    int w = s->c->w;
    struct ecs_pen pen = {.area = {1, 1, w - 2, 2}};
    struct ecs_pen_style style = {ECS_ROLE_SELECTED, ECS_BOLD};

    if (!s->ui->toast[0])
        return;
    int rows = ecs_pen_text(&pen, 0, NULL, style, s->ui->toast) > 1 ? 2 : 1;
    ecs_fill(s->c, (struct ecs_rect){0, 1, w, rows}, ' ', ECS_ROLE_SELECTED, 0);
    pen = (struct ecs_pen){.c = s->c, .area = {1, 1, w - 2, rows}};
    ecs_pen_text(&pen, 0, NULL, style, s->ui->toast);
}
