//! Open files: every tunnel takes two, so the soft limit is raised to the hard one at start.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The limits of open files; `None` is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenFiles {
    /// What holds now.
    pub soft: Option<u64>,
    /// What it can be raised to.
    pub hard: Option<u64>,
}

/// The limits as they are.
pub fn open_files() -> OpenFiles {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    OpenFiles { soft: current, hard: maximum }
}

/// Raises the soft limit to the hard one and gives what holds then.
pub fn raise_open_files() -> OpenFiles {
    let OpenFiles { hard, .. } = open_files();
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: hard, maximum: hard }) {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
    open_files()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_reaches_the_hard_one() {
        let raised = raise_open_files();
        assert_eq!(raised.soft, raised.hard);
    }
}
