#include "tui/views/views.h"

#include <stdio.h>
#include <string.h>

#include "tui/widgets/prose.h"

enum { SIDE_BY_SIDE = 76, ROOMY_ROWS = 3 };

static const struct ecs_pen_style plain = {ECS_ROLE_TEXT, 0};
static const struct ecs_pen_style strong = {ECS_ROLE_TITLE, ECS_BOLD};
static const struct ecs_pen_style muted = {ECS_ROLE_MUTED, 0};

static const struct ecs_shelf_row *selected(const struct ecs_scene *s)
{
    size_t n = s->ui->n_shelf;

    return n ? &s->ui->shelf[s->ui->selected < n ? s->ui->selected : n - 1] : NULL;
}

static uint32_t state_glyph(const struct ecs_answers *a)
{
    return a->finished ? 0x25cf : a->n || a->step ? 0x25d0 : 0x25cb;
}

static void score(const struct ecs_answers *a, unsigned *right, unsigned *asked)
{
    *right = *asked = 0;
    for (size_t i = 0; i < a->n && i < ECS_MAX_ANSWERS; i++) {
        bool question = a->v[i].choice[0] || a->v[i].revealed || a->v[i].number == a->v[i].number;
        if (a->v[i].band[0] || a->v[i].toggles[0])
            continue;
        *asked += question || a->v[i].done;
        *right += a->v[i].right;
    }
}

static void state_text(const struct ecs_shelf_row *row, char *out, size_t size)
{
    const struct ecs_answers *a = &row->answers;
    unsigned right, asked;

    score(a, &right, &asked);
    if (a->finished && asked)
        snprintf(out, size, "done, %u of %u right", right, asked);
    else if (a->finished)
        snprintf(out, size, "done");
    else if (a->n || a->step)
        snprintf(out, size, "step %zu of %zu", a->step + 1, row->lesson->n);
    else
        snprintf(out, size, "new");
}

/* ---- the shelf ----------------------------------------------------------------------------- */

static void shelf_row(const struct ecs_scene *s, struct ecs_rect r, size_t index, bool roomy)
{
    const struct ecs_shelf_row *row = &s->ui->shelf[index];
    bool here = row == selected(s);
    enum ecs_role role = here ? ECS_ROLE_SELECTED : ECS_ROLE_TEXT;
    char state[64], text[160];
    int x = r.x;

    state_text(row, state, sizeof state);
    if (here)
        ecs_fill(s->c, (struct ecs_rect){r.x, r.y, r.w, 1}, ' ', ECS_ROLE_SELECTED, 0);
    ecs_put(s->c, x, r.y, here ? 0x25b8 : ' ', role, ECS_BOLD);
    ecs_textf(s->c, x + 2, r.y, 3, role, 0, "%2d", row->lesson->number);
    ecs_put(s->c, x + 5, r.y, state_glyph(&row->answers), role, 0);
    x += 7;
    int end = r.x + r.w - 1;
    if (!roomy) {
        int n = ecs_columns(state);
        snprintf(text, sizeof text, "%d min", row->lesson->minutes);
        if (r.w >= 60 + n)
            ecs_text_right(s->c, end - n - 12, r.y, 8, role, 0, text);
        if (r.w >= 40 + n) {
            ecs_text(s->c, end - n, r.y, n, role, 0, state);
            end -= n + (r.w >= 60 + n ? 12 : 2);
        }
    }
    ecs_text_cut(s->c, x, r.y, end - x, role, ECS_BOLD, row->lesson->title);
    ecs_scene_hot(s, (struct ecs_rect){r.x, r.y, r.w, roomy ? 2 : 1}, ECS_HOT_SHELF, (int)index);
    if (!roomy)
        return;
    snprintf(text, sizeof text, "%d min \u00b7 %s", row->lesson->minutes, state);
    ecs_text_cut(s->c, x, r.y + 1, end - x, ECS_ROLE_TEXT, 0, text);
}

static void shelf(const struct ecs_scene *s, struct ecs_rect r, bool framed)
{
    struct ecs_box box = {.title = "Lessons", .framed = framed};
    struct ecs_rect in = ecs_box_draw(s->c, r, &box);
    int n = (int)s->ui->n_shelf, each = n * ROOMY_ROWS - 1 <= in.h ? ROOMY_ROWS : 1;
    int fit = each == 1 ? in.h : n, at = (int)s->ui->selected, first;
    char note[48];

    first = at - fit / 2;
    first = first > n - fit ? n - fit : first;
    first = first < 0 ? 0 : first;
    for (int i = first; i < n && i < first + fit; i++)
        shelf_row(s, (struct ecs_rect){in.x, in.y + (i - first) * each, in.w, 1}, (size_t)i,
                  each > 1);
    if (n > fit) {
        snprintf(note, sizeof note, "\u2191 %d \u2193 %d more", first, n - fit - first);
        ecs_box_note(s->c, r, &box, ECS_ROLE_KEY, note);
    }
    if (n == 0) {
        struct ecs_pen pen = {.c = s->c, .area = in};
        ecs_pen_text(&pen, 0, NULL, plain, "There are no lessons here.");
    }
}

