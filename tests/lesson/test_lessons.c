/* The lessons that are shipped, against the real registry. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake_scenarios.h"

#define FOLDER ECS_SOURCE_DIR "/lessons"

static const struct { const char *file; int number; } shipped[] = {
    {"06-hot-cold.md", 6}, {"09-false-sharing.md", 9}, {"14-aba.md", 14}, {"18-pools.md", 18},
};

static const char *path_of(int i)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", FOLDER, shipped[i].file);
    return path;
}

START_TEST(reads_and_lints_without_an_issue)
{
    struct ecs_lesson *l = NULL;
    struct ecs_issues issues = {0};
    int rc = ecs_lesson_load(path_of(_i), &l, &issues);
    ck_assert_msg(rc == 0 && issues.n == 0, "%s: %s", shipped[_i].file, fake_issues_text(&issues));
    ecs_lesson_lint(l, &issues);
    ck_assert_msg(issues.n == 0, "%s: %s", shipped[_i].file, fake_issues_text(&issues));
    ck_assert_int_eq(l->number, shipped[_i].number);
    ecs_lesson_free(l);
    ecs_issues_free(&issues);
}
END_TEST

/* The right choice of a prediction claims what `expect` calls a pass, no other choice does. */
START_TEST(claims_go_with_the_verdict)
{
    struct ecs_lesson *l = NULL;
    struct ecs_issues issues = {0};
    ck_assert_int_eq(ecs_lesson_load(path_of(_i), &l, &issues), 0);
    const struct ecs_block *p1 = ecs_lesson_block(l, "p1"), *e1 = ecs_lesson_block(l, "e1");
    double pass = e1->expect.pass_low * 1.001;
    for (size_t i = 0; i < p1->predict.n; i++) {
        const struct ecs_choice *c = &p1->predict.choice[i];
        if (c->has_claim)
            ck_assert_msg(c->right == (c->claim_low <= pass && pass < c->claim_high), "%s: %s",
                          shipped[_i].file, c->id);
    }
    ecs_lesson_free(l);
    ecs_issues_free(&issues);
}
END_TEST

/* Every byte once deleted, once made a new line and once replaced by another one, in turn: always
 * an answer, never a crash. A lesson that is still whole is linted, too. */
START_TEST(any_one_byte_may_be_wrong)
{
    static const char other[] = {'\0', '#', ':', '[', '|', '*', '9', '\x80', '`', '{', '-'};
    size_t size, n_scenarios, taken = 0, refused = 0;
    char *good = fake_read(path_of(_i), &size);
    ck_assert_ptr_nonnull(good);
    const struct ecs_scenario *const *scenarios = ecs_scenarios(&n_scenarios);
    char *bad = malloc(size);
    for (size_t at = 0; at < size; at++)
        for (size_t k = 0; k < 3; k++) {
            struct ecs_lesson *l = NULL;
            struct ecs_issues issues = {0};
            size_t skip = k == 0;
            memcpy(bad, good, at);
            memcpy(bad + at, good + at + skip, size - at - skip);
            if (!skip)
                bad[at] = k == 1 ? '\n' : other[at % sizeof other];
            int rc = ecs_lesson_parse(shipped[_i].file, bad, size - skip, scenarios, n_scenarios,
                                      &l, &issues);
            ck_assert((rc == 0) == (l != NULL));
            ck_assert(rc == 0 || (rc == -EINVAL && issues.n > 0));
            if (l)
                ecs_lesson_lint(l, &issues);
            for (size_t i = 0; i < issues.n; i++)
                ck_assert_msg(issues.v[i].line > 0 && *issues.v[i].what && *issues.v[i].mend,
                              "byte %zu, change %zu: %s", at, k, fake_issues_text(&issues));
            taken += l != NULL;
            refused += l == NULL;
            ecs_lesson_free(l);
            ecs_issues_free(&issues);
        }
    ck_assert(taken > 0 && refused > 0);
    free(bad);
    free(good);
}
END_TEST

/* ---- the folder ---------------------------------------------------------------------------- */

