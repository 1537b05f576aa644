/* Logical threads that share one kernel thread: a stack each and a switch between them.
 *
 * The switch is written by hand for x86-64 (System V ABI) and AArch64 (AAPCS64) and saves just what
 * a callee must preserve; elsewhere it is swapcontext(3). Below each stack lies a page that
 * nothing may touch, so a stack that overflows faults instead of running into its neighbour.
 * AddressSanitizer is told of every switch. Single kernel thread only. */
#ifndef ECS_EXPLORE_FIBER_H
#define ECS_EXPLORE_FIBER_H

#include <stdbool.h>
#include <stddef.h>

#define ECS_FIBER_STACK (64u * 1024)

struct ecs_fiber {
    void *sp;      /* saved stack pointer while it does not run */
    char *stack;   /* lowest usable byte; NULL for the kernel thread's own */
    size_t size;
    void *fake;    /* AddressSanitizer's */
    void *context; /* ucontext_t, where there is no switch by hand */
};

/* Maps the stack and its guard page. 0 or -ENOMEM. */
int ecs_fiber_create(struct ecs_fiber *fiber);
void ecs_fiber_free(struct ecs_fiber *fiber);
/* For the kernel thread itself, before the first switch away from it. */
int ecs_fiber_adopt(struct ecs_fiber *fiber);
/* The next switch to `fiber` calls `entry`, on an empty stack; `entry` must not return. What was on
 * the stack is abandoned. */
void ecs_fiber_prepare(struct ecs_fiber *fiber, void (*entry)(void));
/* `entry` calls this first. */
void ecs_fiber_entered(void);
void ecs_fiber_switch(struct ecs_fiber *from, struct ecs_fiber *to);
/* Is `address` in the guard page of `fiber`? */
bool ecs_fiber_guards(const struct ecs_fiber *fiber, const void *address);

#endif
