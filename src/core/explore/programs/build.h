/* Included before everything else (-include) when the lock-free sources and the programs on them
 * are compiled again with something changed: gives each public name the suffix ECS_BUILD, so that
 * all builds fit into one executable. A name that is missing here shows as a duplicate symbol. */
#ifndef ECS_EXPLORE_BUILD_H
#define ECS_EXPLORE_BUILD_H

#define ECS_BUILD_JOIN_(name, suffix) name##_##suffix
#define ECS_BUILD_JOIN(name, suffix) ECS_BUILD_JOIN_(name, suffix)
#define ECS_BUILD_NAME(name) ECS_BUILD_JOIN(name, ECS_BUILD)

#define ecs_stack_variants ECS_BUILD_NAME(ecs_stack_variants)
#define ecs_stack_init ECS_BUILD_NAME(ecs_stack_init)
#define ecs_stack_fill ECS_BUILD_NAME(ecs_stack_fill)
#define ecs_stack_join ECS_BUILD_NAME(ecs_stack_join)
#define ecs_stack_retire ECS_BUILD_NAME(ecs_stack_retire)
#define ecs_stack_flush ECS_BUILD_NAME(ecs_stack_flush)
#define ecs_stack_peek ECS_BUILD_NAME(ecs_stack_peek)
#define ecs_hazard_init ECS_BUILD_NAME(ecs_hazard_init)
#define ecs_hazard_drain ECS_BUILD_NAME(ecs_hazard_drain)
#define ecs_hazard_destroy ECS_BUILD_NAME(ecs_hazard_destroy)
#define ecs_hazard_mine ECS_BUILD_NAME(ecs_hazard_mine)
#define ecs_hazard_retire ECS_BUILD_NAME(ecs_hazard_retire)
#define ecs_hazard_scan ECS_BUILD_NAME(ecs_hazard_scan)
#define ecs_hazard_read ECS_BUILD_NAME(ecs_hazard_read)
#define ecs_hazard_peek ECS_BUILD_NAME(ecs_hazard_peek)
#define ecs_epoch_init ECS_BUILD_NAME(ecs_epoch_init)
#define ecs_epoch_drain ECS_BUILD_NAME(ecs_epoch_drain)
#define ecs_epoch_destroy ECS_BUILD_NAME(ecs_epoch_destroy)
#define ecs_epoch_mine ECS_BUILD_NAME(ecs_epoch_mine)
#define ecs_epoch_retire ECS_BUILD_NAME(ecs_epoch_retire)
#define ecs_epoch_try_advance ECS_BUILD_NAME(ecs_epoch_try_advance)
#define ecs_epoch_poll ECS_BUILD_NAME(ecs_epoch_poll)
#define ecs_epoch_read ECS_BUILD_NAME(ecs_epoch_read)
#define ecs_epoch_peek ECS_BUILD_NAME(ecs_epoch_peek)
#define ecs_program_aba ECS_BUILD_NAME(ecs_program_aba)
#define ecs_program_reclaim ECS_BUILD_NAME(ecs_program_reclaim)

#endif
