#include "tui/views/scene.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "run/format.h"
#include "tui/widgets/axis.h"

enum { DEFAULT_SPAN = 60 };

void ecs_scene_hot(const struct ecs_scene *s, struct ecs_rect r, int action, int arg)
{
    r.w = r.x + r.w > s->c->w ? s->c->w - r.x : r.w;
    r.h = r.y + r.h > s->c->h ? s->c->h - r.y : r.h;
    ecs_hots_add(s->hots, r, action, arg);
}

/* The scenario block in force, or else the one that the lesson comes to next: its panels keep their
 * place while a prediction is asked for. */
static const struct ecs_block *next_scenario(const struct ecs_player *p)
{
    const struct ecs_lesson *l = ecs_player_lesson(p);

    for (size_t i = ecs_player_step(p); i < l->n; i++)
        for (size_t k = 0; k < l->step[i].n; k++)
            if (l->step[i].block[k].kind == ECS_BLOCK_SCENARIO)
                return &l->step[i].block[k];
    return NULL;
}

static void look_up_lesson(struct ecs_scene *s)
{
    const struct ecs_block *b = ecs_player_scenario(s->player);
    size_t step = ecs_player_step(s->player);

    s->lesson = ecs_player_lesson(s->player);
    s->step = step < s->lesson->n ? &s->lesson->step[step] : NULL;
    s->wait = ecs_player_wait(s->player);
    s->waited = ecs_player_current(s->player);
    s->open = ecs_player_chart_open(s->player);
    s->in_force = b != NULL;
    if (!b)
        b = next_scenario(s->player);
    if (!b)
        return;
    s->block = &b->scenario;
    s->scenario = s->block->scenario;
    for (size_t i = 0; i < s->block->n_charts; i++)
        s->chart[s->n_charts++] = s->block->chart[i];
}

static void look_up_windows(struct ecs_scene *s)
{
    uint64_t first, end, seq;

    if (!s->series)
        return;
    ecs_series_range(s->series, &first, &end);
    if (first == end || !ecs_series_get(s->series, end - 1, &s->newest))
        return;
    s->have = true;
    s->at = s->newest;
    if (!s->ui->scrubbing)
        return;
    seq = s->ui->cursor < first ? first : s->ui->cursor >= end ? end - 1 : s->ui->cursor;
    if (ecs_series_copy(s->series, seq, &s->at, 1) != 1)
        s->at = s->newest;
}

static void look_up_pair(struct ecs_scene *s)
{
    const struct ecs_scenario_block *b = s->block;

    if (s->recorded) {
        if (s->scenario && s->have)
            ecs_scene_pair_recorded(s);
    } else if (b && b->scenario == s->scenario && b->compare_param >= 0) {
        s->pair.have = true;
        s->pair.n_params = s->scenario->n_params;
        if (ecs_player_pair(s->player, &s->pair.a, &s->pair.b))
            return;
        s->pair.a = s->pair.b = b->values;       /* to come */
        s->pair.a.v[b->compare_param] = b->compare_a;
        s->pair.b.v[b->compare_param] = b->compare_b;
    }
}

void ecs_scene_make(struct ecs_scene *s, const struct ecs_ui *ui, struct ecs_canvas *c,
                    struct ecs_hots *hots)
{
    *s = (struct ecs_scene){.ui = ui, .c = c, .hots = hots};
    if (!ui->session)
        return;
    s->player = ecs_session_player(ui->session);
    s->series = ecs_session_series(ui->session);
    s->recorded = ecs_session_recorded(ui->session);
    s->paused = ecs_session_paused(ui->session);
    ecs_session_message(ui->session, &s->message);
    if (s->player)
        look_up_lesson(s);
    else
        s->open = true;
    if (ecs_session_scenario(ui->session))
        s->scenario = ecs_session_scenario(ui->session);
    if (!s->n_charts && s->scenario)
        s->n_charts = 1;
    look_up_windows(s);
    look_up_pair(s);
}

/* ---- words and figures --------------------------------------------------------------------- */

const char *ecs_phase_word(enum ecs_phase phase)
{
    static const char *const words[] = {"PREDICT", "OBSERVE", "EXPLAIN", "TRANSFER"};
    return words[phase];
}

const char *ecs_confidence_word(int confidence)
{
    static const char *const words[] = {"", "a guess", "fairly sure", "certain"};
    return words[confidence < 0 || confidence > 3 ? 0 : confidence];
}

