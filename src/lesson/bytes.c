/* A lesson is UTF-8 text with LF line ends. All else is refused here, once, so that no later
 * stage (and no terminal) meets a stray byte. */
#include <string.h>

#include "lesson/reader.h"

/* Length of the well-formed UTF-8 sequence at s (Unicode 15, table 3-7), 0 if there is none. */
static size_t utf8_length(const unsigned char *s, size_t n)
{
    if (s[0] < 0x80)
        return 1;
    size_t len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || len > n)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return len;
}

/* Complains about the character at s; false if there is nothing to complain about. */
static bool bad_character(struct ecs_reader *r, int line, const unsigned char *s, size_t len)
{
    if (!len)
        ecs_read_error(r, line, "save the file as UTF-8", "byte 0x%02x is not UTF-8", s[0]);
    else if (s[0] == '\r')
        ecs_read_error(r, line, "save the file with Unix line ends (LF)", "a carriage return");
    else if (s[0] == 0)
        ecs_read_error(r, line, "this does not look like a text file", "a NUL byte");
    else if ((s[0] < 0x20 && s[0] != '\n' && s[0] != '\t') || s[0] == 0x7f)
        ecs_read_error(r, line, "delete it", "control character 0x%02x", s[0]);
    else if (len == 2 && s[0] == 0xc2 && s[1] < 0xa0)
        ecs_read_error(r, line, "delete it", "control character U+00%02X", s[1]);
    else
        return false;
    return true;
}

bool ecs_read_bytes(struct ecs_reader *r, const char *bytes, size_t size)
{
    const unsigned char *s = (const unsigned char *)bytes;
    size_t start = 0, errors = r->errors;
    int line = 1;
    if (size > ECS_LESSON_MAX_BYTES) {
        ecs_read_error(r, 1, "split the lesson", "the file is larger than 1 MiB");
        return false;
    }
    if (size >= 3 && !memcmp(s, "\xef\xbb\xbf", 3)) {
        ecs_read_error(r, 1, "save the file as UTF-8 without a byte order mark",
                       "a byte order mark");
        return false;
    }
    for (size_t i = 0; i < size;) {
        size_t len = utf8_length(s + i, size - i);
        if (bad_character(r, line, s + i, len))
            return false;
        i += len;
        if (i - start > ECS_LESSON_MAX_LINE && s[i - 1] != '\n') {
            ecs_read_error(r, line, "break it into several lines", "a line longer than %d bytes",
                           ECS_LESSON_MAX_LINE);
            return false;
        }
        if (s[i - 1] == '\n') {
            start = i;
            line++;
        }
    }
    return r->errors == errors;
}
