#!/usr/bin/python3
"""The long forms of the tests that draw by chance: kills, damage, random calls. One after the other, for
an hour or a night; each prints its figures and the seed that repeats it, and the last line is
"N passed, N failed".

    scripts/run_campaign.py [--only WORD] [--list] [--seed N] [--build DIR]

A new one is a line in CAMPAIGNS: what it is called, its command, and the environment it wants. {seed} and
{build} are filled in.
"""
import argparse
import os
import pathlib
import random
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
REPOSITORY = ["{build}/bin/test_core_repository", "-w", "NoTests"]

# The installed tree is that of ctest -R install_tree.
BINDINGS = {"FRESHET_PREFIX": "{build}/tests/install/tree", "FRESHET_WORK": "{build}/tests/bindings",
            "FRESHET_CARGO_TARGET": str(ROOT / "build-cargo")}

CAMPAIGNS = [
    ("kills of the program", [sys.executable, "-B", "tests/e2e/test_kill.py", "Kill"],
     {"FRESHET_KILLS": "1000", "FRESHET_SEED": "{seed}"}),
    ("kills of loads", [sys.executable, "-B", "tests/e2e/test_kill.py", "Load"],
     {"FRESHET_LOAD_KILLS": "10000", "FRESHET_SEED": "{seed}"}),
    ("kills of the service", [sys.executable, "-B", "tests/e2e/test_service.py", "Tests.test_killed_at_any_moment_it_loses_no_trigger"],
     {"FRESHET_KILLS": "1000", "FRESHET_SEED": "{seed}"}),
    ("ten processes and 10,000 pages", [sys.executable, "-B", "tests/e2e/test_crowd.py"],
     {"FRESHET_CROWD": "10:10000:200", "FRESHET_SEED": "{seed}"}),
    ("kills of a backup", [sys.executable, "-B", "tests/e2e/test_backup.py", "WhileRunsGoOn.test_killed_at_any_moment_the_earlier_backup_is_whole"],
     {"FRESHET_BACKUP_KILLS": "100"}),
    ("kills of a writer", [*REPOSITORY, "what was acknowledged is there after kill -9*"],
     {"FRESHET_KILL_ROUNDS": "1000"}),
    ("damage to data.mdb", [*REPOSITORY, "a damaged file is an error or is read right*"],
     {"FRESHET_DAMAGE_ROUNDS": "500", "FRESHET_TEST_SEED": "{seed}"}),
    ("repository beside a model", [*REPOSITORY, "random operations do what a plain model says"],
     {"FRESHET_TEST_SEED": "{seed}"}),
    ("commits of a repository replayed", [sys.executable, "-B", "tests/e2e/test_git_history.py"],
     {"FRESHET_GIT_FILES": "10000", "FRESHET_GIT_COMMITS": "200", "FRESHET_SEED": "{seed}"}),
    ("commits of a published package replayed", [sys.executable, "-B", "tests/e2e/test_git_real.py"], {"FRESHET_GIT_COMMITS": "all"}),
    ("a repository of a million files, and of one of 5 GB", [sys.executable, "-B", "tests/e2e/test_git_hostile.py"],
     {"FRESHET_GIT_MANY": "1000000", "FRESHET_GIT_LARGE": "5120"}),
    ("damage to a plugin's library", ["{build}/bin/test_conformance", "damaged*"],
     {"FRESHET_DAMAGE_COUNT": "20000", "FRESHET_DAMAGE_SEED": "{seed}"}),
    ("damage to a store's file", [sys.executable, "-B", "tests/e2e/test_store_damage.py", "300", "{seed}"], {}),
    ("kills of loads and compactions of a store", ["{build}/bin/test_plugin_store_sqlite", "killed while it loads or compacts*"],
     {"FRESHET_STORE_KILLS": "10000", "FRESHET_TEST_SEED": "{seed}"}),
    ("kills of Chroma and of the program", [sys.executable, "-B", "tests/e2e/test_chroma.py", "Kill"],
     {"FRESHET_CHROMA_KILLS": "200", "FRESHET_SEED": "{seed}"}),
    ("a million deliveries with faults", [sys.executable, "-B", "tests/e2e/test_deliveries.py", "Deliveries.test_faults_at_random_leave_nothing_wrong"],
     {"FRESHET_DELIVERIES": "1000000", "FRESHET_SEED": "{seed}"}),
    ("faults and kills on the way to turbopuffer", [sys.executable, "-B", "tests/e2e/test_turbopuffer.py", "Faults"],
     {"FRESHET_TURBOPUFFER_ROUNDS": "200", "FRESHET_SEED": "{seed}"}),
    ("rebuilds beside other runs", [sys.executable, "-B", "tests/e2e/test_rebuild.py"],
     {"FRESHET_STALL": "1", "FRESHET_REBUILDS": "200", "FRESHET_SEED": "{seed}"}),
    ("sites of 40 pages with every construct", [sys.executable, "-B", "tests/e2e/test_constructs.py"], {"FRESHET_CONSTRUCT_PAGES": "40"}),
    ("hostile pages", [sys.executable, "-B", "tests/e2e/test_bounds.py", "Bounds.test_random_pages"],
     {"FRESHET_BOUNDS": "1000", "FRESHET_SEED": "{seed}"}),
    ("no memory at any place", ["{build}/bin/test_scarcity", "places", "0", "{seed}"], {}),
    ("no thread at any place", ["{build}/bin/test_scarcity", "threads", "0", "{seed}"], {}),
    ("no descriptor at any place", ["{build}/bin/test_scarcity", "descriptors", "0", "{seed}"], {}),
    ("the program short of everything", [sys.executable, "-B", "tests/e2e/test_scarcity.py"],
     {"FRESHET_SCARCITIES": "1000", "FRESHET_SEED": "{seed}"}),
    ("whole runs, simulated", ["{build}/bin/freshet_simulate", "{seed}", "20000"], {}),
    ("random calls from Rust", [sys.executable, "-B", "tests/bindings/test_rust.py", "Programs.test_random_calls"],
     {**BINDINGS, "FRESHET_RANDOM": "10000000 {seed}"}),
    ("random calls from Go", [sys.executable, "-B", "tests/bindings/test_go.py", "Programs.test_random_calls"],
     {**BINDINGS, "FRESHET_RANDOM": "10000000 {seed}"}),
    ("random calls from Go without cgo", [sys.executable, "-B", "tests/bindings/test_go.py", "Dlopen.test_random_calls"],
     {**BINDINGS, "FRESHET_RANDOM": "10000000 {seed}"}),
    ("random calls of the C API", ["{build}/bin/random_calls", "--calls", "1000000", "--seed", "{seed}"], {}),
    ("random calls from Python", [sys.executable, "-B", "tests/bindings/python/random_calls.py", "--calls", "10000000", "--seed", "{seed}"], {}),
    ("flows of Prefect, with and without a server", [sys.executable, "-B", "tests/bindings/python/test_prefect.py"], {"FRESHET_LONG": "1"}),
    ("kills of a reshard, four to seven and back", [sys.executable, "-B", "tests/e2e/test_reshard.py"],
     {"FRESHET_RESHARD_KILLS": "200", "FRESHET_RESHARD_PAGES": "300", "FRESHET_SEED": "{seed}"}),
    ("spans in OpenTelemetry's own collector", [sys.executable, "-B", "tests/e2e/test_collector.py"], {}),
    ("20,000 pages in shards on Ray", [sys.executable, "-B", "tests/bindings/python/test_ray.py"], {"FRESHET_SHARD_PAGES": "20000"}),
    ("Python's libraries over freshet", [sys.executable, "-B", "tests/bindings/python/test_adapters.py"], {}),
]


