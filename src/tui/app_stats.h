/* What the screen costs: frames, bytes, wake-ups, and how long a key waits for its first byte.
 * Filled by the loop, printed after the terminal is given back. */
#ifndef ECS_TUI_APP_STATS_H
#define ECS_TUI_APP_STATS_H

#include <stdint.h>
#include <stdio.h>

#define ECS_STATS_SAMPLES 16384

/* The last ECS_STATS_SAMPLES values, and the largest of all. */
struct ecs_samples { uint32_t *us; uint64_t n; uint32_t max; };

struct ecs_app_stats {
    uint64_t begin_ns;          /* the loop's start */
    uint64_t first_frame_ns;    /* when the first byte of the first frame was written; 0: not yet */
    struct ecs_samples frame, key;
    uint64_t skipped;           /* frames not drawn because the terminal was slow */
    uint64_t wakeups;
    uint64_t awake_ns;          /* the loop came back from waiting */
    uint64_t stall_ns;          /* the longest that it stayed away */
};

int ecs_app_stats_init(struct ecs_app_stats *s);            /* 0 or -ENOMEM */
void ecs_app_stats_free(struct ecs_app_stats *s);
void ecs_samples_add(struct ecs_samples *s, uint64_t ns);
/* In microseconds; p in 0 … 1; 0 when there are none. */
uint32_t ecs_samples_percentile(const struct ecs_samples *s, double p);
/* Lines of `key: value unit`. `started_ns`: see app.h; `bytes`: sent in all. */
void ecs_app_stats_print(const struct ecs_app_stats *s, uint64_t started_ns, uint64_t end_ns,
                         uint64_t bytes, FILE *out);

#endif
