/* Thread ids and per-thread slots: a static table, so that nothing here allocates and the
 * allocator can stand on it.
 *
 * Order at thread exit. POSIX runs the destructors of thread-specific data in rounds and in no
 * particular order within a round, so a destructor of somebody else may allocate after ours has
 * run. ecs_self() then starts afresh, and our destructor, which asks to be called in every round,
 * cleans up again. After its last round ecs_self() gives NULL, because nobody would give the id
 * back any more. (A thread whose very first use of us is in the last round keeps its id for good:
 * it cannot be told which round it is.) ThreadSanitizer takes its own thread state down in the
 * last round, so under it ours is the one before. */
#include "core/base/self.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/atomic.h"
#include "core/base/cacheline.h"

#define WORDS ((ECS_MAX_THREADS + 63) / 64)
#ifdef __SANITIZE_THREAD__
#define EXIT_ROUNDS (PTHREAD_DESTRUCTOR_ITERATIONS - 1)
#else
#define EXIT_ROUNDS PTHREAD_DESTRUCTOR_ITERATIONS
#endif
#define HOOK_ROUNDS 4  /* an exit hook may give another key a value again */

struct padded_self { ECS_ALIGNED_LINE struct ecs_self self; };
static struct padded_self table[ECS_MAX_THREADS];
static _Atomic uint64_t taken[WORDS];

struct key {
    void (*on_exit)(void *value, void *arg);
    void *arg;
    uint64_t born;     /* 0: free */
    unsigned running;  /* exit hooks of this key that are being run */
};
static struct {
    pthread_mutex_t lock;
    pthread_cond_t hook_done;
    uint64_t births;
    struct key key[ECS_SELF_SLOTS];
} keys = {.lock = PTHREAD_MUTEX_INITIALIZER, .hook_done = PTHREAD_COND_INITIALIZER};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t exit_key;
static bool exit_key_works;

/* Initial-exec: a preloaded allocator must not enter the dynamic linker from malloc. */
#define ECS_TLS _Thread_local __attribute__((tls_model("initial-exec")))
static ECS_TLS struct ecs_self *me;
static ECS_TLS unsigned char exit_round;

static int take_id(void)
{
    for (unsigned w = 0; w < WORDS; w++) {
        uint64_t bits = ecs_load_relaxed(&taken[w]);
        while (~bits) {
            unsigned bit = (unsigned)__builtin_ctzll(~bits);
            if (w * 64 + bit >= ECS_MAX_THREADS)
                return -EAGAIN;
            /* acquire: what the former owner of this id left in the table */
            if (ecs_cas_weak_acquire_relaxed(&taken[w], &bits, bits | 1ull << bit))
                return (int)(w * 64 + bit);
        }
    }
    return -EAGAIN;
}

static void give_id(uint32_t id)
{
    ecs_fetch_and_release(&taken[id / 64], ~(1ull << (id % 64)));
}

/* The youngest key under which `self` has a value; the value is taken out and its hook counted as
 * running, so that ecs_self_key_delete() can wait for it. -1 if there is none. */
static int take_value(struct ecs_self *self, struct key *key, void **value)
{
    int youngest = -1;
    pthread_mutex_lock(&keys.lock);
    for (int i = 0; i < ECS_SELF_SLOTS; i++) {
        if (self->slot[i] && (youngest < 0 || keys.key[i].born > keys.key[youngest].born))
            youngest = i;
    }
    if (youngest >= 0) {
        *value = self->slot[youngest];
        *key = keys.key[youngest];
        self->slot[youngest] = NULL;
        keys.key[youngest].running++;
    }
    pthread_mutex_unlock(&keys.lock);
    return youngest;
}

static void hook_finished(int i)
{
    pthread_mutex_lock(&keys.lock);
    keys.key[i].running--;
    pthread_cond_broadcast(&keys.hook_done);
    pthread_mutex_unlock(&keys.lock);
}

static void run_hooks(struct ecs_self *self)
{
    struct key key;
    void *value;
    for (int n = 0; n < HOOK_ROUNDS * ECS_SELF_SLOTS; n++) {
        int i = take_value(self, &key, &value);
        if (i < 0)
            return;
        if (key.on_exit)
            key.on_exit(value, key.arg);
        hook_finished(i);
    }
}

/* What hooks have put back after all their rounds. */
static void drop_values(struct ecs_self *self)
{
    pthread_mutex_lock(&keys.lock);
    memset(self->slot, 0, sizeof self->slot);
    pthread_mutex_unlock(&keys.lock);
}

void ecs_self_leave(void)
{
    struct ecs_self *self = me;
    if (!self)
        return;
    run_hooks(self);  /* hooks may call ecs_self(): it is still ours */
    drop_values(self);
    me = NULL;
    if (exit_key_works)
        pthread_setspecific(exit_key, NULL);
    give_id(self->id);
}

static void at_thread_exit(void *value)
{
    (void)value;
    exit_round++;
    ecs_self_leave();
    if (exit_round < EXIT_ROUNDS)
        pthread_setspecific(exit_key, &exit_key);  /* any value: to be called in the next round */
}

static void before_fork(void) { pthread_mutex_lock(&keys.lock); }
static void after_fork(void) { pthread_mutex_unlock(&keys.lock); }

static void set_up(void)
{
    exit_key_works = pthread_key_create(&exit_key, at_thread_exit) == 0;
    pthread_atfork(before_fork, after_fork, after_fork);
}

static struct ecs_self *enter(void)
{
    pthread_once(&once, set_up);
    if (exit_round >= EXIT_ROUNDS || !exit_key_works)
        return NULL;
    int id = take_id();
    if (id < 0)
        return NULL;
    struct ecs_self *self = &table[id].self;
    self->id = (uint32_t)id;
    me = self;
    if (pthread_setspecific(exit_key, self) != 0) {
        ecs_self_leave();
        return NULL;
    }
    return self;
}

struct ecs_self *ecs_self(void)
{
    return me ? me : enter();
}

#ifdef ECS_EXPLORE
struct ecs_self *ecs_self_swap(struct ecs_self *self)
{
    struct ecs_self *before = me;
    me = self;
    return before;
}
#endif

int ecs_self_key_create(void (*on_exit)(void *value, void *arg), void *arg)
{
    int found = -EAGAIN;
    pthread_mutex_lock(&keys.lock);
    for (int i = 0; i < ECS_SELF_SLOTS && found < 0; i++) {
        if (keys.key[i].born == 0)
            found = i;
    }
    if (found >= 0)
        keys.key[found] = (struct key){.on_exit = on_exit, .arg = arg, .born = ++keys.births};
    pthread_mutex_unlock(&keys.lock);
    return found;
}

void ecs_self_key_delete(int key)
{
    if (key < 0 || key >= ECS_SELF_SLOTS)
        return;
    pthread_mutex_lock(&keys.lock);
    while (keys.key[key].running > 0)
        pthread_cond_wait(&keys.hook_done, &keys.lock);
    for (unsigned id = 0; id < ECS_MAX_THREADS; id++)
        table[id].self.slot[key] = NULL;
    keys.key[key] = (struct key){0};
    pthread_mutex_unlock(&keys.lock);
}
