#include "tui/views/views.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "run/format.h"
#include "tui/widgets/big.h"
#include "tui/widgets/prose.h"
#include "tui/widgets/ruler.h"

enum { VALUE_COLUMNS = 10, NARROW_VALUE = 9, MODEL_WORD = 8, NARROW_PANEL = 40,
       MAX_ROWS = ECS_MAX_FIGURES + ECS_MAX_CHARTS };

struct ab_view { const struct ecs_scene *s; struct ecs_rect in; int y; int value; };

static int room(const struct ab_view *v)
{
    return v->in.y + v->in.h - v->y;
}

/* The one parameter that A and B differ in, -1 if there are more. */
static int compared(const struct ecs_scene *s)
{
    int found = -1;

    for (size_t i = 0; i < s->pair.n_params; i++)
        if (s->pair.a.v[i] != s->pair.b.v[i]) {
            if (found >= 0)
                return -1;
            found = (int)i;
        }
    return found;
}

/* "A" and "B" over the value of each: the parameter that they differ in is named at the left. */
static void heads(struct ab_view *v)
{
    char a[64], b[64];
    int xa = v->in.x + v->in.w - 2 * v->value + 1, xb = xa + v->value - 1, param = compared(v->s);
    struct ecs_canvas *c = v->s->c;

    if (!v->s->pair.have) {
        ecs_text_right(c, xa, v->y++, v->value, ECS_ROLE_A, ECS_BOLD, "all of it");
        return;
    }
    ecs_text_right(c, xa, v->y, v->value - 1, ECS_ROLE_A, ECS_BOLD, "A");
    ecs_text_right(c, xb, v->y++, v->value, ECS_ROLE_B, ECS_BOLD, "B");
    if (param >= 0) {
        const struct ecs_param *p = &v->s->scenario->params[param];
        ecs_text_cut(c, v->in.x, v->y, xa - v->in.x - 1, ECS_ROLE_TEXT, 0, p->name);
        ecs_value_text(p, v->s->pair.a.v[param], a, sizeof a);
        ecs_value_text(p, v->s->pair.b.v[param], b, sizeof b);
    } else {
        ecs_scene_side(v->s, ECS_GROUP_A, a, sizeof a);
        ecs_scene_side(v->s, ECS_GROUP_B, b, sizeof b);
    }
    /* A long word of A ends where B's leaves it a blank. */
    int wide = ecs_columns(b) + 1 - v->value, shift = wide > 0 ? wide : 0;
    ecs_text_right(c, xa - shift - 4, v->y, v->value + 3, ECS_ROLE_A, 0, a);
    ecs_text_right(c, xb - shift, v->y++, v->value + shift, ECS_ROLE_B, 0, b);
}

/* A figure in a narrow column: its unit is on the chart, the prefix stays. */
static void compact(const struct ecs_scene *s, int metric, double value, int width, char *out,
                    size_t size)
{
    char number[24], unit[ECS_FORMAT_MAX];

    ecs_scene_figure(s, metric, value, out, size);
    if (ecs_columns(out) <= width || isnan(value))
        return;
    ecs_format_si_parts(value, s->scenario->metrics[metric].unit, number, sizeof number, unit,
                        sizeof unit);
    size_t prefix = strcspn(unit, " /");
    if (prefix > 2 || unit[prefix] == '\0')
        prefix = 0;
    snprintf(out, size, "%s%s%.*s", number, prefix ? " " : "", (int)prefix, unit);
}

/* Worked out, among figures that are measured. */
static bool is_model(const struct ecs_scene *s, int metric)
{
    return !s->recorded && s->scenario->metrics[metric].source == ECS_MODEL;
}

/* The label where it fits, else the metric's name, or what stands before its last full stop. */
static void figure_name(const struct ecs_metric *m, int room, char *out, size_t size)
{
    const char *dot = strrchr(m->name, '.');

    snprintf(out, size, "%s", ecs_columns(m->label) <= room ? m->label : m->name);
    if (ecs_columns(out) > room && dot)
        snprintf(out, size, "%.*s", (int)(dot - m->name), m->name);
}

static void figure_row(struct ab_view *v, int metric)
{
    const struct ecs_metric *m = &v->s->scenario->metrics[metric];
    struct ecs_ab ab = ecs_scene_ab(v->s, metric);
    char a[ECS_FORMAT_MAX] = "\u2013", b[ECS_FORMAT_MAX] = "\u2013";
    int label = v->in.w - 2 * v->value, xa = v->in.x + label + 1;
    char name[96];

    figure_name(m, label, name, sizeof name);
    if (is_model(v->s, metric) && ecs_columns(name) + MODEL_WORD <= label)
        strcat(name, " (model)");
    if (ab.have_a)
        compact(v->s, metric, ab.a.median, v->value - 1, a, sizeof a);
    if (ab.have_b)
        compact(v->s, metric, ab.b.median, v->value, b, sizeof b);
    ecs_text_cut(v->s->c, v->in.x, v->y, label, ECS_ROLE_TEXT, 0, name);
    ecs_text_right(v->s->c, xa, v->y, v->value - 1, ECS_ROLE_A, 0, a);
    if (v->s->pair.have)
        ecs_text_right(v->s->c, xa + v->value - 1, v->y, v->value, ECS_ROLE_B, 0, b);
    v->y++;
}