def fill(text, seed, build):
    return text.replace("{seed}", str(seed)).replace("{build}", str(build))


def shown(command, extra):
    """The line that repeats it in a shell."""
    words = [f"{key}={value}" for key, value in extra.items()]
    return " ".join(words + [f'"{word}"' if " " in word else word for word in command])


def run(name, command, extra, build):
    print(f"== {name}\n   {shown(command, extra)}", flush=True)
    begun = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "FRESHET_BUILD": str(build), **extra},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    good = done.returncode == 0
    lines = [line for line in done.stdout.splitlines() if line.strip(" =-~")]
    for line in lines[-12:] if good else lines[-200:]:
        print("   " + line)
    print(f"   {'passed' if good else f'FAILED, exit {done.returncode}'} in {time.monotonic() - begun:.0f} s", flush=True)
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="WORD", help="those that have it in their name")
    parser.add_argument("--list", action="store_true", help="print names and commands, run nothing")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    passed = failed = 0
    for name, command, extra in CAMPAIGNS:
        if arguments.only not in name:
            continue
        command = [fill(word, arguments.seed, build) for word in command]
        extra = {key: fill(value, arguments.seed, build) for key, value in extra.items()}
        if arguments.list:
            print(f"{name}\n   {shown(command, extra)}")
        elif run(name, command, extra, build):
            passed += 1
        else:
            failed += 1
    if not arguments.list:
        print(f"{passed} passed, {failed} failed")
    return 1 if failed or (not passed and not arguments.list) else 0


if __name__ == "__main__":
    sys.exit(main())
