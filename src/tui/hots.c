#include "tui/ui.h"

void ecs_hots_add(struct ecs_hots *h, struct ecs_rect r, int action, int arg)
{
    if (!h || r.w <= 0 || r.h <= 0 || h->n >= sizeof h->v / sizeof h->v[0])
        return;
    h->v[h->n++] = (struct ecs_hot){.r = r, .action = action, .arg = arg};
}
