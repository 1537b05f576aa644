/* A ring of snapshots with one writer and any readers, guarded by a mutex held for a copy.
 * Holds ECS_SERIES_CAPACITY windows: 5 minutes at 20 Hz. */
#ifndef ECS_RUN_SERIES_H
#define ECS_RUN_SERIES_H

#include "run/snapshot.h"

#define ECS_SERIES_CAPACITY 6000

struct ecs_series;

struct ecs_series *ecs_series_new(size_t capacity);   /* NULL when out of memory */
void ecs_series_free(struct ecs_series *s);
/* Numbers only grow, with gaps if the snapshots have them; one that does not begins the series
 * anew. */
void ecs_series_append(struct ecs_series *s, const struct ecs_snapshot *snap);
void ecs_series_clear(struct ecs_series *s);
/* Sequence numbers held: [first, end). Both 0 when empty. */
void ecs_series_range(const struct ecs_series *s, uint64_t *first, uint64_t *end);
/* Copies one snapshot; false if `seq` is not held (any more). */
bool ecs_series_get(const struct ecs_series *s, uint64_t seq, struct ecs_snapshot *out);
/* Copies up to `n` snapshots from `seq` on; returns how many. */
size_t ecs_series_copy(const struct ecs_series *s, uint64_t seq, struct ecs_snapshot *out, size_t n);

/* A cheap reading of one metric over [first, end) for charts: value[i], flags[i], time[i].
 * Returns how many were written, at most `n`. */
struct ecs_point { double value; uint64_t time_ns; uint32_t flags; uint32_t generation; };
size_t ecs_series_points(const struct ecs_series *s, int metric, uint64_t first, uint64_t end,
                         struct ecs_point *out, size_t n);

#endif
