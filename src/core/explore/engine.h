/* The machine that explored programs run on: logical threads, their next operations, memory as the
 * model has it, and what has gone wrong. One per process: the hooks of core/base/explore_hooks.h
 * have no argument to carry it. Not for programs. */
#ifndef ECS_EXPLORE_ENGINE_H
#define ECS_EXPLORE_ENGINE_H

#include "core/base/explore_hooks.h"
#include "core/base/self.h"
#include "core/explore/explore.h"
#include "core/explore/fiber.h"
#include "core/explore/schedule.h"

enum {
    ECS_ENGINE_STEPS = 4000,    /* of one run; longer ones are given up, and said so */
    ECS_ENGINE_BUFFER = 12,     /* stores in a store buffer */
    ECS_ENGINE_LOCATIONS = 96,  /* that need more than their value kept */
    ECS_ENGINE_MESSAGES = 40,   /* stores to one location, release/acquire model */
    ECS_ENGINE_HEAP = 16384,
    ECS_ENGINE_BLOCKS = 64
};

enum ecs_model { ECS_MODEL_SC, ECS_MODEL_TSO, ECS_MODEL_RA };
extern const char *const ecs_model_names[]; /* NULL-terminated */

struct ecs_clock { uint16_t at[ECS_EXPLORE_MAX_THREADS]; };

struct ecs_buffered {
    volatile void *p;
    uint64_t value;
    uint32_t size;
    const char *location, *file; /* where the store is written */
    int line;
    struct ecs_clock clock;
};

/* What a thread knows: for each location the newest store that it may not read behind. */
struct ecs_view { uint8_t at[ECS_ENGINE_LOCATIONS]; };

struct ecs_thread {
    struct ecs_fiber fiber;
    struct ecs_self self;
    bool alive;
    uint64_t history;   /* hash of all that it has read: with the program it gives its state */
    /* its next operation; valid while alive */
    const struct ecs_explore_site *site;
    volatile void *p;
    size_t size;
    struct { const volatile void *p; uint64_t value; } read[4]; /* its last loads, for waits */
    unsigned n_read, n_spurious;
    struct ecs_buffered buffer[ECS_ENGINE_BUFFER];
    unsigned n_buffered;
    volatile void *writing; /* a plain write that the caller is about to do */
    size_t writing_size;
    uint64_t written_over;
    struct ecs_clock clock, acquired, released; /* what it knows; by fences */
    struct ecs_view view, view_acquired, view_released;
};

struct ecs_message {
    uint64_t value, hash;
    struct ecs_view view;
    struct ecs_clock clock;
};

/* A location of which more than the value is kept: clocks, or its stores. */
struct ecs_location {
    const volatile void *p;
    uint64_t key;
    struct ecs_clock released;  /* what an acquire load of its value learns */
    uint16_t wrote_at, read_at[ECS_EXPLORE_MAX_THREADS];
    uint8_t writer;             /* plain accesses: 1 + thread, 0 nobody */
    const char *write_file, *read_file[ECS_EXPLORE_MAX_THREADS];
    int write_line, read_line[ECS_EXPLORE_MAX_THREADS];
    unsigned n;                 /* release/acquire: its stores, oldest first */
    struct ecs_message message[ECS_ENGINE_MESSAGES];
};

struct ecs_block { char *p; size_t size; bool freed; uint8_t thread, freed_by; };

/* One step as shown to people. */
struct ecs_step {
    struct ecs_choice choice;
    enum ecs_explore_kind kind;
    memory_order order;
    const char *location, *file;
    int line;
    const volatile void *p;
    uint64_t value, argument; /* read or written; what a CAS wanted to put there, or an operand */
    bool wrote, ok, preempts;
};

struct ecs_engine {
    const struct ecs_program *program; /* as built */
    int values[ECS_EXPLORE_MAX_PARAMS];
    enum ecs_model model;
    unsigned spurious;   /* compare-exchanges that may fail for no reason, per thread and run */
    bool carry_on;       /* a run goes on after a finding */
    bool clocks;         /* watch for data races; found necessary by the first plain access */
    bool need_clocks;
    unsigned n_threads;
    char *arena;         /* state, then a heap per thread; same address in every run */
    size_t state_size;
    char *snapshot;      /* the state after set-up */
    void *own_shared;    /* when nobody else watches path and depth */

    struct ecs_fiber main;
    struct ecs_thread *now;  /* who runs; NULL: the scheduler, set-up or a check */
    struct ecs_self setup_self, *as;  /* who sets up, or checks */
    struct ecs_self joined[ECS_EXPLORE_MAX_THREADS]; /* each thread's, as set-up has left it */
    struct ecs_thread thread[ECS_EXPLORE_MAX_THREADS];

    /* The run: path[0 … n_prefix-1] is played as it is. Shared with the parent process if there is
     * one, so that it survives a crash. */
    struct ecs_choice *path;
    uint32_t *depth;     /* moves made */
    size_t n_prefix;
    uint64_t hash;       /* of what announced stores have changed */
    struct ecs_choice current;
    bool stored;         /* since the last check */

    enum ecs_finding finding;
    char what[240];
    bool out_of_room;    /* the model keeps no more than …: the run was given up */
    const char *room;

