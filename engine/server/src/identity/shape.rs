//! The keys of `accounts.yaml`.

use language::keys::{KeyShape, MapShape, OpenShape, Shape, Word};

/// The whole file.
pub const ACCOUNTS: Shape = Shape::Map(&MapShape {
    name: "accounts file",
    keys: &[
        key(
            "organisations",
            Shape::Map(&ORGANISATIONS),
            "单位：代码和名称",
            "Organisations: code and name",
            "organisations: { B1: { zh: 甲银行, en: Bank A } }",
        ),
        key(
            "roles",
            Shape::Map(&ROLES),
            "角色能看多少；不写的角色只看本单位的",
            "How much a role sees; a role not named sees its own organisation's only",
            "roles: { auditor: { sees: all } }",
        ),
        key("tokens", Shape::Map(&TOKENS), "程序用的令牌", "Tokens for programs", "tokens: {}"),
        key(
            "accounts",
            Shape::Map(&ACCOUNT_LIST),
            "账号",
            "Accounts",
            "accounts: { li: { roles: [ent_agent] } }",
        ),
    ],
    open: None,
});

const fn key(
    name: &'static str,
    shape: Shape,
    zh: &'static str,
    en: &'static str,
    example: &'static str,
) -> KeyShape {
    KeyShape { name, shape, required: false, zh, en, example }
}

const fn needed(mut key: KeyShape) -> KeyShape {
    key.required = true;
    key
}

const ORGANISATIONS: MapShape = MapShape {
    name: "organisations",
    keys: &[],
    open: Some(OpenShape { kind: "organisation", shape: Shape::Title }),
};

const ROLES: MapShape =
    MapShape { name: "roles", keys: &[], open: Some(OpenShape { kind: "role", shape: Shape::Map(&ROLE) }) };

const ROLE: MapShape = MapShape {
    name: "role",
    keys: &[needed(key(
        "sees",
        Shape::OneOf(&[
            Word { word: "all", zh: "全部", en: "everything" },
            Word { word: "own", zh: "本单位的", en: "what concerns the own organisation" },
        ]),
        "看多少",
        "How much",
        "sees: all",
    ))],
    open: None,
};

const ACCOUNT_LIST: MapShape = MapShape {
    name: "accounts",
    keys: &[],
    open: Some(OpenShape { kind: "account", shape: Shape::Map(&ACCOUNT) }),
};

const ACCOUNT: MapShape = MapShape {
    name: "account",
    keys: &[
        key("name", Shape::Text, "姓名", "The person's name", "name: 李岚"),
        key("organisation", Shape::Text, "所属单位的代码", "Code of the organisation", "organisation: B1"),
        needed(key("roles", Shape::List(&Shape::Text), "角色", "Roles", "roles: [bank_clerk]")),
        key("mail", Shape::Text, "邮箱", "Mail address", "mail: li@bank.example"),
        key("lang", Shape::OneOf(&LANGUAGES), "语言", "Language", "lang: zh"),
        key(
            "password",
            Shape::Text,
            "口令的 argon2 摘要，用 charter account add 写入",
            "Argon2 digest of the password, written by charter account add",
            "password: $argon2id$...",
        ),
        key("closed", Shape::Bool, "已停用", "Out of use", "closed: true"),
    ],
    open: None,
};

const LANGUAGES: [Word; 2] =
    [Word { word: "zh", zh: "中文", en: "Chinese" }, Word { word: "en", zh: "英文", en: "English" }];

const TOKENS: MapShape = MapShape {
    name: "tokens",
    keys: &[],
    open: Some(OpenShape { kind: "token", shape: Shape::Map(&TOKEN) }),
};

const TOKEN: MapShape = MapShape {
    name: "token",
    keys: &[
        needed(key("account", Shape::Text, "属于哪个账号", "Whose it is", "account: li")),
        needed(key("hash", Shape::Text, "令牌的 SHA-256", "SHA-256 of the token", "hash: 9f86…")),
        key("until", Shape::Date, "最后有效日", "Last day it is valid", "until: 2027-12-31"),
        key("note", Shape::Text, "用途", "What it is for", "note: 夜间同步"),
    ],
    open: None,
};
