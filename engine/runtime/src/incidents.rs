//! Incidents that the engine finds, not the rules: they park one case, and the rest goes on.

use machine::ids::{Bilingual, RunIx};
use machine::incident::Incident;

/// The program itself broke off.
pub fn bug() -> Incident {
    Incident {
        code: "bug".into(),
        run: RunIx::MAIN,
        words: Bilingual::new(
            "程序在办理这一步时出错中断，本件已暂停，其他业务照常。请把日志交给开发人员，修复后再重试",
            "the program broke off while deciding this step; this case waits, others go on. Give the log to the developers and retry once it is mended",
        ),
    }
}

/// The step is larger than the store takes.
pub fn cannot_be_kept(detail: &str) -> Incident {
    Incident {
        code: "cannot_be_kept".into(),
        run: RunIx::MAIN,
        words: Bilingual::new(
            format!("这一步的结果无法保存：{detail}"),
            format!("what this step brings cannot be kept: {detail}"),
        ),
    }
}
