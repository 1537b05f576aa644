/* Hot and cold fields: a movement system walks all entities and does position += velocity * dt.
 * It needs 8 bytes of each. In an array of structs every entity brings a whole cache line of
 * fields that the system never looks at; split, the hot fields lie side by side and the rest
 * stays out of the way.
 *
 * Both layouts live in one mapping of entities * entity_bytes: whole records one after the
 * other, or all hot pairs first and the cold rests behind them. So a change of layout moves no
 * memory in or out, and both sides cost the same bytes. Both run the very same scalar loop,
 * compiled once, through a stride: no side is vectorised or unrolled differently.
 *
 * Each worker owns a slice of the entities and walks it again and again. The slices follow from
 * the number of threads, so that is changed with all workers parked too. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cacheline.h"
#include "core/hw/os_memory.h"
#include "scenarios/figures.h"
#include "scenarios/pace.h"
#include "scenarios/scenarios.h"

enum { LAYOUT, ENTITY_BYTES, ENTITIES, THREADS, PIN, N_PARAMS };
enum { ENTITY_NS, RATE_TOTAL, LINE_USE, BYTES_TOUCHED, MEMORY_BYTES, N_METRICS };
enum { MOVED, PASSES };
enum { AOS, SPLIT };

#define MAX_ENTITY_BYTES 512
#define TIME_STEP (1.0f / 60.0f)

/* An entity of a small game. A record of fewer bytes has the fields that come first; the one at
 * its border is cut. */
struct hot { float position, velocity; };
struct entity {
    uint32_t id, kind;
    struct hot hot;
    char name[16];
    float rotation[4];
    uint32_t mesh, material, sound, script;
    float transform[16];
    uint64_t inventory[16];
    uint32_t path[64];
};
_Static_assert(sizeof(struct entity) == MAX_ENTITY_BYTES, "the largest record");

struct field { const char *name; uint32_t offset, size; bool hot; };
#define FIELD(member, name_, hot_)                                                             \
    { name_, offsetof(struct entity, member), sizeof ((struct entity *)0)->member, hot_ }
static const struct field fields[] = {
    FIELD(id, "id", false),
    FIELD(kind, "kind", false),
    FIELD(hot.position, "position", true),
    FIELD(hot.velocity, "velocity", true),
    FIELD(name, "name", false),
    FIELD(rotation, "rotation", false),
    FIELD(mesh, "mesh", false),
    FIELD(material, "material", false),
    FIELD(sound, "sound", false),
    FIELD(script, "script", false),
    FIELD(transform, "transform", false),
    FIELD(inventory, "inventory", false),
    FIELD(path, "path", false),
};
#define N_FIELDS (sizeof fields / sizeof fields[0])

/* What start() makes. */
struct world {
    char *memory;
    size_t bytes;
    char *first;      /* the hot fields of entity 0 */
    size_t stride;    /* from one entity's hot fields to the next's */
    size_t n;
    struct ecs_values built;   /* what it was built for */
};

struct local {
    ECS_ALIGNED_PAD struct ecs_pace pace;
    size_t begin, end, at;
};

/* ---- the system ---------------------------------------------------------------------------- */

/* noipa: one copy of this loop, whatever the compiler knows about its callers. */
__attribute__((noipa))
static void move_entities(char *first, size_t stride, size_t n)
{
    for (; n; n--, first += stride) {
        struct hot *hot = (struct hot *)first;
        hot->position += hot->velocity * TIME_STEP;
    }
}

/* ---- layout: pure arithmetic --------------------------------------------------------------- */

static size_t hot_stride(const struct ecs_values *values)
{
    return values->v[LAYOUT] == SPLIT ? sizeof(struct hot) : (size_t)values->v[ENTITY_BYTES];
}

static size_t world_bytes(const struct ecs_values *values)
{
    return (size_t)values->v[ENTITIES] * (size_t)values->v[ENTITY_BYTES];
}

/* Bytes of cache lines that one entity costs in one walk over all. Records no longer than a line
 * share lines, and the walk meets every line; longer ones have a line each, since the hot pair
 * never straddles a border. */
static double bytes_fetched(const struct ecs_values *values)
{
    size_t stride = hot_stride(values);
    return stride < ECS_LINE ? (double)stride : ECS_LINE;
}

/* ---- building the world -------------------------------------------------------------------- */

static void use_layout(struct world *world, const struct ecs_values *values)
{
    world->stride = hot_stride(values);
    world->n = (size_t)values->v[ENTITIES];
    world->first = world->memory;
    if (values->v[LAYOUT] == AOS)
        world->first += offsetof(struct entity, hot);
}

/* Touches every record once, so that all of it is real memory before anybody measures. */
static void populate(struct world *world, const struct ecs_values *values)
{
    size_t record = (size_t)values->v[ENTITY_BYTES];
    char *cold = world->memory;
    if (values->v[LAYOUT] == SPLIT) {
        cold += world->n * sizeof(struct hot);
        record -= sizeof(struct hot);
    }
    for (size_t i = 0; i < world->n; i++) {
        memcpy(cold + i * record, &(uint32_t){ (uint32_t)i }, sizeof(uint32_t));
        struct hot *hot = (struct hot *)(world->first + i * world->stride);
        *hot = (struct hot){ .velocity = 1.0f + (float)(i % 8) };
    }
}

