/* Memory from the kernel: on the border asked for, zeroed, and really given back. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/hw/os_memory.h"

START_TEST(aligned_and_zeroed)
{
    static const size_t sizes[] = { 1, 4096, 5000, 256 << 10, (1 << 20) + 1 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (size_t align = 4096; align <= (1 << 22); align *= 4) {
            unsigned char *memory = ecs_os_map(sizes[i], align, _i);
            ck_assert_ptr_nonnull(memory);
            ck_assert_uint_eq((uintptr_t)memory % align, 0);
            size_t zeroes = 0;
            for (size_t k = 0; k < sizes[i]; k++)
                zeroes += memory[k] == 0;
            ck_assert_uint_eq(zeroes, sizes[i]);
            memset(memory, 0xa5, sizes[i]);
            ecs_os_unmap(memory, sizes[i]);
            unsigned char present;
            ck_assert_int_eq(mincore(memory, 4096, &present), -1);
        }
}
END_TEST

START_TEST(impossible_sizes)
{
    errno = 0;
    ck_assert_ptr_null(ecs_os_map(0, 4096, false));
    ck_assert_ptr_null(ecs_os_map(SIZE_MAX, 4096, false));
    ck_assert_ptr_null(ecs_os_map(SIZE_MAX / 2, 4096, true));
    ck_assert_int_eq(errno, ENOMEM);
    ecs_os_unmap(NULL, 4096);
}
END_TEST

START_TEST(there_is_some)
{
    uint64_t total = ecs_os_memory_total(), available = ecs_os_memory_available();
    ck_assert_uint_gt(total, 32 << 20);
    ck_assert_uint_le(available, total);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory from the kernel");
    TCase *t = tcase_create("map");
    tcase_add_loop_test(t, aligned_and_zeroed, 0, 2);
    tcase_add_test(t, impossible_sizes);
    tcase_add_test(t, there_is_some);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