/* Metrics shown: the main chart's first, then what the lesson names, each once. */
static int figures(const struct ecs_scene *s, int *metric)
{
    int n = 0;

    for (int i = 0; i < s->n_charts; i++)
        metric[n++] = s->chart[i];
    for (size_t i = 0; s->block && i < s->block->n_figures; i++) {
        int k = 0;
        while (k < n && metric[k] != s->block->figure[i])
            k++;
        if (k == n && n < MAX_ROWS)
            metric[n++] = s->block->figure[i];
    }
    for (size_t i = 0; !s->block && i < s->scenario->n_metrics && n < MAX_ROWS; i++)
        if ((int)i != s->chart[0])
            metric[n++] = (int)i;
    return n;
}

/* What "12 times" means for this figure. */
static void meaning(const struct ecs_metric *m, bool b_wins, const char *times, char *out,
                    size_t size)
{
    const char *who = b_wins ? "B" : "A";

    if (m->lower_is_better)
        snprintf(out, size, "%s takes %s\u00d7 less", who, times);
    else if (strstr(m->unit, "/s"))
        snprintf(out, size, "%s is %s\u00d7 faster", who, times);
    else
        snprintf(out, size, "%s has %s\u00d7 more", who, times);
}

static void say(struct ab_view *v, enum ecs_role role, int attr, const char *text)
{
    struct ecs_pen pen = {.c = v->s->c, .area = {v->in.x, v->y, v->in.w, room(v)}};
    struct ecs_pen_style style = {role, attr};

    if (room(v) > 0)
        v->y += ecs_pen_text(&pen, 0, NULL, style, text);
}

/* Intervals to the digits that their ends differ in. */
static void interval(double low, double high, const struct ecs_ab *ab, char *out, size_t size)
{
    char a[ECS_FORMAT_MAX], b[ECS_FORMAT_MAX];
    double coverage = ab->ratio.r.coverage;

    ecs_format_number(low, a, sizeof a);
    ecs_format_number(high, b, sizeof b);
    if (ab->measured_pairs && coverage > 0)
        snprintf(out, size, "%s\u2013%s\u00d7, %.0f %%, %u pairs", a, b, coverage * 100,
                 ab->measured_pairs);
    else
        snprintf(out, size, "%s\u2013%s\u00d7 by windows so far", a, b);
}

static void ratio_text(struct ab_view *v, const struct ecs_metric *m, const struct ecs_ab *ab)
{
    double median = ab->ratio.r.median, low = ab->ratio.r.low, high = ab->ratio.r.high;
    bool b_wins = ab->ratio.verdict != ECS_A_BETTER;
    char times[ECS_FORMAT_MAX], shown[ECS_FORMAT_MAX + 4], text[160];
    int big = room(v) >= 7;

    if (!b_wins) {
        double swap = 1 / low;
        median = 1 / median;
        low = 1 / high;
        high = swap;
    }
    ecs_format_number(median, times, sizeof times);
    meaning(m, b_wins, times, text, sizeof text);
    if (ab->ratio.verdict == ECS_NO_DIFFERENCE)
        snprintf(text, sizeof text, "no difference");
    snprintf(shown, sizeof shown, "%sx", times);
    if (big && strspn(times, "0123456789.") == strlen(times)
        && ecs_big_columns(shown) + 2 <= v->in.w) {
        v->y += room(v) >= 8;
        ecs_big_text(v->s->c, v->in.x + 1, v->y, b_wins ? ECS_ROLE_B : ECS_ROLE_A, shown);
        v->y += ECS_BIG_ROWS;
    }
    say(v, ECS_ROLE_TEXT, ECS_BOLD, text);
    interval(low, high, ab, text, sizeof text);
    say(v, ECS_ROLE_TEXT, 0, text);
}

/* Before there are both sides: what is still missing. */
static void not_yet(struct ab_view *v, const struct ecs_ab *ab)
{
    const struct ecs_scene *s = v->s;
    char text[224];

    if (!s->pair.have || !s->have || !s->open)
        return;
    if (ab->ratio.why[0])
        snprintf(text, sizeof text, "%s%s",
                 strstr(ab->ratio.why, "windows of") ? "" : "too noisy so far: ", ab->ratio.why);
    else
        snprintf(text, sizeof text, "%s is not measured yet", ab->have_a ? "B" : "A");
    say(v, ECS_ROLE_TEXT, 0, text);
}

