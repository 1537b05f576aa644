/* The only place that writes messages, and the end of standard output. */
#ifndef ECS_CLI_OUTPUT_H
#define ECS_CLI_OUTPUT_H

#include <stdbool.h>

#include "core/base/error.h"

#define ECS_PROGRAM "ecscope-learn"

/* "ecscope-learn: what" and, if there is one, "  mend" on standard error. Returns the exit status
 * that belongs to the error: ECS_EXIT_MACHINE for what this machine lacks, else ECS_EXIT_USAGE. */
int ecs_print_error(const struct ecs_error *e);
/* The same in one call, with the exit status for bad usage. `mend` may be NULL. */
int ecs_print_usage(const char *mend, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "ecscope-learn: note: …" on standard error. */
void ecs_print_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A line that is written over on a terminal, and nothing elsewhere. */
void ecs_print_progress(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void ecs_end_progress(void);

/* Makes sure that 0, 1 and 2 are open, so that no file of ours becomes one of them. */
void ecs_guard_output(void);
/* Flushes standard output. False if something of it was lost, now or before: nobody reads on. */
bool ecs_push_output(void);
/* The same at the end. Returns `status`, or ECS_EXIT_USAGE with a message if something of it
 * was lost: a full disk, a closed pipe. */
int ecs_finish_output(int status);

/* Set by SIGINT and SIGTERM once ecs_catch_interrupts() has been called; a second signal ends the
 * program at once. */
void ecs_catch_interrupts(void);
bool ecs_interrupted(void);

#endif
