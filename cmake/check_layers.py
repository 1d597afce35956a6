#!/usr/bin/env python3
"""Fails where a file includes what its folder may not see (docs/architecture.md, "Folders"), and where
files of one folder include each other in a circle.

Usage: check_layers.py SOURCE_DIR
"""
import pathlib
import re
import sys

# Each layer of core/ may include itself and these.
LAYERS = {
    "base": [],
    "model": ["base"],
    "ports": ["base", "model"],
    "policy": ["base", "model", "ports"],
    "lmdb": ["base", "ports"],
    "repository": ["base", "model", "ports", "lmdb"],
    "net": ["base", "model", "ports"],
    "host": ["base", "model", "ports"],
    "read": ["base", "model", "ports"],
    "chunk": ["base", "model", "ports"],
    "conformance": ["base", "model", "ports", "net", "host"],
    "sync": ["base", "model", "ports", "policy", "repository", "net", "host", "read", "chunk"],
    "telemetry": ["base", "model", "ports", "net", "host", "sync"],
    "backup": ["base", "ports", "repository", "net", "host"],
    "query": ["base", "model", "ports", "policy", "repository", "net", "host", "read", "chunk"],
    "service": ["base", "model", "ports", "policy", "repository", "net", "host", "read", "chunk", "sync", "query", "telemetry"],
    "serve": ["base", "model", "ports", "policy", "repository", "net", "host", "read", "chunk", "sync", "query", "telemetry", "service"],
}
# Third parties that only one folder may name.
CONFINED = {
    r"lmdb\.h": "core/lmdb/",
    r"curl/.*": ("core/net/", "cli/model_hub"),  # of the program alone: a download without a repository
    r"httplib\.h": ("core/serve/", "cli/mcp/listen"),  # of the program: on loopback alone
    r"openssl/(?!evp\.h).*": "core/net/",
    r"openssl/evp\.h": ("core/net/", "cli/model_folders", "cli/model_hub"),  # a checksum of each file
    r"archive.*\.h": "cli/model_source",
    r"boost/dll.*": "core/host/",
    r"date/.*": "core/policy/",
    r"gumbo\.h": "core/read/",
    r"yaml\.h": "core/read/",
    r"cmark.*": "core/read/",
    r"uchardet.*": "core/read/",
}
# Starting a thread throws, and so does destroying one that runs: core/base/thread does it once for all.
THREADS = re.compile(r"\bstd::(?:jthread|thread|async)\b(?!::)|\bpthread_create\b")
# The engine has its threads, its time and its chance from ports::Machine, so that a simulation can replay a run.
ENGINE = re.compile(r"\bstd::(?:this_)?thread\b|\bbase::Thread\b|\bcondition_variable\w*|\b(?:steady|system|high_resolution)_clock\b"
                    r"|\brandom_device\b|\bu?sleep(?:_for|_until)?\b|\bgetpid\b|\bclock_gettime\b")
COMMENT = re.compile(r"//[^\n]*")
# A test of a layer may also see the layers its fixtures are made with.
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.M)
# What a plugin is made with: the headers of the border, and the classes over them.
PLUGIN_SIDE = {"plugin": ("freshet/plugin/",), "sdk": ("freshet/plugin/", "freshet/sdk/")}
# Of these, what both sides of the border have to mean the same by.
SHARED = {"freshet/status.h", "freshet/sdk/compare.hpp", "freshet/sdk/date.hpp", "freshet/sdk/glob.hpp"}
SUFFIXES = {".h", ".hpp", ".c", ".cpp", ".cc"}
PUBLIC = re.compile(r"freshet/(plugin/|sdk/)?[a-z_]+\.(h|hpp)$")


def ours(name):
    """Whether an include names a file of this project."""
    return name.split("/")[0] in {"core", "capi", "freshet", "plugins", "cli", "tests", "examples", "bench"}


