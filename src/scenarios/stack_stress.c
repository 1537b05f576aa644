/* ABA on a real stack: each worker takes two nodes, checks that nobody else has them, and gives
 * them back, as fast as it can.
 *
 * Checking. Every node has an ownership word. Taking a node exchanges the word for the taker;
 * it must have been nobody's. Giving it back exchanges it for nobody; it must have been the
 * giver's. - doubled: a node came off the stack that somebody owns already; - foreign: a node
 * that this worker held turned out to be somebody else's meanwhile; - lost: a node that is
 * nowhere, found by a census while all workers are out. One slip of a stack can show as all
 * three. A node found in the wrong hands is taken out of use, so that damage stays where it was
 * found, and the gate is closed: the census counts what is lost and puts every node back in
 * (stack_arena.h). All nodes are in one small arena, all shared words are atomic: a corrupted
 * list is a wrong list, never a wild pointer and never an endless loop.
 *
 * A census is also taken now and then unasked, for a node can get lost without being doubled. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include "scenarios/figures.h"
#include "scenarios/pace.h"
#include "scenarios/scenarios.h"
#include "scenarios/stack_arena.h"

enum { VARIANT, THREADS, PIN, NODES, N_PARAMS };
enum { RATE_TOTAL, CORRUPTION_RATE, CORRUPTION_TOTAL, FIRST_CORRUPTION, LOST_TOTAL,
       DOUBLED_TOTAL, FOREIGN_TOTAL, RETRIES, RETIRED, RECLAIMED, N_METRICS };
/* PAIRS: nodes taken and given back. CLEAN_NS: time until this worker's first corruption. */
enum { PAIRS, CORRUPTIONS, DOUBLED, FOREIGN, LOST, CYCLES, CAS_RETRIES, N_RETIRED, N_RECLAIMED,
       CLEAN_NS };

#define CENSUS_EVERY 256u   /* quanta of worker 0 */
#define NOTHING 0u

struct local {
    ECS_ALIGNED_PAD struct ecs_pace pace;
    struct ecs_stack_caller caller;
    uint64_t reclaimed_before;
    uint32_t quanta;
    bool corrupted;
};

/* ---- one operation ------------------------------------------------------------------------- */

/* A worker's view for the length of a quantum. */
struct shift {
    struct ecs_arena *arena;
    struct ecs_stack_caller *caller;
    uint32_t me;
    uint64_t pairs, doubled, foreign;
};

/* A node that is now ours; NOTHING if the stack is empty or the node is somebody's. */
static uint32_t take(struct shift *s)
{
    uint32_t index = ecs_stack_pop(&s->arena->stack, s->caller);
    if (index == NOTHING)
        return NOTHING;
    if (ecs_exchange_relaxed(&s->arena->owner[index].worker, s->me) == 0)
        return index;
    s->doubled++;
    ecs_store_relaxed(&s->arena->owner[index].worker, ECS_ARENA_DAMAGED);
    return NOTHING;
}

static void give_back(struct shift *s, uint32_t index)
{
    if (index == NOTHING)
        return;
    if (ecs_exchange_relaxed(&s->arena->owner[index].worker, 0) != s->me) {
        s->foreign++;
        ecs_store_relaxed(&s->arena->owner[index].worker, ECS_ARENA_DAMAGED);
        return;
    }
    ecs_stack_retire(&s->arena->stack, index, NULL, NULL, s->caller);
    s->pairs++;
}

static void operate(struct shift *s)
{
    uint32_t a = take(s);
    uint32_t b = take(s);
    if (a == NOTHING && b == NOTHING)
        ecs_stack_flush(&s->arena->stack, s->caller);
    give_back(s, a);
    give_back(s, b);
}

/* ---- the worker ---------------------------------------------------------------------------- */

