#include <math.h>
#include <string.h>

#include "tui/views/scene.h"

enum { SIDE_WINDOWS = 160, CHUNK = 256 };

static bool same(const struct ecs_values *a, const struct ecs_values *b, size_t n)
{
    return memcmp(a->v, b->v, n * sizeof a->v[0]) == 0;
}

/* True when the lesson calls A what came last. */
static bool is_reversed(const struct ecs_scene *s)
{
    const struct ecs_scenario_block *b = s->block;

    if (!b || b->compare_param < 0 || (size_t)b->compare_param >= s->pair.n_params
        || strcmp(b->scenario->name, s->scenario->name) != 0)
        return false;
    return s->pair.b.v[b->compare_param] == b->compare_a;
}

static void remember(struct ecs_scene *s, const struct ecs_chart_segment *g)
{
    int side = same(&g->values, &s->pair.a, s->pair.n_params) ? 0
             : same(&g->values, &s->pair.b, s->pair.n_params) ? 1 : -1;

    if (side >= 0 && g->have_values && s->n_generations[side] < ECS_SCENE_GENERATIONS)
        s->generation[side][s->n_generations[side]++] = g->generation;
}

void ecs_scene_pair_recorded(struct ecs_scene *s)
{
    struct ecs_chart_window w = ecs_scene_window(s, 0);
    struct ecs_chart_data data;

    w.columns = 256;
    w.sweep = false;
    w.end_s = (double)s->newest.time_ns / 1e9;
    w.span_s = w.end_s + 1;
    ecs_chart_read(&w, &data);
    s->pair.n_params = s->scenario->n_params;
    s->pair.a = s->pair.b = s->newest.values;
    for (int i = 0; i < data.n_segments && !s->pair.have; i++) {
        if (!data.segment[i].have_values
            || same(&data.segment[i].values, &s->pair.b, s->pair.n_params))
            continue;
        s->pair.a = data.segment[i].values;
        s->pair.have = true;
    }
    if (s->pair.have && is_reversed(s)) {
        struct ecs_values a = s->pair.a;
        s->pair.a = s->pair.b;
        s->pair.b = a;
    }
    for (int i = data.n_segments - 1; i >= 0; i--)
        remember(s, &data.segment[i]);
}

static bool is_side(const struct ecs_scene *s, int side, uint32_t generation)
{
    for (int i = 0; i < s->n_generations[side]; i++)
        if (s->generation[side][i] == generation)
            return true;
    return false;
}

/* The newest clean, settled windows of one side. */
static size_t clean_samples(const struct ecs_scene *s, int side, int metric, double *out)
{
    struct ecs_point point[CHUNK];
    uint64_t first, end;
    size_t n = 0;

    ecs_series_range(s->series, &first, &end);
    while (end > first && n < SIDE_WINDOWS) {
        uint64_t from = end - first > CHUNK ? end - CHUNK : first;
        size_t got = ecs_series_points(s->series, metric, from, end, point, CHUNK);
        for (size_t i = got; i-- > 0 && n < SIDE_WINDOWS;)
            if (!(point[i].flags & (ECS_SNAP_DIRTY | ECS_SNAP_SETTLING)) && isfinite(point[i].value)
                && is_side(s, side, point[i].generation))
                out[n++] = point[i].value;
        end = from;
    }
    return n;
}

static struct ecs_ab ab_recorded(const struct ecs_scene *s, int metric)
{
    double a[SIDE_WINDOWS], b[SIDE_WINDOWS];
    struct ecs_ab ab = {.a.median = NAN, .b.median = NAN,
                        .ratio = {.r.median = NAN, .verdict = ECS_TOO_NOISY}};

    if (!s->series || !s->have)
        return ab;
    size_t na = clean_samples(s, 0, metric, a), nb = clean_samples(s, 1, metric, b);
    ab.have_a = na > 0;
    ab.have_b = nb > 0;
    if (na)
        ab.a = ecs_estimate(a, na);
    if (nb)
        ab.b = ecs_estimate(b, nb);
    if (na && nb)
        ab.ratio = ecs_ratio_unpaired(a, na, b, nb, s->scenario->metrics[metric].lower_is_better);
    return ab;
}

struct ecs_ab ecs_scene_ab(const struct ecs_scene *s, int metric)
{
    if (s->player && !s->recorded)
        return ecs_player_ab(s->player, metric);
    return ab_recorded(s, metric);
}
