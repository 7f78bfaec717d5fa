//! Which disks a database may lie on.

use std::path::Path;

use ports::fault::{Cause, Fault, Retry};

/// File systems whose locks and flushes do not reach the disk of another host in time, by the magic number
/// that `statfs` gives (linux/magic.h and the file systems' own headers).
#[cfg(target_os = "linux")]
const NETWORK: [(u64, &str); 12] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB2"),
    (0x0102_1997, "9p"),
    (0x6573_5546, "FUSE"),
    (0x00c3_6400, "Ceph"),
    (0x5346_414f, "AFS"),
    (0x7375_7245, "Coda"),
    (0x0bd0_0bd0, "Lustre"),
    (0x4750_4653, "GPFS"),
    (0x0161_1970, "GFS2"),
];

/// Refuses a path that cannot hold a database.
///
/// # Errors
/// [`Cause::Unsuitable`]
pub fn check(path: &Path) -> Result<(), Fault> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(unsuitable(format!("there is no folder {}: make it first", folder.display())));
    }
    match network(folder) {
        Some(name) => Err(unsuitable(format!(
            "{} lies on a network file system ({name}), where SQLite can lose or damage data: use a local disk, or PostgreSQL",
            folder.display()
        ))),
        None => Ok(()),
    }
}

#[cfg(target_os = "linux")]
fn network(folder: &Path) -> Option<&'static str> {
    let stat = rustix::fs::statfs(folder).ok()?;
    // The kernel's number is 32 bits wide; some systems extend its sign.
    named(u64::try_from(i128::from(stat.f_type) & 0xffff_ffff).ok()?)
}

#[cfg(not(target_os = "linux"))]
fn network(_folder: &Path) -> Option<&'static str> {
    None
}

#[cfg(target_os = "linux")]
fn named(magic: u64) -> Option<&'static str> {
    NETWORK.iter().find(|(known, _)| *known == magic).map(|(_, name)| *name)
}

fn unsuitable(detail: String) -> Fault {
    Fault::new(Cause::Unsuitable, Retry::Never, detail)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_are_known_and_local_ones_pass() {
        let table = [(0x6969, Some("NFS")), (0xff53_4d42, Some("CIFS")), (0xef53, None), (0x5846_5342, None)];
        for (magic, name) in table {
            assert_eq!(named(magic), name, "{magic:x}");
        }
        assert_eq!(check(Path::new("Cargo.toml")), Ok(()));
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let fault = check(Path::new("no/such/folder/charter.db")).unwrap_err();
        assert_eq!(fault.detail, "there is no folder no/such/folder: make it first");
    }
}
