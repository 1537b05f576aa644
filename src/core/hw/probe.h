/* The parts that ecs_machine_read() is put together from. Private to this folder; each fills its
 * own fields of the machine and never fails: what cannot be had becomes a reason. */
#ifndef ECS_HW_PROBE_H
#define ECS_HW_PROBE_H

#include <sched.h>

#include "core/hw/topology.h"

/* host, kernel, arch, hypervisor, schedstat, numa_balancing, thp; cpu if it is still empty. */
void ecs_probe_system(struct ecs_machine *m);
/* can_bind, bind_why: binds the calling thread to the CPUs it already has. */
void ecs_probe_bind(struct ecs_machine *m);
/* numa_works, numa_why: binds one scratch page to each allowed node and asks where it is
 * (mbind(2), get_mempolicy(2)); numa_available() says yes where a seccomp filter says no. */
void ecs_probe_numa(struct ecs_machine *m);
/* perf_works, perf_why: counts cycles and instructions of the calling thread
 * (perf_event_open(2)). */
void ecs_probe_perf(struct ecs_machine *m);

/* Reads the first line of a small file without its new line. 0 or negative errno; `out` is empty
 * on failure. */
int ecs_read_line(const char *path, char *out, size_t size);

/* A CPU set large enough for ids beyond 1023. `bytes` is what the CPU_*_S macros want. */
struct ecs_cpu_mask { cpu_set_t *set; size_t bytes; };
/* The CPUs of a thread (0: the caller). 0 or negative errno; free with ecs_cpu_mask_free(). */
int ecs_cpu_mask_get(int tid, struct ecs_cpu_mask *out);
void ecs_cpu_mask_free(struct ecs_cpu_mask *mask);
bool ecs_cpu_mask_has(const struct ecs_cpu_mask *mask, int os_id);
/* The CPUs that this process may use right now, whatever its threads are pinned to. */
int ecs_allowed_mask(struct ecs_cpu_mask *out);

#endif
