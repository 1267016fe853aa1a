//! `box`: runs ONE command inside the walls that the server has chosen, and reports how it ended.
//!
//! ```text
//! box --probe
//! box [FLAG…] -- /abs/program ARG…        (the flags: plan.rs)
//! ```
//!
//! The monitor (this process) stays outside the walls. It adopts every orphan of the command and kills the whole tree when the
//! command ends, when its time is over, when it is asked to, or when the server dies. Exit code: the command's own;
//! 128 + signal; 125 when nothing was started. What happened stands on the status fd, which the command never sees.

mod bpf;
mod landlock;
mod limits;
mod plan;
mod report;
mod seccomp;
mod space;
mod sys;
mod syscalls;
mod tree;
mod watch;
mod way;

use plan::Plan;
use report::Report;

/// Nothing was started.
const REFUSED: i32 = 125;

fn main() {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    if words.len() == 1 && words[0] == "--probe" {
        println!("{}", report::probe(landlock::abi(), seccomp::available()));
        return;
    }
    let plan = match plan::parse(words) {
        Ok(plan) => plan,
        Err(why) => {
            eprintln!("box: refused: {why}");
            std::process::exit(REFUSED);
        }
    };
    let report = run(&plan).unwrap_or_else(Report::Refused);
    if let (Report::Refused(why), None) = (&report, plan.status_fd) {
        eprintln!("box: refused: {why}");
    }
    if let Some(fd) = plan.status_fd {
        sys::write_all(fd, report.line().as_bytes());
    }
    std::process::exit(report.exit_code());
}

fn run(plan: &Plan) -> Result<Report, String> {
    let abi = landlock::abi();
    if abi < plan.require {
        return Err(format!("the kernel's Landlock ABI is {abi}, {} is required", plan.require));
    }
    tree::run(plan, abi)
}