static int enter(struct ecs_worker *w)
{
    struct ecs_arena *arena = w->shared;
    struct local *mine = aligned_alloc(_Alignof(struct local), sizeof *mine);
    if (!mine) {
        w->failed = "out of memory for a worker's own state";
        return -ENOMEM;
    }
    *mine = (struct local){0};
    int rc = ecs_stack_join(&arena->stack, &mine->caller);
    if (rc) {
        w->failed = "more threads than the reclamation domain has records for";
        free(mine);
        return rc;
    }
    if (mine->caller.hazard)
        mine->reclaimed_before = ecs_count_read(&mine->caller.hazard->n_reclaimed);
    if (mine->caller.epoch)
        mine->reclaimed_before = ecs_count_read(&mine->caller.epoch->n_reclaimed);
    w->local = mine;
    return 0;
}

static void leave(struct ecs_worker *w)
{
    free(w->local);
    w->local = NULL;
}

static void count_reclaimed(struct ecs_worker *w, struct local *mine, uint64_t pairs)
{
    uint64_t now;
    if (mine->caller.hazard)
        now = ecs_count_read(&mine->caller.hazard->n_reclaimed);
    else if (mine->caller.epoch)
        now = ecs_count_read(&mine->caller.epoch->n_reclaimed);
    else
        return;
    w->count[N_RETIRED] += pairs;
    w->count[N_RECLAIMED] += now - mine->reclaimed_before;
    mine->reclaimed_before = now;
}

/* Ends a quantum: out of the gate, and the counts to where the run finds them. */
static void hand_in(struct ecs_worker *w, const struct shift *s)
{
    struct local *mine = w->local;
    struct ecs_arena_census census = {0};
    if (s->doubled || s->foreign)
        ecs_arena_close(s->arena);
    ecs_arena_go_out(s->arena, &census);
    w->count[PAIRS] += s->pairs;
    w->count[DOUBLED] += s->doubled;
    w->count[FOREIGN] += s->foreign;
    w->count[LOST] += census.lost;
    w->count[CYCLES] += census.cycle;
    w->count[CORRUPTIONS] += census.corrupt;
    w->count[CAS_RETRIES] += mine->caller.retries;
    mine->caller.attempts = mine->caller.retries = 0;
    count_reclaimed(w, mine, s->pairs);
    if (!mine->corrupted)
        w->count[CLEAN_NS] += ecs_now_ns() - mine->pace.began_ns;
    mine->corrupted = mine->corrupted || s->doubled || s->foreign || census.corrupt;
}

static void quantum(struct ecs_worker *w)
{
    struct local *mine = w->local;
    struct shift s = { .arena = w->shared, .caller = &mine->caller, .me = w->index + 1 };
    if (!ecs_arena_go_in(s.arena)) {
        sched_yield();
        return;
    }
    if (w->index == 0 && ++mine->quanta % CENSUS_EVERY == 0)
        ecs_arena_close(s.arena);
    uint32_t ops = ecs_pace_begin(&mine->pace);
    while (ops-- && !ecs_arena_closing(s.arena)) {
        operate(&s);
        if (s.doubled || s.foreign)
            break;
    }
    bool whole = ops == UINT32_MAX;
    hand_in(w, &s);
    if (whole)
        ecs_pace_end(&mine->pace);
}

/* ---- the scenario -------------------------------------------------------------------------- */

static const char *const variant_help[] = {
    "compare-and-swap on the bare index of the top node",
    "the index with a version beside it, one step on at each pop",
    "a node comes back only when no thread has published that it is looking at it",
    "a node comes back only when every thread that may have seen it has moved on",
    NULL
};

/* The names are ecs_stack_variants, in the order of the enum. */
static const char *const variant_names[] = { "plain", "tagged", "hazard", "epoch", NULL };

static const struct ecs_param params[N_PARAMS] = {
    [VARIANT] = { .name = "variant", .summary = "the stack's answer to ABA",
                  .kind = ECS_PARAM_CHOICE, .def = ECS_STACK_PLAIN, .choices = variant_names,
                  .choice_help = variant_help, .live = true, .rebuild = true },
    [THREADS] = { .name = ECS_PARAM_THREADS_NAME, .summary = "workers",
                  .kind = ECS_PARAM_INT, .def = 2, .min = 1, .max = ECS_MAX_WORKERS,
                  .live = true },
    [PIN] = { .name = ECS_PARAM_PIN_NAME, .summary = "where the workers run",
              .kind = ECS_PARAM_CHOICE, .def = ECS_PIN_CORES, .choices = ecs_pin_choices,
              .choice_help = ecs_pin_choice_help, .live = true },
    [NODES] = { .name = "nodes", .summary = "nodes that go round",
                .kind = ECS_PARAM_INT, .def = 32, .min = 2, .max = ECS_ARENA_MAX_NODES,
                .live = true, .rebuild = true },
};

