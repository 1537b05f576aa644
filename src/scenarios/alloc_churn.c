/* Allocators under churn: each worker allocates `batch` blocks, writes a word into each, frees
 * them all in the order in which it got them, and begins again.
 *
 * As long as `batch` fits in a thread's cache, a two-level allocator meets nobody; beyond it,
 * whole batches travel through the shared depot. A single shared list, locked or lock-free,
 * meets the other threads at every step.
 *
 * The allocator under test is reached through its table for every variant, the C library
 * included, so all pay the same indirect call. Counts of hits and retries are the allocator's
 * own (core/alloc/allocator.h); the workers only carry them over. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/alloc/allocator.h"
#include "core/base/atomic.h"
#include "core/base/cacheline.h"
#include "core/hw/os_memory.h"
#include "scenarios/figures.h"
#include "scenarios/pace.h"
#include "scenarios/scenarios.h"

enum { VARIANT, SIZE, MIX, BATCH, L1, THREADS, PIN, N_PARAMS };
enum { RATE_TOTAL, PAIR_NS, L1_HIT_RATE, L2_HIT_RATE, CAS_RETRIES, OS_BYTES, N_METRICS };
enum { PAIRS, L1_HITS, L1_MISSES, L2_HITS, L2_MISSES, L2_PUTS, RETRIES, OS };
enum { MIX_ONE, MIX_SMALL, MIX_WIDE };

#define MAX_BATCH 4096
#define N_SIZES 1024u         /* sizes that a worker asks for in turn; a power of two */
#define SMALLEST 8u
#define SMALL_MIX_MAX 128u

/* What start() makes. */
struct churn {
    const struct ecs_allocator *allocator;
    struct ecs_alloc *instance;
    uint32_t l1;                    /* it was made with */
    struct { ECS_ALIGNED_LINE _Atomic uint64_t cached; } worker[ECS_MAX_WORKERS];
};

struct local {
    ECS_ALIGNED_PAD struct ecs_pace pace;
    struct ecs_alloc_stats before;  /* the thread's counts at the last reading */
    uint64_t os_before;             /* worker 0: bytes from the OS told so far */
    uint32_t at;                    /* in size[] */
    uint16_t size[N_SIZES];
    void *held[MAX_BATCH];
};

/* ---- the instance -------------------------------------------------------------------------- */

static int make_instance(const struct ecs_values *values, struct churn *out, struct ecs_error *e)
{
    out->allocator = ecs_allocators[values->v[VARIANT]];
    out->l1 = (uint32_t)values->v[L1];
    struct ecs_alloc_config config = { .l1_capacity = out->l1 };
    int rc = out->allocator->create(&config, &out->instance);
    if (rc)
        return ecs_fail(e, rc, "the %s allocator could not be made: %s", out->allocator->name,
                        rc == -ENOMEM ? "out of memory" : "too many at the same time");
    return 0;
}

static int start(const struct ecs_values *values, void **shared, struct ecs_error *e)
{
    struct churn *churn = aligned_alloc(_Alignof(struct churn), sizeof *churn);
    if (!churn)
        return ecs_fail(e, -ENOMEM, "out of memory");
    *churn = (struct churn){0};
    int rc = make_instance(values, churn, e);
    if (rc) {
        free(churn);
        return rc;
    }
    *shared = churn;
    return 0;
}

static void stop(void *shared)
{
    struct churn *churn = shared;
    churn->allocator->destroy(churn->instance);
    free(churn);
}

static int reshape(void *shared, const struct ecs_values *values, struct ecs_error *e)
{
    struct churn *churn = shared;
    struct churn next;
    if (churn->allocator == ecs_allocators[values->v[VARIANT]] &&
        churn->l1 == (uint32_t)values->v[L1])
        return 0;
    int rc = make_instance(values, &next, e);
    if (rc)
        return rc;
    churn->allocator->destroy(churn->instance);
    churn->allocator = next.allocator;
    churn->instance = next.instance;
    churn->l1 = next.l1;
    return 0;
}

static uint64_t largest_size(const struct ecs_values *values)
{
    switch (values->v[MIX]) {
    case MIX_SMALL: return SMALL_MIX_MAX;
    case MIX_WIDE: return ECS_ALLOC_MAX;
    default: return (uint64_t)values->v[SIZE];
    }
}

