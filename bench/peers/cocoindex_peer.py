"""CocoIndex as its example for text embedding has it: walk, split, embed, rows in SQLite; a file is done anew when it changed.

  cocoindex_peer.py folder FOLDER STATE
"""
import json
import pathlib
import sys
from dataclasses import dataclass

import cocoindex
from cocoindex.connectors import localfs, sqlite
from cocoindex.ops.text import RecursiveSplitter
from cocoindex.resources.file import PatternFilePathMatcher

import digest

FOLDER, STATE = map(pathlib.Path, sys.argv[2:])
STATE.mkdir(exist_ok=True)
DATABASE = cocoindex.ContextKey("database")
splitter = RecursiveSplitter()


@cocoindex.lifespan
async def lifespan(builder):
    builder.settings.db_path = STATE / "cocoindex.db"
    with sqlite.managed_connection(STATE / "rows.sqlite", load_vec=False) as connection:
        builder.provide(DATABASE, connection)
        yield


@dataclass
class Row:
    file: str
    start: int
    text: str
    embedding: str


@cocoindex.fn(memo=True)
async def process_file(file, table):
    text = await file.read_text()
    for chunk in splitter.split(text, chunk_size=1500, chunk_overlap=200, language="markdown"):
        table.declare_row(row=Row(file=str(file.file_path.path), start=chunk.start.char_offset, text=chunk.text,
                                  embedding=json.dumps(digest.embed(chunk.text))))


@cocoindex.fn
async def index(folder):
    table = await sqlite.mount_table_target(DATABASE, "chunks", await sqlite.TableSchema.from_class(Row, primary_key=["file", "start"]))
    files = localfs.walk_dir(folder, recursive=True, path_matcher=PatternFilePathMatcher(included_patterns=["**/*.md", "**/*.py"]))
    await cocoindex.mount_each(process_file, files.items(), table)


cocoindex.App(cocoindex.AppConfig(name="Peer"), index, folder=FOLDER).update_blocking()
