/* Out of memory, at every point where memory is asked for: the n-th request fails, for every n.
 * Whatever fails, nothing crashes, nothing that was handed out is damaged, frees work, and when
 * there is memory again the allocator goes on. At the end all of it goes back. */
#include <errno.h>
#include <string.h>

#include "core/hw/os_memory.h"
#include "variants.h"

/* Memory that runs out: requests number `fail_from` to `fail_to - 1` fail. */
struct meter { long requests, fail_from, fail_to; int64_t bytes; };

static void *metered_map(void *ctx, size_t size, size_t align)
{
    struct meter *m = ctx;
    long n = m->requests++;
    if (n >= m->fail_from && n < m->fail_to)
        return NULL;
    m->bytes += (int64_t)size;
    return ecs_os_map(size, align, false);
}

static void metered_unmap(void *ctx, void *memory, size_t size)
{
    ((struct meter *)ctx)->bytes -= (int64_t)size;
    ecs_os_unmap(memory, size);
}

#define BLOCKS 700

struct scene {
    const struct ecs_allocator *a;
    struct ecs_alloc *instance;
    unsigned char *block[BLOCKS];
    size_t size[BLOCKS];
    int failures;
};

/* Tries to hold BLOCKS blocks of many sizes. */
static void take(struct scene *s)
{
    for (int i = 0; i < BLOCKS; i++) {
        if (s->block[i])
            continue;
        s->size[i] = (size_t)(i % 7 == 0 ? 4096 - i : 1 + i % 90);
        errno = 0;
        s->block[i] = s->a->alloc(s->instance, s->size[i]);
        if (!s->block[i]) {
            ck_assert_int_eq(errno, ENOMEM);
            s->failures++;
            continue;
        }
        mark(s->block[i], s->size[i], (uint64_t)i);
    }
}

static void give(struct scene *s, int every)
{
    for (int i = 0; i < BLOCKS; i += every) {
        if (!s->block[i])
            continue;
        ck_assert(is_marked(s->block[i], s->size[i], (uint64_t)i));
        s->a->free(s->instance, s->block[i]);
        s->block[i] = NULL;
    }
}

/* False when not one request failed: n is beyond the last. */
static bool play(const struct ecs_allocator *a, long from, long to)
{
    struct meter meter = { .fail_from = from, .fail_to = to };
    struct ecs_alloc_config config = { .l1_capacity = 8, .map = metered_map,
                                       .unmap = metered_unmap, .map_ctx = &meter };
    struct scene s = { .a = a };
    int rc = a->create(&config, &s.instance);
    if (rc) {
        ck_assert_int_eq(rc, -ENOMEM);
        ck_assert_int_eq(meter.bytes, 0);
        return true;
    }
    take(&s);
    give(&s, 3);
    take(&s);
    a->thread_flush(s.instance);
    give(&s, 2);
    bool reached = meter.requests > from;
    meter.fail_from = meter.fail_to = 0;
    s.failures = 0;
    take(&s);
    ck_assert_int_eq(s.failures, 0);
    give(&s, 1);
    a->thread_flush(s.instance);
    /* All of it was had at once, so all of it can be had again without another byte. */
    meter.fail_to = 1000000;
    take(&s);
    ck_assert_int_eq(s.failures, 0);
    give(&s, 1);
    a->thread_flush(s.instance);
    struct ecs_alloc_stats stats;
    a->stats(s.instance, &stats);
    ck_assert_uint_eq(stats.allocs, stats.frees);
    a->destroy(s.instance);
    ck_assert_int_eq(meter.bytes, 0);
    return reached;
}

START_TEST(one_request_fails)
{
    long n = 0;
    while (play(ecs_allocators[_i], n, n + 1))
        n++;
    ck_assert_int_gt(n, _i == 0 ? -1 : 3);
}
END_TEST

START_TEST(all_later_requests_fail)
{
    long n = 0;
    while (play(ecs_allocators[_i], n, 1000000))
        n++;
    ck_assert_int_gt(n, _i == 0 ? -1 : 3);
}
END_TEST

/* Really small: one chunk, then nothing. Every block of it is handed out once, then NULL; and after
 * the frees, all of them again. */
START_TEST(the_last_block)
{
    const struct ecs_allocator *a = ecs_allocators[_i];
    struct meter meter = { .fail_from = 1000000, .fail_to = 2000000 };
    struct ecs_alloc_config config = { .map = metered_map, .unmap = metered_unmap,
                                       .map_ctx = &meter };
    struct ecs_alloc *instance;
    static void *block[1000];
    if (!(a->has & ECS_ALLOC_HAS_OS))
        return;
    ck_assert_int_eq(a->create(&config, &instance), 0);
    int first = 0;
    for (int round = 0; round < 3; round++) {
        int n = 0;
        while (n < 1000 && (block[n] = a->alloc(instance, 4096))) {
            mark(block[n], 4096, (uint64_t)n);
            n++;
            meter.fail_from = 0;
        }
        ck_assert_int_gt(n, 10);
        ck_assert_int_lt(n, 1000);
        ck_assert(round == 0 || n == first);
        first = n;
        for (int i = 0; i < n; i++) {
            ck_assert(is_marked(block[i], 4096, (uint64_t)i));
            a->free(instance, block[i]);
        }
    }
    a->destroy(instance);
    ck_assert_int_eq(meter.bytes, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("out of memory");
    TCase *t = tcase_create("map");
    tcase_set_timeout(t, 100);
    tcase_add_loop_test(t, one_request_fails, 0, n_variants());
    tcase_add_loop_test(t, all_later_requests_fail, 0, n_variants());
    tcase_add_loop_test(t, the_last_block, 0, n_variants());
    suite_add_tcase(suite, t);
    return run_suite(suite);
}
