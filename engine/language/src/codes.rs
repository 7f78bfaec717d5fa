//! Every code a person can see: one line here and one page in `docs/diagnostics/`.
//!
//! Ranges: 01 text and YAML traps, 02 structure, 03 names, 04 formulas, 05 tables, 06 time and parameters,
//! 07 flow analysis, 08 stories and golden tables, 09 command line and scripts, 10 settlement rules,
//! 11 data of a settlement; F9 what stops a formula while it runs. A code is never used anew for another finding.

use expr::formula::FormulaCode;

use crate::diagnostic::Severity;
use crate::words::Lang;

/// A code from the registry, `CH0117`.
#[derive(Clone, Copy)]
pub struct Code(&'static Entry);

/// One line of the registry.
struct Entry {
    id: &'static str,
    name: &'static str,
    severity: Severity,
    zh: &'static str,
    en: &'static str,
    page: &'static str,
}

impl Code {
    /// `CH0117`.
    pub fn id(self) -> &'static str {
        self.0.id
    }

    /// The short English name, `duplicate-key`.
    pub fn slug(self) -> String {
        self.0.name.to_ascii_lowercase().replace('_', "-")
    }

    /// The weight a finding has unless it says otherwise.
    pub fn severity(self) -> Severity {
        self.0.severity
    }

    /// What the finding is called.
    pub fn title(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.0.zh,
            Lang::En => self.0.en,
        }
    }

    /// The page `docs/diagnostics/CHxxxx.md`, in both languages.
    pub fn page(self) -> &'static str {
        self.0.page
    }

    /// The code with this id (any case) or slug; that of a formula's text also by its own, `F203`.
    pub fn find(name: &str) -> Option<Code> {
        let name = name.trim();
        let formula = FormulaCode::ALL.iter().find(|code| code.as_str().eq_ignore_ascii_case(name));
        let found =
            ALL.iter().copied().find(|code| code.id().eq_ignore_ascii_case(name) || code.slug() == name);
        found.or_else(|| formula.map(|code| crate::process::formula_code(*code)))
    }

    /// What formulas alone call it, `F203`, where that is another code.
    pub fn of_formulas(self) -> Option<&'static str> {
        let same = |code: &&FormulaCode| crate::process::formula_code(**code) == self;
        FormulaCode::ALL.iter().find(same).map(|code| code.as_str())
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Code) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for Code {}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Code) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Code) -> std::cmp::Ordering {
        self.0.id.cmp(other.0.id)
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.id)
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}({})", self.0.id, self.slug())
    }
}

/// The registry. A line names a constant, and its page must exist or this file does not compile.
macro_rules! codes {
    ($($id:ident $severity:ident $name:ident $zh:literal $en:literal;)*) => {
        $(
            #[doc = concat!(stringify!($id), ": ", $en, ".")]
            pub const $name: Code = Code(&Entry {
                id: stringify!($id),
                name: stringify!($name),
                severity: Severity::$severity,
                zh: $zh,
                en: $en,
                page: include_str!(concat!("../../../docs/diagnostics/", stringify!($id), ".md")),
            });
        )*
        /// Every code, in order.
        pub const ALL: &[Code] = &[$($name),*];
    };
}

