#include "core/explore/fiber.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#if defined(__x86_64__) && defined(__LP64__)
#define HAND_WRITTEN 1
void ecs_fiber_swap(void **save, void *to);
__asm__(".text\n.p2align 4\n.globl ecs_fiber_swap\n.type ecs_fiber_swap,@function\n"
        "ecs_fiber_swap:\n"
        "  pushq %rbp\n  pushq %rbx\n  pushq %r12\n  pushq %r13\n  pushq %r14\n  pushq %r15\n"
        "  movq %rsp,(%rdi)\n  movq %rsi,%rsp\n"
        "  popq %r15\n  popq %r14\n  popq %r13\n  popq %r12\n  popq %rbx\n  popq %rbp\n  ret\n"
        ".size ecs_fiber_swap,.-ecs_fiber_swap\n");

/* Six registers, the entry as return address, and a null one for whoever unwinds. At a function's
 * first instruction the stack pointer is 8 below a multiple of 16. */
static void *first_frame(char *top, void (*entry)(void))
{
    void **p = (void **)(void *)(top - 72);
    *p = NULL;
    *--p = (void *)(uintptr_t)entry;
    for (int i = 0; i < 6; i++)
        *--p = NULL;
    return p;
}
#elif defined(__aarch64__)
#define HAND_WRITTEN 1
void ecs_fiber_swap(void **save, void *to);
__asm__(".text\n.p2align 4\n.globl ecs_fiber_swap\n.type ecs_fiber_swap,%function\n"
        "ecs_fiber_swap:\n"
        "  sub sp,sp,#160\n"
        "  stp x19,x20,[sp,#0]\n  stp x21,x22,[sp,#16]\n  stp x23,x24,[sp,#32]\n"
        "  stp x25,x26,[sp,#48]\n  stp x27,x28,[sp,#64]\n  stp x29,x30,[sp,#80]\n"
        "  stp d8,d9,[sp,#96]\n  stp d10,d11,[sp,#112]\n  stp d12,d13,[sp,#128]\n"
        "  stp d14,d15,[sp,#144]\n"
        "  mov x9,sp\n  str x9,[x0]\n  mov sp,x1\n"
        "  ldp x19,x20,[sp,#0]\n  ldp x21,x22,[sp,#16]\n  ldp x23,x24,[sp,#32]\n"
        "  ldp x25,x26,[sp,#48]\n  ldp x27,x28,[sp,#64]\n  ldp x29,x30,[sp,#80]\n"
        "  ldp d8,d9,[sp,#96]\n  ldp d10,d11,[sp,#112]\n  ldp d12,d13,[sp,#128]\n"
        "  ldp d14,d15,[sp,#144]\n"
        "  add sp,sp,#160\n  ret\n"
        ".size ecs_fiber_swap,.-ecs_fiber_swap\n");

static void *first_frame(char *top, void (*entry)(void))
{
    void **p = (void **)(void *)(top - 64 - 160);
    memset(p, 0, 160);
    p[11] = (void *)(uintptr_t)entry; /* x30, where it returns to */
    return p;
}
#else
#define HAND_WRITTEN 0
#include <ucontext.h>
#endif

int ecs_fiber_create(struct ecs_fiber *fiber)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    *fiber = (struct ecs_fiber){.size = ECS_FIBER_STACK};
    char *map = mmap(NULL, ECS_FIBER_STACK + page, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (map == MAP_FAILED)
        return -ENOMEM;
    if (mprotect(map, page, PROT_NONE) != 0) {
        munmap(map, ECS_FIBER_STACK + page);
        return -ENOMEM;
    }
    fiber->stack = map + page;
#if !HAND_WRITTEN
    fiber->context = calloc(1, sizeof(ucontext_t));
    if (!fiber->context) {
        ecs_fiber_free(fiber);
        return -ENOMEM;
    }
#endif
    return 0;
}

void ecs_fiber_free(struct ecs_fiber *fiber)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (fiber->stack)
        munmap(fiber->stack - page, fiber->size + page);
    free(fiber->context);
    *fiber = (struct ecs_fiber){0};
}

int ecs_fiber_adopt(struct ecs_fiber *fiber)
{
    *fiber = (struct ecs_fiber){0};
#ifdef __SANITIZE_ADDRESS__
    pthread_attr_t attr;
    void *low;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attr) == 0) {
        if (pthread_attr_getstack(&attr, &low, &size) == 0) {
            fiber->stack = low;
            fiber->size = size;
        }
        pthread_attr_destroy(&attr);
    }
#endif
#if !HAND_WRITTEN
    fiber->context = calloc(1, sizeof(ucontext_t));
    if (!fiber->context)
        return -ENOMEM;
#endif
    return 0;
}

void ecs_fiber_prepare(struct ecs_fiber *fiber, void (*entry)(void))
{
#ifdef __SANITIZE_ADDRESS__
    __asan_unpoison_memory_region(fiber->stack, fiber->size);
    fiber->fake = NULL;
#endif
#if HAND_WRITTEN
    fiber->sp = first_frame(fiber->stack + fiber->size, entry);
#else
    ucontext_t *context = fiber->context;
    getcontext(context);
    context->uc_stack.ss_sp = fiber->stack;
    context->uc_stack.ss_size = fiber->size;
    context->uc_link = NULL;
    makecontext(context, entry, 0);
#endif
}

void ecs_fiber_entered(void)
{
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_finish_switch_fiber(NULL, NULL, NULL);
#endif
}

void ecs_fiber_switch(struct ecs_fiber *from, struct ecs_fiber *to)
{
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_start_switch_fiber(&from->fake, to->stack, to->size);
#endif
#if HAND_WRITTEN
    ecs_fiber_swap(&from->sp, to->sp);
#else
    swapcontext(from->context, to->context);
#endif
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_finish_switch_fiber(from->fake, NULL, NULL);
#endif
}

bool ecs_fiber_guards(const struct ecs_fiber *fiber, const void *address)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), low = (uintptr_t)fiber->stack;
    uintptr_t at = (uintptr_t)address;
    return fiber->stack && at < low && at >= low - page;
}
