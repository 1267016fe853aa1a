//! Tries ONE way out of the box, named by its first word. Says `ESCAPED` and ends with 0 when it worked, says why not and ends
//! with 77 when it did not. The tests run it with the box and without: what does not work without proves nothing.

use std::ffi::CString;
use std::io::{Error, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::time::{Duration, Instant};
use std::{env, fs, process, ptr, thread};

type Attempt = Result<String, Error>;

fn main() {
    if let Some(version) = posed() {
        println!("{version}");
        return;
    }
    let words: Vec<String> = env::args().skip(1).collect();
    let arg = |at: usize| words.get(at).map_or("", String::as_str);
    let number = |at: usize| arg(at).parse::<i64>().unwrap_or(0);
    let temporary = env::var("TMPDIR").unwrap_or_default();
    let (one, two) = (if arg(1) == "$TMPDIR" { &temporary } else { arg(1) }, arg(2));
    let attempt = match arg(0) {
        // A program that runs although nothing let it.
        "marker" => Ok("ran".into()),
        "read" => fs::read(one).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        "list" => fs::read_dir(one).map(|entries| entries.count().to_string()),
        "write" => fs::write(one, "out").map(|()| one.into()),
        "chmod" => fs::set_permissions(one, fs::Permissions::from_mode(0o777)).map(|()| one.into()),
        "symlink" => std::os::unix::fs::symlink(one, two).and_then(|()| fs::write(two, "out")).map(|()| two.into()),
        "rename" => fs::rename(one, two).map(|()| two.into()),
        "execute" => execute(one, &[one, "marker"]),
        "drop" => drop_and_execute(one),
        "memory-file" => memory_file(),
        "loader" => execute(one, &[one, two, "ESCAPED"]),
        "connect" => TcpStream::connect((one, number(2) as u16)).map(|_| one.into()),
        "fast-open" => fast_open(number(1) as u16),
        "multipath" => socket(libc::AF_INET, libc::SOCK_STREAM, 262),
        "datagram" => datagram(one, number(2) as u16),
        // What answers there says who it is.
        "unix" => UnixStream::connect(one).and_then(greeting),
        "abstract" => abstract_socket(one).and_then(greeting),
        "swap" => swapped(one, two),
        "crowd" => crowd(one),
        "sequence" => socket(libc::AF_UNIX, libc::SOCK_SEQPACKET, 0),
        "unix-datagram" => UnixDatagram::unbound().and_then(|own| own.send_to(b"out", one)).map(|_| one.into()),
        "pair" => UnixDatagram::pair().map(|_| "a pair".into()),
        "netlink" => socket(libc::AF_NETLINK, libc::SOCK_RAW, 0),
        "raw" => socket(libc::AF_INET, libc::SOCK_RAW, libc::IPPROTO_ICMP),
        "packet" => socket(libc::AF_PACKET, libc::SOCK_RAW, 0),
        "listen" => TcpListener::bind(("127.0.0.1", 0)).map(|_| "bound".into()),
        "fork" => forked(call(libc::SYS_clone, [i64::from(libc::SIGCHLD), 0, 0, 0, 0])),
        "vfork" => {
            // SAFETY: the child ends at once.
            let pid = unsafe { libc::fork() };
            forked(if pid < 0 { Err(Error::last_os_error()) } else { Ok(i64::from(pid)) })
        }
        "clone3" => clone3(),
        "session" => in_child(|| call(libc::SYS_setsid, [0; 5])),
        "group" => in_child(|| call(libc::SYS_setpgid, [0; 5])),
        "orphan" => orphan(one, number(2) as u64, arg(3) == "wait"),
        "stubborn" => stubborn(one, number(2) as u64),
        "bomb" => bomb(one),
        "thread" => thread::spawn(|| ()).join().map(|()| "joined".into()).map_err(|_| Error::other("no thread")),
        "memory" => memory(number(1), libc::MAP_PRIVATE),
        "shared-memory" => memory(number(1), libc::MAP_SHARED),
        "system-v" => call(libc::SYS_shmget, [0, 1 << 20, 0o1600, 0, 0]).inspect(remove_segment).map(text),
        "processor" => processor(number(1) as u64),
        "flood" => flood(),
        "disk" => disk(one, number(2)),
        "files" => files(one, number(2), |_| Ok(())),
        "empty-files" => empty_files(one, number(2)),
        "nameless-files" => files(one, number(2), |path| fs::remove_file(path)),
        "mapped-files" => mapped_files(one, number(2)),
        "hidden-files" => fs::create_dir(format!("{one}/hidden"))
            .and_then(|()| files(&format!("{one}/hidden"), number(2), |_| Ok(())))
            .and_then(|_| fs::set_permissions(format!("{one}/hidden"), fs::Permissions::from_mode(0o0)))
            .and_then(|()| files(one, 1, |_| Ok(()))),
        "descriptors" => descriptors(number(1)),
        "signal" => call(libc::SYS_kill, [number(1), 0, 0, 0, 0]).map(text),
        "thread-signal" => call(libc::SYS_tgkill, [number(1), number(1), 0, 0, 0]).map(text),
        "queue-signal" => queue_signal(number(1)),
        "limits" => limits_of(number(1)),
        "priority" => call(libc::SYS_setpriority, [0, number(1), 10, 0, 0]).map(text),
        "trace" => call(libc::SYS_ptrace, [libc::PTRACE_SEIZE.into(), number(1), 0, 0, 0]).map(text),
        "peek" => peek(number(1)),
        "pidfd" => call(libc::SYS_pidfd_open, [number(1), 0, 0, 0, 0]).map(text),
        "ring" => io_uring(),
        "keys" => call(libc::SYS_keyctl, [0, -3, 1, 0, 0]).map(text),
        "userfault" => call(libc::SYS_userfaultfd, [1, 0, 0, 0, 0]).map(text),
        "bpf" => call(libc::SYS_bpf, [0, 0, 0, 0, 0]).map(text).or_else(known),
        "perf" => call(libc::SYS_perf_event_open, [0, 0, -1, -1, 0]).map(text).or_else(known),
        "namespace" => call(libc::SYS_unshare, [libc::CLONE_NEWUSER.into(), 0, 0, 0, 0]).map(text),
        "mount" => call(libc::SYS_mount, [0, 0, 0, 0, 0]).map(text).or_else(known),
        "handle" => call(libc::SYS_open_by_handle_at, [0, 0, 0, 0, 0]).map(text).or_else(known),
        "root" => chroot(one),
        "status" => forge_status(),
        _ => Err(Error::other("no such attempt")),
    };
    match attempt {
        Ok(what) => println!("ESCAPED {what}"),
        Err(error) => {
            println!("held: {error}");
            process::exit(77);
        }
    }
}

/// Under the name of a tool it answers the question for that tool's version, as the server asks it at start.
fn posed() -> Option<&'static str> {
    let words: Vec<String> = env::args().collect();
    let asked = words.get(1..)?;
    match words[0].rsplit('/').next()? {
        "kubectl" if asked.starts_with(&["version".into(), "--client".into()]) => Some("{\"gitVersion\": \"v1.36.0\"}"),
        "git" if asked == ["--version"] => Some("git version 2.47.0"),
        "gh" if asked == ["--version"] => Some("gh version 2.80.0"),
        "curl" if asked == ["--version"] => Some("curl 8.10.0"),
        "cat" if asked == ["--version"] => Some("cat (GNU coreutils) 9.4"),
        _ => None,
    }
}

