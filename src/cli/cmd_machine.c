/* machine: what this machine is, and what cannot be had here and why. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/document.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "run/format.h"

static void print_cpus(const struct ecs_machine *m)
{
    printf("CPUs        %u of %u may be used; %u core%s, %u package%s\n", m->n_allowed, m->n_cpus,
           m->n_cores, m->n_cores == 1 ? "" : "s", m->n_packages, m->n_packages == 1 ? "" : "s");
}

static void print_caches(const struct ecs_machine *m)
{
    char bytes[ECS_FORMAT_MAX], line[48], ways[32], shared[48];
    for (unsigned i = 0; i < m->n_caches; i++) {
        const struct ecs_cache *c = &m->cache[i];
        line[0] = ways[0] = shared[0] = '\0';
        if (c->ways)
            snprintf(ways, sizeof ways, ", %u ways", c->ways);
        if (c->line)
            snprintf(line, sizeof line, ", lines of %u bytes", c->line);
        if (c->shared_by)
            snprintf(shared, sizeof shared, ", %s", c->shared_by == 1 ? "one for each CPU" : "");
        if (c->shared_by > 1)
            snprintf(shared, sizeof shared, ", one for %u CPUs", c->shared_by);
        printf("%-10s  L%d%s %s%s%s%s\n", i ? "" : "caches", c->level,
               !c->data ? " code" : c->level == 1 ? " data" : "",
               ecs_format_bytes(c->bytes, bytes, sizeof bytes), ways, line, shared);
    }
    if (!m->n_caches)
        printf("caches      unknown\n");
}

static void print_nodes(const struct ecs_machine *m)
{
    char bytes[ECS_FORMAT_MAX];
    if (m->n_nodes == 1)
        return;
    for (unsigned i = 0; i < m->n_nodes; i++) {
        printf("            node %d: %s, %u CPU%s%s", m->node[i].os_id,
               ecs_format_bytes(m->node[i].bytes, bytes, sizeof bytes), m->node[i].cpus,
               m->node[i].cpus == 1 ? "" : "s", m->node[i].allowed ? "" : ", not ours to use");
        if (m->distance[i][i]) {
            printf("; distances");
            for (unsigned k = 0; k < m->n_nodes; k++)
                printf(" %u", m->distance[i][k]);
        }
        putchar('\n');
    }
}

static void ability(const char *what, bool available, const char *yes, const char *why)
{
    printf("  %-18s  %s%s%s\n", what, available ? "yes" : "no",
           (available ? yes : why)[0] ? ": " : "", available ? yes : why);
}

static void print_abilities(const struct ecs_machine *m)
{
    printf("\nwhat can be had here\n");
    ability("pinning", m->can_bind, "", m->bind_why);
    ability("hardware counters", m->perf_works, "cycles and instructions of our own threads",
            m->perf_why);
    ability("NUMA placement", m->numa_works, "a bound page came up where it should", m->numa_why);
    ability("remote memory", m->n_nodes > 1 && m->numa_works, "",
            m->n_nodes > 1 ? m->numa_why : "there is one node only");
    ability("scheduling delays", m->schedstat, "noise from other processes is seen",
            "the kernel keeps no schedstat: noise is judged by missing CPU time alone");
    ability("huge pages", m->thp, "", "transparent huge pages are switched off");
    if (m->numa_balancing)
        printf("  the kernel's NUMA balancing is on: it moves pages under the lessons\n");
}

static void print_text(const struct ecs_machine *m)
{
    char bytes[ECS_FORMAT_MAX];
    if (m->foreign_topology)
        printf("The topology was given by HWLOC_XMLFILE or HWLOC_SYNTHETIC: it is not this "
               "machine,\nand nothing is bound by it.\n\n");
    printf("host        %s\n", m->host);
    printf("processor   %s, %s\n", m->cpu[0] ? m->cpu : "unknown", m->arch);
    printf("kernel      %s\n", m->kernel);
    printf("hypervisor  %s\n", m->hypervisor[0] ? m->hypervisor : "none is seen");
    print_cpus(m);
    print_caches(m);
    printf("memory      %s", ecs_format_bytes(m->memory_bytes, bytes, sizeof bytes));
    printf(" in %u node%s\n", m->n_nodes, m->n_nodes == 1 ? "" : "s");
    print_nodes(m);
    print_abilities(m);
}

static void note_passed_over(const struct ecs_machine *m, const char *variable)
{
    const char *value = getenv(variable);
    if (value && value[0] && !m->foreign_topology)
        ecs_print_note("%s could not be used and was passed over: this is the real machine",
                       variable);
}

static int machine(const struct ecs_arguments *a)
{
    struct ecs_error e = { 0 };
    struct ecs_machine *m = calloc(1, sizeof *m);
    if (!m)
        return ecs_print_usage(NULL, "out of memory");
    if (ecs_machine_read(m, &e)) {
        free(m);
        return ecs_print_error(&e);
    }
    note_passed_over(m, "HWLOC_XMLFILE");
    note_passed_over(m, "HWLOC_SYNTHETIC");
    if (ecs_input_format(a) == ECS_FORMAT_JSON) {
        json_t *o = json_pack("{s:s}", "schema", "ecscope.machine.v1");
        json_t *all = ecs_document_topology(m);
        json_object_update(o, all);
        json_decref(all);
        ecs_document_print(o);
    } else {
        print_text(m);
    }
    free(m);
    return ECS_EXIT_DONE;
}

static const struct ecs_option options[] = {
    ECS_OPTION_FORMAT_SHORT,
    ECS_OPTION_JSON,
    { .name = NULL },
};

const struct ecs_command ecs_command_machine = {
    .name = "machine", .words = "",
    .summary = "CPUs, caches, nodes and counters; what is missing here and why",
    .options = options, .run = machine,
};
