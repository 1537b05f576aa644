/* Runs each test of a case once per allocator variant. */
#ifndef ECS_TEST_ALLOC_VARIANTS_H
#define ECS_TEST_ALLOC_VARIANTS_H

#include <check.h>
#include <stdlib.h>

#include "core/alloc/allocator.h"

static inline int n_variants(void)
{
    int n = 0;
    while (ecs_allocators[n])
        n++;
    return n;
}

/* A pattern that depends on the block and on who wrote it, over the whole block. */
static inline void mark(unsigned char *block, size_t size, uint64_t owner)
{
    uint64_t x = owner * 0x9e3779b97f4a7c15u ^ (uint64_t)(uintptr_t)block;
    for (size_t i = 0; i < size; i++)
        block[i] = (unsigned char)(x >> (i % 8 * 8)) + (unsigned char)(i / 8);
}

static inline bool is_marked(const unsigned char *block, size_t size, uint64_t owner)
{
    uint64_t x = owner * 0x9e3779b97f4a7c15u ^ (uint64_t)(uintptr_t)block;
    for (size_t i = 0; i < size; i++)
        if (block[i] != (unsigned char)((unsigned char)(x >> (i % 8 * 8)) + (i / 8)))
            return false;
    return true;
}

static inline uint64_t next_random(uint64_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    return *x;
}

static inline struct ecs_alloc *make(const struct ecs_allocator *a, uint32_t l1)
{
    struct ecs_alloc *instance = NULL;
    struct ecs_alloc_config config = { .l1_capacity = l1 };
    ck_assert_int_eq(a->create(&config, &instance), 0);
    return instance;
}

static inline int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
