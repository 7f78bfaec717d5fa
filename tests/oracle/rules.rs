//! Every rule of the statechart part of docs/language/semantics.md, as a small chart and what happens to it.
//!
//! A line is `event => innermost active states : what was said, in order`. Machine and oracle must both say so.

use super::compare::check;

#[test]
fn the_chart_starts_in_its_first_state_or_where_it_says() {
    check(
        "
         state draft
         state review",
        "start => draft",
    );
    check(
        "
         -> review
         state draft
         state review",
        "start => review",
    );
}

#[test]
fn a_chart_may_start_deep_inside_without_asking_the_states_between() {
    check(
        "
         -> second
         state work -> first do log(usual)
           enter log(work)
           state first
           state second -> b
             enter log(second)
             state a
             state b
               enter log(b)",
        "start => b : work second b",
    );
}

#[test]
fn outer_states_are_entered_first_and_left_last() {
    check(
        "
         state outer
           enter log(in-outer)
           exit log(out-outer)
           state inner
             enter log(in-inner)
             exit log(out-inner)
             on a -> away do log(on-the-way)
         state away
           enter log(in-away)",
        "start => inner : in-outer in-inner
         a => away : out-inner out-outer on-the-way in-away",
    );
}

#[test]
fn the_initial_actions_run_between_parent_and_child() {
    check(
        "
         state outer -> inner do log(between)
           enter log(outer)
           state inner
             enter log(inner)",
        "start => inner : outer between inner",
    );
}

#[test]
fn the_innermost_state_answers_first() {
    check(
        "
         state outer
           on a -> elsewhere
           state inner
             on a -> sibling
           state sibling
         state elsewhere",
        "start => inner
         a     => sibling
         a     => elsewhere",
    );
}

#[test]
fn of_two_branches_the_first_that_holds_is_taken() {
    check(
        "
         state s
           on a when in(nowhere) -> nowhere
           on a -> first
           on a -> second
         state first
         state second
         state nowhere",
        "start => s
         a     => first",
    );
}

#[test]
fn an_event_nobody_answers_changes_nothing() {
    check(
        "
         state s
           on a -> t
         state t",
        "start => s
         b     => nothing
         a     => t
         a     => nothing",
    );
}

#[test]
fn events_are_answered_by_whole_words_from_the_left() {
    check(
        "
         state s
           on a.b do log(a.b)
           on a.* do log(a.*)
           on * do log(any)",
        "start => s
         a     => s : a.*
         a.b   => s : a.b
         a.b.c => s : a.b
         ab    => s : any
         c.d   => s : any",
    );
}

#[test]
fn a_branch_without_a_target_leaves_nothing() {
    check(
        "
         state outer
           exit log(out-outer)
           on a do log(noted)
           state inner
             exit log(out-inner)",
        "start => inner
         a     => inner : noted",
    );
}

#[test]
fn a_branch_to_the_state_itself_leaves_and_enters_it() {
    check(
        "
         state s
           enter log(in)
           exit log(out)
           on a -> s do log(again)
           on b internal -> s do log(internal-too)",
        "start => s : in
         a     => s : out again in
         b     => s : out internal-too in",
    );
}

#[test]
fn an_internal_branch_stays_in_its_compound_state_an_external_one_leaves_it() {
    check(
        "
         state outer
           enter log(in-outer)
           exit log(out-outer)
           on a internal -> two
           on b -> two
           state one
             exit log(out-one)
           state two
             exit log(out-two)",
        "start => one : in-outer
         a     => two : out-one
         b     => two : out-two out-outer in-outer",
    );
}

#[test]
fn internal_means_nothing_on_a_parallel_state() {
    check(
        "
         parallel both
           enter log(in)
           exit log(out)
           on a internal -> y
           state left
             state x
             state y
           state right
             state r",
        "start => x r : in
         a     => y r : out in",
    );
}

#[test]
fn every_region_answers_and_all_leave_before_any_acts() {
    check(
        "
         parallel both
           state left
             state l1
               exit log(out-l1)
               on a -> l2 do log(left)
             state l2
               enter log(in-l2)
           state right
             state r1
               exit log(out-r1)
               on a -> r2 do log(right)
             state r2
               enter log(in-r2)",
        "start => l1 r1
         a     => l2 r2 : out-r1 out-l1 left right in-l2 in-r2",
    );
}

#[test]
fn between_regions_the_first_in_the_document_preempts() {
    check(
        "
         parallel both
           state left
             state l1
               on a -> away
           state right
             state r1
               on a -> other
         state away
         state other",
        "start => l1 r1
         a     => away",
    );
}

#[test]
fn a_branch_inside_preempts_one_of_the_parallel_state_round_it() {
    check(
        "
         parallel both
           on a -> away
           state left
             state l1
           state right
             state r1
               on a -> r2
             state r2
         state away",
        "start => l1 r1
         a     => l1 r2
         a     => away",
    );
}

#[test]
fn a_parallel_state_is_done_when_all_its_regions_are() {
    check(
        "
         parallel both
           on done.state.left do log(left-done)
           on done.state.both -> after
           state left
             state l1
               on a -> lf
             final lf
           state right
             state r1
               on b -> rf
             final rf
         state after",
        "start => l1 r1
         a     => lf r1 : left-done
         b     => after",
    );
}

