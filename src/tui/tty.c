#include "tui/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_W 1000
#define MAX_H 500
#define KEPT_BYTES 65536
#define CRASH_STACK 65536

static const int crash_signal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
#define CRASH_SIGNALS (sizeof crash_signal / sizeof crash_signal[0])

/* What a signal handler needs to give the terminal back; complete before `live` is set. */
static struct {
    volatile sig_atomic_t live;
    int fd;
    int real_stderr, kept_stderr;         /* -1: standard error was left alone */
    struct termios saved;
    struct sigaction before[CRASH_SIGNALS];
    bool handlers;
} rescue = {.fd = -1, .real_stderr = -1, .kept_stderr = -1};

/* CAN ends an escape sequence that was cut in half; then: end of synchronised update, mouse off,
 * keypad off, plain attributes, cursor on, whole screen scrolls, cursor at its bottom, normal
 * screen. Terminals ignore what they do not know. */
static const char give_back[] = "\030\033[?2026l\033[?1000l\033[?1002l\033[?1006l"
                                "\033[?1l\033>\033[0m\033[?25h\033[r\033[999;1H\033[?1049l";

/* Async-signal-safe. */
static void write_patiently(int fd, const char *bytes, size_t n, int ms)
{
    while (n > 0) {
        ssize_t did = write(fd, bytes, n);
        if (did > 0) {
            bytes += did;
            n -= (size_t)did;
        } else if (did < 0 && errno == EAGAIN) {
            struct pollfd room = {.fd = fd, .events = POLLOUT};
            if (poll(&room, 1, ms) <= 0 || room.revents & (POLLERR | POLLHUP | POLLNVAL))
                return;
        } else if (did == 0 || errno != EINTR) {
            return;
        }
    }
}

/* Async-signal-safe: the last of what was said meanwhile, to where it belongs. */
static void release_stderr(void)
{
    char part[1024];

    if (rescue.real_stderr < 0)
        return;
    dup2(rescue.real_stderr, STDERR_FILENO);
    off_t end = lseek(rescue.kept_stderr, 0, SEEK_END);
    off_t at = end > KEPT_BYTES ? end - KEPT_BYTES : 0;
    for (;;) {
        ssize_t n = pread(rescue.kept_stderr, part, sizeof part, at);
        if (n <= 0)
            break;
        write_patiently(STDERR_FILENO, part, (size_t)n, 200);
        at += n;
    }
    close(rescue.real_stderr);
    close(rescue.kept_stderr);
    rescue.real_stderr = rescue.kept_stderr = -1;
}

static void keep_stderr(void)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    if (!isatty(STDERR_FILENO))
        return;
    int kept = memfd_create("stderr", MFD_CLOEXEC);
    int real = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (kept < 0 || real < 0 || dup2(kept, STDERR_FILENO) < 0) {
        if (kept >= 0)
            close(kept);
        if (real >= 0)
            close(real);
        return;
    }
    rescue.kept_stderr = kept;
    rescue.real_stderr = real;
#endif
}

static void set_modes(int fd, const struct termios *modes)
{
    while (tcsetattr(fd, TCSANOW, modes) < 0 && errno == EINTR)
        continue;
}

/* Gives the terminal back, then lets the crash go its way: a fault happens again under the handler
 * that was there before (a sanitizer's sees the true address); a sent signal is sent again. */
static void on_crash(int sig, siginfo_t *info, void *context)
{
    int kept_errno = errno;

    (void)context;
    if (rescue.live) {
        rescue.live = 0;
        write_patiently(rescue.fd, give_back, sizeof give_back - 1, 200);
        set_modes(rescue.fd, &rescue.saved);
        release_stderr();
    }
    for (size_t i = 0; i < CRASH_SIGNALS; i++)
        if (crash_signal[i] == sig)
            sigaction(sig, &rescue.before[i], NULL);
    if (info->si_code <= 0)
        raise(sig);
    errno = kept_errno;
}

static void on_exit_give_back(void)
{
    if (!rescue.live)
        return;
    rescue.live = 0;
    write_patiently(rescue.fd, give_back, sizeof give_back - 1, 200);
    set_modes(rescue.fd, &rescue.saved);
    release_stderr();
}

static void catch_crashes(void)
{
    static char stack[CRASH_STACK];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack}, now;
    struct sigaction act;

    if (rescue.handlers)
        return;
    if (sigaltstack(NULL, &now) == 0 && now.ss_flags & SS_DISABLE)
        sigaltstack(&alternate, NULL);
    memset(&act, 0, sizeof act);
    act.sa_sigaction = on_crash;
    act.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&act.sa_mask);
    for (size_t i = 0; i < CRASH_SIGNALS; i++)
        sigaction(crash_signal[i], &act, &rescue.before[i]);
    rescue.handlers = true;
}

static void let_crashes_be(void)
{
    if (!rescue.handlers)
        return;
    for (size_t i = 0; i < CRASH_SIGNALS; i++)
        sigaction(crash_signal[i], &rescue.before[i], NULL);
    rescue.handlers = false;
}

int ecs_tty_open(struct ecs_tty *t, struct ecs_error *e)
{
    t->in = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
    t->out = t->in < 0 ? -1 : open("/dev/tty", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (t->in >= 0 && t->out >= 0 && tcgetattr(t->in, &t->saved) == 0)
        return 0;
    int why = errno;
    ecs_tty_close(t);
    ecs_fail(e, -ENOTTY, "there is no terminal to draw on (%s)", strerror(why));
    ecs_error_mend(e, "start it in a terminal, or use a command that needs none: "
                      "`ecscope-learn list`, `run`, `compare`");
    return -ENOTTY;
}

void ecs_tty_close(struct ecs_tty *t)
{
    if (t->in >= 0)
        close(t->in);
    if (t->out >= 0)
        close(t->out);
    t->in = t->out = -1;
}

int ecs_tty_raw(struct ecs_tty *t)
{
    static bool registered;
    struct termios raw = t->saved;

    cfmakeraw(&raw);
    if (!registered && atexit(on_exit_give_back) == 0)
        registered = true;
    if (!rescue.live) {
        rescue.fd = t->out;
        rescue.saved = t->saved;
        keep_stderr();
        catch_crashes();
        rescue.live = 1;
    }
    int rc;
    while ((rc = tcsetattr(t->in, TCSANOW, &raw)) < 0 && errno == EINTR)
        continue;
    return rc < 0 ? -errno : 0;
}

void ecs_tty_cooked(struct ecs_tty *t)
{
    if (!rescue.live)
        return;
    set_modes(t->in, &t->saved);
    rescue.live = 0;
    let_crashes_be();
    release_stderr();
}

void ecs_tty_size(const struct ecs_tty *t, int *w, int *h)
{
    struct winsize size;

    *w = 80;
    *h = 24;
    if (ioctl(t->out, TIOCGWINSZ, &size) < 0)
        return;
    if (size.ws_col > 0)
        *w = size.ws_col > MAX_W ? MAX_W : size.ws_col;
    if (size.ws_row > 0)
        *h = size.ws_row > MAX_H ? MAX_H : size.ws_row;
}

bool ecs_tty_gone(const struct ecs_tty *t)
{
    struct pollfd end = {.fd = t->in, .events = POLLIN};

    return poll(&end, 1, 0) > 0 && end.revents & (POLLHUP | POLLERR | POLLNVAL);
}

void ecs_tty_write(const struct ecs_tty *t, const char *bytes, size_t n, int ms)
{
    write_patiently(t->out, bytes, n, ms);
}