static void verdict(struct ab_view *v, int metric)
{
    const struct ecs_metric *m = &v->s->scenario->metrics[metric];
    struct ecs_ab ab = ecs_scene_ab(v->s, metric);
    char text[224];

    ecs_hline(v->s->c, v->in.x, v->y++, v->in.w, 0x2500, ECS_ROLE_BORDER);
    if (!ab.have_a || !ab.have_b) {
        not_yet(v, &ab);
    } else if (m->is_count) {
        say(v, ECS_ROLE_TEXT, ECS_BOLD, ab.ratio.verdict == ECS_NO_DIFFERENCE ? "no difference"
                : ab.ratio.verdict == ECS_B_BETTER ? "B is better" : "A is better");
    } else if (ab.ratio.verdict == ECS_TOO_NOISY || !isfinite(ab.ratio.r.median)) {
        say(v, ECS_ROLE_WARN, ECS_BOLD, "too noisy to say");
        snprintf(text, sizeof text, "%s", ab.ratio.why);
        if (text[0])
            say(v, ECS_ROLE_TEXT, 0, text);
    } else {
        ratio_text(v, m, &ab);
    }
}

/* ---- the guess beside the result ----------------------------------------------------------- */

/* The claim first: where rows are few, the words give way. */
static void guess_line(struct ab_view *v, const struct ecs_choice *g, const struct ecs_standing *st)
{
    char text[224], claim[2 * ECS_FORMAT_MAX + 16] = "", low[ECS_FORMAT_MAX], high[ECS_FORMAT_MAX];

    if (g->has_claim && isfinite(g->claim_high))
        snprintf(claim, sizeof claim, " %s\u2013%s\u00d7",
                 ecs_format_number(g->claim_low, low, sizeof low),
                 ecs_format_number(g->claim_high, high, sizeof high));
    else if (g->has_claim)
        snprintf(claim, sizeof claim, " %s\u00d7 and more",
                 ecs_format_number(g->claim_low, low, sizeof low));
    snprintf(text, sizeof text, "You said%s%s%s%s: %s", claim, st->confidence ? " (" : "",
             ecs_confidence_word(st->confidence), st->confidence ? ")" : "", g->text);
    say(v, ECS_ROLE_GUESS, 0, text);
}

static int lines_of(int width, const char *text)
{
    struct ecs_pen pen = {.area = {0, 0, width, 99}};
    struct ecs_pen_style plain = {ECS_ROLE_TEXT, 0};

    return ecs_pen_text(&pen, 0, NULL, plain, text);
}

static void guess(struct ab_view *v, int metric)
{
    struct ecs_standing st;
    const struct ecs_choice *g = ecs_scene_guess(v->s, &st);

    if (!g || !v->s->open || !v->s->have || v->s->recorded || room(v) < 2)
        return;
    struct ecs_ab ab = ecs_scene_ab(v->s, metric);
    struct ecs_ruler ruler = {g->has_claim ? g->claim_low : NAN, g->has_claim ? g->claim_high : NAN,
                              NAN, NAN, NAN};
    bool both = ab.have_a && ab.have_b && !v->s->scenario->metrics[metric].is_count;
    if (both && ab.ratio.verdict != ECS_TOO_NOISY)
        ruler = (struct ecs_ruler){ruler.guess_low, ruler.guess_high, ab.ratio.r.low,
                                   ab.ratio.r.median, ab.ratio.r.high};
    if (room(v) >= ECS_RULER_ROWS + 2 + lines_of(v->in.w, g->text) && (g->has_claim || both)) {
        v->y++;
        ecs_ruler_draw(v->s->c, v->in.x, v->y, v->in.w, &ruler);
        v->y += ECS_RULER_ROWS;
    }
    guess_line(v, g, &st);
}

/* The comparison needs six rows, the guess two: figures get what is left, one at the least. */
static int rows_for(const struct ecs_scene *s, int n, int room)
{
    int rows = room - (s->pair.have ? 8 : 0);

    return rows < 1 ? 1 : n < rows ? n : rows;
}

void ecs_panel_ab(const struct ecs_scene *s, struct ecs_rect r, bool framed)
{
    struct ecs_box box = {.title = s->pair.have ? "A against B" : "Figures", .framed = framed};
    int metric[MAX_ROWS], n;

    if (!s->scenario)
        return;
    n = figures(s, metric);
    box.badge = ecs_scene_source(s, metric[0]);
    n = rows_for(s, n, r.h - (framed ? 2 : 1) - (s->pair.have ? 2 : 1));
    for (int i = 1; i < n; i++)
        if (is_model(s, metric[i]) != is_model(s, metric[0])) {
            box.badge = "MEASURED, MODEL";
            box.title = r.w < NARROW_PANEL && s->pair.have ? "A / B" : box.title;
        }
    struct ab_view v = {.s = s, .in = ecs_box_draw(s->c, r, &box)};
    v.y = v.in.y;
    v.value = v.in.w >= 44 ? VALUE_COLUMNS + (v.in.w - 44) / 4 : NARROW_VALUE;
    v.value = v.value > 16 ? 16 : v.value;
    heads(&v);
    for (int i = 0; i < n && room(&v) > 0; i++)
        figure_row(&v, metric[i]);
    if (s->pair.have && room(&v) > 1)
        verdict(&v, metric[0]);
    guess(&v, metric[0]);
}
