/* Every message for bad usage and bad input: the exit status, what it says, and the mend. */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program.h"

struct case_ { const char *command; int status; const char *what, *mend; };

static const struct case_ cases[] = {
    { "", 2, "the lessons need a terminal", "list, run" },
    { "false-sharing", 2, "the lessons need a terminal", "--help" },
    { "14", 2, "the lessons need a terminal", "--help" },
    { "rnu", 2, "there is no lesson or subcommand \"rnu\"", "did you mean run?" },
    { "false-shering", 2, "no lesson or subcommand", "did you mean false-sharing?" },
    { "counters", 2, "no lesson or subcommand \"counters\"", "scenario: ecscope-learn run counters" },
    { "xyzzy", 2, "no lesson or subcommand \"xyzzy\"", "ecscope-learn list" },
    { "--ascii list", 2, "\"list\"", "put the subcommand first" },
    { "aba pools", 2, "\"pools\" is one word too many", "--help" },
    { "--colour never", 2, "unknown option --colour", "did you mean --color?" },
    { "--theme drak", 2, "\"drak\" is no value of --theme", "--theme dark" },
    { "--lessons /nonexistent", 2, "/nonexistent", "folder" },
    { "ECSCOPE_LESSONS=/nonexistent aba", 2, "/nonexistent", "folder" },
    { "help rum", 2, "there is no subcommand \"rum\"", "did you mean run?" },

    { "run", 2, "run needs SCENARIO", "run --help" },
    { "run countres", 2, "there is no scenario \"countres\"", "did you mean counters?" },
    { "run xyzzy", 2, "there is no scenario \"xyzzy\"", "ecscope-learn list" },
    { "run counters again", 2, "\"again\" is one word too many", "run --help" },
    { "run counters --sceonds 1", 2, "unknown option --sceonds", "did you mean --seconds?" },
    { "run counters --xyzzy", 2, "unknown option --xyzzy", "run --help" },
    { "run counters -x", 2, "unknown option -x", "run --help" },
    { "run counters --set", 2, "--set needs NAME=VALUE", "run --help" },
    { "run counters --json=yes", 2, "--json takes no value", "run --help" },
    { "run counters --format jsno", 2, "\"jsno\" is no value of --format", "--format json" },
    { "run counters --set strid=8", 2, "no parameter \"strid\"", "did you mean stride?" },
    { "run counters --set stride", 2, "\"stride\" sets nothing", "name=value" },
    { "run counters --set stride=", 2, "stride has no value", "stride=VALUE" },
    { "run counters --set stride=9", 2, "not a multiple of 8", "use 8 or 16" },
    { "run counters --set stride=1G", 2, "stride=1G is out of range", "use 8 to" },
    { "run counters --set stride=8q", 2, "\"q\" is no unit", "K, M or G" },
    { "run counters --set stride=many", 2, "stride=many is not a number", "64 or 4K" },
    { "run counters --set threads=0", 2, "threads=0 is out of range", "1 to 64" },
    { "run counters --set threads=65", 2, "threads=65 is out of range", "1 to 64" },
    { "run counters --set kernel=fetch_ad", 2, "\"fetch_ad\" is no value of kernel",
      "did you mean kernel=fetch_add?" },
    { "run counters --seconds 0.01", 2, "--seconds 0.01 is out of range", "100 ms to 24 h" },
    { "run counters --seconds 86401", 2, "out of range", "100 ms to 24 h" },
    { "run counters --seconds -1", 2, "out of range", "100 ms to 24 h" },
    { "run counters --seconds 1fortnight", 2, "\"fortnight\" is no unit of time", "ms, s, min" },
    { "run counters --seconds nan", 2, "--seconds nan is not a time", "500ms" },
    { "run counters --seconds soon", 2, "--seconds soon is not a time", "500ms" },
    { "run counters --seconds 0x10", 2, "--seconds 0x10 is not a time", "500ms" },

    { "compare counters", 2, "compare needs --a and --b", "--a" },
    { "compare counters --a stride=8", 2, "compare needs --a and --b", "--b" },
    { "compare counters --a stride=8 --b strid=8", 2, "no parameter \"strid\"", "stride?" },
    { "compare counters --a stride=8,kernel=stor --b stride=8", 2, "\"stor\" is no value",
      "kernel=store?" },
    { "compare counters --a stride=8 --b stride=64 --metric rate.totl", 2,
      "counters has no metric \"rate.totl\"", "did you mean rate.total?" },
    { "compare counters --a stride=8 --b stride=64 --metric xyzzy", 2, "no metric \"xyzzy\"",
      "it has rate.total" },
    { "compare counters --a stride=8 --b stride=64 --pairs 0", 2, "--pairs 0 is out of range",
      "1 to 101" },
    { "compare counters --a stride=8 --b stride=64 --pairs few", 2, "is not a number", "1 to 101" },
    { "compare counters --a stride=8 --b stride=64 --seconds 61", 2, "out of range", "1 min" },

    { "list counters", 2, "one word too many", "list --help" },
    { "list --lessons /nonexistent", 2, "/nonexistent", "folder" },
    { "list --lessons /etc/hostname", 2, "Not a directory", "folder" },
    { "list --format csv", 2, "\"csv\" is no value of --format, which is text or json", "" },
    { "machine here", 2, "one word too many", "machine --help" },

    { "lint", 2, "lint needs FILE", "lint --help" },
    { "lint /dev/zero", 2, "/dev/zero is not a file", "" },
    { "lint /nonexistent.md", 2, "/nonexistent.md cannot be read", "" },

    { "record counters", 2, "record needs a file to write to", "-o FILE" },
    { "record counters -o", 2, "--output needs FILE", "record --help" },
    { "record countrs -o /nonexistent/x", 2, "no scenario or lesson \"countrs\"", "counters?" },
    { "record counters -o /nonexistent/x", 2, "/nonexistent/x cannot be written", "folder" },
    { "record counters -o /dev/null --force", 2, "/dev/null is not a file", "not there yet" },
    { "record counters -o /tmp --force", 2, "/tmp is not a file", "not there yet" },
    { "record counters -o /etc/hostname", 2, "/etc/hostname is there already", "--force" },
    { "replay", 2, "replay needs FILE", "replay --help" },
    { "replay /nonexistent", 2, "/nonexistent cannot be read", "" },
    { "replay /etc/passwd", 2, "/etc/passwd:1: this is not an ECScope recording", "record" },
    { "replay /etc", 2, "Is a directory", "" },
    { "replay /dev/zero", 2, "is not a file", "" },
};

