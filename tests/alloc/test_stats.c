/* The counts are what they say: exact identities on one thread, and readings by another thread
 * that never run ahead of the truth nor go backwards. */
#include <pthread.h>
#include <stdatomic.h>

#include "variants.h"

#define TWO_LEVEL (&ecs_allocator_two_level)

/* A cache of 8, batches of 4, 64 blocks held: each refill serves 4 requests. */
START_TEST(hits_and_misses_of_two_levels)
{
    struct ecs_alloc *a = make(TWO_LEVEL, 8);
    struct ecs_alloc_stats s;
    uint64_t cached;
    void *block[64];
    for (int i = 0; i < 64; i++)
        block[i] = TWO_LEVEL->alloc(a, 64);
    TWO_LEVEL->thread_stats(a, &s, &cached);
    ck_assert_uint_eq(s.allocs, 64);
    ck_assert_uint_eq(s.l1_misses, 16);
    ck_assert_uint_eq(s.l1_hits, 48);
    ck_assert_uint_eq(s.l2_misses, 16);
    ck_assert_uint_eq(s.l2_hits, 0);
    ck_assert_uint_eq(cached, 0);
    for (int i = 0; i < 64; i++)
        TWO_LEVEL->free(a, block[i]);
    TWO_LEVEL->thread_stats(a, &s, &cached);
    ck_assert_uint_eq(s.frees, 64);
    ck_assert_uint_eq(cached, 8);
    ck_assert_uint_eq(s.l1_spills, 14);
    ck_assert_uint_eq(s.l2_puts, 14);
    ck_assert_uint_eq(s.l2_blocks_in, 56);
    for (int i = 0; i < 64; i++)
        block[i] = TWO_LEVEL->alloc(a, 64);
    TWO_LEVEL->thread_stats(a, &s, &cached);
    ck_assert_uint_eq(s.l1_misses, 16 + 14);
    ck_assert_uint_eq(s.l2_hits, 14);
    ck_assert_uint_eq(s.l2_misses, 16);
    ck_assert_uint_eq(s.l2_blocks_out, 56);
    ck_assert_uint_eq(s.cas_retries, 0);
    for (int i = 0; i < 64; i++)
        TWO_LEVEL->free(a, block[i]);
    TWO_LEVEL->destroy(a);
}
END_TEST

/* The smallest cache, and one that everything fits in. */
START_TEST(extremes_of_the_cache)
{
    struct ecs_alloc_stats s;
    uint64_t cached;
    for (int big = 0; big < 2; big++) {
        struct ecs_alloc *a = make(TWO_LEVEL, big ? ECS_L1_CAPACITY_MAX : 1);
        void *block[16];
        for (int round = 0; round < 100; round++) {
            for (int i = 0; i < 16; i++)
                block[i] = TWO_LEVEL->alloc(a, 32);
            for (int i = 0; i < 16; i++)
                TWO_LEVEL->free(a, block[i]);
        }
        TWO_LEVEL->thread_stats(a, &s, &cached);
        ck_assert_uint_eq(s.allocs, 1600);
        ck_assert_uint_eq(s.l1_misses, big ? 1 : 1600 - 99);
        ck_assert_uint_eq(cached, big ? ECS_L1_CAPACITY_MAX / 2 : 1);
        TWO_LEVEL->destroy(a);
    }
}
END_TEST

START_TEST(os_bytes_are_what_was_mapped)
{
    const struct ecs_allocator *a = ecs_allocators[_i];
    struct ecs_alloc *instance = make(a, 0);
    struct ecs_alloc_stats s;
    void *block[200];
    for (int i = 0; i < 200; i++)
        ck_assert_ptr_nonnull(block[i] = a->alloc(instance, 4096));
    a->stats(instance, &s);
    if (a->has & ECS_ALLOC_HAS_OS) {
        ck_assert_uint_ge(s.os_blocks, 200);
        ck_assert_uint_ge(s.os_chunks, 200 * 4096 / (256 * 1024));
        ck_assert_uint_ge(s.os_bytes, s.os_chunks * 256 * 1024);
        ck_assert_uint_le(s.os_bytes, 4 << 20);
    } else {
        ck_assert_uint_eq(s.os_bytes, 0);
    }
    for (int i = 0; i < 200; i++)
        a->free(instance, block[i]);
    a->destroy(instance);
}
END_TEST

/* Magazines go round: churn beyond the cache needs no more of them as time goes on. */
START_TEST(steady_churn_needs_no_more_memory)
{
    const struct ecs_allocator *a = ecs_allocators[_i];
    struct ecs_alloc *instance = make(a, 4);
    struct ecs_alloc_stats first, last;
    void *block[100];
    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < 100; i++)
            block[i] = a->alloc(instance, 200);
        for (int i = 0; i < 100; i++)
            a->free(instance, block[i]);
        if (round == 1)
            a->stats(instance, &first);
    }
    a->stats(instance, &last);
    ck_assert_uint_eq(last.os_bytes, first.os_bytes);
    ck_assert_uint_eq(last.os_blocks, first.os_blocks);
    a->destroy(instance);
}
END_TEST

/* ---- reading while others work ------------------------------------------------------------- */

struct job { const struct ecs_allocator *a; struct ecs_alloc *instance; atomic_bool stop; };

static void *work(void *arg)
{
    struct job *job = arg;
    while (!atomic_load(&job->stop))
        for (int i = 0; i < 1000; i++)
            job->a->free(job->instance, job->a->alloc(job->instance, 24));
    return NULL;
}

START_TEST(a_reader_sees_counts_grow)
{
    struct job job = { .a = ecs_allocators[_i], .instance = make(ecs_allocators[_i], 0) };
    struct ecs_alloc_stats s, last = {0};
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, work, &job), 0);
    while (job.a->has && last.allocs < 20000) {
        job.a->stats(job.instance, &s);
        ck_assert_uint_ge(s.allocs, last.allocs);
        ck_assert_uint_ge(s.frees, last.frees);
        ck_assert_uint_ge(s.l1_hits, last.l1_hits);
        ck_assert_uint_ge(s.os_bytes, last.os_bytes);
        last = s;
    }
    atomic_store(&job.stop, true);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    job.a->stats(job.instance, &s);
    ck_assert_uint_eq(s.allocs, s.frees);
    ck_assert(s.allocs == 0 || s.allocs % 1000 == 0);
    job.a->destroy(job.instance);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("allocator counts");
    TCase *t = tcase_create("counts");
    tcase_set_timeout(t, 100);
    tcase_add_test(t, hits_and_misses_of_two_levels);
    tcase_add_test(t, extremes_of_the_cache);
    tcase_add_loop_test(t, os_bytes_are_what_was_mapped, 0, n_variants());
    tcase_add_loop_test(t, steady_churn_needs_no_more_memory, 0, n_variants());
    tcase_add_loop_test(t, a_reader_sees_counts_grow, 0, n_variants());
    suite_add_tcase(suite, t);
    return run_suite(suite);
}
