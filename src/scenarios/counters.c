/* False sharing: each worker bumps a counter of its own and nobody else's; only how far the
 * counters lie apart decides whether the workers fight over cache lines.
 *
 * Layout. The area is 16 rows. In each row the counter of worker i lies at i * stride, as in
 * `struct { uint64_t n; char pad[stride - 8]; } row[workers]`. A kernel that stays on one
 * counter uses row 0 only; one that walks goes through its counter of each row in turn. Rows are an
 * odd number of line pairs apart, so that 16 rows never fall into the same few cache sets.
 *
 * Why walk: a store that hits one line again and again sits in the store buffer and is merged
 * there, and an atomic addition to one line runs in bursts while the core happens to own it; both
 * hide most of what a line transfer costs. A walk meets each line once per round, so nearly
 * every operation needs a line that another core has just taken. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/atomic.h"
#include "core/base/cacheline.h"
#include "core/hw/os_memory.h"
#include "scenarios/figures.h"
#include "scenarios/pace.h"
#include "scenarios/scenarios.h"

enum { KERNEL, STRIDE, THREADS, PIN, N_PARAMS };
enum { RATE_TOTAL, RATE_PER_THREAD, OP_NS, LINE_SHARERS, BYTES_USED, N_METRICS };
enum { OPS };

#define ROWS 16u
#define AREA_BORDER 4096u
#define MAX_STRIDE 256

typedef _Atomic uint64_t counter;

/* Private to one worker, on lines of its own. */
struct local {
    ECS_ALIGNED_PAD struct ecs_pace pace;
    uint64_t random;
};

/* ---- kernels: `ops` operations on one worker's counters, `row` bytes from one to the next -- */

typedef void kernel_fn(char *first, size_t row, uint32_t ops, struct local *mine);

static void run_store(char *first, size_t row, uint32_t ops, struct local *mine)
{
    (void)row, (void)mine;
    counter *c = (counter *)first;
    uint64_t n = ecs_load_relaxed(c);
    while (ops--)
        ecs_store_relaxed(c, ++n);
}

static void run_load_store(char *first, size_t row, uint32_t ops, struct local *mine)
{
    (void)row, (void)mine;
    counter *c = (counter *)first;
    while (ops--)
        ecs_store_relaxed(c, ecs_load_relaxed(c) + 1);
}

static void run_fetch_add(char *first, size_t row, uint32_t ops, struct local *mine)
{
    (void)row, (void)mine;
    counter *c = (counter *)first;
    while (ops--)
        ecs_fetch_add_relaxed(c, 1);
}

static void run_fetch_add_16(char *first, size_t row, uint32_t ops, struct local *mine)
{
    (void)mine;
    for (; ops >= ROWS; ops -= ROWS)
        for (size_t i = 0; i < ROWS; i++)
            ecs_fetch_add_relaxed((counter *)(first + i * row), 1);
}

/* What a counter in a real program looks like: some work, then the counter. The random bits do
 * not decide the sum, they only keep the work from being removed. */
static void run_work_store(char *first, size_t row, uint32_t ops, struct local *mine)
{
    uint64_t x = mine->random;
    for (; ops >= ROWS; ops -= ROWS)
        for (size_t i = 0; i < ROWS; i++) {
            for (int k = 0; k < 10; k++) {
                x ^= x << 13;
                x ^= x >> 7;
                x ^= x << 17;
            }
            counter *c = (counter *)(first + i * row);
            ecs_store_relaxed(c, ecs_load_relaxed(c) + 1 + (x == 0));
        }
    mine->random = x;
}

static const struct { kernel_fn *run; unsigned rows; } kernels[] = {
    { run_store, 1 },
    { run_load_store, 1 },
    { run_fetch_add, 1 },
    { run_fetch_add_16, ROWS },
    { run_work_store, ROWS },
};
static const char *const kernel_names[] = {
    "store", "load_store", "fetch_add", "fetch_add_16", "work_store", NULL
};
static const char *const kernel_help[] = {
    "plain stores to one counter: the store buffer merges them and hides the sharing",
    "load, add one, store to one counter",
    "one atomic addition to one counter",
    "atomic additions to 16 counters on 16 lines in turn: nothing hides the sharing",
    "ten steps of a random generator, then load, add, store; 16 lines in turn",
    NULL
};

/* ---- layout: pure arithmetic, shared by the kernels, the figures and the picture ----------- */

static unsigned row_bytes(const struct ecs_values *values, unsigned workers)
{
    unsigned bytes = workers * (unsigned)values->v[STRIDE];
    unsigned pairs = (bytes + ECS_PAD - 1) / ECS_PAD;
    return (pairs | 1) * ECS_PAD;
}

static unsigned rows_used(const struct ecs_values *values)
{
    return kernels[values->v[KERNEL]].rows;
}

/* Workers whose counters begin on the most crowded line of a row. */
static unsigned sharers(const struct ecs_values *values, unsigned workers)
{
    unsigned most = 0, here = 0, line = 0;
    for (unsigned i = 0; i < workers; i++) {
        unsigned at = i * (unsigned)values->v[STRIDE] / ECS_LINE;
        here = at == line ? here + 1 : 1;
        line = at;
        most = here > most ? here : most;
    }
    return most;
}

/* ---- the scenario -------------------------------------------------------------------------- */

