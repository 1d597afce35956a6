"""What a store lost, has wrong or has too much is found and put right, row by row."""
import contextlib
import sqlite3

from e2e import Case, Scripted, html, long_text, main


class Verify(Case):
    def setUp(self):
        super().setUp()
        self.site = Scripted()
        self.addCleanup(self.site.close)
        paths = [f"/page{i}.html" for i in range(5)]
        for path in paths:
            self.site.page(path, html(path[1:-5], ("Text", long_text(path[1:-5], 6))))
        self.freshet.json("refresh", "--sitemap", self.site.sitemap(paths))
        self.before = self.freshet.rows()

    def tamper(self, *statements):
        """Changes the store behind freshet's back; {rows} and {words} are its tables."""
        with contextlib.closing(sqlite3.connect(self.freshet.repository / "store.sqlite")) as store:
            number, = store.execute("SELECT number FROM namespaces WHERE name = 'default'").fetchone()
            for statement, *values in statements:
                store.execute(statement.format(rows=f"rows_{number}", words=f"words_{number}"), values)
            store.commit()

    def finds_and_repairs(self, **faults):
        found = self.freshet.json("check", check=1)["store"]
        expected = {"missing": 0, "stale": 0, "orphans": 0, "pending": 0, **faults}
        self.assertEqual({key: found[key] for key in expected}, expected, found)
        self.assertFalse(found["in_step"])
        self.assertEqual(len(found["ids"]), sum(faults.values()))
        self.freshet.json("check", "--repair")
        self.assertEqual(self.freshet.rows(), self.before)
        self.assert_in_step()

    def test_a_row_that_is_missing(self):
        row = bytes.fromhex(sorted(self.before)[2])
        self.tamper(("INSERT INTO {words}({words}, rowid, title, path, text, names, parts) "
                     "SELECT 'delete', n, title, path, text, names, parts FROM {rows} WHERE id = ?", row),
                    ("DELETE FROM {rows} WHERE id = ?", row))
        self.finds_and_repairs(missing=1)

    def test_a_row_with_another_content(self):
        row = bytes.fromhex(sorted(self.before)[0])
        self.tamper(("UPDATE {rows} SET digest = 'of something else' WHERE id = ?", row))
        self.finds_and_repairs(stale=1)

    def test_a_row_that_nobody_knows(self):
        self.tamper(("INSERT INTO {rows}(id, digest, uri, title, url, path, metadata, text) "
                     "SELECT ?, digest, uri, title, url, path, metadata, text FROM {rows} LIMIT 1", bytes(range(16))),
                    ("INSERT INTO {words}(rowid, title, path, text, names, parts) "
                     "SELECT n, title, path, text, names, parts FROM {rows} WHERE id = ?", bytes(range(16))))
        self.finds_and_repairs(orphans=1)

    def test_rows_that_are_too_many_to_be_meant_go_on_a_word(self):
        for i in range(1, 8):
            self.tamper(("INSERT INTO {rows}(id, digest, uri, title, url, path, metadata, text) "
                         "SELECT ?, digest, uri, title, url, path, metadata, text FROM {rows} LIMIT 1", bytes([i]) * 16),
                        ("INSERT INTO {words}(rowid, title, path, text, names, parts) "
                         "SELECT n, title, path, text, names, parts FROM {rows} WHERE id = ?", bytes([i]) * 16))
        held = self.freshet.json("check", "--repair", check=1)["store"]
        self.assertEqual((held["orphans"], held["held"], held["removals"]), (7, 7, 0), held)
        told = self.freshet.run("check", "--repair", check=1).stdout
        self.assertIn("7 removals held, to protect what may be missed: --accept-shrink makes them", told)
        gone = self.freshet.json("check", "--repair", "--accept-shrink")["store"]
        self.assertEqual((gone["held"], gone["removals"]), (0, 7), gone)
        self.assertEqual(self.freshet.rows(), self.before)
        self.assert_in_step()

    def test_all_of_it_at_once(self):
        first, *_, last = sorted(self.before)
        self.tamper(("UPDATE {rows} SET digest = 'x' WHERE id = ?", bytes.fromhex(first)),
                    ("INSERT INTO {words}({words}, rowid, title, path, text, names, parts) "
                     "SELECT 'delete', n, title, path, text, names, parts FROM {rows} WHERE id = ?", bytes.fromhex(last)),
                    ("UPDATE {rows} SET id = ? WHERE id = ?", b"\xff" * 16, bytes.fromhex(last)),
                    ("INSERT INTO {words}(rowid, title, path, text, names, parts) "
                     "SELECT n, title, path, text, names, parts FROM {rows} WHERE id = ?", b"\xff" * 16))
        self.finds_and_repairs(missing=1, stale=1, orphans=1)


if __name__ == "__main__":
    main()
