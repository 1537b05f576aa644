#include "tui/canvas.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tui/utf8.h"

/* More than any terminal has; keeps w * h far from overflow. */
#define MAX_SIDE 4096

static const struct ecs_cell blank = {.ch = ' ', .role = ECS_ROLE_TEXT};

static int clamp_side(int n)
{
    return n < 0 ? 0 : n > MAX_SIDE ? MAX_SIDE : n;
}

int ecs_canvas_init(struct ecs_canvas *c, int w, int h)
{
    w = clamp_side(w);
    h = clamp_side(h);
    *c = (struct ecs_canvas){.w = 0, .h = 0, .cell = NULL};
    c->cell = malloc(((size_t)w * (size_t)h + 1) * sizeof *c->cell);
    if (!c->cell)
        return -ENOMEM;
    c->w = w;
    c->h = h;
    ecs_canvas_clear(c);
    return 0;
}

int ecs_canvas_resize(struct ecs_canvas *c, int w, int h)
{
    struct ecs_canvas fresh;

    if (c->cell && clamp_side(w) == c->w && clamp_side(h) == c->h) {
        ecs_canvas_clear(c);
        return 0;
    }
    int rc = ecs_canvas_init(&fresh, w, h);
    if (rc < 0)
        return rc;
    ecs_canvas_free(c);
    *c = fresh;
    return 0;
}

void ecs_canvas_free(struct ecs_canvas *c)
{
    free(c->cell);
    *c = (struct ecs_canvas){.w = 0, .h = 0, .cell = NULL};
}

void ecs_canvas_clear(struct ecs_canvas *c)
{
    size_t n = (size_t)c->w * (size_t)c->h;
    for (size_t i = 0; i < n; i++)
        c->cell[i] = blank;
}

static struct ecs_cell *cell_at(struct ecs_canvas *c, int x, int y)
{
    if (x < 0 || y < 0 || x >= c->w || y >= c->h)
        return NULL;
    return &c->cell[(size_t)y * (size_t)c->w + (size_t)x];
}

/* Whoever writes over one half of a wide character leaves no other half behind. */
static void unpair(struct ecs_canvas *c, int x, int y)
{
    struct ecs_cell *here = cell_at(c, x, y);
    if (!here)
        return;
    struct ecs_cell *right = cell_at(c, x + 1, y);
    if (here->attr & ECS_WIDE_TAIL) {
        cell_at(c, x - 1, y)->ch = ' ';
        here->attr &= (uint8_t)~ECS_WIDE_TAIL;
        here->ch = ' ';
    } else if (right && right->attr & ECS_WIDE_TAIL) {
        right->attr &= (uint8_t)~ECS_WIDE_TAIL;
        right->ch = ' ';
    }
}

static void set(struct ecs_canvas *c, int x, int y, uint32_t ch, enum ecs_role role, int attr)
{
    struct ecs_cell *cell = cell_at(c, x, y);
    if (!cell)
        return;
    unpair(c, x, y);
    *cell = (struct ecs_cell){.ch = ch, .role = (uint8_t)role, .attr = (uint8_t)attr};
}

void ecs_put(struct ecs_canvas *c, int x, int y, uint32_t ch, enum ecs_role role, int attr)
{
    int width = ecs_char_width(ch);

    attr &= ECS_BOLD | ECS_REVERSE | ECS_UNDERLINE;
    if (width < 1)
        return;
    if (width == 1) {
        set(c, x, y, ch, role, attr);
        return;
    }
    /* Half a wide character at an edge cannot be shown: its visible half is a space. */
    bool whole = cell_at(c, x, y) && cell_at(c, x + 1, y);
    set(c, x, y, whole ? ch : ' ', role, attr);
    set(c, x + 1, y, ' ', role, attr);
    if (whole) {
        cell_at(c, x, y)->ch = ch;
        cell_at(c, x + 1, y)->attr |= ECS_WIDE_TAIL;
    }
}

int ecs_text(struct ecs_canvas *c, int x, int y, int max, enum ecs_role role, int attr,
             const char *s)
{
    int used = 0;

    while (*s) {
        uint32_t ch = ecs_utf8_next(&s);
        int width = ecs_char_width(ch);
        if (width < 1)
            continue;
        if (width > max - used)
            break;
        ecs_put(c, x + used, y, ch, role, attr);
        used += width;
    }
    return used;
}

int ecs_textf(struct ecs_canvas *c, int x, int y, int max, enum ecs_role role, int attr,
              const char *fmt, ...)
{
    char text[1024];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return ecs_text(c, x, y, max, role, attr, text);
}

void ecs_fill(struct ecs_canvas *c, struct ecs_rect r, uint32_t ch, enum ecs_role role, int attr)
{
    int width = ecs_char_width(ch);
    int top = r.y < 0 ? 0 : r.y, bottom = r.y + r.h > c->h ? c->h : r.y + r.h;
    int left = r.x < 0 ? 0 : r.x, right = r.x + r.w > c->w ? c->w : r.x + r.w;

    if (width < 1)
        return;
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x += width)
            ecs_put(c, x, y, x + width > right ? ' ' : ch, role, attr);
}

int ecs_columns(const char *s)
{
    int columns = 0;

    while (*s) {
        int width = ecs_char_width(ecs_utf8_next(&s));
        columns += width > 0 ? width : 0;
    }
    return columns;
}

char *ecs_canvas_text(const struct ecs_canvas *c)
{
    char *out = malloc(((size_t)c->w * 4 + 1) * (size_t)c->h + 1), *p = out;

    if (!out)
        return NULL;
    for (int y = 0; y < c->h; y++) {
        for (int x = 0; x < c->w; x++) {
            const struct ecs_cell *cell = &c->cell[(size_t)y * (size_t)c->w + (size_t)x];
            if (!(cell->attr & ECS_WIDE_TAIL))
                p += ecs_utf8_put(cell->ch, p);
        }
        *p++ = '\n';
    }
    *p = '\0';
    return out;
}

/* The letter of the role: lower case; bold: upper case; reversed: circled; underlined:
 * parenthesised; both: fullwidth. Plain text is a dot, so that the rest stands out. */
static uint32_t role_letter(const struct ecs_cell *cell)
{
    static const uint32_t base[] = {
        'a', 'A',
        [ECS_REVERSE] = 0x24d0, [ECS_REVERSE | ECS_BOLD] = 0x24b6,
        [ECS_UNDERLINE] = 0x249c, [ECS_UNDERLINE | ECS_BOLD] = 0x1f110,
        [ECS_UNDERLINE | ECS_REVERSE] = 0xff41,
        [ECS_UNDERLINE | ECS_REVERSE | ECS_BOLD] = 0xff21,
    };
    unsigned attr = cell->attr & (ECS_BOLD | ECS_REVERSE | ECS_UNDERLINE);

    _Static_assert(ECS_ROLES <= 26, "one letter of the alphabet for each role");
    if (cell->role == ECS_ROLE_TEXT && attr == 0)
        return '.';
    return base[attr] + cell->role;
}

char *ecs_canvas_roles(const struct ecs_canvas *c)
{
    char *out = malloc(((size_t)c->w * 4 + 1) * (size_t)c->h + 1), *p = out;

    if (!out)
        return NULL;
    for (int y = 0; y < c->h; y++) {
        for (int x = 0; x < c->w; x++)
            p += ecs_utf8_put(role_letter(&c->cell[(size_t)y * (size_t)c->w + (size_t)x]), p);
        *p++ = '\n';
    }
    *p = '\0';
    return out;
}
