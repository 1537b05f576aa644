/* Keeps the snapshots of what is on screen in a file while it goes on. */
#ifndef ECS_TUI_APP_RECORD_H
#define ECS_TUI_APP_RECORD_H

#include "lesson/session.h"

struct ecs_recorder;

/* A file of the current folder, or of `fallback` (may be NULL) when that cannot be written. */
int ecs_recorder_new(const struct ecs_session *s, const char *fallback, struct ecs_recorder **out,
                     struct ecs_error *e);
const char *ecs_recorder_path(const struct ecs_recorder *r);
/* Writes what is new. false: the run that it began with is not the one on screen any more, or
 * nothing more can be written (with a message). */
bool ecs_recorder_feed(struct ecs_recorder *r, const struct ecs_session *s, struct ecs_error *e);
/* Closes the file (it waits for the disk: not for the UI thread) and frees the recorder. */
int ecs_recorder_close(struct ecs_recorder *r, struct ecs_error *e);

#endif
