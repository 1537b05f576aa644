/* Two CPUs of those that we may use; the mutants here show only where threads really overlap. */
#ifndef ECS_TESTS_TWO_CPUS_H
#define ECS_TESTS_TWO_CPUS_H

#include <sched.h>
#include <stdbool.h>

static inline bool two_cpus_find(int cpu[2])
{
    cpu_set_t allowed;
    int n = 0;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return false;
    for (int i = 0; i < CPU_SETSIZE && n < 2; i++) {
        if (CPU_ISSET(i, &allowed))
            cpu[n++] = i;
    }
    return n == 2;
}

static inline void two_cpus_pin(int cpu)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof one, &one);  /* where it is refused the threads still may overlap */
}

#endif
