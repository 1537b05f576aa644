/* A scenario that never runs and snapshots that nobody measured, for traces. */
#ifndef TRACE_FIXTURE_H
#define TRACE_FIXTURE_H

#include "run/trace_file.h"

extern const struct ecs_scenario fixture_scenario;

void fixture_head(struct ecs_trace_head *head);
/* Snapshot `i` of a run of 50 ms windows whose parameters change every 20. */
void fixture_snapshot(uint64_t i, struct ecs_snapshot *s);
void fixture_picture(uint64_t i, struct ecs_picture *p);
/* A path in a folder of this test's own, which is removed at exit. */
const char *fixture_path(const char *name);
/* Records `n` snapshots, with a picture every tenth, and closes the file. */
void fixture_record(const char *path, uint64_t n);
/* The bytes of a file, to be freed; `*size` without the terminator that is added. */
char *fixture_bytes(const char *path, size_t *size);

#endif
