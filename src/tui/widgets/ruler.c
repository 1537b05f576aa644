#include "tui/widgets/ruler.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/widgets/box.h"

enum { LABEL = 7 };

struct scale { double low, high; int x, w; };

static int place(const struct scale *s, double v)
{
    double part = (log(v) - log(s->low)) / (log(s->high) - log(s->low));
    double column = floor(part * (s->w - 1) + 0.5);

    return s->x + (int)(column < 0 ? 0 : column > s->w - 1 ? s->w - 1 : column);
}

static void widen(struct scale *s, double v)
{
    if (!isfinite(v) || v <= 0)
        return;
    s->low = v / 1.25 < s->low ? v / 1.25 : s->low;
    s->high = v * 1.25 > s->high ? v * 1.25 : s->high;
}

static void guess(struct ecs_canvas *c, const struct scale *s, int y, const struct ecs_ruler *r)
{
    if (isnan(r->guess_low) || isnan(r->guess_high))
        return;
    int from = r->guess_low > 0 ? place(s, r->guess_low) : s->x;
    int to = isfinite(r->guess_high) ? place(s, r->guess_high) : s->x + s->w - 1;
    for (int i = from; i <= to; i++)
        ecs_put(c, i, y, 0x2592, ECS_ROLE_GUESS, 0);
    if (!isfinite(r->guess_high))
        ecs_put(c, to, y, 0x25b8, ECS_ROLE_GUESS, 0);
}

static void result(struct ecs_canvas *c, const struct scale *s, int y, const struct ecs_ruler *r)
{
    if (!isfinite(r->median) || r->median <= 0)
        return;
    int low = isfinite(r->low) && r->low > 0 ? place(s, r->low) : place(s, r->median);
    int high = isfinite(r->high) ? place(s, r->high) : place(s, r->median);
    ecs_hline(c, low, y, high - low + 1, 0x2500, ECS_ROLE_TEXT);
    if (low < high) {
        ecs_put(c, low, y, 0x251c, ECS_ROLE_TEXT, 0);
        ecs_put(c, high, y, 0x2524, ECS_ROLE_TEXT, 0);
    }
    ecs_put(c, place(s, r->median), y, 0x25cf, ECS_ROLE_TEXT, ECS_BOLD);
}

/* 1x always; then the other steps of 1-2-5 while they do not touch. */
static void scale_row(struct ecs_canvas *c, const struct scale *s, int y)
{
    static const double step[] = {1, .1, 10, 100, .01, 1000, .5, 2, 5, 20, 50, 200, .2, 500, .05};
    bool taken[512] = {false};
    char text[16];

    for (size_t i = 0; i < sizeof step / sizeof step[0]; i++) {
        if (step[i] < s->low * 0.999 || step[i] > s->high * 1.001)
            continue;
        snprintf(text, sizeof text, "%g\u00d7", step[i]);
        int w = ecs_columns(text), x = place(s, step[i]) - (w - 1) / 2;
        x = x < s->x ? s->x : x > s->x + s->w - w ? s->x + s->w - w : x;
        bool room = true;
        for (int k = x - s->x - 1; k <= x - s->x + w; k++)
            room = room && (k < 0 || k >= 512 || !taken[k]);
        if (!room)
            continue;
        memset(taken + (x - s->x), 1, (size_t)w);
        ecs_text(c, x, y, w, ECS_ROLE_AXIS, 0, text);
    }
}

void ecs_ruler_draw(struct ecs_canvas *c, int x, int y, int w, const struct ecs_ruler *r)
{
    struct scale s = {0.5, 2, x + LABEL, w - LABEL > 500 ? 500 : w - LABEL};

    if (s.w < 12)
        return;
    widen(&s, r->guess_low);
    widen(&s, r->guess_high);
    widen(&s, r->low);
    widen(&s, r->high);
    widen(&s, r->median);
    int one = place(&s, 1);
    for (int i = 0; i < 2; i++)
        ecs_put(c, one, y + i, 0x250a, ECS_ROLE_AXIS, 0);
    ecs_text(c, x, y, LABEL, ECS_ROLE_GUESS, 0, "guess");
    ecs_text(c, x, y + 1, LABEL, ECS_ROLE_TEXT, 0, "result");
    guess(c, &s, y, r);
    result(c, &s, y + 1, r);
    scale_row(c, &s, y + 2);
}
