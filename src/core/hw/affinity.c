#include "core/hw/affinity.h"

#include <errno.h>
#include <hwloc.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/hw/probe.h"

/* A process's CPUs are its main thread's, unless we ourselves have pinned that thread: then they
 * are what it had before, for as long as nobody else changes its mask. */
static struct {
    pthread_mutex_t lock;
    bool pinned;
    int cpu;                      /* what the main thread was pinned to */
    struct ecs_cpu_mask before;
} main_thread = { .lock = PTHREAD_MUTEX_INITIALIZER, .cpu = -1 };

static bool is_only(const struct ecs_cpu_mask *mask, int cpu)
{
    return CPU_COUNT_S(mask->bytes, mask->set) == 1 && ecs_cpu_mask_has(mask, cpu);
}

static int mask_copy(const struct ecs_cpu_mask *from, struct ecs_cpu_mask *to)
{
    to->set = malloc(from->bytes);
    if (!to->set)
        return -ENOMEM;
    to->bytes = from->bytes;
    memcpy(to->set, from->set, from->bytes);
    return 0;
}

int ecs_allowed_mask(struct ecs_cpu_mask *out)
{
    int rc = ecs_cpu_mask_get(getpid(), out);
    if (rc)
        return rc;
    pthread_mutex_lock(&main_thread.lock);
    if (main_thread.pinned && is_only(out, main_thread.cpu)) {
        ecs_cpu_mask_free(out);
        rc = mask_copy(&main_thread.before, out);
    } else {
        main_thread.pinned = false;
    }
    pthread_mutex_unlock(&main_thread.lock);
    return rc;
}

unsigned ecs_allowed_cpus(void)
{
    struct ecs_cpu_mask mask;
    if (ecs_allowed_mask(&mask))
        return 0;
    int n = CPU_COUNT_S(mask.bytes, mask.set);
    ecs_cpu_mask_free(&mask);
    return n > 0 ? (unsigned)n : 0;
}

bool ecs_cpu_allowed(int os_id)
{
    struct ecs_cpu_mask mask;
    if (ecs_allowed_mask(&mask))
        return true;
    bool has = ecs_cpu_mask_has(&mask, os_id);
    ecs_cpu_mask_free(&mask);
    return has;
}

/* ---- placing ------------------------------------------------------------------------------ */

struct seat {
    int os_id;
    int core, package;
    int thread;         /* rank among the allowed CPUs of its core */
    int core_rank;      /* rank of its core among the cores of its package */
    int siblings;       /* allowed CPUs of its core */
};

static int by_core(const void *pa, const void *pb)
{
    const struct seat *a = pa, *b = pb;
    if (a->package != b->package)
        return a->package < b->package ? -1 : 1;
    if (a->core != b->core)
        return a->core < b->core ? -1 : 1;
    return (a->os_id > b->os_id) - (a->os_id < b->os_id);
}

static int spread(const void *pa, const void *pb)
{
    const struct seat *a = pa, *b = pb;
    if (a->thread != b->thread)
        return a->thread < b->thread ? -1 : 1;
    if (a->core_rank != b->core_rank)
        return a->core_rank < b->core_rank ? -1 : 1;
    return by_core(a, b);
}

static int siblings_first(const void *pa, const void *pb)
{
    const struct seat *a = pa, *b = pb;
    if (a->siblings != b->siblings)
        return a->siblings > b->siblings ? -1 : 1;
    return by_core(a, b);
}

/* Ranks follow from the order by package, core and CPU. */
static void rank(struct seat *seat, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        bool first = i == 0 || seat[i - 1].package != seat[i].package;
        int core_rank = first ? 0 : seat[i - 1].core_rank + 1;
        while (end < n && seat[end].core == seat[i].core && seat[end].package == seat[i].package)
            end++;
        for (size_t k = i; k < end; k++) {
            seat[k].thread = (int)(k - i);
            seat[k].core_rank = core_rank;
            seat[k].siblings = (int)(end - i);
        }
        i = end;
    }
}

static size_t seats_of(const struct ecs_machine *m, struct seat *seat)
{
    size_t n = 0;
    for (unsigned i = 0; i < m->n_cpus; i++) {
        if (m->cpus[i].allowed)
            seat[n++] = (struct seat){ .os_id = m->cpus[i].os_id, .core = m->cpus[i].core,
                                       .package = m->cpus[i].package };
    }
    qsort(seat, n, sizeof *seat, by_core);
    rank(seat, n);
    return n;
}

static int fill(const struct seat *seat, size_t seats, size_t n, int *os_ids)
{
    for (size_t i = 0; i < n; i++)
        os_ids[i] = seat[i % seats].os_id;
    return (int)(n < seats ? n : seats);
}

