/* The subcommands, each in its own file. */
#ifndef ECS_CLI_COMMANDS_H
#define ECS_CLI_COMMANDS_H

#include <stdint.h>

#include "cli/options.h"

extern const struct ecs_command ecs_command_learn;     /* no subcommand: the lessons on screen */
extern const struct ecs_command ecs_command_list;
extern const struct ecs_command ecs_command_run;
extern const struct ecs_command ecs_command_compare;
extern const struct ecs_command ecs_command_machine;
extern const struct ecs_command ecs_command_explore;
extern const struct ecs_command ecs_command_lint;
extern const struct ecs_command ecs_command_record;
extern const struct ecs_command ecs_command_replay;

/* All of these but `learn`, in the order of the help. NULL-terminated. */
extern const struct ecs_command *const ecs_commands[];
/* The subcommand of that name, or NULL. */
const struct ecs_command *ecs_command_find(const char *name);
/* ecs_now_ns() at the start of main(). */
uint64_t ecs_started_ns(void);

#endif
