#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "core/hw/affinity.h"

/* Two packages of two cores of two threads, with ids as sparse as a machine may have them. */
static struct ecs_machine *sparse_machine(void)
{
    static const struct ecs_cpu cpus[] = {
        { .os_id = 3, .core = 0, .package = 0, .smt = 0, .allowed = true },
        { .os_id = 700, .core = 0, .package = 0, .smt = 1, .allowed = true },
        { .os_id = 11, .core = 1, .package = 0, .smt = 0, .allowed = true },
        { .os_id = 1500, .core = 1, .package = 0, .smt = 1, .allowed = true },
        { .os_id = 40, .core = 2, .package = 1, .smt = 0, .allowed = true },
        { .os_id = 41, .core = 2, .package = 1, .smt = 1, .allowed = true },
        { .os_id = 90, .core = 3, .package = 1, .smt = 0, .allowed = true },
        { .os_id = 4095, .core = 3, .package = 1, .smt = 1, .allowed = true },
    };
    struct ecs_machine *m = calloc(1, sizeof *m);
    ck_assert_ptr_nonnull(m);
    memcpy(m->cpus, cpus, sizeof cpus);
    m->n_cpus = sizeof cpus / sizeof *cpus;
    return m;
}

static void expect_ids(const int *ids, const int *wanted, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(ids[i] == wanted[i], "worker %zu on CPU %d, wanted %d", i, ids[i],
                      wanted[i]);
}

START_TEST(cores_come_first_and_wrap)
{
    struct ecs_machine *m = sparse_machine();
    int ids[10];
    static const int wanted[10] = { 3, 40, 11, 90, 700, 41, 1500, 4095, 3, 40 };
    ck_assert_int_eq(ecs_place_on(m, ECS_PLACE_CORES, 10, ids, NULL), 8);
    expect_ids(ids, wanted, 10);
    ck_assert_int_eq(ecs_place_on(m, ECS_PLACE_CORES, 2, ids, NULL), 2);
    free(m);
}
END_TEST

START_TEST(one_is_one)
{
    struct ecs_machine *m = sparse_machine();
    int ids[3];
    static const int wanted[3] = { 3, 3, 3 };
    ck_assert_int_eq(ecs_place_on(m, ECS_PLACE_ONE, 3, ids, NULL), 1);
    expect_ids(ids, wanted, 3);
    free(m);
}
END_TEST

START_TEST(siblings_sit_together)
{
    struct ecs_machine *m = sparse_machine();
    int ids[4];
    static const int wanted[4] = { 3, 700, 11, 1500 };
    ck_assert_int_eq(ecs_place_on(m, ECS_PLACE_SMT, 4, ids, NULL), 4);
    expect_ids(ids, wanted, 4);
    free(m);
}
END_TEST

/* Half of each core taken away: what is left has no siblings, and second threads are firsts. */
START_TEST(a_mask_takes_siblings_away)
{
    struct ecs_machine *m = sparse_machine();
    struct ecs_error e = { 0 };
    int ids[4];
    static const int wanted[4] = { 700, 41, 1500, 4095 };
    for (unsigned i = 0; i < m->n_cpus; i += 2)
        m->cpus[i].allowed = false;
    ck_assert_int_eq(ecs_place_on(m, ECS_PLACE_SMT, 4, ids, &e), -ENODEV);
    ck_assert_str_ne(e.what, "");
    ck_assert_str_ne(e.mend, "");
    ck_assert_int_eq(ecs_place_on(m, ECS_PLACE_CORES, 4, ids, NULL), 4);
    expect_ids(ids, wanted, 4);
    free(m);
}
END_TEST

START_TEST(one_core_with_siblings_is_found)
{
    struct ecs_machine *m = sparse_machine();
    int ids[2];
    static const int wanted[2] = { 90, 4095 };
    for (unsigned i = 0; i < 6; i++)
        m->cpus[i].allowed = i % 2 == 0;
    ck_assert_int_eq(ecs_place_on(m, ECS_PLACE_SMT, 2, ids, NULL), 2);
    expect_ids(ids, wanted, 2);
    free(m);
}
END_TEST

START_TEST(free_pins_nobody)
{
    struct ecs_machine *m = sparse_machine();
    int ids[3] = { 0 };
    static const int wanted[3] = { -1, -1, -1 };
    ck_assert_int_eq(ecs_place_on(m, ECS_PLACE_FREE, 3, ids, NULL), 3);
    expect_ids(ids, wanted, 3);
    free(m);
}
END_TEST

