#include "tui/ascii.h"

#include <stddef.h>

/* U+00A0 … U+00FF. */
static const char latin[96 + 1] =
    " !c#oY|S\"ca<--r-o~23'uP.,1o>????"
    "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTs"
    "aaaaaaaceeeeiiiidnooooo/ouuuuyty";

static const struct { uint32_t ch; char ascii; } likeness[] = {
    {0x2010, '-'}, {0x2011, '-'}, {0x2012, '-'}, {0x2013, '-'}, {0x2014, '-'}, {0x2016, '|'},
    {0x2018, '\''}, {0x2019, '\''}, {0x201c, '"'}, {0x201d, '"'}, {0x2022, '*'}, {0x2026, '.'},
    {0x2190, '<'}, {0x2191, '^'}, {0x2192, '>'}, {0x2193, 'v'}, {0x2212, '-'}, {0x221e, '~'},
    {0x2248, '~'}, {0x2260, '!'}, {0x2264, '<'}, {0x2265, '>'}, {0x25a0, '#'}, {0x25a1, 'o'},
    {0x25a3, '#'}, {0x25b2, '^'}, {0x25b6, '>'}, {0x25b8, '>'}, {0x25bc, 'v'}, {0x25c0, '<'},
    {0x25c2, '<'}, {0x25c9, 'O'}, {0x25cb, 'o'}, {0x25cf, '*'}, {0x25d0, '*'}, {0x25f7, '@'},
    {0x2713, 'v'}, {0x2717, 'x'},
};

char ecs_ascii(uint32_t ch)
{
    if (ch < 0x80)
        return ch < 0x20 || ch == 0x7f ? '?' : (char)ch;
    if (ch >= 0xa0 && ch <= 0xff)
        return latin[ch - 0xa0];
    if (ch >= 0x2460 && ch <= 0x2468)
        return (char)('1' + (ch - 0x2460));
    if (ch >= 0x2500 && ch <= 0x257f) {
        static const char lines[] = "--||--||--||";
        return ch < 0x250c ? lines[ch - 0x2500] : ch == 0x2550 || ch == 0x254c || ch == 0x2574 ||
               ch == 0x2576 ? '-' : ch == 0x2551 || ch == 0x254e ? '|' : ch == 0x2571 ? '/'
               : ch == 0x2572 ? '\\' : '+';
    }
    if (ch >= 0x2580 && ch <= 0x259f)
        return ch == 0x2591 ? '.' : ch == 0x2592 ? ':' : ch == 0x2581 ? '_' : '#';
    if (ch >= 0x2800 && ch <= 0x28ff)
        return ch == 0x2800 ? ' ' : '*';
    for (size_t i = 0; i < sizeof likeness / sizeof likeness[0]; i++)
        if (likeness[i].ch == ch)
            return likeness[i].ascii;
    return '?';
}