static const struct ecs_metric metrics[N_METRICS] = {
    [RATE_TOTAL] = { .name = "rate.total", .label = "pop and push pairs, all threads",
                     .unit = "pairs/s", .source = ECS_MEASURED,
                     .how = "nodes taken and given back that the workers counted, per second" },
    [CORRUPTION_RATE] = { .name = "corruption.rate", .label = "corruptions", .unit = "1/s",
                          .source = ECS_MEASURED, .lower_is_better = true,
                          .how = "times the stack was found corrupt and mended, per second" },
    [CORRUPTION_TOTAL] = { .name = "corruption.total", .label = "corruptions so far",
                           .unit = "", .source = ECS_MEASURED, .lower_is_better = true,
                           .is_count = true,
                           .how = "times the stack was found corrupt, since the last change" },
    [FIRST_CORRUPTION] = { .name = "first.corruption", .label = "first corruption after",
                           .unit = "ms", .source = ECS_MEASURED, .is_count = true,
                           .how = "time at work since the last change, to a quantum (0.1 ms)" },
    [LOST_TOTAL] = { .name = "lost.total", .label = "nodes lost so far", .unit = "",
                     .source = ECS_MEASURED, .lower_is_better = true, .is_count = true,
                     .how = "nodes that a census found nowhere, since the last change" },
    [DOUBLED_TOTAL] = { .name = "doubled.total", .label = "nodes doubled so far", .unit = "",
                        .source = ECS_MEASURED, .lower_is_better = true, .is_count = true,
                        .how = "nodes popped that somebody owned, by their ownership words" },
    [FOREIGN_TOTAL] = { .name = "foreign.total", .label = "nodes taken from a worker so far",
                        .unit = "", .source = ECS_MEASURED, .lower_is_better = true,
                        .is_count = true,
                        .how = "nodes that became somebody else's while a worker held them" },
    [RETRIES] = { .name = "retries", .label = "lost rounds per pair", .unit = "1/pair",
                  .source = ECS_MEASURED, .lower_is_better = true,
                  .how = "rounds lost to another thread, divided by pairs" },
    [RETIRED] = { .name = "retired", .label = "nodes retired so far", .unit = "",
                  .source = ECS_MEASURED, .is_count = true,
                  .how = "nodes handed to the domain since the last change" },
    [RECLAIMED] = { .name = "reclaimed", .label = "nodes given back so far", .unit = "",
                    .source = ECS_MEASURED, .is_count = true,
                    .how = "nodes that the domain found safe since the last change" },
};

static const char *const counter_names[] = {
    "pairs", "corruptions", "doubled", "foreign", "lost", "cycles", "cas_retries", "retired",
    "reclaimed", "clean_ns", NULL
};

static int start(const struct ecs_values *values, void **shared, struct ecs_error *e)
{
    struct ecs_arena *arena;
    int rc = ecs_arena_make((enum ecs_stack_variant)values->v[VARIANT],
                            (uint32_t)values->v[NODES], &arena, e);
    if (rc == 0)
        *shared = arena;
    return rc;
}

static int reshape(void *shared, const struct ecs_values *values, struct ecs_error *e)
{
    (void)e;
    ecs_arena_reset(shared, (enum ecs_stack_variant)values->v[VARIANT],
                    (uint32_t)values->v[NODES]);
    return 0;
}

static void stop(void *shared)
{
    ecs_arena_free(shared);
}

/* Whether this worker met a corruption itself. */
static bool met_one(const struct ecs_delta *delta)
{
    return delta->c[CORRUPTIONS] || delta->c[DOUBLED] || delta->c[FOREIGN];
}

