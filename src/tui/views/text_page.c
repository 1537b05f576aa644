#include "tui/views/text_page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "run/format.h"
#include "tui/widgets/bars.h"

static const struct ecs_pen_style plain = {ECS_ROLE_TEXT, 0};
static const struct ecs_pen_style strong = {ECS_ROLE_TITLE, ECS_BOLD};
static const struct ecs_pen_style muted = {ECS_ROLE_MUTED, 0};

/* ---- choices ------------------------------------------------------------------------------- */

static struct ecs_pen_style choice_style(const struct ecs_choice_list *l, int i)
{
    if (i == l->marked)
        return (struct ecs_pen_style){ECS_ROLE_SELECTED, ECS_BOLD};
    if (l->told && l->choice[i].right)
        return (struct ecs_pen_style){ECS_ROLE_GOOD, ECS_BOLD};
    if (l->told && i == l->own)
        return (struct ecs_pen_style){ECS_ROLE_BAD, 0};
    return i == l->own ? strong : plain;
}

static const char *choice_mark(const struct ecs_choice_list *l, int i)
{
    if (i == l->marked)
        return "\u25b8";
    if (l->told && l->choice[i].right)
        return "\u2713";
    if (l->told && i == l->own)
        return "\u2717";
    return i == l->own ? "\u25cf" : " ";
}

void ecs_text_choices(const struct ecs_scene *s, struct ecs_pen *pen,
                      const struct ecs_choice_list *l, struct ecs_focus *focus)
{
    for (int i = 0; i < (int)l->n; i++) {
        char lead[16];
        int first = pen->y, row = ecs_pen_row(pen, first);
        snprintf(lead, sizeof lead, "%s %d", choice_mark(l, i), i + 1);
        const char *text = l->seen && l->choice[i].seen ? l->choice[i].seen : l->choice[i].text;
        ecs_pen_text(pen, 5, lead, choice_style(l, i), text);
        if (l->marked >= 0 && row >= 0)
            ecs_scene_hot(s, (struct ecs_rect){pen->area.x, row, pen->area.w, pen->y - first},
                          ECS_HOT_CHOICE, i);
        if (i == l->marked)
            focus->marked = first;
    }
}

void ecs_text_refute(struct ecs_pen *pen, const struct ecs_choice *own)
{
    if (own->right) {
        ecs_pen_text(pen, 2, "\u2713", (struct ecs_pen_style){ECS_ROLE_GOOD, ECS_BOLD},
                     "As you said.");
        return;
    }
    ecs_pen_textf(pen, 2, "\u2717", (struct ecs_pen_style){ECS_ROLE_BAD, 0}, "Not as you said: %s.",
                  own->text);
    if (own->why)
        ecs_pen_text(pen, 2, NULL, plain, own->why);
}

/* ---- blocks -------------------------------------------------------------------------------- */

/* What the learner is asked now is in view down to its last line. */
static void asked(const struct ecs_pen *pen, struct ecs_focus *focus, int first)
{
    focus->first = first;
    focus->last = pen->y;
    focus->asked = true;
}

static void answered(struct ecs_focus *focus, int first)
{
    if (!focus->asked)
        focus->first = first;
}

static int marked(const struct ecs_scene *s, size_t n)
{
    return n ? (int)(s->ui->choice < n ? s->ui->choice : n - 1) : -1;
}

static void confidence(const struct ecs_scene *s, struct ecs_pen *pen)
{
    int x = 2, row;

    ecs_pen_text(pen, 0, NULL, strong, "How sure are you?");
    row = ecs_pen_row(pen, pen->y);
    for (int i = 1; i <= 3; i++) {
        char text[32];
        snprintf(text, sizeof text, "[%d] %s", i, ecs_confidence_word(i));
        int w = ecs_columns(text);
        if (row >= 0) {
            ecs_text(pen->c, pen->area.x + x, row, w, ECS_ROLE_KEY, ECS_BOLD, text);
            ecs_scene_hot(s, (struct ecs_rect){pen->area.x + x, row, w, 1}, ECS_HOT_CONFIDENCE, i);
        }
        x += w + 3;
    }
    pen->y++;
}

static void own_line(struct ecs_pen *pen, const struct ecs_standing *st)
{
    if (st->choice == -2)
        ecs_pen_text(pen, 5, NULL, muted, "(skipped)");
    else if (st->confidence)
        ecs_pen_textf(pen, 5, NULL, muted, "(your answer: %s)",
                      ecs_confidence_word(st->confidence));
}

