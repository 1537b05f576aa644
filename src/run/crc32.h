/* CRC-32 as zlib, PNG and Ethernet have it: reflected polynomial 0xEDB88320, all ones before and
 * after (ISO 3309). For records of some hundred bytes; no table to set up. */
#ifndef ECS_RUN_CRC32_H
#define ECS_RUN_CRC32_H

#include <stddef.h>
#include <stdint.h>

uint32_t ecs_crc32(const void *bytes, size_t size);

#endif
