/* A record over cache lines: which of the bytes that are fetched are of any use. */
#include <stdio.h>
#include <string.h>

#include "core/base/cacheline.h"
#include "tui/widgets/box.h"
#include "tui/widgets/diagram.h"
#include "tui/widgets/memory_row.h"

enum { PREFIX = 9, STATE = 12, HOT = 1, COLD = 0 };

static int hot_bytes(const struct ecs_picture *p, uint32_t line)
{
    int n = 0;

    for (uint32_t i = 0; i < p->n_spans && i < ECS_MAX_SPANS; i++) {
        int64_t from = (int64_t)p->span[i].offset - (int64_t)line * ECS_LINE,
                to = from + p->span[i].size;
        from = from < 0 ? 0 : from;
        to = to > ECS_LINE ? ECS_LINE : to;
        if (p->span[i].owner == HOT && to > from)
            n += (int)(to - from);
    }
    return n;
}

static void one_line(const struct ecs_memory_row *m, const struct ecs_picture *p, uint32_t line,
                     int y)
{
    ecs_memory_blank(m, y);
    for (uint32_t i = 0; i < p->n_spans && i < ECS_MAX_SPANS; i++) {
        const struct ecs_span *s = &p->span[i];
        int64_t from = (int64_t)s->offset - (int64_t)line * ECS_LINE, to = from + s->size;
        if (to <= 0 || from >= ECS_LINE || s->owner < COLD)
            continue;
        bool hot = s->owner == HOT;
        ecs_memory_field(m, y, (int)from, (int)(to > ECS_LINE ? ECS_LINE : to),
                         from >= 0 ? s->label : "", hot ? ' ' : 0x2591,
                         hot ? ECS_ROLE_TEXT : ECS_ROLE_MUTED, hot ? ECS_BOLD | ECS_REVERSE : 0);
    }
    ecs_memory_end(m, y);
}

static void legend(struct ecs_canvas *c, struct ecs_rect r, int y, const struct ecs_picture *p)
{
    int x = r.x + PREFIX, end = r.x + r.w;
    char text[96];

    ecs_text(c, x, y, end - x, ECS_ROLE_TEXT, ECS_BOLD | ECS_REVERSE, " used ");
    x += 8;
    ecs_text(c, x, y, end - x, ECS_ROLE_MUTED, 0, "\u2591\u2591\u2591 fetched for nothing");
    x += 25;
    snprintf(text, sizeof text, "next record after %u bytes", p->stride);
    if (p->stride && x + (int)strlen(text) <= end)
        ecs_text(c, x, y, end - x, ECS_ROLE_TEXT, 0, text);
}

void ecs_diagram_record(struct ecs_canvas *c, struct ecs_rect r, const struct ecs_diagram *d)
{
    const struct ecs_picture *p = d->picture;
    uint32_t lines = (p->bytes + ECS_LINE - 1) / ECS_LINE, shown = 0;
    struct ecs_memory_row m = {c, r.x + PREFIX, ecs_memory_cells(r.w - PREFIX - STATE)};
    int y = r.y, last = r.y + r.h - 1;
    char text[96];

    ecs_text(c, r.x, y, PREFIX, ECS_ROLE_AXIS, 0, "byte");
    ecs_memory_scale(&m, y++);
    for (; shown < lines && y < last; shown++, y++) {
        int hot = hot_bytes(p, shown);
        snprintf(text, sizeof text, "line %u", shown);
        ecs_text(c, r.x, y, PREFIX, ECS_ROLE_TEXT, 0, text);
        one_line(&m, p, shown, y);
        if (hot)
            snprintf(text, sizeof text, "%d %% used", hot * 100 / ECS_LINE);
        else
            snprintf(text, sizeof text, "not read");
        ecs_text_cut(c, m.x + m.cells + 2, y, r.x + r.w - m.x - m.cells - 2,
                     hot * 2 > ECS_LINE ? ECS_ROLE_GOOD : ECS_ROLE_TEXT, ECS_BOLD, text);
    }
    if (last > r.y)
        legend(c, r, y < last ? y + (last - y > 1) : last, p);
    if (shown < lines && last > r.y) {
        snprintf(text, sizeof text, "\u2193 %u more", lines - shown);
        ecs_text(c, r.x, last, PREFIX - 1, ECS_ROLE_TEXT, 0, text);
    }
}