static void predict(const struct ecs_scene *s, struct ecs_pen *pen, const struct ecs_block *b,
                    struct ecs_focus *focus)
{
    struct ecs_standing st = ecs_player_standing(s->player, b);
    bool now = s->waited == b && s->wait == ECS_WAIT_CHOICE;
    struct ecs_choice_list l = {b->predict.choice, b->predict.n, now ? marked(s, b->predict.n) : -1,
                                st.choice, st.seen != -1, false};
    int first = pen->y;

    ecs_pen_text(pen, 0, NULL, strong, b->predict.ask);
    ecs_text_choices(s, pen, &l, focus);
    if (s->waited == b && s->wait == ECS_WAIT_CONFIDENCE) {
        ecs_pen_gap(pen);
        confidence(s, pen);
    } else if (!now) {
        own_line(pen, &st);
    }
    if (s->waited == b && s->wait != ECS_WAIT_SEEN)
        asked(pen, focus, first);
    else
        answered(focus, first);
}

/* "p  stride   8 · 64 · 128", the value in force set off. */
static void toggle_row(const struct ecs_scene *s, struct ecs_pen *pen, const struct ecs_toggle *t,
                       int index)
{
    const struct ecs_param *p = &s->scenario->params[t->param];
    int64_t now = ecs_player_values(s->player)->v[t->param];
    int row = ecs_pen_row(pen, pen->y++), x = pen->area.x, end = x + pen->area.w;

    if (row < 0)
        return;
    ecs_put(pen->c, x, row, '[', ECS_ROLE_MUTED, 0);
    ecs_put(pen->c, x + 1, row, (uint32_t)t->key, ECS_ROLE_KEY, ECS_BOLD);
    ecs_put(pen->c, x + 2, row, ']', ECS_ROLE_MUTED, 0);
    x += 4;
    x += ecs_text_cut(pen->c, x, row, end - x, ECS_ROLE_TEXT, 0, p->name) + 1;
    for (size_t i = 0; i < t->n; i++) {
        char value[40], shown[48];
        ecs_value_text(p, t->value[i], value, sizeof value);
        snprintf(shown, sizeof shown, t->value[i] == now ? "\u25b8%s\u25c2" : " %s ", value);
        if (x + ecs_columns(shown) > end)
            break;
        x += ecs_text(pen->c, x, row, end - x, t->value[i] == now ? ECS_ROLE_MARK : ECS_ROLE_TEXT,
                      t->value[i] == now ? ECS_BOLD : 0, shown);
    }
    ecs_scene_hot(s, (struct ecs_rect){pen->area.x, row, x - pen->area.x, 1}, ECS_HOT_TOGGLE,
                  index);
}

/* What was seen, beside what this machine shows: an effect may be small or hidden here. */
static void saw(const struct ecs_scene *s, struct ecs_pen *pen, const struct ecs_choice *c)
{
    struct ecs_ab ab = s->n_charts && !s->recorded ? ecs_player_ab(s->player, s->chart[0])
                                                   : (struct ecs_ab){0};
    double r = ab.ratio.r.median;
    bool told = ab.have_a && ab.have_b && ab.ratio.verdict != ECS_TOO_NOISY && isfinite(r);

    if (c->right)
        return;
    if (c->has_claim && !told)
        ecs_pen_text(pen, 2, NULL, plain,
                     "What you saw, the chart does not settle yet: it is measured in Explain.");
    else if (!c->has_claim || r < c->claim_low || r >= c->claim_high)
        ecs_pen_text(pen, 2, NULL, plain,
                     "Look again: the chart says otherwise than what you saw.");
    else
        ecs_pen_text(pen, 2, NULL, plain,
                     "You saw what this machine shows. It is measured with care in Explain.");
}

static void seen(const struct ecs_scene *s, struct ecs_pen *pen, struct ecs_focus *focus)
{
    const struct ecs_block *p = ecs_player_prediction(s->player);
    struct ecs_standing st;
    int first = pen->y;

    if (!p)
        return;
    st = ecs_player_standing(s->player, p);
    if (s->wait == ECS_WAIT_SEEN && s->waited == p) {
        struct ecs_choice_list l = {p->predict.choice, p->predict.n, marked(s, p->predict.n), -1,
                                    false, true};
        ecs_pen_gap(pen);
        first = pen->y;
        ecs_pen_text(pen, 0, NULL, strong, "What did you see?");
        ecs_text_choices(s, pen, &l, focus);
        asked(pen, focus, first);
    } else if (st.seen != -1 && st.choice >= 0) {
        ecs_pen_gap(pen);
        first = pen->y;
        ecs_text_refute(pen, &p->predict.choice[st.choice]);
        if (st.seen >= 0)
            saw(s, pen, &p->predict.choice[st.seen]);
        answered(focus, first);
    }
}

