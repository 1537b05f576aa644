#include "tui/widgets/free_room.h"

#include <stddef.h>

enum { MAX_W = 256, MAX_H = 96 };

static bool is_free(const struct ecs_canvas *c, int x, int y, bool over_guess)
{
    if (x < 0 || y < 0 || x >= c->w || y >= c->h)
        return false;
    const struct ecs_cell *at = &c->cell[(size_t)y * (size_t)c->w + (size_t)x];
    return at->ch == ' ' || at->ch == 0x250a
           || (at->role == ECS_ROLE_GUESS && (over_guess || at->ch == 0xb7));
}

/* run[x]: free cells from x on, to the right. */
static void runs(const struct ecs_canvas *c, struct ecs_rect a, int y, bool over_guess,
                 uint8_t *run)
{
    int n = 0;

    for (int x = a.w - 1; x >= 0; x--) {
        n = is_free(c, a.x + x, a.y + y, over_guess) ? n + 1 : 0;
        run[x] = (uint8_t)(n > 255 ? 255 : n);
    }
}

static bool find_room(const struct ecs_canvas *c, struct ecs_rect area, int w, int h, int x, int y,
                      bool over_guess, struct ecs_rect *out)
{
    uint8_t run[MAX_H][MAX_W];
    long best = -1;

    area.w = area.w > MAX_W ? MAX_W : area.w;
    area.h = area.h > MAX_H ? MAX_H : area.h;
    for (int i = 0; i < area.h; i++)
        runs(c, area, i, over_guess, run[i]);
    for (int top = 0; top + h <= area.h; top++) {
        for (int left = 0; left + w <= area.w; left++) {
            int air = left ? 1 : 0, k = 0;
            while (k < h && run[top + k][left - air] >= w + air + (left + w < area.w))
                k++;
            if (k < h)
                continue;
            long dx = area.x + left + w / 2 - x, dy = 3L * (area.y + top + h / 2 - y);
            if (best >= 0 && dx * dx + dy * dy >= best)
                continue;
            best = dx * dx + dy * dy;
            *out = (struct ecs_rect){area.x + left, area.y + top, w, h};
        }
    }
    return best >= 0;
}

bool ecs_free_room(const struct ecs_canvas *c, struct ecs_rect area, int w, int h, int x, int y,
                   struct ecs_rect *out)
{
    return find_room(c, area, w, h, x, y, false, out);
}

bool ecs_free_room_over_guess(const struct ecs_canvas *c, struct ecs_rect area, int w, int h, int x,
                              int y, struct ecs_rect *out)
{
    return find_room(c, area, w, h, x, y, true, out);
}
