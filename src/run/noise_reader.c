#include "run/noise_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"

#define STAT_EVERY_NS (500 * ECS_NS_PER_MS)   /* how often /proc/stat is read if that is dear */
#define STAT_CHEAP_NS 50000                   /* below this it is read in each window */
#define MARK_EVERY_NS (500 * ECS_NS_PER_MS)
#define MARK_LEAST_NS (300 * ECS_NS_PER_MS)   /* shorter spans say nothing in ticks of 10 ms */

static bool used(const struct ecs_noise_reader *n, int cpu) {
    return cpu >= 0 && cpu < ECS_MAX_CPUS && (n->used[cpu / 64] >> (cpu % 64) & 1);
}

static uint64_t clock_ns(clockid_t clock) {
    struct timespec t;
    if (clock_gettime(clock, &t) != 0)
        return 0;
    return (uint64_t)t.tv_sec * ECS_NS_PER_S + (uint64_t)t.tv_nsec;
}

/* Sums of one look at /proc/stat. */
struct look { uint64_t busy, steal; int steal_cpu; };

static void read_stat(struct ecs_noise_reader *n, struct look *l) {
    struct ecs_stat_line line;
    uint64_t begin = ecs_now_ns();
    memset(l, 0, sizeof *l);
    l->steal_cpu = -1;
    ssize_t got = n->stat_fd < 0 ? -1 : pread(n->stat_fd, n->text, n->text_size - 1, 0);
    if (got <= 0)
        return;
    n->text[got] = '\0';
    for (const char *at = n->text; ecs_proc_stat_next(&at, &line);) {
        if (line.cpu >= ECS_MAX_CPUS || !used(n, line.cpu))
            continue;
        l->busy += line.busy;
        uint64_t *before = &n->steal[line.cpu];
        if (line.steal > *before && line.steal - *before > l->steal) {
            l->steal = line.steal - *before;
            l->steal_cpu = line.cpu;
        }
        *before = line.steal;
    }
    n->stat_cost_ns = ecs_now_ns() - begin;
}

static struct ecs_busy_mark mark_now(const struct look *l, uint64_t now) {
    return (struct ecs_busy_mark){ now, l->busy, clock_ns(CLOCK_PROCESS_CPUTIME_ID) };
}

/* Steal since the last look, and busy time against our own since the older mark. */
static void take_stat(struct ecs_noise_reader *n, struct ecs_noise_readings *out) {
    uint64_t now = ecs_now_ns();
    if (n->stat_cost_ns > STAT_CHEAP_NS && now - n->stat_time_ns < STAT_EVERY_NS)
        return;
    struct look l;
    read_stat(n, &l);
    out->steal_ns = l.steal * n->tick_ns;
    out->steal_span_ns = now - n->stat_time_ns;
    out->steal_cpu = l.steal_cpu;
    n->stat_time_ns = now;
    struct ecs_busy_mark m = mark_now(&l, now);
    uint64_t span = now - n->mark[0].time_ns;
    if (span >= MARK_LEAST_NS && m.busy >= n->mark[0].busy) {
        out->busy_ns = (m.busy - n->mark[0].busy) * n->tick_ns;
        out->own_ns = m.own_ns - n->mark[0].own_ns;
        out->capacity_ns = span * n->n_used;
    }
    if (now - n->mark[1].time_ns >= MARK_EVERY_NS) {
        n->mark[0] = n->mark[1];
        n->mark[1] = m;
    }
}

static void mark_stat(struct ecs_noise_reader *n) {
    struct look l;
    read_stat(n, &l);
    n->stat_time_ns = ecs_now_ns();
    n->mark[0] = n->mark[1] = mark_now(&l, n->stat_time_ns);
}

/* The wall clock right beside the CPU clock: the sampler may be put aside between two workers. */
static void read_worker(struct ecs_noise_reader *n, struct ecs_watched *w,
                        struct ecs_worker_reading *out) {
    uint64_t wall = ecs_now_ns(), ran = clock_ns(w->clock), delay = w->delay_ns, sleeps = w->sleeps;
    int r = w->fd < 0 ? -ENODATA : ecs_proc_schedstat_read(w->fd, &delay);
    if (r < 0 && r != -ESRCH)            /* a worker that has just ended tells nothing either */
        n->blind = true;
    if (n->blind)
        ecs_proc_sleeps(n->root, w->tid, &sleeps);
    out->cpu = w->cpu;
    out->wall_ns = wall - w->wall_ns;
    out->ran_ns = ran > w->ran_ns ? ran - w->ran_ns : 0;
    out->delay_ns = delay > w->delay_ns ? delay - w->delay_ns : 0;
    out->slept = sleeps != w->sleeps;
    w->wall_ns = wall;
    w->ran_ns = ran;
    w->delay_ns = delay;
    w->sleeps = sleeps;
}

/* True if a worker was seen on `cpu` and none on another hardware thread of its core: a core that
 * has just woken for us runs slowly at first, and one that our workers share is slow by right. */
static bool canary_counts(const struct ecs_noise_reader *n, const int *runs_on, int cpu) {
    bool works = false;
    for (unsigned i = 0; i < n->workers; i++) {
        int other = runs_on[i];
        works = works || other == cpu;
        if (other >= 0 && other < ECS_MAX_CPUS && other != cpu && n->core[cpu] >= 0 &&
            n->core[other] == n->core[cpu])
            return false;
    }
    return works;
}

