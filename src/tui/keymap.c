#include "tui/keymap.h"

#include <stdio.h>
#include <string.h>

#include "tui/utf8.h"

static const struct ecs_action_info actions[] = {
    [ECS_ACTION_NONE] = {"none", "", "", ""},
#define X(id, name, keys, label, help) [ECS_ACTION_##id] = {name, keys, label, help},
    ECS_ACTIONS(X)
#undef X
};

static const struct { const char *name; uint32_t key; } named[] = {
    {"Up", ECS_KEY_UP}, {"Down", ECS_KEY_DOWN}, {"Left", ECS_KEY_LEFT}, {"Right", ECS_KEY_RIGHT},
    {"PgUp", ECS_KEY_PGUP}, {"PgDn", ECS_KEY_PGDN}, {"Home", ECS_KEY_HOME}, {"End", ECS_KEY_END},
    {"Enter", ECS_KEY_ENTER}, {"Esc", ECS_KEY_ESC}, {"Space", ' '}, {"Tab", ECS_KEY_TAB},
    {"BackTab", ECS_KEY_BACKTAB}, {"Backspace", ECS_KEY_BACKSPACE}, {"F1", ECS_KEY_F1},
    {"Resize", ECS_KEY_RESIZE}, {"Mouse", ECS_KEY_MOUSE},
};

const struct ecs_action_info *ecs_action_info(enum ecs_action a)
{
    return &actions[(unsigned)a < ECS_ACTION_COUNT ? a : ECS_ACTION_NONE];
}

uint32_t ecs_key_by_name(const char *name, size_t len)
{
    char copy[16];

    if (len == 0 || len >= sizeof copy)
        return 0;
    memcpy(copy, name, len);
    copy[len] = '\0';
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (strcmp(copy, named[i].name) == 0)
            return named[i].key;
    if (len == 2 && copy[0] == '^' && copy[1] >= '@' && copy[1] <= '_')
        return (uint32_t)copy[1] - '@';

    const char *p = copy;
    uint32_t ch = ecs_utf8_next(&p);
    if (*p != '\0' || ecs_char_width(ch) < 1 || (ch == '?' && copy[0] != '?'))
        return 0;
    return ch;
}

const char *ecs_key_name(uint32_t key, char *out, size_t size)
{
    char bytes[5] = "";

    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (named[i].key == key) {
            snprintf(out, size, "%s", named[i].name);
            return out;
        }
    if (key < 0x20)
        snprintf(out, size, "^%c", (int)key + '@');
    else if (ecs_char_width(key) >= 1 && key < ECS_KEY_BASE) {
        bytes[ecs_utf8_put(key, bytes)] = '\0';
        snprintf(out, size, "%s", bytes);
    } else
        snprintf(out, size, "U+%04X", (unsigned)key);
    return out;
}

static int has_key(const char *keys, uint32_t key)
{
    while (*keys) {
        size_t len = strcspn(keys, " ");
        if (ecs_key_by_name(keys, len) == key)
            return 1;
        keys += len + (keys[len] == ' ');
    }
    return 0;
}

enum ecs_action ecs_keymap(uint32_t key)
{
    if (key == 0)
        return ECS_ACTION_NONE;
    for (int a = ECS_ACTION_NONE + 1; a < ECS_ACTION_COUNT; a++)
        if (has_key(actions[a].keys, key))
            return (enum ecs_action)a;
    return ECS_ACTION_NONE;
}
