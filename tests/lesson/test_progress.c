/* Progress: kept and read again whatever the home folder is like, never torn, never outside. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <dirent.h>
#include <unistd.h>

#include <check.h>

#include "lesson/progress.h"
#include "lesson/progress_file.h"

static char root[64], folder[128];

static void setup(void)
{
    strcpy(root, "/tmp/ecs-progress-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(root));
    snprintf(folder, sizeof folder, "%s/a/b/state", root);
}

static void teardown(void)
{
    char command[256];
    snprintf(command, sizeof command, "chmod -R u+rwX %s && rm -rf %s", root, root);
    ck_assert_int_eq(system(command), 0);
}

static void path_of(const char *name, char *out, size_t size)
{
    snprintf(out, size, "%s/%s", folder, name);
}

static void put_file(const char *name, const char *text, size_t n)
{
    char path[256];
    path_of(name, path, sizeof path);
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(text, 1, n, f), n);
    fclose(f);
}

static bool exists(const char *name)
{
    char path[256];
    path_of(name, path, sizeof path);
    return !access(path, F_OK);
}

static size_t entries(const char *of)
{
    size_t n = 0;
    DIR *d = opendir(of);
    for (struct dirent *e; d && (e = readdir(d));)
        n += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
    if (d)
        closedir(d);
    return n;
}

static struct ecs_answers sample(const char *lesson)
{
    struct ecs_answers a = {.step = 2, .steps = 4, .finished = true, .when = 1700000000};
    snprintf(a.lesson, sizeof a.lesson, "%s", lesson);
    struct ecs_answer *p = ecs_answer_get(&a, "p1", true);
    strcpy(p->choice, "up");
    strcpy(p->seen, "skip");
    p->confidence = 3;
    p->right = p->done = true;
    struct ecs_answer *e = ecs_answer_get(&a, "e1", true);
    e->value = 7.123456789012345;
    e->low = -INFINITY;
    e->high = 1e300;
    e->done = true;
    strcpy(e->band, "pass");
    strcpy(e->say, "7.12x: a\nb \\x41 \1bold\1 é");
    struct ecs_answer *q = ecs_answer_get(&a, "q1", true);
    q->number = 0.1;
    q->hints = 2;
    q->skipped = q->revealed = true;
    strcpy(q->toggles, "p=64 a=same-core");
    return a;
}

static void same(const struct ecs_answers *a, const struct ecs_answers *b)
{
    ck_assert_str_eq(a->lesson, b->lesson);
    ck_assert_uint_eq(a->step, b->step);
    ck_assert_uint_eq(a->steps, b->steps);
    ck_assert_int_eq(a->finished, b->finished);
    ck_assert_int_eq(a->when, b->when);
    ck_assert_uint_eq(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        const struct ecs_answer *x = &a->v[i], *y = &b->v[i];
        ck_assert_str_eq(x->block, y->block);
        ck_assert_str_eq(x->choice, y->choice);
        ck_assert_str_eq(x->seen, y->seen);
        ck_assert_str_eq(x->band, y->band);
        ck_assert_str_eq(x->say, y->say);
        ck_assert_str_eq(x->toggles, y->toggles);
        ck_assert_int_eq(x->confidence, y->confidence);
        ck_assert_uint_eq(x->hints, y->hints);
        ck_assert(x->right == y->right && x->done == y->done && x->revealed == y->revealed &&
                  x->skipped == y->skipped);
        const double u[] = {x->number, x->value, x->low, x->high};
        const double v[] = {y->number, y->value, y->low, y->high};
        for (int k = 0; k < 4; k++)
            ck_assert((isnan(u[k]) && isnan(v[k])) || u[k] == v[k]);
    }
}

static struct ecs_progress *opened(const char *where)
{
    struct ecs_progress *p;
    ck_assert_int_eq(ecs_progress_open(where, &p), 0);
    return p;
}

/* A store opened anew: what it finds on the disk. */
static struct ecs_answers reloaded(const char *lesson, struct ecs_error *e)
{
    struct ecs_answers a;
    struct ecs_progress *p = opened(folder);
    ck_assert_int_eq(ecs_progress_load(p, lesson, &a, e), 0);
    ecs_progress_free(p);
    return a;
}

