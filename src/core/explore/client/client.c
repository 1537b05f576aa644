#include "core/explore/client/client.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/explore/schedule.h"

enum { MAX_ARGS = 48, MAX_FIELDS = 16, POLL_MS = 50, SHARED_MOVES = 4000 };

struct child {
    pid_t pid;
    int out;
    int shared;      /* where it keeps the schedule that it is at */
    char *line;      /* what has been read, up to n */
    size_t n, size;
    int signal;      /* that ended it, or 0 */
    bool asked;
};

/* ---- the process ----------------------------------------------------------------------------- */

/* Beside us, as in the build folder, or in libexec beside our bin. */
static int find_program(char *out, size_t size, struct ecs_error *e)
{
    static const char *const places[] = {"src/core/explore/ecscope-explore", "ecscope-explore",
                                         "../libexec/ecscope/ecscope-explore",
                                         "../src/core/explore/ecscope-explore"};
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash = n > 0 ? (self[n] = '\0', strrchr(self, '/')) : NULL;
    const char *given = getenv("ECSCOPE_EXPLORE");
    if (given && given[0]) {
        if ((size_t)snprintf(out, size, "%s", given) < size && access(out, X_OK) == 0)
            return 0;
        ecs_fail(e, -ENOENT, "ECSCOPE_EXPLORE names no program: %.200s", given);
        return -ENOENT;
    }
    if (slash) {
        *slash = '\0';
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            if ((size_t)snprintf(out, size, "%s/%s", self, places[i]) < size &&
                access(out, X_OK) == 0)
                return 0;
        }
    }
    if ((size_t)snprintf(out, size, "%s", ECS_EXPLORE_PROGRAM) < size && access(out, X_OK) == 0)
        return 0;
    ecs_fail(e, -ENOENT, "ecscope-explore is not installed beside this program");
    ecs_error_mend(e, "install it again, or name it in ECSCOPE_EXPLORE");
    return -ENOENT;
}

static void become(const char *path, const char *const *argv, int out, int shared)
{
    char *args[MAX_ARGS + 4];
    char fd[16];
    int n = 0, copy = fcntl(shared, F_DUPFD, 3); /* without close-on-exec */
    snprintf(fd, sizeof fd, "%d", copy);
    args[n++] = (char *)(uintptr_t)path;
    for (int i = 0; argv[i] && n < MAX_ARGS; i++)
        args[n++] = (char *)(uintptr_t)argv[i];
    if (copy >= 0 && strcmp(argv[0], "search") == 0) {
        args[n++] = (char *)(uintptr_t)"shared";
        args[n++] = fd;
    }
    args[n] = NULL;
    dup2(out, STDOUT_FILENO);
    execv(path, args);
    _exit(127);
}

static int start(struct child *c, const char *const *argv, struct ecs_error *e)
{
    char path[PATH_MAX];
    int fds[2];
    int rc = find_program(path, sizeof path, e);
    if (rc)
        return rc;
    c->shared = memfd_create("schedule", MFD_CLOEXEC);
    if (c->shared >= 0 && ftruncate(c->shared, sizeof(uint64_t) + (SHARED_MOVES + 8) *
                                                   sizeof(struct ecs_choice)) != 0)
        return ecs_fail(e, -errno, "no memory to share: %s", strerror(errno));
    if (pipe2(fds, O_CLOEXEC) != 0)
        return ecs_fail(e, -errno, "no pipe: %s", strerror(errno));
    c->pid = fork();
    if (c->pid == 0)
        become(path, argv, fds[1], c->shared);
    close(fds[1]);
    c->out = fds[0];
    return c->pid < 0 ? ecs_fail(e, -EAGAIN, "no new process: %s", strerror(errno)) : 0;
}

/* The next line without its end, or NULL when there are no more. */
static char *next_line(struct child *c, size_t *used, bool (*interrupted)(void))
{
    memmove(c->line, c->line + *used, c->n -= *used);
    *used = 0;
    for (;;) {
        char *end = c->n ? memchr(c->line, '\n', c->n) : NULL;
        if (end) {
            *end = '\0';
            *used = (size_t)(end - c->line) + 1;
            return c->line;
        }
        if (c->size - c->n < 4096) {
            char *more = realloc(c->line, c->size + 65536);
            if (!more)
                return NULL;
            c->line = more;
            c->size += 65536;
        }
        struct pollfd p = {.fd = c->out, .events = POLLIN};
        int ready = poll(&p, 1, POLL_MS);
        if (interrupted && interrupted() && !c->asked) {
            c->asked = true;
            kill(c->pid, SIGINT);
        }
        if (ready <= 0)
            continue;
        ssize_t got = read(c->out, c->line + c->n, c->size - c->n - 1);
        if (got == 0 || (got < 0 && errno != EINTR))
            return NULL;
        c->n += got > 0 ? (size_t)got : 0;
    }
}

