/* A run kept in a file: recorder and reader.
 *
 * Text, one record a line: eight hex digits of CRC-32 (zlib's polynomial) over the rest of the
 * line, a space, one JSON object. Record types by key "t":
 *   head  first, once: version, made_by; host, cpu, kernel, date, cpus, nodes; title, lesson,
 *         sample_hz; scenario {name, summary, params, metrics, counters, diagram, min_cpus} with
 *         its tables in full, so that a build without that scenario plays it too
 *   snap  one window: seq, time and window (ns), gen, flags (bits of ECS_SNAP_*), workers, noise
 *         {delay, steal, canary, foreign, cpu, why}, values and metrics in the order of the tables
 *         (null: not available), rates and cpus of the workers
 *   pict  what explains it: seq that it belongs to, kind, bytes, stride, spans [offset, size,
 *         owner, label], values (a number, or "0x..." beyond 63 bits)
 *   end   last: how many snaps and pictures there were
 * A reader passes over keys and record types that it does not know; "version" grows when that is
 * not enough. No line is longer than 64 KiB, no file than 256 MiB. Written to NAME.part, renamed
 * when closed; what a killed recorder leaves is readable up to its last whole record. */
#ifndef ECS_RUN_TRACE_FILE_H
#define ECS_RUN_TRACE_FILE_H

#include "run/series.h"

#define ECS_TRACE_VERSION 1

struct ecs_trace_writer;
struct ecs_trace_head {
    char scenario[64], title[128], lesson[64];
    char host[64], cpu[128], kernel[96], date[32];   /* date: ISO 8601 with zone */
    unsigned cpus, nodes;
    double sample_hz;
};

/* Fills host, cpu, kernel, date, cpus, nodes of this machine, now. */
void ecs_trace_head_here(struct ecs_trace_head *head);

/* Makes PATH.part. -EEXIST when it is there already; PATH itself is replaced at the close. */
int ecs_trace_create(const char *path, const struct ecs_scenario *s,
                     const struct ecs_trace_head *head, struct ecs_trace_writer **out,
                     struct ecs_error *e);
/* One record, written at once. After a failure (a full disk, -EFBIG at the largest size) nothing
 * more goes in, but what is there can be closed and read. */
int ecs_trace_write(struct ecs_trace_writer *w, const struct ecs_snapshot *snap,
                    struct ecs_error *e);
int ecs_trace_write_picture(struct ecs_trace_writer *w, uint64_t seq, const struct ecs_picture *p,
                            struct ecs_error *e);
/* Writes the end record, syncs, renames. The writer is gone afterwards, whatever the result; what
 * was written before a failure keeps its place in the file. */
int ecs_trace_close(struct ecs_trace_writer *w, struct ecs_error *e);
void ecs_trace_abandon(struct ecs_trace_writer *w);   /* removes the temporary file */

struct ecs_trace {
    struct ecs_trace_head head;
    /* Owned. Its tables come from the file (a trace of a scenario that this build does not know
     * still plays); start … describe are NULL. Metric sources read ECS_RECORDED. */
    struct ecs_scenario *scenario;
    struct ecs_snapshot *snap;
    size_t n;
    struct ecs_picture *picture;    /* n_pictures of them, each with the seq it belongs to */
    uint64_t *picture_seq;
    size_t n_pictures;
    bool truncated;                 /* no end record, or damage: read up to the last whole record */
    char damage[160];               /* what was wrong and at which line; empty if nothing */
};

/* -EINVAL with file and line for a foreign file or one damaged in its head; damage further on
 * gives 0 with `truncated` set. Reading is bounded: files over 256 MiB are refused. */
int ecs_trace_read(const char *path, struct ecs_trace **out, struct ecs_error *e);
/* The same from memory, for tests and fuzzing. */
int ecs_trace_parse(const char *name, const char *bytes, size_t size, struct ecs_trace **out,
                    struct ecs_error *e);
void ecs_trace_free(struct ecs_trace *t);

#endif
