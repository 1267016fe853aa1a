//! What limits of one process cannot hold: the memory of all processes of a command together (shared mappings included), how
//! many there are, and what lies in its folders. Looked at from outside, a few times a tenth of a second.

use crate::plan::Plan;
use crate::report::Ended;
use crate::space;
use std::fs;

/// How often, milliseconds: some ten megabytes are filled meanwhile.
pub const LOOK_MS: u64 = 20;

/// Whether anything has to be looked at.
pub fn is_needed(plan: &Plan) -> bool {
    plan.rss.is_some() || plan.processes.is_some() || !plan.space.is_empty()
}

/// Which bound is passed, if one is.
pub fn passed(plan: &Plan, child: i32, space: &mut space::Watch) -> Option<Ended> {
    let mut seen = vec![child];
    let mut next = 0;
    let mut held = 0;
    while let Some(pid) = seen.get(next).copied() {
        next += 1;
        held += memory(pid);
        seen.extend(children(pid));
        if plan.processes.is_some_and(|most| seen.len() > most) {
            return Some(Ended::Processes);
        }
    }
    if plan.rss.is_some_and(|most| held > most) {
        return Some(Ended::Memory);
    }
    space.is_full(plan, &seen).then_some(Ended::Space)
}

/// Anonymous and shared memory, bytes; files that are mapped can be dropped and do not count. 0 for a process that is gone.
fn memory(pid: i32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let kilobytes = |line: &str| -> Option<u64> {
        let (name, value) = line.split_once(':')?;
        ["RssAnon", "RssShmem"].contains(&name).then(|| value.trim().strip_suffix(" kB")?.parse().ok())?
    };
    status.lines().filter_map(kilobytes).sum::<u64>() * 1024
}

/// Those of all its threads. Empty where the kernel keeps no such list.
fn children(pid: i32) -> Vec<i32> {
    let threads = fs::read_dir(format!("/proc/{pid}/task"));
    let lists =
        threads.into_iter().flatten().flatten().map(|thread| fs::read_to_string(thread.path().join("children")));
    let listed: Vec<String> = lists.flatten().collect();
    listed.iter().flat_map(|list| list.split_whitespace()).filter_map(|pid| pid.parse().ok()).collect()
}
