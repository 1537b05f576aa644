/* What screen.c, screen_draw.c and screen_keys.c share. Includes curses.h: for screen*.c only. */
#ifndef ECS_TUI_SCREEN_PRIVATE_H
#define ECS_TUI_SCREEN_PRIVATE_H

#ifndef NCURSES_WIDECHAR
#define NCURSES_WIDECHAR 1
#endif
#include <curses.h>

#include "tui/outbox.h"
#include "tui/screen.h"
#include "tui/tty.h"

#define ECS_MAX_PAIRS 256

struct ecs_screen {
    struct ecs_tty tty;
    bool detached, entered, ascii, utf8, mouse;
    enum ecs_glyphs glyphs;
    enum ecs_depth depth;
    int w, h;

    SCREEN *curses;
    WINDOW *keys;                  /* a pad: reading a key from it refreshes nothing */
    FILE *input, *output;
    int memory;                    /* where ncurses writes */
    struct ecs_outbox box;

    struct ecs_cell *shown;        /* what ncurses was told last; w * h */
    bool stale, dressed;           /* `shown` says nothing; `style` is filled */
    enum ecs_theme_name theme;
    cchar_t *run;                  /* w of them */
    struct { attr_t attr; short pair; } style[ECS_ROLES];   /* of `theme` */
    struct { short fg, bg; } pair[ECS_MAX_PAIRS];           /* pair[0] is ncurses' pair 1 */
    int n_pairs, pair_limit;

    uint32_t partial;              /* a UTF-8 character that is not complete yet */
    int partial_left;
    bool after_escape;             /* a lone Esc was the last key */
};

/* Moves what ncurses wrote to the outbox, wrapped if it is a frame. Returns the bytes. */
size_t ecs_screen_collect(struct ecs_screen *s, bool frame);

#endif
