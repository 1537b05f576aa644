/* A folder of lessons. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/reader.h"

static bool lesson_name(const char *s)
{
    size_t digits = strspn(s, "0123456789"), n = strlen(s);
    return digits >= 2 && s[digits] == '-' && n > 3 && !strcmp(s + n - 3, ".md");
}

static int by_number(const void *a, const void *b)
{
    const struct ecs_lesson *x = *(struct ecs_lesson *const *)a,
                            *y = *(struct ecs_lesson *const *)b;
    return x->number != y->number ? (x->number > y->number) - (x->number < y->number)
                                  : strcmp(x->id, y->id);
}

/* One line for a lesson that is left out: its first error and how many more there are. */
static void report(const char *file, const struct ecs_issues *found, struct ecs_issues *issues)
{
    const struct ecs_issue *first = NULL;
    size_t errors = 0;
    for (size_t i = 0; i < found->n; i++)
        if (!found->v[i].warning && !errors++)
            first = &found->v[i];
    char what[512], more[48] = "";
    if (errors > 1)
        snprintf(more, sizeof more, " (and %zu more)", errors - 1);
    snprintf(what, sizeof what, "%.80s:%d: %.150s%s", file, first ? first->line : 1,
             first ? first->what : "out of memory", more);
    ecs_issues_add(issues, false, first ? first->line : 1, what, first ? first->mend : "");
}

static int load_one(const char *folder, const char *name, struct ecs_lessons *out,
                    struct ecs_issues *issues)
{
    char *path = NULL;
    struct ecs_lesson *l = NULL;
    struct ecs_issues found = {0};
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return -ENOMEM;
    if (ecs_lesson_load(path, &l, &found))
        report(name, &found, issues);
    free(path);
    ecs_issues_free(&found);
    if (!l)
        return 0;
    struct ecs_lesson **v = realloc(out->v, (out->n + 1) * sizeof *v);
    if (!v) {
        ecs_lesson_free(l);
        return -ENOMEM;
    }
    out->v = v;
    v[out->n++] = l;
    return 0;
}

static int no_folder(const char *folder, int code, struct ecs_error *e)
{
    ecs_fail(e, code, "cannot read the lessons in '%.200s': %s", folder, strerror(-code));
    ecs_error_mend(e, "name the folder that holds NN-id.md files");
    return code;
}

int ecs_lessons_load(const char *folder, struct ecs_lessons *out, struct ecs_issues *issues,
                     struct ecs_error *e)
{
    *out = (struct ecs_lessons){0};
    if (issues)
        snprintf(issues->file, sizeof issues->file, "%s", folder);
    DIR *d = opendir(folder);
    if (!d)
        return no_folder(folder, -errno, e);
    int rc = 0;
    for (struct dirent *entry; !rc && (entry = readdir(d));)
        if (lesson_name(entry->d_name))
            rc = load_one(folder, entry->d_name, out, issues);
    closedir(d);
    if (rc) {
        ecs_lessons_free(out);
        return ecs_fail(e, rc, "out of memory");
    }
    if (out->n)
        qsort(out->v, out->n, sizeof *out->v, by_number);
    return 0;
}

void ecs_lessons_free(struct ecs_lessons *l)
{
    for (size_t i = 0; l && i < l->n; i++)
        ecs_lesson_free(l->v[i]);
    if (l) {
        free(l->v);
        *l = (struct ecs_lessons){0};
    }
}

struct ecs_lesson *ecs_lessons_find(const struct ecs_lessons *l, const char *id_or_number)
{
    char *end;
    long number = strtol(id_or_number, &end, 10);
    bool is_number = *id_or_number >= '0' && *id_or_number <= '9' && !*end;
    for (size_t i = 0; i < l->n; i++)
        if (is_number ? l->v[i]->number == number : !strcmp(l->v[i]->id, id_or_number))
            return l->v[i];
    return NULL;
}
