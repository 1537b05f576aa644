/* What happens when an explored program faults: the run ends there and that is what was found. */
#ifndef ECS_EXPLORE_CRASH_H
#define ECS_EXPLORE_CRASH_H

/* Catches SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT on a stack of their own, and threads that use
 * a second of processor time within one step. A fault outside a program's threads is not caught.
 * For the whole process. 0 or a negative errno. */
int ecs_crash_catch(void);

#endif
