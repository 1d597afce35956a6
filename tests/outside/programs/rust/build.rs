//! Links with what pkg-config says of freshet.
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    let asked = Command::new("pkg-config").args(["--variable=libdir", "freshet"]).output().expect("pkg-config");
    assert!(asked.status.success(), "pkg-config does not know freshet: {}", String::from_utf8_lossy(&asked.stderr));
    let libdir = String::from_utf8(asked.stdout).expect("a path");
    println!("cargo:rustc-link-search=native={}", libdir.trim());
    println!("cargo:rustc-link-lib=dylib=freshet");
    println!("cargo:rustc-link-arg=-Wl,-rpath,{}", libdir.trim());
}
