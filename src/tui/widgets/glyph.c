#include "tui/widgets/glyph.h"

#include <stddef.h>

#include "tui/ascii.h"

/* Where the nearest likeness would make two states one, or would not read as what it means here. */
static const struct { uint32_t utf; char ascii; } own[] = {
    {0x00b7, '.'}, {0x00bd, '/'}, {0x2016, '='}, {0x2195, '|'}, {0x2500, '-'}, {0x2502, '|'},
    {0x250a, ':'}, {0x254c, '~'}, {0x254e, ':'}, {0x2580, '"'}, {0x2581, '_'}, {0x2582, '_'},
    {0x2583, '.'}, {0x2584, '.'}, {0x2585, ':'}, {0x2586, ':'}, {0x258c, '#'}, {0x2591, '.'},
    {0x2592, ':'}, {0x2593, '%'}, {0x25b4, '^'}, {0x25be, 'v'}, {0x25cb, 'o'}, {0x25cf, '*'},
    {0x25d0, '@'}, {0x25c6, '*'}, {0x25c7, 'o'}, {0x2713, '+'}, {0x2717, 'x'},
};

char ecs_ascii_glyph(uint32_t ch)
{
    for (size_t i = 0; ch >= 0x80 && i < sizeof own / sizeof own[0]; i++)
        if (own[i].utf == ch)
            return own[i].ascii;
    return ecs_ascii(ch);
}

void ecs_canvas_to_ascii(struct ecs_canvas *c)
{
    size_t n = (size_t)c->w * (size_t)c->h;

    for (size_t i = 0; i < n; i++) {
        uint8_t *attr = &c->cell[i].attr;
        if (c->cell[i].ch >= 0x80 || *attr & ECS_WIDE_TAIL)
            c->cell[i].ch = *attr & ECS_WIDE_TAIL ? '?' : (uint32_t)ecs_ascii_glyph(c->cell[i].ch);
        *attr &= (uint8_t)~ECS_WIDE_TAIL;
    }
}
