#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/lockfree/stack.h"

enum { N = 8 };
static struct ecs_hazard_domain hazard;
static struct ecs_epoch_domain epoch;
static struct ecs_stack_node nodes[N + 1];
static struct ecs_stack stack;
static struct ecs_stack_caller caller;
static struct ecs_stack_view view;
static uint32_t seen[32];

static void make(enum ecs_stack_variant variant)
{
    ck_assert_int_eq(ecs_stack_init(&stack, variant, nodes, N, &hazard, &epoch), 0);
    ck_assert_int_eq(ecs_stack_join(&stack, &caller), 0);
}

static void setup(void)
{
    ck_assert_int_eq(ecs_hazard_init(&hazard, 1), 0);
    ck_assert_int_eq(ecs_epoch_init(&epoch), 0);
}

START_TEST(bad_arguments_are_refused)
{
    ck_assert_int_eq(ecs_stack_init(&stack, 0, NULL, N, NULL, NULL), -EINVAL);
    ck_assert_int_eq(ecs_stack_init(&stack, 0, nodes, 0, NULL, NULL), -EINVAL);
    ck_assert_int_eq(ecs_stack_init(&stack, 0, nodes, UINT32_MAX, NULL, NULL), -EINVAL);
    ck_assert_int_eq(ecs_stack_init(&stack, 4, nodes, N, &hazard, &epoch), -EINVAL);
    ck_assert_int_eq(ecs_stack_init(&stack, -1, nodes, N, &hazard, &epoch), -EINVAL);
    ck_assert_int_eq(ecs_stack_init(&stack, ECS_STACK_HAZARD, nodes, N, NULL, &epoch), -EINVAL);
    ck_assert_int_eq(ecs_stack_init(&stack, ECS_STACK_EPOCH, nodes, N, &hazard, NULL), -EINVAL);
    ck_assert_int_eq(ecs_stack_init(&stack, ECS_STACK_TAGGED, nodes, N, NULL, NULL), 0);
}
END_TEST

START_TEST(names_follow_the_enum)
{
    ck_assert_str_eq(ecs_stack_variants[ECS_STACK_PLAIN], "plain");
    ck_assert_str_eq(ecs_stack_variants[ECS_STACK_TAGGED], "tagged");
    ck_assert_str_eq(ecs_stack_variants[ECS_STACK_HAZARD], "hazard");
    ck_assert_str_eq(ecs_stack_variants[ECS_STACK_EPOCH], "epoch");
    ck_assert_ptr_null(ecs_stack_variants[4]);
}
END_TEST

START_TEST(nothing_else_shares_the_heads_lines)
{
    size_t head = offsetof(struct ecs_stack, head), rest = offsetof(struct ecs_stack, nodes);
    ck_assert_uint_ge(rest - head, ECS_PAD);
    ck_assert_uint_ge(sizeof(struct ecs_stack) - rest, ECS_PAD);
    ck_assert_uint_eq(sizeof(struct ecs_stack_node) % ECS_LINE, 0);
}
END_TEST

START_TEST(last_in_first_out)
{
    make(_i);
    ck_assert_uint_eq(ecs_stack_pop(&stack, &caller), 0);
    ecs_stack_push(&stack, 3, &caller);
    ecs_stack_push(&stack, 1, &caller);
    ecs_stack_push(&stack, 8, &caller);
    ck_assert_uint_eq(ecs_stack_pop(&stack, &caller), 8);
    ck_assert_uint_eq(ecs_stack_pop(&stack, &caller), 1);
    ck_assert_uint_eq(ecs_stack_pop(&stack, &caller), 3);
    ck_assert_uint_eq(ecs_stack_pop(&stack, &caller), 0);
    ck_assert_uint_eq(caller.attempts, 8);
    ck_assert_uint_eq(caller.retries, 0);
}
END_TEST

START_TEST(fill_puts_all_in_order)
{
    make(_i);
    ecs_stack_fill(&stack);
    for (uint32_t i = 1; i <= N; i++)
        ck_assert_uint_eq(ecs_stack_pop(&stack, &caller), i);
    ck_assert_uint_eq(ecs_stack_pop(&stack, &caller), 0);
}
END_TEST

