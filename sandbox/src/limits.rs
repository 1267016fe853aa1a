//! Limits of the process itself: setrlimit(2), no core file, first to go when memory runs out.

use crate::plan::Plan;
use std::{fs, io};

/// # Errors
/// A limit that the kernel does not take, such as one above the server's own.
pub fn apply(plan: &Plan) -> Result<(), String> {
    for (what, number) in plan.limits.iter().chain(&[(libc::RLIMIT_CORE, 0)]) {
        // A second of CPU later it would be SIGKILL: SIGXCPU says why.
        let later = u64::from(*what == libc::RLIMIT_CPU);
        let limit = libc::rlimit { rlim_cur: *number, rlim_max: *number + later };
        // SAFETY: the struct lives through the call.
        if unsafe { libc::setrlimit(*what, &raw const limit) } != 0 {
            return Err(format!("limit {what}: {}", io::Error::last_os_error()));
        }
    }
    // Where this cannot be written the kernel chooses by itself.
    let _ = fs::write("/proc/self/oom_score_adj", "1000");
    Ok(())
}
