//! What counts as wrong, how badly, and how it is said.

use serde::Serialize;
use turnpike_base::Text;

/// How many of what could be wrong.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Trouble {
    /// Exits in use that do not answer.
    pub(crate) exits_down: i64,
    /// Exits in use at all.
    pub(crate) exits: i64,
    /// Exits whose measured place is not the claimed one.
    pub(crate) misplaced: i64,
    /// Jobs that failed and are tried again.
    pub(crate) jobs: i64,
    /// Mails and events that could not be sent for a while.
    pub(crate) messages: i64,
    /// Orders that wait for a transfer with a proof.
    pub(crate) transfers: i64,
    /// Refunds to be made by hand.
    pub(crate) refunds: i64,
    /// Invoices asked for.
    pub(crate) invoices: i64,
    /// Real names to be decided on.
    pub(crate) real_names: i64,
    /// Products of which none is left.
    pub(crate) sold_out: i64,
    /// Payment methods whose last comparison differed.
    pub(crate) unreconciled: i64,
}

/// One line of what is wrong.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Alarm {
    /// Which one; stable.
    pub(crate) slug: &'static str,
    /// `bad`, `warn` or `todo`.
    pub(crate) level: &'static str,
    /// How many.
    pub(crate) count: i64,
    /// The sentence.
    pub(crate) text: Text,
}

/// What is wrong, the worst first.
pub(crate) fn alarms(t: &Trouble) -> Vec<Alarm> {
    let down = if t.exits > 0 && t.exits_down * 2 >= t.exits { "bad" } else { "warn" };
    let all = [
        ("no_exits", "bad", i64::from(t.exits == 0), "没有可用的出口", "No exit is in use"),
        ("unreconciled", "bad", t.unreconciled, "支付对账不一致", "Payments differ from the provider's"),
        ("exits_down", down, t.exits_down, "出口无响应", "Exits do not answer"),
        ("jobs_failing", "warn", t.jobs, "任务失败并重试", "Jobs fail and are tried again"),
        ("messages_stuck", "warn", t.messages, "邮件或通知未发出", "Mails or events can't be sent"),
        ("misplaced", "warn", t.misplaced, "出口实测位置与声明不符", "Exits are not where they claim to be"),
        ("sold_out", "warn", t.sold_out, "套餐已售罄", "Products are sold out"),
        ("transfers", "todo", t.transfers, "转账待确认", "Transfers wait for your word"),
        ("refunds", "todo", t.refunds, "退款待处理", "Refunds are to be made by hand"),
        ("real_names", "todo", t.real_names, "实名认证待审核", "Real names wait for a decision"),
        ("invoices", "todo", t.invoices, "发票待开具", "Invoices were asked for"),
    ];
    let rank = |level: &str| ["bad", "warn", "todo"].iter().position(|known| *known == level);
    let mut found: Vec<Alarm> = all
        .into_iter()
        .filter(|(_, _, count, ..)| *count > 0)
        .map(|(slug, level, count, zh, en)| Alarm { slug, level, count, text: Text::new(zh, en) })
        .collect();
    found.sort_by_key(|alarm| rank(alarm.level));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_where_nothing_is_wrong_and_the_worst_comes_first() {
        assert!(alarms(&Trouble { exits: 9, ..Trouble::default() }).is_empty());
        let bad = Trouble { exits: 9, exits_down: 2, transfers: 1, unreconciled: 1, ..Trouble::default() };
        let slugs: Vec<_> = alarms(&bad).iter().map(|alarm| alarm.slug).collect();
        assert_eq!(slugs, ["unreconciled", "exits_down", "transfers"]);
        let half = alarms(&Trouble { exits: 4, exits_down: 2, ..Trouble::default() });
        assert_eq!((half[0].level, half[0].count), ("bad", 2));
        assert_eq!(alarms(&Trouble::default())[0].slug, "no_exits");
    }
}
