/* Pieces of the JSON documents; the same as text and CSV. Within a schema's version keys are added,
 * none is taken away or changes its meaning.
 *
 * Every figure:       name, label, unit, source (measured, model, recorded, exhaustive), how,
 *                     lower_is_better, is_count; median, low, high (null with a "why" when it
 *                     could not be had), n
 * ecscope.run.v1      scenario, machine, seconds, params, windows, dirty_windows, window_ms,
 *                     noisy (with noisy_why), metrics, note; from `replay` also segments (the same
 *                     for each set of parameters) and recorded {date, title, lesson, truncated,
 *                     damage}
 * ecscope.compare.v1  scenario, metric, unit, source, how, lower_is_better, machine, a and b
 *                     {params, median, low, high, n}, pairs, dirty_pairs, ratio {median, low,
 *                     high, coverage}, verdict (with why)
 * ecscope.machine.v1  machine, packages, memory_bytes, cpu_list, caches, node_list, abilities
 *                     {pinning, numa, remote_memory, hardware_counters, run_delay, huge_pages: each
 *                     available, or why not}, numa_balancing
 * ecscope.list.v1     lessons, scenarios with params and metrics, programs
 * ecscope.lint.v1     files, errors, warnings, issues {file, line, severity, what, mend}
 * machine             host, cpu, kernel, arch, hypervisor, cpus, allowed_cpus, cores, nodes,
 *                     line_bytes, foreign_topology */
#ifndef ECS_CLI_DOCUMENT_H
#define ECS_CLI_DOCUMENT_H

#include <jansson.h>

#include "cli/figures.h"
#include "core/hw/topology.h"
#include "run/trace_file.h"

/* null for what is not finite. */
json_t *ecs_document_number(double value);
/* Empty text becomes null. */
json_t *ecs_document_text(const char *text);
/* {"stride":128,"kernel":"store"…} */
json_t *ecs_document_params(const struct ecs_scenario *s, const struct ecs_values *values);
/* "params", "windows", "dirty_windows", "noisy", "metrics" of one set, into `o`. */
void ecs_document_figures(json_t *o, const struct ecs_figures *f);
/* This machine, in short: the "machine" of every document. */
json_t *ecs_document_machine(void);
/* The machine that a recording comes from. */
json_t *ecs_document_recorded_machine(const struct ecs_trace_head *head);
/* All that is known of a machine. */
json_t *ecs_document_topology(const struct ecs_machine *m);
/* Prints and frees. 0, or -ENOMEM for a NULL document. */
int ecs_document_print(json_t *document);

/* ---- text ------------------------------------------------------------------------------------ */

/* "counters  kernel=store stride=8 threads=2 …" */
void ecs_text_params(const struct ecs_scenario *s, const struct ecs_values *values);
/* The figures as an aligned table, with how many windows they rest on and what disturbed them. */
void ecs_text_figures(const struct ecs_figures *f);

/* ---- CSV ------------------------------------------------------------------------------------- */

/* time_s, each metric by name, dirty, settling, each parameter by name. */
void ecs_csv_head(const struct ecs_scenario *s);
void ecs_csv_window(const struct ecs_scenario *s, const struct ecs_snapshot *snap);
/* A field, quoted if it must be (RFC 4180). */
void ecs_csv_field(const char *text);

#endif