static void take_canary(struct ecs_noise_reader *n, const int *runs_on,
                        struct ecs_noise_readings *out) {
    int cpu;
    double slow = ecs_canary_slowdown(&n->canary, &cpu);
    if (slow > 0 && canary_counts(n, runs_on, cpu))
        out->canary = slow;
}

void ecs_noise_read(struct ecs_noise_reader *n, const int *runs_on,
                    struct ecs_noise_readings *out) {
    memset(out, 0, sizeof *out);
    out->steal_cpu = -1;
    out->allowed_cpus = n->allowed;
    out->workers = n->workers;
    for (unsigned i = 0; i < n->workers; i++)
        read_worker(n, &n->worker[i], &out->worker[i]);
    out->blind = n->blind;
    take_stat(n, out);
    take_canary(n, runs_on, out);
}

/* ---- whom to watch ------------------------------------------------------------------------- */

static void stop_watching(struct ecs_watched *w) {
    if (w->fd >= 0)
        close(w->fd);
    *w = (struct ecs_watched){ .fd = -1, .cpu = -1 };
}

static void watch_one(struct ecs_noise_reader *n, struct ecs_watched *w, pid_t tid,
                      pthread_t thread) {
    w->tid = tid;
    w->fd = ecs_proc_schedstat_open(n->root, tid);
    if (pthread_getcpuclockid(thread, &w->clock) != 0)
        w->clock = CLOCK_THREAD_CPUTIME_ID;
}

/* The CPUs that workers run on: those they are pinned to; all allowed ones if one is not pinned. */
static void find_used(struct ecs_noise_reader *n, uint64_t *out) {
    cpu_set_t set;
    bool free_one = false;
    memset(out, 0, sizeof n->used);
    for (unsigned i = 0; i < n->workers; i++) {
        int cpu = n->worker[i].cpu;
        if (cpu >= 0 && cpu < ECS_MAX_CPUS)
            out[cpu / 64] |= (uint64_t)1 << (cpu % 64);
        else
            free_one = true;
    }
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return;
    n->allowed = (unsigned)CPU_COUNT(&set);
    for (int cpu = 0; free_one && cpu < ECS_MAX_CPUS && cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &set))
            out[cpu / 64] |= (uint64_t)1 << (cpu % 64);
}

void ecs_noise_watch(struct ecs_noise_reader *n, unsigned workers, const pid_t *tid,
                     const pthread_t *thread, const int *cpu) {
    uint64_t now_used[ECS_CPU_WORDS];
    for (unsigned i = 0; i < ECS_MAX_WORKERS; i++) {
        /* Anew even if the id is the same: the kernel may have given it to another thread. */
        stop_watching(&n->worker[i]);
        if (i >= workers)
            continue;
        watch_one(n, &n->worker[i], tid[i], thread[i]);
        n->worker[i].cpu = cpu[i];
    }
    n->workers = workers;
    n->blind = false;
    find_used(n, now_used);
    if (memcmp(now_used, n->used, sizeof now_used) == 0)
        return;
    memcpy(n->used, now_used, sizeof now_used);
    n->n_used = 0;
    for (size_t i = 0; i < ECS_CPU_WORDS; i++)
        n->n_used += (unsigned)__builtin_popcountll(n->used[i]);
    mark_stat(n);
}

void ecs_noise_rebase(struct ecs_noise_reader *n, bool resumed) {
    struct ecs_worker_reading unused;
    for (unsigned i = 0; i < n->workers; i++)
        read_worker(n, &n->worker[i], &unused);
    memset(&n->canary, 0, sizeof n->canary);
    if (resumed)
        mark_stat(n);
}

/* Cores of the CPUs that have siblings. */
static void find_cores(struct ecs_noise_reader *n) {
    const struct ecs_machine *m = ecs_machine();
    for (int i = 0; i < ECS_MAX_CPUS; i++)
        n->core[i] = -1;
    if (!m || m->foreign_topology || m->n_cores >= m->n_cpus)
        return;
    for (unsigned i = 0; i < m->n_cpus; i++) {
        const struct ecs_cpu *c = &m->cpus[i];
        if (c->os_id >= 0 && c->os_id < ECS_MAX_CPUS)
            n->core[c->os_id] = c->package * ECS_MAX_CPUS + c->core;
    }
}

int ecs_noise_reader_init(struct ecs_noise_reader *n, const char *root) {
    char path[96];
    memset(n, 0, sizeof *n);
    snprintf(n->root, sizeof n->root, "%s", root);
    snprintf(path, sizeof path, "%s/stat", root);
    for (unsigned i = 0; i < ECS_MAX_WORKERS; i++)
        n->worker[i] = (struct ecs_watched){ .fd = -1, .cpu = -1 };
    long hz = sysconf(_SC_CLK_TCK), cpus = sysconf(_SC_NPROCESSORS_CONF);
    n->tick_ns = ECS_NS_PER_S / (uint64_t)(hz > 0 ? hz : 100);
    n->text_size = 4096 + 256 * (size_t)(cpus > 0 ? cpus : 1);
    n->text = malloc(n->text_size);
    if (!n->text)
        return -ENOMEM;
    n->stat_fd = open(path, O_RDONLY | O_CLOEXEC);
    find_cores(n);
    return 0;
}

void ecs_noise_reader_free(struct ecs_noise_reader *n) {
    for (unsigned i = 0; i < ECS_MAX_WORKERS; i++)
        stop_watching(&n->worker[i]);
    if (n->stat_fd >= 0)
        close(n->stat_fd);
    free(n->text);
    n->text = NULL;
}
