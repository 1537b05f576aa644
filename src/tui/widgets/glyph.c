#include "tui/widgets/glyph.h"

/* Sorted by code point. */
static const struct { uint16_t utf; char ascii; } table[] = {
    {0x00a0, ' '}, {0x00ab, '<'}, {0x00b0, 'o'}, {0x00b1, '+'}, {0x00b2, '2'}, {0x00b5, 'u'},
    {0x00b7, '.'}, {0x00bb, '>'}, {0x00bd, '/'}, {0x00d7, 'x'}, {0x03bc, 'u'}, {0x2010, '-'},
    {0x2011, '-'}, {0x2013, '-'}, {0x2014, '-'}, {0x2016, '='}, {0x2018, '\''}, {0x2019, '\''},
    {0x201c, '"'}, {0x201d, '"'}, {0x2022, '*'}, {0x2026, '.'}, {0x203a, '>'}, {0x2190, '<'},
    {0x2191, '^'}, {0x2192, '>'}, {0x2193, 'v'}, {0x2194, '-'}, {0x21c4, '='}, {0x2248, '~'},
    {0x2260, '!'}, {0x2264, '<'}, {0x2265, '>'}, {0x2500, '-'}, {0x2501, '='}, {0x2502, '|'},
    {0x2504, '-'}, {0x2506, ':'}, {0x250a, ':'}, {0x250c, '+'}, {0x2510, '+'}, {0x2514, '+'},
    {0x2518, '+'}, {0x251c, '+'}, {0x2524, '+'}, {0x252c, '+'}, {0x2534, '+'}, {0x253c, '+'},
    {0x254c, '-'}, {0x254e, ':'}, {0x2550, '='}, {0x256d, '+'}, {0x256e, '+'}, {0x256f, '+'},
    {0x2570, '+'}, {0x2574, '-'}, {0x2576, '-'}, {0x2580, '"'}, {0x2581, '_'}, {0x2582, '_'},
    {0x2583, '.'}, {0x2584, '.'}, {0x2585, ':'}, {0x2586, ':'}, {0x2587, '|'}, {0x2588, '#'},
    {0x2589, '#'}, {0x258a, '#'}, {0x258b, '='}, {0x258c, '='}, {0x258d, '-'}, {0x258e, '-'},
    {0x258f, '|'}, {0x2590, '='}, {0x2591, '.'}, {0x2592, ':'}, {0x2593, '%'}, {0x2595, '|'},
    {0x25a0, '#'}, {0x25a3, '#'}, {0x25b2, '^'}, {0x25b4, '^'}, {0x25b6, '>'}, {0x25b8, '>'},
    {0x25bc, 'v'}, {0x25be, 'v'}, {0x25c0, '<'}, {0x25c2, '<'}, {0x25c6, '*'}, {0x25c7, 'o'},
    {0x25c9, '@'}, {0x25cb, 'o'}, {0x25cf, '*'}, {0x25d0, '+'}, {0x2713, '+'}, {0x2717, 'x'},
};

uint32_t ecs_ascii_glyph(uint32_t ch)
{
    size_t low = 0, high = sizeof table / sizeof table[0];

    if (ch < 0x80)
        return ch;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (table[middle].utf == ch)
            return (uint32_t)table[middle].ascii;
        if (table[middle].utf < ch)
            low = middle + 1;
        else
            high = middle;
    }
    return '?';
}

void ecs_canvas_to_ascii(struct ecs_canvas *c)
{
    size_t n = (size_t)c->w * (size_t)c->h;

    for (size_t i = 0; i < n; i++) {
        if (c->cell[i].attr & ECS_WIDE_TAIL)
            c->cell[i].ch = '?';
        else
            c->cell[i].ch = ecs_ascii_glyph(c->cell[i].ch);
        c->cell[i].attr &= (uint8_t)~ECS_WIDE_TAIL;
    }
}

uint32_t ecs_glyph_used(size_t index)
{
    return index < sizeof table / sizeof table[0] ? table[index].utf : 0;
}
