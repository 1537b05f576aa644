#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/player_state.h"

/* A measurement is rounds over its sides, every second round backwards (A B, B A, …), so that a
 * slow drift of the machine falls on all sides alike. A side whose time was mostly noise is taken
 * again at once, beside the neighbours that it is compared with. */

#define DEFAULT_REPEATS 5
#define DEFAULT_SIDE_NS 300000000ull
#define MAX_PATIENCE 400          /* windows: 20 s at 20 Hz */
/* A count is read as it stands at the end of its side: since its values came into force. */

struct plan { struct ecs_player *p; struct ecs_measuring *m; bool rates; };

static void add_side(struct plan *plan, const struct ecs_block *block,
                     const struct ecs_values *values)
{
    struct ecs_sides *sides = plan->m->sides;
    for (size_t i = 0; i < sides->n; i++)
        if (sides->side[i].block->scenario.scenario == block->scenario.scenario &&
            ecs_store_same(block->scenario.scenario, &sides->side[i].values, values))
            return;
    if (sides->n == ECS_MAX_SIDES) {
        snprintf(plan->m->why, sizeof plan->m->why, "more than %d sides to measure",
                 ECS_MAX_SIDES);
        return;
    }
    sides->side[sides->n++] = (struct ecs_side){.block = block, .values = *values};
}

static void see_name(void *arg, const char *name, const char *selector)
{
    struct plan *plan = arg;
    struct ecs_measuring *m = plan->m;
    struct ecs_error e = {0};
    struct ecs_values values;
    int metric;
    const struct ecs_block *block = ecs_play_metric(plan->p, name, &metric);
    bool task = plan->p->spot[m->spot].block->kind == ECS_BLOCK_DO;
    if (!block || *m->why || (task && !strcmp(selector, "now")))
        return;
    const struct ecs_scenario *s = block->scenario.scenario;
    if (ecs_play_select(plan->p, block, selector, &values, &e) ||
        ecs_values_check(s, &values, &e)) {
        snprintf(m->why, sizeof m->why, "%.190s", e.what);
        return;
    }
    const char *never = s->why ? s->why(&values, metric) : NULL;
    if (never)
        snprintf(m->why, sizeof m->why, "%.190s", never);
    else if (s->min_cpus > plan->p->calib.cpus)      /* false for NAN: not known */
        snprintf(m->why, sizeof m->why, "%s needs %u CPUs and this machine has %.0f", s->name,
                 s->min_cpus, plan->p->calib.cpus);
    plan->rates |= !s->metrics[metric].is_count;
    add_side(plan, block, &values);
}

static struct ecs_side *side_now(struct ecs_measuring *m)
{
    size_t n = m->sides->n;
    return &m->sides->side[m->round % 2 ? n - 1 - m->turn : m->turn];
}

static void clear_gathered(struct ecs_measuring *m)
{
    m->total_ns = m->clean_ns = 0;
    m->windows = 0;
    m->patience = 0;
    for (size_t i = 0; i < ECS_MAX_METRICS; i++)
        m->last[i] = NAN;
}

static void begin_side(struct ecs_player *p)
{
    struct ecs_measuring *m = &p->m;
    struct ecs_side *side = side_now(m);
    clear_gathered(m);
    m->warm_ns = 0;
    ecs_play_run(p, side->block, &side->values);
}

/* The learner's own scenario and values again. */
static void give_back(struct ecs_player *p)
{
    long spot = ecs_play_scenario_spot(p, p->step);
    if (spot >= 0 && p->running)
        ecs_play_run(p, p->spot[spot].block, &p->own);
}

static void finish(struct ecs_player *p)
{
    struct ecs_measuring *m = &p->m;
    m->active = false;
    if (m->sides->n) {
        free(p->measured[ECS_MAX_MEASURED - 1]);
        memmove(&p->measured[1], &p->measured[0], sizeof p->measured - sizeof p->measured[0]);
        p->measured[0] = m->sides;
        m->sides = NULL;
    }
    give_back(p);
    struct ecs_spot *s = &p->spot[m->spot];
    if (s->block->kind != ECS_BLOCK_EXPECT)
        return;
    ecs_play_judge(p, s);
    ecs_play_keep(p, s);
}

