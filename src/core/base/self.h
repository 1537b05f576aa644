/* The calling thread, as the core sees it.
 *
 * Thread-local state of the core is reached only through ecs_self(): the explorer
 * runs many logical threads on one kernel thread and swaps this pointer, so a bare
 * _Thread_local anywhere else would be shared between them. */
#ifndef ECS_BASE_SELF_H
#define ECS_BASE_SELF_H

#include <stdint.h>

#define ECS_SELF_SLOTS 16
#ifdef ECS_EXPLORE
#define ECS_MAX_THREADS 8  /* so that what a domain holds for each is small */
#else
#define ECS_MAX_THREADS 1024
#endif

struct ecs_self {
    uint32_t id;                 /* dense: the smallest free one; reused after exit */
    void *slot[ECS_SELF_SLOTS];  /* one per key; owned by whoever made the key */
};

/* Never NULL for the first ECS_MAX_THREADS threads alive at a time; NULL beyond. Works in
 * destructors of thread-specific data, but for the last of their PTHREAD_DESTRUCTOR_ITERATIONS
 * rounds, after which nobody could give the id back: NULL there, once the exit hooks have run. */
struct ecs_self *ecs_self(void);

/* A key for a per-thread value. `on_exit(value, arg)` runs at thread exit when the value is not
 * NULL, in reverse order of creation. Returns the slot index or -EAGAIN when all are taken. */
int ecs_self_key_create(void (*on_exit)(void *value, void *arg), void *arg);
/* The key may be made again afterwards. Waits for exit hooks of this key that are running; values
 * that threads still hold under it are dropped without the hook. Not from within an exit hook; no
 * thread may be using its value meanwhile. */
void ecs_self_key_delete(int key);

/* Runs this thread's exit hooks now (for threads that must hand over before they end). */
void ecs_self_leave(void);

#ifdef ECS_EXPLORE
/* Makes `self` the calling kernel thread's until the next swap; returns the one before. The logical
 * threads of an explorer each have their own; their exit hooks are the explorer's business. */
struct ecs_self *ecs_self_swap(struct ecs_self *self);
#endif

#endif
