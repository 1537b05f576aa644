#include "tui/views/views.h"

#include <stdio.h>

#include "tui/widgets/diagram.h"

int ecs_panel_diagram_rows(const struct ecs_scene *s, int width, bool framed)
{
    int rows = s->scenario && width >= 20 ? ecs_diagram_rows(s->scenario->diagram) : 0;

    return rows ? rows + (framed ? 2 : 1) : 0;
}

/* Lines and records are worked out from addresses; stacks and pools are read off what runs. */
static const char *source(const struct ecs_scene *s)
{
    enum ecs_diagram_kind kind = s->scenario->diagram;

    if (s->recorded)
        return "RECORDED";
    return kind == ECS_DIAGRAM_LINES || kind == ECS_DIAGRAM_RECORD ? "MODEL" : "MEASURED";
}

void ecs_panel_diagram(const struct ecs_scene *s, struct ecs_rect r, bool framed)
{
    struct ecs_picture picture;
    char title[96], value[32];
    struct ecs_box box = {.title = title, .framed = framed};

    if (!s->scenario)
        return;
    box.badge = source(s);
    snprintf(title, sizeof title, "%s", ecs_diagram_title(s->scenario->diagram));
    int variant = ecs_param_index(s->scenario, "variant");
    if (variant >= 0 && s->have && s->open)
        snprintf(title, sizeof title, "%s: %s", ecs_diagram_title(s->scenario->diagram),
                 ecs_value_text(&s->scenario->params[variant], s->at.values.v[variant], value,
                                sizeof value));
    struct ecs_rect in = ecs_box_draw(s->c, r, &box);
    if (!s->open || !s->have || !ecs_session_picture(s->ui->session, s->at.seq, &picture)) {
        ecs_text_cut(s->c, in.x, in.y + in.h / 2, in.w, ECS_ROLE_MUTED, 0,
                     s->open ? "no picture yet" : "opens with the chart");
        return;
    }
    struct ecs_diagram d = {&picture, s->scenario, &s->at};
    ecs_diagram_draw(s->c, in, &d);
}
