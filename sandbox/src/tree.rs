//! Starts the command behind its walls and sees its whole tree of processes to the end.
//!
//! The command leads a group of its own that it cannot leave (seccomp), so one signal ends all of it at one moment; the monitor
//! is subreaper, so whatever else comes of it is waited for here.

use crate::plan::Plan;
use crate::report::{Ended, Report, started};
use crate::{landlock, limits, seccomp, space, sys, watch, way};
use std::ffi::{CString, c_char};
use std::os::unix::ffi::OsStringExt;
use std::time::{Duration, Instant};
use std::{io, ptr};

/// Longest wait between two looks at the clock, milliseconds.
const LONGEST_WAIT_MS: u64 = 60_000;

/// Path, arguments and environment as execve takes them. They do not move once made: the filter holds their addresses.
pub struct Program {
    _words: Vec<CString>,
    argv: Vec<*const c_char>,
    envp: Vec<*const c_char>,
}

impl Program {
    fn new(plan: &Plan) -> Self {
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            let mut word = name.into_vec();
            word.push(b'=');
            word.extend(value.into_vec());
            CString::new(word).ok()
        });
        let arguments = plan.argv.len();
        let words: Vec<CString> = plan.argv.iter().cloned().chain(environment).collect();
        let pointers = |words: &[CString]| words.iter().map(|word| word.as_ptr()).chain([ptr::null()]).collect();
        Self { argv: pointers(&words[..arguments]), envp: pointers(&words[arguments..]), _words: words }
    }

    pub fn addresses(&self) -> (usize, usize, usize) {
        (self.argv[0] as usize, self.argv.as_ptr() as usize, self.envp.as_ptr() as usize)
    }

    /// Returns only when it cannot be started.
    fn start(&self) -> io::Error {
        // SAFETY: both lists end in null and point into `_words`.
        unsafe { libc::execve(self.argv[0], self.argv.as_ptr(), self.envp.as_ptr()) };
        io::Error::last_os_error()
    }
}

/// # Errors
/// Why nothing was started.
pub fn run(plan: &Plan, abi: i32) -> Result<Report, String> {
    adopt_and_follow(plan.parent)?;
    let program = Program::new(plan);
    // Blocked before the fork, or an early end would not be heard.
    let signals = sys::awaited();
    sys::block(&signals);
    let (refusal, refuse) = sys::pipe().ok_or("no pipe")?;
    let (taking, giving) = sys::pair().ok_or("no pair of sockets")?;
    // SAFETY: this process has one thread.
    let child = unsafe { libc::fork() };
    if child < 0 {
        return Err(format!("fork: {}", io::Error::last_os_error()));
    }
    if child == 0 {
        let why = become_command(plan, abi, &program, giving);
        sys::write_all(refuse, why.as_bytes());
        // SAFETY: ends the copy without the destructors of the original.
        unsafe { libc::_exit(crate::REFUSED) };
    }
    for fd in [0, 1, 2, refuse, giving] {
        sys::close(fd);
    }
    // Ends without a word when the program has been started.
    let why = sys::read_all(refusal);
    if !why.is_empty() {
        end_tree(child);
        return Err(String::from_utf8_lossy(&why).into_owned());
    }
    if let (Some(socket), Some(listener)) = (&plan.socket, sys::take(taking)) {
        way::open(listener, socket);
    }
    if let Some(fd) = plan.status_fd {
        sys::write_all(fd, started(child).as_bytes());
    }
    Ok(monitor(plan, child, &signals))
}

/// Orphans of the command come to us; we end when the server does.
fn adopt_and_follow(parent: Option<i32>) -> Result<(), String> {
    // SAFETY: these read no memory.
    unsafe {
        let before = libc::getppid();
        libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1);
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM);
        if libc::getppid() != parent.unwrap_or(before) {
            return Err("the server is gone".into());
        }
    }
    Ok(())
}

/// In the child: limits, walls, program. Returns why not. Whoever is to answer for it is reached by `giving`.
fn become_command(plan: &Plan, abi: i32, program: &Program, giving: i32) -> String {
    // SAFETY: none of these reads memory; the child has one thread.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        libc::setpgid(0, 0);
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        libc::close_range(3, u32::MAX, libc::CLOSE_RANGE_CLOEXEC.cast_signed());
        let mut none = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        sys::block(&none);
    }
    let walls = limits::apply(plan)
        .and_then(|()| landlock::restrict(plan, abi))
        .and_then(|()| seccomp::restrict(plan, program));
    match walls {
        Ok(Some(listener)) if !sys::give(giving, listener) => "the monitor cannot be asked".into(),
        Ok(_) => format!("{}: {}", plan.argv[0].to_string_lossy(), program.start()),
        Err(why) => why,
    }
}

