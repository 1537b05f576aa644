#include "tui/views/views.h"

#include <stdio.h>

#include "tui/widgets/glyph.h"

void ecs_view_too_small(struct ecs_scene *s)
{
    static const char *const line[] = {"ECScope", "needs 40 x 10", "", "[q] quit"};
    char now[32];
    int n = 4, top = s->c->h > n ? (s->c->h - n) / 2 : 0;

    snprintf(now, sizeof now, "here: %d x %d", s->c->w, s->c->h);
    for (int i = 0; i < n; i++) {
        const char *text = i == 2 ? now : line[i];
        int w = ecs_columns(text), x = s->c->w > w ? (s->c->w - w) / 2 : 0;
        int y = s->c->h >= n ? top + i : i == n - 1 ? s->c->h - 1 : i + 1 - (s->c->h > 2);
        if (s->c->h < n && (i == 0 || (i == 2 && s->c->h < 3)) && s->c->h < 4)
            continue;
        ecs_text(s->c, x, y, s->c->w, i == n - 1 ? ECS_ROLE_KEY : ECS_ROLE_TEXT, i == 1 ? ECS_BOLD : 0, text);
        if (i == n - 1)
            ecs_scene_hot(s, (struct ecs_rect){x, y, w, 1}, ECS_ACTION_QUIT, 0);
    }
}

static void page(struct ecs_scene *s)
{
    switch (s->ui->page) {
    case ECS_PAGE_PICKER: ecs_view_picker(s); break;
    case ECS_PAGE_LESSON:
    case ECS_PAGE_REPLAY: ecs_view_lesson(s); break;
    }
    ecs_view_toast(s);
}

void ecs_view_draw(const struct ecs_ui *ui, struct ecs_canvas *c, struct ecs_hots *hots)
{
    struct ecs_scene s;

    ecs_canvas_clear(c);
    if (hots)
        hots->n = 0;
    ecs_scene_make(&s, ui, c, hots);
    if (c->w < ECS_MIN_W || c->h < ECS_MIN_H)
        ecs_view_too_small(&s);
    else if (ui->help)
        ecs_view_help(&s);
    else
        page(&s);
    if (ui->glyphs == ECS_GLYPHS_ASCII)
        ecs_canvas_to_ascii(c);
}
