//! The command line of `box` → a [`Plan`]. An unknown flag, a flag without its value, a number that is none: refused.

use std::ffi::{CString, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::str::FromStr;

/// Which sockets the command may make.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Net {
    #[default]
    None,
    /// TCP over IPv4 and IPv6.
    Tcp,
    /// Unix stream sockets.
    Unix,
}

/// How much a folder may hold in all.
#[derive(Debug, PartialEq)]
pub struct Space {
    pub bytes: u64,
    pub folder: OsString,
}

/// What the command may have. Everything that is not said is not given.
#[derive(Debug, Default)]
pub struct Plan {
    /// `--require`: the lowest Landlock ABI to start under.
    pub require: i32,
    /// `--x FILE`: may be executed and read.
    pub execute: Vec<OsString>,
    /// `--r PATH`: may be read, and all below it.
    pub read: Vec<OsString>,
    /// `--w PATH`: may be read, written, made and removed, and all below it.
    pub write: Vec<OsString>,
    /// `--net none|tcp|unix`.
    pub net: Net,
    /// `--connect PORT`: TCP ports that may be connected to.
    pub connect: Vec<u16>,
    /// `--socket PATH`: the one Unix socket that every connection leads to; without it none is made.
    pub socket: Option<OsString>,
    /// `--nofork`: no second process and no other program; threads are free.
    pub nofork: bool,
    /// `--cpu` seconds, `--fsize` bytes, `--nofile` descriptors, `--data` bytes: as setrlimit(2) knows them.
    pub limits: Vec<(u32, u64)>,
    /// `--rss`: memory of all its processes together, bytes.
    pub rss: Option<u64>,
    /// `--space BYTES:FOLDER`: what may lie below it, whoever wrote it.
    pub space: Vec<Space>,
    /// `--processes`: how many there may be at once.
    pub processes: Option<usize>,
    /// `--wall`: milliseconds.
    pub wall_ms: Option<u64>,
    /// `--grace`: from SIGTERM to SIGKILL when it has to end, milliseconds.
    pub grace_ms: u64,
    /// `--parent`: the process that has to be ours.
    pub parent: Option<i32>,
    /// `--status-fd`: where the report goes, 3 or above.
    pub status_fd: Option<i32>,
    /// The program's absolute path, and its arguments.
    pub argv: Vec<CString>,
}

/// # Errors
/// Why the command line is none.
pub fn parse(words: Vec<OsString>) -> Result<Plan, String> {
    let mut plan = Plan::default();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        if word == "--" {
            plan.argv = words.map(to_c_string).collect::<Result<_, _>>()?;
            break;
        }
        let flag = word.to_str().ok_or("a flag that is no text")?;
        if flag == "--nofork" {
            plan.nofork = true;
            continue;
        }
        let value = words.next().ok_or_else(|| format!("{flag} wants a value"))?;
        read_flag(&mut plan, flag, value)?;
    }
    if !plan.argv.first().is_some_and(|program| program.as_bytes().starts_with(b"/")) {
        return Err("the program must be an absolute path behind --".into());
    }
    Ok(plan)
}

fn read_flag(plan: &mut Plan, flag: &str, value: OsString) -> Result<(), String> {
    match flag {
        "--x" => plan.execute.push(absolute(flag, value)?),
        "--r" => plan.read.push(absolute(flag, value)?),
        "--w" => plan.write.push(absolute(flag, value)?),
        "--connect" => plan.connect.push(number(flag, &value)?),
        "--socket" => plan.socket = Some(absolute(flag, value)?),
        "--net" => plan.net = net(&value)?,
        "--require" => plan.require = number(flag, &value)?,
        "--cpu" => plan.limits.push((libc::RLIMIT_CPU, number(flag, &value)?)),
        "--fsize" => plan.limits.push((libc::RLIMIT_FSIZE, number(flag, &value)?)),
        "--nofile" => plan.limits.push((libc::RLIMIT_NOFILE, number(flag, &value)?)),
        "--data" => plan.limits.push((libc::RLIMIT_DATA, number(flag, &value)?)),
        "--rss" => plan.rss = Some(number(flag, &value)?),
        "--space" => plan.space.push(space(flag, value)?),
        "--processes" => plan.processes = Some(number(flag, &value)?),
        "--wall" => plan.wall_ms = Some(number(flag, &value)?),
        "--grace" => plan.grace_ms = number(flag, &value)?,
        "--parent" => plan.parent = Some(number(flag, &value)?),
        "--status-fd" => plan.status_fd = Some(status_fd(number(flag, &value)?)?),
        _ => return Err(format!("{flag} is no flag")),
    }
    Ok(())
}

