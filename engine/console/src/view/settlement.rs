//! What the pages of the annual settlement show.

/// The runs that are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunsPage {
    /// The runs, newest first.
    pub runs: Vec<RunLine>,
    /// Whether this person sees sums over all institutions.
    pub sums: bool,
}

/// A run in the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunLine {
    /// The year.
    pub year: String,
    /// Its number in the year.
    pub number: String,
    /// Its own page.
    pub href: String,
    /// The sum of payments.
    pub payments: String,
    /// The sum of deposits.
    pub deposits: String,
    /// How many rows were left out or remarked.
    pub exceptions: String,
    /// The rules: version and the beginning of their hash.
    pub rules: String,
    /// The beginning of the hash of rules and data.
    pub data: String,
    /// The comparison with the run before it in the same year.
    pub compare: Option<String>,
    /// Cases that carry the year.
    pub cases: Vec<RunCase>,
}

/// A case that carries a settlement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunCase {
    /// Its number.
    pub id: String,
    /// Where it stands.
    pub states: Vec<String>,
    /// Whether the run registered in it is this one; none before one is registered.
    pub registered: Option<bool>,
}

/// A run as the case that carries its year shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseRun {
    /// Its number in the year.
    pub number: String,
    /// Its own page.
    pub href: String,
    /// Whether this run is the one registered in the case; none before one is.
    pub registered: Option<bool>,
}

/// A run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettlementPage {
    /// Its line.
    pub line: RunLine,
    /// The hash of the rules, of rules with data, of the result.
    pub hashes: [String; 3],
    /// Rules with payments, in order: code and title.
    pub rules_paid: Vec<(String, String)>,
    /// Institutions with one amount per rule.
    pub rows: Vec<SettlementRow>,
    /// The sum of payments shown.
    pub total: String,
    /// The same in capitals.
    pub capitals: String,
    /// Deposits, honours and figures, by rule.
    pub others: Vec<OtherLines>,
    /// What was left out or remarked, by code.
    pub exceptions: Vec<ExceptionLine>,
    /// Single exceptions, the greatest effect first.
    pub exception_rows: Vec<ExceptionRow>,
    /// What each payee receives: name, amount, capitals.
    pub order: Vec<[String; 3]>,
    /// How the reports agree with the platform's history: matched, unresolved, their effect.
    pub reconciled: Option<[String; 3]>,
    /// Records that do not agree: status, record, line, reported, known.
    pub unresolved: Vec<[String; 5]>,
    /// Files to take away: name and address.
    pub files: Vec<(String, String)>,
    /// Other runs to compare with: number and address.
    pub comparisons: Vec<(String, String)>,
    /// Only what concerns this person's organisation is shown.
    pub own_only: bool,
}

/// One institution's payments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettlementRow {
    /// The institution.
    pub institution: String,
    /// Amounts in the order of the rules; empty where there is none.
    pub amounts: Vec<SettlementAmount>,
    /// Their sum.
    pub total: String,
}

/// One amount.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettlementAmount {
    /// Why it is so.
    pub href: String,
    /// The amount, as printed; empty where there is none.
    pub amount: String,
    /// It reached its ceiling.
    pub capped: bool,
}

/// Lines that are no payments, of one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtherLines {
    /// The rule's code.
    pub rule: String,
    /// What they are.
    pub title: String,
    /// `deposit`, `honour` or `figure`, in words.
    pub kind: String,
    /// Payee, amount (empty for an honour), and why.
    pub lines: Vec<(String, String, String)>,
}

/// A reason why rows were left out or remarked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExceptionLine {
    /// The rule.
    pub rule: String,
    /// Its code.
    pub code: String,
    /// What it means.
    pub what: String,
    /// Whether the rows were left out; otherwise they count and are remarked.
    pub left_out: bool,
    /// How many rows.
    pub rows: String,
    /// What they would have brought at most, in yuan.
    pub effect: String,
}

/// One row that was left out or remarked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExceptionRow {
    /// Why.
    pub code: String,
    /// Whose.
    pub institution: String,
    /// Whom it is about.
    pub subject: String,
    /// File and line.
    pub place: String,
    /// What it would have brought at most, in yuan.
    pub effect: String,
}

/// Why one amount is what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AmountPage {
    /// The run.
    pub run: String,
    /// Its page.
    pub back: String,
    /// The institution.
    pub institution: String,
    /// The amount.
    pub amount: String,
    /// The amount in capitals.
    pub capitals: String,
    /// The rule's clause.
    pub basis: String,
    /// Its derivation.
    pub reason: AmountReason,
    /// The command that tells the same.
    pub command: String,
    /// The page with every row, unless it is this one.
    pub whole: Option<String>,
}

/// A figure with what it is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AmountReason {
    /// What it is.
    pub title: String,
    /// Its formula.
    pub how: String,
    /// What it comes to.
    pub value: String,
    /// File and line of the rule.
    pub place: String,
    /// The clause.
    pub basis: String,
    /// Parameters it reads: name, value, clause.
    pub parameters: Vec<[String; 3]>,
    /// A total divided: by what, rows, sum.
    pub parts: Vec<[String; 3]>,
    /// Rows of the files: file and line, amount.
    pub rows: Vec<(String, String)>,
    /// How many rows there are in all.
    pub count: usize,
    /// What it is made of.
    pub of: Vec<AmountReason>,
}

/// Two runs side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComparisonPage {
    /// The earlier run and its page.
    pub before: (String, String),
    /// The later run and its page.
    pub after: (String, String),
    /// Payments before, after, and by how much they differ.
    pub payments: [String; 3],
    /// Files whose content differs.
    pub data: Vec<String>,
    /// Parameters that differ: name, before, after.
    pub parameters: Vec<[String; 3]>,
    /// The text of the rules differs.
    pub rules: bool,
    /// Lines that differ, the greatest difference first.
    pub lines: Vec<ComparisonLine>,
    /// Lines that differ and are not shown.
    pub more: usize,
}

/// A line that differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComparisonLine {
    /// Whose.
    pub institution: String,
    /// The line.
    pub line: String,
    /// What it is, as far as the later run tells.
    pub title: String,
    /// Before, after, difference.
    pub amounts: [String; 3],
    /// What can be the cause.
    pub causes: Vec<String>,
}
