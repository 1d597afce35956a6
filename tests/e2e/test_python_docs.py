"""The main job on a real site: Debian's python3-doc behind nginx."""
from e2e import Case, Nginx, copy_docs, main, python_docs, skip

DOCS = python_docs()


class PythonDocs(Case):
    def test_a_real_site_is_kept_in_step_and_only_what_changed_is_touched(self):
        site = self.home / "site"
        pages = copy_docs(DOCS, site)
        self.assertGreater(len(pages), 300)
        with Nginx(site) as server:
            sitemap = server.write_sitemap(pages)
            refresh = ["refresh", "--sitemap", sitemap, "--embedder", "hash"]

            with self.subTest("the first refresh reads every page once"):
                first = self.freshet.json(*refresh)
                self.assertEqual((first["listed"], first["refreshed"], first["failed"]), (len(pages), len(pages), 0), first["roots"][:3])
                fetched = [line for line in server.requests() if line.endswith(".html")]
                self.assertEqual(len(fetched), len(pages) + first["asked_absent"])
                self.assertEqual(first["delivered"]["upserts"], first["chunks"]["added"])
                self.assertEqual(first["delivered"]["pending"], 0)
                self.assert_in_step()
            rows = self.freshet.rows()
            self.assertEqual(len(rows), first["chunks"]["added"])

            with self.subTest("questions are answered with titles and links"):
                self.answers("run a coroutine with a timeout", "asyncio-task.html")
                self.answers("parse command line arguments", "argparse.html")
                self.answers("assignment expression walrus operator", "whatsnew/3.8.html", "expressions.html")

            with self.subTest("a refresh of an unchanged site writes nothing"):
                again = self.freshet.json(*refresh, "--policy", '"always"')
                self.unchanged(again, len(pages))
                lines = server.requests()
                self.assertEqual(len([line for line in lines if line.startswith("304 ") and ".xml" not in line]), len(pages))
                self.assertEqual(self.freshet.rows(), rows)

            with self.subTest("within its TTL nothing is asked for"):
                self.freshet.json(*refresh, "--policy", '{"ttl":"1h"}')
                server.requests()
                idle = self.freshet.json(*refresh, "--policy", '{"ttl":"1h"}')
                self.assertEqual(idle["fetched"]["requests"], 0)
                self.assertEqual(server.requests(), [])
                self.assertEqual(idle["skipped"], len(pages))

            with self.subTest("two pages change and one goes: exactly these"):
                changed = [page for page in pages if str(page) in ("library/asyncio-task.html", "library/argparse.html")]
                gone = next(page for page in pages if page.name == "zipapp.html")
                for page in changed:
                    self.edit(site / page)
                (site / gone).unlink()
                server.write_sitemap([page for page in pages if page != gone])
                server.requests()
                third = self.freshet.json(*refresh)
                self.assertEqual((third["refreshed"], third["removed"], third["failed"]), (2, 1, 0))
                self.assertEqual(third["unchanged"], len(pages) - 3)
                outcomes = {uri.rsplit("/", 1)[1]: what for uri, what in self.outcomes(third).items() if what != "unchanged"}
                self.assertEqual(outcomes, {"asyncio-task.html": "refreshed", "argparse.html": "refreshed", "zipapp.html": "removed"})
                self.only_these_rows_differ(rows, self.freshet.rows(), {str(p) for p in changed} | {str(gone)})
                self.assert_in_step()

    def answers(self, question, *expected):
        hits = self.freshet.json("query", question, "-k", "5")["hits"]
        self.assertTrue(any(part in hit["uri"] for hit in hits for part in expected),
                        f"{question}: {[hit['uri'] for hit in hits]}")
        self.assertTrue(all(hit["title"] and hit["uri"].startswith("http://") for hit in hits))

    def unchanged(self, report, pages):
        self.assertEqual((report["unchanged"], report["refreshed"], report["failed"]), (pages, 0, 0))
        self.assertEqual((report["chunks"]["added"], report["chunks"]["removed"]), (0, 0))
        self.assertEqual((report["embedded"]["texts"], report["delivered"]["upserts"], report["delivered"]["removals"]), (0, 0, 0))

    @staticmethod
    def edit(path):
        before, main_part = path.read_text(encoding="utf-8").split('role="main"', 1)
        path.write_text(before + 'role="main"' + main_part.replace("</p>", "</p><p>A paragraph that is new.</p>", 1),
                        encoding="utf-8")

    def only_these_rows_differ(self, before, after, pages):
        for chunk in set(before) ^ set(after):
            uri = (before.get(chunk) or after.get(chunk))[1]
            self.assertTrue(any(uri.endswith(page) for page in pages), uri)
        kept = [chunk for chunk in before if chunk in after]
        self.assertTrue(all(before[chunk] == after[chunk] for chunk in kept))


if __name__ == "__main__":
    if DOCS is None:
        skip("python3-doc is not installed")
    main()
