/* The app driven by keys, mouse and scripts; its state is read off the screen. */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_fixture.h"

static void folder_up(void)
{
    app_folder_make();
}

START_TEST(picker_moves_and_wraps_not)
{
    struct test_pty *p = app_start(80, 24, NULL);

    app_expect(p, "PICKER 80x24 selected=0 typed=[] of 2");
    test_pty_type(p, "j");
    app_expect(p, "selected=1");
    test_pty_type(p, "\033OB");
    test_pty_type(p, "\033OA");
    app_expect(p, "selected=0");
    test_pty_type(p, "k");
    test_pty_type(p, "\033OF");
    app_expect(p, "selected=1");
    test_pty_type(p, "\033[1~");
    app_expect(p, "selected=0");
    test_pty_type(p, "?");
    app_expect(p, "help=1");
    test_pty_type(p, "q");
    app_expect(p, "help=0");
    app_expect(p, "CPU");
    test_pty_type(p, "q");
    ck_assert_int_eq(test_pty_wait_exit(p, PATIENCE), 0);
    ck_assert(test_pty_restored(p));
    ck_assert(test_pty_seen(p, "\033[?1049l"));
    test_pty_free(p);
}
END_TEST

START_TEST(a_typed_number_opens)
{
    struct test_pty *p = app_start(80, 24, NULL);

    app_expect(p, "PICKER");
    test_pty_type(p, "1");
    app_expect(p, "typed=[1]");
    test_pty_type(p, "2");
    app_expect(p, "LESSON 80x24 step=0");
    test_pty_type(p, "q");
    app_expect(p, "PICKER 80x24 selected=1 typed=[]");
    test_pty_type(p, "7");
    app_expect(p, "there is no lesson 7");
    test_pty_type(p, "03");
    app_expect(p, "LESSON");
    app_leave(p);
}
END_TEST

START_TEST(a_lesson_from_end_to_end)
{
    static const char *const more[] = {"APP_LESSON=third", NULL};
    struct test_pty *p = app_start(100, 30, more);

    app_expect(p, "LESSON 100x30 step=0 wait=1");
    test_pty_type(p, "n");
    app_expect(p, "answer first: 1 to 3");
    test_pty_type(p, "j");
    app_expect(p, "choice=1");
    test_pty_type(p, "\r");
    app_expect(p, "wait=2");
    test_pty_type(p, "3");
    app_expect(p, "wait=0");
    test_pty_type(p, "n");
    app_expect(p, "step=1");
    app_expect(p, "windows=some");
    app_expect(p, "[p] stride=8");
    test_pty_type(p, "p");
    app_expect(p, "[p] stride=64");
    app_expect(p, "wait=4");
    test_pty_type(p, "2");
    app_expect(p, "wait=0");
    test_pty_type(p, "n");
    app_expect(p, "step=2 wait=6");
    test_pty_type(p, "6K");
    app_expect(p, "number=[6K]");
    test_pty_type(p, "\1774");
    app_expect(p, "number=[64]");
    test_pty_type(p, "\r");
    app_expect(p, "wait=0");
    test_pty_type(p, "n");
    app_expect(p, "step=3");
    test_pty_type(p, "n");
    app_expect(p, "step=4");
    test_pty_type(p, "n");
    app_expect(p, "PICKER");
    app_expect(p, "third step=4");
    app_leave(p);
}
END_TEST

static struct test_pty *running(const char *const *more)
{
    struct test_pty *p = app_start(100, 30, more);

    app_expect(p, "PICKER");
    test_pty_type(p, "3");
    app_expect(p, "wait=1");
    test_pty_type(p, "2");
    app_expect(p, "wait=2");
    test_pty_type(p, "1");
    app_expect(p, "wait=0");
    test_pty_type(p, "n");
    app_expect(p, "windows=some");
    return p;
}

