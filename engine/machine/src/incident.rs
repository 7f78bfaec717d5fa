//! A case that cannot go on by itself: the definition is at fault, and a person has to look.

use expr::formula::{EvalError, EvalKind};
use expr::lang::Lang;
use expr::time::deadline::TimeError;
use expr::value::Value;

use crate::chart::Chart;
use crate::ids::{Bilingual, Name, RunIx, TransitionIx};

/// Why a turn was stopped. The case stays as it was before that turn; the process goes on for others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// `endless_loop`, `formula_failed`, `table_failed`, `null_guard`, `clock_failed`, `refused_by_rule`.
    pub code: Name,
    /// The run it happened in.
    pub run: RunIx,
    /// What happened and what usually causes it.
    pub words: Bilingual,
}

impl Incident {
    /// Too many microsteps; names the usual cause.
    pub fn endless(chart: &Chart, run: RunIx, taken: &[TransitionIx], bound: u32) -> Incident {
        let names: Vec<&str> =
            taken.iter().map(|t| &*chart.state(chart.transitions[t.at()].source).name).collect();
        let at = names.join(", ");
        Incident {
            code: "endless_loop".into(),
            run,
            words: Bilingual::new(
                format!(
                    "{bound} 个微步之后仍未停下，最后在状态 {at}。常见原因：always 分支的条件一直成立又回到原处，或 done 事件引出的转移再次进入同一状态"
                ),
                format!(
                    "still not at rest after {bound} microsteps, last in {at}. Usual causes: an `always` branch whose condition stays true and leads back, or a transition on a done event that enters the same state again"
                ),
            ),
        }
    }

    /// A formula could not be evaluated; `table_failed` when a decision table had no answer.
    pub fn formula(run: RunIx, text: &str, error: &EvalError) -> Incident {
        let code = if error.kind == EvalKind::Host { "table_failed" } else { "formula_failed" };
        Incident {
            code: code.into(),
            run,
            words: Bilingual::new(
                format!("公式“{text}”算不出来：{}", error.message.zh),
                format!("the formula `{text}` has no value: {}", error.message.en),
            ),
        }
    }

    /// A formula gave something else than its place needs.
    pub fn wrong_kind(run: RunIx, text: &str, wanted: (&str, &str), got: &Value) -> Incident {
        Incident {
            code: "formula_failed".into(),
            run,
            words: Bilingual::new(
                format!("公式“{text}”应得到{}，实际得到{}", wanted.0, got.type_name(Lang::Zh)),
                format!(
                    "the formula `{text}` should give {}, but gave a {}",
                    wanted.1,
                    got.type_name(Lang::En)
                ),
            ),
        }
    }

    /// A legal time could not be computed.
    pub fn clock(run: RunIx, clock: &str, error: &TimeError) -> Incident {
        let (zh, en) = (error.text(Lang::Zh), error.text(Lang::En));
        Incident {
            code: "clock_failed".into(),
            run,
            words: Bilingual::new(
                format!("时限 {clock} 算不出来：{zh}"),
                format!("the clock {clock} cannot be reckoned: {en}"),
            ),
        }
    }

    /// More timers fell due at once than any case fires.
    pub fn too_many_timers(bound: usize) -> Incident {
        Incident {
            code: "endless_timers".into(),
            run: RunIx::MAIN,
            words: Bilingual::new(
                format!(
                    "一次触发了 {bound} 个定时器仍未停下。常见原因：到期后的步骤又设了一个已经到期的时限"
                ),
                format!(
                    "{bound} timers fired at once and more are due. Usual cause: what a clock does sets another clock that is due already"
                ),
            ),
        }
    }

    /// A rule said no where nobody waits for an answer.
    pub fn refused(run: RunIx, code: &str) -> Incident {
        Incident {
            code: "refused_by_rule".into(),
            run,
            words: Bilingual::new(
                format!("到时自动执行的步骤被规则拒绝（{code}），没有人可以答复"),
                format!("a rule refused ({code}) what a clock was to do, and nobody is there to answer"),
            ),
        }
    }
}