static int finish(struct child *c)
{
    int status = 0;
    if (c->out >= 0)
        close(c->out);
    if (c->pid > 0) {
        while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
            ;
    }
    free(c->line);
    c->line = NULL;
    c->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ---- its messages ---------------------------------------------------------------------------- */

static int split(char *line, char **f)
{
    static char empty[1];
    int n = 0;
    for (char *p = line; p && n < MAX_FIELDS;) {
        f[n++] = p;
        p = strchr(p, '\t');
        if (p)
            *p++ = '\0';
    }
    for (int i = n; i < MAX_FIELDS; i++)
        f[i] = empty;
    return n;
}

static void copy(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from);
}

static int add_step(struct ecs_explored *r, char **f)
{
    if (r->n % 64 == 0) {
        void *more = realloc(r->step, (r->n + 64) * sizeof *r->step);
        if (!more)
            return -ENOMEM;
        r->step = more;
    }
    struct ecs_explored_step *s = &r->step[r->n++];
    *s = (struct ecs_explored_step){
        .thread = (unsigned)atoi(f[1]), .line = atoi(f[4]), .preempts = atoi(f[7]) != 0,
        .op = strdup(f[2]), .file = strdup(f[3]), .order = strdup(f[5]),
        .location = strdup(f[6]), .value = strdup(f[8])};
    return s->op && s->file && s->order && s->location && s->value ? 0 : -ENOMEM;
}

static void take_result(struct ecs_explored *r, char **f)
{
    copy(r->verdict, sizeof r->verdict, f[1]);
    r->exhaustive = atoi(f[2]) != 0;
    r->bound = atoi(f[3]);
    r->states = strtoull(f[4], NULL, 10);
    r->schedules = strtoull(f[5], NULL, 10);
    r->n_steps = strtoull(f[6], NULL, 10);
    r->seconds = strtod(f[7], NULL);
    r->preemptions = (unsigned)atoi(f[8]);
    r->minimal = atoi(f[9]) != 0;
    r->threads = (unsigned)atoi(f[10]);
    copy(r->reduction, sizeof r->reduction, f[11]);
    copy(r->why, sizeof r->why, f[12]);
}

static void tell_progress(void (*progress)(const char *), char **f)
{
    char text[120];
    int bound = atoi(f[5]);
    int n = snprintf(text, sizeof text, "%s states, %s schedules, %s steps in %.1f s", f[1], f[2],
                     f[3], strtod(f[4], NULL));
    if (bound >= 0 && n > 0 && (size_t)n < sizeof text)
        snprintf(text + n, sizeof text - (size_t)n, ", bound %d", bound);
    if (progress)
        progress(text);
}

/* 1: the process refuses. */
static int take(struct ecs_explored *r, char *line, void (*progress)(const char *),
                struct ecs_error *e)
{
    char *f[MAX_FIELDS];
    split(line, f);
    if (strcmp(f[0], "step") == 0)
        return add_step(r, f);
    if (strcmp(f[0], "result") == 0) {
        take_result(r, f);
    } else if (strcmp(f[0], "progress") == 0) {
        tell_progress(progress, f);
        r->states = strtoull(f[1], NULL, 10);
        r->schedules = strtoull(f[2], NULL, 10);
    } else if (strcmp(f[0], "head") == 0) {
        copy(r->head, sizeof r->head, f[1]);
        copy(r->program, sizeof r->program, f[2]);
    } else if (strcmp(f[0], "model") == 0) {
        copy(r->model, sizeof r->model, f[1]);
    } else if (strcmp(f[0], "set") == 0 && r->n_set < 8) {
        copy(r->set[r->n_set].name, sizeof r->set[0].name, f[1]);
        copy(r->set[r->n_set++].value, sizeof r->set[0].value, f[2]);
    } else if (strcmp(f[0], "finding") == 0) {
        copy(r->finding, sizeof r->finding, f[1]);
        copy(r->what, sizeof r->what, f[2]);
    } else if (strcmp(f[0], "schedule") == 0) {
        free(r->schedule);
        r->schedule = strdup(f[1]);
    } else if (strcmp(f[0], "error") == 0) {
        ecs_fail(e, -(atoi(f[1]) ? atoi(f[1]) : EINVAL), "%s", f[2]);
        if (f[3][0])
            ecs_error_mend(e, "%s", f[3]);
        return 1;
    }
    return 0;
}