/* ---- the selected one ---------------------------------------------------------------------- */

static void steps(const struct ecs_shelf_row *row, struct ecs_pen *pen)
{
    const struct ecs_answers *a = &row->answers;
    bool begun = a->n || a->step;

    for (size_t i = 0; i < row->lesson->n; i++) {
        bool done = a->finished || i < a->step, here = begun && !a->finished && i == a->step;
        ecs_pen_text(pen, 2, done ? "\u25cf" : here ? "\u25d0" : "\u25cb", here ? strong : plain,
                     row->lesson->step[i].title);
    }
}

/* The lessons to take first, by title: what is not on the shelf cannot be taken. */
static void needs(const struct ecs_scene *s, struct ecs_pen *pen, const char *requires)
{
    for (const char *p = requires; p && *p;) {
        size_t n = strcspn(p, ", ");
        for (size_t i = 0; i < s->ui->n_shelf; i++) {
            const struct ecs_lesson *l = s->ui->shelf[i].lesson;
            if (n && strlen(l->id) == n && strncmp(l->id, p, n) == 0)
                ecs_pen_textf(pen, 0, NULL, muted, "After lesson %d, %s", l->number, l->title);
        }
        p += n + (p[n] != '\0');
    }
}

static void detail(const struct ecs_scene *s, struct ecs_rect r, bool framed)
{
    const struct ecs_shelf_row *row = selected(s);
    struct ecs_box box = {.title = row ? row->lesson->title : "", .framed = framed};
    struct ecs_pen pen = {.c = s->c, .area = ecs_box_draw(s->c, r, &box)};
    char state[64];

    if (!row)
        return;
    const struct ecs_lesson *l = row->lesson;
    pen.area.w = pen.area.w > 72 ? 72 : pen.area.w;
    ecs_pen_text(&pen, 0, NULL, plain, l->objective ? l->objective : "");
    ecs_pen_gap(&pen);
    state_text(row, state, sizeof state);
    ecs_pen_textf(&pen, 0, NULL, muted, "%d minutes \u00b7 %s", l->minutes, state);
    needs(s, &pen, l->requires);
    ecs_pen_gap(&pen);
    steps(row, &pen);
}

static void lines(const struct ecs_scene *s, int y)
{
    int w = s->c->w;

    if (s->ui->problem[0]) {
        ecs_put(s->c, 1, y, '!', ECS_ROLE_WARN, ECS_BOLD);
        ecs_text_cut(s->c, 3, y, w - 4, ECS_ROLE_WARN, 0, s->ui->problem);
    } else {
        ecs_text_cut(s->c, 1, y, w - 2, ECS_ROLE_MUTED, 0, s->ui->machine_line);
    }
}

static void footer(const struct ecs_scene *s)
{
    struct ecs_footer f = ecs_footer_begin(s);
    char label[24];

    if (s->ui->n_shelf) {
        ecs_footer_action(&f, ECS_ACTION_ENTER, "open");
        ecs_footer_add(&f, "\u2191\u2193", "choose", ECS_ACTION_DOWN, 0);
        if (s->ui->typed[0])
            snprintf(label, sizeof label, "number: %s_", s->ui->typed);
        else
            snprintf(label, sizeof label, "number");
        ecs_footer_add(&f, "0-9", label, ECS_ACTION_NONE, 0);
    }
    ecs_footer_action(&f, ECS_ACTION_THEME, NULL);
    ecs_footer_action(&f, ECS_ACTION_DOTS, NULL);
}

void ecs_view_picker(struct ecs_scene *s)
{
    int w = s->c->w, h = s->c->h;
    bool framed = w >= 90 && h >= 28;
    struct ecs_rect body = {0, 2, w, h - 3};

    ecs_view_title(s, "", w >= 70 ? "See what memory does under many threads" : "Lessons");
    lines(s, 1);
    if (w >= SIDE_BY_SIDE) {
        int left = w * 52 / 100;
        shelf(s, (struct ecs_rect){0, body.y, left, body.h}, framed);
        detail(s, (struct ecs_rect){left, body.y, w - left, body.h}, framed);
    } else if (body.h >= 14) {
        int rows = (int)s->ui->n_shelf + 2, top = rows > body.h / 2 ? body.h / 2 : rows;
        shelf(s, (struct ecs_rect){0, body.y, w, top}, framed);
        detail(s, (struct ecs_rect){0, body.y + top, w, body.h - top}, framed);
    } else {
        shelf(s, body, framed);
    }
    footer(s);
}
