"""Law 5: kill -9 at 200 random moments of a refresh, and at 30 of a load of many files; one more refresh puts all right.

FRESHET_KILLS and FRESHET_LOAD_KILLS set the numbers of kills, FRESHET_SEED the moments; all are printed.
"""
import os
import random
import shutil
import time

from e2e import Case, Freshet, Nginx, build_dir, html, long_text, main

KILLS = int(os.environ.get("FRESHET_KILLS", "200"))
LOAD_KILLS = int(os.environ.get("FRESHET_LOAD_KILLS", "30"))
SEED = int(os.environ.get("FRESHET_SEED", str(random.randrange(1 << 30))))


class Kill(Case):
    def write_site(self, site, version):
        """40 pages; from one version to the next some change, some go, some come."""
        pages = []
        for i in range(40):
            if (i + version) % 13 == 0:
                continue
            edition = version if (i + version) % 3 == 0 else 0
            name = f"page{i}.html"
            text = html(f"Page {i}", *[(f"Part {p}", long_text(f"w{i}x{p}e{edition if p == 1 else 0}", 14)) for p in range(4)])
            path = site / name
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
                # The server's ETag is the second and the size: another second for each version.
                os.utime(path, (1_700_000_000 + 10 * version,) * 2)
            pages.append(name)
        for path in site.glob("page*.html"):
            if path.name not in pages:
                path.unlink()
        return pages

    def test_a_killed_refresh_loses_nothing(self):
        print(f"FRESHET_SEED={SEED} FRESHET_KILLS={KILLS}", flush=True)
        moments = random.Random(SEED)
        site = self.home / "site"
        site.mkdir()
        with Nginx(site) as server:
            sitemap = server.write_sitemap(self.write_site(site, 0))
            refresh = ["refresh", "--sitemap", sitemap, "--embedder", "hash", "--accept-shrink"]
            begun = time.monotonic()
            self.freshet.json(*refresh)
            whole = time.monotonic() - begun
            killed = 0
            round_ = 0
            while killed < KILLS:
                round_ += 1
                if round_ % 10 == 1:  # from nothing now and then: the first refresh is the one with most to lose
                    shutil.rmtree(self.freshet.repository)
                server.write_sitemap(self.write_site(site, round_))
                for _ in range(4):
                    process = self.freshet.start(*refresh)
                    time.sleep(moments.random() * whole * 1.1)
                    process.kill()
                    killed += process.wait() == -9
                report = self.freshet.json(*refresh)
                self.assertEqual((report["failed"], report["busy"], report["delivered"]["pending"]), (0, 0, 0), report)
                self.assert_in_step()
                if round_ % 10 == 0 or killed >= KILLS:
                    self.same_as_never_killed(refresh)
            print(f"{killed} kills in {round_} rounds, each put right by one refresh", flush=True)

    def same_as_never_killed(self, refresh):
        calm = Freshet(build_dir(), self.home / "calm")
        calm.json(*refresh)
        mine, calms = ({(k, v[3]) for k, v in one.rows().items()} for one in (self.freshet, calm))
        self.assertTrue(mine == calms, f"{len(mine - calms)} rows too many, {len(calms - mine)} missing")
        shutil.rmtree(calm.repository)


class Load(Case):
    """Many small files from nothing: large commits, and a store that is filled meanwhile."""

    FILES = 1500

    def write_files(self, folder):
        for i in range(self.FILES):
            path = folder / f"part{i // 100}" / f"page{i}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"# Page {i}\n\n{long_text(f'p{i}', 3)}\n\n## Part\n\n{long_text(f'q{i % 7}', 3)}\n")
            os.utime(path, (1_700_000_000 + i,) * 2)

    def test_a_killed_load_is_finished_by_the_next_run(self):
        print(f"FRESHET_SEED={SEED} FRESHET_LOAD_KILLS={LOAD_KILLS}", flush=True)
        moments = random.Random(SEED)
        folder = self.home / "files"
        self.write_files(folder)
        load = ["refresh", "--files", folder, "--policy", '"always"']
        begun = time.monotonic()
        report = self.freshet.json(*load)
        whole = time.monotonic() - begun
        chunks = report["chunks"]["added"]
        killed = kept = 0
        while killed < LOAD_KILLS:
            shutil.rmtree(self.freshet.repository)
            for _ in range(3):
                process = self.freshet.start(*load)
                time.sleep(moments.random() * whole * 0.7)
                process.kill()
                killed += process.wait() == -9
            report = self.freshet.json(*load)
            self.assertEqual((report["failed"], report["busy"], report["delivered"]["pending"]), (0, 0, 0), report)
            self.assertEqual(report["refreshed"] + report["unchanged"], self.FILES, report)
            kept += report["unchanged"]
            self.assert_in_step()
            self.assertEqual(len(self.freshet.rows()), chunks)
        self.assertGreater(kept, 0, "no killed run had committed anything")
        print(f"{killed} kills; the runs behind them found {kept} files stored already", flush=True)


if __name__ == "__main__":
    main()
