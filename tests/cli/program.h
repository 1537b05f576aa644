/* Runs ecscope-learn with nothing of a terminal and keeps what it says. */
#ifndef TEST_CLI_PROGRAM_H
#define TEST_CLI_PROGRAM_H

#include <jansson.h>
#include <sys/types.h>

struct said { int status; int signal; char *out, *err; };   /* status: -1 if a signal ended it */

/* Words apart by single blanks; "NAME=value" words in front set the environment, with + for each
 * blank. Aborts the test when it cannot be run at all. */
struct said run(const char *command);
void said_free(struct said *s);

/* The same in two halves, for what has to happen in between. `out` and `err` are files. */
pid_t start(const char *command, int out, int err);
int wait_for(pid_t pid, int *signal_number);

/* Runs it, wants status 0 and one JSON document. */
json_t *run_json(const char *command);
/* A folder of this test's own with nothing in it; removed at exit. "/tmp/…" */
const char *scratch(void);
/* printf into a buffer of the function's own, for commands. */
const char *text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
