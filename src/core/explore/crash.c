#include "core/explore/crash.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "core/explore/engine.h"

#define HANDLER_STACK (64u * 1024)

static uint64_t steps_at_tick;
static const struct ecs_thread *thread_at_tick;

static void fault(int sig, siginfo_t *info, void *context)
{
    struct ecs_engine *e = &ecs_engine;
    (void)context;
    if (!e->now) {
        signal(sig, SIG_DFL);
        raise(sig);
        return;
    }
    unsigned t = (unsigned)(e->now - e->thread);
    const char *at = e->now->site && e->now->alive ? e->now->site->location : "its start";
    e->carry_on = false; /* whatever the program was in the middle of, it stays there */
    if (sig == SIGSEGV && ecs_fiber_guards(&e->now->fiber, info->si_addr))
        ecs_explore_fail(ECS_FINDING_CRASH, "recursion deeper than the fiber stack of thread %u "
                         "(%u KiB)", t, ECS_FIBER_STACK / 1024);
    ecs_explore_fail(ECS_FINDING_CRASH, "thread %u: %s after %s", t, strsignal(sig), at);
}

/* No operation since the last tick: a loop in which nothing is announced. */
static void tick(int sig)
{
    struct ecs_engine *e = &ecs_engine;
    (void)sig;
    if (e->now && e->now == thread_at_tick && e->n_steps == steps_at_tick) {
        e->carry_on = false;
        ecs_explore_fail(ECS_FINDING_CRASH,
                         "thread %u goes on and on without any operation on shared memory",
                         (unsigned)(e->now - e->thread));
    }
    thread_at_tick = e->now;
    steps_at_tick = e->n_steps;
}

int ecs_crash_catch(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    static char *stack;
    struct sigaction a = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    struct itimerval second = {{1, 0}, {1, 0}};
    if (!stack)
        stack = malloc(HANDLER_STACK);
    if (!stack)
        return -ENOMEM;
    stack_t alternate = {.ss_sp = stack, .ss_size = HANDLER_STACK};
    if (sigaltstack(&alternate, NULL) != 0)
        return -errno;
    sigemptyset(&a.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &a, NULL);
    struct sigaction t = {.sa_handler = tick, .sa_flags = SA_ONSTACK | SA_NODEFER | SA_RESTART};
    sigemptyset(&t.sa_mask);
    sigaction(SIGPROF, &t, NULL);
    setitimer(ITIMER_PROF, &second, NULL);
    return 0;
}
