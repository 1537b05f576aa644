/* What the kernel and the processor say of themselves, without hwloc. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include "core/hw/probe.h"

int ecs_read_line(const char *path, char *out, size_t size)
{
    out[0] = '\0';
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t n = read(fd, out, size - 1);
    int err = errno;
    close(fd);
    if (n < 0) {
        out[0] = '\0';
        return -err;
    }
    out[n] = '\0';
    out[strcspn(out, "\n")] = '\0';
    return 0;
}

/* ---- hypervisor ---------------------------------------------------------------------------- */

#if defined(__x86_64__) || defined(__i386__)
static const struct { const char *signature, *name; } hypervisors[] = {
    { "KVMKVMKVM", "KVM" },
    { "Microsoft Hv", "Hyper-V" },
    { "VMwareVMware", "VMware" },
    { "XenVMMXenVMM", "Xen" },
    { "TCGTCGTCGTCG", "QEMU without KVM" },
    { "bhyve bhyve ", "bhyve" },
    { " lrpepyh  vr", "Parallels" },
    { "VBoxVBoxVBox", "VirtualBox" },
    { "ACRNACRNACRN", "ACRN" },
    { "SRESRESRESRE", "LMHS" },
};

/* Intel SDM vol. 2A, CPUID.1:ECX[31], and the leaf 0x40000000 that hypervisors agreed on. */
static bool hypervisor_by_cpuid(char *out, size_t size)
{
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 31)))
        return false;
    char text[13] = "";
    __cpuid(0x40000000, a, b, c, d);
    memcpy(text, &b, 4);
    memcpy(text + 4, &c, 4);
    memcpy(text + 8, &d, 4);
    for (size_t i = 0; i < sizeof hypervisors / sizeof *hypervisors; i++) {
        if (strcmp(text, hypervisors[i].signature) == 0) {
            snprintf(out, size, "%s", hypervisors[i].name);
            return true;
        }
    }
    bool printable = text[0] != '\0';
    for (const char *p = text; *p; p++)
        printable = printable && isprint((unsigned char)*p);
    snprintf(out, size, "%s", printable ? text : "a hypervisor");
    return true;
}
#else
static bool hypervisor_by_cpuid(char *out, size_t size)
{
    (void)out;
    (void)size;
    return false;
}
#endif

static void find_hypervisor(char *out, size_t size)
{
    static const char *const files[] = { "/sys/hypervisor/type",
                                         "/proc/device-tree/hypervisor/compatible" };
    out[0] = '\0';
    if (hypervisor_by_cpuid(out, size))
        return;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (ecs_read_line(files[i], out, size) == 0 && out[0])
            return;
    static const char *const products[] = { "KVM", "QEMU", "VMware", "VirtualBox", "Xen",
                                            "Virtual Machine", "Google Compute Engine",
                                            "Amazon EC2" };
    char product[128];
    ecs_read_line("/sys/class/dmi/id/product_name", product, sizeof product);
    out[0] = '\0';
    for (size_t i = 0; i < sizeof products / sizeof *products; i++)
        if (strstr(product, products[i]))
            snprintf(out, size, "%s", products[i]);
}

/* ---- processor ----------------------------------------------------------------------------- */

static void find_cpu_name(char *out, size_t size)
{
    FILE *f = fopen("/proc/cpuinfo", "re");
    if (!f)
        return;
    char line[512];
    while (!out[0] && fgets(line, sizeof line, f)) {
        if (strncmp(line, "model name", 10) != 0 && strncmp(line, "cpu model", 9) != 0 &&
            strncmp(line, "uarch", 5) != 0)
            continue;
        char *value = strchr(line, ':');
        if (!value)
            continue;
        value += 1 + strspn(value + 1, " \t");
        value[strcspn(value, "\n")] = '\0';
        snprintf(out, size, "%s", value);
    }
    fclose(f);
}

/* ---- kernel -------------------------------------------------------------------------------- */

static bool read_schedstat(uint64_t field[3])
{
    char line[128];
    if (ecs_read_line("/proc/thread-self/schedstat", line, sizeof line))
        return false;
    return sscanf(line, "%" SCNu64 " %" SCNu64 " %" SCNu64, &field[0], &field[1], &field[2]) == 3;
}

/* The file is there, reading zeros, in kernels that do not keep it: see it move. */
static bool schedstat_moves(void)
{
    uint64_t before[3], after[3];
    if (!read_schedstat(before))
        return false;
    nanosleep(&(struct timespec){ .tv_nsec = 100000 }, NULL);
    return read_schedstat(after) && after[2] > before[2];
}

void ecs_probe_system(struct ecs_machine *m)
{
    struct utsname u;
    if (uname(&u) == 0) {
        snprintf(m->host, sizeof m->host, "%.63s", u.nodename);
        snprintf(m->kernel, sizeof m->kernel, "%.31s %.63s", u.sysname, u.release);
        snprintf(m->arch, sizeof m->arch, "%.31s", u.machine);
    }
    find_hypervisor(m->hypervisor, sizeof m->hypervisor);
    if (!m->cpu[0])
        find_cpu_name(m->cpu, sizeof m->cpu);
    m->schedstat = schedstat_moves();
    char line[128];
    m->numa_balancing = ecs_read_line("/proc/sys/kernel/numa_balancing", line, sizeof line) == 0 &&
                        line[0] && line[0] != '0';
    m->thp = ecs_read_line("/sys/kernel/mm/transparent_hugepage/enabled", line, sizeof line) == 0 &&
             line[0] && !strstr(line, "[never]");
}

void ecs_probe_bind(struct ecs_machine *m)
{
    m->can_bind = false;
    if (m->foreign_topology) {
        snprintf(m->bind_why, sizeof m->bind_why,
                 "the topology was given from outside and is not this machine");
        return;
    }
    struct ecs_cpu_mask mask;
    int rc = ecs_cpu_mask_get(0, &mask);
    if (rc == 0) {
        rc = sched_setaffinity(0, mask.bytes, mask.set) ? -errno : 0;
        ecs_cpu_mask_free(&mask);
    }
    m->can_bind = rc == 0;
    if (rc == -EPERM || rc == -EACCES)
        snprintf(m->bind_why, sizeof m->bind_why, "setting a CPU affinity is not permitted here");
    else if (rc)
        snprintf(m->bind_why, sizeof m->bind_why, "sched_setaffinity: %s", strerror(-rc));
}
