#include "run/series.h"

#include <pthread.h>
#include <stdlib.h>

/* Sequence numbers in the ring only grow; a recording with a gap leaves a gap here too. */
struct ecs_series {
    pthread_mutex_t lock;
    size_t capacity, first, n;     /* ring[first] is the oldest of n */
    struct ecs_snapshot ring[];
};

struct ecs_series *ecs_series_new(size_t capacity) {
    if (capacity == 0)
        capacity = ECS_SERIES_CAPACITY;
    if (capacity > (SIZE_MAX - sizeof(struct ecs_series)) / sizeof(struct ecs_snapshot))
        return NULL;
    struct ecs_series *s = calloc(1, sizeof *s + capacity * sizeof s->ring[0]);
    if (!s)
        return NULL;
    pthread_mutex_init(&s->lock, NULL);
    s->capacity = capacity;
    return s;
}

void ecs_series_free(struct ecs_series *s) {
    if (!s)
        return;
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static void lock(const struct ecs_series *s) {
    pthread_mutex_lock((pthread_mutex_t *)&s->lock);
}

static void unlock(const struct ecs_series *s) {
    pthread_mutex_unlock((pthread_mutex_t *)&s->lock);
}

static const struct ecs_snapshot *at(const struct ecs_series *s, size_t i) {
    size_t place = s->first + i;
    return &s->ring[place < s->capacity ? place : place - s->capacity];
}

/* Place of the first snapshot held whose number is `seq` or more; s->n if there is none. */
static size_t find(const struct ecs_series *s, uint64_t seq) {
    size_t low = 0, high = s->n;
    if (s->n && seq >= at(s, 0)->seq && seq - at(s, 0)->seq < s->n) {
        size_t guess = (size_t)(seq - at(s, 0)->seq);
        if (at(s, guess)->seq == seq)
            return guess;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (at(s, middle)->seq < seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void ecs_series_append(struct ecs_series *s, const struct ecs_snapshot *snap) {
    lock(s);
    if (s->n && snap->seq <= at(s, s->n - 1)->seq)
        s->n = s->first = 0;
    if (s->n < s->capacity)
        s->n++;
    else
        s->first = s->first + 1 < s->capacity ? s->first + 1 : 0;
    *(struct ecs_snapshot *)at(s, s->n - 1) = *snap;
    unlock(s);
}

void ecs_series_clear(struct ecs_series *s) {
    lock(s);
    s->n = s->first = 0;
    unlock(s);
}

void ecs_series_range(const struct ecs_series *s, uint64_t *first, uint64_t *end) {
    lock(s);
    *first = s->n ? at(s, 0)->seq : 0;
    *end = s->n ? at(s, s->n - 1)->seq + 1 : 0;
    unlock(s);
}

bool ecs_series_get(const struct ecs_series *s, uint64_t seq, struct ecs_snapshot *out) {
    lock(s);
    size_t i = find(s, seq);
    bool held = i < s->n && at(s, i)->seq == seq;
    if (held)
        *out = *at(s, i);
    unlock(s);
    return held;
}

size_t ecs_series_copy(const struct ecs_series *s, uint64_t seq, struct ecs_snapshot *out,
                       size_t n) {
    size_t k = 0;
    lock(s);
    for (size_t i = find(s, seq); i < s->n && k < n; i++)
        out[k++] = *at(s, i);
    unlock(s);
    return k;
}

size_t ecs_series_points(const struct ecs_series *s, int metric, uint64_t first, uint64_t end,
                         struct ecs_point *out, size_t n) {
    size_t k = 0;
    if (metric < 0 || metric >= ECS_MAX_METRICS)
        return 0;
    lock(s);
    for (size_t i = find(s, first); i < s->n && k < n && at(s, i)->seq < end; i++) {
        const struct ecs_snapshot *snap = at(s, i);
        out[k++] = (struct ecs_point){ snap->metric[metric], snap->time_ns, snap->flags,
                                       snap->generation };
    }
    unlock(s);
    return k;
}
