#include "tui/widgets/memory_row.h"

#include <stdio.h>
#include <string.h>

#include "core/base/cacheline.h"

enum { WORD = 8 };

int ecs_memory_cells(int room)
{
    static const int cells[] = {96, 64, 48, 32};

    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        if (room >= cells[i] + 1)
            return cells[i];
    return 16;
}

static int column(const struct ecs_memory_row *m, int byte)
{
    return m->x + byte * m->cells / ECS_LINE;
}

void ecs_memory_blank(const struct ecs_memory_row *m, int y)
{
    for (int i = 0; i < m->cells; i++) {
        bool bar = i % (m->cells * WORD / ECS_LINE) == 0;
        ecs_put(m->c, m->x + i, y, bar ? 0x2502 : 0xb7, bar ? ECS_ROLE_BORDER : ECS_ROLE_MUTED, 0);
    }
}

void ecs_memory_end(const struct ecs_memory_row *m, int y)
{
    ecs_put(m->c, m->x + m->cells, y, 0x2502, ECS_ROLE_BORDER, 0);
}

void ecs_memory_field(const struct ecs_memory_row *m, int y, int from, int to, const char *label,
                      uint32_t fill, enum ecs_role role, int attr)
{
    from = from < 0 ? 0 : from;
    to = to > ECS_LINE ? ECS_LINE : to;
    int x = column(m, from), end = column(m, to);

    if (from >= to)
        return;
    ecs_put(m->c, x, y, 0x2502, ECS_ROLE_BORDER, 0);
    if (end == x)
        return;
    int room = end - x - 1, used = ecs_text(m->c, x + 1, y, room, role, attr, label);
    for (int i = used; i < room; i++)
        ecs_put(m->c, x + 1 + i, y, fill, role, attr);
}

void ecs_memory_scale(const struct ecs_memory_row *m, int y)
{
    char text[8];

    for (int byte = 0; byte < ECS_LINE; byte += WORD) {
        snprintf(text, sizeof text, "%d", byte);
        if (m->cells >= 32 || byte % 32 == 0)
            ecs_text(m->c, column(m, byte) + (byte > 0), y, 4, ECS_ROLE_AXIS, 0, text);
    }
}
