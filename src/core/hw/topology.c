#include "core/hw/topology.h"

#include <errno.h>
#include <hwloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/hw/probe.h"

/* ---- loading ------------------------------------------------------------------------------- */

static int load(hwloc_topology_t *out, struct ecs_error *e)
{
    hwloc_topology_t t;
    if (hwloc_topology_init(&t))
        return ecs_fail(e, -ENOMEM, "hwloc cannot start");
    hwloc_topology_set_flags(t, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
    hwloc_topology_set_icache_types_filter(t, HWLOC_TYPE_FILTER_KEEP_ALL);
    if (hwloc_topology_load(t)) {
        int err = errno ? errno : EINVAL;
        hwloc_topology_destroy(t);
        ecs_fail(e, -err, "hwloc cannot read the topology: %s", strerror(err));
        if (getenv("HWLOC_SYNTHETIC") || getenv("HWLOC_XMLFILE"))
            ecs_error_mend(e, "unset HWLOC_SYNTHETIC and HWLOC_XMLFILE to see this machine");
        return -err;
    }
    *out = t;
    return 0;
}

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value && value[0];
}

/* HWLOC_THISSYSTEM=1 makes hwloc call a file "this system": what came from outside is foreign
 * all the same, or made-up CPUs would drive real binding. (A file or text that it cannot use it
 * passes over and reads the real machine.) */
static bool is_foreign(hwloc_topology_t t)
{
    return !hwloc_topology_is_thissystem(t) ||
           (is_set("HWLOC_THISSYSTEM") && (is_set("HWLOC_XMLFILE") || is_set("HWLOC_SYNTHETIC")));
}

/* ---- CPUs ---------------------------------------------------------------------------------- */

static int logical(hwloc_topology_t t, hwloc_obj_t pu, hwloc_obj_type_t type, int otherwise)
{
    hwloc_obj_t o = hwloc_get_ancestor_obj_by_type(t, type, pu);
    return o ? (int)o->logical_index : otherwise;
}

static int node_of_pu(hwloc_topology_t t, hwloc_obj_t pu)
{
    int os = pu->nodeset ? hwloc_bitmap_first(pu->nodeset) : -1;
    hwloc_obj_t node = os < 0 ? NULL : hwloc_get_numanode_obj_by_os_index(t, (unsigned)os);
    return node ? (int)node->logical_index : 0;
}

static int smt_rank(hwloc_topology_t t, hwloc_obj_t pu)
{
    hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(t, HWLOC_OBJ_CORE, pu);
    return core ? hwloc_get_obj_index_inside_cpuset(t, core->cpuset, pu) : 0;
}

static unsigned count_of(hwloc_topology_t t, hwloc_obj_type_t type)
{
    int n = hwloc_get_nbobjs_by_type(t, type);
    return n > 0 ? (unsigned)n : 0;
}

static void read_cpus(hwloc_topology_t t, struct ecs_machine *m)
{
    struct ecs_cpu_mask mask = { 0 };
    bool masked = !m->foreign_topology && ecs_allowed_mask(&mask) == 0;
    hwloc_const_bitmap_t allowed = hwloc_topology_get_allowed_cpuset(t);
    hwloc_obj_t pu = NULL;
    while (m->n_cpus < ECS_MAX_CPUS && (pu = hwloc_get_next_obj_by_type(t, HWLOC_OBJ_PU, pu))) {
        struct ecs_cpu *c = &m->cpus[m->n_cpus];
        c->os_id = (int)pu->os_index;
        c->core = logical(t, pu, HWLOC_OBJ_CORE, (int)m->n_cpus);
        c->package = logical(t, pu, HWLOC_OBJ_PACKAGE, 0);
        c->node = node_of_pu(t, pu);
        c->smt = smt_rank(t, pu);
        c->allowed = masked ? ecs_cpu_mask_has(&mask, c->os_id)
                            : hwloc_bitmap_isset(allowed, pu->os_index);
        m->n_allowed += c->allowed;
        m->n_cpus++;
    }
    ecs_cpu_mask_free(&mask);
    m->n_cores = count_of(t, HWLOC_OBJ_CORE);
    m->n_packages = count_of(t, HWLOC_OBJ_PACKAGE);
    if (m->n_cores == 0)
        m->n_cores = m->n_cpus;
    if (m->n_packages == 0)
        m->n_packages = 1;
}

static void read_cpu_name(hwloc_topology_t t, struct ecs_machine *m)
{
    hwloc_obj_t package = hwloc_get_obj_by_type(t, HWLOC_OBJ_PACKAGE, 0);
    hwloc_obj_t root = hwloc_get_root_obj(t);
    const char *name = package ? hwloc_obj_get_info_by_name(package, "CPUModel") : NULL;
    if (!name)
        name = hwloc_obj_get_info_by_name(root, "CPUModel");
    if (!name && m->foreign_topology)
        name = "a made-up topology";
    if (!name)
        return;
    name += strspn(name, " ");
    snprintf(m->cpu, sizeof m->cpu, "%.127s", name);
}

