#include "tui/widgets/diagram.h"

#include <math.h>

static const struct {
    const char *title;
    int rows;
    void (*draw)(struct ecs_canvas *, struct ecs_rect, const struct ecs_diagram *);
} kinds[] = {
    [ECS_DIAGRAM_NONE] = {"", 0, NULL},
    [ECS_DIAGRAM_LINES] = {"Cache lines, and who writes to them", 6, ecs_diagram_lines},
    [ECS_DIAGRAM_RECORD] = {"One record over cache lines", 6, ecs_diagram_record},
    [ECS_DIAGRAM_STACK] = {"The stack, as it is now", 6, ecs_diagram_stack},
    [ECS_DIAGRAM_POOLS] = {"Where the free blocks are", 6, ecs_diagram_pools},
};

static bool known(enum ecs_diagram_kind kind)
{
    return (unsigned)kind < sizeof kinds / sizeof kinds[0] && kinds[kind].draw;
}

int ecs_diagram_rows(enum ecs_diagram_kind kind)
{
    return known(kind) ? kinds[kind].rows : 0;
}

const char *ecs_diagram_title(enum ecs_diagram_kind kind)
{
    return known(kind) ? kinds[kind].title : "";
}

void ecs_diagram_draw(struct ecs_canvas *c, struct ecs_rect r, const struct ecs_diagram *d)
{
    if (r.w >= 16 && r.h >= 1 && known(d->picture->kind))
        kinds[d->picture->kind].draw(c, r, d);
}

double ecs_diagram_metric(const struct ecs_diagram *d, const char *name)
{
    int i = ecs_metric_index(d->scenario, name);

    return i < 0 ? NAN : d->at->metric[i];
}

const char *ecs_diagram_choice(const struct ecs_diagram *d, const char *param)
{
    int i = ecs_param_index(d->scenario, param);
    const struct ecs_param *p = i < 0 ? NULL : &d->scenario->params[i];
    int64_t v = i < 0 ? 0 : d->at->values.v[i];

    if (!p || p->kind != ECS_PARAM_CHOICE || v < 0)
        return "";
    for (int64_t k = 0; p->choices[k]; k++)
        if (k == v)
            return p->choices[k];
    return "";
}
