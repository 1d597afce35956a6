"""Vectors and tokens without a server: models are added, listed and removed; a real one embeds a whole run, whose
questions find what they mean; chunks have the sizes that the tokenizers say."""
import contextlib
import hashlib
import io
import json
import os
import pathlib
import sqlite3
import sys
import tarfile
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from e2e import Case, build_dir, main  # noqa: E402
from models import minilm, minilm_wheel  # noqa: E402
from plugin import Tokenizer, opened  # noqa: E402

PLUGINS = pathlib.Path(build_dir()) / "lib/freshet/plugins"
PAGES = {"river": "Streams carry rain from the mountains to the sea.", "bread": "Knead flour and yeast, let the dough rise, then bake it.",
         "orbit": "A satellite falls around the planet and never hits the ground.", "debt": "The loan is repaid with interest every month."}
MEANT = {"How does a stream flow to the ocean?": "river", "making a loaf in the oven": "bread", "spacecraft circling the earth": "orbit",
         "owing money to a bank": "debt"}


class Local(Case):
    def setUp(self):
        super().setUp()
        self.data = self.home / "data"
        for name, value in (("XDG_DATA_HOME", str(self.data)), ("HOME", str(self.home))):
            before = os.environ.get(name)
            os.environ[name] = value
            self.addCleanup(lambda name=name, before=before: os.environ.pop(name) if before is None else os.environ.update({name: before}))
        self.docs = self.home / "docs"
        self.docs.mkdir()
        for name, text in PAGES.items():
            (self.docs / f"{name}.md").write_text(f"# Page {len(name)}\n\n{text}\n")

    def fails(self, *arguments, exit_code=2):
        done = self.freshet.run(*arguments, "--json", check=exit_code)
        return json.loads(done.stdout)["error"]["message"]

    def small(self, where, **more):
        """A folder that looks like a model."""
        for name, content in {"config.json": "{}", "tokenizer.json": "{}", "model.safetensors": "x" * 200000, "1_Pooling/config.json": "{}",
                              "README.md": "hello", "pytorch_model.bin": "never", "onnx/model.onnx": "never", **more}.items():
            (where / name).parent.mkdir(parents=True, exist_ok=True)
            (where / name).write_text(content)
        return where


class Models(Local):
    def files(self, name):
        home = self.data / "freshet/models" / name
        return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}

    def test_a_folder_and_archives_of_it_are_the_same_model(self):
        folder = self.small(self.home / "around/tiny")
        self.assertEqual(self.freshet.json("models")["models"], [])
        for number, kind in enumerate(("tar.gz", "zip", "whl", "tar.xz")):
            archive = self.home / f"m{number}.{kind}"
            if kind.startswith("tar"):
                with tarfile.open(archive, f"w:{kind[4:]}") as tar:
                    tar.add(folder.parent, "pkg")
            else:
                with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
                    for path in folder.parent.rglob("*"):
                        packed.write(path, pathlib.Path("pkg") / path.relative_to(folder.parent))
            self.freshet.json("models", "add", archive)
        (folder / "linked.txt").symlink_to(folder / "README.md")
        self.freshet.json("models", "add", folder)
        (folder / "linked.txt").unlink()
        self.freshet.json("models", "add", f"{folder}/", "--name", "again")
        listed = self.freshet.json("models", "list")["models"]
        self.assertEqual([model["name"] for model in listed], ["again", "m0", "m1", "m2", "m3", "tiny"])
        wanted = self.files("again")
        self.assertEqual(set(wanted), {"config.json", "tokenizer.json", "model.safetensors", "1_Pooling/config.json", "README.md", "SHA256SUMS"})
        sums = dict(line.split("  ")[::-1] for line in wanted["SHA256SUMS"].decode().splitlines())
        self.assertEqual(sums, {name: hashlib.sha256(data).hexdigest() for name, data in wanted.items() if name != "SHA256SUMS"})
        for number in range(4):
            self.assertEqual(self.files(f"m{number}"), wanted)
        self.assertEqual(self.files("tiny")["linked.txt"], b"hello")  # a link in a folder of one's own
        self.freshet.json("models", "remove", "m0")
        self.assertIn("is no model that was added: there are again, m1, m2, m3, tiny", self.fails("models", "remove", "m0", exit_code=3))

    def test_what_is_no_model_leaves_nothing(self):
        folder = self.small(self.home / "tiny")
        self.freshet.json("models", "add", folder)
        self.assertIn("was added already: remove it first", self.fails("models", "add", folder))
        self.assertIn("is no folder and no archive", self.fails("models", "add", "no/such/folder", "--name", "x", exit_code=3))
        self.assertIn("is no name of a model", self.fails("models", "add", folder, "--name", "../x"))
        self.assertIn("has no model: config.json", self.fails("models", "add", self.docs))
        (self.home / "no.zip").write_text("nothing")
        self.assertIn("is no archive that can be read", self.fails("models", "add", self.home / "no.zip", exit_code=3))
        self.small(self.home / "two/a")
        self.small(self.home / "two/b")
        self.assertIn("has more than one model", self.fails("models", "add", self.home / "two"))
        (self.home / "two/a/model.safetensors").unlink()
        self.assertIn("without model.safetensors", self.fails("models", "add", self.home / "two/a"))
        for name in ("../evil/config.json", "m/../../config.json"):
            with zipfile.ZipFile(self.home / "evil.zip", "w") as packed:
                for good in ("config.json", "tokenizer.json", "model.safetensors"):
                    packed.writestr(f"m/{good}", "{}")
                packed.writestr(name, "{}")
            self.assertIn("would lie outside", self.fails("models", "add", self.home / "evil.zip"))
        with tarfile.open(self.home / "links.tar", "w") as tar:
            for good in ("config.json", "tokenizer.json", "model.safetensors"):
                tar.add(folder / good, f"m/{good}")
            link = tarfile.TarInfo("m/1_Pooling")
            link.type, link.linkname = tarfile.SYMTYPE, str(self.home)
            tar.addfile(link)
            inside = tarfile.TarInfo("m/1_Pooling/config.json")
            inside.size = 2
            tar.addfile(inside, io.BytesIO(b"{}"))
        self.freshet.json("models", "add", self.home / "links.tar")
        self.assertFalse((self.home / "config.json").exists())
        self.assertEqual(self.files("links")["1_Pooling/config.json"], b"{}")
        torn = (self.home / "links.tar").read_bytes()[:50000]
        (self.home / "torn.tar").write_bytes(torn)
        self.fails("models", "add", self.home / "torn.tar", exit_code=3)
        left = sorted(path.name for path in (self.data / "freshet/models").iterdir())
        self.assertEqual(left, [".lock", "links", "tiny"])


