#include "trace_fixture.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const variants[] = { "plain", "tagged", NULL };
static const char *const variant_help[] = { "no tag", "a \"tag\", in one word", NULL };
static const char *const counters[] = { "ops", "retries", NULL };

static const struct ecs_param params[] = {
    { .name = "variant", .summary = "which stack", .kind = ECS_PARAM_CHOICE, .def = 1,
      .choices = variants, .choice_help = variant_help, .live = true, .rebuild = true },
    { .name = "stride", .summary = "bytes apart", .kind = ECS_PARAM_BYTES, .def = 128, .min = 8,
      .max = 4096, .multiple = 8, .live = true },
};
static const struct ecs_metric metrics[] = {
    { .name = "rate.total", .label = "operations, all threads", .unit = "ops/s",
      .source = ECS_MEASURED, .how = "counted by the workers" },
    { .name = "lost", .label = "lost nodes", .unit = "nodes", .source = ECS_MODEL,
      .how = "walk over the list", .lower_is_better = true, .is_count = true },
};

const struct ecs_scenario fixture_scenario = {
    .name = "fixture", .summary = "nothing at all", .params = params, .n_params = 2,
    .metrics = metrics, .n_metrics = 2, .counters = counters, .min_cpus = 2,
    .diagram = ECS_DIAGRAM_STACK,
};

void fixture_head(struct ecs_trace_head *head)
{
    memset(head, 0, sizeof *head);
    ecs_trace_head_here(head);
    snprintf(head->scenario, sizeof head->scenario, "fixture");
    snprintf(head->title, sizeof head->title, "A \"title\" with µ and \\");
    snprintf(head->lesson, sizeof head->lesson, "aba");
    head->sample_hz = 20;
}

void fixture_snapshot(uint64_t i, struct ecs_snapshot *s)
{
    memset(s, 0, sizeof *s);
    s->seq = i;
    s->time_ns = (i + 1) * 50000000;
    s->window_ns = 50000000;
    s->generation = (uint32_t)(i / 20);
    s->flags = i % 20 == 0 && i ? ECS_SNAP_CHANGED | ECS_SNAP_SETTLING
                                : i % 7 == 3 ? ECS_SNAP_DIRTY : 0;
    s->workers = 3;
    s->noise = (struct ecs_noise){ .delay = 0.31f, .canary = 0.05f, .cpu = 1, .why = 1 };
    s->values.v[0] = (int64_t)(i / 20 % 2);
    s->values.v[1] = 128;
    for (size_t k = 0; k < ECS_MAX_METRICS; k++)
        s->metric[k] = NAN;
    s->metric[0] = 1e8 / 3 + (double)i;
    s->metric[1] = i % 5 == 0 ? NAN : (double)i * 1e-9;
    for (size_t k = 0; k < ECS_MAX_WORKERS; k++)
        s->worker_cpu[k] = -1;
    for (size_t k = 0; k < s->workers; k++) {
        s->worker_rate[k] = 0.1f * (float)(i + k);
        s->worker_cpu[k] = (int16_t)k;
    }
}

void fixture_picture(uint64_t i, struct ecs_picture *p)
{
    memset(p, 0, sizeof *p);
    p->kind = ECS_DIAGRAM_STACK;
    p->bytes = 128;
    p->stride = 64;
    p->n_spans = 2;
    p->span[0] = (struct ecs_span){ .offset = 0, .size = 8, .owner = 0, .label = "count[0]" };
    p->span[1] = (struct ecs_span){ .offset = 64, .size = 8, .owner = -1, .label = "pad" };
    p->value[ECS_STACK_HEAD] = i;
    p->value[ECS_STACK_TAG] = UINT64_MAX - i;
    p->value[ECS_STACK_N_SAMPLE] = 8;
}

static char folder[64];

static void remove_folder(void)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command))
        fprintf(stderr, "%s is left behind\n", folder);
}

const char *fixture_path(const char *name)
{
    static char path[160];
    if (!folder[0]) {
        snprintf(folder, sizeof folder, "/tmp/ecs-trace-XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(folder));
        atexit(remove_folder);
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

void fixture_record(const char *path, uint64_t n)
{
    struct ecs_trace_head head;
    struct ecs_trace_writer *w;
    struct ecs_error e = { 0 };
    fixture_head(&head);
    ck_assert_msg(ecs_trace_create(path, &fixture_scenario, &head, &w, &e) == 0, "%s", e.what);
    for (uint64_t i = 0; i < n; i++) {
        struct ecs_snapshot s;
        struct ecs_picture p;
        fixture_snapshot(i, &s);
        fixture_picture(i, &p);
        ck_assert_msg(ecs_trace_write(w, &s, &e) == 0, "%s", e.what);
        if (i % 10 == 0)
            ck_assert_msg(ecs_trace_write_picture(w, i, &p, &e) == 0, "%s", e.what);
    }
    ck_assert_msg(ecs_trace_close(w, &e) == 0, "%s", e.what);
}

char *fixture_bytes(const char *path, size_t *size)
{
    FILE *f = fopen(path, "re");
    ck_assert_ptr_nonnull(f);
    struct stat st;
    ck_assert_int_eq(fstat(fileno(f), &st), 0);
    char *bytes = calloc(1, (size_t)st.st_size + 1);
    ck_assert_ptr_nonnull(bytes);
    *size = fread(bytes, 1, (size_t)st.st_size, f);
    fclose(f);
    ck_assert_uint_eq(*size, (size_t)st.st_size);
    return bytes;
}