fn text(value: i64) -> String {
    value.to_string()
}

fn call(number: i64, a: [i64; 5]) -> Result<i64, Error> {
    // SAFETY: the callers pass numbers, or pointers to what lives through the call.
    let value = unsafe { libc::syscall(number, a[0], a[1], a[2], a[3], a[4]) };
    if value < 0 { Err(Error::last_os_error()) } else { Ok(value) }
}

/// The kernel has looked at the arguments: the call was let through.
fn known(error: Error) -> Attempt {
    match error.raw_os_error() {
        Some(libc::EFAULT | libc::EINVAL | libc::E2BIG | libc::EBADF) => Ok(error.to_string()),
        _ => Err(error),
    }
}

fn execute(file: &str, argv: &[&str]) -> Attempt {
    let words: Vec<CString> = argv.iter().map(|word| CString::new(*word).expect("no NUL")).collect();
    let mut list: Vec<_> = words.iter().map(|word| word.as_ptr()).collect();
    list.push(ptr::null());
    let path = CString::new(file)?;
    // SAFETY: the list ends in null and points into `words`.
    unsafe { libc::execv(path.as_ptr(), list.as_ptr()) };
    Err(Error::last_os_error())
}

fn drop_and_execute(folder: &str) -> Attempt {
    let dropped = format!("{folder}/dropped");
    fs::copy("/proc/self/exe", &dropped).or_else(|_| fs::copy(env::args().next().unwrap_or_default(), &dropped))?;
    execute(&dropped, &[&dropped, "marker"])
}

