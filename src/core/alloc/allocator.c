#include "core/alloc/allocator.h"

const struct ecs_allocator *const ecs_allocators[] = {
    &ecs_allocator_libc,
    &ecs_allocator_mutex,
    &ecs_allocator_lockfree,
    &ecs_allocator_thread_local,
    &ecs_allocator_two_level,
    NULL,
};
