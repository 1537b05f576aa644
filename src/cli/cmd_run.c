/* run: a scenario without a screen. */
#include <errno.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/document.h"
#include "cli/drive.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "core/base/clock.h"

#define DEFAULT_NS (3 * ECS_NS_PER_S)

struct running {
    const struct ecs_scenario *scenario;
    enum ecs_format format;
    bool lost;                   /* nobody reads standard output any more */
    struct ecs_figures figures;
};

static int take(void *arg, struct ecs_run *run, const struct ecs_snapshot *snap,
                struct ecs_error *e)
{
    struct running *r = arg;
    (void)run;
    if (r->format == ECS_FORMAT_CSV) {
        ecs_csv_window(r->scenario, snap);
        r->lost = !ecs_push_output();
        return r->lost ? -EPIPE : 0;
    }
    int rc = ecs_figures_add(&r->figures, snap);
    return rc ? ecs_fail(e, rc, "there is not enough memory for so long a run") : 0;
}

static void print_json(const struct running *r, const struct ecs_error *note)
{
    json_t *o = json_pack("{s:s, s:s}", "schema", "ecscope.run.v1", "scenario", r->scenario->name);
    json_object_set_new(o, "machine", ecs_document_machine());
    json_object_set_new(o, "seconds", ecs_document_number((double)r->figures.span_ns / 1e9));
    ecs_document_figures(o, &r->figures);
    json_object_set_new(o, "note", ecs_document_text(note->what));
    ecs_document_print(o);
}

static int read_arguments(const struct ecs_arguments *a, struct running *r,
                          struct ecs_values *values, uint64_t *ns, struct ecs_error *e)
{
    const char *seconds = ecs_arguments_value(a, "seconds");
    int rc = ecs_input_scenario(a->word[0], &r->scenario, e);
    r->format = ecs_input_format(a);
    *ns = DEFAULT_NS;
    if (rc == 0)
        rc = ecs_input_set(a, r->scenario, values, e);
    if (rc == 0)
        rc = ecs_input_check(r->scenario, values, e);
    if (rc == 0 && seconds)
        rc = ecs_input_time("seconds", seconds, ECS_NS_PER_S / 10, 86400 * ECS_NS_PER_S, ns, e);
    return rc;
}

static int run(const struct ecs_arguments *a)
{
    struct running r = { 0 };
    struct ecs_values values;
    struct ecs_error e = { 0 }, note;
    struct ecs_drive drive = { .window = take, .arg = &r };
    if (read_arguments(a, &r, &values, &drive.ns, &e))
        return ecs_print_error(&e);
    ecs_figures_init(&r.figures, r.scenario, &values);
    if (r.format == ECS_FORMAT_CSV)
        ecs_csv_head(r.scenario);
    int status = ECS_EXIT_DONE;
    if (ecs_drive(r.scenario, &values, &drive, &note, &e)) {
        /* Lost output is told at the end, by ecs_finish_output(). */
        status = r.lost ? ECS_EXIT_USAGE : ecs_print_error(&e);
    } else if (r.format == ECS_FORMAT_JSON) {
        print_json(&r, &note);
    } else if (r.format == ECS_FORMAT_TEXT) {
        ecs_text_params(r.scenario, &values);
        ecs_text_figures(&r.figures);
    }
    ecs_figures_free(&r.figures);
    return status;
}

static const struct ecs_option options[] = {
    ECS_OPTION_SET,
    { .name = "seconds", .argument = "TIME",
      .help = "how long, 0.1 to 86400: 3 (as it is), 500ms, 2min, 1h" },
    ECS_OPTION_FORMAT,
    ECS_OPTION_JSON,
    { .name = NULL },
};

const struct ecs_command ecs_command_run = {
    .name = "run", .words = "SCENARIO", .least = 1, .most = 1,
    .summary = "run a scenario without a screen and print its figures",
    .options = options, .run = run,
    .more = "Figures are medians over the clean, settled windows of 50 ms, with a 95 % interval;\n"
            "windows in which something else used our CPUs are counted and left out.\n"
            "CSV has one line a window: time_s, each metric, dirty, settling, each parameter.\n",
};
