#include "tui/app_record.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define AT_ONCE 8
#define PICTURE_EVERY_NS 500000000ull

struct ecs_recorder {
    struct ecs_trace_writer *writer;
    const struct ecs_series *series;
    const struct ecs_scenario *scenario;
    uint64_t next;              /* sequence number */
    uint64_t pictured_ns;       /* run time of the last picture */
    char path[PATH_MAX];
};

static int create(struct ecs_recorder *r, const char *folder, const struct ecs_trace_head *head,
                  struct ecs_error *e)
{
    char stamp[32];
    time_t now = time(NULL);
    struct tm local;

    localtime_r(&now, &local);
    strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &local);
    snprintf(r->path, sizeof r->path, "%s%s%s-%s.ecst", folder ? folder : "", folder ? "/" : "",
             r->scenario->name, stamp);
    return ecs_trace_create(r->path, r->scenario, head, &r->writer, e);
}

int ecs_recorder_new(const struct ecs_session *s, const char *fallback, struct ecs_recorder **out,
                     struct ecs_error *e)
{
    struct ecs_trace_head head = {.sample_hz = 20};
    const struct ecs_player *player = ecs_session_player(s);
    uint64_t first;

    *out = NULL;
    if (!ecs_session_series(s) || ecs_session_recorded(s))
        return ecs_fail(e, -EINVAL, "nothing runs that could be recorded");
    struct ecs_recorder *r = calloc(1, sizeof *r);
    if (!r)
        return ecs_fail(e, -ENOMEM, "no memory to record");
    r->series = ecs_session_series(s);
    r->scenario = ecs_session_scenario(s);
    ecs_series_range(r->series, &first, &r->next);
    ecs_trace_head_here(&head);
    snprintf(head.scenario, sizeof head.scenario, "%s", r->scenario->name);
    if (player) {
        const struct ecs_lesson *lesson = ecs_player_lesson(player);
        snprintf(head.title, sizeof head.title, "%s", lesson->title ? lesson->title : "");
        snprintf(head.lesson, sizeof head.lesson, "%s", lesson->id ? lesson->id : "");
    }
    int rc = create(r, NULL, &head, e);
    if (rc < 0 && fallback)
        rc = create(r, fallback, &head, e);
    if (rc < 0) {
        free(r);
        return rc;
    }
    *out = r;
    return 0;
}

const char *ecs_recorder_path(const struct ecs_recorder *r)
{
    return r->path;
}

static int write_picture(struct ecs_recorder *r, const struct ecs_session *s,
                         const struct ecs_snapshot *snap, struct ecs_error *e)
{
    struct ecs_picture picture;

    if (snap->time_ns - r->pictured_ns < PICTURE_EVERY_NS && r->pictured_ns != 0)
        return 0;
    if (!ecs_session_picture(s, snap->seq, &picture) || picture.kind == ECS_DIAGRAM_NONE)
        return 0;
    r->pictured_ns = snap->time_ns;
    return ecs_trace_write_picture(r->writer, snap->seq, &picture, e);
}

bool ecs_recorder_feed(struct ecs_recorder *r, const struct ecs_session *s, struct ecs_error *e)
{
    struct ecs_snapshot snap[AT_ONCE];
    uint64_t first, end;

    if (ecs_session_series(s) != r->series || ecs_session_scenario(s) != r->scenario)
        return false;
    ecs_series_range(r->series, &first, &end);
    if (end < r->next)
        return false;
    if (r->next < first)
        r->next = first;
    while (r->next < end) {
        size_t n = ecs_series_copy(r->series, r->next, snap, AT_ONCE);
        if (n == 0)
            break;
        for (size_t i = 0; i < n; i++)
            if (ecs_trace_write(r->writer, &snap[i], e) < 0 ||
                write_picture(r, s, &snap[i], e) < 0)
                return false;
        r->next = snap[n - 1].seq + 1;
    }
    return true;
}

int ecs_recorder_close(struct ecs_recorder *r, struct ecs_error *e)
{
    int rc = ecs_trace_close(r->writer, e);
    free(r);
    return rc;
}
