/* Signals and threads. Signals belong to the thread that waits for them; every other one is made
 * with them blocked. */
#ifndef ECS_BASE_SIGNALS_H
#define ECS_BASE_SIGNALS_H

#include <signal.h>

/* Blocks all signals in the calling thread, and so in the threads that it makes, except those that
 * a fault raises (SEGV BUS FPE ILL ABRT): the kernel kills a thread that faults with them blocked,
 * and no handler would give the terminal back. The mask before goes to `before`. */
void ecs_signals_block(sigset_t *before);
void ecs_signals_restore(const sigset_t *before);

#endif