const char *ecs_scene_source(const struct ecs_scene *s, int metric)
{
    static const char *const words[] = {"MEASURED", "MODEL", "RECORDED", "EXHAUSTIVE"};

    if (s->recorded)
        return words[ECS_RECORDED];
    if (!s->scenario || metric < 0 || (size_t)metric >= s->scenario->n_metrics)
        return "";
    return words[s->scenario->metrics[metric].source];
}

char *ecs_scene_figure(const struct ecs_scene *s, int metric, double v, char *out, size_t size)
{
    const char *unit = s->scenario->metrics[metric].unit;

    if (strcmp(unit, "B") == 0 && isfinite(v) && v >= 0)
        return ecs_format_bytes((uint64_t)v, out, size);
    return ecs_format_si(v, unit, out, size);
}

void ecs_scene_side(const struct ecs_scene *s, enum ecs_group side, char *out, size_t size)
{
    const struct ecs_values *v = side == ECS_GROUP_A ? &s->pair.a : &s->pair.b;
    char value[40];
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; s->pair.have && i < s->pair.n_params && used < size; i++) {
        if (s->pair.a.v[i] == s->pair.b.v[i])
            continue;
        const struct ecs_param *p = &s->scenario->params[i];
        ecs_value_text(p, v->v[i], value, sizeof value);
        int n = snprintf(out + used, size - used, "%s%s%s%s", used ? ", " : "",
                         p->kind == ECS_PARAM_CHOICE ? "" : p->name,
                         p->kind == ECS_PARAM_CHOICE ? "" : " ", value);
        used += n > 0 ? (size_t)n : 0;
    }
}

const struct ecs_choice *ecs_scene_guess(const struct ecs_scene *s, struct ecs_standing *standing)
{
    const struct ecs_block *b = s->player ? ecs_player_prediction(s->player) : NULL;

    if (!b)
        return NULL;
    *standing = ecs_player_standing(s->player, b);
    if (standing->choice < 0 || (size_t)standing->choice >= b->predict.n)
        return NULL;
    return &b->predict.choice[standing->choice];
}

/* ---- the chart's window -------------------------------------------------------------------- */

struct ecs_chart_window ecs_scene_window(const struct ecs_scene *s, int chart)
{
    struct ecs_chart_window w = {.series = s->series, .metric = s->chart[chart]};
    double newest = (double)s->newest.time_ns / 1e9, at = (double)s->at.time_ns / 1e9;

    w.count = s->scenario && s->scenario->metrics[w.metric].is_count;
    w.span_s = s->ui->span_s ? s->ui->span_s : DEFAULT_SPAN;
    w.end_s = s->recorded && newest < w.span_s ? w.span_s : newest;
    w.sweep = s->ui->low_bandwidth && !s->ui->scrubbing;
    if (s->ui->scrubbing && at < newest - w.span_s * 0.75)
        w.end_s = at + w.span_s * 0.5 < newest ? at + w.span_s * 0.5 : newest;
    return w;
}

bool ecs_scene_guess_band(const struct ecs_scene *s, int chart, double *low, double *high)
{
    struct ecs_standing standing;
    const struct ecs_choice *guess = ecs_scene_guess(s, &standing);

    *low = *high = NAN;
    if (chart != 0 || !s->open || s->recorded || !guess || !guess->has_claim)
        return false;
    struct ecs_ab ab = ecs_player_ab(s->player, s->chart[0]);
    if (!ab.have_a || !(ab.a.median > 0))
        return false;
    *low = ab.a.median * guess->claim_low;
    *high = ab.a.median * guess->claim_high;
    if (s->scenario->metrics[s->chart[0]].lower_is_better) {     /* "times better" is less */
        *low = guess->claim_high > 0 ? ab.a.median / guess->claim_high : 0;
        *high = guess->claim_low > 0 ? ab.a.median / guess->claim_low : INFINITY;
    }
    return true;
}

double ecs_scene_top(const struct ecs_scene *s, int chart)
{
    struct ecs_chart_window w = ecs_scene_window(s, chart);
    double want = s->have && s->open ? ecs_chart_high(&w) * 1.04 : NAN, low, high;

    if (ecs_scene_guess_band(s, chart, &low, &high)) {
        want = !(want >= low * 1.2) ? low * 1.2 : want;
        if (isfinite(high) && high < low * 8 && !(want >= high * 1.05))
            want = high * 1.05;
    }
    if (strcmp(s->scenario->metrics[s->chart[chart]].unit, "%") == 0)
        return 100;
    want = ecs_chart_nice_top(want);
    return s->ui->y_top[chart] > want ? s->ui->y_top[chart] : want;
}
