#include <check.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/atomic.h"
#include "core/base/self.h"
#include "crew.h"

START_TEST(a_thread_keeps_its_self)
{
    struct ecs_self *self = ecs_self();
    ck_assert_ptr_nonnull(self);
    ck_assert_ptr_eq(ecs_self(), self);
    ck_assert_uint_eq(self->id, 0);
    for (int i = 0; i < ECS_SELF_SLOTS; i++)
        ck_assert_ptr_null(self->slot[i]);
}
END_TEST

struct roll { uint32_t id[CREW_MAX]; pthread_barrier_t all_here; };

static void note_id(unsigned number, void *arg)
{
    struct roll *roll = arg;
    roll->id[number] = ecs_self()->id;
    pthread_barrier_wait(&roll->all_here);
}

START_TEST(ids_of_threads_alive_are_dense)
{
    struct roll roll;
    for (int round = 0; round < 20; round++) {
        bool seen[CREW_MAX + 1] = {false};
        pthread_barrier_init(&roll.all_here, NULL, 16);
        crew_run(16, note_id, &roll);
        pthread_barrier_destroy(&roll.all_here);
        for (int i = 0; i < 16; i++) {
            ck_assert_uint_lt(roll.id[i], 16);
            ck_assert(!seen[roll.id[i]]);
            seen[roll.id[i]] = true;
        }
    }
}
END_TEST

static _Atomic unsigned highest, hooks_run;

static void note_highest(unsigned number, void *arg)
{
    (void)number;
    struct ecs_self *self = ecs_self();
    ck_assert_ptr_null(self->slot[*(int *)arg]);
    self->slot[*(int *)arg] = self;
    unsigned h = highest;
    while (self->id > h && !atomic_compare_exchange_weak(&highest, &h, self->id))
        ;
}

static void count_hook(void *value, void *arg)
{
    (void)value;
    (void)arg;
    hooks_run++;
}

START_TEST(ten_thousand_threads_need_four_ids)
{
    int key = ecs_self_key_create(count_hook, NULL);
    for (int round = 0; round < 2500; round++)
        crew_run(4, note_highest, &key);
    ck_assert_uint_lt(highest, 4);
    ck_assert_uint_eq(hooks_run, 10000);
}
END_TEST

static struct { pthread_barrier_t asked, done; _Atomic unsigned without; } crowd;

static void *ask_and_wait(void *arg)
{
    (void)arg;
    if (!ecs_self())
        crowd.without++;
    pthread_barrier_wait(&crowd.asked);
    return NULL;
}

START_TEST(one_thread_too_many_gets_null)
{
    enum { N = ECS_MAX_THREADS + 5 };
    static pthread_t thread[N];
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 256 * 1024);
    pthread_barrier_init(&crowd.asked, NULL, N);
    for (int i = 0; i < N; i++)
        ck_assert_int_eq(pthread_create(&thread[i], &attr, ask_and_wait, NULL), 0);
    for (int i = 0; i < N; i++)
        pthread_join(thread[i], NULL);
    ck_assert_uint_eq(crowd.without, 5);
    ck_assert_ptr_nonnull(ecs_self());
    ck_assert_uint_eq(ecs_self()->id, 0);
}
END_TEST

static struct { int n; long order[64]; } told;

static void tell(void *value, void *arg)
{
    (void)value;
    told.order[told.n++] = (long)arg;
}

static void set_keys(unsigned number, void *arg)
{
    (void)number;
    for (const int *key = arg; *key >= 0; key++)
        ecs_self()->slot[*key] = told.order;
}

START_TEST(exit_hooks_run_youngest_key_first)
{
    int a = ecs_self_key_create(tell, (void *)1L), b = ecs_self_key_create(tell, (void *)2L);
    int c = ecs_self_key_create(tell, (void *)3L);
    crew_run(1, set_keys, (int[]){a, b, c, -1});
    ck_assert_int_eq(told.n, 3);
    ck_assert_int_eq(told.order[0], 3);
    ck_assert_int_eq(told.order[1], 2);
    ck_assert_int_eq(told.order[2], 1);
    ecs_self_key_delete(a);
    int d = ecs_self_key_create(tell, (void *)4L);
    ck_assert_int_eq(d, a);  /* the oldest place, but the youngest key */
    told.n = 0;
    crew_run(1, set_keys, (int[]){d, b, -1});  /* c has no value: not called */
    ck_assert_int_eq(told.n, 2);
    ck_assert_int_eq(told.order[0], 4);
    ck_assert_int_eq(told.order[1], 2);
}
END_TEST

