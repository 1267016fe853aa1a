//! seccomp: the calls of the kernel that a command may make. A list of what is allowed; everything else is answered "no such
//! call" (ENOSYS), so that libraries fall back where they can, calls of coming kernels included.
//!
//! It holds what Landlock does not see: programs that stand in memory (`memfd_create`, `execveat`), sockets that are not TCP,
//! TCP that connects without `connect` (fast open, MPTCP), forks, sessions of one's own, memory that outlives its process
//! (System V), and every call that reaches into another process or asks for privileges. Where a Unix socket leads is not for the
//! filter to see: such a connection is the monitor's to make (way.rs).

use crate::bpf;
use crate::plan::{Net, Plan};
use crate::syscalls::{ALWAYS, FOR_FORKS, FOR_NETS, FOR_WRITERS};
use crate::tree::Program;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    apply_filter,
};
use std::collections::BTreeMap;
use std::fmt::Display;

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Whether the kernel knows filters.
pub fn available() -> bool {
    // SAFETY: asks for the mode and reads no memory; the error is of a kernel without seccomp.
    unsafe { libc::prctl(libc::PR_GET_SECCOMP) >= 0 }
}

/// The filter of this thread and all it becomes, for good. Only `program` can be started under `--nofork`. Returns where the
/// monitor hears of connections that it is to make, when there may be some.
///
/// # Errors
/// A CPU that no filter is known for, a kernel that takes none.
pub fn restrict(plan: &Plan, program: &Program) -> Result<Option<i32>, String> {
    let arch = std::env::consts::ARCH.try_into().map_err(said)?;
    let refusal = SeccompAction::Errno(libc::ENOSYS as u32);
    let conditional =
        SeccompFilter::new(conditional(plan, program)?, refusal, SeccompAction::Allow, arch).map_err(said)?;
    let conditional: BpfProgram = conditional.try_into().map_err(said)?;
    let is_asked = plan.net == Net::Unix && plan.socket.is_some();
    let mut filter = bpf::allowing(&unconditional(plan), is_asked.then_some(libc::SYS_connect));
    filter.extend(conditional);
    if is_asked { listen(&filter).map(Some) } else { apply_filter(&filter).map(|()| None).map_err(said) }
}

/// The same as `apply_filter`, with somebody who is asked. The descriptor does not go over execve.
fn listen(filter: &BpfProgram) -> Result<i32, String> {
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_ptr().cast_mut().cast() };
    let asked = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER;
    // A signal in the middle would begin the call anew; kernels before 5.19 know no better.
    for flags in [asked | libc::SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, asked] {
        // SAFETY: the program lives through the call, and its length is its own.
        let fd = unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const program) };
        if fd >= 0 {
            return Ok(fd as i32);
        }
    }
    Err(said(std::io::Error::last_os_error()))
}

fn unconditional(plan: &Plan) -> Vec<i64> {
    let parts = [
        (ALWAYS, true),
        (FOR_WRITERS, !plan.write.is_empty()),
        (FOR_NETS, plan.net != Net::None),
        (&[libc::SYS_connect], plan.net == Net::Tcp),
        (FOR_FORKS, !plan.nofork),
    ];
    parts.into_iter().filter(|(_, given)| *given).flat_map(|(calls, _)| calls).copied().collect()
}

fn conditional(plan: &Plan, program: &Program) -> Result<Rules, String> {
    let mut rules = own_process(plan.nofork, program)?;
    rules.extend(sockets(plan.net)?);
    rules.insert(libc::SYS_prctl, any_of(0, PRCTL)?);
    rules.insert(libc::SYS_ioctl, any_of(1, IOCTL)?);
    Ok(rules)
}

