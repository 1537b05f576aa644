/* A program in a terminal of its own, as a shell would start it: a session with the pty as its
 * controlling terminal, the program in a foreground process group, its output on a libvterm
 * screen.
 *
 *     const char *argv[] = {"./ecscope-learn", NULL};
 *     const char *env[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", NULL};
 *     struct test_pty_options o = {.w = 80, .h = 24, .env = env};
 *     struct test_pty *p = test_pty_start(argv, &o);
 *     ck_assert(test_pty_wait_text(p, "Lesson", 10000));
 *     test_pty_type(p, "q");
 *     ck_assert_int_eq(test_pty_wait_exit(p, 10000), 0);
 *     ck_assert(test_pty_restored(p));
 *     test_pty_free(p);
 *
 * Nothing is read from the program except inside test_pty_pump(), the wait functions, sending and
 * resizing: not calling them is a stalled terminal. Times are milliseconds, counted generously by
 * the caller: waits end as soon as what they wait for is there. Aborts (fails the test) when the
 * system gives no pty. The program is killed by test_pty_free() and when the test process dies. */
#ifndef ECS_TEST_PTY_H
#define ECS_TEST_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

#include "terminal.h"

struct test_pty;

struct test_pty_options {
    int w, h;                     /* 0: 80x24 */
    const char *const *env;       /* NULL-terminated "NAME=value" added; "NAME" alone: removed */
    const char *cwd;              /* NULL: as it is */
    bool no_screen;               /* bytes are only counted: for storms */
    bool no_terminal;             /* stdin /dev/null and no controlling terminal */
    bool errors_here;             /* standard error is the terminal too, as in a shell */
    bool nice;                    /* lowest priority: for a stalled machine */
};

struct test_pty *test_pty_start(const char *const *argv, const struct test_pty_options *o);
void test_pty_free(struct test_pty *p);

/* ---- towards the program ---------------------------------------------------------------- */
/* Reads meanwhile, so that neither side can block the other. false: the program has gone or is
 * stopped. */
bool test_pty_send(struct test_pty *p, const char *bytes, size_t n);
bool test_pty_type(struct test_pty *p, const char *text);
void test_pty_resize(struct test_pty *p, int w, int h);
void test_pty_signal(struct test_pty *p, int signal);     /* to the program's process group */
/* The terminal goes away (a closed window, a dead ssh). No more screen after this. */
void test_pty_hang_up(struct test_pty *p);
/* The shell's `fg`. */
void test_pty_foreground(struct test_pty *p);

/* ---- from the program ------------------------------------------------------------------- */
/* Takes what comes within `ms`; true if anything came. */
bool test_pty_pump(struct test_pty *p, int ms);
bool test_pty_wait_text(struct test_pty *p, const char *text, int ms);      /* on the screen */
bool test_pty_wait_no_text(struct test_pty *p, const char *text, int ms);
/* Anywhere in the stream so far. */
bool test_pty_wait_seen(struct test_pty *p, const char *bytes, int ms);
/* Until nothing has come for `quiet` ms, at most `ms`. */
bool test_pty_wait_quiet(struct test_pty *p, int quiet, int ms);
/* Stopped by a signal (Ctrl-Z), as far as was seen while waiting for something. */
bool test_pty_stopped(const struct test_pty *p);
bool test_pty_wait_stopped(struct test_pty *p, int ms);
/* The exit status; 128 + signal when one killed it; -1: it still runs after `ms`. */
int test_pty_wait_exit(struct test_pty *p, int ms);

const struct test_terminal *test_pty_screen(const struct test_pty *p);
char *test_pty_text(const struct test_pty *p);             /* see test_terminal_text() */
/* Where `text` is on the screen; false if it is not there. */
bool test_pty_find(const struct test_pty *p, const char *text, int *x, int *y);
bool test_pty_seen(const struct test_pty *p, const char *bytes);
const char *test_pty_stream(const struct test_pty *p, size_t *n);   /* all bytes so far */
uint64_t test_pty_bytes(const struct test_pty *p);
char *test_pty_errors(struct test_pty *p);      /* its standard error so far, malloc'ed */
pid_t test_pty_pid(const struct test_pty *p);
bool test_pty_mouse(const struct test_pty *p);             /* reports were asked for */

/* ---- what it left behind ----------------------------------------------------------------- */
struct termios test_pty_modes(const struct test_pty *p);
/* The modes are as before the start, the screen is the normal one, the cursor visible, the mouse
 * off, and the description that is the program's standard input is not O_NONBLOCK. What is wrong
 * is said on standard error. */
bool test_pty_restored(const struct test_pty *p);

#endif
