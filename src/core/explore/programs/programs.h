/* The programs that ship, and the builds of those that stand on src/core/lockfree. */
#ifndef ECS_EXPLORE_PROGRAMS_H
#define ECS_EXPLORE_PROGRAMS_H

#include "core/explore/explore.h"

extern const struct ecs_program ecs_program_aba, ecs_program_treiber, ecs_program_reclaim,
    ecs_program_counter, ecs_program_store_buffer, ecs_program_message_passing;

#endif
