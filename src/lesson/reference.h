/* What a name in an expression stands for. Used by parser, lint and player alike, so that there
 * is one meaning of `s1.rate.total[stride=128]`. All functions are pure. */
#ifndef ECS_LESSON_REFERENCE_H
#define ECS_LESSON_REFERENCE_H

#include "lesson/lesson.h"
#include "lesson/number.h"

enum ecs_reference_kind { ECS_REF_METRIC, ECS_REF_PARAM, ECS_REF_CALIB };

struct ecs_reference {
    enum ecs_reference_kind kind;
    const struct ecs_block *block;   /* METRIC, PARAM: the scenario block */
    int index;                       /* of the metric or parameter, or enum ecs_calib_name */
};

/* Facts of the machine, in the order of struct ecs_calibration. */
#define ECS_CALIB_NAMES "line_bytes", "cpus", "cores", "nodes", "l1d_bytes", "l2_bytes", "l3_bytes"

/* `scope`: the scenario block whose captions may use bare parameter names, or NULL.
 * -EINVAL with a message that names the nearest thing known. */
int ecs_reference_find(const struct ecs_lesson *l, const struct ecs_block *scope, const char *name,
                       struct ecs_reference *out, struct ecs_error *e);
enum ecs_dimension ecs_reference_dimension(const struct ecs_reference *r);

/* The values that a selector means: those of `run:` with the selector's on top. `[now]` sets *now
 * and leaves *out as `run:` has it. An empty selector is `run:` itself. Values are separated by
 * spaces or commas: [stride=128 pin=free]. */
int ecs_selector_read(const struct ecs_scenario_block *s, const char *selector, bool *now,
                      struct ecs_values *out, struct ecs_error *e);

#endif
