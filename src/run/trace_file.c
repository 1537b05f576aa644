/* Writing a trace. One write(2) a record: what a killed recorder leaves ends in a whole record or
 * in one that its check sum gives away. */
#include "run/trace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/hw/topology.h"
#include "run/crc32.h"
#include "run/trace_json.h"

/* Kept free for the end record. */
#define RESERVE 4096

struct ecs_trace_writer {
    char *path, *part;
    int fd;
    uint64_t bytes;              /* whole records written */
    uint64_t snaps, pictures;
    size_t n_params, n_metrics;
    bool broken;                 /* a write failed: nothing more goes in */
};

void ecs_trace_head_here(struct ecs_trace_head *head)
{
    const struct ecs_machine *m = ecs_machine();
    if (m) {
        snprintf(head->host, sizeof head->host, "%s", m->host);
        snprintf(head->cpu, sizeof head->cpu, "%s", m->cpu);
        snprintf(head->kernel, sizeof head->kernel, "%s", m->kernel);
        head->cpus = m->n_allowed;
        head->nodes = m->n_nodes;
    }
    time_t now = time(NULL);
    struct tm tm;
    char zone[8] = "";
    head->date[0] = '\0';
    if (!localtime_r(&now, &tm))
        return;
    strftime(head->date, sizeof head->date, "%Y-%m-%dT%H:%M:%S", &tm);
    strftime(zone, sizeof zone, "%z", &tm);
    size_t n = strlen(head->date);
    if (strlen(zone) == 5)   /* +0100 as ISO 8601 has it: +01:00 */
        snprintf(head->date + n, sizeof head->date - n, "%.3s:%s", zone, zone + 3);
}

/* ---- records ------------------------------------------------------------------------------- */

static int fail_write(struct ecs_trace_writer *w, int err, struct ecs_error *e)
{
    w->broken = true;
    if (ftruncate(w->fd, (off_t)w->bytes)) {
        /* The half record stays; its check sum gives it away. */
    }
    ecs_fail(e, -err, "%.200s cannot be written: %s", w->part, strerror(err));
    if (err == ENOSPC || err == EDQUOT)
        ecs_error_mend(e, "what was recorded so far is kept; make room, or record elsewhere");
    return -err;
}

static int write_all(struct ecs_trace_writer *w, const char *bytes, size_t n, struct ecs_error *e)
{
    for (size_t done = 0; done < n;) {
        ssize_t k = write(w->fd, bytes + done, n - done);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return fail_write(w, k < 0 ? errno : EIO, e);
        done += (size_t)k;
    }
    w->bytes += n;
    return 0;
}

/* Takes over `record`. */
static int put(struct ecs_trace_writer *w, json_t *record, size_t reserve, struct ecs_error *e)
{
    if (w->broken) {
        json_decref(record);
        return ecs_fail(e, -EIO, "%.200s could not be written before", w->part);
    }
    char *json = record ? json_dumps(record, JSON_COMPACT) : NULL;
    json_decref(record);
    if (!json)
        return ecs_fail(e, -ENOMEM, "out of memory");
    size_t n = strlen(json), size = n + 16;
    char *line = malloc(size);
    int rc;
    if (!line) {
        rc = ecs_fail(e, -ENOMEM, "out of memory");
    } else if (n + 16 > ECS_TRACE_MAX_LINE) {
        rc = ecs_fail(e, -EINVAL, "a record is too long for a recording");
    } else if (w->bytes + n + 16 + reserve > ECS_TRACE_MAX_BYTES) {
        rc = ecs_fail(e, -EFBIG, "the recording has reached its largest size, 256 MiB");
    } else {
        int len = snprintf(line, size, "%08" PRIx32 " %s\n", ecs_crc32(json, n), json);
        rc = write_all(w, line, (size_t)len, e);
    }
    free(line);
    free(json);
    return rc;
}

static int put_head(struct ecs_trace_writer *w, const struct ecs_scenario *s,
                    const struct ecs_trace_head *h, struct ecs_error *e)
{
    json_t *o = json_pack("{s:s, s:i, s:s, s:i, s:i, s:f, s:o}", "t", "head", "version",
                          ECS_TRACE_VERSION, "made_by", "ecscope " ECS_VERSION, "cpus",
                          (int)h->cpus, "nodes", (int)h->nodes, "sample_hz", h->sample_hz,
                          "scenario", ecs_trace_scenario_json(s));
    const char *const text[][2] = { { "title", h->title }, { "lesson", h->lesson },
                                    { "host", h->host }, { "cpu", h->cpu },
                                    { "kernel", h->kernel }, { "date", h->date } };
    for (size_t i = 0; o && i < sizeof text / sizeof *text; i++)
        json_object_set_new(o, text[i][0], ecs_json_from_text(text[i][1]));
    return put(w, o, RESERVE, e);
}

static json_t *noise_json(const struct ecs_noise *n)
{
    json_t *o = json_object();
    json_object_set_new(o, "delay", ecs_json_from_double((double)n->delay));
    json_object_set_new(o, "steal", ecs_json_from_double((double)n->steal));
    json_object_set_new(o, "canary", ecs_json_from_double((double)n->canary));
    json_object_set_new(o, "foreign", ecs_json_from_double((double)n->foreign));
    json_object_set_new(o, "cpu", json_integer(n->cpu));
    json_object_set_new(o, "why", json_integer(n->why));
    return o;
}

