#include "cli/document.h"

static json_t *cpus_json(const struct ecs_machine *m)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < m->n_cpus; i++) {
        const struct ecs_cpu *c = &m->cpus[i];
        json_array_append_new(list, json_pack("{s:i, s:i, s:i, s:i, s:i, s:b}", "os_id", c->os_id,
                                              "core", c->core, "package", c->package, "node",
                                              c->node, "smt", c->smt, "allowed", c->allowed));
    }
    return list;
}

static json_t *or_null(unsigned value)
{
    return value ? json_integer(value) : json_null();
}

static json_t *caches_json(const struct ecs_machine *m)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < m->n_caches; i++) {
        const struct ecs_cache *c = &m->cache[i];
        json_array_append_new(list, json_pack("{s:i, s:b, s:I, s:o, s:o, s:o}", "level", c->level,
                                              "data", c->data, "bytes", (json_int_t)c->bytes,
                                              "line_bytes", or_null(c->line), "ways",
                                              or_null(c->ways), "shared_by",
                                              or_null(c->shared_by)));
    }
    return list;
}

static json_t *nodes_json(const struct ecs_machine *m)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < m->n_nodes; i++) {
        json_t *distance = json_array();
        for (unsigned k = 0; k < m->n_nodes; k++)
            json_array_append_new(distance, or_null(m->distance[i][k]));
        json_array_append_new(list, json_pack("{s:i, s:I, s:i, s:b, s:o}", "os_id",
                                              m->node[i].os_id, "bytes",
                                              (json_int_t)m->node[i].bytes, "cpus",
                                              (int)m->node[i].cpus, "allowed", m->node[i].allowed,
                                              "distance", distance));
    }
    return list;
}

/* {"available":false,"why":"..."} */
static json_t *ability(bool available, const char *why)
{
    json_t *o = json_object();
    json_object_set_new(o, "available", json_boolean(available));
    if (!available)
        json_object_set_new(o, "why", ecs_document_text(why));
    return o;
}

json_t *ecs_document_topology(const struct ecs_machine *m)
{
    json_t *o = ecs_document_machine(), *has = json_object();
    json_object_set_new(o, "packages", json_integer(m->n_packages));
    json_object_set_new(o, "memory_bytes", json_integer((json_int_t)m->memory_bytes));
    json_object_set_new(o, "cpu_list", cpus_json(m));
    json_object_set_new(o, "caches", caches_json(m));
    json_object_set_new(o, "node_list", nodes_json(m));
    json_object_set_new(has, "pinning", ability(m->can_bind, m->bind_why));
    json_object_set_new(has, "numa", ability(m->numa_works, m->numa_why));
    json_object_set_new(has, "remote_memory",
                        ability(m->numa_works && m->n_nodes > 1,
                                m->n_nodes > 1 ? m->numa_why : "there is one node only"));
    json_object_set_new(has, "hardware_counters", ability(m->perf_works, m->perf_why));
    json_object_set_new(has, "run_delay",
                        ability(m->schedstat, "the kernel keeps no schedstat: noise is judged "
                                              "by missing CPU time alone"));
    json_object_set_new(has, "huge_pages",
                        ability(m->thp, "transparent huge pages are switched off"));
    json_object_set_new(o, "abilities", has);
    json_object_set_new(o, "numa_balancing", json_boolean(m->numa_balancing));
    return o;
}