START_TEST(pause_and_look_back)
{
    struct test_pty *p = running(NULL);

    test_pty_type(p, " ");
    app_expect(p, "PAUSED scrubbing=0");
    test_pty_type(p, " ");
    app_expect(p, "GOING");
    test_pty_type(p, "\033OD");
    app_expect(p, "PAUSED scrubbing=1");
    ck_assert(test_pty_wait_no_text(p, "back=0", PATIENCE));
    test_pty_type(p, "\033OC\033OC\033OC");
    app_expect(p, "back=0");
    test_pty_type(p, "\033[1~");
    ck_assert(test_pty_wait_no_text(p, "back=0", PATIENCE));
    test_pty_type(p, "\033OF");
    app_expect(p, "GOING scrubbing=0");
    test_pty_type(p, "\033OD");
    app_expect(p, "scrubbing=1");
    test_pty_type(p, "\033");
    app_expect(p, "GOING scrubbing=0");
    test_pty_type(p, "+");
    app_expect(p, "span=30");
    test_pty_type(p, "--");
    app_expect(p, "span=120");
    test_pty_type(p, "\t");
    app_expect(p, "panel=1");
    test_pty_type(p, "\033[Z");
    app_expect(p, "panel=0");
    app_leave(p);
}
END_TEST

START_TEST(mouse_and_wheel)
{
    struct test_pty *p = app_start(80, 24, NULL);

    app_expect(p, "PICKER");
    ck_assert(test_pty_mouse(p));
    test_pty_type(p, "\033[<65;10;5M");
    app_expect(p, "selected=1");
    test_pty_type(p, "\033[<64;10;5M");
    app_expect(p, "selected=0");
    test_pty_type(p, "\033[<0;3;4M\033[<0;3;4m");
    app_expect(p, "LESSON");
    test_pty_type(p, "2");
    app_expect(p, "wait=2");
    test_pty_type(p, "1");
    app_expect(p, "wait=0");
    test_pty_type(p, "n");
    app_expect(p, "windows=some");
    test_pty_type(p, "\033[<0;5;5M\033[<0;5;5m");
    app_expect(p, "[p] stride=64");
    test_pty_type(p, "\033[<0;2;7M\033[<0;2;7m");
    app_expect(p, "PAUSED");
    app_leave(p);
}
END_TEST

/* Sequences that mean nothing here must not be taken for the keys that they are made of. */
START_TEST(foreign_sequences_are_swallowed)
{
    static const char *const foreign[] = {
        "\033[200~", "\033[1;5Q", "\033[?62;22c", "\033]11;rgb:0000/0000/0000\033\\", "\033[I",
        "\033Pq\033\\", "\033q", "\xff\xfe", "é漢🙂", "\033[99;99;99q", "\033[M !!",
        "\x9a", "\x83", "\xf1", "\xc0\x9a", "\xb1",
    };
    struct test_pty *p = app_start(80, 24, NULL);

    app_expect(p, "PICKER");
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        test_pty_type(p, foreign[i]);
        test_pty_type(p, "T");
        app_expect(p, i % 3 == 0 ? "theme=light" : i % 3 == 1 ? "theme=mono" : "theme=dark");
    }
    app_expect(p, "PICKER 80x24 selected=0 typed=[] of 2");
    /* An arrow that a slow line tore apart is still an arrow. */
    test_pty_type(p, "\033");
    test_pty_pump(p, 200);
    test_pty_type(p, "[B");
    app_expect(p, "selected=1");
    app_leave(p);
}
END_TEST

static bool folder_has(const char *part, const char *end)
{
    DIR *dir = opendir(app_folder_path(""));
    bool found = false;

    for (struct dirent *d; dir && (d = readdir(dir));) {
        size_t n = strlen(d->d_name), m = strlen(end);
        found |= strstr(d->d_name, part) && n > m && strcmp(d->d_name + n - m, end) == 0;
    }
    closedir(dir);
    return found;
}

START_TEST(a_run_can_be_kept)
{
    struct test_pty *p = running(NULL);

    test_pty_type(p, "w");
    app_expect(p, "recording=1");
    app_expect(p, "recording to counters-");
    test_pty_pump(p, 300);
    test_pty_pump(p, 300);
    test_pty_type(p, "w");
    app_expect(p, "recording=0");
    app_expect(p, "kept in counters-");
    ck_assert(folder_has("counters-", ".ecst"));
    ck_assert(!folder_has("counters-", ".part"));
    test_pty_type(p, "w");
    app_expect(p, "recording=1");
    app_leave(p);
}
END_TEST

