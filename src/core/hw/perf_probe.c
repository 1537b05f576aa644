#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/hw/probe.h"

#define WORK 20000

static int open_counter(uint64_t config, int leader)
{
    struct perf_event_attr a = {
        .type = PERF_TYPE_HARDWARE,
        .size = sizeof a,
        .config = config,
        .disabled = leader < 0,
        .exclude_kernel = 1,   /* allowed up to perf_event_paranoid 2 */
        .exclude_hv = 1,
        .read_format = PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED |
                       PERF_FORMAT_TOTAL_TIME_RUNNING,
    };
    long fd = syscall(SYS_perf_event_open, &a, 0, -1, leader, PERF_FLAG_FD_CLOEXEC);
    return fd < 0 ? -errno : (int)fd;
}

static void explain(int err, char *out, size_t size)
{
    char paranoid[16];
    switch (-err) {
    case ENOENT: case ENXIO: case ENODEV: case EOPNOTSUPP:
        snprintf(out, size, "no hardware counters here (a virtual machine without a PMU?)");
        break;
    case EACCES: case EPERM:
        if (ecs_read_line("/proc/sys/kernel/perf_event_paranoid", paranoid, sizeof paranoid) == 0 &&
            atoi(paranoid) > 2)
            snprintf(out, size, "not permitted: kernel.perf_event_paranoid is %d, 2 is enough",
                     atoi(paranoid));
        else
            snprintf(out, size, "not permitted (a container's seccomp filter?)");
        break;
    case ENOSYS:
        snprintf(out, size, "this kernel has no perf events");
        break;
    case EMFILE: case ENOSPC: case EBUSY:
        snprintf(out, size, "the counters are all in use");
        break;
    default:
        snprintf(out, size, "perf_event_open: %s", strerror(-err));
    }
}

/* Opening is not counting: a counter that never ran must not pass for a zero. */
static bool counts(int leader, char *why, size_t size)
{
    struct { uint64_t n, enabled, running, value[2]; } r = { 0 };
    ioctl(leader, PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP);
    for (volatile int i = 0; i < WORK; i++)
        ;
    ioctl(leader, PERF_EVENT_IOC_DISABLE, PERF_IOC_FLAG_GROUP);
    if (read(leader, &r, sizeof r) < (ssize_t)sizeof r || r.n != 2)
        snprintf(why, size, "the counters cannot be read");
    else if (r.running == 0)
        snprintf(why, size, "the counters are there but never get a turn");
    else if (r.value[0] == 0 || r.value[1] == 0)
        snprintf(why, size, "the counters are there but do not count");
    else
        return true;
    return false;
}

void ecs_probe_perf(struct ecs_machine *m)
{
    int cycles = open_counter(PERF_COUNT_HW_CPU_CYCLES, -1);
    if (cycles < 0) {
        explain(cycles, m->perf_why, sizeof m->perf_why);
        return;
    }
    int instructions = open_counter(PERF_COUNT_HW_INSTRUCTIONS, cycles);
    if (instructions < 0) {
        explain(instructions, m->perf_why, sizeof m->perf_why);
    } else {
        m->perf_works = counts(cycles, m->perf_why, sizeof m->perf_why);
        close(instructions);
    }
    close(cycles);
}
