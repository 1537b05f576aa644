/* bench_screen: what the screen costs, against its budgets.
 *
 * The real binary in a pseudo-terminal that reads at once, at three sizes: a lesson observed for some
 * seconds with all workers running and keys pressed, then paused. Figures are the program's own
 * (--stats) and what the terminal saw. Exit status 1 when a budget is not met. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "pty.h"

static int missed;

static double stat_of(const char *errors, const char *key)
{
    const char *at = strstr(errors, key);

    return at ? atof(at + strlen(key) + 1) : -1;
}

static void line(const char *what, double value, const char *unit, double budget)
{
    bool good = value >= 0 && value <= budget;

    missed += !good;
    printf("  %-34s %10.2f %-6s budget %8.2f  %s\n", what, value, unit, budget,
           good ? "met" : "MISSED");
}

static void watch(struct test_pty *p, int ms)
{
    uint64_t end = ecs_now_ns() + (uint64_t)ms * ECS_NS_PER_MS;

    while (ecs_now_ns() < end)
        test_pty_pump(p, 20);
}

static struct test_pty *start(int w, int h, const char *extra)
{
    const char *argv[] = {PROGRAM, "--stats", "--state", "/dev/null/none", "false-sharing", extra,
                          NULL};
    static const char *const env[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", NULL};
    struct test_pty_options o = {.w = w, .h = h, .env = env};

    return test_pty_start(argv, &o);
}

/* Wake-ups and CPU time of the first thread so far. */
static void usage(pid_t pid, double *cpu_s, double *switches)
{
    char path[64], text[256] = "";
    unsigned long long ran = 0, waited = 0, slices = 0;

    snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", (int)pid, (int)pid);
    FILE *f = fopen(path, "r");
    if (f && fgets(text, sizeof text, f))
        sscanf(text, "%llu %llu %llu", &ran, &waited, &slices);
    if (f)
        fclose(f);
    *cpu_s = (double)ran / 1e9;
    *switches = (double)slices;
}

static void observe(struct test_pty *p)
{
    test_pty_wait_text(p, "What do you expect", 20000);
    test_pty_type(p, "2");
    test_pty_wait_text(p, "How sure", 20000);
    test_pty_type(p, "2");
    test_pty_wait_text(p, "[n] goes on", 20000);
    test_pty_type(p, "n");
    test_pty_wait_text(p, "LIVE", 20000);
}

static void live(struct test_pty *p, double max_bytes)
{
    double cpu[2], n[2];

    watch(p, 3000);
    uint64_t bytes = test_pty_bytes(p), begin = ecs_now_ns();
    usage(test_pty_pid(p), &cpu[0], &n[0]);
    watch(p, 8000);
    double s = (double)(ecs_now_ns() - begin) / 1e9;
    usage(test_pty_pid(p), &cpu[1], &n[1]);
    line("live: bytes", (double)(test_pty_bytes(p) - bytes) / s / 1000, "KB/s", max_bytes);
    line("live: UI thread", 100 * (cpu[1] - cpu[0]) / s, "% CPU", 0.5);
    for (int i = 0; i < 60; i++) {
        test_pty_type(p, i % 2 ? "D" : "T");
        watch(p, 120);
    }
}

static void paused(struct test_pty *p)
{
    double cpu[2], n[2];

    test_pty_type(p, " ");
    test_pty_wait_text(p, "PAUSED", 10000);
    watch(p, 6000);                       /* toasts end */
    uint64_t bytes = test_pty_bytes(p);
    usage(test_pty_pid(p), &cpu[0], &n[0]);
    watch(p, 10000);
    usage(test_pty_pid(p), &cpu[1], &n[1]);
    line("paused: bytes", (double)(test_pty_bytes(p) - bytes) / 10, "B/s", 0);
    line("paused: wake-ups", (n[1] - n[0]) / 10, "/s", 1);
}

static void one_size(int w, int h, double frame_p99)
{
    struct test_pty *p = start(w, h, NULL);

    printf("%dx%d\n", w, h);
    observe(p);
    live(p, w * h > 3000 ? 12.0 * w * h / 3000 : 12);
    paused(p);
    test_pty_type(p, "\003");
    test_pty_wait_exit(p, 10000);
    char *e = test_pty_errors(p);
    line("first frame after the start", stat_of(e, "first_frame:"), "ms", 20);
    line("frame, median", stat_of(e, "frame.p50:"), "ms", 1);
    line("frame, p99", stat_of(e, "frame.p99:"), "ms", frame_p99);
    line("key to first byte, median", stat_of(e, "key_to_first_byte.p50:"), "ms", 2);
    line("key to first byte, p99", stat_of(e, "key_to_first_byte.p99:"), "ms", 16);
    free(e);
    test_pty_free(p);
}

/* A terminal that reads nothing for 3 s while frames are due. */
static void stalled(void)
{
    struct test_pty *p = start(200, 50, NULL);

    printf("200x50, a reader that stops for 3 s\n");
    observe(p);
    watch(p, 1000);
    usleep(3000000);
    watch(p, 1000);
    test_pty_type(p, "\003");
    test_pty_wait_exit(p, 10000);
    char *e = test_pty_errors(p);
    line("frame, largest", stat_of(e, "frame.max:"), "ms", 20);
    line("longest stay away from the loop", stat_of(e, "longest_loop_stall:"), "ms", 20);
    free(e);
    test_pty_free(p);
}

static void low_bandwidth(void)
{
    struct test_pty *p = start(100, 30, "--low-bandwidth");

    printf("100x30, --low-bandwidth\n");
    observe(p);
    watch(p, 3000);
    uint64_t bytes = test_pty_bytes(p), begin = ecs_now_ns();
    watch(p, 8000);
    line("live: bytes", (double)(test_pty_bytes(p) - bytes) * 1e6 / (double)(ecs_now_ns() - begin),
         "KB/s", 2.5);
    test_pty_type(p, "\003");
    test_pty_wait_exit(p, 10000);
    test_pty_free(p);
}

int main(void)
{
    one_size(80, 24, 3);
    one_size(100, 30, 3);
    one_size(200, 50, 6);
    stalled();
    low_bandwidth();
    printf(missed ? "%d budgets missed\n" : "all budgets met\n", missed);
    return missed ? 1 : 0;
}
