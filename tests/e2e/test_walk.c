/* All four lessons, from the list to the recap, with the keys that a learner would press. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "learner.h"

static const struct learner_plan plans[] = {
    {.id = "hot-cold", .title = "The fields you skip", .choices = "331", .numbers = {"8"},
     .toggles = "l", .tasks = "ccl"},
    {.id = "false-sharing", .title = "Two counters, one cache line", .choices = "221",
     .numbers = {"8"}, .toggles = "pppp", .tasks = "pppp"},
    {.id = "aba", .title = "The pointer that came back", .choices = "33133",
     .numbers = {"65536"}, .toggles = "v", .tasks = "v"},
    {.id = "pools", .title = "A small pool for each thread", .choices = "4412222",
     .numbers = {"96.9"}, .toggles = "vc", .tasks = "cc"},
};

static void kept(const char *id)
{
    char path[512], text[4096] = "";

    snprintf(path, sizeof path, "%s/ecscope/%s.progress", learner_state(), id);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "no progress was kept in %s", path);
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, file), 0);
    fclose(file);
    ck_assert_msg(strstr(text, "finished: yes") != NULL, "%s", text);
}

START_TEST(a_lesson_from_the_list_to_the_recap)
{
    const struct learner_plan *plan = &plans[_i];
    struct test_pty *p = learner_start(100, 30, NULL, NULL);

    learner_expect(p, "Lessons");
    for (int i = 0; i < _i; i++)
        test_pty_type(p, "j");
    learner_expect(p, plan->title);
    test_pty_type(p, "\r");
    learner_expect(p, "PREDICT 1/");
    learner_walk(p, plan);
    test_pty_type(p, "q");
    learner_expect(p, "Lessons");
    test_pty_type(p, "q");
    ck_assert_int_eq(test_pty_wait_exit(p, PATIENCE), 0);
    ck_assert(test_pty_restored(p));
    test_pty_free(p);
    kept(plan->id);
}
END_TEST

/* The same at the smallest classroom size, by name instead of the list. */
START_TEST(a_lesson_at_80x24)
{
    const struct learner_plan *plan = &plans[_i];
    struct test_pty *p = learner_start(80, 24, (const char *[]){plan->id, NULL}, NULL);

    learner_walk(p, plan);
    test_pty_type(p, "\003");
    ck_assert_int_eq(test_pty_wait_exit(p, PATIENCE), 0);
    ck_assert(test_pty_restored(p));
    test_pty_free(p);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("walk");
    TCase *t = tcase_create("walk");

    tcase_add_checked_fixture(t, learner_folder_make, learner_folder_remove);
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, a_lesson_from_the_list_to_the_recap, 0, 4);
    tcase_add_loop_test(t, a_lesson_at_80x24, 1, 2);
    suite_add_tcase(s, t);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
