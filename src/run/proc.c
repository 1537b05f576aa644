#include "run/noise_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int ecs_proc_schedstat_open(const char *root, pid_t tid) {
    char path[128];
    snprintf(path, sizeof path, "%s/self/task/%d/schedstat", root, (int)tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int ecs_proc_schedstat_read(int fd, uint64_t *delay_ns) {
    char text[96];
    uint64_t ran, delay, slices;
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    if (n < 0)
        return -errno;
    text[n] = '\0';
    if (sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64, &ran, &delay, &slices) != 3)
        return -EINVAL;
    if (slices == 0)
        return -ENODATA;
    *delay_ns = delay;
    return 0;
}

int ecs_proc_sleeps(const char *root, pid_t tid, uint64_t *n) {
    static const char key[] = "\nvoluntary_ctxt_switches:";
    char path[128], text[4096];
    snprintf(path, sizeof path, "%s/self/task/%d/status", root, (int)tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t got = read(fd, text, sizeof text - 1);
    int r = got < 0 ? -errno : 0;
    close(fd);
    if (r < 0)
        return r;
    text[got] = '\0';
    const char *at = strstr(text, key);
    if (!at)
        return -EINVAL;
    *n = strtoull(at + sizeof key - 1, NULL, 10);
    return 0;
}

/* "cpu3 user nice system idle iowait irq softirq steal guest guest_nice"; the guest's time is
 * within user and nice, and old kernels end a line earlier. */
static bool parse_line(const char *line, struct ecs_stat_line *out) {
    uint64_t field[8] = { 0 };
    char *end;
    if (strncmp(line, "cpu", 3) != 0 || line[3] < '0' || line[3] > '9')
        return false;
    out->cpu = (int)strtol(line + 3, &end, 10);
    for (int i = 0; i < 8 && *end == ' '; i++)
        field[i] = strtoull(end, &end, 10);
    out->busy = field[0] + field[1] + field[2] + field[5] + field[6];
    out->steal = field[7];
    return true;
}

bool ecs_proc_stat_next(const char **at, struct ecs_stat_line *out) {
    while (**at) {
        const char *line = *at, *end = strchr(line, '\n');
        if (!end)
            return false;                 /* cut off by the buffer */
        *at = end + 1;
        if (parse_line(line, out))
            return true;
        if (strncmp(line, "cpu", 3) != 0)
            return false;                 /* the CPU lines come first */
    }
    return false;
}
