#include "tui/views/views.h"

#include <stdio.h>
#include <string.h>

static const struct { const char *name, *shown; } key_names[] = {
    {"Up", "\u2191"}, {"Down", "\u2193"}, {"Left", "\u2190"}, {"Right", "\u2192"},
};

const char *ecs_action_key(enum ecs_action action, char out[16])
{
    const char *keys = ecs_action_info(action)->keys;
    size_t n = strcspn(keys, " ");

    snprintf(out, 16, "%.*s", (int)n, keys);
    for (size_t i = 0; i < sizeof key_names / sizeof key_names[0]; i++)
        if (strcmp(out, key_names[i].name) == 0)
            snprintf(out, 16, "%s", key_names[i].shown);
    return out;
}

static int item_columns(const char *key, const char *label)
{
    return ecs_columns(key) + 2 + (label[0] ? 1 + ecs_columns(label) : 0);
}

static void put_item(const struct ecs_footer *f, int x, const char *key, const char *label,
                     int action, int arg)
{
    struct ecs_canvas *c = f->s->c;
    int w = item_columns(key, label), from = x;

    ecs_put(c, x++, f->y, '[', ECS_ROLE_MUTED, 0);
    x += ecs_text(c, x, f->y, w, ECS_ROLE_KEY, ECS_BOLD, key);
    ecs_put(c, x++, f->y, ']', ECS_ROLE_MUTED, 0);
    if (label[0])
        ecs_text(c, x + 1, f->y, w, ECS_ROLE_TEXT, 0, label);
    ecs_scene_hot(f->s, (struct ecs_rect){from, f->y, w, 1}, action, arg);
}

bool ecs_footer_add(struct ecs_footer *f, const char *key, const char *label, int action, int arg)
{
    int w = item_columns(key, label);

    if (f->x + w > f->end)
        return false;
    put_item(f, f->x, key, label, action, arg);
    f->x += w + 2;
    return true;
}

bool ecs_footer_action(struct ecs_footer *f, enum ecs_action action, const char *label)
{
    char key[16];

    return ecs_footer_add(f, ecs_action_key(action, key),
                          label ? label : ecs_action_info(action)->label, (int)action, 0);
}

struct ecs_footer ecs_footer_begin(const struct ecs_scene *s)
{
    struct ecs_footer f = {.s = s, .x = 1, .end = s->c->w - 1, .y = s->c->h - 1};
    const char *leave = s->ui->page == ECS_PAGE_LESSON ? "list" : "quit";
    char key[16];

    ecs_action_key(ECS_ACTION_QUIT, key);
    f.end -= item_columns(key, leave);
    put_item(&f, f.end, key, leave, ECS_ACTION_QUIT, 0);
    ecs_action_key(ECS_ACTION_HELP, key);
    f.end -= item_columns(key, "help") + 2;
    put_item(&f, f.end, key, "help", ECS_ACTION_HELP, 0);
    f.end -= 2;
    return f;
}

/* ---- the lesson's keys --------------------------------------------------------------------- */

static bool can_toggle(const struct ecs_scene *s)
{
    return s->player && s->block && s->in_force && s->open && s->wait != ECS_WAIT_MEASURE
        && !s->recorded && !ecs_player_failure(s->player);
}

/* "[p] stride 8▸64": what it is now and what the key makes of it; shorter where room is dear. */
enum { FULL, NAMED, VALUE };

static void toggle_label(const struct ecs_scene *s, size_t index, int form, char *out, size_t size)
{
    const struct ecs_toggle *t = &s->block->toggle[index];
    const struct ecs_param *p = &s->scenario->params[t->param];
    int64_t now = ecs_player_values(s->player)->v[t->param];
    char from[40], to[40];
    size_t at = 0;

    while (at < t->n && t->value[at] != now)
        at++;
    ecs_value_text(p, now, from, sizeof from);
    ecs_value_text(p, t->value[at < t->n ? (at + 1) % t->n : 0], to, sizeof to);
    if (form == FULL)
        snprintf(out, size, "%s %s\u25b8%s", p->name, from, to);
    else if (form == NAMED)
        snprintf(out, size, "%s %s", p->name, from);
    else
        snprintf(out, size, "%s", from);
}

/* Shortens from the last toggle on until all of them leave `spare` columns free. */
static void choose_forms(const struct ecs_footer *f, int spare, int form[ECS_MAX_TOGGLES])
{
    const struct ecs_scene *s = f->s;
    char label[128];

    for (size_t i = 0; i < s->block->n_toggles; i++)
        form[i] = FULL;
    for (int step = 0; step < 2 * ECS_MAX_TOGGLES; step++) {
        int x = f->x;
        for (size_t i = 0; i < s->block->n_toggles; i++) {
            toggle_label(s, i, form[i], label, sizeof label);
            x += item_columns("p", label) + 2;
        }
        if (x + spare <= f->end)
            return;
        size_t longest = s->block->n_toggles - 1;
        for (size_t i = longest; i-- > 0;)
            longest = form[i] < form[longest] ? i : longest;
        form[longest] += form[longest] < VALUE;
    }
}

