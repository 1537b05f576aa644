/* Medians, intervals, and verdicts that know when to say nothing.
 *
 * The interval is the distribution-free one for the median (order statistics, David and
 * Nagaraja, Order Statistics, 7.1): exact coverage at least 95 % for n ≥ 6; for smaller n it is
 * the whole range and `coverage` says what that is worth. */
#ifndef ECS_RUN_STATISTICS_H
#define ECS_RUN_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

struct ecs_estimate { double median, low, high, min, max; double coverage; size_t n; };

/* NANs are dropped. n == 0 gives NANs. Does not change `values`. */
struct ecs_estimate ecs_estimate(const double *values, size_t n);
double ecs_percentile(const double *values, size_t n, double p);   /* p in 0…1, interpolated */

/* A difference below this is not called one: half a percent. */
#define ECS_RATIO_RESOLUTION 0.005

/* b or a is better if the whole interval of the ratio lies beyond the resolution; no difference if
 * it does not and is narrow (its ends within a factor of 1.25); too noisy otherwise, and always
 * with fewer than 5 values. */
enum ecs_verdict { ECS_B_BETTER, ECS_A_BETTER, ECS_NO_DIFFERENCE, ECS_TOO_NOISY };
const char *ecs_verdict_name(enum ecs_verdict v);   /* "b_better" … */

/* Ratio of b to a, "how many times better b is": b/a, or a/b if lower is better. Paired: one
 * ratio a pair (a[i], b[i]); unpaired: ratio of medians, interval from the ends of both.
 * Values below zero, infinite or NAN are left out; zero against zero is 1, something against zero
 * INFINITY (or 0): a printer must be ready for it. */
struct ecs_ratio { struct ecs_estimate r; enum ecs_verdict verdict; char why[160]; };
struct ecs_ratio ecs_ratio_paired(const double *a, const double *b, size_t pairs,
                                  bool lower_is_better);
struct ecs_ratio ecs_ratio_unpaired(const double *a, size_t na, const double *b, size_t nb,
                                    bool lower_is_better);

#endif
