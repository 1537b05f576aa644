#include "tui/widgets/bars.h"

#include <math.h>

void ecs_bar_draw(struct ecs_canvas *c, struct ecs_rect r, double part, enum ecs_role role)
{
    double filled = (part > 0 ? part < 1 ? part : 1 : 0) * r.w;
    int whole = (int)floor(filled + 1e-9), half = filled - whole >= 0.5;

    for (int y = r.y; y < r.y + r.h; y++)
        for (int x = 0; x < r.w; x++) {
            uint32_t ch = x < whole ? 0x2588 : x == whole && half ? 0x258c : 0xb7;
            ecs_put(c, r.x + x, y, ch, ch == 0xb7 ? ECS_ROLE_MUTED : role, 0);
        }
}