static bool same_world(const struct ecs_values *a, const struct ecs_values *b)
{
    return a->v[LAYOUT] == b->v[LAYOUT] && a->v[ENTITIES] == b->v[ENTITIES] &&
           a->v[ENTITY_BYTES] == b->v[ENTITY_BYTES];
}

static int map_world(struct world *world, size_t bytes, struct ecs_error *e)
{
    uint64_t available = ecs_os_memory_available();
    if (available && bytes > available) {
        ecs_fail(e, -ENOMEM, "the entities need %zu MiB, only %llu MiB are free", bytes >> 20,
                 (unsigned long long)(available >> 20));
        ecs_error_mend(e, "use fewer entities or a smaller entity_bytes");
        return -ENOMEM;
    }
    char *memory = ecs_os_map(bytes, ECS_PAD, true);
    if (!memory) {
        ecs_fail(e, -ENOMEM, "the kernel has no %zu MiB for the entities", bytes >> 20);
        ecs_error_mend(e, "use fewer entities or a smaller entity_bytes");
        return -ENOMEM;
    }
    ecs_os_unmap(world->memory, world->bytes);
    world->memory = memory;
    world->bytes = bytes;
    return 0;
}

static int reshape(void *shared, const struct ecs_values *values, struct ecs_error *e)
{
    struct world *world = shared;
    size_t bytes = world_bytes(values);
    if (world->memory && same_world(&world->built, values))
        return 0;
    if (bytes != world->bytes) {
        int rc = map_world(world, bytes, e);
        if (rc)
            return rc;
    }
    use_layout(world, values);
    populate(world, values);
    world->built = *values;
    return 0;
}

static int start(const struct ecs_values *values, void **shared, struct ecs_error *e)
{
    struct world *world = calloc(1, sizeof *world);
    if (!world)
        return ecs_fail(e, -ENOMEM, "out of memory");
    int rc = reshape(world, values, e);
    if (rc) {
        free(world);
        return rc;
    }
    *shared = world;
    return 0;
}

static void stop(void *shared)
{
    struct world *world = shared;
    ecs_os_unmap(world->memory, world->bytes);
    free(world);
}

static int check(const struct ecs_values *values, struct ecs_error *e)
{
    uint64_t quarter = ecs_os_memory_total() / 4;
    uint64_t bytes = world_bytes(values);
    if (bytes <= quarter)
        return 0;
    ecs_fail(e, -EINVAL, "the entities would take %llu MiB, more than a quarter of all memory",
             (unsigned long long)(bytes >> 20));
    ecs_error_mend(e, "keep entities x entity_bytes below %llu MiB",
                   (unsigned long long)(quarter >> 20));
    return -EINVAL;
}

/* ---- workers ------------------------------------------------------------------------------- */

static int enter(struct ecs_worker *w)
{
    const struct world *world = w->shared;
    struct local *mine = aligned_alloc(_Alignof(struct local), sizeof *mine);
    if (!mine) {
        w->failed = "out of memory for a worker's own state";
        return -ENOMEM;
    }
    size_t begin = world->n * w->index / w->workers;
    *mine = (struct local){ .begin = begin, .at = begin,
                            .end = world->n * (w->index + 1) / w->workers };
    w->local = mine;
    return 0;
}

static void leave(struct ecs_worker *w)
{
    free(w->local);
    w->local = NULL;
}

static void quantum(struct ecs_worker *w)
{
    const struct world *world = w->shared;
    struct local *mine = w->local;
    size_t left = ecs_pace_begin(&mine->pace);
    w->count[MOVED] += left;
    while (left) {
        size_t run = mine->end - mine->at;
        run = run < left ? run : left;
        move_entities(world->first + mine->at * world->stride, world->stride, run);
        left -= run;
        mine->at += run;
        if (mine->at == mine->end) {
            mine->at = mine->begin;
            w->count[PASSES]++;
        }
    }
    ecs_pace_end(&mine->pace);
}

/* ---- figures and picture ------------------------------------------------------------------- */

static const char *const layout_names[] = { "aos", "split", NULL };
static const char *const layout_help[] = {
    "array of structs: whole records, one after the other",
    "hot fields in an array of their own, the rest behind it",
    NULL
};

