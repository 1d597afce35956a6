//! Finds libfreshet: in FRESHET_LIB_DIR, else by pkg-config, else where the linker looks by itself.
use std::process::Command;

fn by_pkg_config() -> Option<String> {
    let said = Command::new("pkg-config").args(["--variable=libdir", "freshet"]).output().ok()?;
    let folder = String::from_utf8(said.stdout).ok()?.trim().to_string();
    (said.status.success() && !folder.is_empty()).then_some(folder)
}

fn main() {
    for name in ["FRESHET_LIB_DIR", "PKG_CONFIG_PATH"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    if std::env::var_os("CARGO_FEATURE_LIBRARY").is_none() {
        return;
    }
    println!("cargo:rustc-link-lib=dylib=freshet");
    if let Some(folder) = std::env::var("FRESHET_LIB_DIR").ok().or_else(by_pkg_config) {
        println!("cargo:rustc-link-search=native={folder}");
        println!("cargo:libdir={folder}");
    }
}
