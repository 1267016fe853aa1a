//! The few calls of the kernel that several files make. Each is safe to call as it stands.

use std::ptr;

/// Writes all of it, or gives up where nobody reads.
pub fn write_all(fd: i32, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        // SAFETY: pointer and length are of one slice.
        let written = unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) };
        match usize::try_from(written) {
            Ok(count) if count > 0 => bytes = &bytes[count..],
            _ => return,
        }
    }
}

/// Reads up to the end of the file.
pub fn read_all(fd: i32) -> Vec<u8> {
    let mut all = vec![];
    let mut part = [0_u8; 512];
    loop {
        // SAFETY: pointer and length are of one array.
        let count = unsafe { libc::read(fd, part.as_mut_ptr().cast(), part.len()) };
        match usize::try_from(count) {
            Ok(count) if count > 0 => all.extend_from_slice(&part[..count]),
            _ => return all,
        }
    }
}

pub fn close(fd: i32) {
    // SAFETY: nobody uses the descriptor afterwards.
    unsafe { libc::close(fd) };
}

/// The reading and the writing end; neither goes over execve.
pub fn pipe() -> Option<(i32, i32)> {
    let mut ends = [0; 2];
    // SAFETY: room for the two numbers.
    let made = unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) };
    (made == 0).then_some((ends[0], ends[1]))
}

/// Two ends of a connection; neither goes over execve.
pub fn pair() -> Option<(i32, i32)> {
    let mut ends = [0; 2];
    // SAFETY: room for the two numbers.
    let made = unsafe { libc::socketpair(libc::AF_UNIX, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0, ends.as_mut_ptr()) };
    (made == 0).then_some((ends[0], ends[1]))
}

/// Gives the process at the other end a descriptor of ours.
pub fn give(through: i32, fd: i32) -> bool {
    with_message(|message| {
        // SAFETY: the message has room for one header with one descriptor.
        unsafe {
            let header = libc::CMSG_FIRSTHDR(message);
            (*header).cmsg_level = libc::SOL_SOCKET;
            (*header).cmsg_type = libc::SCM_RIGHTS;
            (*header).cmsg_len = libc::CMSG_LEN(size_of::<i32>() as u32) as _;
            libc::CMSG_DATA(header).cast::<i32>().write_unaligned(fd);
            libc::sendmsg(through, message, 0) > 0
        }
    })
}

/// Takes one that the other end has given; nothing when it has none.
pub fn take(through: i32) -> Option<i32> {
    with_message(|message| {
        // SAFETY: what the kernel has written into the message lives as long as the message.
        unsafe {
            if libc::recvmsg(through, message, libc::MSG_CMSG_CLOEXEC) <= 0 {
                return None;
            }
            let header = libc::CMSG_FIRSTHDR(message);
            let is_ours = !header.is_null() && (*header).cmsg_type == libc::SCM_RIGHTS;
            is_ours.then(|| libc::CMSG_DATA(header).cast::<i32>().read_unaligned())
        }
    })
}

/// A message of one byte, with room for one descriptor.
fn with_message<T>(action: impl FnOnce(*mut libc::msghdr) -> T) -> T {
    let mut byte = 0_u8;
    let mut part = libc::iovec { iov_base: (&raw mut byte).cast(), iov_len: 1 };
    let mut room = [0_u64; 4];
    // SAFETY: a zeroed message is valid.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_iov = &raw mut part;
    message.msg_iovlen = 1;
    message.msg_control = room.as_mut_ptr().cast();
    // SAFETY: a calculation.
    message.msg_controllen = unsafe { libc::CMSG_SPACE(size_of::<i32>() as u32) } as _;
    action(&raw mut message)
}

/// The signals that the monitor waits for: a child has ended, end with grace, end at once.
pub fn awaited() -> libc::sigset_t {
    // SAFETY: a set is plain memory, and sigemptyset makes it a valid one.
    unsafe {
        let mut set = std::mem::zeroed();
        libc::sigemptyset(&raw mut set);
        for signal in [libc::SIGCHLD, libc::SIGTERM, libc::SIGINT] {
            libc::sigaddset(&raw mut set, signal);
        }
        set
    }
}

/// Blocks exactly the signals of the set.
pub fn block(set: &libc::sigset_t) {
    // SAFETY: the set lives through the call.
    unsafe { libc::sigprocmask(libc::SIG_SETMASK, set, ptr::null_mut()) };
}

/// The next of the signals, or nothing within the time.
pub fn wait_for(set: &libc::sigset_t, ms: u64) -> Option<i32> {
    let time = libc::timespec { tv_sec: (ms / 1000).cast_signed(), tv_nsec: (ms % 1000 * 1_000_000).cast_signed() };
    // SAFETY: both structs live through the call.
    let signal = unsafe { libc::sigtimedwait(set, ptr::null_mut(), &raw const time) };
    (signal > 0).then_some(signal)
}

/// To every process of the group.
pub fn signal_group(group: i32, signal: i32) {
    // SAFETY: reads no memory. The group's leader is our child and not waited for yet, so the number is still its own.
    unsafe { libc::kill(-group, signal) };
}
