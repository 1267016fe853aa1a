//! What the server reads on the status fd: one line of JSON for the start, one for the end. Codes and numbers, no prose but in
//! `refused`.

use crate::REFUSED;
use std::fmt::Write;

/// How a command came to its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ended {
    Exit,
    Timeout,
    Cancelled,
    /// Its processes held too much memory together.
    Memory,
    /// There were too many of them.
    Processes,
    /// A folder that it writes to held too much.
    Space,
}

#[derive(Debug)]
pub enum Report {
    /// Why nothing was started.
    Refused(String),
    Ended {
        ended: Ended,
        code: i32,
        signal: i32,
        strays: u32,
        cpu_ms: i64,
        max_rss_kb: i64,
        wall_ms: u128,
    },
}

impl Report {
    pub fn line(&self) -> String {
        match self {
            Self::Refused(why) => format!("{{\"refused\":{}}}\n", quoted(why)),
            Self::Ended { ended, code, signal, strays, cpu_ms, max_rss_kb, wall_ms } => format!(
                "{{\"ended\":\"{}\",\"code\":{code},\"signal\":{signal},\"strays\":{strays},\"cpuMs\":{cpu_ms},\
                 \"maxRssKb\":{max_rss_kb},\"wallMs\":{wall_ms}}}\n",
                word(*ended)
            ),
        }
    }

    pub fn exit_code(&self) -> i32 {
        match self {
            Self::Refused(_) => REFUSED,
            Self::Ended { signal, .. } if *signal > 0 => 128 + signal,
            Self::Ended { code, .. } => *code,
        }
    }
}

/// The first line: the group that the command's processes are in, should the monitor not live to end it.
pub fn started(group: i32) -> String {
    format!("{{\"started\":{group}}}\n")
}

pub fn probe(abi: i32, seccomp: bool) -> String {
    format!(
        "{{\"landlock\":{abi},\"seccomp\":{seccomp},\"arch\":\"{}\",\"version\":\"{}\"}}",
        std::env::consts::ARCH,
        env!("CARGO_PKG_VERSION")
    )
}

const fn word(ended: Ended) -> &'static str {
    match ended {
        Ended::Exit => "exit",
        Ended::Timeout => "timeout",
        Ended::Cancelled => "cancelled",
        Ended::Memory => "memory",
        Ended::Processes => "processes",
        Ended::Space => "space",
    }
}

/// A JSON string. Paths of the server stand in reasons, so anything may.
fn quoted(text: &str) -> String {
    let mut json = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            '\0'..='\x1f' => write!(json, "\\u{:04x}", u32::from(character)).expect("a String takes all"),
            _ => json.push(character),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_json_whatever_it_holds() {
        let line = Report::Refused("a \"b\"\\\n\u{1}é".into()).line();
        assert_eq!(line, "{\"refused\":\"a \\\"b\\\"\\\\\\u000a\\u0001é\"}\n");
    }

    #[test]
    fn a_signal_shows_in_the_exit_code() {
        let end = |code, signal| Report::Ended {
            ended: Ended::Exit,
            code,
            signal,
            strays: 0,
            cpu_ms: 0,
            max_rss_kb: 0,
            wall_ms: 0,
        };
        assert_eq!(end(3, 0).exit_code(), 3);
        assert_eq!(end(0, 9).exit_code(), 137);
        assert_eq!(Report::Refused(String::new()).exit_code(), 125);
    }
}
