//! The head of the filter: calls that are allowed whatever their arguments are, as ranges of numbers. Calls with conditions are
//! compiled by seccompiler behind it. One comparison per call and number would make the kernel walk ten times as far, for
//! every number once, whenever a command starts.

use seccompiler::{BpfProgram, sock_filter};

const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
const IS_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
const IS_AT_LEAST: u16 = (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16;
const IS_ABOVE: u16 = (libc::BPF_JMP | libc::BPF_JGT | libc::BPF_K) as u16;
const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
/// Where the kernel puts the call's number and the machine, in `struct seccomp_data`.
const NUMBER: u32 = 0;
const MACHINE: u32 = 4;

#[cfg(target_arch = "x86_64")]
const OUR_MACHINE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const OUR_MACHINE: u32 = 0xc000_00b7;

/// Allows these calls, holds the one that is `asked` about until the monitor has answered it, and leaves all others to what
/// follows. A call made as another machine's ends the process: its numbers mean something else.
pub fn allowing(calls: &[i64], asked: Option<i64>) -> BpfProgram {
    let step = |code, k, jt, jf| sock_filter { code, jt, jf, k };
    let mut program = vec![
        step(LOAD, MACHINE, 0, 0),
        step(IS_EQUAL, OUR_MACHINE, 1, 0),
        step(RETURN, libc::SECCOMP_RET_KILL_PROCESS, 0, 0),
        step(LOAD, NUMBER, 0, 0),
    ];
    for (call, _) in ranges(asked.as_slice()) {
        program.push(step(IS_EQUAL, call, 0, 1));
        program.push(step(RETURN, libc::SECCOMP_RET_USER_NOTIF, 0, 0));
    }
    for (first, last) in ranges(calls) {
        program.push(step(IS_AT_LEAST, first, 0, 2));
        program.push(step(IS_ABOVE, last, 1, 0));
        program.push(step(RETURN, libc::SECCOMP_RET_ALLOW, 0, 0));
    }
    program
}

/// First and last numbers of what lies side by side.
fn ranges(calls: &[i64]) -> Vec<(u32, u32)> {
    let mut numbers: Vec<u32> = calls.iter().map(|call| u32::try_from(*call).expect("a call's number")).collect();
    numbers.sort_unstable();
    let mut ranges: Vec<(u32, u32)> = vec![];
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if number <= *last + 1 => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_range() {
        assert_eq!(ranges(&[5, 3, 4, 9, 9, 7]), [(3, 5), (7, 7), (9, 9)]);
    }

    #[test]
    fn a_call_between_two_ranges_is_not_allowed() {
        let program = allowing(&[1, 2, 4], None);
        let allowed: Vec<u32> = (0..6).filter(|number| allows(&program, *number)).collect();
        assert_eq!(allowed, [1, 2, 4]);
        assert!(!allows(&program, 0x4000_0001), "a call of the x32 ABI");
    }

    #[test]
    fn a_call_that_is_asked_about_is_not_allowed_even_among_those_that_are() {
        let program = allowing(&[1, 2, 4], Some(2));
        let allowed: Vec<u32> = (0..6).filter(|number| allows(&program, *number)).collect();
        assert_eq!(allowed, [1, 4]);
        assert_eq!(decide(&program, 2), Some(libc::SECCOMP_RET_USER_NOTIF));
    }

    fn allows(program: &[sock_filter], number: u32) -> bool {
        decide(program, number) == Some(libc::SECCOMP_RET_ALLOW)
    }

    /// Walks the program as the kernel does; nothing where it runs off its end.
    fn decide(program: &[sock_filter], number: u32) -> Option<u32> {
        let (mut at, mut value) = (0, 0);
        while let Some(step) = program.get(at) {
            let jump = |holds: bool| usize::from(if holds { step.jt } else { step.jf });
            at += 1 + match step.code {
                LOAD => {
                    value = if step.k == NUMBER { number } else { OUR_MACHINE };
                    0
                }
                IS_EQUAL => jump(value == step.k),
                IS_AT_LEAST => jump(value >= step.k),
                IS_ABOVE => jump(value > step.k),
                _ => return Some(step.k),
            };
        }
        None
    }
}