static const struct ecs_param params[N_PARAMS] = {
    [KERNEL] = { .name = "kernel", .summary = "what a worker does to its counter",
                 .kind = ECS_PARAM_CHOICE, .def = 3, .choices = kernel_names,
                 .choice_help = kernel_help, .live = true },
    [STRIDE] = { .name = "stride", .summary = "from one worker's counter to the next",
                 .kind = ECS_PARAM_BYTES, .def = 8, .min = 8, .max = MAX_STRIDE, .live = true,
                 .multiple = 8 },
    [THREADS] = { .name = ECS_PARAM_THREADS_NAME, .summary = "workers",
                  .kind = ECS_PARAM_INT, .def = 2, .min = 1, .max = ECS_MAX_WORKERS,
                  .live = true },
    [PIN] = { .name = ECS_PARAM_PIN_NAME, .summary = "where the workers run",
              .kind = ECS_PARAM_CHOICE, .def = ECS_PIN_CORES, .choices = ecs_pin_choices,
              .choice_help = ecs_pin_choice_help, .live = true },
};

static const struct ecs_metric metrics[N_METRICS] = {
    [RATE_TOTAL] = { .name = "rate.total", .label = "increments, all threads", .unit = "ops/s",
                     .source = ECS_MEASURED, .how = "operations the workers counted, per second" },
    [RATE_PER_THREAD] = { .name = "rate.per_thread", .label = "increments, each thread",
                          .unit = "ops/s", .source = ECS_MEASURED,
                          .how = "the same, divided by the number of workers" },
    [OP_NS] = { .name = "op.ns", .label = "one increment takes", .unit = "ns",
                .source = ECS_MEASURED, .how = "window times workers, divided by operations",
                .lower_is_better = true },
    [LINE_SHARERS] = { .name = "line.sharers", .label = "workers writing one line", .unit = "",
                       .source = ECS_MODEL, .lower_is_better = true,
                       .how = "counted from the counters' addresses, most crowded line, "
                              "64-byte lines" },
    [BYTES_USED] = { .name = "bytes.used", .label = "room the counters take", .unit = "B",
                     .source = ECS_MODEL, .lower_is_better = true,
                     .how = "workers x stride x counters of each" },
};

static const char *const counter_names[] = { "ops", NULL };

static size_t area_bytes(void)
{
    struct ecs_values widest = { .v = { [STRIDE] = MAX_STRIDE } };
    return (size_t)row_bytes(&widest, ECS_MAX_WORKERS) * ROWS;
}

static int start(const struct ecs_values *values, void **shared, struct ecs_error *e)
{
    (void)values;
    void *area = ecs_os_map(area_bytes(), AREA_BORDER, false);
    if (!area)
        return ecs_fail(e, -ENOMEM, "no memory for the counters (%zu bytes)", area_bytes());
    memset(area, 0, area_bytes());
    *shared = area;
    return 0;
}

static void stop(void *shared)
{
    ecs_os_unmap(shared, area_bytes());
}

static int enter(struct ecs_worker *w)
{
    struct local *mine = aligned_alloc(_Alignof(struct local), sizeof *mine);
    if (!mine) {
        w->failed = "out of memory for a worker's own state";
        return -ENOMEM;
    }
    *mine = (struct local){ .random = 0x9e3779b97f4a7c15u * (w->index + 1) };
    w->local = mine;
    return 0;
}

static void leave(struct ecs_worker *w)
{
    free(w->local);
    w->local = NULL;
}

static void quantum(struct ecs_worker *w)
{
    struct local *mine = w->local;
    char *first = (char *)w->shared + w->index * (size_t)w->values->v[STRIDE];
    uint32_t ops = ecs_pace_begin(&mine->pace);
    kernels[w->values->v[KERNEL]].run(first, row_bytes(w->values, w->workers), ops, mine);
    w->count[OPS] += ops;
    ecs_pace_end(&mine->pace);
}

static void derive(const struct ecs_window *w, double *metric)
{
    metric[RATE_TOTAL] = ecs_figure_rate(w, OPS);
    metric[RATE_PER_THREAD] = ecs_figure_ratio(metric[RATE_TOTAL], w->workers);
    metric[OP_NS] = ecs_figure_ns_each(w, OPS);
    metric[LINE_SHARERS] = w->workers ? sharers(w->values, w->workers) : NAN;
    metric[BYTES_USED] = (double)w->workers * (double)w->values->v[STRIDE] * rows_used(w->values);
}

static void describe(void *shared, const struct ecs_window *w, struct ecs_picture *out)
{
    unsigned stride = (unsigned)w->values->v[STRIDE];
    *out = (struct ecs_picture){ .kind = ECS_DIAGRAM_LINES };
    out->value[ECS_LINES_ADDRESS] = (uint64_t)(uintptr_t)shared;
    out->value[ECS_LINES_ROWS] = rows_used(w->values);
    for (unsigned i = 0; i < w->workers && i < ECS_MAX_SPANS; i++) {
        struct ecs_span *span = &out->span[out->n_spans++];
        *span = (struct ecs_span){ .offset = i * stride, .size = sizeof(counter),
                                   .owner = (int32_t)i };
        snprintf(span->label, sizeof span->label, "T%u", i);
        out->bytes = (span->offset + span->size + ECS_LINE - 1) / ECS_LINE * ECS_LINE;
    }
}

const struct ecs_scenario ecs_scenario_counters = {
    .name = "counters",
    .summary = "each thread bumps its own counter; the distance between them decides the rate",
    .params = params, .n_params = N_PARAMS,
    .metrics = metrics, .n_metrics = N_METRICS,
    .counters = counter_names,
    .min_cpus = 2,
    .diagram = ECS_DIAGRAM_LINES,
    .start = start, .enter = enter, .quantum = quantum, .leave = leave, .stop = stop,
    .derive = derive, .describe = describe,
};
