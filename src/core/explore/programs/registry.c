#include <string.h>

#include "core/explore/programs/programs.h"

static const struct ecs_program *const programs[] = {
    &ecs_program_aba, &ecs_program_counter, &ecs_program_store_buffer,
    &ecs_program_message_passing, &ecs_program_reclaim, &ecs_program_treiber,
    NULL,
};

const struct ecs_program *const *ecs_programs(void)
{
    return programs;
}

const struct ecs_program *ecs_program_find(const char *name)
{
    for (size_t i = 0; programs[i]; i++) {
        if (strcmp(programs[i]->name, name) == 0)
            return programs[i];
    }
    return NULL;
}
