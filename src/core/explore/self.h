/* ecs_self() for logical threads: the one that runs has its own. Stands in for core/base/self.c in
 * an explore build; one kernel thread, so no locks, and keys are the same in every run. */
#ifndef ECS_EXPLORE_SELF_H
#define ECS_EXPLORE_SELF_H

#include "core/base/self.h"

void ecs_self_forget_keys(void);
/* What happens at the end of a thread: the exit hooks, youngest key first. */
void ecs_self_run_hooks(struct ecs_self *self);

#endif
