#include "core/explore/schedule.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *ecs_choice_text(struct ecs_choice c, char *out, size_t size)
{
    switch (c.move) {
    case ECS_MOVE_FLUSH: snprintf(out, size, "%uf", c.thread); break;
    case ECS_MOVE_STALE: snprintf(out, size, "%ur%u", c.thread, c.skip); break;
    case ECS_MOVE_SPURIOUS: snprintf(out, size, "%us", c.thread); break;
    default: snprintf(out, size, "%u", c.thread); break;
    }
    return out;
}

static bool same(struct ecs_choice a, struct ecs_choice b)
{
    return a.thread == b.thread && a.move == b.move && a.skip == b.skip;
}

char *ecs_schedule_text(const char *head, const struct ecs_choice *path, size_t n, char *out,
                        size_t size)
{
    char one[16];
    size_t at = (size_t)snprintf(out, size, "%s:", head);
    for (size_t i = 0, k; i < n && at < size; i += k) {
        for (k = 1; i + k < n && same(path[i], path[i + k]); k++)
            ;
        at += (size_t)snprintf(out + at, size - at, k > 1 ? " %s*%zu" : " %s",
                               ecs_choice_text(path[i], one, sizeof one), k);
    }
    return out;
}

/* "12", no sign, at most `max`. Moves `*s` behind it. */
static bool number(const char **s, unsigned long max, unsigned long *out)
{
    char *end;
    if (**s < '0' || **s > '9')
        return false;
    *out = strtoul(*s, &end, 10);
    *s = end;
    return *out <= max;
}

static bool parse_move(const char *s, struct ecs_choice *c, unsigned long *times)
{
    unsigned long n;
    *c = (struct ecs_choice){0};
    *times = 1;
    if (!number(&s, 9, &n))
        return false;
    c->thread = (uint8_t)n;
    if (*s == 'f') {
        c->move = ECS_MOVE_FLUSH;
        s++;
    } else if (*s == 's') {
        c->move = ECS_MOVE_SPURIOUS;
        s++;
    } else if (*s == 'r') {
        s++;
        if (!number(&s, 200, &n))
            return false;
        c->move = n ? ECS_MOVE_STALE : ECS_MOVE_STEP;
        c->skip = (uint8_t)n;
    }
    if (*s == '*') {
        s++;
        if (!number(&s, 100000, times) || *times == 0)
            return false;
    }
    return *s == '\0';
}

static int parse_moves(const char *s, struct ecs_choice *path, size_t max, size_t *n,
                       struct ecs_error *e)
{
    struct ecs_choice c;
    unsigned long times;
    for (s += strspn(s, " \t\n"); *s; s += strspn(s, " \t\n")) {
        size_t length = strcspn(s, " \t\n");
        char word[24];
        snprintf(word, sizeof word, "%.*s", (int)(length < 20 ? length : 20), s);
        if (length > 20 || !parse_move(word, &c, &times)) {
            ecs_fail(e, -EINVAL, "\"%s\" in the schedule is no move", word);
            ecs_error_mend(e, "a move is a thread: 0, 0*3; a flush of its buffer: 0f; "
                              "an older read: 0r1; a spurious failure: 0s");
            return -EINVAL;
        }
        if (times > max - *n)
            return ecs_fail(e, -EINVAL, "the schedule has more than %zu moves", max);
        while (times--)
            path[(*n)++] = c;
        s += length;
    }
    return 0;
}

int ecs_schedule_parse(const char *text, char *head, size_t head_size, struct ecs_choice *path,
                       size_t max, size_t *n, struct ecs_error *e)
{
    const char *colon = strchr(text, ':');
    text += strspn(text, " \t");
    *n = 0;
    if (!colon || colon <= text) {
        ecs_fail(e, -EINVAL, "the schedule does not say which program it is for");
        ecs_error_mend(e, "it looks like this: aba/plain/sc: 0*2 1*9 0*1");
        return -EINVAL;
    }
    if ((size_t)(colon - text) >= head_size)
        return ecs_fail(e, -EINVAL, "what stands before the colon of the schedule is too long");
    snprintf(head, head_size, "%.*s", (int)(colon - text), text);
    return parse_moves(colon + 1, path, max, n, e);
}
