#include <errno.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/hw/probe.h"

#define NODE_BITS 1024
#define WORD_BITS (8 * sizeof(unsigned long))

static long bind_page(void *page, size_t bytes, int node)
{
    unsigned long mask[NODE_BITS / WORD_BITS] = { 0 };
    mask[(unsigned)node / WORD_BITS] = 1ul << ((unsigned)node % WORD_BITS);
    return syscall(SYS_mbind, page, bytes, MPOL_BIND, mask, NODE_BITS, MPOL_MF_STRICT) ? -errno
                                                                                        : 0;
}

static long node_of(void *page)
{
    int node = -1;
    if (syscall(SYS_get_mempolicy, &node, NULL, 0, page, MPOL_F_NODE | MPOL_F_ADDR))
        return -errno;
    return node;
}

static void explain(struct ecs_machine *m, const char *call, int node, long err)
{
    char *out = m->numa_why;
    size_t size = sizeof m->numa_why;
    if (err == -EPERM || err == -EACCES)
        snprintf(out, size, "%s is forbidden here (a container's seccomp filter?)", call);
    else if (err == -ENOSYS)
        snprintf(out, size, "this kernel has no NUMA memory policies");
    else if (err == -EINVAL)
        snprintf(out, size, "node %d is not ours to bind to (cpuset.mems?)", node);
    else
        snprintf(out, size, "%s on node %d: %s", call, node, strerror((int)-err));
}

static bool probe_node(struct ecs_machine *m, int node, size_t bytes)
{
    char *page = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        snprintf(m->numa_why, sizeof m->numa_why, "no memory for a probe");
        return false;
    }
    bool good = false;
    long rc = bind_page(page, bytes, node);
    if (rc) {
        explain(m, "mbind", node, rc);
    } else {
        *(volatile char *)page = 1;
        long where = node_of(page);
        if (where < 0)
            explain(m, "get_mempolicy", node, where);
        else if (where != node)
            snprintf(m->numa_why, sizeof m->numa_why, "a page bound to node %d came up on node %ld",
                     node, where);
        else
            good = true;
    }
    munmap(page, bytes);
    return good;
}

void ecs_probe_numa(struct ecs_machine *m)
{
    m->numa_works = false;
    if (m->foreign_topology) {
        snprintf(m->numa_why, sizeof m->numa_why,
                 "the topology was given from outside and is not this machine");
        return;
    }
    size_t bytes = (size_t)sysconf(_SC_PAGESIZE);
    unsigned probed = 0;
    for (unsigned i = 0; i < m->n_nodes; i++) {
        int node = m->node[i].os_id;
        if (!m->node[i].allowed || m->node[i].bytes == 0 || node < 0 || node >= NODE_BITS)
            continue;
        if (!probe_node(m, node, bytes))
            return;
        probed++;
    }
    m->numa_works = probed > 0;
    if (!probed)
        snprintf(m->numa_why, sizeof m->numa_why, "no memory node is known");
}
