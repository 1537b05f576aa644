/* The nearest ASCII character: for terminals and locales that have nothing else. */
#ifndef ECS_TUI_ASCII_H
#define ECS_TUI_ASCII_H

#include <stdint.h>

/* '?' for what has no likeness. Any thread. */
char ecs_ascii(uint32_t ch);

#endif
