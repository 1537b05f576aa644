#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"

static const char *const colors[] = { "red", "green", NULL };
static const struct ecs_option options[] = {
    { .name = "output", .letter = 'o', .argument = "FILE", .help = "where" },
    { .name = "force", .letter = 'f', .help = "really\nreally" },
    { .name = "color", .argument = "C", .help = "which", .choices = colors },
    { .name = NULL },
};
static const struct ecs_command command = {
    .name = "do", .words = "A [B]", .least = 1, .most = 2, .summary = "does", .options = options,
};

static int parse(struct ecs_arguments *a, struct ecs_error *e, const char *line)
{
    static char buffer[256];
    char *argv[32], *rest = buffer, *word;
    int argc = 0;
    snprintf(buffer, sizeof buffer, "%s", line);
    memset(e, 0, sizeof *e);
    while ((word = strsep(&rest, " ")))
        if (*word)
            argv[argc++] = word;
    return ecs_arguments_parse(&command, argc, argv, a, e);
}

static void takes(const char *line, const char *output, bool force, size_t words)
{
    struct ecs_arguments a;
    struct ecs_error e;
    ck_assert_msg(parse(&a, &e, line) == 0, "%s: %s", line, e.what);
    const char *value = ecs_arguments_value(&a, "output");
    ck_assert_msg(output ? value && strcmp(value, output) == 0 : !value, "%s: %s", line, value);
    ck_assert_msg(ecs_arguments_has(&a, "force") == force, "%s", line);
    ck_assert_uint_eq(a.n_words, words);
    ecs_arguments_free(&a);
}

START_TEST(spellings)
{
    takes("a", NULL, false, 1);
    takes("a --output f", "f", false, 1);
    takes("--output=f a", "f", false, 1);
    takes("-o f a", "f", false, 1);
    takes("-of a -f", "f", true, 1);
    takes("a --output f --output g", "g", false, 1);
    takes("a b", NULL, false, 2);
    takes("a --output= b", "", false, 2);
    takes("a --output --force", "--force", false, 1);
    takes("-- --force", NULL, false, 1);
    takes("a -", NULL, false, 2);
    takes("a --color green", NULL, false, 1);
}
END_TEST

static void refuses(const char *line, const char *what, const char *mend)
{
    struct ecs_arguments a;
    struct ecs_error e;
    ck_assert_int_eq(parse(&a, &e, line), -EINVAL);
    ck_assert_msg(strstr(e.what, what), "%s: %s", line, e.what);
    ck_assert_msg(strstr(e.mend, mend), "%s: %s", line, e.mend);
    ecs_arguments_free(&a);
}

START_TEST(refusals)
{
    refuses("", "do needs A [B]", "ecscope-learn do --help");
    refuses("a b c", "\"c\" is one word too many", "--help");
    refuses("a --outptu f", "unknown option --outptu", "did you mean --output?");
    refuses("a --halp", "unknown option --halp", "did you mean --help?");
    refuses("a --outp=f", "unknown option --outp=f", "did you mean --output?");
    refuses("a --out", "unknown option --out", "did you mean --output?");
    refuses("a -x", "unknown option -x", "--help");
    refuses("a -fx", "unknown option -fx", "--help");
    refuses("a --force=1", "--force takes no value", "--help");
    refuses("a --output", "--output needs FILE", "--help");
    refuses("a --color gren", "\"gren\" is no value of --color, which is red or green",
            "--color green");
}
END_TEST

/* Help is given whatever else is missing. */
START_TEST(help_needs_nothing)
{
    struct ecs_arguments a;
    struct ecs_error e;
    ck_assert_int_eq(parse(&a, &e, "--help"), 0);
    ck_assert(a.help && !a.version);
    ecs_arguments_free(&a);
    ck_assert_int_eq(parse(&a, &e, "--version"), 0);
    ck_assert(a.version && !a.help);
    ecs_arguments_free(&a);
}
END_TEST

START_TEST(help_lists_the_table)
{
    char *out = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&out, &size);
    ecs_command_help(&command, f);
    fclose(f);
    ck_assert_ptr_nonnull(strstr(out, "usage: ecscope-learn do [OPTION]... A [B]\n"));
    ck_assert_ptr_nonnull(strstr(out, "-o, --output FILE  where\n"));
    ck_assert_ptr_nonnull(strstr(out, "    --color C      which\n"));
    ck_assert_ptr_nonnull(strstr(out, "-f, --force        really\n                   really\n"));
    ck_assert_ptr_nonnull(strstr(out, "-h, --help "));
    free(out);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("options");
    TCase *t = tcase_create("options");
    tcase_add_test(t, spellings);
    tcase_add_test(t, refusals);
    tcase_add_test(t, help_needs_nothing);
    tcase_add_test(t, help_lists_the_table);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