START_TEST(message)
{
    const struct case_ *c = &cases[_i];
    struct said s = run(c->command);
    ck_assert_msg(s.status == c->status, "%s: status %d, not %d: %s", c->command, s.status,
                  c->status, s.err);
    ck_assert_msg(strncmp(s.err, "ecscope-learn: ", 15) == 0, "%s: %s", c->command, s.err);
    ck_assert_msg(strstr(s.err, c->what), "%s: %s", c->command, s.err);
    ck_assert_msg(strstr(s.err, c->mend), "%s: %s", c->command, s.err);
    ck_assert_msg(strncmp(c->command, "lint /", 6) == 0 || !s.out[0],
                  "%s: bad usage prints %s", c->command, s.out);
    said_free(&s);
}
END_TEST

static const char *const commands[] = { "", "list ", "run ", "compare ", "machine ", "lint ",
                                        "record ", "replay " };

START_TEST(help_and_version)
{
    struct said s = run(text("%s--help", commands[_i]));
    ck_assert_int_eq(s.status, 0);
    ck_assert_ptr_nonnull(strstr(s.out, "usage: ecscope-learn"));
    ck_assert_ptr_nonnull(strstr(s.out, commands[_i]));
    ck_assert_ptr_nonnull(strstr(s.out, "--version"));
    ck_assert_str_eq(s.err, "");
    for (char *line = strtok(s.out, "\n"); line; line = strtok(NULL, "\n"))
        ck_assert_msg(strlen(line) <= 100, "too wide: %s", line);
    said_free(&s);
    s = run(text("%s--version", commands[_i]));
    ck_assert_int_eq(s.status, 0);
    ck_assert_int_eq(strncmp(s.out, "ecscope-learn 0.", 16), 0);
    said_free(&s);
}
END_TEST