START_TEST(leaving_runs_hooks_at_once_and_only_once)
{
    int key = ecs_self_key_create(tell, (void *)7L);
    ecs_self_leave();  /* never entered: nothing to do */
    ecs_self()->slot[key] = told.order;
    ecs_self_leave();
    ck_assert_int_eq(told.n, 1);
    ck_assert_ptr_null(ecs_self()->slot[key]);
    ecs_self_leave();
    ck_assert_int_eq(told.n, 1);
    ck_assert_uint_eq(ecs_self()->id, 0);
}
END_TEST

START_TEST(keys_run_out_and_come_back)
{
    int key[ECS_SELF_SLOTS];
    for (int i = 0; i < ECS_SELF_SLOTS; i++)
        ck_assert_int_ge(key[i] = ecs_self_key_create(NULL, NULL), 0);
    ck_assert_int_eq(ecs_self_key_create(NULL, NULL), -EAGAIN);
    ecs_self_key_delete(key[5]);
    ck_assert_int_eq(ecs_self_key_create(NULL, NULL), key[5]);
    ecs_self_key_delete(-1);
    ecs_self_key_delete(ECS_SELF_SLOTS);
    ecs_self()->slot[key[3]] = key;
    ecs_self_leave();  /* a key without a hook */
    ck_assert_ptr_null(ecs_self()->slot[key[3]]);
}
END_TEST

static struct { int key; pthread_barrier_t set, deleted; } drop;

static void hold_value(unsigned number, void *arg)
{
    (void)number;
    (void)arg;
    ecs_self()->slot[drop.key] = &drop;
    pthread_barrier_wait(&drop.set);
    pthread_barrier_wait(&drop.deleted);
    ck_assert_ptr_null(ecs_self()->slot[drop.key]);
}

START_TEST(a_deleted_key_forgets_values_of_living_threads)
{
    struct crew crew;
    drop.key = ecs_self_key_create(tell, NULL);
    pthread_barrier_init(&drop.set, NULL, 2);
    pthread_barrier_init(&drop.deleted, NULL, 2);
    crew_start(&crew, 1, hold_value, NULL);
    pthread_barrier_wait(&drop.set);
    ecs_self_key_delete(drop.key);
    pthread_barrier_wait(&drop.deleted);
    crew_join(&crew);
    ck_assert_int_eq(told.n, 0);
}
END_TEST

/* Somebody else's thread-specific data, whose destructor uses what we offer in every round (but the
 * one in which ThreadSanitizer is no longer there to watch). */
#ifdef __SANITIZE_THREAD__
#define USES (PTHREAD_DESTRUCTOR_ITERATIONS - 1)
#else
#define USES PTHREAD_DESTRUCTOR_ITERATIONS
#endif
static pthread_key_t foreign;
static int own_key;
static _Atomic unsigned set_late, got_null;

static bool only_last;

static void late_user(void *value)
{
    if (only_last && (uintptr_t)value > 1) {
        pthread_setspecific(foreign, (void *)((uintptr_t)value - 1));
        return;
    }
    struct ecs_self *self = ecs_self();
    if (!self)
        got_null++;
    else if (!self->slot[own_key]) {
        self->slot[own_key] = self;
        set_late++;
    }
    uintptr_t left = (uintptr_t)value;
    if (left > 1)
        pthread_setspecific(foreign, (void *)(left - 1));
}

static void use_late(unsigned number, void *arg)
{
    (void)number;
    (void)arg;
    highest = ecs_self()->id > highest ? ecs_self()->id : highest;
    pthread_setspecific(foreign, (void *)(uintptr_t)USES);
}

