//! What is taken of the folders that a command may write to, in sum: limits of the kernel count one file at a time. Looked at from
//! outside. Deleted files that the command still holds count too: no folder shows them.

use crate::plan::{Plan, Space};
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io::{Error, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, Instant};

/// An empty file and a folder take room too, bytes.
const ENTRY: u64 = 4096;
/// Looking may take this part of the time at most: a clone has many files.
const PART: u32 = 10;

/// When to look again.
pub struct Watch {
    due: Instant,
}

impl Watch {
    pub fn new() -> Self {
        Self { due: Instant::now() }
    }

    /// Whether one of the folders holds more than it may. `processes` are those of the command.
    pub fn is_full(&mut self, plan: &Plan, processes: &[i32]) -> bool {
        let start = Instant::now();
        if plan.space.is_empty() || start < self.due {
            return false;
        }
        let held: u64 = processes.iter().map(|pid| deleted(*pid)).sum();
        let full = plan.space.iter().any(|Space { bytes, folder }| held + below(folder, *bytes) > *bytes);
        self.due = Instant::now() + start.elapsed() * PART.max(1) + Duration::from_millis(1);
        full
    }
}

/// Bytes below the folder; stops counting beyond `most`. What cannot be read counts as more: a command must not hide its files.
fn below(folder: &OsString, most: u64) -> u64 {
    let mut folders = vec![folder.into()];
    let mut bytes = 0;
    while let Some(folder) = folders.pop() {
        match add_entries(&folder, &mut folders) {
            Ok(taken) => bytes += taken,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(_) => return u64::MAX,
        }
        if bytes > most {
            break;
        }
    }
    bytes
}

fn add_entries(folder: &std::path::PathBuf, folders: &mut Vec<std::path::PathBuf>) -> Result<u64, Error> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match entry.metadata() {
            Ok(metadata) => bytes += taken(&metadata),
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        }
        // Not through links: what they lead to is counted where it lies.
        if entry.file_type()?.is_dir() {
            folders.push(entry.path());
        }
    }
    Ok(bytes)
}

fn taken(metadata: &Metadata) -> u64 {
    (metadata.blocks() * 512).max(ENTRY)
}

/// Files without a name that the process has open or mapped, bytes. A mapping counts in full: what is in it shows nowhere.
fn deleted(pid: i32) -> u64 {
    let open = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let files = open.filter_map(|fd| fs::metadata(fd.path()).ok());
    let nameless = files.filter(|file| file.is_file() && file.nlink() == 0).map(|file| taken(&file)).sum::<u64>();
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
    nameless + maps.lines().filter_map(deleted_mapping).sum::<u64>()
}

/// `7f00-7f10 rw-s 00000000 fe:01 42    /folder/file (deleted)`; memory that was never a file is counted as memory.
fn deleted_mapping(line: &str) -> Option<u64> {
    let path = line.strip_suffix(" (deleted)").and_then(|line| line.find('/').map(|at| &line[at..]))?;
    if ["/dev/zero", "/memfd:", "/SYSV", "/dev/shm"].iter().any(|memory| path.starts_with(memory)) {
        return None;
    }
    let (from, to) = line.split(' ').next()?.split_once('-')?;
    Some(u64::from_str_radix(to, 16).ok()?.saturating_sub(u64::from_str_radix(from, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_a_mapping_without_a_name_and_no_memory() {
        assert_eq!(deleted_mapping("1000-3000 rw-s 00000000 fe:01 42    /folder/a file (deleted)"), Some(0x2000));
        for line in [
            "1000-3000 rw-s 00000000 00:01 42    /dev/zero (deleted)",
            "1000-3000 rw-s 00000000 00:01 42    /memfd:x (deleted)",
            "1000-3000 rw-p 00000000 00:00 0",
            "1000-3000 r-xp 00000000 fe:01 42    /usr/bin/tac",
        ] {
            assert_eq!(deleted_mapping(line), None);
        }
    }

    #[test]
    fn what_is_not_there_takes_nothing() {
        assert_eq!(below(&"/nowhere/at/all".into(), 1), 0);
    }
}
