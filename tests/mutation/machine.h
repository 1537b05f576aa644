/* A machine with several logical threads on one kernel thread, for scripted interleavings of an
 * explore build: a script says "just before thread 0 does this, let the others do that". Thread 0
 * has a store buffer, as x86 has; the others see memory only. */
#ifndef ECS_TESTS_MACHINE_H
#define ECS_TESTS_MACHINE_H

#include <stdbool.h>

#include "core/base/explore_hooks.h"
#include "core/base/self.h"

/* Runs what follows as logical thread `number`. */
void machine_thread(unsigned number);

/* Empties thread 0's store buffer, as a processor does sooner or later. */
void machine_drain(void);

/* Calls `then` once, just before the thread that is running does its next operation of `kind` on a
 * location whose text contains `location`; then goes on as that thread. */
void machine_before(enum ecs_explore_kind kind, const char *location, void (*then)(void));

/* Scripts that were set and have not run: the interleaving did not happen. */
bool machine_script_ran(void);

#endif
