//! Landlock: which paths the command may touch, which TCP ports it may connect to, whom it may signal. What the kernel's ABI
//! cannot hold is not asked of it; `--require` says how much it has to hold.

use crate::plan::Plan;
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, NetPort, PathBeneath, PathFd, Ruleset,
    RulesetAttr, RulesetCreated, RulesetCreatedAttr, Scope,
};
use std::ffi::OsString;
use std::fmt::Display;
use std::fs;

/// The kernel's ABI; 0 or less where it has no Landlock.
pub fn abi() -> i32 {
    const VERSION: u32 = 1;
    // SAFETY: with this flag the call reads no memory.
    unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, 0, 0, VERSION) as i32 }
}

/// Walls in the calling thread, for good.
///
/// # Errors
/// A path that is not there, or a kernel that does not do what its ABI promises.
pub fn restrict(plan: &Plan, abi: i32) -> Result<(), String> {
    let level = match abi {
        i32::MIN..=0 => return Ok(()),
        1 => ABI::V1,
        2 => ABI::V2,
        3 => ABI::V3,
        4 => ABI::V4,
        5 => ABI::V5,
        _ => ABI::V6,
    };
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(level))
        .map_err(said)?;
    if abi >= 4 {
        // Without a rule of its own no port can be bound, and none connected to.
        rules = rules.handle_access(AccessNet::BindTcp | AccessNet::ConnectTcp).map_err(said)?;
    }
    if abi >= 6 {
        rules = rules.scope(Scope::from_all(level)).map_err(said)?;
    }
    let mut walls = rules.create().map_err(said)?;
    for path in &plan.execute {
        walls = allow(walls, path, AccessFs::Execute | AccessFs::ReadFile, level)?;
    }
    for path in &plan.read {
        walls = allow(walls, path, AccessFs::ReadFile | AccessFs::ReadDir, level)?;
    }
    for path in &plan.write {
        walls = allow(walls, path, writing(level), level)?;
    }
    if abi >= 4 {
        for port in &plan.connect {
            walls = walls.add_rule(NetPort::new(*port, AccessNet::ConnectTcp)).map_err(said)?;
        }
    }
    walls.restrict_self().map(|_| ()).map_err(said)
}

/// Files, folders and symbolic links; no devices, sockets or pipes, and nothing that is written can be executed.
fn writing(level: ABI) -> BitFlags<AccessFs> {
    let never = AccessFs::Execute | AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::MakeSock | AccessFs::MakeFifo;
    AccessFs::from_all(level) & !never & !BitFlags::from(AccessFs::IoctlDev)
}

fn allow(
    walls: RulesetCreated,
    path: &OsString,
    access: BitFlags<AccessFs>,
    level: ABI,
) -> Result<RulesetCreated, String> {
    let place = |error: &dyn Display| format!("{}: {error}", path.to_string_lossy());
    let opened = PathFd::new(path).map_err(|error| place(&error))?;
    let is_folder = fs::metadata(path).map_err(|error| place(&error))?.is_dir();
    let access = if is_folder { access } else { access & AccessFs::from_file(level) };
    walls.add_rule(PathBeneath::new(opened, access)).map_err(|error| place(&error))
}

fn said(error: impl Display) -> String {
    format!("landlock: {error}")
}
