/* The program on a terminal: one libuv loop that owns the screen, the state that keys change, and
 * the session in force. Everything below it is told; nothing below it knows of a terminal. */
#ifndef ECS_TUI_APP_H
#define ECS_TUI_APP_H

#include "run/trace_file.h"
#include "tui/screen.h"

struct ecs_app_options {
    const char *lesson;          /* id or number; NULL: the list of lessons */
    const char *lessons_dir;     /* must be given, except for a replay */
    const char *traces_dir;      /* recorded fallbacks; NULL: none */
    const char *state_dir;       /* progress and recordings; NULL: the XDG one */
    enum ecs_color color;
    bool ascii;
    enum ecs_theme_name theme;
    bool low_bandwidth;          /* charts that are written over instead of moved */
    bool no_mouse;
    bool stats;                  /* prints what the screen cost to standard error at the end */
    uint64_t started_ns;         /* ecs_now_ns() at the start of main(), for `stats`; 0: unknown */
    /* Keys typed by a file: names as in keymap.h, names of actions ("next"), `wait:MS`, and
     * comments from a # to the end of the line, apart by blanks. NULL: none. */
    const char *script;
    struct ecs_trace *replay;    /* taken over, even on failure; NULL: none */
};

/* Returns when the user leaves, a signal asks for it, or the terminal goes away: 0. Before that, on
 * failure, the terminal is as it was and `e` says why: -ENOTTY, -EINVAL (see screen.h),
 * -ENOENT for an unknown lesson, what the lessons folder gives, -ENOMEM. */
int ecs_app_run(const struct ecs_app_options *o, struct ecs_error *e);

#endif
