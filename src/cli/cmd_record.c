/* record: a scenario's or a lesson's run, kept in a file. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/drive.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "core/base/clock.h"
#include "run/format.h"
#include "run/trace_file.h"

#define DEFAULT_NS (10 * ECS_NS_PER_S)
#define SIDE_NS (5 * ECS_NS_PER_S)      /* a lesson stays this long on one value, at most */
#define PICTURE_EVERY 10                /* windows */

struct recording {
    const struct ecs_scenario *scenario;
    struct ecs_values values;
    struct ecs_trace_head head;
    struct ecs_trace_writer *writer;
    const char *path;
    bool force;
    size_t windows;
    uint64_t ns;
    struct ecs_picture picture;      /* the last one written */
    /* A lesson's comparison: both values take turns. param: -1 for none. */
    int param;
    int64_t side[2];
    uint64_t side_ns;
    unsigned turn;
};

/* ---- while it runs ------------------------------------------------------------------------- */

static int write_picture(struct recording *r, struct ecs_run *run,
                         const struct ecs_snapshot *snap, struct ecs_error *e)
{
    struct ecs_picture p;
    memset(&p, 0, sizeof p);
    if (snap->seq % PICTURE_EVERY != 0 && !(snap->flags & ECS_SNAP_CHANGED))
        return 0;
    ecs_run_picture(run, &p);
    if (p.kind == ECS_DIAGRAM_NONE || memcmp(&p, &r->picture, sizeof p) == 0)
        return 0;
    r->picture = p;
    return ecs_trace_write_picture(r->writer, snap->seq, &p, e);
}

static int take(void *arg, struct ecs_run *run, const struct ecs_snapshot *snap,
                struct ecs_error *e)
{
    struct recording *r = arg;
    int rc = ecs_trace_write(r->writer, snap, e);
    if (rc == 0)
        rc = write_picture(r, run, snap, e);
    if (rc == 0)
        r->windows++;
    return rc;
}

/* Changes sides when it is time to. */
static int tick(void *arg, struct ecs_run *run, uint64_t elapsed, struct ecs_error *e)
{
    struct recording *r = arg;
    if (r->param < 0)
        return 0;
    unsigned turn = (unsigned)(elapsed / r->side_ns);
    if (turn == r->turn)
        return 0;
    r->turn = turn;
    return ecs_run_set(run, r->param, r->side[turn % 2], e);
}

/* ---- before -------------------------------------------------------------------------------- */

static const struct ecs_scenario_block *first_scenario(const struct ecs_lesson *l)
{
    for (size_t i = 0; i < l->n; i++)
        for (size_t k = 0; k < l->step[i].n; k++)
            if (l->step[i].block[k].kind == ECS_BLOCK_SCENARIO)
                return &l->step[i].block[k].scenario;
    return NULL;
}

/* Text may be cut, a character may not. */
static void copy_text(char *out, size_t size, const char *text)
{
    size_t n = strnlen(text, size);
    if (n == size)
        for (n = size - 1; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
            ;
    memcpy(out, text, n);
    out[n] = '\0';
}

static void take_lesson(struct recording *r, const struct ecs_lesson *l,
                        const struct ecs_scenario_block *b)
{
    r->scenario = b->scenario;
    r->values = b->values;
    copy_text(r->head.lesson, sizeof r->head.lesson, l->id);
    copy_text(r->head.title, sizeof r->head.title, l->title ? l->title : l->id);
    r->param = b->compare_param;
    r->side[0] = b->compare_a;
    r->side[1] = b->compare_b;
}

static int unknown_name(const char *name, const struct ecs_lessons *lessons, struct ecs_error *e)
{
    size_t n, count = 0;
    const struct ecs_scenario *const *scenarios = ecs_scenarios(&n);
    const char **names = calloc(n + lessons->n + 1, sizeof *names);
    for (size_t i = 0; names && i < n; i++)
        names[count++] = scenarios[i]->name;
    for (size_t i = 0; names && i < lessons->n; i++)
        names[count++] = lessons->v[i]->id;
    const char *near = names ? ecs_nearest(name, names) : NULL;
    ecs_fail(e, -EINVAL, "there is no scenario or lesson \"%.80s\"", name);
    if (near)
        ecs_error_mend(e, "did you mean %s?", near);
    else
        ecs_error_mend(e, "see " ECS_PROGRAM " list");
    free(names);
    return -EINVAL;
}

static int find_lesson(const struct ecs_arguments *a, struct recording *r, struct ecs_error *e)
{
    char folder[PATH_MAX];
    struct ecs_lessons lessons = { 0 };
    int rc = ecs_input_lessons_folder(a, folder, sizeof folder, e);
    if (rc == 0)
        rc = ecs_input_lessons(folder, &lessons, e);
    if (rc)
        return rc;
    const struct ecs_lesson *l = ecs_lessons_find(&lessons, a->word[0]);
    const struct ecs_scenario_block *b = l ? first_scenario(l) : NULL;
    if (!l)
        rc = unknown_name(a->word[0], &lessons, e);
    else if (!b)
        rc = ecs_fail(e, -EINVAL, "lesson %.60s runs no scenario", l->id);
    else
        take_lesson(r, l, b);
    ecs_lessons_free(&lessons);
    return rc;
}

/* True if a --set names the parameter. */
static bool told(const struct ecs_arguments *a, const char *param)
{
    size_t n = strlen(param);
    for (size_t i = 0; i < a->n_given; i++) {
        if (strcmp(a->given[i].option->name, "set") != 0)
            continue;
        for (const char *p = a->given[i].value; p; p = strchr(p, ','), p = p ? p + 1 : NULL)
            if (strncmp(p, param, n) == 0 && p[n] == '=')
                return true;
    }
    return false;
}

static int find_subject(const struct ecs_arguments *a, struct recording *r, struct ecs_error *e)
{
    size_t n;
    const struct ecs_scenario *const *list = ecs_scenarios(&n);
    r->param = -1;
    r->scenario = ecs_scenario_find(list, n, a->word[0]);
    if (r->scenario) {
        ecs_values_default(r->scenario, &r->values);
        copy_text(r->head.title, sizeof r->head.title, r->scenario->summary);
    } else {
        int rc = find_lesson(a, r, e);
        if (rc)
            return rc;
    }
    for (size_t i = 0; i < a->n_given; i++) {
        if (strcmp(a->given[i].option->name, "set") != 0)
            continue;
        int rc = ecs_input_assign(r->scenario, a->given[i].value, &r->values, e);
        if (rc)
            return rc;
    }
    /* A lesson takes turns between its two values, unless it was told which one. */
    if (r->param >= 0 && told(a, r->scenario->params[r->param].name))
        r->param = -1;
    if (r->param >= 0)
        r->values.v[r->param] = r->side[0];
    return ecs_input_check(r->scenario, &r->values, e);
}

static int check_path(const struct ecs_arguments *a, struct recording *r, struct ecs_error *e)
{
    r->path = ecs_arguments_value(a, "output");
    r->force = ecs_arguments_has(a, "force");
    if (!r->path || !r->path[0]) {
        ecs_fail(e, -EINVAL, "record needs a file to write to");
        ecs_error_mend(e, "name one with -o FILE");
        return -EINVAL;
    }
    struct stat st;
    bool there = lstat(r->path, &st) == 0;
    /* The finished file takes the name over: never that of a device, a pipe or a folder. */
    if (there && !S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode)) {
        ecs_fail(e, -EINVAL, "%.200s is not a file", r->path);
        ecs_error_mend(e, "name a file that is not there yet");
        return -EINVAL;
    }
    if (there && !r->force) {
        ecs_fail(e, -EEXIST, "%.200s is there already", r->path);
        ecs_error_mend(e, "name another file, or say --force to replace it");
        return -EEXIST;
    }
    return 0;
}

