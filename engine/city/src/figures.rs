//! The printed figures of the deck: what the generated city has to come to. Lines are those of the deck.
//!
//! Amounts are in units of 万元 (10,000 yuan), in which every printed one is whole.

/// Registered enterprises (line 585).
pub const ENTERPRISES: u64 = 52_680;
/// Of them small and micro: nine tenths (line 587), whole at seed scale.
pub const SMALL_AND_MICRO: u64 = 47_412;
/// Banks, insurers, guarantors, and four that nothing explains (lines 589-591).
pub const INSTITUTIONS: [u64; 4] = [45, 9, 17, 4];
/// Institutions with a support centre (line 213).
pub const CENTRES: u64 = 42;
/// Products (line 591).
pub const PRODUCTS: u64 = 263;
/// Demands (line 593).
pub const DEMANDS: u64 = 68_315;
/// What was asked for: 7161.6亿 (line 595).
pub const DEMANDED: u64 = 71_616_000;
/// Enterprises financed (line 597).
pub const SERVED: u64 = 17_987;
/// What was granted: 6910.4亿 (line 601).
pub const GRANTED: u64 = 69_104_000;
/// Of it by the largest bank: 1563亿 (line 601).
pub const LARGEST_BANK: u64 = 15_630_000;
/// Shares of the guarantee modes in percent of the amount: mortgage, general guarantee, credit, pledge, credit
/// guarantee fund (lines 609-611).
pub const MODES: [u64; 5] = [44, 24, 21, 6, 5];
/// Enterprises that authorised collection (line 201) and queries of 征信贷 (line 465).
pub const CONSENTS: u64 = 390_000;
/// Queries of 征信贷 (line 465).
pub const QUERIES: u64 = 605_400;
/// Items of the catalogue (lines 341-345).
pub const ITEMS: u64 = 606;
/// Sources of data (line 201).
pub const SOURCES: u64 = 75;
/// Classes of the screening (line 403); the deck names none of them.
pub const SCREENING_CLASSES: u64 = 12;
/// A hundredth of the 2亿 records (line 205).
pub const RECORDS: u64 = 2_000_000;
/// Credit guarantee fund at the end of 2018: enterprises, 万元 granted, projects in force, 万元 in force (line 449).
pub const FUND: [u64; 4] = [2_800, 1_500_000, 2_700, 570_000];
/// Partners admitted by the fund (line 449).
pub const FUND_PARTNERS: u64 = 21;
/// 小微E贷 at the end of 2018: loans, 万元 (line 493).
pub const MICRO_E: [u64; 2] = [749, 144_700];
/// Its average rate and lowest rate in hundredths of a percent (line 495).
pub const MICRO_E_RATES: [u64; 2] = [546, 435];
/// 征信贷: loans, 万元 (line 467).
pub const CREDIT_REFERENCE: [u64; 2] = [102, 21_200];
/// Equity: enterprises, institutions, of them non-local, demands, 万元 demanded, events, 万元 invested
/// (lines 619-629).
pub const EQUITY: [u64; 7] = [715, 230, 61, 436, 4_717_300, 356, 813_000];