int ecs_trace_write(struct ecs_trace_writer *w, const struct ecs_snapshot *s, struct ecs_error *e)
{
    if (w->snaps >= ECS_TRACE_MAX_SNAPS)
        return ecs_fail(e, -EFBIG, "the recording has reached its largest length");
    json_t *values = json_array(), *metrics = json_array();
    json_t *rates = json_array(), *cpus = json_array();
    for (size_t i = 0; i < w->n_params; i++)
        json_array_append_new(values, json_integer((json_int_t)s->values.v[i]));
    for (size_t i = 0; i < w->n_metrics; i++)
        json_array_append_new(metrics, ecs_json_from_double(s->metric[i]));
    for (uint32_t i = 0; i < s->workers && i < ECS_MAX_WORKERS; i++) {
        json_array_append_new(rates, ecs_json_from_double((double)s->worker_rate[i]));
        json_array_append_new(cpus, json_integer(s->worker_cpu[i]));
    }
    json_t *o = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o}",
                          "t", "snap", "seq", (json_int_t)s->seq, "time",
                          (json_int_t)s->time_ns, "window", (json_int_t)s->window_ns,
                          "gen", (json_int_t)s->generation, "flags", (json_int_t)s->flags,
                          "workers", (json_int_t)s->workers, "noise", noise_json(&s->noise),
                          "values", values, "metrics", metrics, "rates", rates, "cpus", cpus);
    int rc = put(w, o, RESERVE, e);
    if (rc == 0)
        w->snaps++;
    return rc;
}

int ecs_trace_write_picture(struct ecs_trace_writer *w, uint64_t seq, const struct ecs_picture *p,
                            struct ecs_error *e)
{
    if (w->pictures >= ECS_TRACE_MAX_PICTURES)
        return ecs_fail(e, -EFBIG, "the recording has reached its largest length");
    json_t *spans = json_array(), *values = json_array();
    for (uint32_t i = 0; i < p->n_spans && i < ECS_MAX_SPANS; i++) {
        const struct ecs_span *s = &p->span[i];
        json_array_append_new(spans, json_pack("[I, I, i, o]", (json_int_t)s->offset,
                                               (json_int_t)s->size, (int)s->owner,
                                               ecs_json_from_text(s->label)));
    }
    for (size_t i = 0; i < sizeof p->value / sizeof *p->value; i++)
        json_array_append_new(values, ecs_json_from_u64(p->value[i]));
    json_t *o = json_pack("{s:s, s:I, s:s, s:I, s:I, s:o, s:o}", "t", "pict", "seq",
                          (json_int_t)seq, "kind", ecs_diagram_name(p->kind), "bytes",
                          (json_int_t)p->bytes, "stride", (json_int_t)p->stride, "spans", spans,
                          "values", values);
    int rc = put(w, o, RESERVE, e);
    if (rc == 0)
        w->pictures++;
    return rc;
}

/* ---- the file ------------------------------------------------------------------------------ */

static void writer_free(struct ecs_trace_writer *w)
{
    if (w->fd >= 0)
        close(w->fd);
    free(w->path);
    free(w->part);
    free(w);
}

static int open_part(struct ecs_trace_writer *w, struct ecs_error *e)
{
    w->fd = open(w->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (w->fd >= 0)
        return 0;
    int err = errno;
    if (err == EEXIST) {
        ecs_fail(e, -err, "%.200s is there: a recording is under way or was cut off", w->part);
        ecs_error_mend(e, "replay it, then delete it, or record under another name");
    } else {
        ecs_fail(e, -err, "%.200s cannot be written: %s", w->path, strerror(err));
        ecs_error_mend(e, "name a file in a folder that you may write to");
    }
    return -err;
}

int ecs_trace_create(const char *path, const struct ecs_scenario *s,
                     const struct ecs_trace_head *head, struct ecs_trace_writer **out,
                     struct ecs_error *e)
{
    *out = NULL;
    struct ecs_trace_writer *w = calloc(1, sizeof *w);
    if (!w)
        return ecs_fail(e, -ENOMEM, "out of memory");
    w->fd = -1;
    w->n_params = s->n_params;
    w->n_metrics = s->n_metrics;
    w->path = strdup(path);
    if (asprintf(&w->part, "%s.part", path) < 0)
        w->part = NULL;
    int rc = w->path && w->part ? open_part(w, e) : ecs_fail(e, -ENOMEM, "out of memory");
    if (rc) {
        writer_free(w);
        return rc;
    }
    rc = put_head(w, s, head, e);
    if (rc) {
        ecs_trace_abandon(w);
        return rc;
    }
    *out = w;
    return 0;
}

void ecs_trace_abandon(struct ecs_trace_writer *w)
{
    if (!w)
        return;
    unlink(w->part);
    writer_free(w);
}

/* A rename lasts once its folder is on disk; a file system that cannot say so is let be. */
static void sync_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 0;
    if (n >= sizeof folder)
        return;
    if (!slash)
        snprintf(folder, sizeof folder, ".");
    else
        snprintf(folder, sizeof folder, "%.*s", n ? (int)n : 1, path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

int ecs_trace_close(struct ecs_trace_writer *w, struct ecs_error *e)
{
    int rc = 0;
    /* What could be written is kept, without an end record: it reads as cut off. */
    if (!w->broken)
        rc = put(w, json_pack("{s:s, s:I, s:I}", "t", "end", "snaps", (json_int_t)w->snaps,
                              "pictures", (json_int_t)w->pictures), 0, e);
    if (fsync(w->fd) && errno != EINVAL && errno != ENOTSUP && rc == 0) {
        int err = errno;
        rc = ecs_fail(e, -err, "%.200s cannot be written: %s", w->part, strerror(err));
    }
    if (rename(w->part, w->path)) {
        int err = errno;
        if (rc == 0)
            rc = ecs_fail(e, -err, "%.200s cannot be given its name: %s", w->part, strerror(err));
    } else {
        sync_folder(w->path);
    }
    writer_free(w);
    return rc;
}
