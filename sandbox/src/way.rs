//! Where a command's Unix sockets lead: to the one socket that it was lent, whatever it asks for. No wall can see the path of a
//! `connect`, which stands in memory that the command may write meanwhile; so its `connect` waits (seccomp), and the monitor
//! puts a connection of its own in the place of the command's socket. It never looks at the address.

use std::ffi::OsStr;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::{fs, io, thread};

/// Answers whatever `listener` hears, until nobody is left to ask.
pub fn open(listener: i32, socket: &OsStr) {
    let socket = socket.to_owned();
    thread::spawn(move || {
        while wait(listener) {
            // Nothing comes when the one who asked has gone meanwhile.
            if let Some(asked) = hear(listener) {
                answer(listener, &asked, &socket);
            }
        }
    });
}

/// False when all who could ask are gone.
fn wait(listener: i32) -> bool {
    let mut poll = libc::pollfd { fd: listener, events: libc::POLLIN, revents: 0 };
    // SAFETY: the struct lives through the call.
    unsafe { libc::poll(&raw mut poll, 1, -1) };
    poll.revents & (libc::POLLHUP | libc::POLLERR | libc::POLLNVAL) == 0
}

fn hear(listener: i32) -> Option<libc::seccomp_notif> {
    // SAFETY: the kernel wants it zeroed, and it lives through the call.
    unsafe {
        let mut asked: libc::seccomp_notif = std::mem::zeroed();
        (libc::ioctl(listener, libc::SECCOMP_IOCTL_NOTIF_RECV, &raw mut asked) == 0).then_some(asked)
    }
}

fn answer(listener: i32, asked: &libc::seccomp_notif, socket: &OsStr) {
    let done = connect(asked, socket).and_then(|(ours, flags)| place(listener, asked, &ours, flags));
    let error = done.err().map_or(0, |error| -error.raw_os_error().unwrap_or(libc::ECONNREFUSED));
    let mut answer = libc::seccomp_notif_resp { id: asked.id, val: 0, error, flags: 0 };
    // SAFETY: the struct lives through the call. It fails where the one who asked has gone.
    unsafe { libc::ioctl(listener, libc::SECCOMP_IOCTL_NOTIF_SEND, &raw mut answer) };
}

/// Ours, and the flags that the command's own socket has.
fn connect(asked: &libc::seccomp_notif, socket: &OsStr) -> io::Result<(OwnedFd, i32)> {
    let stream = UnixStream::connect(socket)?;
    let flags = flags_of(asked.pid, asked.data.args[0] as u32);
    stream.set_nonblocking(flags & libc::O_NONBLOCK != 0)?;
    Ok((stream.into(), flags))
}

/// Where nothing can be read: those of a program that waits for many things at once.
fn flags_of(pid: u32, fd: u32) -> i32 {
    let info = fs::read_to_string(format!("/proc/{pid}/fdinfo/{fd}")).unwrap_or_default();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    flags.and_then(|octal| i32::from_str_radix(octal.trim(), 8).ok()).unwrap_or(libc::O_NONBLOCK | libc::O_CLOEXEC)
}

/// In the command, under the number of the socket that it wanted to connect.
fn place(listener: i32, asked: &libc::seccomp_notif, ours: &OwnedFd, flags: i32) -> io::Result<()> {
    let added = libc::seccomp_notif_addfd {
        id: asked.id,
        flags: libc::SECCOMP_ADDFD_FLAG_SETFD as u32,
        srcfd: ours.as_raw_fd() as u32,
        newfd: asked.data.args[0] as u32,
        newfd_flags: (flags & libc::O_CLOEXEC) as u32,
    };
    // SAFETY: the struct lives through the call.
    let placed = unsafe { libc::ioctl(listener, libc::SECCOMP_IOCTL_NOTIF_ADDFD, &raw const added) };
    if placed < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