codes! {
    CH0101 Error NOT_UTF8 "文件不是 UTF-8 编码" "the file is not UTF-8";
    CH0102 Error GB_ENCODING "文件是 GBK/GB18030 编码" "the file is saved as GBK/GB18030";
    CH0103 Error UTF16_ENCODING "文件是 UTF-16 编码" "the file is saved as UTF-16";
    CH0104 Error CONTROL_CHARACTER "文件里有看不见的控制字符" "an invisible control character";
    CH0105 Error FILE_TOO_LARGE "文件超过 1 MiB" "the file is larger than 1 MiB";
    CH0106 Error TOO_DEEP "嵌套太深" "nested too deeply";
    CH0107 Error TAB_INDENT "缩进用了制表符" "a tab in the indentation";
    CH0108 Error FULLWIDTH_PUNCTUATION "该用半角符号的地方用了全角符号" "full-width punctuation where YAML needs ASCII";
    CH0109 Error ODD_SPACE "缩进用了全角空格或不换行空格" "an ideographic or non-breaking space as indentation";
    CH0110 Warning SMART_QUOTES "用中文引号当作 YAML 引号" "typographic quotes used as YAML quotes";
    CH0111 Error COLON_WITHOUT_SPACE "冒号后面少一个空格" "no space after the colon";
    CH0112 Error COLON_IN_TEXT "文字里的“冒号加空格”要加引号" "a colon and space inside an unquoted text";
    CH0113 Error COMMA_IN_TEXT "花括号里的文字被逗号截断" "a comma cuts a text inside braces";
    CH0114 Error BLOCK_BY_ACCIDENT "以 `>` 或 `|` 开头的文字要加引号" "a text that begins with `>` or `|` needs quotes";
    CH0115 Error RESERVED_START "文字开头的符号在 YAML 里有别的意思" "a text begins with a character YAML keeps for itself";
    CH0116 Error FORMULA_IN_BRACES "花括号里的公式带有方括号或逗号" "a formula with brackets or commas inside braces";
    CH0117 Error DUPLICATE_KEY "同一个键写了两次" "a key is written twice";
    CH0118 Error ANCHOR "不使用锚点 `&`" "anchors are not used here";
    CH0119 Error ALIAS "不使用引用 `*`" "aliases are not used here";
    CH0120 Error MERGE_KEY "不使用合并键 `<<`" "merge keys are not used here";
    CH0121 Error TAG "不使用标签 `!`" "tags are not used here";
    CH0122 Error SEVERAL_DOCUMENTS "一个文件只写一份文档" "one file holds one document";
    CH0123 Error DIRECTIVE "不使用 `%` 指令" "directives are not used here";
    CH0124 Error UNCLOSED_BRACKET "括号没有配对" "a bracket is not closed";
    CH0125 Error UNCLOSED_QUOTE "引号没有配对" "a quote is not closed";
    CH0126 Error BAD_INDENT "缩进没有对齐" "the indentation does not line up";
    CH0127 Error BAD_ESCAPE "双引号里的反斜杠转义不认识" "an unknown escape in double quotes";
    CH0128 Error LINE_TOO_LONG "一行太长" "a line is too long";
    CH0129 Error TOO_MANY_VALUES "值太多" "too many values";
    CH0130 Error KEY_NOT_TEXT "键必须是一个词" "a key must be a plain word";
    CH0131 Error MISSING_COLON "这一行缺少冒号" "a line without a colon";
    CH0132 Error TEXT_AFTER_QUOTE "引号后面还有文字" "text after a closing quote";
    CH0133 Error MISSING_COMMA "括号里缺少逗号" "a comma is missing inside brackets";
    CH0134 Error DASH_MISPLACED "横线 `-` 的位置不对" "a dash in the wrong place";
    CH0139 Error YAML_SYNTAX "YAML 写法不对" "not valid YAML";

    CH0201 Error UNKNOWN_KEY "不认识的键" "an unknown key";
    CH0202 Error MISSING_KEY "缺少必填的键" "a required key is missing";
    CH0203 Error WRONG_TYPE "值的形式不对" "a value of the wrong form";
    CH0204 Error BAD_VALUE "值不在允许的写法之内" "a value that is not allowed here";
    CH0205 Error MISSING_VALUE "键后面没有写值" "a key without a value";
    CH0206 Warning MISSING_LANGUAGE "标题缺少一种语言" "a title lacks one language";

    CH0207 Error OTHER_LANGUAGE_VERSION "流程语言的版本不认识" "another version of the language";
    CH0208 Error NO_INITIAL "没有写从哪个状态开始" "no initial state";
    CH0209 Error INITIAL_OUTSIDE "`initial` 不在里面" "the initial state lies outside";
    CH0210 Error NO_DEFAULT "历史状态没有缺省去向" "a history state without default";
    CH0211 Error STILL_STATE "终结或历史状态里写了不起作用的键" "a key that means nothing in a final or history state";
    CH0212 Error NO_REGIONS "并行状态里没有分区" "a parallel state without regions";
    CH0213 Error TWO_WAYS "一个分支写了两种去向" "a branch that leads two ways";
    CH0214 Error TARGETS_CLASH "去向的状态不会同时有效" "targets that are never active together";
    CH0215 Error INTERNAL_OF_ATOMIC "没有内部状态却写 `internal`" "`internal` in a state without states inside";
    CH0216 Error ACTIONS_IN_ONE "一个动作里写了几个" "several actions in one";
    CH0217 Error ONLY_IN_CHILDREN "只能用在子流程里" "only for child processes";
    CH0218 Error ONLY_IN_MAIN "只能用在主流程里" "only for the main process";
    CH0219 Error TELL_WHOM "没有写清告诉谁" "`tell` without one addressee";
    CH0220 Error TOO_MANY "同类的东西太多" "too many of one kind";
    CH0221 Error NO_CHOICES "选项类型没有选项" "a choice without choices";
    CH0222 Error FORM_WITHOUT_TYPE "表单项没有类型" "a form field without type";
    CH0223 Error TASK_WITHOUT_OUTCOME "任务没有办法完成" "a task that cannot be completed";
    CH0224 Error OUTCOME_UNANSWERED "任务的结果没有状态应答" "an outcome that nothing answers";
    CH0225 Error OUTCOME_NOT_ALLOWED "角色不能发任务的结果" "an outcome the role may not send";
    CH0226 Error START_WITHOUT "启动子流程缺少必填数据" "a child started without required data";
    CH0227 Error SILENCE_BROKEN "写了任务又说没有任务" "a silence that is not one";

    CH0228 Error PAUSES_OTHER "暂停的不是外层状态的时限" "a clock of another state cannot stand still";

    CH0229 Error FORM_TYPE_CLASH "表单项与同名数据项的类型不同" "a form field of another type than the data field";

    CH0301 Error UNKNOWN_STATE "没有这个状态" "an unknown state";
    CH0302 Error UNKNOWN_EVENT "没有这个事件" "an unknown event";
    CH0303 Error UNKNOWN_ROLE "没有这个角色" "an unknown role";
    CH0304 Error UNKNOWN_CLOCK "没有这个时限" "an unknown clock";
    CH0305 Error UNKNOWN_FIELD "没有这个数据项" "an unknown data field";
    CH0306 Error UNKNOWN_REFUSAL "没有这个拒绝理由" "an unknown refusal";
    CH0307 Error UNKNOWN_RECORD "没有这句历史用语" "an unknown record";
    CH0308 Error UNKNOWN_NOTICE "没有这个通知" "an unknown notice";
    CH0309 Error UNKNOWN_CHILD "没有这个子流程" "an unknown child process";
    CH0310 Error UNKNOWN_PARAMETER "没有这个参数" "an unknown parameter";
    CH0311 Error UNKNOWN_SEND "没有这个延时事件" "an unknown delayed event";
    CH0312 Error NAME_TWICE "同一个名字声明了两次" "a name is declared twice";
    CH0313 Error BAD_NAME "不能作名字" "not a name";
    CH0314 Error NAME_TAKEN "名字已有别的含义" "a name that is taken";
    CH0315 Error CONDITION_CYCLE "条件绕回到自己" "a condition that needs itself";

    CH0401 Error FORMULA_TOO_LONG "公式太长" "a formula is too long";
    CH0402 Error FORMULA_TOO_DEEP "公式嵌套太深" "a formula is nested too deeply";
    CH0403 Error FORMULA_CHARACTER "公式里不认识的符号" "a character that means nothing in a formula";
    CH0404 Error FORMULA_UNCLOSED "公式里的括号或引号没有配对" "a bracket or quote is not closed in a formula";
    CH0405 Error FORMULA_LITERAL "公式里的日期或时长读不出来" "a literal that cannot be read";
    CH0406 Error FORMULA_NUMBER "公式里的数字读不出来" "a number that cannot be read";
    CH0407 Error FORMULA_UNIT "公式里不认识的单位" "an unknown unit in a formula";
    CH0408 Error FORMULA_SYNTAX "公式写法不对" "a formula that cannot be read";
    CH0409 Error FORMULA_OPERATOR "别的语言的运算符" "the operator of another language";
    CH0410 Error FORMULA_FULLWIDTH "公式里有全角符号" "full-width punctuation in a formula";
    CH0411 Error FORMULA_NAME "公式里的名字没有声明" "an unknown name in a formula";
    CH0412 Error FORMULA_PATH "记录里没有这一项" "an unknown field of a record";
    CH0413 Error FORMULA_FUNCTION "没有这个函数" "an unknown function";
    CH0414 Error FORMULA_ARGUMENTS "函数的参数不对" "wrong arguments";
    CH0415 Error FORMULA_NOT_SUPPORTED "公式里不支持的写法" "not part of the formula language";
    CH0416 Error FORMULA_NO_CLOCK "公式不能读时钟或随机数" "a formula reads no clock";
    CH0417 Error FORMULA_TYPE "公式的类型不对" "a formula of the wrong type";
    CH0418 Error FORMULA_NEVER_EQUAL "永远不会相等的比较" "a comparison that can never be true";
    CH0419 Error FORMULA_MONEY "金额或比率这样算没有意义" "arithmetic that makes no sense for money";
    CH0420 Error FORMULA_NULL "可能为空的值没有处理" "a value that may be null";
    CH0421 Error FORMULA_ROUNDING "金额没有写明舍入" "an amount that must be rounded";
    CH0422 Error FORMULA_CHOICE "不是可选的值" "none of the choices";
    CH0423 Error FORMULA_FAILS "每次都会出错的算式" "arithmetic that always fails";

    CH0501 Error TABLE_SHAPE "不是一张表格" "not the shape of a table";
    CH0502 Error TABLE_CELL_COUNT "一行的格数与列名不符" "a row with more or fewer cells than headings";
    CH0503 Error TABLE_HEADING "列名不对" "a wrong heading";
    CH0504 Error TABLE_UNIT "表里不认识的单位" "an unknown unit in a table";
    CH0505 Error TABLE_EMPTY_CELL "单元格是空的" "an empty cell";
    CH0506 Error TABLE_WORD_FOR_OPERATOR "用“以上、以下”代替运算符" "a word of comparison in place of an operator";
    CH0507 Error TABLE_FULL_WIDTH "表里有全角符号" "a full-width sign in a table";
    CH0508 Error TABLE_SYNTAX "单元格读不出来" "a cell that cannot be read";
    CH0509 Error TABLE_WRONG_KIND "单元格的值与列的类型不符" "a value of another kind than its column";
    CH0510 Error TABLE_UNKNOWN_CHOICE "单元格里没有这个选项" "a cell names no choice of its column";
    CH0511 Error TABLE_EMPTY_RANGE "区间里没有任何值" "a range that holds nothing";
    CH0512 Error TABLE_OUT_OF_RANGE "表里的数超出范围" "a number of a table is out of range";
    CH0513 Error TABLE_TOO_MANY "表太大" "a table is too large";
    CH0514 Error TABLE_GAP "有的情形不落在任何一行" "a case that no row covers";
    CH0515 Error TABLE_OVERLAP "有的情形同时落在两行" "a case that two rows cover";
    CH0516 Warning TABLE_SHADOWED_ROW "永远轮不到的一行" "a row that never answers";
    CH0517 Warning TABLE_UNREACHABLE_ROW "不可能符合的一行" "a row that can never match";
    CH0518 Advice TABLE_UNSORTED_TIERS "档位次序乱了" "tiers out of order";
    CH0519 Warning TABLE_UNFINISHED "表没有检查完" "the check of a table was not finished";
    CH0520 Error TABLE_SIGNATURE "列与取法配不起来" "columns that do not suit how rows are settled";
    CH0521 Error TABLE_DOMAIN "取值范围读不出来" "a domain that cannot be read";
    CH0522 Warning TABLE_NO_DOMAIN "数字列没有写取值范围" "a column of numbers without domain";
    CH0523 Warning TABLE_NO_UNIT "金额或比率没有写单位" "an amount or a rate without unit";
    CH0524 Error TABLE_ROWS "行没有写，或写了两处" "rows missing, or given twice";
    CH0525 Error TABLE_PARAMETER "单元格里用了参数" "a parameter in a cell";
    CH0526 Warning TABLE_UNUSED "没有公式用到的表" "a table that no formula asks";
    CH0527 Warning TABLE_NO_BASIS "表没有写依据" "a table without basis";

    CH0601 Error NO_VALUE_YET "参数在生效日还没有值" "a parameter without value on the effective day";
    CH0602 Error OUT_OF_RANGE "参数值超出范围" "a value outside its range";
    CH0603 Error DATES_UNORDERED "参数的日期没有按先后写" "dates out of order";
    CH0604 Error BARE_NUMBER "时间没有写单位" "a time without unit";
    CH0605 Error BAD_PERIOD "期限读不出来" "a period that cannot be read";
    CH0606 Error BAD_DATE "日期读不出来" "a date that cannot be read";
    CH0607 Error BAD_REMINDER "提醒时间读不出来" "a reminder that cannot be read";
    CH0608 Error NO_OVERDUE "期限到期后什么也不发生" "a deadline without outcome";
    CH0609 Error BAD_CRON "定时表达式读不出来" "a schedule that cannot be read";
    CH0610 Error CALENDAR_DAYS "日历里的日期不对" "a date of a calendar is wrong";
    CH0611 Error OTHER_PROCESS "没有这个流程" "a profile of a process that is not there";

    CH0701 Error UNREACHABLE_STATE "状态走不到" "a state no case can reach";
    CH0702 Error DEAD_END "状态没有出路" "a state that nothing leaves";
    CH0703 Error TRAP "走进去就到不了终结" "a round without any way to an end";
    CH0704 Warning NO_END "流程没有终结状态" "a process that never ends";
    CH0705 Error SHADOWED "分支永远轮不到" "a branch that is never tried";
    CH0706 Error NEVER_HAPPENS "等的事件不会发生" "an event that cannot happen there";
    CH0707 Error NEVER_TRUE "条件永远不成立" "a condition that never holds";
    CH0708 Error REGIONS_CLASH "并行分区走向冲突" "regions that lead to different places";
    CH0709 Error ENDLESS_LOOP "没有事件也转个不停" "a loop without events";
    CH0710 Warning TASK_WITHOUT_DEADLINE "任务没有期限" "a task without a deadline";
    CH0711 Warning IDLE_CLOCK "时限不起作用" "a clock that changes nothing";
    CH0712 Warning WAIT_WITHOUT_END "等待没有人负责" "a wait nobody looks after";
    CH0713 Warning UNGATED_CREDIT "未查授权就用征信数据" "credit data used without consent";
    CH0714 Warning LITERAL_THRESHOLD "条件里直接写了政策数字" "a number written into a condition";
    CH0715 Warning FOUR_EYES "自己可以审自己" "a hole in the four-eyes rule";
    CH0716 Warning SAME_INSTANT "两个时限同时到期" "clocks due in the same instant";
    CH0717 Warning GATE_BEFORE_DEADLINE "门槛可能早于期限打开" "a gate that may open before a deadline";
    CH0718 Warning REMINDER_TOO_LATE "提醒永远发不出" "a reminder that never comes";
    CH0719 Advice REMINDERS_UNORDERED "提醒没有按先后写" "reminders out of order";
    CH0720 Advice DEADLINE_IN_HOLIDAY "期限可能落在节假日里" "a deadline that can fall into a holiday";
    CH0721 Warning UNUSED_NAME "声明了没有用到" "a name that is never used";
    CH0722 Warning FIELD_NEVER_FILLED "数据项没有人填" "a field that nothing fills";
    CH0723 Warning UNANSWERED_EVENT "事件没有状态应答" "an event no state answers";
    CH0724 Warning UNUSED_FORM_FIELD "表单项填了没有用" "a form field that is lost";
    CH0725 Warning UNKNOWN_PLACEHOLDER "历史用语里的值没有给" "a placeholder without a value";
    CH0726 Warning ACROSS_REGIONS "从一个分区跳到另一个分区" "a way from one region into another";
    CH0727 Warning CHILD_NEVER_STARTED "子流程没有启动" "a child process that nothing starts";
    CH0728 Warning CHILD_END_UNHEARD "子流程办完没有应答" "the end of children goes unnoticed";
    CH0729 Warning IDLE_HISTORY "历史状态没有什么可记" "a history state with nothing to remember";
    CH0730 Advice AUTHOR_ORDER "状态的顺序让人来回看" "an order of states that leads back";
    CH0731 Advice MISSING_TITLE "没有给人看的标题" "no title for people";
    CH0732 Warning PARAMETER_WITHOUT_BASIS "参数有出处却没写依据" "a parameter without its basis";
    CH0733 Note TOO_MANY_CONFIGURATIONS "状态组合太多" "too many combinations of states";
    CH0734 Warning SPEAKS_FOR_OTHERS "可以替别家单位办理" "a party may act in another's name";
    CH0735 Warning IDLE_ALLOWANCE "容许的问题并不存在" "an allowance for what is not found";
    CH0736 Warning ALLOWANCE_WITHOUT_REASON "容许没有写理由" "an allowance without a reason";

    CH0737 Warning STALE_READ "条件读的是填写之前的值" "a condition reads a field before it is filled";

    CH0801 Error STORY_STEP "故事的这一步没写全" "a step of a story is incomplete";
    CH0802 Error STORY_VALUE "故事里的值读不出来" "a value in a story cannot be read";
    CH0803 Error STORY_NAME "故事里的名字不存在" "a story names something unknown";
    CH0804 Error STORY_TIME "故事里的时间倒退" "time runs backwards in a story";
    CH0805 Error STORY_REFUSED "步骤被规则拒绝" "a step was refused by the rules";
    CH0806 Error STORY_NOT_REFUSED "应当被拒的没有被拒" "a step was not refused as told";
    CH0807 Error STORY_EXPECTED "结果与预期不符" "it did not come as expected";
    CH0808 Error STORY_STOPPED "案件停住了" "the case stopped";
    CH0809 Error GOLDEN_ROW "案例表的一行不符或读不出来" "a row of a golden table differs or cannot be read";
    CH0901 Error SCRIPT_EVENT "脚本的一条没写全" "an entry of a script is incomplete";
    CH0902 Error SCRIPT_VALUE "脚本里的值读不出来" "a value in a script cannot be read";
    CH0903 Error SCRIPT_NAME "脚本里的名字不存在" "a script names something unknown";
    CH0904 Error SCRIPT_TIME "脚本里的时间倒退" "time runs backwards in a script";
    CH0905 Error BAD_JSON "JSON 读不出来" "JSON that cannot be read";
    CH0906 Error BAD_OVERLAY "图上标注的写法不对" "marks for a diagram of the wrong form";
    CH0907 Error CALENDAR_UNKNOWN "没有这个日历" "a calendar that does not exist";

    CH1001 Error UNKNOWN_RULE "没有这条结算规则" "an unknown settlement rule";
    CH1002 Warning RULE_NOT_LISTED "规则没有列入结算" "a rule that no settlement lists";
    CH1003 Error UNKNOWN_LIST "没有这张清单" "an unknown list";
    CH1004 Error UNKNOWN_LIST_COLUMN "清单里没有这一列" "an unknown column of a list";
    CH1005 Error COLUMN_FORM "列的算法没有写或写了几种" "a column computed in no way or in several";
    CH1006 Error NO_ROWS_NAMED "没有写对哪些行计算" "a total that names no rows";
    CH1007 Warning NO_EFFECT "列出的行没有写影响金额" "listed rows without their effect";
    CH1008 Warning STEP_UNUSED "没有用到的步骤" "a step that nothing is made from";
    CH1009 Error CASES_MAPPING "案例表的对照写错了" "a wrong correspondence of a golden table";

    CH1101 Error DATA_FILE_MISSING "没有数据文件" "a data file is missing";
    CH1102 Error DATA_ENCODING "数据文件不是 UTF-8" "a data file is not UTF-8";
    CH1103 Error DATA_COLUMNS "数据文件的列不对" "wrong columns of a data file";
    CH1104 Error DATA_CELL "单元格读不出来" "a cell that cannot be read";
    CH1105 Error DATA_EMPTY "必填的格空着" "a cell that has to be filled in";
    CH1106 Error DATA_UNIT "金额多半是万元" "an amount that is most likely in 万元";
    CH1107 Error DATA_DUPLICATE "同一笔报了两次" "a record that is there twice";
    CH1108 Error DATA_OUTSIDE_YEAR "日期不在结算年度" "a date outside the year";
    CH1109 Error DATA_FOREIGN "不在名册里的机构" "an institution that is not listed";
    CH1110 Error DATA_RANGE "值超出范围" "a value out of range";
    CH1111 Error DATA_USCC "统一社会信用代码不对" "a credit code that is not valid";
    CH1112 Error DATA_TOO_MANY "数据文件太大" "a data file is too large";
    CH1113 Error DATA_ROW "一行的格数不对" "a line with more or fewer cells";
    CH1114 Error DATA_FILE_UNKNOWN "多出来的数据文件" "a data file that no set is called after";

    F901 Error EVAL_OVERFLOW "计算结果超出范围" "a result out of range";
    F902 Error EVAL_ZERO "除以零" "a division by zero";
    F903 Error EVAL_MISSING "计算时没有值" "a value that is missing";
    F904 Error EVAL_TYPE "计算时类型不对" "a value of the wrong type";
    F905 Error EVAL_ARGUMENT "函数不接受这个值" "a value that a function does not take";
    F906 Error EVAL_STEPS "计算步数太多" "too many steps";
    F907 Error EVAL_SIZE "结果太大" "a result that is too large";
    F908 Error EVAL_NO_CALENDAR "没有日历可用" "no calendar";
    F909 Error EVAL_HOST "流程自己的函数答不出" "a function of the process without an answer";
}