static const struct ecs_param params[N_PARAMS] = {
    [LAYOUT] = { .name = "layout", .summary = "where the hot fields are",
                 .kind = ECS_PARAM_CHOICE, .def = AOS, .choices = layout_names,
                 .choice_help = layout_help, .live = true, .rebuild = true },
    [ENTITY_BYTES] = { .name = "entity_bytes", .summary = "size of one record, hot and cold",
                       .kind = ECS_PARAM_BYTES, .def = 128, .min = 32, .max = MAX_ENTITY_BYTES,
                       .multiple = 16, .live = true, .rebuild = true },
    [ENTITIES] = { .name = "entities", .summary = "how many there are",
                   .kind = ECS_PARAM_COUNT, .def = 1 << 20, .min = 2 << 10, .max = 4 << 20,
                   .live = true, .rebuild = true },
    [THREADS] = { .name = ECS_PARAM_THREADS_NAME, .summary = "workers, each with a slice",
                  .kind = ECS_PARAM_INT, .def = 1, .min = 1, .max = ECS_MAX_WORKERS,
                  .live = true, .rebuild = true },
    [PIN] = { .name = ECS_PARAM_PIN_NAME, .summary = "where the workers run",
              .kind = ECS_PARAM_CHOICE, .def = ECS_PIN_CORES, .choices = ecs_pin_choices,
              .choice_help = ecs_pin_choice_help, .live = true },
};

static const struct ecs_metric metrics[N_METRICS] = {
    [ENTITY_NS] = { .name = "entity.ns", .label = "moving one entity takes", .unit = "ns/entity",
                    .source = ECS_MEASURED, .lower_is_better = true,
                    .how = "window times workers, divided by entities moved" },
    [RATE_TOTAL] = { .name = "rate.total", .label = "entities moved, all threads",
                     .unit = "entities/s", .source = ECS_MEASURED,
                     .how = "entities the workers counted, per second" },
    [LINE_USE] = { .name = "line.use", .label = "useful part of each line touched", .unit = "%",
                   .source = ECS_MODEL,
                   .how = "8 hot bytes of an entity over the bytes of 64-byte lines it costs" },
    [BYTES_TOUCHED] = { .name = "bytes.touched", .label = "lines touched in one walk over all",
                        .unit = "B", .source = ECS_MODEL, .lower_is_better = true,
                        .how = "entities x bytes of 64-byte lines that each costs" },
    [MEMORY_BYTES] = { .name = "memory.bytes", .label = "memory the entities take", .unit = "B",
                       .source = ECS_MODEL, .how = "entities x entity_bytes",
                       .lower_is_better = true },
};

static const char *const counter_names[] = { "entities", "passes", NULL };

static void derive(const struct ecs_window *w, double *metric)
{
    double fetched = bytes_fetched(w->values);
    metric[ENTITY_NS] = ecs_figure_ns_each(w, MOVED);
    metric[RATE_TOTAL] = ecs_figure_rate(w, MOVED);
    metric[LINE_USE] = 100.0 * sizeof(struct hot) / fetched;
    metric[BYTES_TOUCHED] = fetched * (double)w->values->v[ENTITIES];
    metric[MEMORY_BYTES] = (double)world_bytes(w->values);
}

static void add_span(struct ecs_picture *out, const char *label, uint32_t offset, uint32_t size,
                     bool hot)
{
    struct ecs_span *span = &out->span[out->n_spans++];
    *span = (struct ecs_span){ .offset = offset, .size = size, .owner = hot };
    snprintf(span->label, sizeof span->label, "%s", label);
}

/* Split: one line of hot pairs, side by side. */
static void picture_split(struct ecs_picture *out)
{
    char label[16];
    for (unsigned i = 0; i < ECS_LINE / sizeof(struct hot); i++) {
        uint32_t at = i * (uint32_t)sizeof(struct hot);
        snprintf(label, sizeof label, "position %u", i);
        add_span(out, label, at + offsetof(struct hot, position), sizeof(float), true);
        snprintf(label, sizeof label, "velocity %u", i);
        add_span(out, label, at + offsetof(struct hot, velocity), sizeof(float), true);
    }
    out->bytes = ECS_LINE;
}

/* Array of structs: the fields of the first record. */
static void picture_aos(uint32_t record, struct ecs_picture *out)
{
    for (size_t i = 0; i < N_FIELDS && fields[i].offset < record; i++) {
        uint32_t size = record - fields[i].offset;
        size = fields[i].size < size ? fields[i].size : size;
        add_span(out, fields[i].name, fields[i].offset, size, fields[i].hot);
    }
    out->bytes = (record + ECS_LINE - 1) / ECS_LINE * ECS_LINE;
}

static void describe(void *shared, const struct ecs_window *w, struct ecs_picture *out)
{
    (void)shared;
    *out = (struct ecs_picture){ .kind = ECS_DIAGRAM_RECORD };
    out->stride = (uint32_t)hot_stride(w->values);
    if (w->values->v[LAYOUT] == SPLIT)
        picture_split(out);
    else
        picture_aos((uint32_t)w->values->v[ENTITY_BYTES], out);
}

const struct ecs_scenario ecs_scenario_hot_cold = {
    .name = "hot-cold",
    .summary = "a movement system over many entities; only 8 bytes of each record are needed",
    .params = params, .n_params = N_PARAMS,
    .metrics = metrics, .n_metrics = N_METRICS,
    .counters = counter_names,
    .min_cpus = 1,
    .diagram = ECS_DIAGRAM_RECORD,
    .check = check, .start = start, .reshape = reshape,
    .enter = enter, .quantum = quantum, .leave = leave, .stop = stop,
    .derive = derive, .describe = describe,
};
