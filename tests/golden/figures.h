/* Made-up figures and pictures for windows of the four scenarios: the shapes that real runs have.
 */
#ifndef ECS_TESTS_GOLDEN_FIGURES_H
#define ECS_TESTS_GOLDEN_FIGURES_H

#include "run/snapshot.h"

/* `since_s`: since the last change; `effect`: 1 as usual, 0 none; `wobble`: a factor near 1. */
void figures_fill(const struct ecs_scenario *s, struct ecs_snapshot *snap, double since_s,
                  double effect, double wobble);
void figures_picture(const struct ecs_scenario *s, const struct ecs_snapshot *snap,
                     struct ecs_picture *out);

#endif
