#include "tui/widgets/big.h"

#include <stddef.h>


/* Three by five dots, two to a cell. */
static const struct { char ch; const char *row[ECS_BIG_ROWS]; } font[] = {
    {'0', {"█▀█", "█ █", "▀▀▀"}}, {'1', {"▄█ ", " █ ", "▀▀▀"}}, {'2', {"▀▀█", "█▀▀", "▀▀▀"}},
    {'3', {"▀▀█", "▀▀█", "▀▀▀"}}, {'4', {"█ █", "▀▀█", "  ▀"}}, {'5', {"█▀▀", "▀▀█", "▀▀▀"}},
    {'6', {"█▀▀", "█▀█", "▀▀▀"}}, {'7', {"▀▀█", "  █", "  ▀"}}, {'8', {"█▀█", "█▀█", "▀▀▀"}},
    {'9', {"█▀█", "▀▀█", "▀▀▀"}}, {'.', {" ", " ", "▀"}},       {'x', {"▄ ▄", "▄▀▄", "   "}},
};

static const char *const *glyph(char ch)
{
    for (size_t i = 0; i < sizeof font / sizeof font[0]; i++)
        if (font[i].ch == ch)
            return font[i].row;
    return NULL;
}

int ecs_big_columns(const char *s)
{
    int columns = 0;

    for (; *s; s++)
        if (glyph(*s))
            columns += ecs_columns(glyph(*s)[0]) + 1;
    return columns ? columns - 1 : 0;
}

void ecs_big_text(struct ecs_canvas *c, int x, int y, enum ecs_role role, const char *s)
{
    for (; *s; s++) {
        const char *const *rows = glyph(*s);
        if (!rows)
            continue;
        for (int i = 0; i < ECS_BIG_ROWS; i++)
            ecs_text(c, x, y + i, 3, role, 0, rows[i]);
        x += ecs_columns(rows[0]) + 1;
    }
}
