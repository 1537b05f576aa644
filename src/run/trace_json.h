/* Bounded reading of JSON values that a stranger wrote. Private to the trace file's reader and
 * writer. Getters return false for a missing key, a wrong type or a value out of range. */
#ifndef ECS_RUN_TRACE_JSON_H
#define ECS_RUN_TRACE_JSON_H

#include <jansson.h>

#include "run/trace_file.h"

#define ECS_TRACE_MAX_LINE (64u << 10)
#define ECS_TRACE_MAX_BYTES (256ull << 20)
#define ECS_TRACE_MAX_SNAPS 1000000u
#define ECS_TRACE_MAX_PICTURES 200000u
#define ECS_TRACE_MAX_CHOICES 16

bool ecs_json_int(const json_t *object, const char *key, int64_t low, int64_t high, int64_t *out);
bool ecs_json_bool(const json_t *object, const char *key, bool *out);
/* Finite; null gives NAN if `nan_too`. */
bool ecs_json_number(const json_t *value, bool nan_too, double *out);
/* Text cut to `size` at a character border, control characters made blanks: it goes to a
 * terminal. An absent key gives empty text; false only for another type. */
bool ecs_json_text(const json_t *object, const char *key, char *out, size_t size);
/* 64 bits: a number, or "0x…" where it would not fit a signed one. */
bool ecs_json_u64(const json_t *value, uint64_t *out);
json_t *ecs_json_from_u64(uint64_t value);
/* A string; bytes beyond ASCII become '?' where they are not UTF-8. NULL when out of memory. */
json_t *ecs_json_from_text(const char *text);
/* null for what is not finite. */
json_t *ecs_json_from_double(double value);

/* Makes control characters (C0, DEL, C1) blanks, in place. */
void ecs_clean_text(char *text);

/* ---- the two halves of the head (trace_scenario.c) ------------------------------------------ */

const char *ecs_diagram_name(enum ecs_diagram_kind kind);
bool ecs_diagram_parse(const char *name, enum ecs_diagram_kind *out);
/* The scenario's tables as JSON; NULL when out of memory. */
json_t *ecs_trace_scenario_json(const struct ecs_scenario *s);
/* Back again, all in one block to be freed with free(). `line` bounds its text. `why` says what
 * is wrong when the answer is NULL. */
struct ecs_scenario *ecs_trace_scenario_parse(const json_t *object, size_t line, const char **why);

#endif