class Run(Local):
    def setUp(self):
        super().setUp()
        self.freshet.json("models", "add", minilm_wheel(), "--name", "minilm")

    def refresh(self, *more, config=""):
        (self.home / "freshet.toml").write_text(config)
        return self.freshet.json("--config", self.home / "freshet.toml", "refresh", "--files", self.docs, "--embedder", "local", *more)

    def chunks(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.freshet.repository}/store.sqlite?mode=ro", uri=True)) as store:
            number, = store.execute("SELECT number FROM namespaces WHERE name = 'default'").fetchone()
            return [text for text, in store.execute(f"SELECT text FROM rows_{number}")]

    def test_questions_find_what_they_mean(self):
        report = self.refresh()
        self.assertEqual((report["failed"], report["embedded"]["texts"]), (0, len(PAGES)), report)
        for question, page in MEANT.items():
            hit = self.freshet.json("query", question, "--mode", "vector", "-k", "1")["hits"][0]
            self.assertTrue(hit["uri"].endswith(f"/{page}.md"), (question, hit["uri"]))
        self.assertTrue(self.freshet.json("query", "yeast dough", "--mode", "hybrid")["hits"][0]["uri"].endswith("/bread.md"))
        self.assertEqual(self.refresh()["embedded"]["texts"], 0)
        self.assert_in_step()

    def test_another_model_is_another_space(self):
        self.refresh()
        model = self.data / "freshet/models/minilm"
        self.freshet.json("models", "remove", "minilm")
        self.freshet.run("query", "water", "--mode", "vector", check=3)
        self.freshet.json("models", "add", minilm(), "--name", "elsewhere")
        self.assertFalse(model.exists())
        self.assertEqual(self.refresh()["embedded"]["texts"], 0)  # the same files, the same vectors
        done = self.freshet.run("refresh", "--files", self.docs, "--embedder", 'local={"document_prefix":"passage: "}')
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("rebuild", done.stderr)

    def test_chunks_in_tokens(self):
        long = " ".join(f"Sentence {i} of the rivers, number {i * 7919}, says 東京 and café once more." for i in range(120))
        (self.docs / "long.md").write_text(f"# Long\n\n{long}\n")
        for name, options, library in (("cl100k_base", {}, "tokenizer_openai"), ("o200k_base", {}, "tokenizer_openai"), ("model", {}, "tokenizer_model")):
            chosen = f'[chunker]\nunit = "tokens"\nmax_chunk_size = 60\noverlap_size = 10\ntokenizer = "{name}"\n'
            report = self.refresh(config=chosen)
            self.assertEqual(report["failed"], 0, report)
            with opened(Tokenizer, PLUGINS / f"{library}.so", name.encode(), options) as tokens:
                sizes = [tokens.count(text) for text in self.chunks()]
            print(f"{name}: {len(sizes)} chunks of at most {max(sizes)} tokens", flush=True)
            self.assertGreater(len(sizes), 20)
            self.assertLessEqual(max(sizes), 60 + 2)  # the edges may fall otherwise alone
            self.assertGreater(sorted(sizes)[len(sizes) // 2], 40)
        self.assert_in_step()


if __name__ == "__main__":
    main()
