/* Memory straight from the kernel: mmap(2), madvise(2), and how much of it there is to be had.
 * Everything here may be called by any thread. */
#ifndef ECS_HW_OS_MEMORY_H
#define ECS_HW_OS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed private memory of `size` bytes on a border of `align` (a power of two, at least a
 * page). `huge` asks for transparent huge pages; a kernel without them is no failure. NULL with
 * errno set when there is none. Release with ecs_os_unmap() and the same size. */
void *ecs_os_map(size_t size, size_t align, bool huge);
void ecs_os_unmap(void *memory, size_t size);

/* Bytes of RAM that this process may use at all: the machine's, or its control group's limit
 * when that is lower (cgroup v2 memory.max, of this group and those above it). */
uint64_t ecs_os_memory_total(void);
/* Bytes that can be had now without swapping: MemAvailable of /proc/meminfo, or what is left
 * under the control group's limit when that is less. 0 when the kernel does not say. */
uint64_t ecs_os_memory_available(void);

#endif
