#include "lesson/progress.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lesson/progress_file.h"

#define MAX_FILE (256 * 1024)

struct ecs_progress {
    char folder[PATH_MAX];          /* empty: nowhere */
    char why[256];
    struct ecs_answers **kept;      /* saved in this process: the only copy when `why` is set */
    size_t n;
};

/* ---- where ---------------------------------------------------------------------------------- */

static void not_kept(struct ecs_progress *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static void not_kept(struct ecs_progress *p, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(p->why, sizeof p->why, fmt, args);
    va_end(args);
}

/* XDG Base Directory Specification 0.8: a relative path there is to be ignored. */
static void find_folder(struct ecs_progress *p)
{
    const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int n = 0;
    if (xdg && *xdg == '/')
        n = snprintf(p->folder, sizeof p->folder, "%s/ecscope", xdg);
    else if (home && *home == '/')
        n = snprintf(p->folder, sizeof p->folder, "%s/.local/state/ecscope", home);
    else
        not_kept(p, "neither XDG_STATE_HOME nor HOME names a folder");
    if (n >= (int)sizeof p->folder - 128) {
        p->folder[0] = 0;
        not_kept(p, "the path of the state folder is too long");
    }
}

/* Nothing is made before there is something to keep; whether it could be is asked at once. */
static void probe(struct ecs_progress *p)
{
    char path[PATH_MAX];
    struct stat st;
    snprintf(path, sizeof path, "%s", p->folder);
    while (stat(path, &st)) {
        char *slash = strrchr(path, '/');
        if ((errno != ENOENT && errno != EACCES) || !slash) {
            not_kept(p, "%.150s: %s", path, strerror(errno));
            return;
        }
        if (slash == path) {
            path[1] = 0;
            break;
        }
        *slash = 0;
    }
    if (!stat(path, &st) && !S_ISDIR(st.st_mode))
        not_kept(p, "%.150s is not a folder", path);
    else if (access(path, W_OK | X_OK))
        not_kept(p, "%.150s: %s", path, strerror(errno));
}

static int make_folder(const char *folder)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", folder);
    for (char *at = path + 1; (at = strchr(at, '/')); at++) {
        *at = 0;
        if (mkdir(path, 0700) && errno != EEXIST && errno != EROFS && errno != EACCES)
            return -errno;
        *at = '/';
    }
    return mkdir(path, 0700) && errno != EEXIST ? -errno : 0;
}

int ecs_progress_open(const char *folder, struct ecs_progress **out)
{
    struct ecs_progress *p = calloc(1, sizeof *p);
    *out = p;
    if (!p)
        return -ENOMEM;
    if (!folder)
        find_folder(p);
    else if (strlen(folder) >= sizeof p->folder - 128)
        not_kept(p, "the path of the state folder is too long");
    else
        snprintf(p->folder, sizeof p->folder, "%s", folder);
    if (*p->folder)
        probe(p);
    return 0;
}

void ecs_progress_free(struct ecs_progress *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n; i++)
        free(p->kept[i]);
    free(p->kept);
    free(p);
}

const char *ecs_progress_why(const struct ecs_progress *p)
{
    return *p->why ? p->why : NULL;
}

const char *ecs_progress_folder(const struct ecs_progress *p)
{
    return p->folder;
}

/* An id becomes one name in the folder: everything but letters, digits, - and _ is written %HH. */
static void file_name(const char *lesson, char *out, size_t size)
{
    const char *end = lesson + strnlen(lesson, sizeof(struct ecs_answers){0}.lesson - 1);
    size_t n = 0;
    for (; lesson < end; lesson++) {
        unsigned char c = (unsigned char)*lesson;
        if (isascii(c) && (isalnum(c) || c == '-' || c == '_'))
            out[n++] = (char)c;
        else
            n += (size_t)snprintf(out + n, size - n, "%%%02X", c);
    }
    snprintf(out + n, size - n, "%s.progress", n ? "" : "%");
}

static void file_path(const struct ecs_progress *p, const char *lesson, char out[PATH_MAX + 256])
{
    char name[3 * sizeof(struct ecs_answers){0}.lesson + 16];
    file_name(lesson, name, sizeof name);
    snprintf(out, PATH_MAX + 256, "%s/%s", p->folder, name);
}

/* ---- in memory ------------------------------------------------------------------------------ */

static bool is_of(const struct ecs_answers *a, const char *lesson)
{
    return !strncmp(a->lesson, lesson, sizeof a->lesson - 1);
}

static struct ecs_answers *remembered(const struct ecs_progress *p, const char *lesson)
{
    for (size_t i = 0; i < p->n; i++)
        if (is_of(p->kept[i], lesson))
            return p->kept[i];
    return NULL;
}

static int remember(struct ecs_progress *p, const struct ecs_answers *a)
{
    struct ecs_answers *held = remembered(p, a->lesson);
    if (!held) {
        struct ecs_answers **grown = realloc(p->kept, (p->n + 1) * sizeof *grown);
        if (!grown)
            return -ENOMEM;
        p->kept = grown;
        held = malloc(sizeof *held);
        if (!held)
            return -ENOMEM;
        p->kept[p->n++] = held;
    }
    *held = *a;
    return 0;
}

/* ---- on disk -------------------------------------------------------------------------------- */

