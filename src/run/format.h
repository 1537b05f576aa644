/* Figures as a person reads them: three significant digits, scaled, with their unit. Pure; plain
 * ASCII. All return `out`, which is always terminated; ECS_FORMAT_MAX is room enough. */
#ifndef ECS_RUN_FORMAT_H
#define ECS_RUN_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define ECS_FORMAT_MAX 64

/* "34.1 M ops/s", "0.25 ns", "1.90 us/entity", "93.4 %", "17 nodes"; "-" for NAN. Powers of 1000.
 * Units that begin with "ns" are climbed through us, ms and s; "%", "" and units that begin with
 * "1/" or "x" take no prefix. */
char *ecs_format_si(double value, const char *unit, char *out, size_t size);
/* The same in two parts, for columns: "34.1" and "M ops/s". */
void ecs_format_si_parts(double value, const char *unit, char *number, size_t number_size,
                         char *scaled_unit, size_t unit_size);
/* The same scale as `scale` would get, for figures that stand beside it ("33.9" to "34.3"). */
char *ecs_format_si_like(double value, double scale, const char *unit, char *out, size_t size);
/* "48 KiB", "3.96 GiB". Powers of 1024. */
char *ecs_format_bytes(uint64_t bytes, char *out, size_t size);
/* "450 ms", "2.5 s", "3 min 20 s", "1 h 5 min". */
char *ecs_format_duration(uint64_t ns, char *out, size_t size);
/* "4.31", "0.92", "1270": a plain number with three significant digits; "-" for NAN. */
char *ecs_format_number(double value, char *out, size_t size);

#endif
