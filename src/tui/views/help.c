#include "tui/views/views.h"

#include <stdio.h>
#include <string.h>

#include "tui/widgets/prose.h"

enum { KEY_COLUMNS = 20 };

static const struct ecs_pen_style plain = {ECS_ROLE_TEXT, 0};
static const struct ecs_pen_style strong = {ECS_ROLE_KEY, ECS_BOLD};
static const struct ecs_pen_style title = {ECS_ROLE_TITLE, ECS_BOLD};

/* The keys as words of their own, "Up k" → "Up, k". */
static void keys_text(const char *keys, char *out, size_t size)
{
    size_t n = 0;

    for (; *keys && n + 3 < size; keys++) {
        if (*keys == ' ')
            out[n++] = ',';
        out[n++] = *keys;
    }
    out[n] = '\0';
}

static void row(struct ecs_pen *pen, const char *keys, const char *help)
{
    int y = ecs_pen_row(pen, pen->y), w = pen->area.w < 70 ? 12 : KEY_COLUMNS;

    if (y >= 0)
        ecs_text_cut(pen->c, pen->area.x, y, w - 1, strong.role, strong.attr, keys);
    ecs_pen_text(pen, w, NULL, plain, help);
}

static void toggles(const struct ecs_scene *s, struct ecs_pen *pen)
{
    for (size_t i = 0; s->block && i < s->block->n_toggles; i++) {
        const struct ecs_toggle *t = &s->block->toggle[i];
        const struct ecs_param *p = &s->scenario->params[t->param];
        char key[4] = {t->key}, text[300], value[40];
        int64_t now = s->player ? ecs_player_values(s->player)->v[t->param] : t->value[0];
        size_t n = (size_t)snprintf(text, sizeof text, "%s: %s. Now %s; goes through", p->name,
                                    p->summary, ecs_value_text(p, now, value, sizeof value));
        for (size_t k = 0; k < t->n && n < sizeof text; k++)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s %s", k ? "," : "",
                                  ecs_value_text(p, t->value[k], value, sizeof value));
        row(pen, key, text);
    }
    if (s->block && s->block->n_toggles)
        ecs_pen_gap(pen);
}

/* What the four words mean, once, where a learner looks for it. */
static void sources(struct ecs_pen *pen)
{
    static const char *const word[][2] = {
        {"MEASURED", "counted or timed on this machine, in this run"},
        {"MODEL", "worked out from addresses and sizes, not observed"},
        {"RECORDED", "measured on another occasion: host, processor and date are in the title"},
        {"EXHAUSTIVE", "every interleaving within the bound was searched"},
    };

    for (size_t i = 0; i < sizeof word / sizeof word[0]; i++)
        row(pen, word[i][0], word[i][1]);
}

static void help_page(const struct ecs_scene *s, struct ecs_pen *pen)
{
    char keys[40];

    if (s->block && s->block->n_toggles) {
        ecs_pen_text(pen, 0, NULL, title, "This lesson");
        toggles(s, pen);
    }
    ecs_pen_text(pen, 0, NULL, title, "Keys");
    for (int a = ECS_ACTION_NONE + 1; a < ECS_ACTION_COUNT; a++) {
        const struct ecs_action_info *info = ecs_action_info((enum ecs_action)a);
        keys_text(info->keys, keys, sizeof keys);
        row(pen, keys, info->help);
    }
    ecs_pen_gap(pen);
    ecs_pen_text(pen, 0, NULL, title, "Where a figure comes from");
    sources(pen);
}

static struct ecs_rect room(int w, int h)
{
    int margin = w >= 100 ? (w - 92) / 2 : 0, above = h >= 30 ? 1 : 0;

    return (struct ecs_rect){margin, 1 + above, w - 2 * margin, h - 2 - 2 * above};
}

int ecs_view_help_scroll(const struct ecs_ui *ui, int w, int h)
{
    struct ecs_scene s;
    struct ecs_rect in = ecs_inset(room(w, h), 2, 1);
    struct ecs_pen pen = {.area = in};

    ecs_scene_make(&s, ui, NULL, NULL);
    help_page(&s, &pen);
    return pen.y > in.h ? pen.y - in.h : 0;
}

void ecs_view_help(struct ecs_scene *s)
{
    struct ecs_rect r = room(s->c->w, s->c->h);
    struct ecs_box box = {.title = "Help", .framed = true};
    struct ecs_footer f = {.s = s, .x = 1, .end = s->c->w - 1, .y = s->c->h - 1};
    struct ecs_pen measure = {.area = ecs_inset(r, 2, 1)};
    char note[64];

    ecs_view_title(s, "", "Keys and words");
    struct ecs_pen pen = {.c = s->c, .area = ecs_box_draw(s->c, r, &box)};
    help_page(s, &measure);
    int last = measure.y > pen.area.h ? measure.y - pen.area.h : 0;
    pen.scroll = s->ui->help_scroll < 0 ? 0 : s->ui->help_scroll > last ? last : s->ui->help_scroll;
    help_page(s, &pen);
    if (last > 0) {
        snprintf(note, sizeof note, "\u2191 %d \u2193 %d more lines", pen.scroll,
                 last - pen.scroll);
        ecs_box_note(s->c, r, &box, ECS_ROLE_KEY, note);
    }
    ecs_footer_action(&f, ECS_ACTION_HELP, "back");
    if (last > 0)
        ecs_footer_add(&f, "\u2191\u2193", "scroll", ECS_ACTION_DOWN, 0);
    ecs_footer_action(&f, ECS_ACTION_QUIT, "back");
}
