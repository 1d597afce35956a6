// Single files, through the plugin's table, on real files.
#include "tests/plugins/loader_files/files.hpp"

namespace freshet::test {
namespace {

TEST_CASE("a file has the version that the listing gave, and is not read when that is known") {
  Files files;
  files.tree.write("a.md", "text");
  const std::string listed = files.list().entries[0].version;
  const FetchResult got = files.fetch("a.md");
  CHECK(got.outcome == "content");
  CHECK(got.body == "text");
  CHECK(got.version == listed);
  CHECK_FALSE(got.media_type);
  CHECK(files.fetch("a.md", listed).outcome == "not modified");
  CHECK(files.fetch("a.md", "m:1:2").outcome == "content");
  files.tree.write("a.md", "other", Tree::kOld);
  CHECK(files.fetch("a.md", listed).outcome == "content");
}

TEST_CASE("an empty file is content") {
  Files files;
  files.tree.write("a.md", "");
  CHECK(files.fetch("a.md").outcome == "content");
}

TEST_CASE("a file written within two seconds, or in the future, has no version") {
  Files files;
  const std::pair<std::int64_t, bool> cases[] = {{Tree::kNow - 2000, true},
                                                 {Tree::kNow - 1999, false},
                                                 {Tree::kNow, false},
                                                 {Tree::kNow + 86'400'000, false}};
  for (const auto& [mtime, has_version] : cases) {
    files.tree.write("a.md", "text", mtime);
    CHECK((files.list().entries[0].version != "") == has_version);
    CHECK(files.fetch("a.md").version.has_value() == has_version);
    const std::string same = "m:" + std::to_string(mtime) + "000000:4";
    CHECK(files.fetch("a.md", same).outcome == (has_version ? "not modified" : "content"));
  }
}

TEST_CASE("dates outside of what is counted do no harm") {
  Files files;
  files.tree.write("a.md");
  for (const std::int64_t seconds : {std::int64_t{20'000'000'000}, std::int64_t{-20'000'000'000}}) {
    const struct timespec times[2] = {{seconds, 0}, {seconds, 0}};
    ::utimensat(AT_FDCWD, files.tree.path("a.md").c_str(), times, 0);
    CHECK(files.list().entries.size() == 1);
    CHECK(files.fetch("a.md").outcome == "content");
  }
}

TEST_CASE("a missing file is gone for good only where its directory still holds something") {
  Files files;
  files.tree.write("docs/a.md");
  CHECK(files.fetch("docs/b.md").outcome == "gone for good");
  CHECK(files.fetch("docs/a.md/x").outcome == "gone");
  CHECK(files.fetch("other/a.md").outcome == "gone");
  files.tree.remove("docs/a.md");
  CHECK(files.fetch("docs/a.md").outcome == "gone");
  files.tree.remove("docs");
  CHECK(files.fetch("a.md").outcome == "gone");
}

TEST_CASE("a file that changes while it is read is read again, three times at most") {
  Files files;
  files.tree.write("a.md", std::string(3 << 20, 'x'));
  int asked = 0;
  files.host.on_cancelled = [&] {
    if (++asked == 3) files.tree.write("a.md", std::string(2 << 20, 'y'), Tree::kOld + 1000);
  };
  const FetchResult once = files.fetch("a.md");
  CHECK(once.outcome == "content");
  CHECK(once.body == std::string(2 << 20, 'y'));
  files.host.on_cancelled = [&] {
    ++asked;
    files.tree.write("a.md", std::string(2 << 20, 'z'), Tree::kOld + asked);
  };
  const FetchResult always = files.fetch("a.md");
  CHECK(always.status == FRESHET_E_BUSY);
  CHECK(always.outcome == "");
}

TEST_CASE("a file written anew with the same size and time while it is read is noticed") {
  Files files;
  files.tree.write("a.md", std::string(2 << 20, 'x'));
  int asked = 0;
  files.host.on_cancelled = [&] {
    if (++asked == 3) files.tree.write("a.md", std::string(2 << 20, 'y'));
  };
  CHECK(files.fetch("a.md").body == std::string(2 << 20, 'y'));
}

TEST_CASE("URIs of other places are refused") {
  Files files;
  files.tree.write("a.md");
  Driver driver(files.host, "files", files.options);
  for (const std::string& uri :
       {std::string("file:///etc/passwd"), files.tree.uri("../x"), files.tree.uri("%2E%2E/x"),
        files.tree.uri("") + "//a.md", files.tree.uri("x") + "%00",
        std::string("https://a.example/"), std::string(), files.tree.uri("")})
    CHECK(driver.fetch(uri).status == FRESHET_E_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace freshet::test
