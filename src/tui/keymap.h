/* Every action a key can cause, once: name (scripts), default keys, short label (footer), help.
 *
 * X(id, name, keys, label, help)
 * `keys` is a space-separated list: a printable character, or one of
 * Up Down Left Right PgUp PgDn Home End Enter Esc Space Tab BackTab Backspace F1 ^C ^L ^Z.
 * Toggles of a lesson (`toggle p: …`) take their letter first while a scenario is on screen; lint keeps
 * them off the letters below. */
#ifndef ECS_TUI_KEYMAP_H
#define ECS_TUI_KEYMAP_H

#include <stddef.h>
#include <stdint.h>

#define ECS_ACTIONS(X) \
    X(QUIT,      "quit",      "q ^C",            "quit",    "leave; from a lesson, back to the list (^C leaves at once)") \
    X(HELP,      "help",      "? F1",            "help",    "this page") \
    X(UP,        "up",        "Up k",            "",        "up: the choice, lesson or line above") \
    X(DOWN,      "down",      "Down j",          "",        "down: the choice, lesson or line below") \
    X(ENTER,     "enter",     "Enter",           "choose",  "take the marked choice, open the marked lesson") \
    X(NEXT,      "next",      "n PgDn",          "next",    "next step") \
    X(BACK,      "back",      "b PgUp Backspace","back",    "step before") \
    X(SKIP,      "skip",      "x",               "skip",    "go on without answering (kept as skipped)") \
    X(HINT,      "hint",      "h",               "hint",    "the next hint") \
    X(REVEAL,    "reveal",    "V",               "solution","show the solution of a task") \
    X(AGAIN,     "again",     "M",               "measure again", "measure this step once more") \
    X(PAUSE,     "pause",     "Space",           "pause",   "pause the workers; again: resume") \
    X(LEFT,      "scrub-left", "Left",           "scrub",   "pause and look one second back") \
    X(RIGHT,     "scrub-right","Right",          "",        "look one second forward") \
    X(HOME,      "oldest",    "Home",            "",        "the oldest moment that is kept") \
    X(END,       "newest",    "End",             "",        "back to now, and resume") \
    X(ZOOM_IN,   "zoom-in",   "+ =",             "",        "fewer seconds on the time axis") \
    X(ZOOM_OUT,  "zoom-out",  "-",               "",        "more seconds on the time axis") \
    X(PANEL,     "panel",     "Tab",             "panel",   "next panel, where not all fit") \
    X(RECORDED,  "recorded",  "R",               "recorded","play the recording of another run, and back") \
    X(RECORD,    "record",    "w",               "record",  "start or stop keeping this run in a file") \
    X(THEME,     "theme",     "T",               "theme",   "dark, light, mono") \
    X(DOTS,      "dots",      "D",               "dots",    "braille, blocks or ASCII charts") \
    X(REDRAW,    "redraw",    "^L",              "",        "draw the whole screen again") \
    X(SUSPEND,   "suspend",   "^Z",              "",        "suspend; fg comes back")

enum ecs_action {
    ECS_ACTION_NONE,
#define X(id, name, keys, label, help) ECS_ACTION_##id,
    ECS_ACTIONS(X)
#undef X
    ECS_ACTION_COUNT
};

struct ecs_action_info { const char *name, *keys, *label, *help; };
const struct ecs_action_info *ecs_action_info(enum ecs_action a);

/* A decoded key: a Unicode character, or one of ECS_KEY_*. */
enum { ECS_KEY_BASE = 0x110000, ECS_KEY_UP, ECS_KEY_DOWN, ECS_KEY_LEFT, ECS_KEY_RIGHT, ECS_KEY_PGUP,
       ECS_KEY_PGDN, ECS_KEY_HOME, ECS_KEY_END, ECS_KEY_ENTER, ECS_KEY_ESC, ECS_KEY_TAB,
       ECS_KEY_BACKTAB, ECS_KEY_BACKSPACE, ECS_KEY_F1, ECS_KEY_RESIZE, ECS_KEY_MOUSE };
uint32_t ecs_key_by_name(const char *name, size_t len);    /* 0 if unknown */
const char *ecs_key_name(uint32_t key, char *out, size_t size);
enum ecs_action ecs_keymap(uint32_t key);

#endif