START_TEST(the_folder_is_sorted_and_searched)
{
    struct ecs_lessons all;
    struct ecs_issues issues = {0};
    struct ecs_error e = {0};
    ck_assert_int_eq(ecs_lessons_load(FOLDER, &all, &issues, &e), 0);
    ck_assert_msg(issues.n == 0, "%s", fake_issues_text(&issues));
    ck_assert_uint_ge(all.n, 4);
    for (size_t i = 1; i < all.n; i++)
        ck_assert_int_le(all.v[i - 1]->number, all.v[i]->number);
    ck_assert_str_eq(ecs_lessons_find(&all, "9")->id, "false-sharing");
    ck_assert_str_eq(ecs_lessons_find(&all, "09")->id, "false-sharing");
    ck_assert_int_eq(ecs_lessons_find(&all, "aba")->number, 14);
    ck_assert_ptr_null(ecs_lessons_find(&all, "abba"));
    ck_assert_ptr_null(ecs_lessons_find(&all, "99"));
    ck_assert_ptr_null(ecs_lessons_find(&all, ""));
    ecs_lessons_free(&all);
    ck_assert_uint_eq(all.n, 0);
}
END_TEST

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

START_TEST(a_bad_lesson_is_left_out_and_named)
{
    char folder[] = "/tmp/ecs-lessons-XXXXXX", path[600];
    struct ecs_lessons all;
    struct ecs_issues issues = {0};
    struct ecs_error e = {0};
    size_t size;
    ck_assert_ptr_nonnull(mkdtemp(folder));
    char *good = fake_read(path_of(1), &size);
    write_file(folder, "09-false-sharing.md", good);
    write_file(folder, "10-broken.md", "---\nformat: 1\nwrong: 2\n---\n");
    write_file(folder, "README.md", "not a lesson");
    snprintf(path, sizeof path, "%s/11-folder.md", folder);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(ecs_lessons_load(folder, &all, &issues, &e), 0);
    ck_assert_uint_eq(all.n, 1);
    ck_assert_uint_eq(issues.n, 2);
    bool broken = false, is_folder = false;
    for (size_t i = 0; i < 2; i++) {
        broken = broken || (strstr(issues.v[i].what, "10-broken.md:3: unknown key 'wrong'") &&
                            strstr(issues.v[i].what, "more)"));
        is_folder = is_folder || strstr(issues.v[i].what, "11-folder.md");
    }
    ck_assert_msg(broken && is_folder, "%s", fake_issues_text(&issues));
    ecs_lessons_free(&all);
    ecs_issues_free(&issues);
    free(good);
    rmdir(path);
    static const char *const files[] = {"09-false-sharing.md", "10-broken.md", "README.md"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    rmdir(folder);
}
END_TEST

START_TEST(a_folder_or_file_that_is_not_there)
{
    struct ecs_lessons all;
    struct ecs_lesson *l;
    struct ecs_issues issues = {0};
    struct ecs_error e = {0};
    ck_assert_int_eq(ecs_lessons_load("/nowhere/at/all", &all, &issues, &e), -ENOENT);
    ck_assert(strstr(e.what, "/nowhere/at/all") && *e.mend);
    ck_assert_int_eq(ecs_lessons_load(path_of(0), &all, &issues, &e), -ENOTDIR);
    ck_assert_int_eq(ecs_lesson_load("/nowhere/09-x.md", &l, &issues), -ENOENT);
    ck_assert_ptr_null(l);
    ck_assert_uint_eq(issues.n, 1);
    ck_assert_int_eq(ecs_lesson_load("/tmp", &l, &issues), -EISDIR);
    ck_assert_int_eq(ecs_lesson_load("/dev/zero", &l, &issues), -ENOTSUP);
    ecs_issues_free(&issues);
}
END_TEST

#define N(a) ((int)(sizeof(a) / sizeof *(a)))

int main(void)
{
    Suite *s = suite_create("lessons");
    TCase *t = tcase_create("shipped");
    tcase_set_timeout(t, 250);
    suite_add_tcase(s, t);
    tcase_add_loop_test(t, reads_and_lints_without_an_issue, 0, N(shipped));
    tcase_add_loop_test(t, claims_go_with_the_verdict, 0, N(shipped));
    tcase_add_loop_test(t, any_one_byte_may_be_wrong, 0, N(shipped));
    t = tcase_create("folder");
    suite_add_tcase(s, t);
    tcase_add_test(t, the_folder_is_sorted_and_searched);
    tcase_add_test(t, a_bad_lesson_is_left_out_and_named);
    tcase_add_test(t, a_folder_or_file_that_is_not_there);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
