#include "tui/views/views.h"

/* Where one panel is up at a time, a question or a verdict brings up the words; a lever to pull
 * brings up the chart. Tab goes on from there. */
static int first_tab(const struct ecs_scene *s, const struct ecs_layout *l)
{
    bool words =
        s->wait != ECS_WAIT_TOGGLE && s->wait != ECS_WAIT_TASK && s->wait != ECS_WAIT_MEASURE;

    return s->player && (words || !s->open) && !l->shown[ECS_SLOT_TEXT] ? l->tabs - 1 : 0;
}

/* Rows that a prediction will yet take, so that no panel changes its size in the step: how sure one
 * is takes three, what was said of it one. */
static int rows_to_come(const struct ecs_scene *s)
{
    for (size_t i = 0; s->step && i < s->step->n; i++) {
        const struct ecs_block *b = &s->step->block[i];
        if (b->kind != ECS_BLOCK_PREDICT || !b->predict.confidence)
            continue;
        if (s->waited == b)
            return s->wait == ECS_WAIT_CONFIDENCE ? 0 : 3;
        struct ecs_standing st = ecs_player_standing(s->player, b);
        return st.choice == -2 || st.confidence ? 2 : 3;
    }
    return 0;
}

static bool asks_first(const struct ecs_scene *s, int w, int h)
{
    return s->player && s->step && s->step->phase == ECS_PREDICT && s->scenario && !s->recorded
           && !ecs_layout_wide(w, h);
}

static struct ecs_layout lay_out(const struct ecs_scene *s, int w, int h, int panel)
{
    bool chart = s->scenario && (!s->player || s->step);
    struct ecs_layout l = ecs_layout(w, h, chart, s->player ? 8 : 0, s->scenario ? 8 : 0, panel);
    int text_w = l.shown[ECS_SLOT_TEXT] ? l.r[ECS_SLOT_TEXT].w : w;
    int wide = l.shown[ECS_SLOT_DIAGRAM] ? l.r[ECS_SLOT_DIAGRAM].w : w;
    int diagram = chart ? ecs_panel_diagram_rows(s, wide, l.boxed) : 0;
    int text = s->player ? ecs_panel_text_rows(s, text_w, l.boxed) + rows_to_come(s) : 0;

    return ecs_layout(w, h, chart, text, diagram, panel);
}

struct ecs_layout ecs_view_layout(const struct ecs_scene *s, int w, int h)
{
    if (asks_first(s, w, h)) {
        struct ecs_layout l = ecs_layout_asking(w, h, 0);
        return ecs_layout_asking(w, h, ecs_panel_text_rows(s, w, l.boxed) + rows_to_come(s));
    }
    struct ecs_layout l = lay_out(s, w, h, 0);

    if (!l.tabbed)
        return l;
    return lay_out(s, w, h, first_tab(s, &l) + s->ui->panel);
}

static void panels(struct ecs_scene *s, const struct ecs_layout *l)
{
    if (l->shown[ECS_SLOT_CHART])
        ecs_panel_charts(s, l->r[ECS_SLOT_CHART], l->boxed);
    else
        s->caption_owed = true;
    if (l->shown[ECS_SLOT_AB])
        ecs_panel_ab(s, l->r[ECS_SLOT_AB], l->boxed);
    if (l->shown[ECS_SLOT_DIAGRAM])
        ecs_panel_diagram(s, l->r[ECS_SLOT_DIAGRAM], l->boxed);
    if (l->shown[ECS_SLOT_TEXT])
        ecs_panel_text(s, l->r[ECS_SLOT_TEXT], l->boxed);
}

void ecs_view_lesson(struct ecs_scene *s)
{
    struct ecs_layout l = ecs_view_layout(s, s->c->w, s->c->h);

    ecs_view_header(s);
    ecs_view_progress(s);
    panels(s, &l);
    ecs_footer_lesson(s, &l);
}