static void late_destructors(void)
{
    for (int i = 0; i < 300; i++)
        crew_run(1, use_late, NULL);
    ck_assert_uint_ge(set_late + got_null, only_last ? 300 : 300 * (USES - 1));
    ck_assert_uint_eq(hooks_run, set_late);  /* each value that was set got its hook */
    ck_assert_uint_eq(highest, 0);           /* each id came back */
}

/* Before us and after us: the order within a round is by the key's number. */
START_TEST(a_destructor_that_runs_before_ours_may_use_us)
{
    pthread_key_create(&foreign, late_user);
    own_key = ecs_self_key_create(count_hook, NULL);
    late_destructors();
}
END_TEST

START_TEST(a_destructor_that_runs_after_ours_may_use_us)
{
    own_key = ecs_self_key_create(count_hook, NULL);
    ecs_self_leave();
    ecs_self();  /* makes our key now */
    ecs_self_leave();
    pthread_key_create(&foreign, late_user);
    late_destructors();
}
END_TEST

/* Ours has cleaned up long since, and whoever asks now gets nothing that nobody would give back. */
START_TEST(a_destructor_that_uses_us_at_the_very_end_leaves_nothing)
{
    only_last = true;
    own_key = ecs_self_key_create(count_hook, NULL);
    ecs_self();
    ecs_self_leave();
    pthread_key_create(&foreign, late_user);
    late_destructors();
    ck_assert_uint_eq(got_null, 300);
}
END_TEST

static int other_key;
static void set_other(void *value, void *arg)
{
    (void)arg;
    if (hooks_run++ < 3)
        ecs_self()->slot[other_key] = value;
}

START_TEST(a_hook_may_give_another_key_a_value)
{
    own_key = ecs_self_key_create(set_other, NULL);
    other_key = ecs_self_key_create(tell, NULL);
    crew_run(1, set_keys, (int[]){own_key, -1});
    ck_assert_uint_eq(hooks_run, 1);
    ck_assert_int_eq(told.n, 1);
}
END_TEST

static void for_ever(void *value, void *arg)
{
    (void)arg;
    hooks_run++;
    ecs_self()->slot[own_key] = value;
}

START_TEST(a_hook_that_never_has_enough_is_stopped)
{
    own_key = ecs_self_key_create(for_ever, NULL);
    crew_run(1, set_keys, (int[]){own_key, -1});
    ck_assert_uint_gt(hooks_run, 0);
    crew_run(1, note_highest, &own_key);  /* asserts that the slot starts empty */
}
END_TEST

START_TEST(a_child_of_fork_goes_on)
{
    own_key = ecs_self_key_create(count_hook, NULL);
    ecs_self();
    pid_t pid = fork();
    if (pid == 0) {
        int key = ecs_self_key_create(count_hook, NULL);
        ecs_self()->slot[key] = ecs_self();
        ecs_self_leave();
        _exit(hooks_run == 1 ? 0 : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("self");
    tcase_set_timeout(tc, 110);
    tcase_add_test(tc, a_thread_keeps_its_self);
    tcase_add_test(tc, ids_of_threads_alive_are_dense);
    tcase_add_test(tc, ten_thousand_threads_need_four_ids);
    tcase_add_test(tc, one_thread_too_many_gets_null);
    tcase_add_test(tc, exit_hooks_run_youngest_key_first);
    tcase_add_test(tc, leaving_runs_hooks_at_once_and_only_once);
    tcase_add_test(tc, keys_run_out_and_come_back);
    tcase_add_test(tc, a_deleted_key_forgets_values_of_living_threads);
    tcase_add_test(tc, a_destructor_that_runs_before_ours_may_use_us);
    tcase_add_test(tc, a_destructor_that_runs_after_ours_may_use_us);
    tcase_add_test(tc, a_destructor_that_uses_us_at_the_very_end_leaves_nothing);
    tcase_add_test(tc, a_hook_may_give_another_key_a_value);
    tcase_add_test(tc, a_hook_that_never_has_enough_is_stopped);
    tcase_add_test(tc, a_child_of_fork_goes_on);
    Suite *s = suite_create("self");
    suite_add_tcase(s, tc);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
