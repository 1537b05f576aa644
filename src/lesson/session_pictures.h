/* The pictures of a run over the last half minute or so, so that looking back shows what was the
 * case then and not what is now. A picture is kept when it differs from the one before it. */
#ifndef ECS_LESSON_SESSION_PICTURES_H
#define ECS_LESSON_SESSION_PICTURES_H

#include "run/scenario.h"

#define ECS_PICTURES 600

struct ecs_pictures { struct ecs_picture *v; uint64_t *seq; size_t held, next; };

/* Forgets silently when out of memory. `seq` never goes down before a clear. */
void ecs_pictures_add(struct ecs_pictures *p, uint64_t seq, const struct ecs_picture *picture);
/* The last one at or before `seq`; false if there is none, or none any more. */
bool ecs_pictures_get(const struct ecs_pictures *p, uint64_t seq, struct ecs_picture *out);
void ecs_pictures_clear(struct ecs_pictures *p);
void ecs_pictures_free(struct ecs_pictures *p);

#endif
