/* No subcommand: the lessons on screen. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/learn.h"
#include "cli/output.h"
#include "tui/app.h"

const char *const ecs_themes[] = { "dark", "light", "mono", NULL };
const char *const ecs_colors[] = { "auto", "never", "16", "256", NULL };

static int index_of(const char *const *words, const char *word)
{
    for (int i = 0; word && words[i]; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return 0;
}

bool ecs_on_terminal(void)
{
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

void ecs_screen_arguments(const struct ecs_arguments *a, struct ecs_app_options *o)
{
    static const enum ecs_color depth[] = { ECS_COLOR_AUTO, ECS_COLOR_NEVER, ECS_COLOR_16,
                                            ECS_COLOR_256 };
    static const enum ecs_theme_name theme[] = { ECS_THEME_DARK, ECS_THEME_LIGHT, ECS_THEME_MONO };
    o->state_dir = ecs_arguments_value(a, "state");
    o->color = depth[index_of(ecs_colors, ecs_arguments_value(a, "color"))];
    o->theme = theme[index_of(ecs_themes, ecs_arguments_value(a, "theme"))];
    o->ascii = ecs_arguments_has(a, "ascii");
    o->low_bandwidth = ecs_arguments_has(a, "low-bandwidth");
    o->no_mouse = ecs_arguments_has(a, "no-mouse");
    o->stats = ecs_arguments_has(a, "stats");
    o->script = ecs_arguments_value(a, "keys");
    o->started_ns = ecs_started_ns();
}

/* A word that is neither a lesson nor a subcommand was meant to be one of them. */
static int unknown_word(const char *word, const struct ecs_lessons *lessons, struct ecs_error *e)
{
    size_t n = 0, subcommands = 0;
    while (ecs_commands[subcommands])
        subcommands++;
    const char **names = calloc(lessons->n + subcommands + 1, sizeof *names);
    for (size_t i = 0; names && i < subcommands; i++)
        names[n++] = ecs_commands[i]->name;
    for (size_t i = 0; names && i < lessons->n; i++)
        names[n++] = lessons->v[i]->id;
    const char *near = names ? ecs_nearest(word, names) : NULL;
    ecs_fail(e, -ENOENT, "there is no lesson or subcommand \"%.80s\"", word);
    size_t n_scenarios;
    const struct ecs_scenario *const *scenarios = ecs_scenarios(&n_scenarios);
    if (ecs_scenario_find(scenarios, n_scenarios, word))
        ecs_error_mend(e, "it is a scenario: " ECS_PROGRAM " run %s", word);
    else if (ecs_command_find(word))
        ecs_error_mend(e, "put the subcommand first: " ECS_PROGRAM " %s ...", word);
    else if (near)
        ecs_error_mend(e, "did you mean %s?", near);
    else
        ecs_error_mend(e, "see " ECS_PROGRAM " list");
    free(names);
    return -ENOENT;
}

/* Bad names are answered before a missing terminal is, and before the screen is touched. */
static int check_lesson(const char *folder, const char *word, struct ecs_error *e)
{
    struct ecs_lessons lessons = { 0 };
    struct ecs_issues issues = { 0 };
    int rc = ecs_lessons_load(folder, &lessons, &issues, e);
    if (rc == 0 && word && !ecs_lessons_find(&lessons, word))
        rc = unknown_word(word, &lessons, e);
    ecs_issues_free(&issues);
    ecs_lessons_free(&lessons);
    return rc;
}

/* The picker reads the lessons itself; whether it can is known sooner. */
static int check_folder(const char *folder, struct ecs_error *e)
{
    DIR *d = opendir(folder);
    if (d)
        return closedir(d);
    return check_lesson(folder, NULL, e);
}

static int learn(const struct ecs_arguments *a)
{
    char lessons[PATH_MAX], traces[PATH_MAX];
    struct ecs_error e = { 0 };
    struct ecs_app_options o = { .lesson = a->n_words ? a->word[0] : NULL };
    ecs_screen_arguments(a, &o);
    if (ecs_input_lessons_folder(a, lessons, sizeof lessons, &e))
        return ecs_print_error(&e);
    if (o.lesson ? check_lesson(lessons, o.lesson, &e) : check_folder(lessons, &e))
        return ecs_print_error(&e);
    if (!ecs_on_terminal())
        return ecs_print_usage("without one there are " ECS_PROGRAM " list, run, compare, machine, "
                               "lint, record and replay: see " ECS_PROGRAM " --help",
                               "the lessons need a terminal");
    ecs_input_traces_folder(lessons, traces, sizeof traces);
    o.lessons_dir = lessons;
    o.traces_dir = traces[0] ? traces : NULL;
    return ecs_app_run(&o, &e) ? ecs_print_error(&e) : ECS_EXIT_DONE;
}

static const struct ecs_option options[] = {
    ECS_OPTION_LESSONS,
    ECS_OPTION_STATE,
    ECS_OPTIONS_SCREEN,
    { .name = NULL },
};

const struct ecs_command ecs_command_learn = {
    .name = "", .words = "[LESSON]", .most = 1,
    .summary = "Watch what memory does under many threads: live lessons in the terminal.",
    .options = options, .run = learn,
};