static int read_arguments(const struct ecs_arguments *a, struct recording *r, struct ecs_error *e)
{
    const char *seconds = ecs_arguments_value(a, "seconds");
    int rc = check_path(a, r, e);
    if (rc == 0)
        rc = find_subject(a, r, e);
    r->ns = DEFAULT_NS;
    if (rc == 0 && seconds)
        rc = ecs_input_time("seconds", seconds, ECS_NS_PER_S / 10, 86400 * ECS_NS_PER_S, &r->ns,
                            e);
    r->side_ns = r->ns / 2 < SIDE_NS ? r->ns / 2 : SIDE_NS;
    ecs_trace_head_here(&r->head);
    copy_text(r->head.scenario, sizeof r->head.scenario, rc ? "" : r->scenario->name);
    r->head.sample_hz = 20;
    return rc;
}

/* ---- all together -------------------------------------------------------------------------- */

static int open_file(struct recording *r, struct ecs_error *e)
{
    if (r->force) {
        char *part;
        if (asprintf(&part, "%s.part", r->path) < 0)
            return ecs_fail(e, -ENOMEM, "out of memory");
        unlink(part);
        free(part);
    }
    return ecs_trace_create(r->path, r->scenario, &r->head, &r->writer, e);
}

static int record(const struct ecs_arguments *a)
{
    struct recording r = { 0 };
    struct ecs_error e = { 0 }, note, closing = { 0 };
    if (read_arguments(a, &r, &e) || open_file(&r, &e))
        return ecs_print_error(&e);
    struct ecs_drive drive = { .ns = r.ns, .window = take, .tick = tick, .arg = &r };
    int status = ECS_EXIT_DONE;
    if (ecs_drive(r.scenario, &r.values, &drive, &note, &e))
        status = ecs_print_error(&e);
    if (status && r.windows == 0) {
        ecs_trace_abandon(r.writer);
        return status;
    }
    /* What was recorded before something went wrong is kept. */
    if (ecs_trace_close(r.writer, &closing) && status == ECS_EXIT_DONE)
        return ecs_print_error(&closing);
    printf("%s: %zu windows of %s\n", r.path, r.windows, a->word[0]);
    return status;
}

static const struct ecs_option options[] = {
    { .name = "output", .letter = 'o', .argument = "FILE", .help = "the file to write" },
    { .name = "force", .help = "replace the file if it is there" },
    { .name = "seconds", .argument = "TIME",
      .help = "how long, 0.1 to 86400: 10 (as it is), 500ms, 2min; Ctrl-C ends it sooner" },
    ECS_OPTION_SET,
    ECS_OPTION_LESSONS,
    { .name = NULL },
};

const struct ecs_command ecs_command_record = {
    .name = "record", .words = "SCENARIO|LESSON", .least = 1, .most = 1,
    .summary = "keep a run in a file, to be replayed anywhere",
    .options = options, .run = record,
    .more = "A lesson is recorded with both values that it compares, in turns. While it is\n"
            "written the file is called FILE.part; a recorder that is killed leaves it, and it\n"
            "can be replayed up to its last whole record.\n",
};