fn monitor(plan: &Plan, child: i32, signals: &libc::sigset_t) -> Report {
    let start = Instant::now();
    let wall = plan.wall_ms.map(|ms| start + Duration::from_millis(ms));
    let mut ended = Ended::Exit;
    let mut kill_at: Option<Instant> = None;
    let mut space = space::Watch::new();
    while !has_ended(child) {
        let left = [wall.filter(|_| kill_at.is_none()), kill_at].into_iter().flatten().map(left_ms).min();
        let look = if watch::is_needed(plan) { watch::LOOK_MS } else { LONGEST_WAIT_MS };
        let signal = sys::wait_for(signals, left.unwrap_or(LONGEST_WAIT_MS).min(look));
        let over = match signal {
            Some(libc::SIGTERM) => Some((Ended::Cancelled, plan.grace_ms)),
            Some(libc::SIGINT) => Some((Ended::Cancelled, 0)),
            _ if wall.is_some_and(|wall| left_ms(wall) == 0) => Some((Ended::Timeout, plan.grace_ms)),
            _ => watch::passed(plan, child, &mut space).map(|ended| (ended, 0)),
        };
        if let Some((why, grace_ms)) = over {
            if kill_at.is_none() {
                ended = why;
                if grace_ms > 0 {
                    sys::signal_group(child, libc::SIGTERM);
                }
            }
            let at = Instant::now() + Duration::from_millis(grace_ms);
            kill_at = Some(kill_at.map_or(at, |before| before.min(at)));
        }
        if kill_at.is_some_and(|at| left_ms(at) == 0) {
            sys::signal_group(child, libc::SIGKILL);
        }
    }
    let (status, strays) = end_tree(child);
    let (cpu_ms, max_rss_kb) = used();
    let signal = if libc::WIFSIGNALED(status) { libc::WTERMSIG(status) } else { 0 };
    let code = if signal > 0 { 0 } else { libc::WEXITSTATUS(status) };
    Report::Ended { ended, code, signal, strays, cpu_ms, max_rss_kb, wall_ms: start.elapsed().as_millis() }
}

fn left_ms(until: Instant) -> u64 {
    // Rounded up: a wait that ends a little early would be followed by many of no length.
    until.saturating_duration_since(Instant::now()).as_micros().div_ceil(1000) as u64
}

/// Takes orphans that have ended off the table; leaves the child on it, so that its number stays its own.
fn has_ended(child: i32) -> bool {
    loop {
        // SAFETY: a zeroed siginfo is valid, and lives through the call.
        let ended = unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            libc::waitid(libc::P_ALL, 0, &raw mut info, libc::WEXITED | libc::WNOHANG | libc::WNOWAIT);
            info.si_pid()
        };
        if ended == 0 || ended == child {
            return ended == child;
        }
        // SAFETY: no status is asked for.
        unsafe { libc::waitpid(ended, ptr::null_mut(), 0) };
    }
}

/// Kills what is left of the group and waits for all that comes of it: the child's own status, and how many had to be killed.
fn end_tree(child: i32) -> (i32, u32) {
    sys::signal_group(child, libc::SIGKILL);
    let mut child_status = 0;
    let mut strays = 0;
    loop {
        let mut status = 0;
        // SAFETY: the status lives through the call.
        let pid = unsafe { libc::waitpid(-1, &raw mut status, 0) };
        if pid < 0 {
            return (child_status, strays);
        }
        if pid == child {
            child_status = status;
        } else if libc::WIFSIGNALED(status) && libc::WTERMSIG(status) == libc::SIGKILL {
            strays += 1;
        }
    }
}

/// CPU time of all processes that were waited for, and the memory of the largest.
fn used() -> (i64, i64) {
    // SAFETY: a zeroed rusage is valid, and lives through the call.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage);
        usage
    };
    let ms = |time: libc::timeval| time.tv_sec * 1000 + time.tv_usec / 1000;
    (ms(usage.ru_utime) + ms(usage.ru_stime), usage.ru_maxrss)
}
