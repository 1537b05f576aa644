/* lint: check lesson files. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/document.h"
#include "cli/inputs.h"
#include "cli/output.h"

struct linting {
    enum ecs_format format;
    json_t *issues;
    size_t files, errors, warnings;
};

static void print_issue(struct linting *l, const char *file, const struct ecs_issue *i)
{
    const char *severity = i->warning ? "warning" : "error";
    if (i->warning)
        l->warnings++;
    else
        l->errors++;
    if (l->format == ECS_FORMAT_JSON)
        json_array_append_new(l->issues, json_pack("{s:s, s:i, s:s, s:s, s:o}", "file", file,
                                                   "line", i->line, "severity", severity, "what",
                                                   i->what, "mend", ecs_document_text(i->mend)));
    else if (l->format == ECS_FORMAT_GCC)
        printf("%s:%d: %s: %s%s%s\n", file, i->line, severity, i->what, i->mend[0] ? "; " : "",
               i->mend);
    else
        printf("%s:%d: %s: %s\n%s%s%s", file, i->line, severity, i->what,
               i->mend[0] ? "    " : "", i->mend, i->mend[0] ? "\n" : "");
}

static void lint_file(struct linting *l, const char *path)
{
    struct ecs_lesson *lesson = NULL;
    struct ecs_issues issues = { 0 };
    l->files++;
    int rc = ecs_lesson_load(path, &lesson, &issues);
    if (lesson)
        ecs_lesson_lint(lesson, &issues);
    for (size_t i = 0; i < issues.n; i++)
        print_issue(l, path, &issues.v[i]);
    if (rc && !issues.n)
        print_issue(l, path, &(struct ecs_issue){ .line = 1, .what = "cannot be read" });
    ecs_issues_free(&issues);
    ecs_lesson_free(lesson);
}

static int is_markdown(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return n > 3 && d->d_name[0] != '.' && strcmp(d->d_name + n - 3, ".md") == 0 &&
           strcmp(d->d_name, "README.md") != 0;
}

static int lint_folder(struct linting *l, const char *folder, struct ecs_error *e)
{
    struct dirent **list;
    int n = scandir(folder, &list, is_markdown, alphasort);
    if (n < 0) {
        int err = errno;
        return ecs_fail(e, -err, "%.200s cannot be read: %s", folder, strerror(err));
    }
    for (int i = 0; i < n; i++) {
        char *path;
        if (asprintf(&path, "%s/%s", folder, list[i]->d_name) >= 0) {
            lint_file(l, path);
            free(path);
        }
        free(list[i]);
    }
    free(list);
    if (n == 0) {
        ecs_fail(e, -ENOENT, "there are no lessons in %.200s", folder);
        ecs_error_mend(e, "lessons are files named NN-id.md");
        return -ENOENT;
    }
    return 0;
}

static int lint_path(struct linting *l, const char *path, struct ecs_error *e)
{
    struct stat st;
    if (stat(path, &st)) {
        int err = errno;
        return ecs_fail(e, -err, "%.200s cannot be read: %s", path, strerror(err));
    }
    if (S_ISDIR(st.st_mode))
        return lint_folder(l, path, e);
    /* Opening a pipe waits for its writer. */
    if (!S_ISREG(st.st_mode))
        return ecs_fail(e, -EINVAL, "%.200s is not a file", path);
    if (access(path, R_OK)) {
        int err = errno;
        return ecs_fail(e, -err, "%.200s cannot be read: %s", path, strerror(err));
    }
    lint_file(l, path);
    return 0;
}

static void print_end(struct linting *l)
{
    if (l->format == ECS_FORMAT_JSON)
        ecs_document_print(json_pack("{s:s, s:I, s:I, s:I, s:O}", "schema", "ecscope.lint.v1",
                                     "files", (json_int_t)l->files, "errors",
                                     (json_int_t)l->errors, "warnings", (json_int_t)l->warnings,
                                     "issues", l->issues));
    else if (l->format == ECS_FORMAT_TEXT)
        printf("%zu file%s, %zu error%s, %zu warning%s\n", l->files, l->files == 1 ? "" : "s",
               l->errors, l->errors == 1 ? "" : "s", l->warnings, l->warnings == 1 ? "" : "s");
}

static int lint(const struct ecs_arguments *a)
{
    struct linting l = { .format = ecs_input_format(a), .issues = json_array() };
    int status = ECS_EXIT_DONE;
    for (size_t i = 0; i < a->n_words; i++) {
        struct ecs_error e = { 0 };
        if (lint_path(&l, a->word[i], &e))
            status = ecs_print_error(&e);
    }
    print_end(&l);
    json_decref(l.issues);
    return status ? status : l.errors ? ECS_EXIT_FOUND : ECS_EXIT_DONE;
}

static const char *const formats[] = { "text", "gcc", "json", NULL };

static const struct ecs_option options[] = {
    { .name = "format", .argument = "FORMAT", .help = "text (as it is), gcc or json",
      .choices = formats },
    ECS_OPTION_JSON,
    { .name = NULL },
};

const struct ecs_command ecs_command_lint = {
    .name = "lint", .words = "FILE|DIR...", .least = 1, .most = 4096,
    .summary = "check lesson files: every problem with its line and its mend",
    .options = options, .run = lint,
    .more = "Exit status 1 if there are errors; warnings alone give 0.\n",
};
