/* What chart.c draws besides the line; shared by chart*.c and nobody else. */
#ifndef ECS_TUI_WIDGETS_CHART_PARTS_H
#define ECS_TUI_WIDGETS_CHART_PARTS_H

#include "tui/widgets/chart.h"

struct ecs_chart_view {
    const struct ecs_chart *chart;
    const struct ecs_chart_data *data;
    struct ecs_plot plot;
    int unit_end;                   /* first free column of the row above the plot */
};

enum ecs_role ecs_chart_role(const struct ecs_chart_view *v, int segment);
enum ecs_group ecs_chart_group(const struct ecs_chart_view *v, int segment);

void ecs_chart_unit(struct ecs_chart_view *v, int x);
void ecs_chart_guess(const struct ecs_chart_view *v);          /* the band, under the line */
void ecs_chart_guess_label(const struct ecs_chart_view *v);
void ecs_chart_marks(const struct ecs_chart_view *v);
void ecs_chart_cursor(const struct ecs_chart_view *v);
void ecs_chart_labels(const struct ecs_chart_view *v);         /* at the line: "B  409 M ops/s" */
bool ecs_chart_caption(const struct ecs_chart_view *v);

#endif
