#include "pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What the session leader, standing in for a shell, tells: the program's pid, stops, the end. */
struct news { enum { NEWS_PID, NEWS_STOPPED, NEWS_END } what; int value; };

struct test_pty {
    int master, slave;            /* slave: the description that is the program's stdin */
    int news, orders, errors;
    pid_t leader, pid;
    bool stopped, ended;
    int status;
    struct termios before;
    struct test_terminal *screen;
    char *stream;
    size_t n, capacity;
    uint64_t bytes;
    bool keep;                    /* the stream */
};

static long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void die(const char *what)
{
    fprintf(stderr, "pty: %s: %s\n", what, strerror(errno));
    abort();
}

/* ---- the session leader ------------------------------------------------------------------ */

static void tell(int fd, int what, int value)
{
    struct news news = {.what = what, .value = value};
    if (write(fd, &news, sizeof news) < 0)
        _exit(120);
}

static void set_environment(const char *const *env)
{
    for (; env && *env; env++) {
        char *copy = strdup(*env);
        char *value = strchr(copy, '=');
        if (value) {
            *value = '\0';
            setenv(copy, value + 1, 1);
        } else {
            unsetenv(copy);
        }
        free(copy);
    }
}

static void become_program(const char *const *argv, const struct test_pty_options *o)
{
    sigset_t none;

    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    set_environment(o->env);
    if (o->cwd && chdir(o->cwd) < 0)
        _exit(121);
    if (o->nice && nice(19) < 0)
        _exit(121);
    execvp(argv[0], (char *const *)(uintptr_t)argv);
    dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

/* Waits for the program as a shell does, and brings it to the foreground on order. */
static void lead(pid_t program, int terminal, int news, int orders)
{
    for (;;) {
        int status;
        char order;
        if (waitpid(program, &status, WUNTRACED) < 0) {
            if (errno == EINTR)
                continue;
            _exit(122);
        }
        if (!WIFSTOPPED(status)) {
            bool killed = WIFSIGNALED(status);
            tell(news, NEWS_END, killed ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
            _exit(0);
        }
        if (terminal >= 0)
            tcsetpgrp(terminal, getpid());
        tell(news, NEWS_STOPPED, WSTOPSIG(status));
        if (read(orders, &order, 1) != 1)
            _exit(0);
        if (terminal >= 0)
            tcsetpgrp(terminal, program);
        kill(-program, SIGCONT);
    }
}

static void become_leader(struct test_pty *p, const char *const *argv,
                          const struct test_pty_options *o, int news, int orders)
{
    int terminal = o->no_terminal ? -1 : p->slave;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    static const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(p->master);
    setsid();
    if (terminal >= 0 && ioctl(terminal, TIOCSCTTY, 0) < 0)
        _exit(123);
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
        signal(ignored[i], SIG_IGN);
    pid_t program = fork();
    if (program < 0)
        _exit(124);
    setpgid(program, program);
    if (program == 0) {
        if (terminal >= 0)
            tcsetpgrp(terminal, getpid());
        dup2(terminal >= 0 ? terminal : null, STDIN_FILENO);
        dup2(p->slave, STDOUT_FILENO);
        dup2(o->errors_here ? p->slave : p->errors, STDERR_FILENO);
        become_program(argv, o);
    }
    tell(news, NEWS_PID, program);
    lead(program, terminal, news, orders);
}

/* ---- starting and ending ------------------------------------------------------------------ */

static int open_pair(struct test_pty *p)
{
    p->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (p->master < 0 || grantpt(p->master) < 0 || unlockpt(p->master) < 0)
        return -1;
    const char *name = ptsname(p->master);
    p->slave = name ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
    return p->slave < 0 ? -1 : 0;
}

static void take_news(struct test_pty *p, int ms)
{
    struct pollfd ready = {.fd = p->news, .events = POLLIN};
    struct news news;

    while (!p->ended && poll(&ready, 1, ms) > 0) {
        ms = 0;
        if (read(p->news, &news, sizeof news) != sizeof news) {
            p->ended = true;
            p->status = 125;
        } else if (news.what == NEWS_PID) {
            p->pid = news.value;
        } else if (news.what == NEWS_STOPPED) {
            p->stopped = true;
        } else {
            p->ended = true;
            p->status = news.value;
        }
    }
}

struct test_pty *test_pty_start(const char *const *argv, const struct test_pty_options *o)
{
    struct test_pty *p = calloc(1, sizeof *p);
    struct winsize size = {.ws_col = (unsigned short)(o->w ? o->w : 80),
                           .ws_row = (unsigned short)(o->h ? o->h : 24)};
    int news[2], orders[2];

    if (!p || open_pair(p) < 0 || ioctl(p->master, TIOCSWINSZ, &size) < 0)
        die("no pty");
    if (pipe2(news, O_CLOEXEC) < 0 || pipe2(orders, O_CLOEXEC) < 0 ||
        (p->errors = memfd_create("errors", MFD_CLOEXEC)) < 0)
        die("no pipe");
    fcntl(p->errors, F_SETFL, fcntl(p->errors, F_GETFL) | O_APPEND);
    if (tcgetattr(p->slave, &p->before) < 0)
        die("no modes");
    fflush(NULL);
    p->leader = fork();
    if (p->leader < 0)
        die("no process");
    if (p->leader == 0)
        become_leader(p, argv, o, news[1], orders[0]);
    close(news[1]);
    close(orders[0]);
    p->news = news[0];
    p->orders = orders[1];
    p->keep = !o->no_screen;
    if (!o->no_screen)
        p->screen = test_terminal_new(size.ws_col, size.ws_row, true);
    fcntl(p->master, F_SETFL, fcntl(p->master, F_GETFL) | O_NONBLOCK);
    while (p->pid == 0 && !p->ended)
        take_news(p, 1000);
    return p;
}

void test_pty_free(struct test_pty *p)
{
    if (!p)
        return;
    if (!p->ended && p->pid > 0)
        kill(-p->pid, SIGKILL);
    kill(p->leader, SIGKILL);
    while (waitpid(p->leader, NULL, 0) < 0 && errno == EINTR)
        continue;
    int fds[] = {p->master, p->slave, p->news, p->orders, p->errors};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    test_terminal_free(p->screen);
    free(p->stream);
    free(p);
}

/* ---- bytes -------------------------------------------------------------------------------- */

static void take(struct test_pty *p, const char *bytes, size_t n)
{
    p->bytes += n;
    if (!p->keep)
        return;
    if (p->n + n + 1 > p->capacity) {
        p->capacity = (p->n + n + 1) * 2;
        p->stream = realloc(p->stream, p->capacity);
        if (!p->stream)
            die("no memory");
    }
    memcpy(p->stream + p->n, bytes, n);
    p->n += n;
    p->stream[p->n] = '\0';
    test_terminal_write(p->screen, bytes, n);
    char answer[256];
    size_t back = test_terminal_answer(p->screen, answer, sizeof answer);
    if (back > 0 && write(p->master, answer, back) < 0 && errno != EAGAIN)
        return;
}

/* What is there right now. */
static bool take_ready(struct test_pty *p)
{
    char part[16384];
    bool any = false;

    for (int i = 0; i < 64 && p->master >= 0; i++) {
        ssize_t n = read(p->master, part, sizeof part);
        if (n <= 0)
            break;
        take(p, part, (size_t)n);
        any = true;
    }
    return any;
}

bool test_pty_pump(struct test_pty *p, int ms)
{
    long end = now_ms() + ms;
    bool any = take_ready(p);

    while (!any) {
        long left = end - now_ms();
        struct pollfd ready[2] = {{.fd = p->master, .events = POLLIN},
                                  {.fd = p->ended ? -1 : p->news, .events = POLLIN}};
        if (left < 0)
            left = 0;
        if (poll(ready, 2, (int)left) > 0 && ready[1].revents)
            take_news(p, 0);
        any = take_ready(p);
        if (left == 0 || p->ended || p->stopped)
            break;
    }
    take_news(p, 0);
    return any;
}

bool test_pty_send(struct test_pty *p, const char *bytes, size_t n)
{
    while (n > 0) {
        struct pollfd room = {.fd = p->master, .events = POLLIN | POLLOUT};
        take_ready(p);
        take_news(p, 0);
        if (p->ended || p->stopped || p->master < 0)
            return false;
        ssize_t did = write(p->master, bytes, n);
        if (did > 0) {
            bytes += did;
            n -= (size_t)did;
        } else if (errno == EAGAIN) {
            poll(&room, 1, 20);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

bool test_pty_type(struct test_pty *p, const char *text)
{
    return test_pty_send(p, text, strlen(text));
}

void test_pty_resize(struct test_pty *p, int w, int h)
{
    struct winsize size = {.ws_col = (unsigned short)w, .ws_row = (unsigned short)h};

    take_ready(p);
    if (p->screen)
        test_terminal_resize(p->screen, w, h);
    ioctl(p->master, TIOCSWINSZ, &size);
}

void test_pty_signal(struct test_pty *p, int signal)
{
    take_news(p, 0);
    if (!p->ended && p->pid > 0)
        kill(-p->pid, signal);
}

void test_pty_hang_up(struct test_pty *p)
{
    take_ready(p);
    close(p->master);
    p->master = -1;
}

void test_pty_foreground(struct test_pty *p)
{
    p->stopped = false;
    if (write(p->orders, "f", 1) != 1)
        die("no shell");
}

/* ---- waiting ------------------------------------------------------------------------------- */

static bool wait_until(struct test_pty *p, bool (*there)(struct test_pty *, const char *),
                       const char *what, int ms)
{
    long end = now_ms() + ms;

    for (;;) {
        if (there(p, what))
            return true;
        long left = end - now_ms();
        if (left <= 0 || (p->ended && !take_ready(p)))
            return there(p, what);
        test_pty_pump(p, left > 50 ? 50 : (int)left);
    }
}

static bool text_there(struct test_pty *p, const char *text)
{
    return test_pty_find(p, text, NULL, NULL);
}

static bool text_gone(struct test_pty *p, const char *text)
{
    return !text_there(p, text);
}

static bool bytes_seen(struct test_pty *p, const char *bytes)
{
    return test_pty_seen(p, bytes);
}

static bool is_stopped(struct test_pty *p, const char *unused)
{
    (void)unused;
    return p->stopped;
}

bool test_pty_wait_text(struct test_pty *p, const char *text, int ms)
{
    return wait_until(p, text_there, text, ms);
}

bool test_pty_wait_no_text(struct test_pty *p, const char *text, int ms)
{
    return wait_until(p, text_gone, text, ms);
}

bool test_pty_wait_seen(struct test_pty *p, const char *bytes, int ms)
{
    return wait_until(p, bytes_seen, bytes, ms);
}

bool test_pty_stopped(const struct test_pty *p)
{
    return p->stopped;
}

bool test_pty_wait_stopped(struct test_pty *p, int ms)
{
    return wait_until(p, is_stopped, NULL, ms);
}

bool test_pty_wait_quiet(struct test_pty *p, int quiet, int ms)
{
    long end = now_ms() + ms, last = now_ms();

    while (now_ms() < end && !p->ended) {
        if (test_pty_pump(p, quiet))
            last = now_ms();
        if (now_ms() - last >= quiet)
            return true;
    }
    return p->ended;
}

static bool more_comes(struct test_pty *p, int ms)
{
    struct pollfd ready = {.fd = p->master, .events = POLLIN};

    return p->master >= 0 && poll(&ready, 1, ms) > 0 && take_ready(p);
}

int test_pty_wait_exit(struct test_pty *p, int ms)
{
    long end = now_ms() + ms;

    while (!p->ended && now_ms() < end)
        test_pty_pump(p, 50);
    /* The kernel moves a terminal's bytes on a thread of its own: the last of them may come after
     * the news of the end. */
    if (p->ended)
        while (more_comes(p, 100))
            ;
    return p->ended ? p->status : -1;
}

/* ---- looking ------------------------------------------------------------------------------- */

const struct test_terminal *test_pty_screen(const struct test_pty *p)
{
    return p->screen;
}

char *test_pty_text(const struct test_pty *p)
{
    return test_terminal_text(p->screen);
}

bool test_pty_find(const struct test_pty *p, const char *text, int *x, int *y)
{
    char *all = test_pty_text(p), *found = strstr(all, text);

    if (found) {
        int row = 0, column = 0;
        for (char *c = all; c < found; c++) {
            column = *c == '\n' ? 0 : column + ((*c & 0xc0) != 0x80);
            row += *c == '\n';
        }
        if (x)
            *x = column;
        if (y)
            *y = row;
    }
    free(all);
    return found != NULL;
}

bool test_pty_seen(const struct test_pty *p, const char *bytes)
{
    return p->n > 0 && memmem(p->stream, p->n, bytes, strlen(bytes)) != NULL;
}

const char *test_pty_stream(const struct test_pty *p, size_t *n)
{
    *n = p->n;
    return p->stream;
}

uint64_t test_pty_bytes(const struct test_pty *p)
{
    return p->bytes;
}

char *test_pty_errors(struct test_pty *p)
{
    char *text = calloc(1, 65536);
    if (!text || pread(p->errors, text, 65535, 0) < 0)
        die("no errors");
    return text;
}

pid_t test_pty_pid(const struct test_pty *p)
{
    return p->pid;
}

struct termios test_pty_modes(const struct test_pty *p)
{
    struct termios modes;

    memset(&modes, 0, sizeof modes);
    if (tcgetattr(p->slave, &modes) < 0)
        die("no modes");
    return modes;
}

static bool complain(const char *what)
{
    fprintf(stderr, "terminal not given back: %s\n", what);
    return false;
}

/* Where a part of the stream was last seen, 0 for never. libvterm takes only the first mode of a
 * list such as \e[?1006;1000h, so the stream itself is asked. */
static size_t last_seen(const struct test_pty *p, const char *part)
{
    size_t n = strlen(part);

    for (size_t at = p->n; at >= n; at--)
        if (memcmp(p->stream + at - n, part, n) == 0)
            return at;
    return 0;
}

bool test_pty_mouse(const struct test_pty *p)
{
    return last_seen(p, "1000h") > last_seen(p, "1000l");
}

bool test_pty_restored(const struct test_pty *p)
{
    struct termios now = test_pty_modes(p);

    if (now.c_iflag != p->before.c_iflag || now.c_oflag != p->before.c_oflag ||
        now.c_cflag != p->before.c_cflag || now.c_lflag != p->before.c_lflag ||
        memcmp(now.c_cc, p->before.c_cc, sizeof now.c_cc) != 0)
        return complain("modes differ");
    if (fcntl(p->slave, F_GETFL) & O_NONBLOCK)
        return complain("O_NONBLOCK is left on the shared description");
    if (p->screen && test_terminal_alternate(p->screen))
        return complain("alternate screen");
    if (p->screen && !test_terminal_cursor_visible(p->screen))
        return complain("cursor hidden");
    if (test_pty_mouse(p))
        return complain("mouse on");
    return true;
}