START_TEST(no_cpu_at_all)
{
    struct ecs_machine *m = sparse_machine();
    struct ecs_error e = { 0 };
    int id;
    m->n_cpus = 0;
    ck_assert_int_eq(ecs_place_on(m, ECS_PLACE_CORES, 1, &id, &e), -ENODEV);
    ck_assert_str_ne(e.what, "");
    free(m);
}
END_TEST

static int my_cpus(int *only)
{
    cpu_set_t set;
    ck_assert_int_eq(sched_getaffinity(0, sizeof set, &set), 0);
    for (*only = 0; *only < CPU_SETSIZE && !CPU_ISSET(*only, &set); ++*only)
        ;
    return CPU_COUNT(&set);
}

START_TEST(binding_and_letting_go)
{
    unsigned all = ecs_allowed_cpus();
    int id, only;
    if (!ecs_machine()->can_bind)
        return;
    ck_assert_int_eq(ecs_place(ECS_PLACE_CORES, 1, &id, NULL), 1);
    ck_assert_int_eq(ecs_bind_self(id), 0);
    ck_assert_int_eq(my_cpus(&only), 1);
    ck_assert_int_eq(only, id);
    /* What the process may use is not what this thread is pinned to. */
    ck_assert_uint_eq(ecs_allowed_cpus(), all);
    ck_assert_int_eq(ecs_bind_self(-1), 0);
    ck_assert_int_eq(my_cpus(&only), (int)all);
    ck_assert_int_eq(ecs_bind_self(1 << 20), -EINVAL);
}
END_TEST

static void *bind_in_thread(void *arg)
{
    int only;
    *(int *)arg = ecs_bind_self(*(int *)arg);
    return (void *)(intptr_t)my_cpus(&only);
}

START_TEST(a_thread_pins_only_itself)
{
    unsigned all = ecs_allowed_cpus();
    pthread_t thread;
    void *cpus;
    int only, id;
    if (!ecs_machine()->can_bind)
        return;
    ck_assert_int_ge(ecs_place(ECS_PLACE_ONE, 1, &id, NULL), 1);
    ck_assert_int_eq(pthread_create(&thread, NULL, bind_in_thread, &id), 0);
    ck_assert_int_eq(pthread_join(thread, &cpus), 0);
    ck_assert_int_eq(id, 0);
    ck_assert_int_eq((int)(intptr_t)cpus, 1);
    ck_assert_int_eq(my_cpus(&only), (int)all);
}
END_TEST

/* taskset from outside, while we run: the machine read at start must not be believed. */
START_TEST(a_cpu_taken_away_is_refused)
{
    cpu_set_t one;
    int ids[2], only;
    ecs_machine();
    if (ecs_allowed_cpus() < 2 || !ecs_machine()->can_bind)
        return;
    ck_assert_int_eq(ecs_place(ECS_PLACE_CORES, 2, ids, NULL), 2);
    CPU_ZERO(&one);
    CPU_SET(ids[0], &one);
    ck_assert_int_eq(sched_setaffinity(0, sizeof one, &one), 0);
    ck_assert_uint_eq(ecs_allowed_cpus(), 1);
    ck_assert_int_eq(ecs_bind_self(ids[1]), -EINVAL);
    int again[2];
    ck_assert_int_eq(ecs_place(ECS_PLACE_CORES, 2, again, NULL), 1);
    ck_assert_int_eq(again[1], ids[0]);
    ck_assert_int_eq(ecs_bind_self(-1), 0);
    ck_assert_int_eq(my_cpus(&only), 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("affinity");
    TCase *t = tcase_create("affinity");
    tcase_add_test(t, cores_come_first_and_wrap);
    tcase_add_test(t, one_is_one);
    tcase_add_test(t, siblings_sit_together);
    tcase_add_test(t, a_mask_takes_siblings_away);
    tcase_add_test(t, one_core_with_siblings_is_found);
    tcase_add_test(t, free_pins_nobody);
    tcase_add_test(t, no_cpu_at_all);
    tcase_add_test(t, binding_and_letting_go);
    tcase_add_test(t, a_thread_pins_only_itself);
    tcase_add_test(t, a_cpu_taken_away_is_refused);
    tcase_set_timeout(t, 60);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
