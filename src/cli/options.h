/* One table a subcommand: parsing, help and the answers to wrong names all come from it. */
#ifndef ECS_CLI_OPTIONS_H
#define ECS_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "core/base/error.h"

/* What main() returns. */
enum {
    ECS_EXIT_DONE = 0,
    ECS_EXIT_FOUND = 1,      /* it ran and found something */
    ECS_EXIT_USAGE = 2,      /* bad usage or bad input */
    ECS_EXIT_MACHINE = 3     /* this machine cannot do it */
};

struct ecs_option {
    const char *name;        /* "seconds"; a table ends with NULL here */
    char letter;             /* 'o', or 0 */
    const char *argument;    /* "FILE", or NULL for a switch */
    const char *help;        /* one line; "\n" begins further ones */
    const char *const *choices;   /* the words it must be one of, NULL-terminated; or NULL */
};

struct ecs_given { const struct ecs_option *option; const char *value; };

struct ecs_arguments {
    const struct ecs_command *command;
    struct ecs_given *given;         /* in the order of the command line */
    size_t n_given;
    const char **word;               /* what is not an option */
    size_t n_words;
    bool help, version;
};

struct ecs_command {
    const char *name;                /* "run"; empty for the program itself */
    const char *words;               /* "SCENARIO", "[LESSON]"; as the usage line has it */
    size_t least, most;              /* how many of them */
    const char *summary;             /* one line */
    const struct ecs_option *options;
    const char *more;                /* further help, or NULL */
    int (*run)(const struct ecs_arguments *a);   /* returns the exit status */
};

/* Reads argv[0 … argc-1], without program and subcommand. 0, or -EINVAL with a message. Free with
 * ecs_arguments_free(), also after a failure. */
int ecs_arguments_parse(const struct ecs_command *command, int argc, char **argv,
                        struct ecs_arguments *out, struct ecs_error *e);
void ecs_arguments_free(struct ecs_arguments *a);

bool ecs_arguments_has(const struct ecs_arguments *a, const char *name);
/* The last value given, or NULL. */
const char *ecs_arguments_value(const struct ecs_arguments *a, const char *name);

void ecs_command_help(const struct ecs_command *command, FILE *out);

#endif
