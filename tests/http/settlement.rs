//! Who sees what of a settlement: supervisors everything, a bank its own lines, an enterprise nothing.

use crate::door::{Door, over_all_places};

/// What an answer has to say: some words, and others not.
async fn check(door: &Door, who: &str, path: &str, status: u16, says: &[&str], never: &[&str]) {
    let reply = door.get(who, path).await;
    assert_eq!(reply.status, status, "{who} {path}: {}", reply.text);
    let found = |word: &&&str| reply.text.contains(**word);
    assert_eq!(says.iter().find(|word| !found(word)), None, "{who} {path}: {}", reply.text);
    assert_eq!(never.iter().find(found), None, "{who} {path}: {}", reply.text);
}

#[test]
fn a_bank_sees_its_own_lines_and_no_sum_of_others() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let run = "/settlement/2019/1";
        let of = |bank: &str| format!("{run}/why?line=R4a_first_loan.first_loan/{bank}");
        let (first, second) = (of("BANK1"), of("BANK2"));
        check(&door, "lan", "/settlement", 200, &["/settlement/2019/2", "compare/2"], &[]).await;
        check(&door, "lan", run, 200, &["BANK1", "BANK2", "贰万元整", "payment-order.csv"], &[]).await;
        check(&door, "lan", "/settlement/2019/2", 200, &["BANK1", "金额不同", "2,500,000.00"], &[]).await;
        check(&door, "lan", &first, 200, &["20,000.00", "credit_loans.csv:2", "reward_rate"], &[]).await;
        let compared = ["-30,000.00", "platform_loans", "R4a_first_loan.first_loan/BANK2"];
        check(&door, "lan", "/settlement/2019/1/compare/2", 200, &compared, &["first_loan/BANK1"]).await;
        check(&door, "lan", "/settlement/2019/1/files/lines.csv", 200, &["R4a_first_loan"], &[]).await;

        check(&door, "clerk1", "/settlement", 200, &[run], &["50,000", "compare"]).await;
        check(&door, "clerk1", run, 200, &["20,000.00"], &["BANK2", "30,000.00", "lines.csv"]).await;
        check(&door, "clerk1", &first, 200, &["20,000.00"], &[]).await;
        check(&door, "clerk1", &second, 404, &["unknown_path"], &["30,000"]).await;
        check(&door, "clerk1", "/settlement/2019/2", 200, &[], &["2,500,000", "BANK2"]).await;
        check(&door, "clerk1", "/settlement/2019/1/compare/2", 403, &["forbidden"], &[]).await;
        check(&door, "clerk1", "/settlement/2019/1/files/lines.csv", 403, &["forbidden"], &[]).await;

        check(&door, "zhou", run, 200, &[], &["BANK1", "20,000", "BANK2"]).await;
        check(&door, "nobody", run, 200, &[], &["BANK1", "20,000", "BANK2"]).await;
    });
}

#[test]
fn a_run_that_is_not_there_is_told_civilly() {
    over_all_places(|place| async move {
        let door = Door::open(&place).await;
        let table = [
            ("/settlement/2019/9", 404),
            ("/settlement/2019/1/why", 404),
            ("/settlement/2019/1/why?line=nonsense", 404),
            ("/settlement/2019/1/compare/9", 404),
            ("/settlement/2019/1/files/..%2f..%2fetc%2fpasswd", 404),
            ("/settlement/99999/1", 400),
            ("/settlement/x/1", 400),
        ];
        for (path, status) in table {
            assert_eq!(door.get("lan", path).await.status, status, "{path}");
        }
    });
}