START_TEST(large_indices_keep_all_their_bits)
{
    enum { MANY = 200000 };
    struct ecs_stack_node *many = aligned_alloc(ECS_LINE, (MANY + 1) * sizeof *many);
    ck_assert_ptr_nonnull(many);
    ck_assert_int_eq(ecs_stack_init(&stack, _i, many, MANY, &hazard, &epoch), 0);
    ck_assert_int_eq(ecs_stack_join(&stack, &caller), 0);
    ecs_stack_fill(&stack);
    unsigned wrong = 0;
    for (uint32_t i = 1; i <= MANY; i++)
        wrong += ecs_stack_pop(&stack, &caller) != i;
    for (uint32_t i = 1; i <= MANY; i++)
        ecs_stack_push(&stack, i, &caller);
    for (uint32_t i = MANY; i >= 1; i--)
        wrong += ecs_stack_pop(&stack, &caller) != i;
    ck_assert_uint_eq(wrong, 0);
    ck_assert_uint_eq(ecs_stack_pop(&stack, &caller), 0);
    free(many);
}
END_TEST

START_TEST(only_the_tagged_one_counts_versions)
{
    make(_i);
    ecs_stack_fill(&stack);
    for (int i = 0; i < 10; i++) {
        uint32_t index = ecs_stack_pop(&stack, &caller);
        ecs_stack_push(&stack, index, &caller);
    }
    ecs_stack_peek(&stack, seen, 32, &view);
    ck_assert_uint_eq(view.version, _i == ECS_STACK_TAGGED ? 10 : 0);
    ck_assert_uint_eq(view.head, 1);
}
END_TEST

START_TEST(the_version_wraps_without_touching_the_index)
{
    make(ECS_STACK_TAGGED);
    ecs_stack_fill(&stack);
    stack.head |= (uint64_t)UINT32_MAX << 32;
    ck_assert_uint_eq(ecs_stack_pop(&stack, &caller), 1);
    ecs_stack_peek(&stack, seen, 32, &view);
    ck_assert_uint_eq(view.version, 0);
    ck_assert_uint_eq(view.head, 2);
}
END_TEST

static struct { unsigned calls; uint32_t index; void *ctx; } got;

static void note(struct ecs_stack *s, uint32_t index, void *ctx)
{
    ck_assert_ptr_eq(s, &stack);
    got.calls++;
    got.index = index;
    got.ctx = ctx;
}

START_TEST(retire_gives_the_node_back_once)
{
    make(_i);
    ecs_stack_fill(&stack);
    uint32_t index = ecs_stack_pop(&stack, &caller);
    ecs_stack_retire(&stack, index, note, &stack, &caller);
    if (_i == ECS_STACK_PLAIN || _i == ECS_STACK_TAGGED)
        ck_assert_uint_eq(got.calls, 1);
    for (int i = 0; i < 3; i++)
        ecs_stack_flush(&stack, &caller);
    ck_assert_uint_eq(got.calls, 1);
    ck_assert_uint_eq(got.index, index);
    ck_assert_ptr_eq(got.ctx, &stack);
    ck_assert_uint_eq(ecs_stack_flush(&stack, &caller), 0);
}
END_TEST

START_TEST(retire_without_a_function_pushes_it_again)
{
    make(_i);
    ecs_stack_fill(&stack);
    for (int i = 0; i < 1000; i++) {
        uint32_t index = ecs_stack_pop(&stack, &caller);
        if (index)
            ecs_stack_retire(&stack, index, NULL, NULL, &caller);
        else
            ecs_stack_flush(&stack, &caller);
    }
    for (int i = 0; i < 3; i++)
        ecs_stack_flush(&stack, &caller);
    bool here[N + 1] = {false};
    for (uint32_t i = 1; i <= N; i++) {
        uint32_t index = ecs_stack_pop(&stack, &caller);
        ck_assert_uint_ne(index, 0);
        ck_assert(!here[index]);
        here[index] = true;
    }
    ck_assert_uint_eq(ecs_stack_pop(&stack, &caller), 0);
}
END_TEST