static int write_fully(int fd, const char *text, size_t size)
{
    while (size) {
        ssize_t n = write(fd, text, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n ? -errno : -EIO;
        text += n;
        size -= (size_t)n;
    }
    return 0;
}

/* The name points to the old text or to the new one, never to a part: rename(2). */
static int replace(const char *folder, const char *path, const char *text, size_t size)
{
    char temp[PATH_MAX + 256];
    snprintf(temp, sizeof temp, "%s/.progress.XXXXXX", folder);
    int fd = mkostemp(temp, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int rc = write_fully(fd, text, size);
    if (!rc && fsync(fd))
        rc = -errno;
    if (close(fd) && !rc)
        rc = -errno;
    if (!rc && rename(temp, path))
        rc = -errno;
    if (rc) {
        unlink(temp);
        return rc;
    }
    int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir >= 0) {
        (void)fsync(dir);      /* some file systems refuse it; the name is right all the same */
        close(dir);
    }
    return 0;
}

int ecs_progress_save(struct ecs_progress *p, const struct ecs_answers *a, struct ecs_error *e)
{
    char path[PATH_MAX + 256];
    int rc = remember(p, a);
    if (rc)
        return ecs_fail(e, rc, "out of memory");
    if (*p->why || !*p->folder)
        return 0;
    size_t size = 0;
    char *text = ecs_progress_write(a, &size);
    file_path(p, a->lesson, path);
    rc = text ? make_folder(p->folder) : -ENOMEM;
    if (!rc)
        rc = replace(p->folder, path, text, size);
    free(text);
    if (!rc)
        return 0;
    not_kept(p, "%.150s: %s", p->folder, strerror(-rc));
    ecs_fail(e, rc, "progress is not kept: %s", p->why);
    ecs_error_mend(e, "set XDG_STATE_HOME to a folder that can be written");
    return rc;
}

/* The whole text of a regular file of bounded size, 0-terminated. */
static int read_file(const char *path, char **text, size_t *size)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return -errno;
    int rc = fstat(fd, &st) ? -errno : 0;
    if (!rc && (!S_ISREG(st.st_mode) || st.st_size > MAX_FILE))
        rc = -EINVAL;
    char *buffer = rc ? NULL : malloc((size_t)st.st_size + 1);
    if (!rc && !buffer)
        rc = -ENOMEM;
    size_t n = 0;
    while (!rc && n < (size_t)st.st_size) {
        ssize_t got = read(fd, buffer + n, (size_t)st.st_size - n);
        if (got < 0 && errno != EINTR)
            rc = -errno;
        if (!got)
            break;
        n += got > 0 ? (size_t)got : 0;
    }
    close(fd);
    if (rc) {
        free(buffer);
        return rc;
    }
    buffer[n] = 0;
    *text = buffer;
    *size = n;
    return 0;
}

static void set_aside(const char *path, const struct ecs_error *why, struct ecs_error *e)
{
    char aside[PATH_MAX + 280];
    const char *name = strrchr(path, '/') + 1;
    snprintf(aside, sizeof aside, "%s.damaged", path);
    bool moved = !rename(path, aside);
    ecs_fail(e, -EINVAL, "the progress kept in %s cannot be read: %s", name, why->what);
    if (moved)
        ecs_error_mend(e, "it is kept as %s.damaged; the lesson begins anew", name);
    else
        ecs_error_mend(e, "the lesson begins anew");
}

int ecs_progress_load(struct ecs_progress *p, const char *lesson, struct ecs_answers *out,
                      struct ecs_error *e)
{
    char path[PATH_MAX + 256], *text = NULL;
    struct ecs_error why = {0};
    size_t size = 0;
    const struct ecs_answers *held = *p->why ? remembered(p, lesson) : NULL;
    if (held) {
        *out = *held;
        return 0;
    }
    char id[sizeof out->lesson];      /* as much of it as is kept */
    snprintf(id, sizeof id, "%s", lesson);
    *out = (struct ecs_answers){0};
    memcpy(out->lesson, id, sizeof id);
    if (!*p->folder)
        return 0;
    file_path(p, lesson, path);
    int rc = read_file(path, &text, &size);
    if (rc == -EINVAL) {
        ecs_fail(&why, rc, "it is no file of ours");
        set_aside(path, &why, e);
    } else if (rc && rc != -ENOENT && rc != -ENOTDIR) {
        ecs_fail(e, rc, "the progress kept in %s cannot be read: %s", path, strerror(-rc));
    }
    if (rc)
        return rc == -ENOMEM ? rc : 0;
    if (ecs_progress_parse(text, size, id, out, &why)) {
        set_aside(path, &why, e);
        memcpy(out->lesson, id, sizeof id);
    }
    free(text);
    return 0;
}

int ecs_progress_reset(struct ecs_progress *p, const char *lesson)
{
    char path[PATH_MAX + 256];
    for (size_t i = 0; i < p->n; i++)
        if (is_of(p->kept[i], lesson)) {
            free(p->kept[i]);
            p->kept[i--] = p->kept[--p->n];
        }
    if (!*p->folder)
        return 0;
    file_path(p, lesson, path);
    return unlink(path) && errno != ENOENT && errno != ENOTDIR ? -errno : 0;
}
