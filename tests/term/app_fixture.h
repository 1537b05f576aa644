/* term_app in a pty, with a folder of its own. */
#ifndef ECS_TEST_APP_FIXTURE_H
#define ECS_TEST_APP_FIXTURE_H

#include "pty.h"

/* Long enough for a loaded machine; nothing waits for it that does not fail. */
#define PATIENCE 20000

/* A fresh folder below the build's; removed by app_folder_remove(). */
const char *app_folder_make(void);
void app_folder_remove(void);
void app_folder_write(const char *name, const char *text);
char *app_folder_path(const char *name);                       /* static storage */

/* Starts it with two lessons (numbers 3 and 12) and room for its state; `more`: NULL-terminated
 * settings, may be NULL. */
struct test_pty *app_start(int w, int h, const char *const *more);
/* The same with its standard error on the terminal. */
struct test_pty *app_start_loud(int w, int h, const char *const *more);
void app_expect(struct test_pty *p, const char *text);         /* on the screen, in time */
/* Leaves with ^C: status 0, terminal given back. */
void app_leave(struct test_pty *p);
/* The number behind `key: ` in what --stats printed; -1 if it is not there. */
double app_stat(const char *errors, const char *key);

#endif
