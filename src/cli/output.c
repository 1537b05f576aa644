#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/options.h"

/* The state of the terminal's line and what the signal handler leaves. */
static bool progress_shown;
static volatile sig_atomic_t interrupted;
static int output_error;         /* errno of the first write to standard output that failed */

static int status_of(int code)
{
    switch (-code) {
    case ENODEV: case ENOTSUP: case ENOMEM: case EAGAIN: case ENOSYS: case ETIMEDOUT:
        return ECS_EXIT_MACHINE;
    default:
        return ECS_EXIT_USAGE;
    }
}

int ecs_print_error(const struct ecs_error *e)
{
    struct ecs_error what = *e;
    char text[sizeof what.file + sizeof what.what + 32];
    what.mend[0] = '\0';
    ecs_end_progress();
    fprintf(stderr, "%s: %s\n", ECS_PROGRAM, ecs_error_text(&what, text, sizeof text));
    if (e->mend[0])
        fprintf(stderr, "  %s\n", e->mend);
    return status_of(e->code);
}

int ecs_print_usage(const char *mend, const char *fmt, ...)
{
    struct ecs_error e = { .code = -EINVAL };
    va_list args;
    va_start(args, fmt);
    vsnprintf(e.what, sizeof e.what, fmt, args);
    va_end(args);
    if (mend)
        snprintf(e.mend, sizeof e.mend, "%s", mend);
    return ecs_print_error(&e);
}

void ecs_print_note(const char *fmt, ...)
{
    va_list args;
    ecs_end_progress();
    fprintf(stderr, "%s: note: ", ECS_PROGRAM);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
}

void ecs_print_progress(const char *fmt, ...)
{
    if (!isatty(STDERR_FILENO))
        return;
    va_list args;
    progress_shown = true;
    fputs("\r\033[K", stderr);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fflush(stderr);
}

void ecs_end_progress(void)
{
    if (!progress_shown)
        return;
    progress_shown = false;
    fputs("\r\033[K", stderr);
    fflush(stderr);
}

void ecs_guard_output(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) != -1 || errno != EBADF)
            continue;
        /* The wrong way round, so that using it still fails and is noticed. */
        int other = open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
        if (other >= 0 && other != fd) {
            dup2(other, fd);
            close(other);
        }
    }
    /* A reader that goes away shows as a failed write, which we report. */
    signal(SIGPIPE, SIG_IGN);
    /* So does a file that may not grow (ulimit -f). */
    signal(SIGXFSZ, SIG_IGN);
}

bool ecs_push_output(void)
{
    if (fflush(stdout) != 0 && !output_error)
        output_error = errno;
    return !ferror(stdout);
}

int ecs_finish_output(int status)
{
    ecs_end_progress();
    bool earlier = ferror(stdout);
    if (ecs_push_output() && !earlier)
        return status;
    int err = output_error;
    struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
    if (err == EPIPE || (poll(&out, 1, 0) > 0 && out.revents & POLLERR))
        return ecs_print_usage(NULL, "standard output was closed before everything was written");
    return ecs_print_usage("what was printed is not complete",
                           "standard output cannot be written: %s", strerror(err ? err : EIO));
}

static void on_interrupt(int number)
{
    interrupted = 1;
    signal(number, SIG_DFL);
}

void ecs_catch_interrupts(void)
{
    /* No SA_RESTART: a sleep ends. */
    struct sigaction a = { .sa_handler = on_interrupt };
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
}

bool ecs_interrupted(void)
{
    return interrupted;
}
