/* bench_observer [PAIRS]: what watching costs the watched.
 *
 * Pairs, interleaved and in alternating order: the counters scenario (128 bytes apart, two workers on
 * two cores) with no sampler and no screen, against the same workers under the lesson's screen
 * in a pseudo-terminal of 100x30, chart moving, sampler at 20 Hz. Operations per second over
 * the whole span on either side; a pair with a disturbed watched side is repeated. */
#include <ftw.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "pty.h"
#include "run/compare.h"
#include "run/trace_file.h"

#define SPAN_S 2
#define MAX_PAIRS 51

static char folder[] = "/tmp/ecscope-observer-XXXXXX";

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static void clear_up(void)
{
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void must(int rc, const struct ecs_error *e)
{
    char text[512];

    if (rc >= 0)
        return;
    fprintf(stderr, "bench_observer: %s\n", ecs_error_text(e, text, sizeof text));
    exit(3);
}

static const struct ecs_scenario *counters(struct ecs_values *values)
{
    size_t n;
    const struct ecs_scenario *const *all = ecs_scenarios(&n);
    const struct ecs_scenario *s = ecs_scenario_find(all, n, "counters");
    struct ecs_error e = {.code = 0};

    ecs_values_default(s, values);
    must(ecs_values_set(s, values, "stride=128", &e), &e);
    return s;
}

static double unwatched(void)
{
    struct ecs_values values;
    const struct ecs_scenario *s = counters(&values);
    struct ecs_run_options o = {.no_sampler = true};
    struct ecs_error e = {.code = 0};
    double rate;

    must(ecs_run_measure(s, &values, &o, SPAN_S * ECS_NS_PER_S, &rate, &e), &e);
    return rate;
}

static void expect(struct test_pty *p, const char *text)
{
    if (test_pty_wait_text(p, text, 30000))
        return;
    fprintf(stderr, "bench_observer: '%s' did not come\n%s", text, test_pty_text(p));
    exit(3);
}

static void watch(struct test_pty *p, int ms)
{
    uint64_t end = ecs_now_ns() + (uint64_t)ms * ECS_NS_PER_MS;

    while (ecs_now_ns() < end)
        test_pty_pump(p, 100);
}

/* Plays the lesson up to its chart, moves the counters apart, records SPAN_S seconds. */
static void watched_run(void)
{
    char state[PATH_MAX];
    const char *argv[] = {PROGRAM, "false-sharing", NULL};
    const char *env[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", state, NULL};
    struct test_pty_options o = {.w = 100, .h = 30, .env = env, .cwd = folder};

    snprintf(state, sizeof state, "XDG_STATE_HOME=%s/state-%ld", folder, random());
    struct test_pty *p = test_pty_start(argv, &o);
    expect(p, "What do you expect");
    test_pty_type(p, "2");
    expect(p, "How sure");
    test_pty_type(p, "2");
    expect(p, "[n] goes on");
    test_pty_type(p, "n");
    expect(p, "LIVE");
    test_pty_type(p, "pppp");
    watch(p, 1000);
    test_pty_type(p, "w");
    expect(p, "to file");
    watch(p, SPAN_S * 1000);
    test_pty_type(p, "w");
    test_pty_wait_no_text(p, "to file", 10000);
    test_pty_type(p, "\003");
    test_pty_wait_exit(p, 10000);
    test_pty_free(p);
}

static char recording[PATH_MAX];

static int find_recording(const char *path, const struct stat *st, int type, struct FTW *at)
{
    size_t n = strlen(path);

    (void)st;
    (void)type;
    (void)at;
    if (n > 5 && strcmp(path + n - 5, ".ecst") == 0)
        snprintf(recording, sizeof recording, "%s", path);
    return 0;
}

/* Rate over all recorded windows; NAN when more than a tenth of them was disturbed. */
static double watched(void)
{
    struct ecs_trace *t;
    struct ecs_error e = {.code = 0};
    double ops = 0, seconds = 0;
    size_t dirty = 0;

    watched_run();
    recording[0] = 0;
    nftw(folder, find_recording, 8, FTW_PHYS);
    must(ecs_trace_read(recording, &t, &e), &e);
    for (size_t i = 0; i < t->n; i++) {
        double s = (double)t->snap[i].window_ns / ECS_NS_PER_S;
        ops += t->snap[i].metric[0] * s;
        seconds += s;
        dirty += (t->snap[i].flags & ECS_SNAP_DIRTY) != 0;
    }
    double rate = dirty * 10 > t->n || seconds == 0 ? NAN : ops / seconds;
    ecs_trace_free(t);
    unlink(recording);
    return rate;
}

int main(int argc, char **argv)
{
    unsigned pairs = argc > 1 ? (unsigned)atoi(argv[1]) : 11, done = 0, tried = 0;
    double off[MAX_PAIRS], on[MAX_PAIRS];

    if (pairs < 1 || pairs > MAX_PAIRS)
        pairs = 11;
    if (!mkdtemp(folder))
        return 3;
    atexit(clear_up);
    for (; done < pairs && tried < 3 * pairs; tried++) {
        double a = 0, b;
        if (tried % 2 == 0)
            a = unwatched();
        b = watched();
        if (tried % 2 == 1)
            a = unwatched();
        if (isnan(b))
            continue;
        off[done] = a;
        on[done++] = b;
        fprintf(stderr, "\r%u of %u pairs, %u repeated", done, pairs, tried + 1 - done);
    }
    struct ecs_ratio r = ecs_ratio_paired(off, on, done, false);
    struct ecs_estimate ea = ecs_estimate(off, done), eb = ecs_estimate(on, done);
    fprintf(stderr, "\n");
    printf("unwatched  %.1f M ops/s (%.1f to %.1f)\n", ea.median / 1e6, ea.low / 1e6, ea.high / 1e6);
    printf("watched    %.1f M ops/s (%.1f to %.1f)\n", eb.median / 1e6, eb.low / 1e6, eb.high / 1e6);
    printf("watched / unwatched  %.4f (%.4f to %.4f), %u pairs of %d s, %u repeated\n", r.r.median,
           r.r.low, r.r.high, done, SPAN_S, tried - done);
    return 0;
}
