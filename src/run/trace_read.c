/* Reading a trace, whoever wrote it: every length, count, index and number is checked before
 * anything above relies on it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/crc32.h"
#include "run/trace_json.h"

#define KNOWN_FLAGS (ECS_SNAP_DIRTY | ECS_SNAP_SETTLING | ECS_SNAP_CHANGED)
#define MAX_TIME_NS (INT64_C(366) * 86400 * 1000000000)
#define MAX_AREA (1u << 30)

struct reader {
    const char *name;
    const char *at, *end;        /* what is left of the bytes */
    int line;                    /* number of the record read last */
    struct ecs_trace *t;
    size_t snap_room, picture_room;
    bool ended;
};

static void damaged(struct reader *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void damaged(struct reader *r, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(r->t->damage, sizeof r->t->damage, fmt, args);
    va_end(args);
    r->t->truncated = true;
}

/* ---- lines --------------------------------------------------------------------------------- */

enum line { LINE_GOOD, LINE_NONE, LINE_CUT, LINE_LONG, LINE_FOREIGN, LINE_DAMAGED };

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Finds the JSON of the next line; whole and with the right check sum if LINE_GOOD. */
static enum line next_line(struct reader *r, const char **json, size_t *size)
{
    size_t left = (size_t)(r->end - r->at);
    if (left == 0)
        return LINE_NONE;
    r->line++;
    size_t look = left < ECS_TRACE_MAX_LINE ? left : ECS_TRACE_MAX_LINE;
    const char *line = r->at, *stop = memchr(line, '\n', look);
    uint32_t crc = 0;
    for (size_t i = 0; i < 8 && i < look; i++) {
        if (hex_digit(line[i]) < 0)
            return LINE_FOREIGN;
        crc = crc << 4 | (uint32_t)hex_digit(line[i]);
    }
    if (look > 9 && (line[8] != ' ' || line[9] != '{'))
        return LINE_FOREIGN;
    if (!stop)
        return left < ECS_TRACE_MAX_LINE ? LINE_CUT : LINE_LONG;
    if (stop - line < 11)
        return LINE_FOREIGN;
    *json = line + 9;
    *size = (size_t)(stop - *json);
    r->at = stop + 1;
    return ecs_crc32(*json, *size) == crc ? LINE_GOOD : LINE_DAMAGED;
}

static json_t *load(const char *json, size_t size)
{
    json_t *o = json_loadb(json, size, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(o))
        return o;
    json_decref(o);
    return NULL;
}

static const char *type_of(const json_t *record)
{
    const char *t = json_string_value(json_object_get(record, "t"));
    return t ? t : "";
}

/* ---- head ---------------------------------------------------------------------------------- */

static int foreign(struct reader *r, struct ecs_error *e)
{
    ecs_fail(e, -EINVAL, "this is not an ECScope recording");
    ecs_error_mend(e, "recordings are made by ecscope-learn record");
    ecs_error_at(e, r->name, 1);
    return -EINVAL;
}

static int bad_head(struct reader *r, const char *why, struct ecs_error *e)
{
    ecs_fail(e, -EINVAL, "the head of this recording is damaged: %s", why);
    ecs_error_mend(e, "without its head a recording cannot be played");
    ecs_error_at(e, r->name, 1);
    return -EINVAL;
}

static bool parse_place(const json_t *o, struct ecs_trace_head *h)
{
    int64_t cpus, nodes;
    if (!ecs_json_text(o, "title", h->title, sizeof h->title) ||
        !ecs_json_text(o, "lesson", h->lesson, sizeof h->lesson) ||
        !ecs_json_text(o, "host", h->host, sizeof h->host) ||
        !ecs_json_text(o, "cpu", h->cpu, sizeof h->cpu) ||
        !ecs_json_text(o, "kernel", h->kernel, sizeof h->kernel) ||
        !ecs_json_text(o, "date", h->date, sizeof h->date) ||
        !ecs_json_int(o, "cpus", 0, 1 << 20, &cpus) ||
        !ecs_json_int(o, "nodes", 0, 1 << 20, &nodes) ||
        !ecs_json_number(json_object_get(o, "sample_hz"), false, &h->sample_hz))
        return false;
    h->cpus = (unsigned)cpus;
    h->nodes = (unsigned)nodes;
    return h->sample_hz >= 0 && h->sample_hz <= 1e6;
}

static int parse_head(struct reader *r, const json_t *o, size_t size, struct ecs_error *e)
{
    int64_t version;
    if (strcmp(type_of(o), "head") != 0)
        return foreign(r, e);
    if (!ecs_json_int(o, "version", 1, INT32_MAX, &version))
        return bad_head(r, "it has no version", e);
    if (version > ECS_TRACE_VERSION) {
        ecs_fail(e, -EINVAL, "this recording was made by a newer version of ECScope "
                 "(format %" PRId64 ", this one reads %d)", version, ECS_TRACE_VERSION);
        ecs_error_mend(e, "replay it with the version that made it");
        ecs_error_at(e, r->name, 1);
        return -EINVAL;
    }
    const char *why = NULL;
    r->t->scenario = ecs_trace_scenario_parse(json_object_get(o, "scenario"), size, &why);
    if (!r->t->scenario)
        return bad_head(r, why, e);
    snprintf(r->t->head.scenario, sizeof r->t->head.scenario, "%.63s", r->t->scenario->name);
    if (!parse_place(o, &r->t->head))
        return bad_head(r, "the place and date in it cannot be read", e);
    return 0;
}

static int read_head(struct reader *r, struct ecs_error *e)
{
    const char *json;
    size_t size;
    switch (next_line(r, &json, &size)) {
    case LINE_GOOD:
        break;
    case LINE_NONE:
        ecs_fail(e, -EINVAL, "this file is empty, not an ECScope recording");
        ecs_error_at(e, r->name, 1);
        return -EINVAL;
    case LINE_CUT:
        return r->end - r->at < 10 ? foreign(r, e) : bad_head(r, "it is cut off", e);
    case LINE_DAMAGED:
        return bad_head(r, "its check sum does not match", e);
    default:
        return foreign(r, e);
    }
    json_t *o = load(json, size);
    int rc = o ? parse_head(r, o, size, e) : foreign(r, e);
    json_decref(o);
    return rc;
}

/* ---- snapshots ----------------------------------------------------------------------------- */

static bool parse_share(const json_t *o, const char *key, float *out)
{
    double v;
    if (!ecs_json_number(json_object_get(o, key), true, &v))
        return false;
    *out = isnan(v) || v < 0 ? 0 : v > 1e6 ? 1e6f : (float)v;
    return true;
}

static bool parse_noise(const json_t *o, struct ecs_noise *n)
{
    int64_t cpu, why;
    if (!parse_share(o, "delay", &n->delay) || !parse_share(o, "steal", &n->steal) ||
        !parse_share(o, "canary", &n->canary) || !parse_share(o, "foreign", &n->foreign) ||
        !ecs_json_int(o, "cpu", -1, INT16_MAX, &cpu) ||
        !ecs_json_int(o, "why", 0, UINT16_MAX, &why))
        return false;
    n->cpu = (int16_t)cpu;
    n->why = (uint16_t)why;
    return true;
}

static size_t n_choices(const struct ecs_param *p)
{
    size_t n = 0;
    while (p->choices[n])
        n++;
    return n;
}

static bool parse_values(const struct ecs_scenario *s, const json_t *list, struct ecs_values *out)
{
    if (!json_is_array(list) || json_array_size(list) != s->n_params)
        return false;
    for (size_t i = 0; i < s->n_params; i++) {
        const json_t *v = json_array_get(list, i);
        const struct ecs_param *p = &s->params[i];
        if (!json_is_integer(v))
            return false;
        out->v[i] = json_integer_value(v);
        if (p->kind == ECS_PARAM_CHOICE &&
            (out->v[i] < 0 || (uint64_t)out->v[i] >= n_choices(p)))
            return false;
    }
    return true;
}

static bool parse_metrics(const struct ecs_scenario *s, const json_t *list, double *out)
{
    if (!json_is_array(list) || json_array_size(list) != s->n_metrics)
        return false;
    for (size_t i = 0; i < ECS_MAX_METRICS; i++)
        out[i] = NAN;
    for (size_t i = 0; i < s->n_metrics; i++)
        if (!ecs_json_number(json_array_get(list, i), true, &out[i]))
            return false;
    return true;
}

static bool parse_workers(const json_t *o, struct ecs_snapshot *s)
{
    const json_t *rates = json_object_get(o, "rates"), *cpus = json_object_get(o, "cpus");
    if (json_array_size(rates) != s->workers || json_array_size(cpus) != s->workers)
        return false;
    for (size_t i = 0; i < ECS_MAX_WORKERS; i++)
        s->worker_cpu[i] = -1;
    for (size_t i = 0; i < s->workers; i++) {
        double rate;
        const json_t *cpu = json_array_get(cpus, i);
        if (!ecs_json_number(json_array_get(rates, i), true, &rate) || fabs(rate) > 1e30 ||
            !json_is_integer(cpu) || json_integer_value(cpu) < -1 ||
            json_integer_value(cpu) > INT16_MAX)
            return false;
        s->worker_rate[i] = (float)rate;
        s->worker_cpu[i] = (int16_t)json_integer_value(cpu);
    }
    return true;
}

/* Snapshots follow each other: a chart and a binary search may rely on it. */
static bool follows(const struct ecs_trace *t, const struct ecs_snapshot *s)
{
    if (t->n == 0)
        return true;
    const struct ecs_snapshot *last = &t->snap[t->n - 1];
    return s->seq > last->seq && s->time_ns >= last->time_ns && s->generation >= last->generation;
}

static const char *parse_snap(const struct ecs_trace *t, const json_t *o, struct ecs_snapshot *s)
{
    int64_t seq, time, window, generation, flags, workers;
    memset(s, 0, sizeof *s);
    if (!ecs_json_int(o, "seq", 0, INT64_MAX - 1, &seq) ||
        !ecs_json_int(o, "time", 0, MAX_TIME_NS, &time) ||
        !ecs_json_int(o, "window", 1, MAX_TIME_NS, &window) ||
        !ecs_json_int(o, "gen", 0, UINT32_MAX, &generation) ||
        !ecs_json_int(o, "flags", 0, UINT32_MAX, &flags) ||
        !ecs_json_int(o, "workers", 0, ECS_MAX_WORKERS, &workers))
        return "a snapshot's numbers are out of range";
    s->seq = (uint64_t)seq;
    s->time_ns = (uint64_t)time;
    s->window_ns = (uint64_t)window;
    s->generation = (uint32_t)generation;
    s->flags = (uint32_t)flags & KNOWN_FLAGS;
    s->workers = (uint32_t)workers;
    if (!parse_noise(json_object_get(o, "noise"), &s->noise))
        return "a snapshot's noise cannot be read";
    if (!parse_values(t->scenario, json_object_get(o, "values"), &s->values))
        return "a snapshot's parameters do not fit the head";
    if (!parse_metrics(t->scenario, json_object_get(o, "metrics"), s->metric))
        return "a snapshot's figures do not fit the head";
    if (!parse_workers(o, s))
        return "a snapshot's workers cannot be read";
    return follows(t, s) ? NULL : "a snapshot is out of order";
}

/* ---- pictures ------------------------------------------------------------------------------ */

static bool parse_span(const json_t *list, struct ecs_span *s)
{
    const json_t *offset = json_array_get(list, 0), *size = json_array_get(list, 1);
    const json_t *owner = json_array_get(list, 2), *label = json_array_get(list, 3);
    if (!json_is_integer(offset) || !json_is_integer(size) || !json_is_integer(owner) ||
        !json_is_string(label))
        return false;
    json_int_t from = json_integer_value(offset), n = json_integer_value(size);
    json_int_t who = json_integer_value(owner);
    if (from < 0 || from > MAX_AREA || n < 0 || n > MAX_AREA || who < -1 ||
        who >= ECS_MAX_WORKERS)
        return false;
    s->offset = (uint32_t)from;
    s->size = (uint32_t)n;
    s->owner = (int32_t)who;
    snprintf(s->label, sizeof s->label, "%s", json_string_value(label));
    ecs_clean_text(s->label);
    return true;
}

/* Counts inside the values that a screen goes by. */
static bool values_hold(const struct ecs_picture *p)
{
    size_t n = sizeof p->value / sizeof *p->value;
    if (p->kind == ECS_DIAGRAM_STACK)
        return p->value[ECS_STACK_N_SAMPLE] <= 8 && ECS_STACK_SAMPLE + 8 <= n;
    if (p->kind == ECS_DIAGRAM_POOLS)
        return p->value[ECS_POOLS_WORKERS] <= ECS_MAX_WORKERS;
    return true;
}

static const char *parse_picture(const json_t *o, uint64_t *seq, struct ecs_picture *p)
{
    const json_t *spans = json_object_get(o, "spans"), *values = json_object_get(o, "values");
    int64_t number, bytes, stride;
    memset(p, 0, sizeof *p);
    if (!ecs_json_int(o, "seq", 0, INT64_MAX - 1, &number) ||
        !ecs_json_int(o, "bytes", 0, MAX_AREA, &bytes) ||
        !ecs_json_int(o, "stride", 0, MAX_AREA, &stride) ||
        !ecs_diagram_parse(json_string_value(json_object_get(o, "kind")), &p->kind))
        return "a picture's numbers are out of range";
    *seq = (uint64_t)number;
    p->bytes = (uint32_t)bytes;
    p->stride = (uint32_t)stride;
    size_t n = json_array_size(spans);
    if (n > ECS_MAX_SPANS || json_array_size(values) > sizeof p->value / sizeof *p->value)
        return "a picture has too many parts";
    for (size_t i = 0; i < n; i++)
        if (!parse_span(json_array_get(spans, i), &p->span[i]))
            return "a part of a picture cannot be read";
    p->n_spans = (uint32_t)n;
    for (size_t i = 0; i < json_array_size(values); i++)
        if (!ecs_json_u64(json_array_get(values, i), &p->value[i]))
            return "a picture's values cannot be read";
    return values_hold(p) ? NULL : "a picture's values are out of range";
}

/* ---- records ------------------------------------------------------------------------------- */

static bool grow(void **array, size_t *room, size_t n, size_t most, size_t each)
{
    if (n < *room)
        return true;
    size_t want = *room ? *room * 2 : 64;
    if (n >= most)
        return false;
    void *bigger = realloc(*array, want * each);
    if (!bigger)
        return false;
    *array = bigger;
    *room = want;
    return true;
}

static const char *add_snap(struct reader *r, const json_t *o)
{
    struct ecs_trace *t = r->t;
    if (!grow((void **)&t->snap, &r->snap_room, t->n, ECS_TRACE_MAX_SNAPS, sizeof *t->snap))
        return "there are more snapshots than can be held";
    const char *why = parse_snap(t, o, &t->snap[t->n]);
    if (!why)
        t->n++;
    return why;
}

static const char *add_picture(struct reader *r, const json_t *o)
{
    struct ecs_trace *t = r->t;
    size_t n = t->n_pictures, room = r->picture_room;
    if (!grow((void **)&t->picture, &r->picture_room, n, ECS_TRACE_MAX_PICTURES,
              sizeof *t->picture))
        return "there are more pictures than can be held";
    if (!grow((void **)&t->picture_seq, &room, n, ECS_TRACE_MAX_PICTURES,
              sizeof *t->picture_seq))
        return "there are more pictures than can be held";
    const char *why = parse_picture(o, &t->picture_seq[n], &t->picture[n]);
    if (!why && n > 0 && t->picture_seq[n] < t->picture_seq[n - 1])
        why = "a picture is out of order";
    if (!why)
        t->n_pictures++;
    return why;
}

static const char *take_end(struct reader *r, const json_t *o)
{
    int64_t snaps;
    r->ended = true;
    if (!ecs_json_int(o, "snaps", 0, INT64_MAX, &snaps))
        return "the end record cannot be read";
    return (uint64_t)snaps == r->t->n ? NULL : "records are missing before the end";
}

static const char *take(struct reader *r, const json_t *o)
{
    const char *type = type_of(o);
    if (strcmp(type, "snap") == 0)
        return add_snap(r, o);
    if (strcmp(type, "pict") == 0)
        return add_picture(r, o);
    return strcmp(type, "end") == 0 ? take_end(r, o) : NULL;
}

/* One record after the head; false when there is nothing more to be had. */
static bool read_record(struct reader *r)
{
    const char *json;
    size_t size;
    switch (next_line(r, &json, &size)) {
    case LINE_GOOD:
        break;
    case LINE_NONE:
        damaged(r, "the recording was not closed: it ends after line %d", r->line);
        return false;
    case LINE_CUT:
        damaged(r, "line %d is cut off", r->line);
        return false;
    case LINE_LONG:
        damaged(r, "line %d is too long", r->line);
        return false;
    default:
        damaged(r, "line %d is damaged: its check sum does not match", r->line);
        return false;
    }
    json_t *o = load(json, size);
    const char *why = o ? take(r, o) : "it is not a record";
    json_decref(o);
    if (why)
        damaged(r, "line %d: %s", r->line, why);
    return !why && !r->ended;
}

int ecs_trace_parse(const char *name, const char *bytes, size_t size, struct ecs_trace **out,
                    struct ecs_error *e)
{
    *out = NULL;
    if (size > ECS_TRACE_MAX_BYTES)
        return ecs_fail(e, -EFBIG, "%.200s is larger than a recording can be, 256 MiB", name);
    struct reader r = { .name = name, .at = bytes, .end = bytes + size };
    r.t = calloc(1, sizeof *r.t);
    if (!r.t)
        return ecs_fail(e, -ENOMEM, "out of memory");
    int rc = read_head(&r, e);
    if (rc) {
        ecs_trace_free(r.t);
        return rc;
    }
    while (read_record(&r))
        ;
    *out = r.t;
    return 0;
}

void ecs_trace_free(struct ecs_trace *t)
{
    if (!t)
        return;
    free(t->scenario);
    free(t->snap);
    free(t->picture);
    free(t->picture_seq);
    free(t);
}

/* ---- the file ------------------------------------------------------------------------------ */

static int fail_read(const char *path, int err, struct ecs_error *e)
{
    return ecs_fail(e, -err, "%.200s cannot be read: %s", path, strerror(err));
}

/* Reads what is there now: a recording under way may grow meanwhile. */
static int slurp(int fd, size_t size, char **out, size_t *got)
{
    char *bytes = malloc(size ? size : 1);
    if (!bytes)
        return -ENOMEM;
    size_t n = 0;
    while (n < size) {
        ssize_t k = read(fd, bytes + n, size - n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0) {
            int err = errno;
            free(bytes);
            return -err;
        }
        if (k == 0)
            break;
        n += (size_t)k;
    }
    *out = bytes;
    *got = n;
    return 0;
}

static int check_file(const char *path, int fd, size_t *size, struct ecs_error *e)
{
    struct stat st;
    if (fstat(fd, &st))
        return fail_read(path, errno, e);
    if (S_ISDIR(st.st_mode))
        return fail_read(path, EISDIR, e);
    if (!S_ISREG(st.st_mode))
        return ecs_fail(e, -EINVAL, "%.200s is not a file", path);
    if ((uint64_t)st.st_size > ECS_TRACE_MAX_BYTES)
        return ecs_fail(e, -EFBIG, "%.200s is larger than a recording can be, 256 MiB", path);
    *size = (size_t)st.st_size;
    return 0;
}

int ecs_trace_read(const char *path, struct ecs_trace **out, struct ecs_error *e)
{
    *out = NULL;
    /* Non-blocking: a named pipe without a writer must not hold us. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail_read(path, errno, e);
    char *bytes = NULL;
    size_t size = 0;
    int rc = check_file(path, fd, &size, e);
    if (rc == 0) {
        rc = slurp(fd, size, &bytes, &size);
        if (rc)
            fail_read(path, -rc, e);
    }
    close(fd);
    if (rc == 0)
        rc = ecs_trace_parse(path, bytes, size, out, e);
    free(bytes);
    return rc;
}