START_TEST(what_is_saved_is_loaded)
{
    struct ecs_answers a = sample("false-sharing");
    struct ecs_error e = {0};
    struct ecs_progress *p = opened(folder);
    ck_assert_ptr_null(ecs_progress_why(p));
    ck_assert_str_eq(ecs_progress_folder(p), folder);
    ck_assert_uint_eq(entries(root), 0);   /* nothing is made before there is something to keep */
    ck_assert_int_eq(ecs_progress_save(p, &a, &e), 0);
    ck_assert(exists("false-sharing.progress"));
    ck_assert_uint_eq(entries(folder), 1);               /* no temporary file is left */
    struct ecs_answers b = reloaded("false-sharing", &e);
    same(&a, &b);
    a.step = 3;
    ck_assert_int_eq(ecs_progress_save(p, &a, &e), 0);
    b = reloaded("false-sharing", &e);
    same(&a, &b);
    ck_assert_str_eq(e.what, "");
    ck_assert_int_eq(ecs_progress_reset(p, "false-sharing"), 0);
    ck_assert(!exists("false-sharing.progress"));
    ck_assert_int_eq(ecs_progress_reset(p, "false-sharing"), 0);
    ecs_progress_free(p);
}
END_TEST

START_TEST(a_lesson_never_begun_is_empty)
{
    struct ecs_error e = {0};
    struct ecs_answers a = reloaded("aba", &e);
    ck_assert_str_eq(a.lesson, "aba");
    ck_assert_uint_eq(a.n, 0);
    ck_assert_uint_eq(a.step, 0);
    ck_assert_str_eq(e.what, "");
}
END_TEST

START_TEST(numbers_do_not_depend_on_the_language)
{
    /* A language with a decimal comma, if the system has one; the test is empty without. */
    const char *const comma[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8", NULL};
    const char *const *at = comma;
    while (*at && !setlocale(LC_ALL, *at))
        at++;
    struct ecs_answers a = sample("x");
    size_t size;
    char *text = ecs_progress_write(&a, &size);
    ck_assert_ptr_nonnull(strstr(text, "number: 0.1"));
    struct ecs_answers b;
    ck_assert_int_eq(ecs_progress_parse(text, size, "x", &b, NULL), 0);
    same(&a, &b);
    free(text);
    setlocale(LC_ALL, "C");
}
END_TEST

START_TEST(unknown_keys_are_passed_over)
{
    struct ecs_answers a;
    char text[] = "ecscope-progress 1\nlesson: x\ncolour: blue\n\n"
                  "answer: p1\nmood: fine\nchoice: up\nend\n";
    ck_assert_int_eq(ecs_progress_parse(text, strlen(text), "x", &a, NULL), 0);
    ck_assert_uint_eq(a.n, 1);
    ck_assert_str_eq(a.v[0].choice, "up");
}
END_TEST

static const char *const broken[] = {
    "", "\n", "ecscope-progress 2\nlesson: x\nend\n", "ecscope-progress 1",
        "ecscope-progress 1\nlesson: x\n",
    "ecscope-progress 1\nlesson: x\nstep: 1", "ecscope-progress 1\nlesson: y\nend\n",
    "ecscope-progress 1\nlesson: x\nstep: -1\nend\n",
        "ecscope-progress 1\nlesson: x\nstep: 99999999999999999999\nend\n",
    "ecscope-progress 1\nlesson: x\nfinished: perhaps\nend\n",
        "ecscope-progress 1\nlesson: x\nnonsense\nend\n",
    "ecscope-progress 1\nlesson: x\nanswer: p1\nnumber: 1,5\nend\n",
    "ecscope-progress 1\nlesson: x\nanswer: p1\nchoice: \\q\nend\n",
    "ecscope-progress 1\nlesson: x\nanswer: p1\nchoice: \\x00\nend\n",
    "ecscope-progress 1\nlesson: x\nanswer: p1\nanswer: p1\nend\n",
    "ecscope-progress 1\nlesson: x\nanswer: \nend\n",
    "ecscope-progress 1\nlesson: x\nanswer: p1\n"
        "choice: 0123456789012345678901234567890123456789\nend\n",
    "PK\3\4 something else",
};

START_TEST(a_damaged_file_is_set_aside)
{
    const char *text = broken[_i];
    struct ecs_progress *p = opened(folder);
    struct ecs_answers a = sample("x");
    ck_assert_int_eq(ecs_progress_save(p, &a, NULL), 0);     /* makes the folder */
    ecs_progress_free(p);
    put_file("x.progress", text, strlen(text));
    struct ecs_error e = {0};
    a = reloaded("x", &e);
    ck_assert_uint_eq(a.n, 0);
    ck_assert_str_eq(a.lesson, "x");
    ck_assert_msg(strstr(e.what, "x.progress"), "%s", e.what);
    ck_assert_ptr_nonnull(strstr(e.mend, "x.progress.damaged"));
    ck_assert(!exists("x.progress"));
    ck_assert(exists("x.progress.damaged"));
    memset(&e, 0, sizeof e);
    a = reloaded("x", &e);
    ck_assert_str_eq(e.what, "");
}
END_TEST

/* Cut anywhere, changed anywhere: no crash, and never half of it. */
START_TEST(torn_and_changed_texts)
{
    struct ecs_answers a = sample("x"), b;
    size_t size;
    char *text = ecs_progress_write(&a, &size), *copy = malloc(size + 1);
    for (size_t cut = 0; cut + 1 < size; cut++) {
        memcpy(copy, text, cut);
        copy[cut] = 0;
        ck_assert_int_eq(ecs_progress_parse(copy, cut, "x", &b, NULL), -EINVAL);
        ck_assert_uint_eq(b.n, 0);
    }
    for (size_t at = 0; at < size; at++)
        for (int k = 0; k < 5; k++) {
            memcpy(copy, text, size + 1);
            copy[at] = "\n:\\\1\xff"[k];
            int rc = ecs_progress_parse(copy, size, "x", &b, NULL);
            ck_assert(rc == 0 || rc == -EINVAL);
        }
    free(copy);
    free(text);
}
END_TEST

START_TEST(more_answers_than_there_is_room)
{
    struct ecs_answers a = {.lesson = "x"};
    char name[16];
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "b%d", i);
        struct ecs_answer *made = ecs_answer_get(&a, name, true);
        ck_assert_int_eq(made != NULL, i < ECS_MAX_ANSWERS);
    }
    ck_assert_ptr_eq(ecs_answer_get(&a, "b7", true), &a.v[7]);
    ck_assert_ptr_null(ecs_answer_get(&a, "b39", false));
    ck_assert(isnan(a.v[0].number) && isnan(a.v[0].value));
}
END_TEST

