#include "scenarios/scenarios.h"

/* In the order in which `list` shows them. */
static const struct ecs_scenario *const all[] = {
    &ecs_scenario_counters,
    &ecs_scenario_hot_cold,
    &ecs_scenario_stack_stress,
    &ecs_scenario_alloc_churn,
};

const struct ecs_scenario *const *ecs_scenarios(size_t *n)
{
    *n = sizeof all / sizeof all[0];
    return all;
}
