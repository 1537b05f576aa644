/* What this machine is, read once: CPUs that we may use, cores, caches, nodes, and what cannot
 * be had here with the reason why. Everything by hwloc; never index anything by a raw CPU id
 * without bounds: ids may be sparse. */
#ifndef ECS_HW_TOPOLOGY_H
#define ECS_HW_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"

#define ECS_MAX_CPUS 1024
#define ECS_MAX_NODES 64

/* Logical numbers; smt: 0 is the first thread of its core. */
struct ecs_cpu { int os_id; int core, package, node; int smt; bool allowed; };
/* ways: 0 unknown. `data`: holds data (also when unified), not instructions alone. */
struct ecs_cache { int level; uint64_t bytes; unsigned line, ways; unsigned shared_by; bool data; };
struct ecs_node { int os_id; uint64_t bytes; unsigned cpus; bool allowed; };

struct ecs_machine {
    char host[64], cpu[128], kernel[96], arch[32];
    char hypervisor[64];           /* empty if none is seen */
    unsigned n_cpus, n_allowed, n_cores, n_packages, n_nodes, n_caches;
    struct ecs_cpu cpus[ECS_MAX_CPUS];
    struct ecs_cache cache[8];
    struct ecs_node node[ECS_MAX_NODES];
    unsigned distance[ECS_MAX_NODES][ECS_MAX_NODES];  /* SLIT; 0: unknown */
    unsigned line_bytes;           /* 0: unknown */
    uint64_t memory_bytes;
    bool foreign_topology;         /* HWLOC_XMLFILE, HWLOC_SYNTHETIC: not here, binds nothing */
    bool can_bind;
    char bind_why[160];            /* when not */
    bool numa_works;               /* mbind probed on a scratch page, not numa_available() */
    char numa_why[160];
    bool perf_works;               /* cycles and instructions of our own threads */
    char perf_why[160];            /* "no hardware counters here (…)", "not permitted: …" */
    bool schedstat;                /* run_delay readable: noise can be seen */
    bool numa_balancing;           /* the kernel moves pages under us */
    bool thp;                      /* transparent huge pages: always or madvise */
};

/* Fills `m` (50 KB: allocate it). Takes a few ms. */
int ecs_machine_read(struct ecs_machine *m, struct ecs_error *e);
/* The one shared copy, read at first use; thread-safe; NULL only when hwloc fails. */
const struct ecs_machine *ecs_machine(void);
/* The hwloc topology behind that copy (hwloc_topology_t), constant; NULL when hwloc fails. */
struct hwloc_topology *ecs_topology(void);

#endif