def may_include(path, name):
    """Why the file at `path` may not include `name`; empty where it may."""
    parts = path.parts
    if parts[0] == "include":
        if ours(name) and not PUBLIC.match(name):
            return "a public header includes public headers only"
        seen = PLUGIN_SIDE.get(parts[2])
        if seen and name.startswith("freshet/") and not name.startswith(seen):
            return "" if name in ("freshet/status.h", "freshet/export.h") else f"a {parts[2]} header sees {', '.join(seen)} only"
        if not seen and name.startswith(PLUGIN_SIDE["sdk"]):
            return "an application header knows no plugin header"
        return ""
    if parts[0] == "core":
        layer = parts[1]
        if name.startswith("core/"):
            other = name.split("/")[1]
            return "" if other == layer or other in LAYERS[layer] else f"{layer} may not include {other}"
        if name.startswith("freshet/plugin/"):
            return "" if layer in ("host", "conformance") else "only host and its checker know the plugin headers"
        if name.startswith("freshet/"):
            return "" if name in SHARED else f"core knows no public header but {', '.join(sorted(SHARED))}"
        return f"core may not include {name}" if ours(name) else ""
    if parts[0] == "capi":
        if name.startswith("core/conformance/program/"):
            return "freshet-check-plugin is not in the library"
        return "" if not ours(name) or name.startswith(("core/", "capi/", "freshet/")) else "capi sees core and include"
    if parts[0] == "plugins":
        if name.startswith(("core/", "capi/", "cli/")):
            return "a plugin sees freshet/plugin, the sdk, plugins/support and its own files"
        if name.startswith("freshet/") and not name.startswith(PLUGIN_SIDE["sdk"]) and name != "freshet/status.h":
            return "a plugin sees freshet/plugin, freshet/sdk and status.h only"
        first = name.split("/")[0]
        others = {p for p in PLUGIN_FOLDERS if p not in (parts[1], "support")}
        return f"a plugin may not include another one, {first}" if first in others else ""
    if parts[0] in ("cli", "examples") or parts[:2] == ("tests", "capi"):
        allowed = ("freshet/", "tests/support/", f"{parts[0]}/", "tests/capi/")
        return "" if not ours(name) or name.startswith(allowed) else f"{'/'.join(parts[:2])} sees include/ only"
    return ""


def confined(path, name):
    for pattern, home in CONFINED.items():
        if re.fullmatch(pattern, name) and str(path).startswith(("core/", "capi/", "cli/")) and not str(path).startswith(home):
            return f"{name} belongs to {home} alone"
    return ""


def check(root):
    problems = []
    count = 0
    for folder in ("include", "core", "capi", "plugins", "cli", "examples", "tests"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in SUFFIXES or "fixtures" in path.parts or "data" in path.parts:
                continue
            count += 1
            relative = path.relative_to(root)
            text = path.read_text(errors="replace")
            for match in ENGINE.finditer(COMMENT.sub("", text)) if relative.parts[:2] == ("core", "sync") else ():
                problems.append(f"{relative}: {match.group()}: the engine has that from core/ports/machine")
            for match in THREADS.finditer(text) if relative.parts[0] in ("core", "capi") else ():
                if relative.parts[:2] != ("core", "base") or relative.stem != "thread":
                    line = text[: match.start()].count("\n") + 1
                    problems.append(f"{relative}:{line}: {match.group()}: threads are core/base/thread's alone")
            for match in INCLUDE.finditer(text):
                name = match.group(1)
                # "x.hpp" beside the file
                if "/" not in name and (path.parent / name).exists():
                    continue
                why = may_include(relative, name) or confined(relative, name)
                if why:
                    line = text[: match.start(1)].count("\n") + 1
                    problems.append(f"{relative}:{line}: includes {name}: {why}")
    return problems, count


def circle(uses):
    """The files of one folder that include each other in a circle, in its order; [] where none do."""
    done, path = set(), []

    def visit(name):
        if name in path:
            return path[path.index(name):]
        if name in done:
            return []
        path.append(name)
        found = next(filter(None, map(visit, sorted(uses[name]))), [])
        path.pop()
        done.add(name)
        return found

    return next(filter(None, map(visit, sorted(uses))), [])


def circles(root):
    """Within a folder includes run one way. A header and its source count as one file."""
    problems = []
    for folder in {p.parent for top in ("core", "capi", "cli", "plugins") for p in (root / top).rglob("*.?pp")}:
        uses = {p.stem: set() for p in folder.glob("*.?pp")}
        for path in folder.glob("*.?pp"):
            names = map(pathlib.Path, INCLUDE.findall(path.read_text(errors="replace")))
            beside = {n.stem for n in names if (root / n).parent == folder or (root / "plugins" / n).parent == folder}
            uses[path.stem] |= (beside & uses.keys()) - {path.stem}
        found = circle(uses)
        if found:
            problems.append(f"{folder.relative_to(root)}: a circle of includes: {' -> '.join([*found, found[0]])}")
    return problems


if __name__ == "__main__":
    source = pathlib.Path(sys.argv[1])
    PLUGIN_FOLDERS = [p.name for p in (source / "plugins").iterdir() if p.is_dir()] if (source / "plugins").exists() else []
    found, files = check(source)
    found += circles(source)
    print("\n".join(found) or f"{files} files keep the law")
    sys.exit(1 if found else 0)
