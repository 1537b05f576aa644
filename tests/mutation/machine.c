#include "machine.h"

#include <stdlib.h>
#include <string.h>

enum { THREADS = 4, BUFFER = 16, SCRIPTS = 4 };

static struct ecs_self selves[THREADS] = {{.id = 0}, {.id = 1}, {.id = 2}, {.id = 3}};
static unsigned running;
static struct { volatile void *p; size_t size; uint64_t value; } buffer[BUFFER];
static unsigned buffered;
static struct {
    enum ecs_explore_kind kind;
    const char *location;
    void (*then)(void);
    unsigned thread;
} script[SCRIPTS];

void machine_thread(unsigned number)
{
    running = number;
    ecs_self_swap(&selves[number]);
}

void machine_before(enum ecs_explore_kind kind, const char *location, void (*then)(void))
{
    for (int i = 0; i < SCRIPTS; i++) {
        if (!script[i].then) {
            script[i].kind = kind;
            script[i].location = location;
            script[i].then = then;
            script[i].thread = running;
            return;
        }
    }
    abort();
}

bool machine_script_ran(void)
{
    for (int i = 0; i < SCRIPTS; i++) {
        if (script[i].then)
            return false;
    }
    return true;
}

static void announce(const struct ecs_explore_site *site)
{
    for (int i = 0; i < SCRIPTS; i++) {
        if (script[i].then && script[i].kind == site->kind && script[i].thread == running &&
            strstr(site->location, script[i].location)) {
            void (*then)(void) = script[i].then;
            unsigned self = running;
            script[i].then = NULL;
            then();
            machine_thread(self);
            return;
        }
    }
}

static uint64_t get(const volatile void *p, size_t size)
{
    uint64_t value = 0;
    memcpy(&value, (const void *)p, size);
    return value;
}

static void put(volatile void *p, size_t size, uint64_t value)
{
    memcpy((void *)p, &value, size);
}

void machine_drain(void)
{
    for (unsigned i = 0; i < buffered; i++)
        put(buffer[i].p, buffer[i].size, buffer[i].value);
    buffered = 0;
}

static void flush(void)
{
    if (running == 0)
        machine_drain();
}

uint64_t ecs_explore_load(const struct ecs_explore_site *site, const volatile void *p, size_t size)
{
    announce(site);
    for (unsigned i = buffered; running == 0 && i > 0; i--) {
        if (buffer[i - 1].p == p)
            return buffer[i - 1].value;
    }
    return get(p, size);
}

void ecs_explore_store(const struct ecs_explore_site *site, volatile void *p, size_t size,
                       uint64_t value)
{
    announce(site);
    if (running != 0 || site->order == memory_order_seq_cst || buffered == BUFFER) {
        flush();
        put(p, size, value);
        return;
    }
    buffer[buffered].p = p;
    buffer[buffered].size = size;
    buffer[buffered++].value = value;
}

bool ecs_explore_cas(const struct ecs_explore_site *site, volatile void *p, size_t size,
                     uint64_t *expected, uint64_t desired)
{
    announce(site);
    flush();
    uint64_t found = get(p, size);
    if (found == *expected) {
        put(p, size, desired);
        return true;
    }
    *expected = found;
    return false;
}

uint64_t ecs_explore_rmw(const struct ecs_explore_site *site, volatile void *p, size_t size,
                         uint64_t operand)
{
    announce(site);
    flush();
    uint64_t before = get(p, size), after = operand;
    if (site->kind == ECS_EXPLORE_FETCH_add)
        after = before + operand;
    else if (site->kind == ECS_EXPLORE_FETCH_sub)
        after = before - operand;
    else if (site->kind == ECS_EXPLORE_FETCH_or)
        after = before | operand;
    else if (site->kind == ECS_EXPLORE_FETCH_and)
        after = before & operand;
    put(p, size, after);
    return before;
}

void ecs_explore_fence(const struct ecs_explore_site *site)
{
    announce(site);
    if (site->order == memory_order_seq_cst)
        flush();
}

void ecs_explore_plain(const struct ecs_explore_site *site, const volatile void *p, size_t size)
{
    (void)p;
    (void)size;
    announce(site);
}

/* A script that has to wait for another logical thread cannot go on. */
void ecs_explore_wait(const struct ecs_explore_site *site, const volatile void *p, size_t size)
{
    (void)site;
    (void)p;
    (void)size;
    abort();
}
