#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/outbox.h"

static struct ecs_outbox box;
static int ends[2];

static void make(void)
{
    memset(&box, 0, sizeof box);
    ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
    signal(SIGPIPE, SIG_IGN);
}

static void drop(void)
{
    ecs_outbox_free(&box);
    close(ends[0]);
    close(ends[1]);
}

START_TEST(empty_is_done)
{
    ck_assert(!ecs_outbox_pending(&box));
    ck_assert_int_eq(ecs_outbox_flush(&box, ends[1]), 0);
}
END_TEST

START_TEST(bytes_go_in_order)
{
    char back[16] = "";

    ck_assert_int_eq(ecs_outbox_put(&box, "abc", 3), 0);
    ck_assert_int_eq(ecs_outbox_put(&box, "def", 3), 0);
    ck_assert(ecs_outbox_pending(&box));
    ck_assert_uint_eq(box.first_ns, 0);
    ck_assert_int_eq(ecs_outbox_flush(&box, ends[1]), 0);
    ck_assert_uint_ne(box.first_ns, 0);
    ck_assert_int_eq(read(ends[0], back, sizeof back), 6);
    ck_assert_str_eq(back, "abcdef");
    ck_assert_uint_eq(box.total, 6);
}
END_TEST

/* A reader that takes a little now and then gets every byte once. */
START_TEST(a_slow_reader_gets_it_all)
{
    static char sent[300000], got[300000];
    size_t have = 0;
    bool waited = false;

    for (size_t i = 0; i < sizeof sent; i++)
        sent[i] = (char)(i * 7 + i / 251);
    for (size_t at = 0; at < sizeof sent; at += 3000)
        ck_assert_int_eq(ecs_outbox_put(&box, sent + at, 3000), 0);
    while (have < sizeof got) {
        int rc = ecs_outbox_flush(&box, ends[1]);
        ck_assert(rc == 0 || rc == 1);
        waited |= rc == 1;
        ssize_t n = read(ends[0], got + have, 777 < sizeof got - have ? 777 : sizeof got - have);
        ck_assert_int_gt(n, 0);
        have += (size_t)n;
    }
    ck_assert(waited && !ecs_outbox_pending(&box));
    ck_assert_mem_eq(sent, got, sizeof sent);
    ck_assert_uint_eq(box.total, sizeof sent);
}
END_TEST

START_TEST(a_gone_reader_is_told)
{
    close(ends[0]);
    ends[0] = -1;
    ck_assert_int_eq(ecs_outbox_put(&box, "abc", 3), 0);
    ck_assert_int_eq(ecs_outbox_flush(&box, ends[1]), -EPIPE);
    ck_assert(!ecs_outbox_pending(&box));
}
END_TEST

/* A new frame on an empty box has a first byte of its own. */
START_TEST(first_byte_is_of_the_last_put)
{
    ck_assert_int_eq(ecs_outbox_put(&box, "abc", 3), 0);
    ck_assert_int_eq(ecs_outbox_flush(&box, ends[1]), 0);
    ck_assert_int_eq(ecs_outbox_put(&box, "d", 1), 0);
    ck_assert_uint_eq(box.first_ns, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("outbox");
    TCase *tc = tcase_create("outbox");

    tcase_add_checked_fixture(tc, make, drop);
    tcase_add_test(tc, empty_is_done);
    tcase_add_test(tc, bytes_go_in_order);
    tcase_add_test(tc, a_slow_reader_gets_it_all);
    tcase_add_test(tc, a_gone_reader_is_told);
    tcase_add_test(tc, first_byte_is_of_the_last_put);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
