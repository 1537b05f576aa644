#include "tui/views/views.h"

#include <stdio.h>

#include "tui/widgets/glyph.h"

/* The line that matters most stays longest: how to leave. */
void ecs_view_too_small(struct ecs_scene *s)
{
    static const int shown[][4] = {{3}, {1, 3}, {1, 2, 3}, {0, 1, 2, 3}};
    char line[4][32] = {"ECScope", "", "", "[q] quit"};
    int h = s->c->h, n = h > 4 ? 4 : h, top = (h - n) / 2;

    snprintf(line[1], sizeof line[1], "needs %dx%d", ECS_MIN_W, ECS_MIN_H);
    snprintf(line[2], sizeof line[2], "here %dx%d", s->c->w, h);
    for (int i = 0; i < n; i++) {
        int k = shown[n - 1][i], w = ecs_columns(line[k]), x = s->c->w > w ? (s->c->w - w) / 2 : 0;
        ecs_text(s->c, x, top + i, s->c->w, k == 3 ? ECS_ROLE_KEY : ECS_ROLE_TEXT,
                 k == 1 ? ECS_BOLD : 0, line[k]);
        if (k == 3)
            ecs_scene_hot(s, (struct ecs_rect){x, top + i, w, 1}, ECS_ACTION_QUIT, 0);
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
