/* Where lessons and assets are found. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/inputs.h"
#include "cli/output.h"

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* PREFIX/tail beside the executable: a build folder in the source tree, or bin/ beside share/. */
static bool beside_executable(const char *tail, char *out, size_t size)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0)
        return false;
    self[n] = '\0';
    char *slash = strrchr(self, '/');
    if (!slash)
        return false;
    *slash = '\0';
    int k = snprintf(out, size, "%s/%s", self, tail);
    return k > 0 && (size_t)k < size && is_folder(out);
}

static bool fits(char *out, size_t size, const char *folder, const char *tail)
{
    int n = snprintf(out, size, "%s%s", folder, tail);
    return n > 0 && (size_t)n < size;
}

int ecs_input_lessons_folder(const struct ecs_arguments *a, char *out, size_t size,
                             struct ecs_error *e)
{
    const char *given = ecs_arguments_value(a, "lessons");
    if (!given)
        given = getenv("ECSCOPE_LESSONS");
    if (given && given[0]) {
        /* Named: it is this one or none; reading it says what is wrong with it. */
        if (fits(out, size, given, ""))
            return 0;
        return ecs_fail(e, -EINVAL, "the name of the lessons folder is too long");
    }
    if ((fits(out, size, ECS_SOURCE_DIR, "/lessons") && is_folder(out)) ||
        (fits(out, size, ECS_DATA_DIR, "/lessons") && is_folder(out)) ||
        beside_executable("lessons", out, size) || beside_executable("../lessons", out, size) ||
        beside_executable("../share/ecscope/lessons", out, size))
        return 0;
    ecs_fail(e, -ENOENT, "no lessons were found");
    ecs_error_mend(e, "name their folder by --lessons DIR or in ECSCOPE_LESSONS");
    return -ENOENT;
}

void ecs_input_traces_folder(const char *lessons, char *out, size_t size)
{
    if (!fits(out, size, lessons, "/../assets/traces") || !is_folder(out))
        out[0] = '\0';
}

int ecs_input_lessons(const char *folder, struct ecs_lessons *out, struct ecs_error *e)
{
    struct ecs_issues issues = { 0 };
    int rc = ecs_lessons_load(folder, out, &issues, e);
    size_t left_out = 0;
    const char *first = NULL;
    for (size_t i = 0; rc == 0 && i < issues.n; i++) {
        if (issues.v[i].warning)
            continue;
        left_out++;
        if (!first)
            first = issues.v[i].what;
    }
    if (left_out)
        ecs_print_note("%zu lesson%s left out: %s (see %s lint %s)", left_out,
                       left_out == 1 ? " is" : "s are", first, ECS_PROGRAM, folder);
    ecs_issues_free(&issues);
    if (rc && e && !e->what[0])
        ecs_fail(e, rc, "the lessons in %.200s cannot be read: %s", folder, strerror(-rc));
    return rc;
}
