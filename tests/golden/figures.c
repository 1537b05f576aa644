#include "figures.h"

#include <math.h>
#include <string.h>

static void put(const struct ecs_scenario *s, struct ecs_snapshot *snap, const char *name, double v)
{
    int i = ecs_metric_index(s, name);

    if (i >= 0)
        snap->metric[i] = v;
}

static int64_t value(const struct ecs_scenario *s, const struct ecs_snapshot *snap,
                     const char *name)
{
    int i = ecs_param_index(s, name);

    return i < 0 ? 0 : snap->values.v[i];
}

/* Metrics that follow from the parameters alone are the scenario's own. */
static void derived(const struct ecs_scenario *s, struct ecs_snapshot *snap)
{
    static const struct ecs_delta none[ECS_MAX_WORKERS];
    struct ecs_window w = {
        snap->window_ns, snap->window_ns, snap->workers, &snap->values, none, none};

    s->derive(&w, snap->metric);
}

static void counters(const struct ecs_scenario *s, struct ecs_snapshot *snap, double effect,
                     double wobble)
{
    bool apart = value(s, snap, "stride") >= 64, one_core = value(s, snap, "pin") == ECS_PIN_ONE;
    double rate = 34.1e6 * (apart ? 1 + 11 * effect : 1);

    if (one_core)
        rate = 205e6;
    put(s, snap, "rate.total", rate * wobble);
    put(s, snap, "rate.per_thread", rate * wobble / snap->workers);
    put(s, snap, "op.ns", 1e9 * snap->workers / (rate * wobble));
}

static void hot_cold(const struct ecs_scenario *s, struct ecs_snapshot *snap, double effect,
                     double wobble)
{
    double rate = 92e6 * (value(s, snap, "layout") ? 1 + 9 * effect : 1) * wobble;

    put(s, snap, "rate.total", rate);
    put(s, snap, "entity.ns", 1e9 / rate);
}

static void stack(const struct ecs_scenario *s, struct ecs_snapshot *snap, double since_s,
                  double wobble)
{
    static const double rate[] = {9.1e6, 8.4e6, 3.6e6, 5.2e6};
    int64_t variant = value(s, snap, "variant");
    bool plain = variant == 0 && snap->workers > 1;

    put(s, snap, "rate.total", rate[variant & 3] * wobble);
    put(s, snap, "corruption.rate", plain ? 412 * wobble : 0);
    put(s, snap, "corruption.total", plain ? floor(412 * since_s) : 0);
    put(s, snap, "retries", variant == 2 ? 0.31 : 0.12);
}

static void pools(const struct ecs_scenario *s, struct ecs_snapshot *snap, double effect,
                  double wobble)
{
    static const double rate[] = {58e6, 7.7e6, 6.1e6, 128e6, 119e6};
    int64_t variant = value(s, snap, "variant");
    double v = rate[variant % 5];
    bool two_level = strcmp(s->params[0].choices[variant], "two-level") == 0;

    put(s, snap, "rate.total", (two_level ? 6.1e6 + (v - 6.1e6) * effect : v) * wobble);
    put(s, snap, "pair.ns", 2e9 / v);
    put(s, snap, "l1.hit_rate", two_level ? 96.4 * (1 + (wobble - 1) / 8) : NAN);
    put(s, snap, "l2.hit_rate", two_level ? 99.2 : NAN);
    put(s, snap, "cas.retries", two_level ? 0.004 : 0.38);
}

void figures_fill(const struct ecs_scenario *s, struct ecs_snapshot *snap, double since_s,
                  double effect, double wobble)
{
    for (size_t i = 0; i < ECS_MAX_METRICS; i++)
        snap->metric[i] = NAN;
    derived(s, snap);
    if (strcmp(s->name, "counters") == 0)
        counters(s, snap, effect, wobble);
    else if (strcmp(s->name, "hot-cold") == 0)
        hot_cold(s, snap, effect, wobble);
    else if (strcmp(s->name, "stack-stress") == 0)
        stack(s, snap, since_s, wobble);
    else
        pools(s, snap, effect, wobble);
}

/* ---- pictures ------------------------------------------------------------------------------ */

static void stack_picture(const struct ecs_scenario *s, const struct ecs_snapshot *snap,
                          struct ecs_picture *out)
{
    static const uint64_t node[] = {12, 7, 301, 44, 9, 118, 63, 2};
    bool plain = value(s, snap, "variant") == 0;

    out->value[ECS_STACK_HEAD] = node[0];
    out->value[ECS_STACK_TAG] = plain ? 0 : 48213;
    out->value[ECS_STACK_NODES] = 512;
    out->value[ECS_STACK_ON_LIST] = plain ? 61 : 64;
    out->value[ECS_STACK_LOST] = plain ? 1204 : 0;
    out->value[ECS_STACK_DOUBLED] = plain ? 311 : 0;
    out->value[ECS_STACK_CYCLE] = plain ? 2 : 0;
    out->value[ECS_STACK_RETIRED] = 91022;
    out->value[ECS_STACK_RECLAIMED] = 90964;
    out->value[ECS_STACK_N_SAMPLE] = 8;
    for (int i = 0; i < 8; i++)
        out->value[ECS_STACK_SAMPLE + i] = node[i];
    if (plain && snap->seq % 2)
        out->value[ECS_STACK_SAMPLE + 3] = node[1];
}

static void pools_picture(const struct ecs_scenario *s, const struct ecs_snapshot *snap,
                          struct ecs_picture *out)
{
    bool two_level = strcmp(s->params[0].choices[value(s, snap, "variant")], "two-level") == 0;

    out->value[ECS_POOLS_BATCH] = two_level ? 16 : 0;
    out->value[ECS_POOLS_L1_CAP] = two_level ? 64 : 0;
    out->value[ECS_POOLS_DEPOT_BATCHES] = two_level ? 37 : 0;
    out->value[ECS_POOLS_DEPOT_BLOCKS] = two_level ? 592 : 0;
    out->value[ECS_POOLS_FROM_OS] = 1024;
    out->value[ECS_POOLS_WORKERS] = snap->workers;
    out->value[ECS_POOLS_L1] = two_level ? 41 : 0;
    out->value[ECS_POOLS_L1 + 1] = two_level ? 19 : 0;
}

void figures_picture(const struct ecs_scenario *s, const struct ecs_snapshot *snap,
                     struct ecs_picture *out)
{
    struct ecs_window w = {.workers = snap->workers, .values = &snap->values};

    *out = (struct ecs_picture){.kind = s->diagram};
    if (s->diagram == ECS_DIAGRAM_STACK)
        stack_picture(s, snap, out);
    else if (s->diagram == ECS_DIAGRAM_POOLS)
        pools_picture(s, snap, out);
    else if (s->describe)
        s->describe((void *)(uintptr_t)0x7f1240000000, &w, out);
}
