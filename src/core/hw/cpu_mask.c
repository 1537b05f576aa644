#include <errno.h>
#include <sched.h>

#include "core/hw/probe.h"

#define FIRST_CPUS 1024
#define MOST_CPUS (1 << 20)

int ecs_cpu_mask_get(int tid, struct ecs_cpu_mask *out)
{
    /* The kernel says EINVAL while the set is smaller than its own. */
    for (int cpus = FIRST_CPUS; cpus <= MOST_CPUS; cpus *= 4) {
        cpu_set_t *set = CPU_ALLOC((size_t)cpus);
        if (!set)
            return -ENOMEM;
        size_t bytes = CPU_ALLOC_SIZE((size_t)cpus);
        CPU_ZERO_S(bytes, set);
        if (sched_getaffinity(tid, bytes, set) == 0) {
            out->set = set;
            out->bytes = bytes;
            return 0;
        }
        int err = errno;
        CPU_FREE(set);
        if (err != EINVAL)
            return -err;
    }
    return -EINVAL;
}

void ecs_cpu_mask_free(struct ecs_cpu_mask *mask)
{
    if (mask->set)
        CPU_FREE(mask->set);
    mask->set = NULL;
    mask->bytes = 0;
}

bool ecs_cpu_mask_has(const struct ecs_cpu_mask *mask, int os_id)
{
    return os_id >= 0 && (size_t)os_id < mask->bytes * 8 &&
           CPU_ISSET_S((size_t)os_id, mask->bytes, mask->set);
}
