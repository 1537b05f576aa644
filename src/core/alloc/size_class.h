/* Size classes: which block size serves a request.
 *
 * Class 0 is 8 bytes, classes 1 to 8 are multiples of 16 up to 128, and from there each doubling
 * is cut into eight equal steps up to 4096. So a request rounded up to 16 bytes wastes at most one
 * eighth of its block, and every block of 16 bytes or more can start on a 16-byte border. */
#ifndef ECS_ALLOC_SIZE_CLASS_H
#define ECS_ALLOC_SIZE_CLASS_H

#include <stddef.h>
#include <stdint.h>

#define ECS_ALLOC_MAX 4096u       /* the largest request that a class serves */
#define ECS_SIZE_CLASSES 49u

/* Class of a request of 1 to ECS_ALLOC_MAX bytes. */
static inline unsigned ecs_size_class(size_t size)
{
    if (size <= 8)
        return 0;
    if (size <= 128)
        return (unsigned)(size + 15) / 16;
    unsigned last = (unsigned)size - 1;
    unsigned doubling = 31u - (unsigned)__builtin_clz(last);    /* 7 for 129 … 256 */
    return (doubling - 6) * 8 + ((last >> (doubling - 3)) & 7) + 1;
}

/* Block size of a class. */
static inline uint32_t ecs_size_class_bytes(unsigned size_class)
{
    if (size_class == 0)
        return 8;
    if (size_class <= 8)
        return size_class * 16;
    unsigned doubling = (size_class - 1) / 8 + 6;
    return (1u << doubling) + ((size_class - 1) % 8 + 1) * (1u << (doubling - 3));
}

#endif
