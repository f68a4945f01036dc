//! What is a fault and how it is told. The store's part is tested with the real binary (tests/admin).

use super::*;
use crate::limits::OpenFiles;
use turnpike_base::Timestamp;

const NOW: Timestamp = Timestamp(1_795_521_600_000);

fn told(item: Item) -> String {
    report::text(&[item], Terminal::plain())
}

#[test]
fn a_clock_before_2026_or_before_the_last_report_is_wrong() {
    assert_eq!(told(machine::clock(NOW, None)), "ok     clock          2026-11-24 12:00:00 UTC");
    assert!(told(machine::clock(Timestamp(0), None)).starts_with("FAULT  clock"));
    assert!(told(machine::clock(NOW, Some(NOW.plus_seconds(5)))).starts_with("ok"));
    let back = told(machine::clock(NOW, Some(NOW.plus_seconds(6))));
    assert!(back.starts_with("FAULT") && back.contains("2026-11-24 12:00:06"), "{back}");
}

#[test]
fn few_open_files_are_a_fault() {
    let limit = |hard| told(machine::open_files(OpenFiles { soft: Some(1_024), hard }));
    assert!(limit(None).starts_with("ok"));
    assert!(limit(Some(4_096)).starts_with("ok") && limit(Some(4_096)).contains("2048 tunnels"));
    assert!(limit(Some(4_095)).starts_with("FAULT  open files"));
}

#[test]
fn one_fault_stands_in_its_line_and_more_below() {
    let item = |faults: &[&str]| Item::new("usage", "", faults.iter().map(|f| (*f).to_owned()).collect());
    assert_eq!(told(item(&["one"])), "FAULT  usage          one");
    assert_eq!(told(item(&["one", "two"])), "FAULT  usage          2 faults\n         one\n         two");
}

#[tokio::test]
async fn wrong_settings_are_all_told_and_the_machine_is_looked_at() {
    let flags = PlaceFlags {
        database_url: Some("mysql://hunter2@x".into()),
        data_dir: Some(String::new()),
        config: None,
    };
    let items = look(flags.resolve()).await;
    let text = report::text(&items, Terminal::plain());
    assert!(text.starts_with("FAULT  configuration  2 faults"), "{text}");
    assert!(text.contains("\nok     clock") && !text.contains("hunter2"), "{text}");
    assert!(!report::clean(&items));
}