/* The process is gone without a result: what it was at is the finding. */
static int take_crash(struct child *c, struct ecs_explored *r, struct ecs_error *e)
{
    size_t size = sizeof(uint64_t) + SHARED_MOVES * sizeof(struct ecs_choice);
    char *shared = mmap(NULL, size, PROT_READ, MAP_SHARED, c->shared, 0);
    if (!r->head[0] || shared == MAP_FAILED) {
        if (shared != MAP_FAILED)
            munmap(shared, size);
        return ecs_fail(e, -EIO, "ecscope-explore ended without an answer%s%s",
                        c->signal ? ": " : "", c->signal ? strsignal(c->signal) : "");
    }
    uint32_t n = *(uint32_t *)(void *)shared;
    n = n > SHARED_MOVES ? SHARED_MOVES : n;
    r->schedule = malloc(sizeof r->head + n * 8 + 64);
    if (r->schedule)
        ecs_schedule_text(r->head, (struct ecs_choice *)(void *)(shared + sizeof(uint64_t)), n,
                          r->schedule, sizeof r->head + n * 8 + 64);
    copy(r->verdict, sizeof r->verdict, "violation");
    copy(r->finding, sizeof r->finding, "crash");
    snprintf(r->what, sizeof r->what, "the search process ended at this schedule: %s",
             c->signal ? strsignal(c->signal) : "it exited");
    munmap(shared, size);
    return 0;
}

int ecs_explored_run(const char *const *argv, void (*progress)(const char *text),
                     bool (*interrupted)(void), struct ecs_explored *out, struct ecs_error *e)
{
    struct child c = {.out = -1, .shared = -1};
    size_t used = 0;
    char *line;
    memset(out, 0, sizeof *out);
    out->bound = -1;
    int rc = start(&c, argv, e);
    c.line = rc == 0 ? malloc(c.size = 65536) : NULL;
    while (rc == 0 && c.line && (line = next_line(&c, &used, interrupted)) != NULL)
        rc = take(out, line, progress, e);
    if (rc && c.pid > 0)
        kill(c.pid, SIGKILL);
    finish(&c);
    if (rc == 1)
        rc = e && e->code ? e->code : -EINVAL;
    else if (rc == -ENOMEM)
        ecs_fail(e, rc, "not enough memory for the trace");
    else if (rc == 0 && !out->verdict[0])
        rc = take_crash(&c, out, e);
    if (c.shared >= 0)
        close(c.shared);
    return rc;
}

void ecs_explored_free(struct ecs_explored *r)
{
    for (size_t i = 0; i < r->n; i++) {
        free(r->step[i].op);
        free(r->step[i].file);
        free(r->step[i].order);
        free(r->step[i].location);
        free(r->step[i].value);
    }
    free(r->step);
    free(r->schedule);
    memset(r, 0, sizeof *r);
}

int ecs_explorable_list(struct ecs_explorable *out, size_t max, struct ecs_error *e)
{
    static const char *const argv[] = {"list", NULL};
    struct child c = {.out = -1, .shared = -1};
    size_t used = 0, n = 0;
    char *line, *f[MAX_FIELDS];
    int rc = start(&c, argv, e);
    c.line = rc == 0 ? malloc(c.size = 65536) : NULL;
    while (rc == 0 && c.line && (line = next_line(&c, &used, NULL)) != NULL) {
        split(line, f);
        if (strcmp(f[0], "program") == 0 && n < max) {
            memset(&out[n], 0, sizeof *out);
            copy(out[n].name, sizeof out->name, f[1]);
            copy(out[n++].summary, sizeof out->summary, f[2]);
        } else if (strcmp(f[0], "param") == 0 && n > 0 && out[n - 1].n_params < 4) {
            size_t k = out[n - 1].n_params++;
            copy(out[n - 1].param[k].name, sizeof out->param[k].name, f[1]);
            copy(out[n - 1].param[k].help, sizeof out->param[k].help, f[2]);
            copy(out[n - 1].param[k].def, sizeof out->param[k].def, f[3]);
            copy(out[n - 1].param[k].values, sizeof out->param[k].values, f[4]);
        }
    }
    int status = finish(&c);
    if (c.shared >= 0)
        close(c.shared);
    if (rc == 0 && status != 0)
        rc = ecs_fail(e, -EIO, "ecscope-explore ended without an answer");
    return rc ? rc : (int)n;
}