/// Names of threads and of memory, and questions.
const PRCTL: &[u64] = &[
    libc::PR_SET_NAME as u64,
    libc::PR_GET_NAME as u64,
    libc::PR_SET_VMA as u64,
    libc::PR_CAPBSET_READ as u64,
    libc::PR_GET_DUMPABLE as u64,
    libc::PR_SET_NO_NEW_PRIVS as u64,
    libc::PR_GET_NO_NEW_PRIVS as u64,
];
/// Questions to a terminal, and the two that sockets and pipes know. TCGETS2 is how newer libraries ask the first.
const IOCTL: &[u64] = &[libc::TCGETS, libc::TIOCGWINSZ, libc::FIONREAD, libc::FIONBIO, libc::FIOCLEX, 0x802c_542a];

/// What may be done to processes: to this one and its threads; with forks, to those that Landlock lets it reach.
fn own_process(nofork: bool, program: &Program) -> Result<Rules, String> {
    // SAFETY: cannot fail. The number stays the same over execve.
    let own = u64::from(unsafe { libc::getpid() }.unsigned_abs());
    let mut rules = Rules::new();
    let whose = [0, own];
    rules.insert(libc::SYS_prlimit64, any_of(0, &whose[..if nofork { 2 } else { 1 }])?);
    if nofork {
        let thread = libc::CLONE_THREAD as u64;
        rules.insert(libc::SYS_clone, vec![rule(vec![masked(0, thread, thread)?])?]);
        // By address: the one execve that is made here, and no later one.
        let (path, argv, envp) = program.addresses();
        let start = vec![pointer(0, path)?, pointer(1, argv)?, pointer(2, envp)?];
        rules.insert(libc::SYS_execve, vec![rule(start)?]);
        rules.insert(libc::SYS_kill, any_of(0, &[own])?);
        rules.insert(libc::SYS_tgkill, any_of(0, &[own])?);
    }
    Ok(rules)
}

fn sockets(net: Net) -> Result<Rules, String> {
    let mut made = vec![];
    let kind = |kind: i32| masked(1, 0xf, kind as u64);
    match net {
        Net::None => return Ok(Rules::new()),
        // A datagram needs no connection to be sent somewhere.
        Net::Unix => made.push(rule(vec![equal(0, libc::AF_UNIX as u64)?, kind(libc::SOCK_STREAM)?])?),
        Net::Tcp => {
            for family in [libc::AF_INET as u64, libc::AF_INET6 as u64] {
                // Not MPTCP (262), which Landlock does not know.
                for protocol in [0, libc::IPPROTO_TCP as u64] {
                    made.push(rule(vec![equal(0, family)?, kind(libc::SOCK_STREAM)?, equal(2, protocol)?])?);
                }
            }
        }
    }
    // A pair of datagram sockets could send to any other Unix socket.
    let pair = vec![rule(vec![equal(0, libc::AF_UNIX as u64)?, kind(libc::SOCK_STREAM)?])?];
    // Fast open connects while it sends, past Landlock.
    let fast = libc::MSG_FASTOPEN as u64;
    let sending = |flags: u8| -> Result<Vec<SeccompRule>, String> { Ok(vec![rule(vec![masked(flags, fast, 0)?])?]) };
    Ok(Rules::from([
        (libc::SYS_socket, made),
        (libc::SYS_socketpair, pair),
        (libc::SYS_sendto, sending(3)?),
        (libc::SYS_sendmsg, sending(2)?),
        (libc::SYS_sendmmsg, sending(3)?),
    ]))
}

fn any_of(argument: u8, values: &[u64]) -> Result<Vec<SeccompRule>, String> {
    values.iter().map(|value| rule(vec![equal(argument, *value)?])).collect()
}

fn rule(conditions: Vec<SeccompCondition>) -> Result<SeccompRule, String> {
    SeccompRule::new(conditions).map_err(said)
}

fn equal(argument: u8, value: u64) -> Result<SeccompCondition, String> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value).map_err(said)
}

fn masked(argument: u8, mask: u64, value: u64) -> Result<SeccompCondition, String> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(mask), value).map_err(said)
}

fn pointer(argument: u8, address: usize) -> Result<SeccompCondition, String> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, address as u64).map_err(said)
}

fn said(error: impl Display) -> String {
    format!("seccomp: {error}")
}
