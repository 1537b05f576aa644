/* Cache lines of the area that the workers write to: which bytes are whose, and therefore which
 * lines have to move from core to core. */
#include <stdio.h>
#include <string.h>

#include "core/base/cacheline.h"
#include "tui/widgets/box.h"
#include "tui/widgets/diagram.h"
#include "tui/widgets/memory_row.h"

enum { PREFIX = 9, STATE = 26, MAX_LINES = ECS_MAX_SPANS * 8 };

/* Up to this many workers are named; the rest are counted. */
enum { NAMED = 4 };

static bool on_line(const struct ecs_span *s, uint32_t line)
{
    return s->owner >= 0 && s->size && s->offset / ECS_LINE <= line
        && ((uint64_t)s->offset + s->size - 1) / ECS_LINE >= line;
}

static int owners(const struct ecs_picture *p, uint32_t line, char *who, size_t size)
{
    int n = 0;
    size_t used = 0;

    who[0] = '\0';
    for (uint32_t i = 0; i < p->n_spans && i < ECS_MAX_SPANS; i++) {
        if (!on_line(&p->span[i], line))
            continue;
        if (n < NAMED && used < size)
            used += (size_t)snprintf(who + used, size - used, "%s%.15s", n ? " " : "",
                                     p->span[i].label);
        n++;
    }
    if (n > NAMED && used < size)
        snprintf(who + used, size - used, " +%d", n - NAMED);
    return n;
}

static void state(struct ecs_canvas *c, int x, int y, int room, int n, const char *who)
{
    char text[96];

    if (n == 0)
        ecs_text_cut(c, x, y, room, ECS_ROLE_MUTED, 0, "nobody writes here");
    else if (n == 1) {
        snprintf(text, sizeof text, "%s alone: it stays", who);
        ecs_text_cut(c, x, y, room, ECS_ROLE_GOOD, ECS_BOLD, text);
    } else {
        snprintf(text, sizeof text,
                 room >= STATE + 8 ? "\u25c2\u25b8 %s share this line" : "\u25c2\u25b8 %s share it",
                 who);
        ecs_text_cut(c, x, y, room, ECS_ROLE_BAD, ECS_BOLD, text);
    }
}

static void one_line(const struct ecs_memory_row *m, const struct ecs_picture *p, uint32_t line,
                     int y)
{
    ecs_memory_blank(m, y);
    for (uint32_t i = 0; i < p->n_spans && i < ECS_MAX_SPANS; i++) {
        const struct ecs_span *s = &p->span[i];
        if (!on_line(s, line))
            continue;
        int from = (int)((int64_t)s->offset - (int64_t)line * ECS_LINE);
        ecs_memory_field(m, y, from, from + (int)s->size, s->label, ' ', ECS_ROLE_TEXT,
                         ECS_BOLD | ECS_REVERSE);
    }
    ecs_memory_end(m, y);
}

static void summary(struct ecs_canvas *c, struct ecs_rect r, int y, const struct ecs_picture *p,
                    uint32_t lines, uint32_t shown)
{
    char text[160];
    uint64_t rows = p->value[ECS_LINES_ROWS];
    size_t n = 0;

    if (shown < lines)
        n +=
            (size_t)snprintf(text, sizeof text, "\u2193 %u more lines like these. ", lines - shown);
    if (rows > 1 && n < sizeof text)
        snprintf(text + n, sizeof text - n, "The workers walk %llu rows like this one in turn.",
                 (unsigned long long)rows);
    else if (n < sizeof text)
        text[n] = '\0';
    ecs_text_cut(c, r.x, y, r.w, ECS_ROLE_TEXT, 0, text);
}

void ecs_diagram_lines(struct ecs_canvas *c, struct ecs_rect r, const struct ecs_diagram *d)
{
    const struct ecs_picture *p = d->picture;
    uint32_t lines = (p->bytes + ECS_LINE - 1) / ECS_LINE, shown = 0;
    bool beside = r.w >= PREFIX + 33 + STATE;
    struct ecs_memory_row m = {c, r.x + PREFIX,
                               ecs_memory_cells(r.w - PREFIX - (beside ? STATE : 0))};
    int y = r.y, last = r.y + r.h - 1, each = beside ? 1 : 2;
    char who[96], name[16];

    lines = lines > MAX_LINES ? MAX_LINES : lines;
    ecs_text(c, r.x, y, PREFIX, ECS_ROLE_AXIS, 0, "byte");
    ecs_memory_scale(&m, y++);
    for (; shown < lines && y + each - 1 < last; shown++) {
        int n = owners(p, shown, who, sizeof who);
        snprintf(name, sizeof name, "line %u", shown);
        ecs_text(c, r.x, y, PREFIX, ECS_ROLE_TEXT, 0, name);
        one_line(&m, p, shown, y);
        if (beside)
            state(c, m.x + m.cells + 2, y, r.x + r.w - m.x - m.cells - 2, n, who);
        else
            state(c, m.x, y + 1, r.x + r.w - m.x, n, who);
        y += each;
    }
    if (last > r.y)
        summary(c, r, y < last ? y + (last - y > 1) : last, p, lines, shown);
}