    struct ecs_step *trace; /* where steps are noted down, or NULL */
    uint64_t n_steps;       /* of all runs */

    unsigned n_blocks, heap_used[ECS_EXPLORE_MAX_THREADS + 1];
    struct ecs_block block[ECS_ENGINE_BLOCKS];
    struct ecs_view sc_view;
    unsigned n_locations;   /* from here on too large to clear */
    struct ecs_location location[ECS_ENGINE_LOCATIONS];
};
extern struct ecs_engine ecs_engine;

/* Makes ready for `program`: set-up, snapshot, fibers. `shared` (may be NULL) is where path and
 * depth are kept. 0 or a negative errno. */
int ecs_engine_open(const struct ecs_program *program, const int *values, enum ecs_model model,
                    void *shared);
size_t ecs_engine_shared_size(void);
void ecs_engine_close(void);
/* Starts a run: everything as after set-up, each thread at its first operation. */
void ecs_engine_reset(void);
/* Makes one move, which must be possible; then, while the prefix goes on, the next ones as well. */
void ecs_engine_make(struct ecs_choice choice);
/* The moves possible now, at most `max`; those of `last` (a thread, or -1) first. */
size_t ecs_engine_choices(struct ecs_choice *out, size_t max, int last);
/* Is thread `t` alive and not waiting? (It may still have to drain its store buffer.) */
bool ecs_engine_runnable(unsigned t);
/* May its next operation be made now? */
bool ecs_engine_can_step(unsigned t);
/* Nobody else can tell whether its next operation has been made. */
bool ecs_engine_is_local(unsigned t);
bool ecs_engine_over(void); /* all ended, all buffers empty */
/* Hash of the state. */
uint64_t ecs_engine_key(void);
/* The program's checks, if there was a store since the last time; at the end also for leaks. */
void ecs_engine_check(bool at_end);
/* Says who waits for what. */
void ecs_engine_deadlock(void);
/* How many stores the next load of `t` may choose from. */
unsigned ecs_engine_readable(unsigned t);

/* ---- between the engine's files ------------------------------------------------------------- */
/* Ends the run from within a thread. */
void ecs_engine_abandon(void) __attribute__((noreturn));
/* The run needs more than `room` allows: given up, no finding. */
void ecs_engine_give_up(const char *room);
/* A plain write that the thread announced has been done by now: keeps the state's hash. */
void ecs_engine_settle(struct ecs_thread *t);
void ecs_trace_begin(uint32_t at, struct ecs_choice choice);
void ecs_locations_reset(void);
static inline uint64_t ecs_mix(uint64_t a, uint64_t b)
{
    uint64_t h = (a ^ (b + 0x9E3779B97F4A7C15ull)) * 0xff51afd7ed558ccdull;
    h = (h ^ h >> 32) * 0xc4ceb9fe1a85ec53ull;
    return h ^ h >> 29;
}
uint64_t ecs_memory_get(const volatile void *p, size_t size);
/* Writes and keeps the state's hash. */
void ecs_memory_put(volatile void *p, size_t size, uint64_t value);
/* Reports an access that must not be. */
void ecs_memory_check(const struct ecs_explore_site *site, const volatile void *p, size_t size,
                      bool reads);
void ecs_memory_check_leaks(void);
struct ecs_location *ecs_location_of(const volatile void *p);
unsigned ecs_location_index(const struct ecs_location *l);

/* views.c: the release/acquire model. */
uint64_t ecs_views_load(struct ecs_thread *t, const volatile void *p, size_t size,
                        memory_order order, unsigned skip);
void ecs_views_store(struct ecs_thread *t, volatile void *p, size_t size, uint64_t value,
                     memory_order order, bool modify);
void ecs_views_rmw_read(struct ecs_thread *t, const volatile void *p, size_t size,
                        memory_order order);
void ecs_views_fence(struct ecs_thread *t, memory_order order);
uint64_t ecs_views_key(void);
unsigned ecs_views_readable(struct ecs_thread *t, const volatile void *p, size_t size,
                            memory_order order);
bool ecs_views_behind(struct ecs_thread *t, const volatile void *p, size_t size);
void ecs_views_catch_up(struct ecs_thread *t, const volatile void *p, size_t size);

/* clocks.c: happens-before. */
void ecs_clocks_load(struct ecs_thread *t, const volatile void *p, memory_order order);
void ecs_clocks_store(struct ecs_thread *t, const volatile void *p, memory_order order,
                      bool modify);
/* What a store of this order tells: for store buffers. */
struct ecs_clock ecs_clocks_told(struct ecs_thread *t, memory_order order);
void ecs_clocks_join(struct ecs_clock *a, const struct ecs_clock *b);
void ecs_clocks_fence(struct ecs_thread *t, memory_order order);
void ecs_clocks_plain(struct ecs_thread *t, const struct ecs_explore_site *site,
                      const volatile void *p, bool write);
uint64_t ecs_clocks_key(void);
static inline bool ecs_order_acquires(memory_order o)
{
    return o == memory_order_acquire || o == memory_order_acq_rel || o == memory_order_seq_cst;
}
static inline bool ecs_order_releases(memory_order o)
{
    return o == memory_order_release || o == memory_order_acq_rel || o == memory_order_seq_cst;
}

#endif
