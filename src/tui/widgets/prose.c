#include "tui/widgets/prose.h"

#include <stdarg.h>
#include <stdio.h>

#include "lesson/lesson.h"
#include "tui/utf8.h"

#define MAX_COLUMNS 256

struct line {
    struct ecs_pen *pen;
    int indent, width;          /* of the text, lead left out */
    int n, columns;             /* cells held; columns they take */
    int space;                  /* last blank in it, -1 none */
    int lines;
    struct { uint32_t ch; uint8_t role, attr; int8_t width; } cell[MAX_COLUMNS];
};

int ecs_pen_row(const struct ecs_pen *p, int y)
{
    int row = y - p->scroll;
    return p->c && row >= 0 && row < p->area.h ? p->area.y + row : -1;
}

static void emit(struct line *l, int cells)
{
    int row = ecs_pen_row(l->pen, l->pen->y), x = l->pen->area.x + l->indent;

    for (int i = 0; i < cells && row >= 0; i++) {
        ecs_put(l->pen->c, x, row, l->cell[i].ch, l->cell[i].role, l->cell[i].attr);
        x += l->cell[i].width;
    }
    l->pen->y++;
    l->lines++;
}

/* Drops the first `from` cells: they have been written or are the blank that was broken at. */
static void keep_rest(struct line *l, int from)
{
    int n = 0, columns = 0;

    l->space = -1;
    for (int i = from; i < l->n; i++) {
        l->cell[n] = l->cell[i];
        columns += l->cell[n].width;
        if (l->cell[n].ch == ' ')
            l->space = n;
        n++;
    }
    l->n = n;
    l->columns = columns;
}

static void break_line(struct line *l)
{
    if (l->space > 0) {
        int at = l->space;
        emit(l, at);
        keep_rest(l, at + 1);
    } else {
        emit(l, l->n);
        keep_rest(l, l->n);
    }
}

static void add(struct line *l, uint32_t ch, enum ecs_role role, int attr)
{
    int w = ecs_char_width(ch);

    if (w < 1)
        return;
    if (l->columns + w > l->width && ch == ' ' && l->n) {
        emit(l, l->n);
        keep_rest(l, l->n);
        return;
    }
    while (l->columns + w > l->width && l->n)
        break_line(l);
    if (ch == ' ')
        l->space = l->n;
    l->cell[l->n].ch = ch;
    l->cell[l->n].role = (uint8_t)role;
    l->cell[l->n].attr = (uint8_t)attr;
    l->cell[l->n++].width = (int8_t)w;
    l->columns += w;
}

static void end_line(struct line *l)
{
    emit(l, l->n);
    keep_rest(l, l->n);
}

static void set_width(struct line *l, int indent)
{
    int room = l->pen->area.w - indent;

    l->indent = indent;
    l->width = room < 1 ? 1 : room > MAX_COLUMNS ? MAX_COLUMNS : room;
}

struct marks { bool bold, emph, code, pre; };

static enum ecs_role marked_role(const struct marks *m, struct ecs_pen_style style)
{
    return m->code || m->pre ? ECS_ROLE_CODE : style.role;
}

static int marked_attr(const struct marks *m, struct ecs_pen_style style)
{
    return style.attr | (m->bold ? ECS_BOLD : 0) | (m->emph ? ECS_UNDERLINE : 0);
}

/* True if `ch` is a mark and not text. */
static bool take_mark(struct line *l, struct marks *m, int indent, uint32_t ch)
{
    switch (ch) {
    case ECS_TEXT_BOLD: m->bold = !m->bold; return true;
    case ECS_TEXT_EMPH: m->emph = !m->emph; return true;
    case ECS_TEXT_CODE: m->code = !m->code; return true;
    case ECS_TEXT_PRE: m->pre = true; set_width(l, indent + 2); return true;
    case ECS_TEXT_ITEM:
        set_width(l, indent + 2);
        if (ecs_pen_row(l->pen, l->pen->y) >= 0)
            ecs_put(l->pen->c, l->pen->area.x + indent, ecs_pen_row(l->pen, l->pen->y), 0x2022,
                    ECS_ROLE_MUTED, 0);
        return true;
    default: return ch < ' ' && ch != '\n';
    }
}

static bool is_tight(const char *s)
{
    return *s == ECS_TEXT_ITEM || *s == ECS_TEXT_PRE;
}

int ecs_pen_text(struct ecs_pen *p, int indent, const char *lead, struct ecs_pen_style style,
                 const char *text)
{
    struct line l = {.pen = p, .space = -1};
    struct marks m = {0};
    bool tight = is_tight(text);
    int row = ecs_pen_row(p, p->y);

    set_width(&l, indent);
    if (lead && row >= 0)
        ecs_text(p->c, p->area.x, row, indent, style.role, style.attr, lead);
    while (*text) {
        uint32_t ch = ecs_utf8_next(&text);
        if (take_mark(&l, &m, indent, ch))
            continue;
        if (ch != '\n') {
            add(&l, ch, marked_role(&m, style), marked_attr(&m, style));
            continue;
        }
        end_line(&l);
        if (*text && !(tight && is_tight(text)))
            emit(&l, 0);
        tight = is_tight(text);
        m.pre = false;
        set_width(&l, indent);
    }
    if (l.n || !l.lines)
        end_line(&l);
    return l.lines;
}

int ecs_pen_textf(struct ecs_pen *p, int indent, const char *lead, struct ecs_pen_style style,
                  const char *fmt, ...)
{
    char text[2048];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return ecs_pen_text(p, indent, lead, style, text);
}

void ecs_pen_gap(struct ecs_pen *p)
{
    if (p->y > 0)
        p->y++;
}