#[test]
fn a_parallel_state_within_a_region_does_not_make_the_outer_one_done() {
    // SCXML looks two levels up from the final state, not further.
    check(
        "
         parallel outer
           on done.state.inner do log(inner-done)
           on done.state.outer do log(outer-done)
           state lone
             final lf
           parallel inner
             state x
               state x1
                 on a -> xf
               final xf
             state y
               final yf",
        "start => lf x1 yf
         a     => lf xf yf : inner-done",
    );
}

#[test]
fn a_compound_state_is_done_when_its_final_child_is_entered() {
    check(
        "
         state work
           on done.state.work -> after do log(done)
           state w1
             on a -> wf
           final wf
             enter log(wf)
         state after",
        "start => w1
         a     => after : wf done",
    );
}

#[test]
fn a_final_state_at_the_top_ends_the_run() {
    check(
        "
         state s
           on a -> end do raise(x)
           on x -> s
         final end
           enter log(in)
           exit log(out)",
        "start => s
         a     => ended end : in out
         a     => nothing",
    );
}

#[test]
fn raised_events_come_before_anything_from_outside_and_in_order() {
    check(
        "
         state s
           on a do raise(x) raise(x.y)
           on x.y do log(second)
           on x do log(first)",
        "start => s
         a     => s : first second",
    );
}

#[test]
fn eventless_branches_come_before_raised_events() {
    check(
        "
         state s
           on a -> t do raise(x)
         state t
           on x do log(never)
           always -> u do log(at-once)
         state u
           on x do log(then)",
        "start => s
         a     => u : at-once then",
    );
}

#[test]
fn a_guard_sees_the_configuration_before_the_step() {
    check(
        "
         parallel both
           state left
             state l1
               on a when in(r1) -> l2
             state l2
           state right
             state r1
               on a when in(l1) -> r2
             state r2",
        "start => l1 r1
         a     => l2 r2",
    );
}

#[test]
fn shallow_history_remembers_the_child_deep_history_the_innermost() {
    let chart = |kind: &str| {
        format!(
            "
             state work
               {kind} back -> one
               on a -> away
               state one
               state two
                 state t1
                   on b -> t2
                 state t2
               on c.d -> two
             state away
               on a -> back"
        )
    };
    let story = |returned: &str| {
        format!(
            "start => one
             c.d   => t1
             b     => t2
             a     => away
             a     => {returned}"
        )
    };
    check(&chart("history"), &story("t1"));
    check(&chart("deep"), &story("t2"));
}

#[test]
fn a_history_without_memory_takes_its_default_after_the_parents_entry() {
    check(
        "
         -> away
         state away
           on a -> back
         state work
           enter log(in-work)
           history back -> two do log(default)
           state one
           state two
             enter log(in-two)",
        "start => away
         a     => two : in-work default in-two",
    );
}

#[test]
fn a_default_of_history_may_be_another_history() {
    check(
        "
         -> away
         state away
           on a -> outer-back
           on b -> inner
         state outer
           history outer-back -> inner-back
           on c.d -> away
           state first
           state inner
             deep inner-back -> i1
             state i1
               on b -> i2
             state i2",
        "start => away
         a     => i1
         b     => i2
         c.d   => away
         a     => i1",
    );
}

#[test]
fn the_history_of_a_parallel_state_brings_every_region_back() {
    check(
        "
         parallel both
           deep back -> l1 r1
           on a -> away
           state left
             state l1
               on b -> l2
             state l2
           state right
             state r1
             state r2
         state away
           on a -> back",
        "start => l1 r1
         b     => l2 r1
         a     => away
         a     => l2 r1",
    );
}

#[test]
fn a_branch_may_lead_to_several_regions_at_once() {
    check(
        "
         state s
           on a -> r2 l2
         parallel both
           state left
             state l1
             state l2
               enter log(l2)
           state middle
             state m1
               enter log(m1)
           state right
             state r1
             state r2
               enter log(r2)",
        "start => s
         a     => l2 m1 r2 : l2 m1 r2",
    );
}

#[test]
fn a_loop_that_never_rests_is_stopped_and_nothing_has_happened() {
    check(
        "
         state s
           on a -> t
         state t
           always -> u
         state u
           always -> t",
        "start => s
         a     => endless
         b     => nothing",
    );
}

#[test]
fn a_flood_of_raised_events_is_stopped_too() {
    check(
        "
         state s
           on a do raise(x) raise(x)
           on x do raise(x) raise(x)",
        "start => s
         a     => endless",
    );
}

#[test]
fn the_chart_itself_may_answer_and_is_never_left() {
    check(
        "
         on a -> t do log(anywhere)
         state s
           exit log(out-s)
           on b -> t
         state t",
        "start => s
         a     => t : out-s anywhere",
    );
}

#[test]
fn a_start_in_several_regions_enters_each_once() {
    check(
        "
         -> l2 r2
         parallel both
           state left
             state l1
               enter log(l1)
             state l2
               enter log(l2)
           state right
             state r1
               enter log(r1)
             state r2
               enter log(r2)",
        "start => l2 r2 : l2 r2",
    );
}

#[test]
fn an_initial_with_a_history_in_one_region_asks_no_region_for_its_own_start() {
    check(
        "
         -> whole
         state whole -> x back
           parallel both
             state left -> l1 do log(own-start)
               history back -> l1 do log(default)
               state l1
             state x
             state y",
        "start => l1 x y : default",
    );
}