int ecs_place_on(const struct ecs_machine *m, enum ecs_placement how, size_t n, int *os_ids,
                 struct ecs_error *e)
{
    struct seat *seat = calloc(m->n_cpus ? m->n_cpus : 1, sizeof *seat);
    if (!seat)
        return ecs_fail(e, -ENOMEM, "out of memory");
    size_t seats = seats_of(m, seat);
    int rc;
    if (seats == 0) {
        rc = ecs_fail(e, -ENODEV, "there is no CPU that this process may use");
    } else if (how == ECS_PLACE_FREE) {
        for (size_t i = 0; i < n; i++)
            os_ids[i] = -1;
        rc = (int)(n < seats ? n : seats);
    } else if (how == ECS_PLACE_ONE) {
        rc = fill(seat, 1, n, os_ids);
    } else if (how == ECS_PLACE_SMT) {
        qsort(seat, seats, sizeof *seat, siblings_first);
        rc = seat[0].siblings > 1 ? fill(seat, seats, n, os_ids)
             : ecs_fail(e, -ENODEV, "no core here has two hardware threads that may be used");
        if (rc < 0)
            ecs_error_mend(e, "take another pinning: distinct-cores, same-core or free");
    } else {
        qsort(seat, seats, sizeof *seat, spread);
        rc = fill(seat, seats, n, os_ids);
    }
    free(seat);
    return rc;
}

/* CPUs that the topology does not know (a foreign topology, or hot-plugged since) count as cores
 * of their own. */
static void allow_fresh(struct ecs_machine *m, const struct ecs_cpu_mask *mask)
{
    if (m->foreign_topology)
        m->n_cpus = 0;
    int next = 0;
    for (unsigned i = 0; i < m->n_cpus; i++) {
        m->cpus[i].allowed = ecs_cpu_mask_has(mask, m->cpus[i].os_id);
        if (m->cpus[i].core >= next)
            next = m->cpus[i].core + 1;
    }
    for (int id = 0; id < (int)(mask->bytes * 8) && m->n_cpus < ECS_MAX_CPUS; id++) {
        if (!ecs_cpu_mask_has(mask, id))
            continue;
        bool known = false;
        for (unsigned i = 0; i < m->n_cpus && !known; i++)
            known = m->cpus[i].os_id == id;
        if (!known)
            m->cpus[m->n_cpus++] = (struct ecs_cpu){ .os_id = id, .core = next++,
                                                     .allowed = true };
    }
}

int ecs_place(enum ecs_placement how, size_t n, int *os_ids, struct ecs_error *e)
{
    struct ecs_cpu_mask mask;
    int rc = ecs_allowed_mask(&mask);
    if (rc)
        return ecs_fail(e, rc, "the kernel does not say which CPUs may be used: %s",
                        strerror(-rc));
    struct ecs_machine *m = calloc(1, sizeof *m);
    if (!m) {
        ecs_cpu_mask_free(&mask);
        return ecs_fail(e, -ENOMEM, "out of memory");
    }
    const struct ecs_machine *here = ecs_machine();
    if (here)
        *m = *here;
    allow_fresh(m, &mask);
    rc = ecs_place_on(m, how, n, os_ids, e);
    free(m);
    ecs_cpu_mask_free(&mask);
    return rc;
}

/* ---- binding ------------------------------------------------------------------------------ */

static void remember_main(int os_id, struct ecs_cpu_mask *before)
{
    pthread_mutex_lock(&main_thread.lock);
    struct ecs_cpu_mask old = main_thread.before;
    main_thread.before = *before;
    main_thread.pinned = os_id >= 0;
    main_thread.cpu = os_id;
    pthread_mutex_unlock(&main_thread.lock);
    *before = old;
}

static int bind_to(const struct ecs_cpu_mask *mask, int os_id)
{
    hwloc_topology_t topology = ecs_topology();
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    if (!topology || !set) {
        hwloc_bitmap_free(set);
        return -ENOMEM;
    }
    if (os_id >= 0) {
        hwloc_bitmap_only(set, (unsigned)os_id);
    } else {
        for (int id = 0; id < (int)(mask->bytes * 8); id++)
            if (ecs_cpu_mask_has(mask, id))
                hwloc_bitmap_set(set, (unsigned)id);
    }
    int rc = 0;
    if (hwloc_set_cpubind(topology, set, HWLOC_CPUBIND_THREAD | HWLOC_CPUBIND_STRICT))
        rc = errno == EXDEV || errno == ENOSYS ? -EINVAL : -errno;
    hwloc_bitmap_free(set);
    return rc;
}

int ecs_bind_self(int os_id)
{
    const struct ecs_machine *m = ecs_machine();
    if (!m || m->foreign_topology)
        return -ENOTSUP;
    struct ecs_cpu_mask mask;
    int rc = ecs_allowed_mask(&mask);
    if (rc)
        return rc;
    if (os_id >= 0 && !ecs_cpu_mask_has(&mask, os_id))
        rc = -EINVAL;
    else
        rc = bind_to(&mask, os_id);
    if (rc == 0 && gettid() == getpid())
        remember_main(os_id, &mask);
    ecs_cpu_mask_free(&mask);
    return rc;
}
