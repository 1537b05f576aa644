/* A canvas onto a terminal, and keys from it. The only place that knows ncurses.
 *
 * ncurses draws into memory (a memfd); what it wrote is wrapped into a synchronised update and
 * moved to the terminal without ever waiting for it. While bytes are still under way nothing new
 * should be shown: see ecs_screen_pending(). One screen at a time; UI thread only. */
#ifndef ECS_TUI_SCREEN_H
#define ECS_TUI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "tui/canvas.h"
#include "tui/theme.h"

enum ecs_color { ECS_COLOR_AUTO, ECS_COLOR_NEVER, ECS_COLOR_16, ECS_COLOR_256 };

struct ecs_screen_options {
    enum ecs_color color;     /* AUTO: as many as the terminal has; none when NO_COLOR is set */
    bool ascii;               /* nothing but ASCII goes out, whatever the locale says */
    bool mouse;
};

struct ecs_screen;

/* Takes the controlling terminal over: raw mode, alternate screen. Signal handlers of ncurses are
 * installed only where none are yet (SIGWINCH, SIGTSTP, SIGINT, SIGTERM: set yours first).
 * -ENOTTY without a terminal, -EINVAL when TERM is unset, unknown or cannot do it; then nothing
 * is changed. */
int ecs_screen_open(const struct ecs_screen_options *o, struct ecs_screen **out,
                    struct ecs_error *e);
/* The same without a terminal: a screen of a given kind and size whose bytes are taken with
 * ecs_screen_take(). For tests and captures. */
int ecs_screen_open_detached(const char *term, int w, int h, const struct ecs_screen_options *o,
                             struct ecs_screen **out, struct ecs_error *e);
/* Gives the terminal back. NULL is fine. */
void ecs_screen_close(struct ecs_screen *s);

/* What this terminal can show. */
enum ecs_glyphs ecs_screen_glyphs(const struct ecs_screen *s);
enum ecs_depth ecs_screen_depth(const struct ecs_screen *s);
void ecs_screen_size(const struct ecs_screen *s, int *w, int *h);

/* Asks the terminal for its size and takes it on; the next show draws everything. */
void ecs_screen_resize(struct ecs_screen *s);
/* The next show draws everything. */
void ecs_screen_redraw(struct ecs_screen *s);
/* Makes the terminal show `c`, sending only what changed. Returns the bytes that this takes. They
 * go out with ecs_screen_flush(). */
size_t ecs_screen_show(struct ecs_screen *s, const struct ecs_canvas *c, enum ecs_theme_name theme);
bool ecs_screen_pending(const struct ecs_screen *s);
/* 0: all is out; 1: the terminal is slow, call again when output_fd can be written; negative
 * errno: it has gone. */
int ecs_screen_flush(struct ecs_screen *s);
const char *ecs_screen_take(struct ecs_screen *s, size_t *n);
uint64_t ecs_screen_bytes(const struct ecs_screen *s);         /* sent so far */
uint64_t ecs_screen_first_byte_ns(const struct ecs_screen *s); /* of the last show; 0: not yet */

int ecs_screen_input_fd(const struct ecs_screen *s);
int ecs_screen_output_fd(const struct ecs_screen *s);
bool ecs_screen_gone(const struct ecs_screen *s);
/* The next key: a character or ECS_KEY_* of keymap.h; false: no more for now. x, y: where the
 * mouse is, with ECS_KEY_MOUSE only (a press of the left button; the wheel comes as ECS_KEY_UP and
 * _DOWN). Waits up to 50 ms after an Esc. Sequences that it does not know are swallowed whole. */
bool ecs_screen_key(struct ecs_screen *s, uint32_t *key, int *x, int *y);

/* For Ctrl-Z: gives the terminal back, and takes it again. */
void ecs_screen_leave(struct ecs_screen *s);
void ecs_screen_enter(struct ecs_screen *s);

#endif
