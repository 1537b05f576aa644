#include <stdio.h>

#include "core/hw/topology.h"
#include "run/format.h"
#include "tui/app_state.h"

static size_t add(char *out, size_t size, size_t used, const char *text)
{
    int n = used < size ? snprintf(out + used, size - used, "%s", text) : 0;
    return used + (n > 0 ? (size_t)n : 0);
}

void ecs_machine_line(char *out, size_t size)
{
    const struct ecs_machine *m = ecs_machine();
    char part[96], bytes[32];
    size_t used = 0;

    out[0] = '\0';
    if (!m) {
        snprintf(out, size, "this machine's layout cannot be read");
        return;
    }
    used = add(out, size, used, m->cpu[0] ? m->cpu : "this machine");
    snprintf(part, sizeof part, ", %u CPU%s", m->n_allowed, m->n_allowed == 1 ? "" : "s");
    used = add(out, size, used, part);
    if (m->n_nodes > 1) {
        snprintf(part, sizeof part, " on %u nodes", m->n_nodes);
        used = add(out, size, used, part);
    }
    for (unsigned i = 0; i < m->n_caches; i++) {
        if (!m->cache[i].data)
            continue;
        snprintf(part, sizeof part, ", L%d %s", m->cache[i].level,
                 ecs_format_bytes(m->cache[i].bytes, bytes, sizeof bytes));
        used = add(out, size, used, part);
    }
    if (m->foreign_topology)
        used = add(out, size, used, ", a described machine, not this one");
    else if (!m->perf_works)
        add(out, size, used, "; no hardware counters");
}
