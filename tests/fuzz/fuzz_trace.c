/* The trace reader, on bytes as they come and again with every check sum put right: a check sum
 * would keep nearly all mutations out of what lies behind it. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/crc32.h"
#include "run/format.h"
#include "run/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* What everything above relies on. */
static void check_snapshot(const struct ecs_scenario *s, const struct ecs_snapshot *snap)
{
    char text[128];
    require(snap->workers <= ECS_MAX_WORKERS && snap->window_ns > 0);
    for (size_t i = 0; i < s->n_params; i++) {
        const struct ecs_param *p = &s->params[i];
        int64_t n = 0;
        while (p->kind == ECS_PARAM_CHOICE && p->choices[n])
            n++;
        require(n == 0 || (snap->values.v[i] >= 0 && snap->values.v[i] < n));
        require(strlen(ecs_value_text(&s->params[i], snap->values.v[i], text, sizeof text)) <
                sizeof text);
    }
    for (size_t i = 0; i < s->n_metrics; i++) {
        require(!isinf(snap->metric[i]));
        ecs_format_si(snap->metric[i], s->metrics[i].unit, text, sizeof text);
    }
}

static void check_trace(const struct ecs_trace *t)
{
    const struct ecs_scenario *s = t->scenario;
    require(s && s->name[0] && s->n_params <= ECS_MAX_PARAMS);
    require(s->n_metrics >= 1 && s->n_metrics <= ECS_MAX_METRICS);
    for (size_t i = 0; i < t->n; i++)
        check_snapshot(s, &t->snap[i]);
    for (size_t i = 0; i < t->n_pictures; i++)
        require(t->picture[i].n_spans <= ECS_MAX_SPANS);
}

static void parse(const char *bytes, size_t size)
{
    struct ecs_trace *t;
    struct ecs_error e = { 0 };
    if (ecs_trace_parse("fuzz", bytes, size, &t, &e)) {
        require(!t && e.what[0]);
        return;
    }
    check_trace(t);
    struct ecs_replay *r;
    if (ecs_replay_new(t, true, &r))
        return;
    uint64_t now = 1000;
    for (int i = 0; i < 20; i++) {
        uint64_t wait = ecs_replay_advance(r, now);
        if (wait == UINT64_MAX)
            break;
        require(wait > 0);
        now += wait;
    }
    ecs_replay_all(r);
    ecs_replay_free(r);
}

static void sign_lines(char *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        char *stop = memchr(bytes + at, '\n', size - at);
        size_t n = (stop ? (size_t)(stop - bytes) : size) - at;
        if (n > 9) {
            char crc[9];
            snprintf(crc, sizeof crc, "%08" PRIx32, ecs_crc32(bytes + at + 9, n - 9));
            memcpy(bytes + at, crc, 8);
        }
        at += n + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    parse((const char *)data, size);
    char *copy = malloc(size ? size : 1);
    if (!copy)
        return 0;
    memcpy(copy, data, size);
    sign_lines(copy, size);
    parse(copy, size);
    free(copy);
    return 0;
}
