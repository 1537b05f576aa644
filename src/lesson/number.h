/* Numbers with units, as lessons write them: 8, 0.3s, 4K, 90 %, 64B, 2.5x.
 *
 * Times are kept in nanoseconds, sizes in bytes, K M G are binary (as parameters have them), a
 * percentage stays what is written (90 % is 90, as metrics in % are), x changes nothing.
 * Reading does not depend on the locale. All functions are pure. */
#ifndef ECS_LESSON_NUMBER_H
#define ECS_LESSON_NUMBER_H

#include <stdbool.h>

#include "core/base/error.h"

/* What a number or a figure is of. PLAIN goes with everything. */
enum ecs_dimension {
    ECS_DIM_PLAIN,
    ECS_DIM_TIME,
    ECS_DIM_PERCENT,
    ECS_DIM_BYTES,
    ECS_DIM_RATE,
    ECS_DIM_RATIO
};
const char *ecs_dimension_name(enum ecs_dimension d);          /* "a time", … */
/* Of a metric's unit: "ns/entity" is a time, "ops/s" a rate, "%" a percentage, "B" bytes. */
enum ecs_dimension ecs_dimension_of(const char *unit);

/* Reads one unsigned number with its unit from *p and moves *p behind it.
 * -EINVAL with a message for anything else. `dim` may be NULL. */
int ecs_number_read(const char **p, double *value, enum ecs_dimension *dim, struct ecs_error *e);
/* The same for a whole text; a leading minus and `inf` are understood. */
int ecs_number_text(const char *text, double *value, enum ecs_dimension *dim, struct ecs_error *e);

#endif
