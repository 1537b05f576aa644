/* Every request from 1 to ECS_ALLOC_MAX, against the definition. */
#include <check.h>
#include <stdlib.h>

#include "core/alloc/chunk.h"

START_TEST(smallest_class_that_fits)
{
    unsigned before = 0;
    for (size_t size = 1; size <= ECS_ALLOC_MAX; size++) {
        unsigned c = ecs_size_class(size);
        ck_assert_uint_lt(c, ECS_SIZE_CLASSES);
        ck_assert_uint_ge(c, before);
        ck_assert_uint_ge(ecs_size_class_bytes(c), size);
        ck_assert(c == 0 || ecs_size_class_bytes(c - 1) < size);
        before = c;
    }
    ck_assert_uint_eq(before, ECS_SIZE_CLASSES - 1);
    ck_assert_uint_eq(ecs_size_class_bytes(ECS_SIZE_CLASSES - 1), ECS_ALLOC_MAX);
}
END_TEST

START_TEST(wastes_at_most_an_eighth)
{
    for (size_t size = 9; size <= ECS_ALLOC_MAX; size++) {
        size_t rounded = (size + 15) / 16 * 16;
        size_t block = ecs_size_class_bytes(ecs_size_class(size));
        ck_assert_msg((block - rounded) * 8 <= block, "%zu bytes get %zu", size, block);
        ck_assert_uint_eq(block % 16, 0);
    }
}
END_TEST

/* The multiplication that replaces the division, for every block of every class. */
START_TEST(slot_of_every_block)
{
    for (unsigned c = 0; c < ECS_SIZE_CLASSES; c++) {
        uint32_t bytes = ecs_size_class_bytes(c);
        struct ecs_chunk chunk = {
            .block_bytes = bytes,
            .inverse = (uint32_t)(((1ull << 32) + bytes - 1) / bytes),
            .first = (char *)&chunk,
        };
        for (uint32_t i = 0; i < ecs_chunk_blocks(c); i++)
            ck_assert_uint_eq(ecs_chunk_slot(&chunk, (char *)((uintptr_t)chunk.first +
                                                              (uintptr_t)i * bytes)), i);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("size classes");
    TCase *t = tcase_create("arithmetic");
    tcase_add_test(t, smallest_class_that_fits);
    tcase_add_test(t, wastes_at_most_an_eighth);
    tcase_add_test(t, slot_of_every_block);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
