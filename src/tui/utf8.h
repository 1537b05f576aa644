/* UTF-8 in, UTF-8 out, and how many columns a character takes. Independent of the locale, so
 * that a canvas is the same in a test, in the C locale and on a screen. Any thread. */
#ifndef ECS_TUI_UTF8_H
#define ECS_TUI_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Takes one character off `*s`, which is not at its end, and moves on by at least one byte. A byte
 * that is not UTF-8 (overlong forms, surrogates and values over 0x10ffff included) gives '?' and
 * moves on by one. Never reads past the terminating NUL. */
uint32_t ecs_utf8_next(const char **s);
/* Writes up to 4 bytes, no NUL; returns how many. What is not a character is written as '?'. */
size_t ecs_utf8_put(uint32_t ch, char out[4]);
/* 0 combining and format characters, 2 East Asian wide and emoji, 1 the rest, -1 control
 * characters. Tables: Unicode 14, categories Mn Me Cf, East_Asian_Width W and F (UAX #11). */
int ecs_char_width(uint32_t ch);

#endif
