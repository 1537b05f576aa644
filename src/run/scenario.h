/* What a scenario is: something real that workers do again and again, with parameters that can
 * be changed while they do it and figures that can be read off their counters.
 *
 * A scenario fills in one `struct ecs_scenario` and never prints, draws, pins or counts with
 * atomics: the run does the pinning, parking, publishing and sampling. Its workers call
 * `quantum` in a loop; one quantum is 10 to 200 us of work (never fewer than 256 operations),
 * so that everything between two quanta is invisible in the figures. */
#ifndef ECS_RUN_SCENARIO_H
#define ECS_RUN_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"

#define ECS_MAX_PARAMS 12
#define ECS_MAX_METRICS 16
#define ECS_MAX_COUNTERS 16
#define ECS_MAX_WORKERS 64

/* Where a figure comes from: the only four words a screen, a JSON line or a trace may use. */
enum ecs_source { ECS_MEASURED, ECS_MODEL, ECS_RECORDED, ECS_EXHAUSTIVE };
const char *ecs_source_name(enum ecs_source source);  /* "measured" … for JSON; screens upper-case it */

/* ---- parameters ------------------------------------------------------------------------- */

enum ecs_param_kind {
    ECS_PARAM_INT,     /* a plain number in [min, max] */
    ECS_PARAM_BYTES,   /* the same; accepts and shows 64, 4K, 2M, 1G (binary) */
    ECS_PARAM_COUNT,   /* the same; accepts and shows 2K, 4M (binary multiples, no B) */
    ECS_PARAM_CHOICE   /* an index into `choices` */
};

struct ecs_param {
    const char *name;               /* stable, lower case: part of the command line and lessons */
    const char *summary;            /* one line */
    enum ecs_param_kind kind;
    int64_t def, min, max;          /* CHOICE: def is an index, min and max are ignored */
    const char *const *choices;     /* NULL-terminated, CHOICE only */
    const char *const *choice_help; /* one line each, CHOICE only, may be NULL */
    bool live;                      /* may change while it runs */
    bool rebuild;                   /* a live change needs `reshape` with all workers parked */
    int64_t multiple;               /* value must be a multiple of this; 0 or 1: any */
};

/* Values of all parameters of one scenario, in the order of its table. */
struct ecs_values { int64_t v[ECS_MAX_PARAMS]; };

/* Two parameters that the run itself understands, by name, in any scenario that lists them. */
#define ECS_PARAM_THREADS_NAME "threads"
#define ECS_PARAM_PIN_NAME "pin"
/* Choices of `pin`, in this order. `cores`: each worker on a core of its own as far as they go,
 * `one`: all on the same CPU, `smt`: fill the hardware threads of one core first, `free`: the
 * kernel decides. */
enum ecs_pin { ECS_PIN_CORES, ECS_PIN_ONE, ECS_PIN_SMT, ECS_PIN_FREE };
extern const char *const ecs_pin_choices[];      /* "distinct-cores", "same-core", "smt-siblings", "free" */
extern const char *const ecs_pin_choice_help[];

/* ---- figures ---------------------------------------------------------------------------- */

struct ecs_metric {
    const char *name;     /* stable: "rate.total", "l1.hit_rate" */
    const char *label;    /* for a screen: "increments, all threads" */
    const char *unit;     /* "ops/s", "ns/entity", "%", "1/op", "" … scaled by the screen, never here */
    enum ecs_source source;
    const char *how;      /* one line: how it is obtained */
    bool lower_is_better;
    bool is_count;        /* a total since the last change of parameters (corruptions), not a rate */
};

/* One worker's counters over one window. */
struct ecs_delta { uint64_t c[ECS_MAX_COUNTERS]; };

/* What metrics are derived from. Everything derive() may look at is here: it must be pure. */
struct ecs_window {
    uint64_t window_ns;                     /* length of this window */
    uint64_t since_change_ns;               /* since the last change of parameters */
    unsigned workers;                       /* that were running */
    const struct ecs_values *values;        /* in force during this window */
    const struct ecs_delta *delta;          /* [workers], over this window */
    const struct ecs_delta *since_change;   /* [workers], since the last change of parameters */
};

/* ---- the worker ------------------------------------------------------------------------- */

struct ecs_worker {
    unsigned index;                       /* 0 … workers-1 */
    unsigned workers;                     /* in force at this batch border */
    const struct ecs_values *values;      /* private to this worker; constant within a quantum */
    uint64_t count[ECS_MAX_COUNTERS];     /* plain, monotonic; published by the run after a quantum */
    void *shared;                         /* the state that start() made */
    void *local;                          /* for the scenario; set in enter(), freed in leave() */
    const char *failed;                   /* set to a static sentence to end the run with a message */
};

/* ---- the picture that explains it --------------------------------------------------------
 * Which diagram a screen may draw for this scenario; the screen makes it from the snapshot and
 * from what describe() adds. Plain data: the core knows no terminal. */
enum ecs_diagram_kind {
    ECS_DIAGRAM_NONE,
    ECS_DIAGRAM_LINES,    /* cache lines and who writes which byte: counters */
    ECS_DIAGRAM_RECORD,   /* a record's fields, hot and cold, over cache lines: hot-cold */
    ECS_DIAGRAM_STACK,    /* head, nodes, owners: stack-stress */
    ECS_DIAGRAM_POOLS     /* thread caches over a depot: alloc-churn */
};

struct ecs_span { uint32_t offset, size; int32_t owner; char label[16]; };  /* owner: worker, -1 none;
                                                      RECORD: 1 hot, 0 cold, -1 padding */
