#include "tui/app_stats.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int ecs_app_stats_init(struct ecs_app_stats *s)
{
    memset(s, 0, sizeof *s);
    s->frame.us = malloc(ECS_STATS_SAMPLES * sizeof *s->frame.us);
    s->key.us = malloc(ECS_STATS_SAMPLES * sizeof *s->key.us);
    return s->frame.us && s->key.us ? 0 : -ENOMEM;
}

void ecs_app_stats_free(struct ecs_app_stats *s)
{
    free(s->frame.us);
    free(s->key.us);
    s->frame.us = s->key.us = NULL;
}

void ecs_samples_add(struct ecs_samples *s, uint64_t ns)
{
    uint32_t us = ns > 4000000000000ull ? 4000000000u : (uint32_t)(ns / 1000);

    s->us[s->n++ % ECS_STATS_SAMPLES] = us;
    if (us > s->max)
        s->max = us;
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

uint32_t ecs_samples_percentile(const struct ecs_samples *s, double p)
{
    size_t n = s->n < ECS_STATS_SAMPLES ? (size_t)s->n : ECS_STATS_SAMPLES;

    if (n == 0)
        return 0;
    qsort(s->us, n, sizeof *s->us, by_size);
    return s->us[(size_t)(p * (double)(n - 1) + 0.5)];
}

static void print_ms(FILE *out, const char *key, double ms)
{
    fprintf(out, "%s: %.3f ms\n", key, ms);
}

static void print_samples(FILE *out, const char *name, const struct ecs_samples *s)
{
    fprintf(out, "%s.count: %llu\n", name, (unsigned long long)s->n);
    if (s->n == 0)
        return;
    fprintf(out, "%s.p50: %.3f ms\n", name, ecs_samples_percentile(s, 0.5) / 1e3);
    fprintf(out, "%s.p99: %.3f ms\n", name, ecs_samples_percentile(s, 0.99) / 1e3);
    fprintf(out, "%s.max: %.3f ms\n", name, s->max / 1e3);
}

void ecs_app_stats_print(const struct ecs_app_stats *s, uint64_t started_ns, uint64_t end_ns,
                         uint64_t bytes, FILE *out)
{
    double seconds = (double)(end_ns - s->begin_ns) / 1e9;
    uint64_t from = started_ns ? started_ns : s->begin_ns;

    if (s->first_frame_ns)
        print_ms(out, started_ns ? "first_frame" : "first_frame_after_start",
                 (double)(s->first_frame_ns - from) / 1e6);
    fprintf(out, "seconds: %.3f s\n", seconds);
    print_samples(out, "frame", &s->frame);
    print_samples(out, "key_to_first_byte", &s->key);
    fprintf(out, "frames_skipped: %llu\n", (unsigned long long)s->skipped);
    fprintf(out, "bytes: %llu B\n", (unsigned long long)bytes);
    fprintf(out, "bytes_per_s: %.1f B/s\n", seconds > 0 ? (double)bytes / seconds : 0);
    fprintf(out, "wakeups_per_s: %.2f /s\n", seconds > 0 ? (double)s->wakeups / seconds : 0);
    print_ms(out, "longest_loop_stall", (double)s->stall_ns / 1e6);
}
