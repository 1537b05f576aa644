#include "run/noise_reader.h"

#include <sched.h>

#include "core/base/clock.h"

#define ROUNDS 9000           /* of eight additions: about 20 us at 4 GHz */

/* The compiler must neither fold nor reorder the additions, and a register as the second operand
 * keeps cores from doing them while renaming. */
static uint64_t chain(void) {
    uint64_t x = 1, step = 3;
    __asm__ volatile("" : "+r"(step));
    uint64_t begin = ecs_ticks();
    for (int i = 0; i < ROUNDS; i++) {
        for (int k = 0; k < 8; k++) {
            x += step;
            __asm__ volatile("" : "+r"(x));
        }
    }
    return ecs_ticks() - begin;
}

double ecs_canary_slowdown(struct ecs_canary *c, int *cpu) {
    *cpu = sched_getcpu();
    uint64_t fastest = chain();
    for (int i = 1; i < 3; i++) {
        uint64_t t = chain();
        fastest = t < fastest ? t : fastest;
    }
    if (*cpu < 0 || *cpu >= ECS_MAX_CPUS || *cpu != sched_getcpu() || fastest > UINT32_MAX)
        return -1;
    uint32_t *best = &c->best[*cpu];
    if (*best == 0 || fastest < *best)
        *best = (uint32_t)fastest;
    return *best ? (double)fastest / (double)*best - 1 : -1;
}
