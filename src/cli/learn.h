/* What the two ways onto the screen share: the lessons, and a recording. */
#ifndef ECS_CLI_LEARN_H
#define ECS_CLI_LEARN_H

#include "cli/options.h"
#include "tui/app.h"

bool ecs_on_terminal(void);
void ecs_screen_arguments(const struct ecs_arguments *a, struct ecs_app_options *o);

extern const char *const ecs_themes[];   /* dark light mono */
extern const char *const ecs_colors[];   /* auto never 16 256 */

#define ECS_OPTIONS_SCREEN \
    { .name = "color", .argument = "WHEN", .help = "auto (as it is), never, 16 or 256", \
      .choices = ecs_colors }, \
    { .name = "theme", .argument = "THEME", .help = "dark (as it is), light or mono", \
      .choices = ecs_themes }, \
    { .name = "ascii", .help = "nothing but ASCII characters" }, \
    { .name = "low-bandwidth", .help = "charts that are written over instead of moved" }, \
    { .name = "no-mouse", .help = "leave the mouse to the terminal" }, \
    { .name = "stats", .help = "print at the end what the screen cost" }, \
    { .name = "keys", .argument = "FILE", .help = "type the keys that the file names" }

#endif