fn number<N: FromStr>(flag: &str, value: &OsString) -> Result<N, String> {
    let text = value.to_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    text.and_then(|text| text.parse().ok()).ok_or_else(|| format!("{flag} wants a number"))
}

fn net(value: &OsString) -> Result<Net, String> {
    match value.to_str() {
        Some("none") => Ok(Net::None),
        Some("tcp") => Ok(Net::Tcp),
        Some("unix") => Ok(Net::Unix),
        _ => Err("--net is none, tcp or unix".into()),
    }
}

/// The monitor closes 0 to 2, so that the server sees the end of the output.
fn status_fd(fd: i32) -> Result<i32, String> {
    if fd >= 3 { Ok(fd) } else { Err("--status-fd is 3 or above".into()) }
}

fn space(flag: &str, value: OsString) -> Result<Space, String> {
    let bytes = value.into_vec();
    let at = bytes.iter().position(|byte| *byte == b':').ok_or_else(|| format!("{flag} wants BYTES:FOLDER"))?;
    let part = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
    Ok(Space { bytes: number(flag, &part(&bytes[..at]))?, folder: absolute(flag, part(&bytes[at + 1..]))? })
}

fn absolute(flag: &str, path: OsString) -> Result<OsString, String> {
    if path.as_bytes().starts_with(b"/") { Ok(path) } else { Err(format!("{flag} wants an absolute path")) }
}

fn to_c_string(word: OsString) -> Result<CString, String> {
    CString::new(word.into_vec()).map_err(|_| "an argument with a NUL".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Plan, String> {
        parse(line.split(' ').map(OsString::from).collect())
    }

    #[test]
    fn reads_every_flag() {
        let plan = read(
            "--require 6 --x /a --r /b --r /c --w /d --net tcp --connect 80 --nofork --cpu 1 --fsize 2 --nofile 3 \
             --data 4 --rss 5 --space 10:/d:e --processes 6 --wall 7 --grace 8 --parent 9 --status-fd 3 -- /bin/a -- --x b",
        )
        .unwrap();
        assert_eq!((plan.require, plan.net, plan.connect, plan.nofork), (6, Net::Tcp, vec![80], true));
        assert_eq!((plan.execute.len(), plan.read.len(), plan.write.len(), plan.limits.len()), (1, 2, 1, 4));
        assert_eq!((plan.rss, plan.processes, plan.wall_ms, plan.grace_ms), (Some(5), Some(6), Some(7), 8));
        assert_eq!(plan.space, [Space { bytes: 10, folder: "/d:e".into() }]);
        assert_eq!((plan.parent, plan.status_fd), (Some(9), Some(3)));
        let argv: Vec<_> = plan.argv.iter().map(|word| word.to_str().unwrap()).collect();
        assert_eq!(argv, ["/bin/a", "--", "--x", "b"]);
    }

    #[test]
    fn gives_nothing_that_was_not_said() {
        let plan = read("-- /bin/a").unwrap();
        assert_eq!((plan.net, plan.nofork), (Net::None, false));
        assert!(plan.execute.is_empty() && plan.read.is_empty() && plan.write.is_empty() && plan.connect.is_empty());
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for line in [
            "",
            "--",
            "/bin/a",
            "-- bin/a",
            "--y /a -- /bin/a",
            "--x a -- /bin/a",
            "--wall -- /bin/a",
            "--wall -1 -- /bin/a",
            "--wall +1 -- /bin/a",
            "--wall 1s -- /bin/a",
            "--connect 65536 -- /bin/a",
            "--connect any -- /bin/a",
            "--space 5 -- /bin/a",
            "--space /d -- /bin/a",
            "--space 5:d -- /bin/a",
            "--net all -- /bin/a",
            "--net inet -- /bin/a",
            "--status-fd 2 -- /bin/a",
            "--nofork",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