static void scenario(const struct ecs_scene *s, struct ecs_pen *pen, const struct ecs_block *b,
                     struct ecs_focus *focus)
{
    int first = pen->y;

    if (&b->scenario != s->block)
        return;
    for (size_t i = 0; i < b->scenario.n_toggles && s->open && !ecs_player_failure(s->player); i++)
        toggle_row(s, pen, &b->scenario.toggle[i], (int)i);
    if (s->caption_owed && ecs_player_caption(s->player))
        ecs_pen_text(pen, 2, "\u25b8", plain, ecs_player_caption(s->player));
    if (s->waited == b)
        asked(pen, focus, first);
    seen(s, pen, focus);
}

static void hints(struct ecs_pen *pen, char *const *hint, size_t n, unsigned shown)
{
    for (size_t i = 0; i < n && i < shown; i++)
        ecs_pen_textf(pen, 2, "\u2192", plain, "Hint: %s", hint[i]);
}

static void number(const struct ecs_scene *s, struct ecs_pen *pen, const struct ecs_standing *st,
                   bool now)
{
    char given[ECS_FORMAT_MAX];

    if (isfinite(st->number)) {
        ecs_format_number(st->number, given, sizeof given);
        if (now)
            ecs_pen_textf(pen, 2, "\u2717", (struct ecs_pen_style){ECS_ROLE_BAD, 0},
                          "%s is not it.", given);
        else
            ecs_pen_textf(pen, 2, "\u2713", (struct ecs_pen_style){ECS_ROLE_GOOD, ECS_BOLD}, "%s",
                          given);
    }
    if (now)
        ecs_pen_textf(pen, 2, "\u25b8", (struct ecs_pen_style){ECS_ROLE_SELECTED, ECS_BOLD}, "%s_",
                      s->ui->number);
}

static void ask(const struct ecs_scene *s, struct ecs_pen *pen, const struct ecs_block *b,
                struct ecs_focus *focus)
{
    struct ecs_standing st = ecs_player_standing(s->player, b);
    bool now = s->waited == b;
    int first = pen->y;

    ecs_pen_text(pen, 0, NULL, strong, b->ask.ask);
    if (b->ask.n) {
        struct ecs_choice_list l = {b->ask.choice, b->ask.n, now ? marked(s, b->ask.n) : -1,
                                    st.choice, !now, false};
        ecs_text_choices(s, pen, &l, focus);
        if (st.choice >= 0 && now && !b->ask.choice[st.choice].right)
            ecs_text_refute(pen, &b->ask.choice[st.choice]);
    } else {
        number(s, pen, &st, now);
    }
    hints(pen, b->ask.hint, b->ask.n_hints, st.hints);
    if (st.skipped && !now)
        ecs_pen_text(pen, 5, NULL, muted, "(skipped)");
    if (now)
        asked(pen, focus, first);
    else
        answered(focus, first);
}

static void task(const struct ecs_scene *s, struct ecs_pen *pen, const struct ecs_block *b,
                 struct ecs_focus *focus)
{
    struct ecs_standing st = ecs_player_standing(s->player, b);
    bool now = s->waited == b;
    int first = pen->y;

    ecs_pen_textf(pen, 0, NULL, strong, "Your turn: %s", b->task.task);
    hints(pen, b->task.hint, b->task.n_hints, st.hints);
    if (st.revealed && b->task.reveal)
        ecs_pen_textf(pen, 2, "\u2192", plain, "Solution: %s", b->task.reveal);
    if (now)
        ecs_pen_text(pen, 2, "\u25cb", plain,
                     s->wait == ECS_WAIT_MEASURE ? "first, what yours is compared with is measured"
                                                 : "not there yet");
    else if (st.skipped)
        ecs_pen_text(pen, 2, "\u25cb", muted, "skipped");
    else
        ecs_pen_text(pen, 2, "\u2713", (struct ecs_pen_style){ECS_ROLE_GOOD, ECS_BOLD},
                     st.right ? "Done: the machine agrees." : "Done.");
    if (now)
        asked(pen, focus, first);
    else
        answered(focus, first);
}