static int check(const struct ecs_values *values, struct ecs_error *e)
{
    uint64_t quarter = ecs_os_memory_total() / 4;
    uint64_t bytes = largest_size(values) * (uint64_t)values->v[BATCH] *
                     (uint64_t)values->v[THREADS];
    if (bytes <= quarter)
        return 0;
    ecs_fail(e, -EINVAL, "the blocks could take %llu MiB, more than a quarter of all memory",
             (unsigned long long)(bytes >> 20));
    ecs_error_mend(e, "keep threads x batch x size below %llu MiB",
                   (unsigned long long)(quarter >> 20));
    return -EINVAL;
}

/* ---- workers ------------------------------------------------------------------------------- */

/* The sizes that a worker asks for: the same for every variant. Mixes favour small sizes: the
 * exponent is even over the range, then the size within its doubling. */
static void choose_sizes(const struct ecs_values *values, unsigned index, uint16_t *size)
{
    uint64_t x = 0x9e3779b97f4a7c15u * (index + 1);
    unsigned doublings = values->v[MIX] == MIX_SMALL ? 4 : 9;    /* 8 … 128, 8 … 4096 */
    for (unsigned i = 0; i < N_SIZES; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        unsigned low = SMALLEST << (x >> 32) % doublings;
        size[i] = (uint16_t)(values->v[MIX] == MIX_ONE ? (unsigned)values->v[SIZE]
                                                       : low + (unsigned)(x % low) + 1);
    }
}

static int enter(struct ecs_worker *w)
{
    const struct churn *churn = w->shared;
    struct local *mine = aligned_alloc(_Alignof(struct local), sizeof *mine);
    if (!mine) {
        w->failed = "out of memory for a worker's own state";
        return -ENOMEM;
    }
    *mine = (struct local){0};
    choose_sizes(w->values, w->index, mine->size);
    uint64_t cached;
    churn->allocator->thread_stats(churn->instance, &mine->before, &cached);
    w->local = mine;
    return 0;
}

/* Adds what the thread's counts have grown by to the worker's. */
static void carry_over(struct ecs_worker *w, struct local *mine)
{
    struct churn *churn = w->shared;
    struct ecs_alloc_stats now;
    uint64_t cached;
    churn->allocator->thread_stats(churn->instance, &now, &cached);
    w->count[L1_HITS] += now.l1_hits - mine->before.l1_hits;
    w->count[L1_MISSES] += now.l1_misses - mine->before.l1_misses;
    w->count[L2_HITS] += now.l2_hits - mine->before.l2_hits;
    w->count[L2_MISSES] += now.l2_misses - mine->before.l2_misses;
    w->count[L2_PUTS] += now.l2_puts - mine->before.l2_puts;
    w->count[RETRIES] += now.cas_retries - mine->before.cas_retries;
    mine->before = now;
    ecs_store_relaxed(&churn->worker[w->index].cached, cached);
}

/* Told by worker 0 alone, all of it anew after each change: so the sum since the last change is
 * what the allocator has now. */
static void tell_os_bytes(struct ecs_worker *w, struct local *mine)
{
    const struct churn *churn = w->shared;
    struct ecs_alloc_stats all;
    if (w->index != 0 || !(churn->allocator->has & ECS_ALLOC_HAS_OS))
        return;
    churn->allocator->stats(churn->instance, &all);
    w->count[OS] += all.os_bytes - mine->os_before;
    mine->os_before = all.os_bytes;
}

static void leave(struct ecs_worker *w)
{
    struct churn *churn = w->shared;
    carry_over(w, w->local);
    churn->allocator->thread_flush(churn->instance);
    ecs_store_relaxed(&churn->worker[w->index].cached, 0);
    free(w->local);
    w->local = NULL;
}

/* Allocates up to `batch` blocks into held[]; how many it got. */
static uint32_t take_batch(const struct churn *churn, struct local *mine, uint32_t batch)
{
    for (uint32_t i = 0; i < batch; i++) {
        uint64_t *block = churn->allocator->alloc(churn->instance,
                                                  mine->size[mine->at++ % N_SIZES]);
        if (!block)
            return i;
        *block = i;
        mine->held[i] = block;
    }
    return batch;
}