fn memory_file() -> Attempt {
    let own = fs::read(env::args().next().unwrap_or_default())?;
    let name = c"out";
    let fd = call(libc::SYS_memfd_create, [name.as_ptr() as i64, 0, 0, 0, 0])?;
    // SAFETY: the descriptor is new, and the lists end in null.
    unsafe {
        let mut rest = &own[..];
        while !rest.is_empty() {
            rest = &rest[libc::write(fd as i32, rest.as_ptr().cast(), rest.len()).max(0) as usize..];
        }
        let argv = [name.as_ptr(), c"marker".as_ptr(), ptr::null()];
        let envp: [*const libc::c_char; 1] = [ptr::null()];
        libc::syscall(libc::SYS_execveat, fd, c"".as_ptr(), argv.as_ptr(), envp.as_ptr(), libc::AT_EMPTY_PATH);
    }
    Err(Error::last_os_error())
}

fn socket(family: i32, kind: i32, protocol: i32) -> Attempt {
    call(libc::SYS_socket, [family.into(), kind.into(), protocol.into(), 0, 0]).map(text)
}

fn datagram(host: &str, port: u16) -> Attempt {
    UdpSocket::bind("127.0.0.1:0").and_then(|own| own.send_to(b"out", (host, port))).map(|_| host.into())
}

/// Connects by sending: no `connect` that Landlock could see.
fn fast_open(port: u16) -> Attempt {
    let fd = call(libc::SYS_socket, [libc::AF_INET.into(), libc::SOCK_STREAM.into(), 0, 0, 0])?;
    let mut address: libc::sockaddr_in = unsafe { std::mem::zeroed() };
    address.sin_family = libc::AF_INET as u16;
    address.sin_port = port.to_be();
    address.sin_addr.s_addr = u32::from_ne_bytes([127, 0, 0, 1]);
    let (bytes, size) = (b"out", size_of::<libc::sockaddr_in>() as u32);
    // SAFETY: pointers and lengths are of what stands above.
    let sent = unsafe {
        libc::sendto(fd as i32, bytes.as_ptr().cast(), 3, libc::MSG_FASTOPEN, (&raw const address).cast(), size)
    };
    if sent < 0 { Err(Error::last_os_error()) } else { Ok(text(sent as i64)) }
}

fn abstract_socket(name: &str) -> Result<UnixStream, Error> {
    use std::os::linux::net::SocketAddrExt;
    let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
    UnixStream::connect_addr(&address)
}

fn greeting(mut stream: UnixStream) -> Attempt {
    let mut said = String::new();
    stream.read_to_string(&mut said).map(|_| said)
}

/// Connects to one path while another thread writes the other one over it. Says which answered.
fn swapped(one: &str, two: &str) -> Attempt {
    let mut address: libc::sockaddr_un = unsafe { std::mem::zeroed() };
    address.sun_family = libc::AF_UNIX as u16;
    let place: &'static mut libc::sockaddr_un = Box::leak(Box::new(address));
    let at = (&raw mut *place) as usize;
    let paths = [CString::new(one)?, CString::new(two)?];
    let write = move |path: &CString| {
        let bytes = path.as_bytes_with_nul();
        // SAFETY: within the path's room; that two threads write it is the attempt.
        unsafe {
            ptr::copy_nonoverlapping(
                bytes.as_ptr(),
                (*(at as *mut libc::sockaddr_un)).sun_path.as_mut_ptr().cast(),
                bytes.len(),
            );
        }
    };
    write(&paths[0]);
    let writing = paths.clone();
    thread::spawn(move || {
        loop {
            writing.iter().for_each(write);
        }
    });
    let mut answers = std::collections::BTreeSet::new();
    for _ in 0..400 {
        let fd = call(libc::SYS_socket, [libc::AF_UNIX.into(), libc::SOCK_STREAM.into(), 0, 0, 0])?;
        if call(libc::SYS_connect, [fd, at as i64, size_of::<libc::sockaddr_un>() as i64, 0, 0]).is_ok() {
            // SAFETY: the descriptor is new and nobody else's.
            answers.insert(greeting(unsafe { std::os::fd::FromRawFd::from_raw_fd(fd as i32) })?);
        }
    }
    Ok(answers.into_iter().collect::<Vec<_>>().join(" "))
}

/// Connects for ever.
fn crowd(path: &str) -> Attempt {
    let mut held = vec![];
    loop {
        held.push(UnixStream::connect(path)?);
    }
}