#define ECS_MAX_SPANS 32

/* Filled from real addresses or real state; copied into a snapshot, so keep it small. */
struct ecs_picture {
    enum ecs_diagram_kind kind;
    uint32_t bytes;                        /* LINES, RECORD: size of the area shown, from a line border */
    uint32_t stride;                       /* RECORD: bytes from one record to the next */
    uint32_t n_spans;
    struct ecs_span span[ECS_MAX_SPANS];
    uint64_t value[24];                    /* STACK, POOLS: see ECS_STACK_*, ECS_POOLS_* below */
};
/* value[] of LINES: address of the area's first byte, and how many rows like the one shown the
 * workers walk, one after the other (1: only this one). */
enum { ECS_LINES_ADDRESS, ECS_LINES_ROWS };
/* value[] of STACK: totals since the last change of parameters, and a sample of the list. */
enum { ECS_STACK_HEAD, ECS_STACK_TAG, ECS_STACK_NODES, ECS_STACK_ON_LIST, ECS_STACK_LOST,
       ECS_STACK_DOUBLED, ECS_STACK_FOREIGN, ECS_STACK_RETIRED, ECS_STACK_RECLAIMED,
       ECS_STACK_CYCLE, ECS_STACK_N_SAMPLE, ECS_STACK_SAMPLE /* first of up to 8 node numbers from the head */ };
/* value[] of POOLS: blocks held. Workers' L1 fill follows from ECS_POOLS_L1 on, up to 8. */
enum { ECS_POOLS_BATCH, ECS_POOLS_L1_CAP, ECS_POOLS_DEPOT_BATCHES, ECS_POOLS_DEPOT_BLOCKS,
       ECS_POOLS_FROM_OS, ECS_POOLS_WORKERS, ECS_POOLS_L1 };

/* ---- the scenario ------------------------------------------------------------------------ */

struct ecs_scenario {
    const char *name;
    const char *summary;
    const struct ecs_param *params;      /* n_params ≤ ECS_MAX_PARAMS */
    size_t n_params;
    const struct ecs_metric *metrics;    /* [0] is the main one; n_metrics ≤ ECS_MAX_METRICS */
    size_t n_metrics;
    const char *const *counters;         /* NULL-terminated names of worker counters (trace, JSON) */
    unsigned min_cpus;                   /* CPUs below which the effect cannot show (run says so; it still runs) */
    enum ecs_diagram_kind diagram;

    /* Checks a combination beyond each value's own range. May be NULL. Any thread. */
    int (*check)(const struct ecs_values *values, struct ecs_error *e);
    /* Builds the shared state. Called with no worker alive. Frees everything on failure. */
    int (*start)(const struct ecs_values *values, void **shared, struct ecs_error *e);
    /* All workers are parked. Applies a change; on failure the old state must still be valid.
     * Also called (if not NULL) for every change of a `rebuild` parameter and on restart. */
    int (*reshape)(void *shared, const struct ecs_values *values, struct ecs_error *e);
    /* On the worker's own thread, after pinning: at its start and after every change of values.
     * May set w->local. May be NULL. 0 or negative errno with w->failed set. */
    int (*enter)(struct ecs_worker *w);
    void (*quantum)(struct ecs_worker *w);
    /* On the worker's own thread, before a change of values is entered and at its end. May be NULL. */
    void (*leave)(struct ecs_worker *w);
    void (*stop)(void *shared);          /* all workers have ended */
    /* Pure. Writes metric[0..n_metrics-1]; NAN for what this window cannot tell. */
    void (*derive)(const struct ecs_window *w, double *metric);
    /* Fills the picture from real addresses or relaxed reads of live state. Sampler thread, while
     * workers run: no locks that they take. May be NULL. */
    void (*describe)(void *shared, const struct ecs_window *w, struct ecs_picture *out);
    /* Why these values leave metric `metric` NAN in every window ("the C library does not count
     * this"), or NULL if they do not. Pure; a static sentence without a full stop. May be NULL. */
    const char *(*why)(const struct ecs_values *values, int metric);
};

/* The registry (src/scenarios/registry.c). */
const struct ecs_scenario *const *ecs_scenarios(size_t *n);

/* ---- helpers over a scenario's tables (src/run/param.c) ------------------------------------ */

/* By name, exactly; NULL if there is none among `list` (n entries). */
const struct ecs_scenario *ecs_scenario_find(const struct ecs_scenario *const *list, size_t n, const char *name);
int ecs_param_index(const struct ecs_scenario *s, const char *name);   /* -1 if there is none */
int ecs_metric_index(const struct ecs_scenario *s, const char *name);  /* -1 if there is none */
void ecs_values_default(const struct ecs_scenario *s, struct ecs_values *out);
/* Reads "8", "4K", "tagged" as a value of parameter `index`: range, unit, multiple, choice.
 * The message names the parameter, what is allowed and the nearest known choice. */
int ecs_value_parse(const struct ecs_scenario *s, int index, const char *text, int64_t *out, struct ecs_error *e);
/* "name=value"; unknown names are answered with the nearest known one. */
int ecs_values_set(const struct ecs_scenario *s, struct ecs_values *values, const char *assignment, struct ecs_error *e);
/* Every value in its range, and the scenario's own check(). */
int ecs_values_check(const struct ecs_scenario *s, const struct ecs_values *values, struct ecs_error *e);
/* A value as a user types it: "64", "4K", "tagged". Returns `out`. */
char *ecs_value_text(const struct ecs_param *p, int64_t value, char *out, size_t size);

#endif
