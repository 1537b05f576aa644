/* The app as the command line starts it, with its folders from the environment. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "tui/app.h"

int main(void)
{
    struct ecs_error e = {.code = 0};
    char text[700];
    struct ecs_app_options o = {
        .lesson = getenv("STORM_LESSON"), .lessons_dir = getenv("STORM_LESSONS"),
        .traces_dir = getenv("STORM_TRACES"), .state_dir = getenv("STORM_STATE"),
        .started_ns = ecs_now_ns(),
    };
    int rc = ecs_app_run(&o, &e);

    if (rc < 0)
        fprintf(stderr, "%s\n", ecs_error_text(&e, text, sizeof text));
    return rc < 0 ? 2 : 0;
}
