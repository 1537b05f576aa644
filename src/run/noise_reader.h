/* Takes the readings that noise.h judges: schedstat, CPU clocks, /proc/stat, the canary.
 * Sampler thread only. Nothing is allocated after init. */
#ifndef ECS_RUN_NOISE_READER_H
#define ECS_RUN_NOISE_READER_H

#include <pthread.h>
#include <sys/types.h>
#include <time.h>

#include "core/hw/topology.h"
#include "run/noise.h"

/* ---- /proc, with its root given so that tests can lay out their own ------------------------ */

/* Opens ROOT/self/task/TID/schedstat. A descriptor or a negative errno. */
int ecs_proc_schedstat_open(const char *root, pid_t tid);
/* The second field of schedstat, ns. -ENODATA when the kernel keeps no figures (third field, the
 * number of time slices, still 0 in a thread that runs). */
int ecs_proc_schedstat_read(int fd, uint64_t *delay_ns);
/* Times that a thread gave up its CPU by itself (ROOT/self/task/TID/status). */
int ecs_proc_sleeps(const char *root, pid_t tid, uint64_t *n);

/* Ticks of one CPU's line of /proc/stat (proc(5)). */
struct ecs_stat_line { int cpu; uint64_t busy, steal; };
/* Reads the per-CPU lines of the text one by one: *at is where to go on. False at the end. */
bool ecs_proc_stat_next(const char **at, struct ecs_stat_line *out);

/* ---- the canary ------------------------------------------------------------------------------
 * A chain of dependent additions of about 20 us, the fastest of three. It slows down when the
 * core is shared, throttled or taken away. Its best time is kept for each CPU. */
struct ecs_canary { uint32_t best[ECS_MAX_CPUS]; };
/* Slow-down against the best on this CPU, 0.05 for 5 %; -1 if nothing can be said. */
double ecs_canary_slowdown(struct ecs_canary *c, int *cpu);

/* ---- all together ------------------------------------------------------------------------- */

#define ECS_CPU_WORDS (ECS_MAX_CPUS / 64)

struct ecs_watched {          /* one worker */
    pid_t tid;                /* 0: none */
    clockid_t clock;
    int fd;                   /* its schedstat, -1: none */
    int cpu;
    uint64_t wall_ns, ran_ns, delay_ns, sleeps;
};

struct ecs_busy_mark { uint64_t time_ns, busy, own_ns; };

struct ecs_noise_reader {
    char root[64];
    bool blind;
    struct ecs_watched worker[ECS_MAX_WORKERS];
    unsigned workers;
    uint64_t used[ECS_CPU_WORDS];       /* CPUs that workers may run on */
    unsigned n_used, allowed;
    int stat_fd;
    char *text;                         /* of /proc/stat */
    size_t text_size;
    uint64_t stat_time_ns, stat_cost_ns, tick_ns;
    uint64_t steal[ECS_MAX_CPUS];
    struct ecs_busy_mark mark[2];       /* older, newer */
    int core[ECS_MAX_CPUS];             /* of each CPU; -1: not known, or a CPU without siblings */
    struct ecs_canary canary;
};

int ecs_noise_reader_init(struct ecs_noise_reader *n, const char *root);
void ecs_noise_reader_free(struct ecs_noise_reader *n);
/* The workers to watch from now on, and the CPU each is pinned to (-1: none). A rebase must
 * follow. */
void ecs_noise_watch(struct ecs_noise_reader *n, unsigned workers, const pid_t *tid,
                     const pthread_t *thread, const int *cpu);
/* Forgets what went before: a new window begins. `resumed`: the time until now was not ours. */
void ecs_noise_rebase(struct ecs_noise_reader *n, bool resumed);
/* The readings since the last call or rebase. `runs_on`: CPU on which each worker last ran. */
void ecs_noise_read(struct ecs_noise_reader *n, const int *runs_on, struct ecs_noise_readings *out);

#endif