static void quantum(struct ecs_worker *w)
{
    const struct churn *churn = w->shared;
    struct local *mine = w->local;
    uint32_t batch = (uint32_t)w->values->v[BATCH];
    uint32_t ops = ecs_pace_begin(&mine->pace), done = 0;
    while (done < ops && !w->failed) {
        uint32_t n = take_batch(churn, mine, batch);
        for (uint32_t i = 0; i < n; i++)
            churn->allocator->free(churn->instance, mine->held[i]);
        done += n;
        if (n < batch)
            w->failed = "the allocator ran out of memory";
    }
    w->count[PAIRS] += done;
    carry_over(w, mine);
    tell_os_bytes(w, mine);
    ecs_pace_end(&mine->pace);
}

/* ---- tables, figures, picture -------------------------------------------------------------- */

/* In the order of ecs_allocators. */
static const char *const variant_names[] = {
    "libc", "mutex", "lockfree", "thread-local", "two-level", NULL
};
static const char *const variant_help[] = {
    "the C library's malloc and free",
    "one set of free lists under one mutex",
    "one lock-free stack of free blocks per size, shared by all threads",
    "a pool for each thread, never shared",
    "a small cache for each thread over a shared lock-free depot of batches",
    NULL
};
static const char *const mix_names[] = { "one", "small", "wide", NULL };
static const char *const mix_help[] = {
    "every block has `size` bytes",
    "9 to 128 bytes, smaller ones more often; `size` is not used",
    "9 to 4096 bytes, smaller ones more often; `size` is not used",
    NULL
};

static const struct ecs_param params[N_PARAMS] = {
    [VARIANT] = { .name = "variant", .summary = "which allocator",
                  .kind = ECS_PARAM_CHOICE, .def = 4, .choices = variant_names,
                  .choice_help = variant_help, .live = true, .rebuild = true },
    [SIZE] = { .name = "size", .summary = "bytes of a block",
               .kind = ECS_PARAM_BYTES, .def = 64, .min = SMALLEST, .max = ECS_ALLOC_MAX,
               .live = true },
    [MIX] = { .name = "mix", .summary = "one size or many",
              .kind = ECS_PARAM_CHOICE, .def = MIX_ONE, .choices = mix_names,
              .choice_help = mix_help, .live = true },
    [BATCH] = { .name = "batch", .summary = "blocks a worker holds before it frees them",
                .kind = ECS_PARAM_INT, .def = 16, .min = 1, .max = MAX_BATCH, .live = true },
    [L1] = { .name = "l1", .summary = "blocks of one size in a thread's cache (two-level)",
             .kind = ECS_PARAM_INT, .def = ECS_L1_CAPACITY, .min = 1, .max = ECS_L1_CAPACITY_MAX,
             .live = true, .rebuild = true },
    [THREADS] = { .name = ECS_PARAM_THREADS_NAME, .summary = "workers",
                  .kind = ECS_PARAM_INT, .def = 2, .min = 1, .max = ECS_MAX_WORKERS,
                  .live = true },
    [PIN] = { .name = ECS_PARAM_PIN_NAME, .summary = "where the workers run",
              .kind = ECS_PARAM_CHOICE, .def = ECS_PIN_CORES, .choices = ecs_pin_choices,
              .choice_help = ecs_pin_choice_help, .live = true },
};

static const struct ecs_metric metrics[N_METRICS] = {
    [RATE_TOTAL] = { .name = "rate.total", .label = "alloc and free pairs, all threads",
                     .unit = "pairs/s", .source = ECS_MEASURED,
                     .how = "pairs the workers counted, per second" },
    [PAIR_NS] = { .name = "pair.ns", .label = "one alloc and free takes", .unit = "ns/pair",
                  .source = ECS_MEASURED, .lower_is_better = true,
                  .how = "window times workers, divided by pairs" },
    [L1_HIT_RATE] = { .name = "l1.hit_rate", .label = "served by the thread's own cache",
                      .unit = "%", .source = ECS_MEASURED,
                      .how = "counted by the allocator at each request" },
    [L2_HIT_RATE] = { .name = "l2.hit_rate", .label = "of the rest, served by the depot",
                      .unit = "%", .source = ECS_MEASURED,
                      .how = "counted by the allocator at each request that missed the cache" },
    [CAS_RETRIES] = { .name = "cas.retries", .label = "lost rounds per pair", .unit = "1/pair",
                      .source = ECS_MEASURED, .lower_is_better = true,
                      .how = "rounds on lock-free stacks lost to another thread, per pair" },
    [OS_BYTES] = { .name = "os.bytes", .label = "memory from the system", .unit = "B",
                   .source = ECS_MEASURED, .lower_is_better = true, .is_count = true,
                   .how = "chunks and bookkeeping in use, counted by the allocator" },
};