static void give_up(struct ecs_player *p, const char *why)
{
    char text[200];
    snprintf(text, sizeof text, "%s", why);
    size_t spot = p->m.spot;
    ecs_play_measure_abort(p);
    if (p->spot[spot].block->kind == ECS_BLOCK_EXPECT)
        ecs_play_unknown(p, &p->spot[spot], text);
}

static const struct ecs_expression *expression_of(const struct ecs_block *b)
{
    return b->kind == ECS_BLOCK_EXPECT ? b->expect.metric : b->task.check;
}

struct wanting { const struct ecs_player *p; bool any; };

static void see_wanted(void *arg, const char *name, const char *selector)
{
    struct wanting *w = arg;
    struct ecs_scope scope = {w->p, w->p->running};
    double one;
    int metric;
    if (strcmp(selector, "now") && ecs_play_metric(w->p, name, &metric))
        w->any |= ecs_play_samples(&scope, name, selector, &one, 1) == 0;
}

bool ecs_play_task_wants(const struct ecs_player *p, size_t spot)
{
    struct wanting w = {p, false};
    const struct ecs_expression *check = expression_of(p->spot[spot].block);
    if (check && !p->failed)
        ecs_expression_names(check, see_wanted, &w);
    return w.any;
}

static void set_pace(struct ecs_measuring *m)
{
    const struct ecs_scenario_block *b = &m->sides->side[0].block->scenario;
    m->sides->repeats = b->repeats ? b->repeats : DEFAULT_REPEATS;
    if (m->sides->repeats > ECS_MAX_REPEATS)
        m->sides->repeats = ECS_MAX_REPEATS;
    m->side_ns = b->side_ns ? b->side_ns : DEFAULT_SIDE_NS;
    m->warmup_ns = b->warmup_ns;
    m->budget = m->sides->repeats * (unsigned)m->sides->n;
}

void ecs_play_measure(struct ecs_player *p, size_t spot)
{
    struct ecs_measuring *m = &p->m;
    free(m->sides);
    double (*window)[ECS_SIDE_WINDOWS] = m->window;
    *m = (struct ecs_measuring){.active = true, .spot = spot, .window = window};
    m->sides = calloc(1, sizeof *m->sides);
    if (!m->window)
        m->window = calloc(ECS_MAX_METRICS, sizeof *m->window);
    if (!m->sides || !m->window) {
        give_up(p, "out of memory");
        return;
    }
    if (!expression_of(p->spot[spot].block)) {
        give_up(p, "the block names nothing to measure");
        return;
    }
    struct plan plan = {p, m, false};
    ecs_expression_names(expression_of(p->spot[spot].block), see_name, &plan);
    if (!*m->why && m->sides->n && p->failed)
        snprintf(m->why, sizeof m->why, "%.190s", p->failure);
    if (*m->why) {
        give_up(p, m->why);
        return;
    }
    if (!m->sides->n) {
        finish(p);
        return;
    }
    m->counts_only = !plan.rates;
    set_pace(m);
    begin_side(p);
}

void ecs_play_measure_abort(struct ecs_player *p)
{
    if (!p->m.active)
        return;
    p->m.active = false;
    free(p->m.sides);
    p->m.sides = NULL;
    give_back(p);
}

/* ---- one side ------------------------------------------------------------------------------- */

static void take_sample(struct ecs_measuring *m)
{
    struct ecs_side *side = side_now(m);
    const struct ecs_scenario *s = side->block->scenario.scenario;
    side->have[m->round] = true;
    for (size_t i = 0; i < s->n_metrics; i++)
        side->sample[m->round][i] = s->metrics[i].is_count
                                        ? m->last[i]
                                        : ecs_estimate(m->window[i], m->windows).median;
}

static void next_side(struct ecs_player *p)
{
    struct ecs_measuring *m = &p->m;
    m->done++;
    if (++m->turn == m->sides->n) {
        m->turn = 0;
        if (++m->round == m->sides->repeats) {
            finish(p);
            return;
        }
    }
    begin_side(p);
}

