#include "tui/widgets/box.h"

#include <stddef.h>

#include "tui/utf8.h"

int ecs_text_cut(struct ecs_canvas *c, int x, int y, int max, enum ecs_role role, int attr,
                 const char *s)
{
    if (max <= 0)
        return 0;
    if (ecs_columns(s) <= max)
        return ecs_text(c, x, y, max, role, attr, s);
    int used = ecs_text(c, x, y, max - 1, role, attr, s);
    ecs_put(c, x + used, y, 0x2026, role, attr);
    return used + 1;
}

int ecs_text_right(struct ecs_canvas *c, int x, int y, int max, enum ecs_role role, int attr,
                   const char *s)
{
    int w = ecs_columns(s);

    if (w > max)
        return ecs_text_cut(c, x, y, max, role, attr, s);
    return ecs_text(c, x + max - w, y, w, role, attr, s);
}

void ecs_hline(struct ecs_canvas *c, int x, int y, int w, uint32_t ch, enum ecs_role role)
{
    for (int i = 0; i < w; i++)
        ecs_put(c, x + i, y, ch, role, 0);
}

struct ecs_rect ecs_inset(struct ecs_rect r, int x, int y)
{
    struct ecs_rect in = {r.x + x, r.y + y, r.w - 2 * x, r.h - 2 * y};

    in.w = in.w < 0 ? 0 : in.w;
    in.h = in.h < 0 ? 0 : in.h;
    return in;
}

static void frame(struct ecs_canvas *c, struct ecs_rect r)
{
    int right = r.x + r.w - 1, bottom = r.y + r.h - 1;

    ecs_hline(c, r.x, r.y, r.w, 0x2500, ECS_ROLE_BORDER);
    ecs_hline(c, r.x, bottom, r.w, 0x2500, ECS_ROLE_BORDER);
    for (int y = r.y + 1; y < bottom; y++) {
        ecs_put(c, r.x, y, 0x2502, ECS_ROLE_BORDER, 0);
        ecs_put(c, right, y, 0x2502, ECS_ROLE_BORDER, 0);
    }
    ecs_put(c, r.x, r.y, 0x256d, ECS_ROLE_BORDER, 0);
    ecs_put(c, right, r.y, 0x256e, ECS_ROLE_BORDER, 0);
    ecs_put(c, r.x, bottom, 0x2570, ECS_ROLE_BORDER, 0);
    ecs_put(c, right, bottom, 0x256f, ECS_ROLE_BORDER, 0);
}

/* A rule leaves a column of air before a panel on its right. */
static int rule_end(const struct ecs_canvas *c, struct ecs_rect r)
{
    return r.x + r.w - (r.x + r.w < c->w ? 1 : 0);
}

/* " text " on a border, ending at column `end`; returns the column it begins at. */
static int on_border(struct ecs_canvas *c, int begin, int end, int y, enum ecs_role role,
                     const char *s)
{
    int w = ecs_columns(s) + 2, x = end - w;

    if (!s[0] || x < begin)
        return end;
    ecs_put(c, x, y, ' ', role, 0);
    ecs_text(c, x + 1, y, w - 2, role, 0, s);
    ecs_put(c, end - 1, y, ' ', role, 0);
    return x;
}

struct ecs_rect ecs_box_draw(struct ecs_canvas *c, struct ecs_rect r, const struct ecs_box *box)
{
    int left = r.x + (box->framed ? 2 : 1), end = r.x + r.w - (box->framed ? 2 : 1);
    struct ecs_rect in = {r.x + 1, r.y + 1, r.w - 2, r.h - 1};

    if (box->framed) {
        frame(c, r);
        in = ecs_inset(r, 2, 1);
    } else {
        ecs_hline(c, r.x, r.y, rule_end(c, r) - r.x, 0x2500, ECS_ROLE_BORDER);
        end = rule_end(c, r) - 1;
    }
    if (box->badge)
        end = on_border(c, left, end, r.y, ECS_ROLE_BADGE, box->badge) - 1;
    if (end - left > 4) {
        ecs_put(c, left, r.y, ' ', ECS_ROLE_TITLE, 0);
        int used =
            ecs_text_cut(c, left + 1, r.y, end - left - 2, ECS_ROLE_TITLE, ECS_BOLD, box->title);
        ecs_put(c, left + 1 + used, r.y, ' ', ECS_ROLE_TITLE, 0);
    }
    in.w = in.w < 0 ? 0 : in.w;
    in.h = in.h < 0 ? 0 : in.h;
    return in;
}

bool ecs_box_note(struct ecs_canvas *c, struct ecs_rect r, const struct ecs_box *box,
                  enum ecs_role role, const char *note)
{
    int begin = r.x + (box->framed ? 2 : 1), end = r.x + r.w - 2;
    int y = box->framed ? r.y + r.h - 1 : r.y;

    if (y < 0 || y >= c->h || end > c->w)
        return false;
    const struct ecs_cell *row = &c->cell[(size_t)y * (size_t)c->w];
    while (end > begin && row[end - 1].ch != 0x2500)
        end--;
    int from = end;
    while (from > begin && row[from - 1].ch == 0x2500)
        from--;
    return on_border(c, from + 1, end - 1, y, role, note) < end - 1;
}
