//! What can go wrong with proxy accounts.

use super::rules::{MOST_NAMES, MOST_PAIRS, NAME, PASSWORD, REMARK_COLUMNS};
use std::ops::RangeInclusive;
use turnpike_base::{Code, Fault, Text};

fn field(name: &str, zh: impl Into<String>, en: impl Into<String>) -> Fault {
    Fault::parameter(name, Text::made(zh, en))
}

fn range(of: &RangeInclusive<usize>) -> (usize, usize) {
    (*of.start(), *of.end())
}

pub(super) fn pair_count(count: usize) -> Fault {
    field(
        "accounts",
        format!("应为 1 到 {MOST_PAIRS} 个账号，收到 {count} 个"),
        format!("must be 1 to {MOST_PAIRS} accounts; got {count}"),
    )
}

pub(super) fn name_count(count: usize) -> Fault {
    field(
        "accounts",
        format!("应为 1 到 {MOST_NAMES} 个账号名，收到 {count} 个"),
        format!("must be 1 to {MOST_NAMES} account names; got {count}"),
    )
}

pub(super) fn no_colon(position: usize) -> Fault {
    field(
        "accounts",
        format!("第 {position} 个应为 账号:密码"),
        format!("number {position} must be username:password"),
    )
}

pub(super) fn bad_name_at(position: usize) -> Fault {
    let (min, max) = range(&NAME);
    field(
        "accounts",
        format!("第 {position} 个的账号应为 {min} 到 {max} 个字母或数字"),
        format!("the username of number {position} must be {min} to {max} letters and digits"),
    )
}

pub(super) fn bad_password_at(position: usize) -> Fault {
    let (min, max) = range(&PASSWORD);
    field(
        "accounts",
        format!("第 {position} 个的密码应为 {min} 到 {max} 个字母或数字"),
        format!("the password of number {position} must be {min} to {max} letters and digits"),
    )
}

pub(super) fn twice(position: usize, name: &str) -> Fault {
    field(
        "accounts",
        format!("第 {position} 个账号 {name} 重复（不区分大小写）"),
        format!("number {position}: {name} is in the list twice (names are compared without case)"),
    )
}

pub(super) fn bad_password(length: &RangeInclusive<usize>) -> Fault {
    let (min, max) = range(length);
    field(
        "password",
        format!("应为 {min} 到 {max} 个字母或数字"),
        format!("must be {min} to {max} letters and digits"),
    )
}

pub(super) fn long_remark() -> Fault {
    field(
        "remark",
        format!("最多 {REMARK_COLUMNS} 列（一个汉字占 2 列）"),
        format!("must be at most {REMARK_COLUMNS} columns (a CJK character takes 2)"),
    )
}

pub(super) fn no_udp() -> Fault {
    field(
        "udp",
        "仅套餐类型 14、16、21、25 的账号支持 UDP",
        "applies to accounts of the product types 14, 16, 21 and 25 only",
    )
}

pub(super) fn nothing_to_change() -> Fault {
    field(
        "account",
        "至少需要修改一项：password、remark、limit、daily_limit、status 或 udp",
        "at least one of password, remark, limit, daily_limit, status and udp must be sent",
    )
}

pub(super) fn too_many(cap: i64) -> Fault {
    field(
        "accounts",
        format!("每种套餐类型最多 {cap} 个账号"),
        format!("there may be at most {cap} accounts per product type"),
    )
}

/// Names that are told of those that are taken.
const MOST_TAKEN: usize = 20;

/// Names are taken in this installation, by whomever; the first of them are told.
pub(super) fn taken(names: &[&str]) -> Fault {
    let told = names.iter().take(MOST_TAKEN).copied().collect::<Vec<_>>();
    let (more_zh, more_en) = if names.len() > MOST_TAKEN { (" 等", " and more") } else { ("", "") };
    let (word, are) = if names.len() == 1 { ("username", "is") } else { ("usernames", "are") };
    let zh = format!("代理账号 {}{more_zh} 已存在", told.join("、"));
    let en = format!("The {word} {}{more_en} {are} taken", told.join(", "));
    Fault::new(Code::Conflict, "account_taken").say(Text::made(zh, en))
}

/// No such account, or another customer's: the two are never told apart.
pub(super) fn unknown(name: &str) -> Fault {
    Fault::new(Code::NotFound, "account_unknown")
        .say(Text::made(format!("代理账号 {name} 不存在"), format!("There is no proxy account {name}")))
}