START_TEST(a_recording_can_be_played)
{
    struct test_pty *p = running(NULL);
    char env[600], name[300] = "";

    test_pty_type(p, "w");
    app_expect(p, "recording=1");
    test_pty_pump(p, 500);
    test_pty_pump(p, 500);
    app_leave(p);
    DIR *dir = opendir(app_folder_path(""));
    for (struct dirent *d; dir && (d = readdir(dir));)
        if (strncmp(d->d_name, "counters-", 9) == 0)
            snprintf(name, sizeof name, "%s", d->d_name);
    closedir(dir);
    ck_assert_uint_gt(strlen(name), 0);
    snprintf(env, sizeof env, "APP_REPLAY=%s", name);
    p = app_start(80, 24, (const char *const[]){env, NULL});
    app_expect(p, "REPLAY");
    app_expect(p, "OVER");
    test_pty_type(p, "\033OD");
    app_expect(p, "scrubbing=1");
    test_pty_type(p, "nbxhwVR1");
    test_pty_type(p, "q");
    ck_assert_int_eq(test_pty_wait_exit(p, PATIENCE), 0);
    ck_assert(test_pty_restored(p));
    test_pty_free(p);
}
END_TEST

START_TEST(control_c_gets_through)
{
    static const char *const before[] = {
        "\033", "\033[", "\033[1;", "\033O", "\033P0", "\xc3", "7",
    };
    struct test_pty *p = app_start(80, 24, NULL);
    char keys[16];

    app_expect(p, "PICKER");
    snprintf(keys, sizeof keys, "%s\003", before[_i]);
    test_pty_type(p, keys);
    ck_assert_int_eq(test_pty_wait_exit(p, PATIENCE), 0);
    ck_assert(test_pty_restored(p));
    test_pty_free(p);
}
END_TEST

START_TEST(a_script_types)
{
    app_folder_write("keys.txt", "# opens the second lesson\ndown enter wait:50\n2 3 next\n"
                                 "p # padding\nSpace");
    static const char *const more[] = {"APP_SCRIPT=keys.txt", NULL};
    struct test_pty *p = app_start(100, 30, more);

    app_expect(p, "step=1");
    app_expect(p, "[p] stride=64");
    app_expect(p, "PAUSED");
    app_leave(p);
    app_folder_write("keys.txt", "down\n\nbogus-key enter\n");
    p = app_start(80, 24, more);
    ck_assert_int_eq(test_pty_wait_exit(p, PATIENCE), 2);
    char *errors = test_pty_errors(p);
    ck_assert_ptr_nonnull(strstr(errors, "keys.txt:3"));
    ck_assert_ptr_nonnull(strstr(errors, "bogus-key"));
    ck_assert_uint_eq(test_pty_bytes(p), 0);
    free(errors);
    test_pty_free(p);
}
END_TEST

START_TEST(resizes_are_followed)
{
    struct test_pty *p = app_start(80, 24, NULL);

    app_expect(p, "PICKER 80x24");
    test_pty_resize(p, 120, 40);
    app_expect(p, "PICKER 120x40");
    test_pty_resize(p, 60, 20);
    app_expect(p, "PICKER 60x20");
    for (int i = 0; i < 50; i++)
        test_pty_resize(p, 41 + i * 7 % 100, 15 + i * 3 % 40);
    test_pty_resize(p, 90, 33);
    app_expect(p, "PICKER 90x33");
    app_expect(p, "12 twelfth");
    app_leave(p);
}
END_TEST

static Suite *keys_suite(void)
{
    Suite *suite = suite_create("app: keys");
    TCase *tc = tcase_create("keys");

    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, folder_up, app_folder_remove);
    tcase_add_test(tc, picker_moves_and_wraps_not);
    tcase_add_test(tc, a_typed_number_opens);
    tcase_add_test(tc, a_lesson_from_end_to_end);
    tcase_add_test(tc, pause_and_look_back);
    tcase_add_test(tc, mouse_and_wheel);
    tcase_add_test(tc, foreign_sequences_are_swallowed);
    tcase_add_test(tc, a_run_can_be_kept);
    tcase_add_test(tc, a_recording_can_be_played);
    tcase_add_loop_test(tc, control_c_gets_through, 0, 7);
    tcase_add_test(tc, a_script_types);
    tcase_add_test(tc, resizes_are_followed);
    suite_add_tcase(suite, tc);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(keys_suite());

    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
