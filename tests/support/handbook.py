"""The application of examples/handbook as somebody uses it, whichever language it is written in."""

PAGES = {
    "keys.md": "# Keys\n\nRotate the keys on Mondays.\n",
    "ferries.md": "# Ferries\n\nFerries run all year.\n",
    "archive/harbour.md": "# Harbour\n\nThe harbour was dredged in 1953.\n",
}
FIRST = """refreshed 3, unchanged 0, skipped 0
Ferries
Ferries run all year.
Keys
Rotate the keys on Mondays.
"""
# What was in the archive is as it was, though its file is another.
SECOND = """refreshed 1, unchanged 1, skipped 1
Ferries
Ferries run in summer.
Keys
Rotate the keys on Mondays.
"""


def use_handbook(case, run):
    """`run(REPOSITORY, FOLDER, QUESTION)` gives what the program printed."""
    folder = case.home / "handbook"
    for name, text in PAGES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    words = (case.home / "handbook-repository", folder, "when do the feries run")
    case.assertEqual(run(*words), FIRST)
    (folder / "ferries.md").write_text("# Ferries\n\nFerries run in summer.\n")
    (folder / "archive/harbour.md").write_text("# Harbour\n\nThe ferries run there no more.\n")
    case.assertEqual(run(*words), SECOND)
