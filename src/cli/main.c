/* Finds the subcommand, reads its arguments by its table, runs it. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "core/base/clock.h"

static uint64_t started_ns;

const struct ecs_command *const ecs_commands[] = {
    &ecs_command_list, &ecs_command_run, &ecs_command_compare, &ecs_command_explore,
    &ecs_command_machine, &ecs_command_lint, &ecs_command_record, &ecs_command_replay, NULL,
};

const struct ecs_command *ecs_command_find(const char *name)
{
    for (size_t i = 0; ecs_commands[i]; i++)
        if (strcmp(ecs_commands[i]->name, name) == 0)
            return ecs_commands[i];
    return NULL;
}

uint64_t ecs_started_ns(void)
{
    return started_ns;
}

static void print_help(const struct ecs_command *c)
{
    ecs_command_help(c, stdout);
    if (c != &ecs_command_learn)
        return;
    fputs("\nsubcommands (each has its own --help):\n", stdout);
    for (size_t i = 0; ecs_commands[i]; i++)
        printf("  %-8s  %s\n", ecs_commands[i]->name, ecs_commands[i]->summary);
    fputs("\nexit status: 0 done; 1 it ran and found something; 2 bad usage or input;\n"
          "3 this machine cannot do it\n", stdout);
}

static int run_command(const struct ecs_command *c, int argc, char **argv)
{
    struct ecs_arguments a;
    struct ecs_error e = { 0 };
    int status = ECS_EXIT_DONE;
    if (ecs_arguments_parse(c, argc, argv, &a, &e))
        status = ecs_print_error(&e);
    else if (a.help)
        print_help(c);
    else if (a.version)
        printf("%s %s\n", ECS_PROGRAM, ECS_VERSION);
    else
        status = c->run(&a);
    ecs_arguments_free(&a);
    return status;
}

/* `help run` is `run --help`. */
static int help_on(const char *name)
{
    const struct ecs_command *c = ecs_command_find(name);
    const char *names[16] = { NULL };
    for (size_t i = 0; ecs_commands[i] && i < 15; i++)
        names[i] = ecs_commands[i]->name;
    if (c) {
        print_help(c);
        return ECS_EXIT_DONE;
    }
    char mend[80] = "see " ECS_PROGRAM " --help";
    const char *near = ecs_nearest(name, names);
    if (near)
        snprintf(mend, sizeof mend, "did you mean %s?", near);
    return ecs_print_usage(mend, "there is no subcommand \"%.80s\"", name);
}

int main(int argc, char **argv)
{
    int status;
    started_ns = ecs_now_ns();
    ecs_guard_output();
    /* Only characters: numbers in documents keep their point. */
    setlocale(LC_CTYPE, "");
    const struct ecs_command *c = argc > 1 ? ecs_command_find(argv[1]) : NULL;
    if (c)
        status = run_command(c, argc - 2, argv + 2);
    else if (argc > 1 && strcmp(argv[1], "help") == 0 && argc <= 3)
        status = argc == 3 ? help_on(argv[2]) : (print_help(&ecs_command_learn), ECS_EXIT_DONE);
    else
        status = run_command(&ecs_command_learn, argc > 0 ? argc - 1 : 0, argv + 1);
    return ecs_finish_output(status);
}
