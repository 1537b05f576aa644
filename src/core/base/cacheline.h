/* Line sizes that layouts are built on.
 *
 * ECS_LINE is the coherence unit of the machines we run on; ECS_PAD is what two
 * writers are kept apart by: two lines, because adjacent-line prefetchers fetch
 * pairs (Intel 64 and IA-32 Optimization Reference Manual, 3.7.3). */
#ifndef ECS_BASE_CACHELINE_H
#define ECS_BASE_CACHELINE_H

#define ECS_LINE 64
#define ECS_PAD 128
#define ECS_ALIGNED_LINE _Alignas(ECS_LINE)
#define ECS_ALIGNED_PAD _Alignas(ECS_PAD)

#endif
