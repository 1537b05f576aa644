#include "base_lesson.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char base_lesson[] =
    "---\n"
    "format: 1\n"
    "id: false-sharing\n"
    "title: Two counters, one cache line\n"
    "objective: Explain it.\n"
    "misconception: M7 different variables never interfere\n"
    "requires: cache-line, affinity\n"
    "minutes: 12\n"
    "---\n"
    "## Predict\n"
    "Two workers bump **their own** counter.\n"
    "```predict p1\n"
    "ask: We move the counters apart. The rate will ...\n"
    "choice same: stay the same\n"
    "choice up: go up *\n"
    "choice down: go down\n"
    "why same: The hardware shares the line.\n"
    "why down: Two lines are nothing.\n"
    "claim same: 0.8 .. 1.5\n"
    "claim up: 1.5 .. inf\n"
    "claim down: 0 .. 0.8\n"
    "confidence: yes\n"
    "```\n"
    "## Observe: move them\n"
    "Press `p`.\n"
    "```scenario s1\n"
    "run: counters kernel=load_store threads=2 stride=8 pin=distinct-cores\n"
    "chart: rate.total hit_rate\n"
    "figures: rate.total op.ns line.sharers\n"
    "measure: 5 x 0.3s warmup 0.2s\n"
    "toggle p: stride = 8 | 64 | 128\n"
    "toggle a: pin = distinct-cores | same-core\n"
    "compare: stride = 8 | 128\n"
    "caption pin == same-core: One core.\n"
    "caption stride == 8: Each write takes the line away.\n"
    "```\n"
    "## Explain\n"
    "```expect e1\n"
    "metric: median(s1.rate.total[stride=128]) / median(s1.rate.total[stride=8])\n"
    "pass: >= 2.0\n"
    "weak: 1.15 .. 2.0\n"
    "else: < 1.15\n"
    "say pass: {value}x on this machine ({low} to {high}).\n"
    "say weak: Only {value}x; a line has {calib.line_bytes} bytes.\n"
    "say else: Not visible: {s1.rate.total[stride=8]}.\n"
    "fallback: trace false-sharing.ecst\n"
    "```\n"
    "```ask q1\n"
    "ask: How many counters fit on one line?\n"
    "answer: calib.line_bytes / 8\n"
    "tolerance: 1 %\n"
    "hint: Look at the picture.\n"
    "hint: Divide.\n"
    "```\n"
    "## Transfer\n"
    "```do d1\n"
    "task: Find the smallest stride.\n"
    "check: s1.param.stride <= 64 and s1.rate.total[now] / s1.rate.total[stride=128] >= 0.9\n"
    "hint: Press p.\n"
    "reveal: 64\n"
    "```\n"
    "```ask q2\n"
    "ask: And now?\n"
    "choice one: this *\n"
    "choice two: that\n"
    "why two: No.\n"
    "```\n"
    "```notes\n"
    "Vote: p1, then press p.\n"
    "```\n";

char *base_with(const char *find, const char *replace, int *line)
{
    const char *at = strstr(base_lesson, find);
    ck_assert_msg(at != NULL, "the base lesson has no '%s'", find);
    char *out = NULL;
    *line = 1;
    for (const char *p = base_lesson; p < at; p++)
        *line += *p == '\n';
    ck_assert(asprintf(&out, "%.*s%s%s", (int)(at - base_lesson), base_lesson, replace,
                       at + strlen(find)) > 0);
    return out;
}
