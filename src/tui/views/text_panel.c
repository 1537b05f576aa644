#include "tui/views/views.h"

#include <stdio.h>
#include <string.h>

#include "tui/views/text_page.h"

enum { WIDEST = 88 };

/* The pen for a page inside `in`; lines longer than a reader's eye can follow are not drawn. */
static struct ecs_pen pen_for(struct ecs_canvas *c, struct ecs_rect in)
{
    struct ecs_pen pen = {.c = c, .area = in};

    pen.area.w = in.w > WIDEST ? WIDEST : in.w;
    return pen;
}

static int measure(const struct ecs_scene *s, int width, struct ecs_focus *focus)
{
    struct ecs_pen pen = pen_for(NULL, (struct ecs_rect){0, 0, width, 0});

    *focus = (struct ecs_focus){.first = -1, .marked = -1};
    ecs_text_page(s, &pen, focus);
    return pen.y;
}

int ecs_panel_text_rows(const struct ecs_scene *s, int width, bool framed)
{
    struct ecs_focus focus;

    return measure(s, width - (framed ? 4 : 2), &focus) + (framed ? 2 : 1);
}

static int clamp(int v, int low, int high)
{
    return v > high ? (high < low ? low : high) : v < low ? low : v;
}

/* Where the page stands before the reader scrolls: what is asked, or the latest answer, is in view.
 */
static int resting(const struct ecs_focus *f, int lines, int rows)
{
    int last = lines > rows ? lines - rows : 0;

    if (f->first < 0 || last == 0)
        return 0;
    if (!f->asked)
        return clamp(f->first, 0, last);
    int at = clamp(f->last - rows, 0, f->first);
    if (f->marked >= 0 && f->marked - at >= rows - 1)
        at = f->marked - rows + 2;
    return clamp(at, 0, last);
}

static struct ecs_rect inside(struct ecs_rect r, bool framed)
{
    return framed ? ecs_inset(r, 2, 1) : (struct ecs_rect){r.x + 1, r.y + 1, r.w - 2, r.h - 1};
}

void ecs_view_scroll_range(const struct ecs_ui *ui, int w, int h, int *low, int *high)
{
    struct ecs_scene s;
    struct ecs_focus focus;

    *low = *high = 0;
    ecs_scene_make(&s, ui, NULL, NULL);
    struct ecs_layout l = ecs_view_layout(&s, w, h);
    if (!s.player || !l.shown[ECS_SLOT_TEXT])
        return;
    struct ecs_rect in = inside(l.r[ECS_SLOT_TEXT], l.boxed);
    int lines = measure(&s, in.w, &focus), rest = resting(&focus, lines, in.h);
    *low = -rest;
    *high = (lines > in.h ? lines - in.h : 0) - rest;
}

static void note(const struct ecs_scene *s, struct ecs_rect r, const struct ecs_box *box, int above,
                 int below)
{
    char text[64];

    if (above <= 0 && below <= 0)
        return;
    if (above > 0 && below > 0)
        snprintf(text, sizeof text, "\u2191 %d \u2193 %d more lines", above, below);
    else
        snprintf(text, sizeof text, "%s %d more line%s", above > 0 ? "\u2191" : "\u2193",
                 above > 0 ? above : below, (above > 0 ? above : below) == 1 ? "" : "s");
    ecs_box_note(s->c, r, box, ECS_ROLE_KEY, text);
}

void ecs_panel_text(const struct ecs_scene *s, struct ecs_rect r, bool framed)
{
    struct ecs_box box = {.title = s->step ? s->step->title
                                           : "What you predicted, and what the machine said",
                          .framed = framed};
    struct ecs_focus focus;

    if (!s->player)
        return;
    struct ecs_rect in = ecs_box_draw(s->c, r, &box);
    int lines = measure(s, in.w, &focus);
    struct ecs_pen pen = pen_for(s->c, in);
    pen.scroll = clamp(resting(&focus, lines, in.h) + s->ui->text_scroll, 0, lines - in.h);
    ecs_text_page(s, &pen, &focus);
    note(s, r, &box, pen.scroll, lines - pen.scroll - in.h);
}
