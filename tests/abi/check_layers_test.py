#!/usr/bin/env python3
"""Each breach of the law of layers is found, and a lawful tree passes."""
import pathlib
import subprocess
import sys
import tempfile

BREACHES = {
    "core/base/a.cpp": "core/model/chunk.hpp",
    "core/net/a.cpp": "core/host/plugins.hpp",
    "core/sync/a.cpp": "core/query/query.hpp",
    "core/sync/b.cpp": "capi/boundary.hpp",
    "core/sync/c.cpp": "freshet/refresh.h",
    "core/net/b.cpp": "freshet/plugin/host.h",
    "core/net/c.cpp": "lmdb.h",
    "core/repository/a.cpp": "curl/curl.h",
    "core/repository/b.cpp": "lmdb.h",
    "core/lmdb/a.cpp": "core/repository/roots.hpp",
    "core/lmdb/b.cpp": "core/model/chunk.hpp",
    "core/sync/d.cpp": "core/lmdb/transaction.hpp",
    "core/net/d.cpp": "boost/dll.hpp",
    "capi/a.cpp": "plugins/one/a.hpp",
    "core/policy/a.cpp": "freshet/sdk/call.hpp",
    "capi/b.cpp": "core/conformance/program/request.hpp",
    "core/host/b.cpp": "core/conformance/run.hpp",
    "core/conformance/a.cpp": "core/sync/engine.hpp",
    "core/query/a.cpp": "core/service/run.hpp",
    "plugins/one/a.cpp": "core/base/text.hpp",
    "plugins/one/b.cpp": "two/b.hpp",
    "plugins/one/c.cpp": "freshet/repository.h",
    "cli/a.cpp": "core/base/text.hpp",
    "cli/b.cpp": "capi/handles.hpp",
    "examples/a.c": "core/base/text.hpp",
    "tests/capi/a.cpp": "capi/handles.hpp",
    "include/freshet/a.h": "core/base/text.hpp",
    "include/freshet/b.h": "freshet/plugin/host.h",
    "include/freshet/c.h": "freshet/sdk/call.hpp",
    "include/freshet/plugin/a.h": "freshet/repository.h",
    "include/freshet/plugin/b.h": "freshet/sdk/call.hpp",
    "include/freshet/sdk/a.hpp": "freshet/repository.h",
}
THREADS = {
    "core/net/t.cpp": "std::thread worker(run);",
    "core/sync/t.cpp": "std::vector<std::jthread> workers;",
    "capi/t.cpp": "auto later = std::async(run);",
    "core/base/t.cpp": "pthread_create(&id, nullptr, run, nullptr);",
}
ENGINE = {
    "core/sync/a.cpp": "std::this_thread::yield();",
    "core/sync/b.cpp": "base::Thread keeper_;",
    "core/sync/c.cpp": "std::condition_variable wake_;",
    "core/sync/d.cpp": "auto now = std::chrono::steady_clock::now();",
    "core/sync/e.cpp": "auto now = ports::system_clock().now();",
    "core/sync/f.cpp": "std::random_device random;",
    "core/sync/g.cpp": "sleep_for(look_again);",
    "core/sync/h.cpp": "#include <condition_variable>",
    "core/sync/i.cpp": "builder.add(getpid());",
}
CIRCLES = [  # header and source count as one
    {"core/net/a.hpp": "core/net/b.hpp", "core/net/b.hpp": "core/net/a.hpp"},
    {"cli/a.hpp": "cli/b.hpp", "cli/b.cpp": "cli/c.hpp", "cli/c.cpp": "cli/a.hpp"},
    {"plugins/one/a.cpp": "one/b.hpp", "plugins/one/a.hpp": "", "plugins/one/b.hpp": "one/a.hpp"},
]
LAWFUL_THREADS = {
    "core/sync/t.cpp": "executor().pause(time);  // no thread has to sleep",
    "core/ports/executor.cpp": "std::condition_variable condition_;",
    "core/base/thread.cpp": "pthread_create(&id, nullptr, run, nullptr);",
    "core/net/t.cpp": "std::this_thread::yield();",
    "plugins/one/t.cpp": "std::thread worker(run);",
}
LAWFUL = {
    "core/model/a.cpp": "core/base/text.hpp",
    "core/sync/a.cpp": "core/net/client.hpp",
    "core/lmdb/a.cpp": "lmdb.h",
    "core/repository/a.cpp": "core/lmdb/transaction.hpp",
    "core/host/a.cpp": "freshet/plugin/host.h",
    "core/base/a.cpp": "freshet/status.h",
    "capi/a.cpp": "core/sync/engine.hpp",
    "core/conformance/a.cpp": "core/host/check_wire.hpp",
    "plugins/one/a.cpp": "freshet/sdk/loader.hpp",
    "include/freshet/sdk/a.hpp": "freshet/plugin/loader.h",
    "core/policy/a.cpp": "freshet/sdk/glob.hpp",
    "cli/a.cpp": "freshet/freshet.h",
    "tests/capi/a.cpp": "tests/support/catch.hpp",
    "include/freshet/a.h": "freshet/export.h",
}


def run(checker, files, form='#include "{}"'):
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        for name in ("include/freshet/plugin", "plugins/one", "plugins/two"):
            (root / name).mkdir(parents=True)
        for path, include in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(form.format(include) + "\n")
        result = subprocess.run([sys.executable, checker, root], capture_output=True, text=True, check=False)
        return result.returncode, result.stdout


def main():
    checker = sys.argv[1]
    problems = []
    for path, include in BREACHES.items():
        code, out = run(checker, {path: include})
        if code == 0 or path not in out:
            problems.append(f"not found: {path} includes {include}")
    for path, line in [*THREADS.items(), *ENGINE.items()]:
        code, out = run(checker, {path: line}, "{}")
        if code == 0 or path not in out:
            problems.append(f"not found: {path} says {line}")
    for files in CIRCLES:
        code, out = run(checker, files)
        if code == 0 or "circle" not in out:
            problems.append(f"not found: a circle of {', '.join(files)}")
    for lawful, form in ((LAWFUL, '#include "{}"'), (LAWFUL_THREADS, "{}")):
        code, out = run(checker, lawful, form)
        if code != 0:
            problems.append(f"lawful, but refused: {out}")
    print("\n".join(problems) or f"{len(BREACHES) + len(THREADS) + len(ENGINE) + len(CIRCLES)} breaches found")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
