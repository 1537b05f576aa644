/* A schedule as one line that a person can read and type:
 *
 *     aba/plain/sc: 0*2 1*9 0*1
 *
 * program / parameters / model: moves. The first parameter is given by its value alone, further
 * ones as name=value, and only where they differ from what they are by default. Moves: "1" one step
 * of thread 1; "1f" the oldest store in its buffer reaches memory; "1r2" a step whose load does not
 * see the two newest stores; "1s" a step whose compare-exchange fails for no reason; each
 * may be repeated: "0*3". Knows no program; used on both sides of the process border. */
#ifndef ECS_EXPLORE_SCHEDULE_H
#define ECS_EXPLORE_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"

/* One move of the scheduler. */
enum ecs_move { ECS_MOVE_STEP, ECS_MOVE_FLUSH, ECS_MOVE_STALE, ECS_MOVE_SPURIOUS };
struct ecs_choice {
    uint8_t thread, move;
    uint8_t skip; /* STALE: how many newer stores the load does not see */
};

/* "1", "0f", "2r1", "0s". Returns `out`. */
char *ecs_choice_text(struct ecs_choice c, char *out, size_t size);
/* "head: 0*2 1*9"; "head:" if there is no move. Cut to `size`; returns `out`. */
char *ecs_schedule_text(const char *head, const struct ecs_choice *path, size_t n, char *out,
                        size_t size);
/* Cuts the line in two. The head, without the colon, goes to `head`, the moves to `path`. 0, or
 * -EINVAL with a message that names the word that is no move. */
int ecs_schedule_parse(const char *text, char *head, size_t head_size, struct ecs_choice *path,
                       size_t max, size_t *n, struct ecs_error *e);

#endif
