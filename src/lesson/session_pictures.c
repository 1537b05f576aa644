#include "lesson/session_pictures.h"

#include <stdlib.h>
#include <string.h>

static bool have_room(struct ecs_pictures *p)
{
    if (!p->v)
        p->v = calloc(ECS_PICTURES, sizeof *p->v);
    if (!p->seq)
        p->seq = calloc(ECS_PICTURES, sizeof *p->seq);
    return p->v && p->seq;
}

static size_t newest(const struct ecs_pictures *p)
{
    return (p->next + ECS_PICTURES - 1) % ECS_PICTURES;
}

void ecs_pictures_add(struct ecs_pictures *p, uint64_t seq, const struct ecs_picture *picture)
{
    if (picture->kind == ECS_DIAGRAM_NONE || !have_room(p))
        return;
    if (p->held && !memcmp(&p->v[newest(p)], picture, sizeof *picture))
        return;
    p->v[p->next] = *picture;
    p->seq[p->next] = seq;
    p->next = (p->next + 1) % ECS_PICTURES;
    p->held += p->held < ECS_PICTURES;
}

bool ecs_pictures_get(const struct ecs_pictures *p, uint64_t seq, struct ecs_picture *out)
{
    for (size_t i = 0; i < p->held; i++) {
        size_t at = (p->next + ECS_PICTURES - 1 - i) % ECS_PICTURES;
        if (p->seq[at] <= seq) {
            *out = p->v[at];
            return true;
        }
    }
    return false;
}

void ecs_pictures_clear(struct ecs_pictures *p)
{
    p->held = p->next = 0;
}

void ecs_pictures_free(struct ecs_pictures *p)
{
    free(p->v);
    free(p->seq);
    *p = (struct ecs_pictures){0};
}
