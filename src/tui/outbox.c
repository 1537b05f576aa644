#include "tui/outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"

int ecs_outbox_put(struct ecs_outbox *o, const char *bytes, size_t n)
{
    if (!ecs_outbox_pending(o)) {
        o->at = o->n = 0;
        o->first_ns = 0;
    }
    if (n > o->capacity - o->n) {
        size_t capacity = (o->n + n) * 2;
        char *more = realloc(o->bytes, capacity);
        if (!more)
            return -ENOMEM;
        o->bytes = more;
        o->capacity = capacity;
    }
    memcpy(o->bytes + o->n, bytes, n);
    o->n += n;
    return 0;
}

bool ecs_outbox_pending(const struct ecs_outbox *o)
{
    return o->at < o->n;
}

int ecs_outbox_flush(struct ecs_outbox *o, int fd)
{
    while (o->at < o->n) {
        ssize_t did = write(fd, o->bytes + o->at, o->n - o->at);
        if (did > 0) {
            if (o->first_ns == 0)
                o->first_ns = ecs_now_ns();
            o->at += (size_t)did;
            o->total += (uint64_t)did;
        } else if (did == 0 || errno == EAGAIN) {
            return 1;
        } else if (errno != EINTR) {
            o->at = o->n = 0;
            return -errno;
        }
    }
    return 0;
}

void ecs_outbox_free(struct ecs_outbox *o)
{
    free(o->bytes);
    *o = (struct ecs_outbox){.bytes = NULL};
}