fn forked(pid: Result<i64, Error>) -> Attempt {
    let pid = pid?;
    if pid == 0 {
        process::exit(0);
    }
    Ok(text(pid))
}

fn clone3() -> Attempt {
    let mut arguments = [0_u64; 11];
    arguments[4] = libc::SIGCHLD as u64;
    forked(call(libc::SYS_clone3, [arguments.as_mut_ptr() as i64, size_of_val(&arguments) as i64, 0, 0, 0]))
}

fn in_child(action: impl Fn() -> Result<i64, Error>) -> Attempt {
    // SAFETY: this program has one thread here.
    let pid = unsafe { libc::fork() };
    match pid {
        i32::MIN..=-1 => Err(Error::last_os_error()),
        0 => process::exit(i32::from(action().is_err())),
        _ => {
            let mut status = 0;
            // SAFETY: the status lives through the call.
            unsafe { libc::waitpid(pid, &raw mut status, 0) };
            if libc::WEXITSTATUS(status) == 0 { Ok("done".into()) } else { Err(Error::other("the child could not")) }
        }
    }
}

/// Two forks and a session of its own; what is left writes a marker later. Ends at once, or waits as well.
fn orphan(marker: &str, after_ms: u64, wait: bool) -> Attempt {
    // SAFETY: this program has one thread here.
    unsafe {
        let first = libc::fork();
        if first < 0 {
            return Err(Error::last_os_error());
        }
        if first == 0 {
            libc::setsid();
            if libc::fork() == 0 {
                for signal in [libc::SIGTERM, libc::SIGHUP, libc::SIGINT] {
                    libc::signal(signal, libc::SIG_IGN);
                }
                for fd in 0..3 {
                    libc::close(fd);
                }
                thread::sleep(Duration::from_millis(after_ms));
                let _ = fs::write(marker, "out");
            }
            libc::_exit(0);
        }
        libc::waitpid(first, ptr::null_mut(), 0);
    }
    if wait {
        thread::sleep(Duration::from_millis(after_ms * 2));
    }
    Ok("an orphan".into())
}

