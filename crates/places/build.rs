//! Writes the table of embedded flags: one line for each file of `flags/round` and `flags/square`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    println!("cargo::rerun-if-changed=flags");
    let mut text = String::new();
    for (name, folder) in [("ROUND", "round"), ("SQUARE", "square")] {
        text.push_str(&table(name, &root.join("flags").join(folder))?);
    }
    fs::write(out.join("flags.rs"), text)
}

fn table(name: &str, folder: &Path) -> io::Result<String> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.path()))
        .filter(|path| path.as_ref().map_or(true, |p| p.extension().is_some_and(|e| e == "svg")))
        .collect::<io::Result<_>>()?;
    files.sort();
    let mut text = format!("static {name}: &[(&str, &[u8])] = &[\n");
    for file in files {
        let code = file.file_stem().unwrap_or_default().to_string_lossy().to_ascii_uppercase();
        let _ = writeln!(text, "    ({code:?}, include_bytes!({file:?})),");
    }
    text.push_str("];\n");
    Ok(text)
}
