/* Sums and ratios over a window, for derive(). All are NAN when the window cannot tell. */
#ifndef ECS_SCENARIOS_FIGURES_H
#define ECS_SCENARIOS_FIGURES_H

#include <math.h>

#include "core/base/clock.h"
#include "run/scenario.h"

/* One counter over all workers. */
static inline double ecs_figure_sum(const struct ecs_delta *delta, unsigned workers, int counter)
{
    double sum = 0;
    for (unsigned i = 0; i < workers; i++)
        sum += (double)delta[i].c[counter];
    return sum;
}

/* a / b; NAN when there was no b. */
static inline double ecs_figure_ratio(double a, double b)
{
    return b > 0 ? a / b : NAN;
}

/* One counter per second, all workers, over this window. */
static inline double ecs_figure_rate(const struct ecs_window *w, int counter)
{
    double seconds = (double)w->window_ns / (double)ECS_NS_PER_S;
    return ecs_figure_ratio(ecs_figure_sum(w->delta, w->workers, counter), seconds);
}

/* Time that one worker spent on one unit of `counter`, in ns. */
static inline double ecs_figure_ns_each(const struct ecs_window *w, int counter)
{
    double all = (double)w->window_ns * (double)w->workers;
    return ecs_figure_ratio(all, ecs_figure_sum(w->delta, w->workers, counter));
}

#endif