/* The earliest that any worker met one, in ms. */
static double first_corruption(const struct ecs_window *w)
{
    double first = NAN;
    for (unsigned i = 0; i < w->workers; i++)
        if (met_one(&w->since_change[i]))
            first = fmin(first, (double)w->since_change[i].c[CLEAN_NS] / ECS_NS_PER_MS);
    return first;
}

static bool has_domain(const struct ecs_values *values)
{
    return values->v[VARIANT] == ECS_STACK_HAZARD || values->v[VARIANT] == ECS_STACK_EPOCH;
}

static void derive(const struct ecs_window *w, double *metric)
{
    bool domain = has_domain(w->values);
    metric[RATE_TOTAL] = ecs_figure_rate(w, PAIRS);
    metric[CORRUPTION_RATE] = ecs_figure_rate(w, CORRUPTIONS);
    metric[CORRUPTION_TOTAL] = ecs_figure_sum(w->since_change, w->workers, CORRUPTIONS);
    metric[FIRST_CORRUPTION] = first_corruption(w);
    metric[LOST_TOTAL] = ecs_figure_sum(w->since_change, w->workers, LOST);
    metric[DOUBLED_TOTAL] = ecs_figure_sum(w->since_change, w->workers, DOUBLED);
    metric[FOREIGN_TOTAL] = ecs_figure_sum(w->since_change, w->workers, FOREIGN);
    metric[RETRIES] = ecs_figure_ratio(ecs_figure_sum(w->delta, w->workers, CAS_RETRIES),
                                       ecs_figure_sum(w->delta, w->workers, PAIRS));
    metric[RETIRED] = domain ? ecs_figure_sum(w->since_change, w->workers, N_RETIRED) : NAN;
    metric[RECLAIMED] = domain ? ecs_figure_sum(w->since_change, w->workers, N_RECLAIMED) : NAN;
}

static const char *why(const struct ecs_values *values, int metric)
{
    if ((metric == RETIRED || metric == RECLAIMED) && !has_domain(values))
        return "this stack gives nodes back at once, it retires none";
    return NULL;
}

static void describe(void *shared, const struct ecs_window *w, struct ecs_picture *out)
{
    struct ecs_arena *arena = shared;
    struct ecs_stack_view view;
    uint32_t node[64];
    *out = (struct ecs_picture){ .kind = ECS_DIAGRAM_STACK };
    ecs_stack_peek(&arena->stack, node, sizeof node / sizeof node[0], &view);
    out->value[ECS_STACK_HEAD] = view.head;
    out->value[ECS_STACK_TAG] = view.version;
    out->value[ECS_STACK_NODES] = arena->n;
    out->value[ECS_STACK_ON_LIST] = view.n;
    static const struct { int value, counter; } totals[] = {
        { ECS_STACK_LOST, LOST }, { ECS_STACK_DOUBLED, DOUBLED }, { ECS_STACK_FOREIGN, FOREIGN },
        { ECS_STACK_RETIRED, N_RETIRED }, { ECS_STACK_RECLAIMED, N_RECLAIMED },
        { ECS_STACK_CYCLE, CYCLES },
    };
    for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++)
        out->value[totals[i].value] =
            (uint64_t)ecs_figure_sum(w->since_change, w->workers, totals[i].counter);
    for (size_t i = 0; i < view.n && i < 8; i++) {
        out->value[ECS_STACK_SAMPLE + i] = node[i];
        out->value[ECS_STACK_N_SAMPLE] = i + 1;
    }
}

const struct ecs_scenario ecs_scenario_stack_stress = {
    .name = "stack-stress",
    .summary = "threads pop and push on one lock-free stack; corruption is counted",
    .params = params, .n_params = N_PARAMS,
    .metrics = metrics, .n_metrics = N_METRICS,
    .counters = counter_names,
    .min_cpus = 2,
    .diagram = ECS_DIAGRAM_STACK,
    .start = start, .reshape = reshape, .enter = enter, .quantum = quantum, .leave = leave,
    .stop = stop, .derive = derive, .describe = describe, .why = why,
};