START_TEST(help_word)
{
    struct said s = run("help"), t = run("--help");
    ck_assert_str_eq(s.out, t.out);
    for (size_t i = 1; i < sizeof commands / sizeof *commands; i++)
        ck_assert_msg(strstr(s.out, text("  %s", commands[i])), "%s is not in the help",
                      commands[i]);
    said_free(&s);
    said_free(&t);
    s = run("help run");
    ck_assert_ptr_nonnull(strstr(s.out, "usage: ecscope-learn run"));
    said_free(&s);
}
END_TEST

START_TEST(an_unreadable_folder)
{
    if (geteuid() == 0)
        return;   /* who may read everything */
    const char *folder = text("%s/closed", scratch());
    ck_assert_int_eq(mkdir(folder, 0), 0);
    struct said s = run(text("list --lessons %s", folder));
    ck_assert_int_eq(s.status, 2);
    ck_assert_ptr_nonnull(strstr(s.err, "Permission denied"));
    said_free(&s);
    rmdir(folder);
}
END_TEST

static void write_file(const char *path, const char *content)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    close(fd);
}

/* A lesson with errors is left out and named; the others stay. */
START_TEST(a_broken_lesson_is_left_out)
{
    char path[256];
    snprintf(path, sizeof path, "%s/07-broken.md", scratch());
    write_file(path, "no front matter at all\n");
    struct said s = run(text("list --lessons %s", scratch()));
    ck_assert_int_eq(s.status, 0);
    ck_assert_ptr_nonnull(strstr(s.err, "1 lesson is left out: 07-broken.md"));
    ck_assert_ptr_nonnull(strstr(s.out, "counters"));
    said_free(&s);
    s = run(text("lint --format gcc %s", path));
    ck_assert_int_eq(s.status, 1);
    ck_assert_ptr_nonnull(strstr(s.out, text("%s:1: error: ", path)));
    said_free(&s);
}
END_TEST

START_TEST(shipped_lessons_are_clean)
{
    struct said s = run("lint --format gcc " ECS_SOURCE_DIR "/lessons");
    ck_assert_msg(s.status == 0, "%s%s", s.out, s.err);
    ck_assert_str_eq(s.out, "");
    said_free(&s);
}
END_TEST

START_TEST(an_empty_folder_is_no_lessons)
{
    struct said s = run(text("lint %s", scratch()));
    ck_assert_int_eq(s.status, 2);
    ck_assert_ptr_nonnull(strstr(s.err, "there are no lessons in"));
    said_free(&s);
}
END_TEST

/* What one core cannot do is not bad usage. */
START_TEST(no_siblings_here)
{
    struct said s = run("run counters --set pin=smt-siblings --seconds 0.2");
    ck_assert(s.status == 0 || s.status == 3);
    if (s.status == 3)
        ck_assert_ptr_nonnull(strstr(s.err, "two hardware threads"));
    said_free(&s);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("messages");
    TCase *t = tcase_create("messages");
    tcase_add_loop_test(t, message, 0, (int)(sizeof cases / sizeof *cases));
    tcase_add_loop_test(t, help_and_version, 0, (int)(sizeof commands / sizeof *commands));
    tcase_add_test(t, help_word);
    tcase_add_test(t, an_unreadable_folder);
    tcase_add_test(t, a_broken_lesson_is_left_out);
    tcase_add_test(t, shipped_lessons_are_clean);
    tcase_add_test(t, an_empty_folder_is_no_lessons);
    tcase_add_test(t, no_siblings_here);
    tcase_set_timeout(t, 60);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