fn stubborn(marker: &str, after_ms: u64) -> Attempt {
    for signal in 1..32 {
        // SAFETY: none of the signals has a handler.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }
    thread::sleep(Duration::from_millis(after_ms));
    fs::write(marker, "out").map(|()| "still here".into())
}

/// Forks until the kernel refuses; each child waits for ever. Says so when four hundred are there.
fn bomb(marker: &str) -> Attempt {
    for _ in 0..400 {
        // SAFETY: this program has one thread.
        let pid = unsafe { libc::fork() };
        if pid < 0 {
            return Err(Error::last_os_error());
        }
        if pid == 0 {
            thread::sleep(Duration::from_secs(20));
            process::exit(0);
        }
        thread::sleep(Duration::from_micros(500));
    }
    fs::write(marker, "out").map(|()| "four hundred".into())
}

fn memory(megabytes: i64, flags: i32) -> Attempt {
    for _ in 0..megabytes {
        let size = 1 << 20;
        // SAFETY: a new mapping; its pages are touched within its bounds.
        unsafe {
            let access = libc::PROT_READ | libc::PROT_WRITE;
            let place = libc::mmap(ptr::null_mut(), size, access, flags | libc::MAP_ANONYMOUS, -1, 0);
            if place == libc::MAP_FAILED {
                return Err(Error::last_os_error());
            }
            libc::memset(place, 1, size);
        }
    }
    Ok(format!("{megabytes} MB"))
}

fn remove_segment(id: &i64) {
    let _ = call(libc::SYS_shmctl, [*id, libc::IPC_RMID.into(), 0, 0, 0]);
}

fn processor(seconds: u64) -> Attempt {
    let begin = Instant::now();
    let mut sum = 0_u64;
    while begin.elapsed() < Duration::from_secs(seconds) {
        for step in 0..1_000_000 {
            sum = sum.wrapping_add(std::hint::black_box(step));
        }
    }
    Ok(sum.to_string())
}

fn flood() -> Attempt {
    let line = [b'x'; 65536];
    for _ in 0..4096 {
        std::io::stdout().write_all(&line)?;
    }
    Ok("256 MB".into())
}

fn disk(file: &str, megabytes: i64) -> Attempt {
    let mut file = fs::File::create(file)?;
    for _ in 0..megabytes {
        file.write_all(&[0; 1 << 20])?;
    }
    Ok(format!("{megabytes} MB"))
}

/// Files of a megabyte each, all of them held open; then it waits for whoever may have seen them.
fn files(folder: &str, megabytes: i64, then: impl Fn(&str) -> Result<(), Error>) -> Attempt {
    let mut held = vec![];
    for at in 0..megabytes {
        let path = format!("{folder}/{at}");
        let mut file = fs::File::create(&path)?;
        then(&path)?;
        file.write_all(&[0; 1 << 20])?;
        held.push(file);
        thread::sleep(Duration::from_millis(1));
    }
    thread::sleep(Duration::from_millis(500));
    Ok(format!("{megabytes} MB"))
}

fn empty_files(folder: &str, wanted: i64) -> Attempt {
    for at in 0..wanted {
        fs::File::create(format!("{folder}/{at}"))?;
    }
    thread::sleep(Duration::from_millis(500));
    Ok(text(wanted))
}

/// Files of a megabyte each, without a name and without a descriptor.
fn mapped_files(folder: &str, megabytes: i64) -> Attempt {
    for at in 0..megabytes {
        let path = format!("{folder}/{at}");
        let file = fs::File::options().create(true).truncate(true).read(true).write(true).open(&path)?;
        file.set_len(1 << 20)?;
        fs::remove_file(&path)?;
        // SAFETY: the mapping is as long as the file, and is filled once.
        unsafe {
            let access = libc::PROT_READ | libc::PROT_WRITE;
            let memory = libc::mmap(ptr::null_mut(), 1 << 20, access, libc::MAP_SHARED, file.as_raw_fd(), 0);
            if memory == libc::MAP_FAILED {
                return Err(Error::last_os_error());
            }
            ptr::write_bytes(memory.cast::<u8>(), 1, 1 << 20);
        }
    }
    thread::sleep(Duration::from_millis(500));
    Ok(format!("{megabytes} MB"))
}

fn descriptors(wanted: i64) -> Attempt {
    for _ in 0..wanted {
        // SAFETY: makes a copy of standard input.
        if unsafe { libc::dup(0) } < 0 {
            return Err(Error::last_os_error());
        }
    }
    Ok(text(wanted))
}

fn queue_signal(pid: i64) -> Attempt {
    let mut info = [0_i32; 32];
    info[2] = libc::SI_QUEUE;
    call(libc::SYS_rt_sigqueueinfo, [pid, 0, info.as_ptr() as i64, 0, 0]).map(text)
}

/// Reads and sets a limit of another process.
fn limits_of(pid: i64) -> Attempt {
    let mut limit = [0_u64; 2];
    let place = limit.as_mut_ptr() as i64;
    call(libc::SYS_prlimit64, [pid, i64::from(libc::RLIMIT_CORE), 0, place, 0])?;
    call(libc::SYS_prlimit64, [pid, i64::from(libc::RLIMIT_CORE), place, 0, 0]).map(text)
}

fn peek(pid: i64) -> Attempt {
    let mut local = [0_u8; 8];
    // Nothing lies at the address: EFAULT tells that the call was let through.
    let ours = libc::iovec { iov_base: local.as_mut_ptr().cast(), iov_len: 8 };
    let theirs = libc::iovec { iov_base: ptr::without_provenance_mut(4096), iov_len: 8 };
    let pointers = [&raw const ours as i64, &raw const theirs as i64];
    call(libc::SYS_process_vm_readv, [pid, pointers[0], 1, pointers[1], 1]).map(text).or_else(known)
}

fn io_uring() -> Attempt {
    let mut parameters = [0_u8; 256];
    call(libc::SYS_io_uring_setup, [1, parameters.as_mut_ptr() as i64, 0, 0, 0]).map(text)
}

fn chroot(folder: &str) -> Attempt {
    let path = CString::new(folder)?;
    call(libc::SYS_chroot, [path.as_ptr() as i64, 0, 0, 0, 0]).map(text)
}

/// Whatever is open besides the three: writes an end of its own making to it, and reads from it.
fn forge_status() -> Attempt {
    let line = b"{\"ended\":\"exit\",\"code\":0,\"signal\":0,\"strays\":0,\"cpuMs\":0,\"maxRssKb\":0,\"wallMs\":0}\n";
    let open: Vec<i32> = (3..4096)
        // SAFETY: the slice lives through the call.
        .filter(|fd| unsafe { libc::write(*fd, line.as_ptr().cast(), line.len()) } > 0)
        .collect();
    let mut rest = vec![];
    let _ = std::io::stdin().read_to_end(&mut rest);
    if open.is_empty() { Err(Error::other("nothing else is open")) } else { Ok(format!("{open:?}")) }
}
