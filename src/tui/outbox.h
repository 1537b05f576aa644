/* Bytes on their way to a terminal that may be slow: kept in order, written as far as they go. */
#ifndef ECS_TUI_OUTBOX_H
#define ECS_TUI_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ecs_outbox {
    char *bytes;
    size_t at, n, capacity;     /* bytes[at…n) are still to go */
    uint64_t total;             /* written so far, ever */
    uint64_t first_ns;          /* when the first byte after the last ecs_outbox_put() on an empty
                                   box was written; 0: not yet */
};

/* 0 or -ENOMEM (nothing was added). */
int ecs_outbox_put(struct ecs_outbox *o, const char *bytes, size_t n);
bool ecs_outbox_pending(const struct ecs_outbox *o);
/* Writes to a non-blocking descriptor: 0 all gone, 1 some are left, or a negative errno: the reader
 * has gone (-EIO, -EPIPE) and the rest was dropped. */
int ecs_outbox_flush(struct ecs_outbox *o, int fd);
void ecs_outbox_free(struct ecs_outbox *o);

#endif
