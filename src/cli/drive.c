#include "cli/drive.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "cli/output.h"
#include "core/base/clock.h"
#include "run/format.h"

#define TICK_NS (100 * ECS_NS_PER_MS)
#define PROGRESS_NS (250 * ECS_NS_PER_MS)

struct driving {
    const struct ecs_drive *drive;
    struct ecs_run *run;
    uint64_t next;               /* sequence number that is due */
    uint64_t progress_ns;
    double latest;               /* main metric */
};

static int take_windows(struct driving *d, struct ecs_error *e)
{
    struct ecs_snapshot snap[8];
    size_t n;
    while ((n = ecs_series_copy(ecs_run_series(d->run), d->next, snap, 8)) > 0) {
        for (size_t i = 0; i < n; i++) {
            int rc = d->drive->window(d->drive->arg, d->run, &snap[i], e);
            if (rc)
                return rc;
            d->latest = snap[i].metric[0];
        }
        d->next = snap[n - 1].seq + 1;
    }
    return 0;
}

static void show_progress(struct driving *d, uint64_t elapsed)
{
    const struct ecs_scenario *s = ecs_run_scenario(d->run);
    char figure[ECS_FORMAT_MAX], all[ECS_FORMAT_MAX];
    if (d->next == 0 || elapsed < d->progress_ns)
        return;
    d->progress_ns = elapsed + PROGRESS_NS;
    ecs_print_progress("%s: %.1f s of %s, %s", s->name, (double)elapsed / 1e9,
                       ecs_format_duration(d->drive->ns, all, sizeof all),
                       ecs_format_si(d->latest, s->metrics[0].unit, figure, sizeof figure));
}

static int go_on(struct driving *d, struct ecs_error *e)
{
    const struct ecs_drive *drive = d->drive;
    uint64_t start = ecs_now_ns(), elapsed = 0;
    while (elapsed < drive->ns && !ecs_interrupted()) {
        uint64_t wait = drive->ns - elapsed < TICK_NS ? drive->ns - elapsed : TICK_NS;
        struct timespec t = { .tv_sec = 0, .tv_nsec = (long)wait };
        nanosleep(&t, NULL);
        elapsed = ecs_now_ns() - start;
        int rc = take_windows(d, e);
        if (rc == 0 && drive->tick)
            rc = drive->tick(drive->arg, d->run, elapsed, e);
        if (rc)
            return rc;
        if (ecs_run_state(d->run) != ECS_RUN_RUNNING)
            break;
        show_progress(d, elapsed);
    }
    return 0;
}

static int conclude(struct driving *d, struct ecs_error *note, struct ecs_error *e)
{
    ecs_run_end(d->run);
    int rc = take_windows(d, e);
    ecs_run_note(d->run, note);
    if (rc == 0 && ecs_run_state(d->run) == ECS_RUN_FAILED) {
        ecs_run_error(d->run, e);
        rc = e->code < 0 ? e->code : -EIO;
        /* It started and this machine could not carry it on. */
        e->code = -ENOTSUP;
    }
    return rc;
}

int ecs_drive(const struct ecs_scenario *s, const struct ecs_values *values,
              const struct ecs_drive *drive, struct ecs_error *note, struct ecs_error *e)
{
    struct driving d = { .drive = drive };
    memset(note, 0, sizeof *note);
    ecs_catch_interrupts();
    int rc = ecs_run_start(s, values, NULL, &d.run, e);
    if (rc)
        return rc;
    rc = go_on(&d, e);
    if (rc)
        ecs_run_end(d.run);
    else
        rc = conclude(&d, note, e);
    ecs_run_free(d.run);
    ecs_end_progress();
    if (note->what[0])
        ecs_print_note("%s", note->what);
    if (rc == 0 && ecs_interrupted())
        ecs_print_note("interrupted: what was measured until then counts");
    return rc;
}