static void side_was_dirty(struct ecs_player *p)
{
    struct ecs_measuring *m = &p->m;
    if (!m->budget) {
        finish(p);
        return;
    }
    m->budget--;
    m->dirty++;
    clear_gathered(m);
}

static void gather(struct ecs_measuring *m, const struct ecs_snapshot *snap)
{
    const struct ecs_scenario *s = side_now(m)->block->scenario.scenario;
    bool dirty = snap->flags & ECS_SNAP_DIRTY;
    if (dirty && ecs_noise_weight(&snap->noise) >= ecs_noise_weight(&m->worst))
        m->worst = snap->noise;
    m->total_ns += snap->window_ns;
    for (size_t i = 0; i < s->n_metrics; i++)
        m->last[i] = snap->metric[i];
    m->clean_ns += dirty && !m->counts_only ? 0 : snap->window_ns;
    if (dirty)
        return;
    for (size_t i = 0; i < s->n_metrics; i++)
        m->window[i][m->windows] = snap->metric[i];
    m->windows++;
}

/* Whether this window is one of the side's: its values are in force, settled and warm. */
static bool counts(struct ecs_player *p, const struct ecs_snapshot *snap)
{
    struct ecs_measuring *m = &p->m;
    const struct ecs_side *side = side_now(m);
    bool in_force = ecs_store_same(side->block->scenario.scenario, &side->values, &snap->values);
    m->patience++;
    if (!in_force || snap->flags & ECS_SNAP_CHANGED)
        return false;
    m->warm_ns += snap->window_ns;
    if (snap->flags & ECS_SNAP_SETTLING || m->warm_ns <= m->warmup_ns)
        return false;
    m->patience = 0;
    return true;
}

void ecs_play_measure_feed(struct ecs_player *p, const struct ecs_snapshot *snap)
{
    struct ecs_measuring *m = &p->m;
    if (!m->active)
        return;
    if (!counts(p, snap)) {
        if (m->patience > MAX_PATIENCE)
            give_up(p, "the run did not take the values that were to be measured");
        return;
    }
    gather(m, snap);
    if (m->clean_ns >= m->side_ns || m->windows == ECS_SIDE_WINDOWS) {
        take_sample(m);
        next_side(p);
    } else if (m->total_ns >= 2 * m->side_ns) {
        side_was_dirty(p);
    }
}

/* ---- reading it ----------------------------------------------------------------------------- */

static const struct ecs_side *find_side(const struct ecs_sides *sides,
                                        const struct ecs_scenario *s,
                                        const struct ecs_values *values)
{
    for (size_t i = 0; sides && i < sides->n; i++)
        if (sides->side[i].block->scenario.scenario == s &&
            ecs_store_same(s, &sides->side[i].values, values))
            return &sides->side[i];
    return NULL;
}

const struct ecs_side *ecs_play_measured(const struct ecs_player *p, const struct ecs_scenario *s,
                                         const struct ecs_values *values, unsigned *repeats)
{
    for (size_t i = 0; i < ECS_MAX_MEASURED; i++) {
        const struct ecs_side *side = find_side(p->measured[i], s, values);
        if (side) {
            *repeats = p->measured[i]->repeats;
            return side;
        }
    }
    return NULL;
}

size_t ecs_play_side_samples(const struct ecs_side *side, unsigned repeats, int metric,
                             double *out, size_t n)
{
    size_t held = 0;
    for (unsigned i = 0; i < repeats && held < n; i++)
        if (side->have[i] && isfinite(side->sample[i][metric]))
            out[held++] = side->sample[i][metric];
    return held;
}

void ecs_player_progress(const struct ecs_player *p, unsigned *done, unsigned *wanted,
                         unsigned *dirty)
{
    bool on = p->m.active && p->m.sides;
    *done = on ? p->m.done : 0;
    *wanted = on ? p->m.sides->repeats * (unsigned)p->m.sides->n : 0;
    *dirty = on ? p->m.dirty : 0;
}
