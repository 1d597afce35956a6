"""Backup and restore in a bucket of a real server that checks signatures."""
import os

from e2e import main
from s3 import KEY_ID, S3, SECRET
from test_backup import PAGES, BackupCase


class Bucket(BackupCase):
    def setUp(self):
        super().setUp()
        self.server = S3(self.home / "s3")
        self.addCleanup(self.server.close)
        self.target = "s3://backups/docs/first"
        self.place = ("--endpoint", self.server.url)
        for name, value in (("AWS_ACCESS_KEY_ID", KEY_ID), ("AWS_SECRET_ACCESS_KEY", SECRET)):
            os.environ[name] = value
            self.addCleanup(os.environ.pop, name, None)

    def backup(self, *arguments, check=0):
        return super().backup(*self.place, *arguments, check=check)

    def restore(self, name="elsewhere", *arguments, check=0):
        return super().restore(name, *self.place, *arguments, check=check)

    def test_incremental_and_restored(self):
        self.refresh()
        first = self.backup()
        self.assertEqual(first["written"]["pieces"], len(set(self.digests())))
        self.assertEqual(self.backup()["written"]["pieces"], 0)
        self.put(5, "changed")
        self.refresh()
        changed = self.backup("--keep", "2")
        self.assertEqual(len(changed["snapshots"]), 2)
        self.assertGreater(changed["written"]["pieces"], 0)
        self.assertLess(changed["written"]["bytes"], changed["bytes"])
        listed = self.freshet.json("backup", self.target, *self.place, "--list")["snapshots"]
        self.assertEqual([each["id"] for each in listed], changed["snapshots"])
        other = self.restore()
        self.assertEqual(other.json("status")["roots"], PAGES)
        report = self.refresh(other)
        self.assertEqual((report["refreshed"], report["embedded"]["texts"]), (0, 0), report)
        self.assert_in_step(other)
        self.assertGreater(self.server.checked, changed["pieces"])
        self.assertEqual(self.server.refused, 0)

    def digests(self):
        found = [path for path in self.server.folder.rglob("*") if path.is_file() and "pieces" in str(path)]
        return [path.name.split(".")[0].lstrip("_") for path in found if "object" in path.name]

    def test_refused(self):
        self.refresh()
        self.backup()
        os.environ["AWS_SECRET_ACCESS_KEY"] = "not the one"
        error = self.backup(check=3)["error"]
        self.assertEqual(error["code"], "denied", error)
        self.assertIn("SignatureDoesNotMatch", error["message"])
        self.assertNotIn("not the one", str(error))
        del os.environ["AWS_SECRET_ACCESS_KEY"]
        error = self.backup(check=3)["error"]
        self.assertIn("AWS_SECRET_ACCESS_KEY", str(error))
        os.environ["AWS_SECRET_ACCESS_KEY"] = SECRET
        self.target = "s3://no-such-bucket/x"
        error = self.backup(check=3)["error"]
        self.assertEqual(error["code"], "not_found", error)
        self.assertIn("NoSuchBucket", error["message"])
        for wrong in ("s3://", "s3://a b/c", "s3://backups/../x"):
            self.target = wrong
            self.assertEqual(self.backup(check=2)["error"]["code"], "invalid_argument")


if __name__ == "__main__":
    main()
