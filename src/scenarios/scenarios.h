/* The scenarios of this folder, by file. Outside it use ecs_scenarios(). */
#ifndef ECS_SCENARIOS_H
#define ECS_SCENARIOS_H

#include "run/scenario.h"

extern const struct ecs_scenario ecs_scenario_counters;
extern const struct ecs_scenario ecs_scenario_hot_cold;
extern const struct ecs_scenario ecs_scenario_stack_stress;
extern const struct ecs_scenario ecs_scenario_alloc_churn;

#endif