static const char *const counter_names[] = {
    "pairs", "l1_hits", "l1_misses", "l2_hits", "l2_misses", "l2_puts", "cas_retries",
    "os_bytes", NULL
};

static double hit_rate(const struct ecs_window *w, int hits, int misses)
{
    double hit = ecs_figure_sum(w->delta, w->workers, hits);
    return 100.0 * ecs_figure_ratio(hit, hit + ecs_figure_sum(w->delta, w->workers, misses));
}

static void derive(const struct ecs_window *w, double *metric)
{
    unsigned has = ecs_allocators[w->values->v[VARIANT]]->has;
    metric[RATE_TOTAL] = ecs_figure_rate(w, PAIRS);
    metric[PAIR_NS] = ecs_figure_ns_each(w, PAIRS);
    metric[L1_HIT_RATE] = has & ECS_ALLOC_HAS_L1 ? hit_rate(w, L1_HITS, L1_MISSES) : NAN;
    metric[L2_HIT_RATE] = has & ECS_ALLOC_HAS_L2 ? hit_rate(w, L2_HITS, L2_MISSES) : NAN;
    metric[CAS_RETRIES] = has & ECS_ALLOC_HAS_CAS
                              ? ecs_figure_ratio(ecs_figure_sum(w->delta, w->workers, RETRIES),
                                                 ecs_figure_sum(w->delta, w->workers, PAIRS))
                              : NAN;
    double os = ecs_figure_sum(w->since_change, w->workers, OS);
    metric[OS_BYTES] = has & ECS_ALLOC_HAS_OS && os > 0 ? os : NAN;
}

static const char *why(const struct ecs_values *values, int metric)
{
    unsigned has = ecs_allocators[values->v[VARIANT]]->has;
    if (has == 0 && metric >= L1_HIT_RATE)
        return "the C library does not count this";
    if (metric == L1_HIT_RATE && !(has & ECS_ALLOC_HAS_L1))
        return "this allocator has no thread cache";
    if (metric == L2_HIT_RATE && !(has & ECS_ALLOC_HAS_L2))
        return "this allocator has no depot";
    if (metric == CAS_RETRIES && !(has & ECS_ALLOC_HAS_CAS))
        return "this allocator has no lock-free stack";
    return NULL;
}

static void describe(void *shared, const struct ecs_window *w, struct ecs_picture *out)
{
    struct churn *churn = shared;
    struct ecs_alloc_stats all;
    *out = (struct ecs_picture){ .kind = ECS_DIAGRAM_POOLS };
    churn->allocator->stats(churn->instance, &all);
    bool l2 = churn->allocator->has & ECS_ALLOC_HAS_L2;
    out->value[ECS_POOLS_BATCH] = l2 ? ecs_allocator_batch(churn->l1) : 0;
    out->value[ECS_POOLS_L1_CAP] = l2 ? churn->l1 : 0;
    /* Two relaxed sums, not of one moment: never below nothing. */
    if (all.l2_puts > all.l2_hits)
        out->value[ECS_POOLS_DEPOT_BATCHES] = all.l2_puts - all.l2_hits;
    if (all.l2_blocks_in > all.l2_blocks_out)
        out->value[ECS_POOLS_DEPOT_BLOCKS] = all.l2_blocks_in - all.l2_blocks_out;
    out->value[ECS_POOLS_FROM_OS] = all.os_blocks;
    out->value[ECS_POOLS_WORKERS] = w->workers;
    for (unsigned i = 0; i < w->workers && i < 8; i++)
        out->value[ECS_POOLS_L1 + i] = ecs_load_relaxed(&churn->worker[i].cached);
}

const struct ecs_scenario ecs_scenario_alloc_churn = {
    .name = "alloc-churn",
    .summary = "threads allocate and free blocks; the allocator underneath can be changed live",
    .params = params, .n_params = N_PARAMS,
    .metrics = metrics, .n_metrics = N_METRICS,
    .counters = counter_names,
    .min_cpus = 2,
    .diagram = ECS_DIAGRAM_POOLS,
    .check = check, .start = start, .reshape = reshape,
    .enter = enter, .quantum = quantum, .leave = leave, .stop = stop,
    .derive = derive, .describe = describe, .why = why,
};
