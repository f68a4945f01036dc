//! What a proxy's processes use, from `/proc`.

use std::collections::HashMap;
use std::fs;

/// One process of `/proc/PID/stat` (proc(5)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stat {
    parent: u32,
    /// User and system time of the process and of children that it has waited for, in ticks.
    ticks: u64,
    /// Resident pages.
    pages: u64,
}

/// Reads a line of `/proc/PID/stat`. The name in parentheses may hold anything, also parentheses.
fn stat(text: &str) -> Option<Stat> {
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    // The field behind the name is the third one of the manual.
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    let ticks = [14, 15, 16, 17].into_iter().map(number).sum::<Option<u64>>()?;
    Some(Stat { parent: u32::try_from(number(4)?).ok()?, ticks, pages: number(24)? })
}

/// A process and everything that descends from it, as they are now.
fn tree(root: u32) -> HashMap<u32, Stat> {
    let mut all = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let text = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        all.extend(stat(&text).map(|stat| (pid, stat)));
    }
    let mut found = HashMap::new();
    let mut next = vec![root];
    while let Some(pid) = next.pop() {
        if let Some(stat) = all.get(&pid) {
            found.insert(pid, *stat);
            next.extend(all.iter().filter(|(_, s)| s.parent == pid).map(|(child, _)| *child));
        }
    }
    found
}

/// CPU that a process, its descendants and their finished children have used, in seconds.
pub(crate) fn cpu_seconds(root: u32) -> f64 {
    let ticks: u64 = tree(root).values().map(|stat| stat.ticks).sum();
    ticks as f64 / rustix::param::clock_ticks_per_second() as f64
}

/// Resident memory of a process and its descendants, in bytes.
pub(crate) fn resident(root: u32) -> u64 {
    tree(root).values().map(|stat| stat.pages).sum::<u64>() * rustix::param::page_size() as u64
}

/// Pids of what descends from a process, without itself.
pub(crate) fn descendants(root: u32) -> Vec<u32> {
    tree(root).into_keys().filter(|pid| *pid != root).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_does_not_shift_the_fields() {
        let line =
            "12 (a) b (c)) S 7 12 12 0 -1 4194560 1 2 3 4 100 20 3 4 20 0 1 0 55 4096 9 18446744073709551615";
        assert_eq!(stat(line), Some(Stat { parent: 7, ticks: 127, pages: 9 }));
        assert_eq!(stat("12 (a) S"), None);
    }

    #[test]
    fn a_child_counts_with_its_parent() {
        let me = std::process::id();
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        assert!(descendants(me).contains(&child.id()));
        assert!(resident(me) > resident(child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!descendants(me).contains(&child.id()));
    }
}
