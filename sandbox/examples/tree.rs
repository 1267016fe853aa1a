//! A git for the kill proof: `log` and `add` plant a random tree of processes, the way a hijacked git might, everything else is
//! real git's to do. Processes of the tree fork twice, try to leave, ignore their end, and stay for a minute.

use std::ffi::CString;
use std::time::Duration;
use std::{env, fs, process, ptr, thread};

/// Where distributions keep git's own programs.
const EXEC_PATHS: [&str; 2] = ["/usr/lib/git-core", "/usr/libexec/git-core"];
/// Fewer than a profile allows, so that the tree is what has to be ended.
const MOST: u32 = 16;

fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    let exec_path = EXEC_PATHS.into_iter().find(|path| fs::exists(format!("{path}/git")).unwrap_or(false));
    let exec_path = exec_path.unwrap_or(EXEC_PATHS[0]);
    match words.iter().find(|word| !word.starts_with('-')).map(String::as_str) {
        None if words.iter().any(|word| word == "--exec-path") => println!("{exec_path}"),
        Some("log") => {
            let mut left = MOST;
            plant(3, &mut left);
            // Some roots stay, some end well and leave their tree behind.
            thread::sleep(Duration::from_millis(if random(3) == 0 { random(400).into() } else { 60_000 }));
        }
        // A change takes its time, and its tree ends with it.
        Some("add") => {
            let mut left = MOST / 2;
            plant(2, &mut left);
            thread::sleep(Duration::from_millis(1200));
            real_git(exec_path, &words);
        }
        _ => real_git(exec_path, &words),
    }
}

fn plant(depth: u32, left: &mut u32) {
    for _ in 0..=random(3) {
        if *left == 0 {
            return;
        }
        *left -= 1;
        let below = *left / 3;
        // SAFETY: this program has one thread.
        match unsafe { libc::fork() } {
            0 => grow(depth, below),
            _ => *left -= below.min(*left),
        }
    }
}

fn grow(depth: u32, below: u32) -> ! {
    // SAFETY: none of these reads memory; what is refused is refused.
    unsafe {
        if random(2) == 0 {
            libc::setsid();
        }
        if random(2) == 0 {
            for signal in [libc::SIGTERM, libc::SIGHUP, libc::SIGINT] {
                libc::signal(signal, libc::SIG_IGN);
            }
        }
        if random(3) == 0 {
            for fd in 0..3 {
                libc::close(fd);
            }
        }
    }
    let mut left = below;
    if depth > 0 {
        plant(depth - 1, &mut left);
    }
    // An orphan is made by a parent that does not wait.
    thread::sleep(Duration::from_millis(if random(3) == 0 { random(200).into() } else { 60_000 }));
    process::exit(0);
}

fn random(below: u32) -> u32 {
    let mut bytes = [0_u8; 4];
    // SAFETY: room for the four bytes.
    unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
    u32::from_ne_bytes(bytes) % below
}

fn real_git(exec_path: &str, words: &[String]) -> ! {
    let file = CString::new(format!("{exec_path}/git")).expect("no NUL");
    let words: Vec<CString> = ["git"]
        .into_iter()
        .chain(words.iter().map(String::as_str))
        .map(|word| CString::new(word).expect("no NUL"))
        .collect();
    let mut argv: Vec<_> = words.iter().map(|word| word.as_ptr()).collect();
    argv.push(ptr::null());
    // SAFETY: the list ends in null and points into `words`.
    unsafe { libc::execv(file.as_ptr(), argv.as_ptr()) };
    eprintln!("no git in {exec_path}: {}", std::io::Error::last_os_error());
    process::exit(127);
}
