/* How many operations make a quantum. What one costs spans three orders of magnitude (a store
 * that stays in the store buffer, a line fetched from a far socket), so each worker finds its own
 * number: doubled when a quantum was shorter than 25 us, halved when it was longer than 100 us.
 * Two clock reads in 25 us are below 0.2 % and the same for every side of a comparison. */
#ifndef ECS_SCENARIOS_PACE_H
#define ECS_SCENARIOS_PACE_H

#include "core/base/clock.h"

#define ECS_PACE_MIN 256u         /* the fewest operations that the run allows in a quantum */
#define ECS_PACE_MAX (1u << 20)
#define ECS_PACE_SHORT_NS 25000u
#define ECS_PACE_LONG_NS 100000u

struct ecs_pace { uint32_t ops; uint64_t began_ns; };   /* ops: 0 before the first quantum */

/* Operations to do now: a power of two, so a multiple of any smaller one. */
static inline uint32_t ecs_pace_begin(struct ecs_pace *pace)
{
    if (pace->ops == 0)
        pace->ops = ECS_PACE_MIN;
    pace->began_ns = ecs_now_ns();
    return pace->ops;
}

static inline void ecs_pace_end(struct ecs_pace *pace)
{
    uint64_t took = ecs_now_ns() - pace->began_ns;
    if (took < ECS_PACE_SHORT_NS && pace->ops < ECS_PACE_MAX)
        pace->ops *= 2;
    else if (took > ECS_PACE_LONG_NS && pace->ops > ECS_PACE_MIN)
        pace->ops /= 2;
}

#endif