START_TEST(a_protected_top_is_not_given_back)
{
    make(ECS_STACK_HAZARD);
    ecs_stack_fill(&stack);
    uint32_t index = ecs_stack_pop(&stack, &caller);
    ecs_hazard_publish(caller.hazard, 0, &nodes[index]);  /* as a slow popper would have */
    ecs_stack_retire(&stack, index, note, NULL, &caller);
    ck_assert_uint_eq(ecs_stack_flush(&stack, &caller), 0);
    ck_assert_uint_eq(got.calls, 0);
    ecs_hazard_clear(caller.hazard, 0);
    ck_assert_uint_eq(ecs_stack_flush(&stack, &caller), 1);
    ck_assert_uint_eq(got.calls, 1);
}
END_TEST

START_TEST(pop_leaves_no_protection_behind)
{
    make(_i);
    ecs_stack_push(&stack, 1, &caller);
    for (int i = 0; i < 2; i++) {  /* a full and an empty one */
        struct ecs_hazard_seen hazards[2];
        struct ecs_epoch_seen readers[2];
        ecs_stack_pop(&stack, &caller);
        ck_assert_uint_eq(ecs_hazard_peek(&hazard, hazards, 2), 0);
        ck_assert_uint_eq(ecs_epoch_peek(&epoch, readers, 2), 0);
    }
}
END_TEST

START_TEST(peek_draws_what_is_there)
{
    make(ECS_STACK_TAGGED);
    ecs_stack_peek(&stack, seen, 32, &view);
    ck_assert(view.head == 0 && view.n == 0 && !view.cycle && !view.cut);
    ecs_stack_fill(&stack);
    ecs_stack_peek(&stack, seen, 32, &view);
    ck_assert(view.n == N && !view.cycle && !view.cut);
    for (uint32_t i = 0; i < N; i++)
        ck_assert_uint_eq(seen[i], i + 1);
    ecs_stack_peek(&stack, seen, N, &view);
    ck_assert(view.n == N && !view.cut);
    ecs_stack_peek(&stack, seen, 3, &view);
    ck_assert(view.n == 3 && view.cut);
    ecs_stack_peek(&stack, NULL, 0, &view);
    ck_assert(view.n == 0 && view.cut && view.head == 1);
}
END_TEST

START_TEST(peek_says_where_a_cycle_closes)
{
    make(ECS_STACK_PLAIN);
    ecs_stack_fill(&stack);
    nodes[5].next = 3;  /* 1 2 3 4 5 3 ... */
    ecs_stack_peek(&stack, seen, 32, &view);
    ck_assert_uint_eq(view.n, 5);
    ck_assert(view.cycle && !view.cut);
    ck_assert_uint_eq(view.back_to, 2);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("stack");
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, bad_arguments_are_refused);
    tcase_add_test(tc, names_follow_the_enum);
    tcase_add_test(tc, nothing_else_shares_the_heads_lines);
    tcase_add_loop_test(tc, last_in_first_out, 0, 4);
    tcase_add_loop_test(tc, fill_puts_all_in_order, 0, 4);
    tcase_add_loop_test(tc, large_indices_keep_all_their_bits, 0, 4);
    tcase_add_loop_test(tc, only_the_tagged_one_counts_versions, 0, 4);
    tcase_add_test(tc, the_version_wraps_without_touching_the_index);
    tcase_add_loop_test(tc, retire_gives_the_node_back_once, 0, 4);
    tcase_add_loop_test(tc, retire_without_a_function_pushes_it_again, 0, 4);
    tcase_add_test(tc, a_protected_top_is_not_given_back);
    tcase_add_loop_test(tc, pop_leaves_no_protection_behind, 0, 4);
    tcase_add_test(tc, peek_draws_what_is_there);
    tcase_add_test(tc, peek_says_where_a_cycle_closes);
    Suite *s = suite_create("stack");
    suite_add_tcase(s, tc);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
