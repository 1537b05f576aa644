/* Pinning through hwloc. A CPU may be taken away at any moment (cpuset, taskset): pinning then
 * fails with -EINVAL and the caller goes on unpinned and says so. */
#ifndef ECS_HW_AFFINITY_H
#define ECS_HW_AFFINITY_H

#include <stddef.h>

#include "core/hw/topology.h"

/* Orders of placement; the same meaning as enum ecs_pin of run/scenario.h. */
enum ecs_placement { ECS_PLACE_CORES, ECS_PLACE_ONE, ECS_PLACE_SMT, ECS_PLACE_FREE };

/* OS ids of the CPUs for `n` workers, from the CPUs that this process may use right now. Cores
 * first, round robin over packages' cores; more workers than CPUs wrap round. -1 for
 * ECS_PLACE_FREE. Returns the number of distinct CPUs used, or a negative errno: -ENODEV when SMT
 * siblings are asked for and there are none. Any thread. */
int ecs_place(enum ecs_placement how, size_t n, int *os_ids, struct ecs_error *e);
/* The same over the CPUs that `m` marks as allowed. Pure. */
int ecs_place_on(const struct ecs_machine *m, enum ecs_placement how, size_t n, int *os_ids,
                 struct ecs_error *e);
/* Binds the calling thread; os_id < 0: to all CPUs that the process may use. -EINVAL: the CPU is
 * not ours (any more); -EPERM: forbidden; -ENOTSUP: the topology is not this machine's. */
int ecs_bind_self(int os_id);
/* CPUs this process may use now (sched_getaffinity, fresh); 0 when the kernel will not say. */
unsigned ecs_allowed_cpus(void);
/* True if `os_id` is one of them; also when the kernel does not say. */
bool ecs_cpu_allowed(int os_id);

#endif