static void toggles(struct ecs_footer *f, int spare)
{
    const struct ecs_scene *s = f->s;
    int form[ECS_MAX_TOGGLES];
    char label[128], key[8];

    if (!can_toggle(s) || !s->block->n_toggles)
        return;
    choose_forms(f, spare, form);
    for (size_t i = 0; i < s->block->n_toggles; i++) {
        toggle_label(s, i, form[i], label, sizeof label);
        snprintf(key, sizeof key, "%c", s->block->toggle[i].key);
        ecs_footer_add(f, key, label, ECS_HOT_TOGGLE, (int)i);
    }
}

static size_t hints_of(const struct ecs_block *b)
{
    return b && b->kind == ECS_BLOCK_ASK ? b->ask.n_hints
         : b && b->kind == ECS_BLOCK_DO ? b->task.n_hints : 0;
}

static void answers(struct ecs_footer *f)
{
    const struct ecs_scene *s = f->s;
    static const char *const sure[] = {"1", "2", "3"};

    if (s->wait == ECS_WAIT_CONFIDENCE)
        for (int i = 1; i <= 3; i++)
            ecs_footer_add(f, sure[i - 1], ecs_confidence_word(i), ECS_HOT_CONFIDENCE, i);
    if (s->wait == ECS_WAIT_CHOICE || s->wait == ECS_WAIT_SEEN || s->wait == ECS_WAIT_NUMBER)
        ecs_footer_action(f, ECS_ACTION_ENTER, s->wait == ECS_WAIT_NUMBER ? "answer" : NULL);
    if (s->wait == ECS_WAIT_NOTHING && s->step)
        ecs_footer_action(f, ECS_ACTION_NEXT, NULL);
    if (!s->waited)
        return;
    struct ecs_standing standing = ecs_player_standing(s->player, s->waited);
    if (standing.hints < hints_of(s->waited))
        ecs_footer_action(f, ECS_ACTION_HINT, NULL);
    if (s->wait == ECS_WAIT_TASK && s->waited->task.reveal && !standing.revealed)
        ecs_footer_action(f, ECS_ACTION_REVEAL, NULL);
}

/* A verdict of this step can be measured once more. */
static bool has_verdict(const struct ecs_scene *s)
{
    for (size_t i = 0; s->step && s->wait != ECS_WAIT_MEASURE && i < ecs_player_visible(s->player);
         i++)
        if (s->step->block[i].kind == ECS_BLOCK_EXPECT)
            return true;
    return false;
}

static bool has_fallback(const struct ecs_scene *s)
{
    for (size_t i = 0; s->step && i < s->step->n; i++)
        if (s->step->block[i].kind == ECS_BLOCK_EXPECT && s->step->block[i].expect.fallback_trace)
            return true;
    return false;
}

void ecs_footer_lesson(const struct ecs_scene *s, const struct ecs_layout *l)
{
    struct ecs_footer f = ecs_footer_begin(s);
    char label[32];

    if (s->wait != ECS_WAIT_CONFIDENCE)
        toggles(&f, (l && l->tabs > 1 ? 11 : 0) + (s->wait == ECS_WAIT_TOGGLE ? 0 : 16));
    answers(&f);
    if (l && l->tabs > 1) {
        snprintf(label, sizeof label, "panel %d/%d", l->tab + 1, l->tabs);
        if (!ecs_footer_action(&f, ECS_ACTION_PANEL, label))
            ecs_footer_action(&f, ECS_ACTION_PANEL, label + strlen("panel "));
    }
    if (s->have && s->open) {
        ecs_footer_action(&f, ECS_ACTION_PAUSE, s->paused ? "go on" : NULL);
        if (f.x + 14 <= f.end)
            ecs_footer_add(&f, "\u2190\u2192", "look back", ECS_ACTION_LEFT, 0);
    }
    if (s->player && s->recorded)
        ecs_footer_action(&f, ECS_ACTION_RECORDED, "live again");
    else if (has_fallback(s) && s->wait == ECS_WAIT_NOTHING)
        ecs_footer_action(&f, ECS_ACTION_RECORDED, NULL);
    if (s->waited)
        ecs_footer_action(&f, ECS_ACTION_SKIP, NULL);
    if (has_verdict(s) && !s->recorded)
        ecs_footer_action(&f, ECS_ACTION_AGAIN, NULL);
    if (s->player && (ecs_player_step(s->player) > 0 || !s->step))
        ecs_footer_action(&f, ECS_ACTION_BACK, NULL);
    if (s->scenario && s->have && !s->recorded)
        ecs_footer_action(&f, ECS_ACTION_RECORD, s->ui->recording ? "stop recording" : NULL);
}
