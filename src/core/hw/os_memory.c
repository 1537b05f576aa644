#include "core/hw/os_memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HUGE_PAGE ((size_t)2 << 20)

void *ecs_os_map(size_t size, size_t align, bool huge)
{
    if (huge && align < HUGE_PAGE)
        align = HUGE_PAGE;
    if (size == 0 || size > SIZE_MAX - align) {
        errno = ENOMEM;
        return NULL;
    }
    char *raw = mmap(NULL, size + align, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw == MAP_FAILED)
        return NULL;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t length = (size + page - 1) / page * page;
    char *memory = (char *)(((uintptr_t)raw + align - 1) & ~(uintptr_t)(align - 1));
    char *end = raw + size + align;
    end = (char *)(((uintptr_t)end + page - 1) & ~(uintptr_t)(page - 1));
    if (memory > raw)
        munmap(raw, (size_t)(memory - raw));
    if (end > memory + length)
        munmap(memory + length, (size_t)(end - (memory + length)));
    if (huge)
        madvise(memory, length, MADV_HUGEPAGE);
    return memory;
}

void ecs_os_unmap(void *memory, size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (memory)
        munmap(memory, (size + page - 1) / page * page);
}

/* ---- how much there is ------------------------------------------------------------------- */

/* One number from a small file; UINT64_MAX for "max", for no file and for nonsense. */
static uint64_t read_number(const char *path)
{
    char text[64];
    FILE *f = fopen(path, "re");
    if (!f)
        return UINT64_MAX;
    char *line = fgets(text, sizeof text, f);
    fclose(f);
    char *end = NULL;
    unsigned long long n = line ? strtoull(line, &end, 10) : 0;
    return line && end != line ? n : UINT64_MAX;
}

/* Path of this process's group below /sys/fs/cgroup, "/" when it is the root or unknown. */
static void own_group(char *out, size_t size)
{
    snprintf(out, size, "/");
    char line[1024];
    FILE *f = fopen("/proc/self/cgroup", "re");
    if (!f)
        return;
    while (fgets(line, sizeof line, f))
        if (strncmp(line, "0::/", 4) == 0) {
            line[strcspn(line, "\n")] = '\0';
            snprintf(out, size, "%s", line + 3);
        }
    fclose(f);
}

/* Page cache that the kernel would give back before it refuses anything. */
static uint64_t idle_cache(const char *group)
{
    char path[1200], line[128];
    uint64_t bytes = 0;
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/memory.stat", group);
    FILE *f = fopen(path, "re");
    if (!f)
        return 0;
    while (fgets(line, sizeof line, f))
        if (strncmp(line, "inactive_file ", 14) == 0)
            bytes = strtoull(line + 14, NULL, 10);
    fclose(f);
    return bytes;
}

/* The tightest limit from our group up to the root, and what is left under it. */
static void group_limits(uint64_t *limit, uint64_t *left)
{
    char group[1024], path[1200];
    *limit = *left = UINT64_MAX;
    own_group(group, sizeof group);
    for (;;) {
        snprintf(path, sizeof path, "/sys/fs/cgroup%s/memory.max", group);
        uint64_t max = read_number(path);
        snprintf(path, sizeof path, "/sys/fs/cgroup%s/memory.current", group);
        uint64_t used = read_number(path);
        if (max < *limit)
            *limit = max;
        if (max != UINT64_MAX && used != UINT64_MAX) {
            uint64_t cache = idle_cache(group);
            used -= cache < used ? cache : used;
            uint64_t rest = max > used ? max - used : 0;
            if (rest < *left)
                *left = rest;
        }
        char *slash = strrchr(group, '/');
        if (!slash || group[1] == '\0')
            return;
        slash[slash == group] = '\0';
    }
}

uint64_t ecs_os_memory_total(void)
{
    uint64_t limit, left;
    group_limits(&limit, &left);
    uint64_t machine = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    return machine < limit ? machine : limit;
}

uint64_t ecs_os_memory_available(void)
{
    uint64_t limit, left, kib = 0;
    char line[128];
    FILE *f = fopen("/proc/meminfo", "re");
    if (f) {
        while (fgets(line, sizeof line, f))
            if (strncmp(line, "MemAvailable:", 13) == 0)
                kib = strtoull(line + 13, NULL, 10);
        fclose(f);
    }
    group_limits(&limit, &left);
    uint64_t available = kib * 1024;
    return available < left ? available : left;
}
