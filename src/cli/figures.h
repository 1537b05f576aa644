/* Windows boiled down to figures: medians with intervals over the windows that count. */
#ifndef ECS_CLI_FIGURES_H
#define ECS_CLI_FIGURES_H

#include "run/snapshot.h"

/* Windows under the same values of all parameters. */
struct ecs_figures {
    const struct ecs_scenario *scenario;
    struct ecs_values values;
    size_t windows, dirty;       /* settled ones, and of these the noisy ones */
    size_t settling;
    uint64_t span_ns;            /* of all of them */
    uint64_t window_ns;          /* of one settled window, on average */
    struct ecs_noise worst;      /* of the dirty ones */
    /* A value for each window that counts: a clean one, or any settled one for what is modelled and
     * noise cannot change. */
    double *value[ECS_MAX_METRICS];
    size_t n[ECS_MAX_METRICS], room[ECS_MAX_METRICS];
    double last[ECS_MAX_METRICS];     /* for counts: their latest value in any window */
};

struct ecs_figure {
    double median, low, high;    /* NAN: not available */
    size_t n;
    char why[200];               /* why not */
    bool noise;                  /* because of noise alone */
};

void ecs_figures_init(struct ecs_figures *f, const struct ecs_scenario *s,
                      const struct ecs_values *values);
void ecs_figures_free(struct ecs_figures *f);
/* 0 or -ENOMEM. */
int ecs_figures_add(struct ecs_figures *f, const struct ecs_snapshot *snap);
void ecs_figures_get(const struct ecs_figures *f, size_t metric, struct ecs_figure *out);
/* True if fewer than half of the windows are clean; `why` says what disturbed them. */
bool ecs_figures_noisy(const struct ecs_figures *f, char *why, size_t size);

/* Several of them, one for each set of values, in the order in which they came up. */
struct ecs_figure_sets { struct ecs_figures *v; size_t n; };
int ecs_figure_sets_add(struct ecs_figure_sets *sets, const struct ecs_scenario *s,
                        const struct ecs_snapshot *snap);
void ecs_figure_sets_free(struct ecs_figure_sets *sets);

#endif
