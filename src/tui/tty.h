/* The terminal itself: own opens of /dev/tty, its modes and size, and giving it back whatever
 * happens. Knows no ncurses and no loop.
 *
 * Both descriptors are opened here and shared with nobody: O_NONBLOCK on them is never seen by
 * the shell, and input works when stdin is a file. One terminal at a time; UI thread only. */
#ifndef ECS_TUI_TTY_H
#define ECS_TUI_TTY_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "core/base/error.h"

struct ecs_tty {
    int in, out;             /* out is O_NONBLOCK; -1 when closed */
    struct termios saved;    /* as the shell had it */
};

/* -ENOTTY when there is no controlling terminal. Nothing is changed on failure. */
int ecs_tty_open(struct ecs_tty *t, struct ecs_error *e);
void ecs_tty_close(struct ecs_tty *t);
/* Raw mode (cfmakeraw). From here on until ecs_tty_cooked() the terminal is given back by
 * atexit() and by a crash (SEGV BUS FPE ILL ABRT), and what is written to a standard error that is
 * a terminal is kept and comes out afterwards. 0 or negative errno. */
int ecs_tty_raw(struct ecs_tty *t);
/* The saved modes, and the kept standard error. Does nothing when already cooked. */
void ecs_tty_cooked(struct ecs_tty *t);
/* Columns and rows, 80x24 when the terminal does not know, never more than 1000x500. */
void ecs_tty_size(const struct ecs_tty *t, int *w, int *h);
/* The other side has gone. */
bool ecs_tty_gone(const struct ecs_tty *t);
/* Writes all of it unless the terminal takes nothing for `ms` milliseconds. */
void ecs_tty_write(const struct ecs_tty *t, const char *bytes, size_t n, int ms);

#endif