START_TEST(ids_stay_in_the_folder)
{
    const char *const ids[] = {"../../etc/passwd", "/etc/passwd", "..", ".", "", "a/b", "é",
                               "x.progress",
                               "01234567890123456789012345678901234567890123456789"
                               "01234567890123456789"};
    struct ecs_progress *p = opened(folder);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        struct ecs_answers a = sample(ids[i]);
        struct ecs_error e = {0};
        ck_assert_msg(!ecs_progress_save(p, &a, &e), "%s: %s", ids[i], e.what);
        ck_assert_uint_eq(entries(folder), i + 1);
        struct ecs_answers b = reloaded(ids[i], &e);
        same(&a, &b);
    }
    ecs_progress_free(p);
    ck_assert_uint_eq(entries(root), 1);
}
END_TEST

static void works_in_memory(struct ecs_progress *p)
{
    struct ecs_answers a = sample("x"), b;
    ck_assert_ptr_nonnull(ecs_progress_why(p));
    ck_assert_int_eq(ecs_progress_save(p, &a, NULL), 0);
    ck_assert_int_eq(ecs_progress_load(p, "x", &b, NULL), 0);
    same(&a, &b);
    ck_assert_int_eq(ecs_progress_reset(p, "x"), 0);
    ck_assert_int_eq(ecs_progress_load(p, "x", &b, NULL), 0);
    ck_assert_uint_eq(b.n, 0);
    ecs_progress_free(p);
}

START_TEST(the_state_folder_is_the_xdg_one)
{
    char want[160];
    setenv("XDG_STATE_HOME", root, 1);
    snprintf(want, sizeof want, "%s/ecscope", root);
    struct ecs_progress *p = opened(NULL);
    ck_assert_str_eq(ecs_progress_folder(p), want);
    ck_assert_ptr_null(ecs_progress_why(p));
    ecs_progress_free(p);
    setenv("XDG_STATE_HOME", "not/absolute", 1);
    setenv("HOME", root, 1);
    snprintf(want, sizeof want, "%s/.local/state/ecscope", root);
    p = opened(NULL);
    ck_assert_str_eq(ecs_progress_folder(p), want);
    struct ecs_answers a = sample("x");
    ck_assert_int_eq(ecs_progress_save(p, &a, NULL), 0);
    ck_assert_uint_eq(entries(want), 1);
    ecs_progress_free(p);
}
END_TEST

START_TEST(without_a_home_it_works_in_memory)
{
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    works_in_memory(opened(NULL));
    setenv("HOME", "", 1);
    works_in_memory(opened(NULL));
}
END_TEST

START_TEST(a_path_that_cannot_be_a_folder)
{
    char path[160], too_long[8192];
    snprintf(path, sizeof path, "%s/file", root);
    fclose(fopen(path, "w"));
    strcat(path, "/state");
    works_in_memory(opened(path));
    memset(too_long, 'x', sizeof too_long);
    too_long[0] = '/';
    too_long[sizeof too_long - 1] = 0;
    works_in_memory(opened(too_long));
}
END_TEST

