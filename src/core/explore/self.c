#include "core/explore/self.h"

#include <errno.h>
#include <string.h>

#include "core/explore/engine.h"

static struct {
    unsigned n;
    struct { void (*on_exit)(void *value, void *arg); void *arg; } key[ECS_SELF_SLOTS];
} keys;

struct ecs_self *ecs_self(void)
{
    return ecs_engine.now ? &ecs_engine.now->self : ecs_engine.as;
}

void ecs_explore_as(unsigned thread)
{
    ecs_engine.as = &ecs_engine.joined[thread];
}

int ecs_self_key_create(void (*on_exit)(void *value, void *arg), void *arg)
{
    if (keys.n == ECS_SELF_SLOTS)
        return -EAGAIN;
    keys.key[keys.n].on_exit = on_exit;
    keys.key[keys.n].arg = arg;
    return (int)keys.n++;
}

/* Keys live as long as the program is explored: a run must find those that set-up made. */
void ecs_self_key_delete(int key)
{
    if (key >= 0 && key < ECS_SELF_SLOTS)
        ecs_self()->slot[key] = NULL;
}

void ecs_self_run_hooks(struct ecs_self *self)
{
    for (unsigned i = keys.n; i > 0; i--) {
        void *value = self->slot[i - 1];
        if (value && keys.key[i - 1].on_exit)
            keys.key[i - 1].on_exit(value, keys.key[i - 1].arg);
        self->slot[i - 1] = NULL;
    }
}

void ecs_self_leave(void)
{
    ecs_self_run_hooks(ecs_self());
}

void ecs_self_forget_keys(void)
{
    memset(&keys, 0, sizeof keys);
}
