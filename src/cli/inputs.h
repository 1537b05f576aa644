/* What several subcommands take: a scenario with its values, a time, a format, folders. */
#ifndef ECS_CLI_INPUTS_H
#define ECS_CLI_INPUTS_H

#include "cli/options.h"
#include "lesson/parse.h"
#include "run/scenario.h"

/* The scenario of that name; unknown names are answered with the nearest. */
int ecs_input_scenario(const char *name, const struct ecs_scenario **out, struct ecs_error *e);
/* "k=v" or "k=v,k=v…" into `values`. */
int ecs_input_assign(const struct ecs_scenario *s, const char *text, struct ecs_values *values,
                     struct ecs_error *e);
/* Defaults, then every --set. Does not check the combination: see ecs_input_check(). */
int ecs_input_set(const struct ecs_arguments *a, const struct ecs_scenario *s,
                  struct ecs_values *values, struct ecs_error *e);
/* The combination, and whether this machine can pin as asked (-ENODEV). */
int ecs_input_check(const struct ecs_scenario *s, const struct ecs_values *values,
                    struct ecs_error *e);
int ecs_input_metric(const struct ecs_scenario *s, const char *name, int *out,
                     struct ecs_error *e);

/* Nanoseconds from "2", "0.5", "500ms", "2s", "3min", "1h", within [low, high]. */
int ecs_input_time(const char *option, const char *text, uint64_t low, uint64_t high,
                   uint64_t *out, struct ecs_error *e);
int ecs_input_count(const char *option, const char *text, unsigned low, unsigned high,
                    unsigned *out, struct ecs_error *e);

enum ecs_format { ECS_FORMAT_TEXT, ECS_FORMAT_JSON, ECS_FORMAT_CSV, ECS_FORMAT_GCC };
/* --format, or --json; text if neither is given. The option's choices are checked already. */
enum ecs_format ecs_input_format(const struct ecs_arguments *a);

/* Where the lessons are: --lessons, $ECSCOPE_LESSONS, the source tree, the installed ones, next to
 * the executable. 0 or -ENOENT with a message. */
int ecs_input_lessons_folder(const struct ecs_arguments *a, char *out, size_t size,
                             struct ecs_error *e);
/* The folder assets/traces that belongs to a lessons folder; empty if there is none. */
void ecs_input_traces_folder(const char *lessons, char *out, size_t size);
/* Reads the folder; says on standard error which lessons were left out and why. */
int ecs_input_lessons(const char *folder, struct ecs_lessons *out, struct ecs_error *e);

/* Options that several tables share. */
extern const char *const ecs_formats_all[];     /* text json csv */
extern const char *const ecs_formats_short[];   /* text json */
#define ECS_OPTION_SET \
    { .name = "set", .argument = "NAME=VALUE", \
      .help = "set a parameter; may be given again (see: " ECS_PROGRAM " list)" }
#define ECS_OPTION_FORMAT \
    { .name = "format", .argument = "FORMAT", .help = "text (as it is), json or csv", \
      .choices = ecs_formats_all }
#define ECS_OPTION_FORMAT_SHORT \
    { .name = "format", .argument = "FORMAT", .help = "text (as it is) or json", \
      .choices = ecs_formats_short }
#define ECS_OPTION_JSON { .name = "json", .help = "the same as --format json" }
#define ECS_OPTION_LESSONS \
    { .name = "lessons", .argument = "DIR", .help = "where the lessons are" }
#define ECS_OPTION_STATE \
    { .name = "state", .argument = "DIR", .help = "where progress is kept" }

#endif