/* Root may write where nobody may, so this one becomes somebody else first. */
START_TEST(a_home_that_is_read_only)
{
    if (!getuid()) {
        ck_assert_int_eq(chown(root, 65534, 65534), 0);
        ck_assert_int_eq(setgid(65534), 0);
        ck_assert_int_eq(setuid(65534), 0);
    }
    ck_assert_int_eq(chmod(root, 0500), 0);
    works_in_memory(opened(folder));
    ck_assert_int_eq(chmod(root, 0700), 0);
    /* It turns read-only while it is used: said once, and nothing is lost. */
    struct ecs_progress *p = opened(folder);
    struct ecs_answers a = sample("x"), b;
    struct ecs_error e = {0};
    ck_assert_int_eq(ecs_progress_save(p, &a, &e), 0);
    ck_assert_int_eq(chmod(folder, 0500), 0);
    a.step = 3;
    ck_assert_int_lt(ecs_progress_save(p, &a, &e), 0);
    ck_assert_ptr_nonnull(strstr(e.what, "not kept"));
    ck_assert_ptr_nonnull(ecs_progress_why(p));
    ck_assert_int_eq(ecs_progress_save(p, &a, &e), 0);
    ck_assert_int_eq(ecs_progress_load(p, "x", &b, NULL), 0);
    ck_assert_uint_eq(b.step, 3);
    ecs_progress_free(p);
    ck_assert_int_eq(chmod(folder, 0700), 0);
}
END_TEST

START_TEST(things_that_are_no_file)
{
    struct ecs_progress *p = opened(folder);
    struct ecs_answers a = sample("y");
    char path[256];
    ck_assert_int_eq(ecs_progress_save(p, &a, NULL), 0);
    path_of("x.progress", path, sizeof path);
    ck_assert_int_eq(mkfifo(path, 0600), 0);              /* must not be waited on */
    struct ecs_error e = {0};
    ck_assert_int_eq(ecs_progress_load(p, "x", &a, &e), 0);
    ck_assert(exists("x.progress.damaged"));
    ck_assert_int_eq(unlink(strcat(path, ".damaged")), 0);
    path_of("x.progress", path, sizeof path);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(ecs_progress_load(p, "x", &a, &e), 0);
    ck_assert(exists("x.progress.damaged"));
    ecs_progress_free(p);
}
END_TEST

static void *keep_saving(void *arg)
{
    struct ecs_progress *p = opened(folder);
    struct ecs_answers a = sample("x");
    for (size_t i = 0; i < 60; i++) {
        a.step = a.steps = *(size_t *)arg;
        snprintf(a.v[1].say, sizeof a.v[1].say, "%zu", a.step);
        ck_assert_int_eq(ecs_progress_save(p, &a, NULL), 0);
    }
    ecs_progress_free(p);
    return NULL;
}

START_TEST(two_programs_at_once_never_tear_a_file)
{
    size_t which[2] = {1, 2};
    pthread_t t[2];
    keep_saving(&which[0]);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, keep_saving, &which[i]), 0);
    for (int i = 0; i < 100; i++) {
        struct ecs_error e = {0};
        struct ecs_answers a = reloaded("x", &e);
        ck_assert_str_eq(e.what, "");
        ck_assert_uint_gt(a.step, 0);
        ck_assert_uint_eq(a.step, a.steps);
        ck_assert_uint_eq((size_t)atoi(a.v[1].say), a.step);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    ck_assert_uint_eq(entries(folder), 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("progress");
    TCase *c = tcase_create("progress");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, what_is_saved_is_loaded);
    tcase_add_test(c, a_lesson_never_begun_is_empty);
    tcase_add_test(c, numbers_do_not_depend_on_the_language);
    tcase_add_test(c, unknown_keys_are_passed_over);
    tcase_add_loop_test(c, a_damaged_file_is_set_aside, 0, sizeof broken / sizeof *broken);
    tcase_add_test(c, torn_and_changed_texts);
    tcase_add_test(c, more_answers_than_there_is_room);
    tcase_add_test(c, ids_stay_in_the_folder);
    tcase_add_test(c, the_state_folder_is_the_xdg_one);
    tcase_add_test(c, without_a_home_it_works_in_memory);
    tcase_add_test(c, a_path_that_cannot_be_a_folder);
    tcase_add_test(c, a_home_that_is_read_only);
    tcase_add_test(c, things_that_are_no_file);
    tcase_add_test(c, two_programs_at_once_never_tear_a_file);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_set_fork_status(r, CK_FORK);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
