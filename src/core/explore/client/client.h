/* The other side of ecscope-explore: starts it, reads its messages, outlives its crashes. Belongs
 * to the release build; knows nothing of how programs are searched.
 *
 * Messages, one a line, fields between tabs:
 *   program NAME SUMMARY              param NAME HELP DEFAULT VALUES
 *   head TEXT PROGRAM                 set NAME VALUE               model NAME
 *   progress STATES SCHEDULES STEPS SECONDS BOUND
 *   step THREAD OP FILE LINE ORDER LOCATION PREEMPTS VALUE
 *   finding KIND TEXT                 schedule LINE
 *   result VERDICT EXHAUSTIVE BOUND STATES SCHEDULES STEPS SECONDS PREEMPTIONS MINIMAL THREADS
 *          REDUCTION WHY
 *   error ERRNO WHAT MEND */
#ifndef ECS_EXPLORE_CLIENT_H
#define ECS_EXPLORE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"

struct ecs_explored_step {
    unsigned thread;
    int line;
    bool preempts;
    char *op, *file, *order, *location, *value; /* op "flush": a store leaves the buffer */
};

struct ecs_explored {
    char head[200], program[40], model[8], reduction[16];
    struct { char name[32], value[48]; } set[8];
    size_t n_set;
    char verdict[16];        /* "clean", "violation", "unfinished" */
    bool exhaustive, minimal;
    int bound;               /* -1: none */
    uint64_t states, schedules, n_steps;
    double seconds;
    unsigned preemptions, threads;
    char why[200];           /* why it is not exhaustive, or what was not done */
    char finding[32], what[260];
    char *schedule;          /* NULL if there is none */
    struct ecs_explored_step *step;
    size_t n;
};

/* `argv` goes to the process: NULL-terminated, without its name. `progress` (may be NULL) is called
 * now and then with a line of text; true from `interrupted` (may be NULL) makes the process stop
 * and say what it knows. 0 or a negative errno with a message: -ENOENT when the process is
 * not found, -EINVAL for what it refuses. Free with ecs_explored_free() also after a failure. */
int ecs_explored_run(const char *const *argv, void (*progress)(const char *text),
                     bool (*interrupted)(void), struct ecs_explored *out, struct ecs_error *e);
void ecs_explored_free(struct ecs_explored *r);

struct ecs_explorable {
    char name[40], summary[120];
    struct { char name[32], help[100], def[40], values[200]; } param[4];
    size_t n_params;
};
/* What can be explored: at most `max` entries into `out`. Returns how many or a negative errno. */
int ecs_explorable_list(struct ecs_explorable *out, size_t max, struct ecs_error *e);

#endif
