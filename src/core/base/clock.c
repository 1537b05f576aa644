#include "core/base/clock.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif


static uint64_t read_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * ECS_NS_PER_S + (uint64_t)t.tv_nsec;
}

uint64_t ecs_now_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

uint64_t ecs_thread_cpu_ns(void)
{
    return read_ns(CLOCK_THREAD_CPUTIME_ID);
}

uint64_t ecs_ticks(void)
{
#if defined(__x86_64__)
    return __rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
    return ecs_now_ns();
#endif
}

struct moment { uint64_t ns, ticks, width; };

/* Clock and counter read together. Of several tries the one in which the least time passed
 * between the readings of the counter: the others were interrupted. */
static struct moment now_both(void)
{
    struct moment best = {.width = UINT64_MAX};
    for (int i = 0; i < 16; i++) {
        uint64_t before = ecs_ticks();
        uint64_t ns = ecs_now_ns();
        uint64_t width = ecs_ticks() - before;
        if (width < best.width)
            best = (struct moment){ns, before + width / 2, width};
    }
    return best;
}

double ecs_ticks_per_ns(unsigned ms)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static double kept;
    pthread_mutex_lock(&lock);
    if (kept == 0) {
        struct moment a = now_both();
        ecs_sleep_until_ns(a.ns + (ms ? ms : 1) * ECS_NS_PER_MS);
        struct moment b = now_both();
        kept = (double)(b.ticks - a.ticks) / (double)(b.ns - a.ns);
    }
    double value = kept;
    pthread_mutex_unlock(&lock);
    return value;
}

void ecs_sleep_until_ns(uint64_t when)
{
    struct timespec t = {.tv_sec = (time_t)(when / ECS_NS_PER_S),
                         .tv_nsec = (long)(when % ECS_NS_PER_S)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
        ;
}