/* ---- caches -------------------------------------------------------------------------------- */

static void read_caches(hwloc_topology_t t, struct ecs_machine *m)
{
    static const hwloc_obj_type_t types[] = { HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L1ICACHE,
                                              HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L2ICACHE,
                                              HWLOC_OBJ_L3CACHE, HWLOC_OBJ_L4CACHE,
                                              HWLOC_OBJ_L5CACHE };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        hwloc_obj_t o = hwloc_get_obj_by_type(t, types[i], 0);
        if (!o)
            continue;
        const struct hwloc_cache_attr_s *a = &o->attr->cache;
        int shared = o->cpuset ? hwloc_bitmap_weight(o->cpuset) : 0;
        m->cache[m->n_caches++] = (struct ecs_cache){
            .level = (int)a->depth,
            .bytes = a->size,
            .line = a->linesize,
            .ways = a->associativity > 0 ? (unsigned)a->associativity : 0,
            .shared_by = shared > 0 ? (unsigned)shared : 0,
            .data = a->type != HWLOC_OBJ_CACHE_INSTRUCTION,
        };
        if (!m->line_bytes && a->type != HWLOC_OBJ_CACHE_INSTRUCTION)
            m->line_bytes = a->linesize;
    }
    long line = sysconf(_SC_LEVEL1_DCACHE_LINESIZE);
    if (!m->line_bytes && !m->foreign_topology && line > 0)
        m->line_bytes = (unsigned)line;
}

/* ---- nodes --------------------------------------------------------------------------------- */

static void read_distances(hwloc_topology_t t, struct ecs_machine *m)
{
    struct hwloc_distances_s *d = NULL;
    unsigned n = 1;
    if (hwloc_distances_get_by_type(t, HWLOC_OBJ_NUMANODE, &n, &d,
                                    HWLOC_DISTANCES_KIND_MEANS_LATENCY, 0) || n == 0 || !d)
        return;
    for (unsigned i = 0; i < d->nbobjs; i++) {
        for (unsigned j = 0; j < d->nbobjs; j++) {
            unsigned from = d->objs[i]->logical_index, to = d->objs[j]->logical_index;
            if (from < m->n_nodes && to < m->n_nodes)
                m->distance[from][to] = (unsigned)d->values[i * d->nbobjs + j];
        }
    }
    hwloc_distances_release(t, d);
}

static void read_nodes(hwloc_topology_t t, struct ecs_machine *m)
{
    hwloc_const_bitmap_t allowed = hwloc_topology_get_allowed_nodeset(t);
    hwloc_obj_t o = NULL;
    while (m->n_nodes < ECS_MAX_NODES &&
           (o = hwloc_get_next_obj_by_type(t, HWLOC_OBJ_NUMANODE, o))) {
        int cpus = o->cpuset ? hwloc_bitmap_weight(o->cpuset) : 0;
        m->node[m->n_nodes++] = (struct ecs_node){
            .os_id = (int)o->os_index,
            .bytes = o->attr->numanode.local_memory,
            .cpus = cpus > 0 ? (unsigned)cpus : 0,
            .allowed = hwloc_bitmap_isset(allowed, o->os_index),
        };
        m->memory_bytes += o->attr->numanode.local_memory;
    }
    read_distances(t, m);
}

/* ---- all together -------------------------------------------------------------------------- */

static void read_all(hwloc_topology_t t, struct ecs_machine *m)
{
    memset(m, 0, sizeof *m);
    m->foreign_topology = is_foreign(t);
    read_cpus(t, m);
    read_cpu_name(t, m);
    read_caches(t, m);
    read_nodes(t, m);
    ecs_probe_system(m);
    ecs_probe_bind(m);
    ecs_probe_numa(m);
    ecs_probe_perf(m);
}

int ecs_machine_read(struct ecs_machine *m, struct ecs_error *e)
{
    hwloc_topology_t t;
    int rc = load(&t, e);
    if (rc)
        return rc;
    read_all(t, m);
    hwloc_topology_destroy(t);
    return 0;
}

/* The one shared machine and the topology behind it; both live as long as the process. */
static struct {
    pthread_once_t once;
    bool good;
    struct ecs_machine machine;
    hwloc_topology_t topology;
} shared = { .once = PTHREAD_ONCE_INIT };

static void read_shared(void)
{
    if (load(&shared.topology, NULL))
        return;
    read_all(shared.topology, &shared.machine);
    shared.good = true;
}

const struct ecs_machine *ecs_machine(void)
{
    pthread_once(&shared.once, read_shared);
    return shared.good ? &shared.machine : NULL;
}

struct hwloc_topology *ecs_topology(void)
{
    pthread_once(&shared.once, read_shared);
    return shared.good ? shared.topology : NULL;
}
