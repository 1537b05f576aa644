/* Time. All times are nanoseconds of CLOCK_MONOTONIC unless a name says otherwise. */
#ifndef ECS_BASE_CLOCK_H
#define ECS_BASE_CLOCK_H

#include <stdint.h>

#define ECS_NS_PER_S 1000000000ull
#define ECS_NS_PER_MS 1000000ull

/* Nanoseconds of CLOCK_MONOTONIC. Any thread. ~20 ns. */
uint64_t ecs_now_ns(void);

/* CPU time that the calling thread has used. ~0.4 us (a system call). */
uint64_t ecs_thread_cpu_ns(void);

/* The time-stamp counter (rdtsc on x86-64, cntvct_el0 on AArch64, else ecs_now_ns). Not
 * serialising. */
uint64_t ecs_ticks(void);

/* Calibrates the counter against CLOCK_MONOTONIC: ticks per nanosecond. The first call takes
 * `ms` milliseconds, later ones return the kept value. Thread-safe. */
double ecs_ticks_per_ns(unsigned ms);

/* Sleeps until an absolute CLOCK_MONOTONIC time; survives EINTR. */
void ecs_sleep_until_ns(uint64_t when);

#endif