static void expect(const struct ecs_scene *s, struct ecs_pen *pen, const struct ecs_block *b,
                   struct ecs_focus *focus)
{
    int first = pen->y, row = ecs_pen_row(pen, pen->y);
    unsigned done, wanted, dirty;

    if (s->waited != b) {
        ecs_text_outcome(s, pen, b);
        answered(focus, first);
        return;
    }
    ecs_player_progress(s->player, &done, &wanted, &dirty);
    ecs_pen_textf(pen, 0, NULL, strong, "Measuring A and B by turns: %u of %u%s", done, wanted,
                  dirty ? ", noisy turns are repeated" : "");
    row = ecs_pen_row(pen, pen->y++);
    if (row >= 0)
        ecs_bar_draw(pen->c,
                     (struct ecs_rect){pen->area.x, row, pen->area.w > 48 ? 48 : pen->area.w, 1},
                     wanted ? (double)done / wanted : 0, ECS_ROLE_BAR);
    asked(pen, focus, first);
}

static const struct { const char *mark, *word; enum ecs_role role; } bands[] = {
    [ECS_BAND_PASS] = {"\u2713", "Seen on this machine.", ECS_ROLE_GOOD},
    [ECS_BAND_WEAK] = {"\u25d0", "Weak on this machine.", ECS_ROLE_WARN},
    [ECS_BAND_ELSE] = {"\u2717", "Not visible on this machine.", ECS_ROLE_WARN},
    [ECS_BAND_NOISY] = {"\u2248", "Too noisy to say.", ECS_ROLE_WARN},
    [ECS_BAND_UNKNOWN] = {"\u2013", "Not measured.", ECS_ROLE_WARN},
};

void ecs_text_outcome(const struct ecs_scene *s, struct ecs_pen *pen, const struct ecs_block *b)
{
    struct ecs_outcome o = ecs_player_outcome(s->player, b);
    int row = ecs_pen_row(pen, pen->y);

    ecs_pen_text(pen, 2, NULL, plain, o.say[0] ? o.say : bands[o.band].word);
    if (row >= 0)
        ecs_text(pen->c, pen->area.x, row, 1, bands[o.band].role, ECS_BOLD, bands[o.band].mark);
    if (o.band != ECS_BAND_PASS && b->expect.fallback_trace && !strstr(o.say, "recording"))
        ecs_pen_text(pen, 2, NULL, plain, "[R] plays the recording of a machine that shows it.");
    else if (o.band != ECS_BAND_PASS && b->expect.fallback_why)
        ecs_pen_text(pen, 2, NULL, plain, b->expect.fallback_why);
}

static void block(const struct ecs_scene *s, struct ecs_pen *pen, const struct ecs_block *b,
                  struct ecs_focus *focus)
{
    switch (b->kind) {
    case ECS_BLOCK_TEXT: ecs_pen_text(pen, 0, NULL, plain, b->text); break;
    case ECS_BLOCK_PREDICT: predict(s, pen, b, focus); break;
    case ECS_BLOCK_SCENARIO: scenario(s, pen, b, focus); break;
    case ECS_BLOCK_EXPECT: expect(s, pen, b, focus); break;
    case ECS_BLOCK_ASK: ask(s, pen, b, focus); break;
    case ECS_BLOCK_DO: task(s, pen, b, focus); break;
    case ECS_BLOCK_NOTES: break;
    }
}

static void message(const struct ecs_scene *s, struct ecs_pen *pen)
{
    char text[600];

    if (s->message.code == 0 && !s->message.what[0])
        return;
    ecs_error_text(&s->message, text, sizeof text);
    ecs_pen_text(pen, 2, "!", (struct ecs_pen_style){ECS_ROLE_WARN, ECS_BOLD}, text);
}

void ecs_text_page(const struct ecs_scene *s, struct ecs_pen *pen, struct ecs_focus *focus)
{
    message(s, pen);
    if (!s->step) {
        ecs_pen_gap(pen);
        ecs_recap_page(s, pen);
        return;
    }
    size_t n = ecs_player_visible(s->player);
    for (size_t i = 0; i < n && i < s->step->n; i++) {
        int before = pen->y;
        ecs_pen_gap(pen);
        int start = pen->y;
        block(s, pen, &s->step->block[i], focus);
        if (pen->y == start)
            pen->y = before;
    }
}
