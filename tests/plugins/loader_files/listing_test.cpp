// Whole listings, through the plugin's table, on real files.
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

#include "tests/plugins/loader_files/files.hpp"

namespace freshet::test {
namespace {

using Json = nlohmann::json;

TEST_CASE("files are listed in the order of their names, with version, date and size") {
  Files files;
  files.tree.write("b.md", "12345");
  files.tree.write("a/2.md");
  files.tree.write("a/1.md");
  files.tree.write("a-b.md");
  const Listed listed = files.list();
  CHECK(listed.complete);
  CHECK(files.relative(listed) == Names{"a/1.md", "a/2.md", "a-b.md", "b.md"});
  CHECK(listed.entries[3].version == "m:" + std::to_string(Tree::kOld) + "000000:5");
  CHECK(listed.entries[3].last_modified_ms == Tree::kOld);
  CHECK(listed.entries[3].size == 5);
}

TEST_CASE("names of any bytes make URIs, and are found again by them") {
  Files files;
  const std::string names[] = {"caf\xC3\xA9 \xF0\x9F\x98\x80.md", "latin\xE9.md", "50% #1?.md",
                               "new\nline.md", "\xE6\x97\xA5\xE6\x9C\xAC/x.md"};
  for (const std::string& name : names) files.tree.write(name, name);
  Driver driver(files.host, "files", files.options);
  const Listed listed = driver.list();
  CHECK(listed.complete);
  REQUIRE(listed.entries.size() == 5);
  for (const ListedEntry& entry : listed.entries) {
    const FetchResult got = driver.fetch(entry.uri);
    CHECK(got.outcome == "content");
    CHECK(std::find(std::begin(names), std::end(names), got.body) != std::end(names));
  }
  CHECK(listed.entries[0].uri == files.tree.uri("50%25%20%231%3F.md"));
}

TEST_CASE("extensions choose files, in any case of letters") {
  Files files;
  for (const char* name :
       {"a.md", "b.KT", "c.java", "README", "d.tar.gz", ".hidden", "e.", "x/f.kt"})
    files.tree.write(name);
  files.options["included_extensions"] = {"kt", ".JAVA"};
  CHECK(files.names() == Names{"b.KT", "c.java", "x/f.kt"});
  files.options["included_extensions"] = {""};
  CHECK(files.names() == Names{".hidden", "README", "e."});
  files.options["included_extensions"] = Json::array();
  CHECK(files.names().size() == 8);
}

TEST_CASE("excluded directories are not entered, at any depth; files of that name are no matter") {
  Files files;
  for (const char* name : {".git/x.md", "a/.git/x.md", "a/x.md", "b/build", "build.md"})
    files.tree.write(name);
  files.options["excluded_directories"] = {".git", "build"};
  CHECK(files.names() == Names{"a/x.md", "b/build", "build.md"});
}

TEST_CASE("max_depth counts directories below the first") {
  Files files;
  for (const char* name : {"0.md", "1/1.md", "1/2/2.md", "1/2/3/3.md"}) files.tree.write(name);
  files.options["max_depth"] = 0;
  CHECK(files.names() == Names{"0.md"});
  files.options["max_depth"] = 1;
  CHECK(files.names() == Names{"0.md", "1/1.md"});
  files.options["max_depth"] = -1;
  CHECK(files.names().size() == 4);
}

TEST_CASE("relative_path is where the walk begins; URIs stay relative to path") {
  Files files;
  for (const char* name : {"x.md", "docs/a.md", "docs/b.md", "project/src/main/c.md"})
    files.tree.write(name);
  files.options["relative_path"] = "docs";
  CHECK(files.names() == Names{"docs/a.md", "docs/b.md"});
  files.options["relative_path"] = "project/src/main/";
  CHECK(files.names() == Names{"project/src/main/c.md"});
  files.options["relative_path"] = "none";
  CHECK(files.list().status == FRESHET_E_NOT_FOUND);
  for (const char* bad : {"..", "/etc", "a/../b", "./a"}) {
    files.options["relative_path"] = bad;
    CHECK(Driver(files.host, "files", files.options).open_failure().subject == "relative_path");
  }
}

TEST_CASE("globs choose files, and exclude wins") {
  Files files;
  for (const char* name : {"a.md", "docs/b.md", "docs/draft/c.md", "docs/d.txt", "src/e.md"})
    files.tree.write(name);
  files.options["include"] = {"docs/**/*.md", "src"};
  CHECK(files.names() == Names{"docs/b.md", "docs/draft/c.md", "src/e.md"});
  files.options["exclude"] = {"draft", "e.md"};
  CHECK(files.names() == Names{"docs/b.md"});
}

TEST_CASE("an include that the extensions leave nothing of is refused at once") {
  Files files;
  files.options["included_extensions"] = {"md"};
  files.options["include"] = {"docs", "**/*.log"};
  const Driver driver(files.host, "files", files.options);
  CHECK(driver.open_failure().subject == "include[1]");
  CHECK(driver.open_failure().message.find(".log") != std::string::npos);
}

TEST_CASE("wrong options are told with their path") {
  Files files;
  const auto subject = [&](const char* key, const Json& value) {
    Json options = files.options;
    options[key] = value;
    const Driver driver(files.host, "files", options);
    CHECK_FALSE(driver.opened());
    return driver.open_failure().subject;
  };
  CHECK(subject("path", "") == "path");
  CHECK(subject("path", 7) == "path");
  for (const Json& size : {Json("0"), Json("big"), Json(-1), Json("1.5MiB"), Json("99999999GiB"),
                           Json("9999999999999999999999"), Json(true)})
    CHECK(subject("max_file_size", size) == "max_file_size");
  CHECK(subject("max_depth", -2) == "max_depth");
  CHECK(subject("include", "x") == "include");
  CHECK(subject("include", {""}) == "include[0]");
  CHECK(subject("uri_prefix", "nonsense") == "uri_prefix");
  CHECK(subject("follow_symlinks", 1) == "follow_symlinks");
}

TEST_CASE("uri_prefix takes the place of file:// and the path") {
  Files files;
  files.tree.write("sub/a b.md", "hello");
  files.options["uri_prefix"] = "https://docs.example/v1/";
  Driver driver(files.host, "files", files.options);
  CHECK(driver.list().uris() == Names{"https://docs.example/v1/sub/a%20b.md"});
  CHECK(driver.fetch("https://docs.example/v1/sub/a%20b.md").body == "hello");
  CHECK(driver.fetch(files.tree.uri("sub/a%20b.md")).status == FRESHET_E_INVALID_ARGUMENT);
}

TEST_CASE("one file is a source, too") {
  Files files;
  files.tree.write("one.bin", "x");
  files.options["path"] = files.tree.path("one.bin");
  const Listed listed = files.list();
  CHECK(listed.complete);
  CHECK(listed.uris() == Names{files.tree.uri("one.bin")});
  CHECK(files.fetch("one.bin").body == "x");
  files.tree.remove("one.bin");
  CHECK(files.list().status == FRESHET_E_NOT_FOUND);
  CHECK(files.fetch("one.bin").outcome == "gone");
}

TEST_CASE("a root that is missing, or no directory, fails the listing") {
  Files files;
  files.options["path"] = files.tree.path("none");
  const Listed missing = files.list();
  CHECK(missing.status == FRESHET_E_NOT_FOUND);
  CHECK(missing.failed.subject == files.tree.path("none"));
  CHECK(files.fetch("none/a.md").status == FRESHET_E_NOT_FOUND);
  REQUIRE(::mkfifo(files.tree.path("pipe").c_str(), 0644) == 0);
  files.options["path"] = files.tree.path("pipe");
  CHECK(files.list().status == FRESHET_E_INVALID_ARGUMENT);
}

// Links inside, links out by every way, and links to nothing.
void add_links(const Tree& tree, const Tree& outside) {
  outside.write("secret.md", "secret");
  const std::string other = outside.path();
  tree.write("real/a.md", "inside");
  tree.link("real/a.md", "file-link.md");
  tree.link("real", "dir-link");
  tree.link(outside.path("secret.md"), "out.md");
  tree.link(other, "out-dir");
  tree.link("../../../../../../../../etc/passwd", "real/dots.md");
  tree.link("../" + other.substr(other.rfind('/') + 1), "sibling");
  tree.link("nowhere", "dangling.md");
  tree.link("loop.md", "loop.md");
}

TEST_CASE("symbolic links are not followed unless told to") {
  Files files;
  const Tree outside;
  add_links(files.tree, outside);
  CHECK(files.names() == Names{"real/a.md"});
  for (const char* name : {"file-link.md", "dir-link/a.md", "out.md", "out-dir/secret.md",
                           "real/dots.md", "sibling/secret.md", "loop.md", "dangling.md"}) {
    INFO(name);
    const FetchResult got = files.fetch(name);
    CHECK(got.status == FRESHET_E_BLOCKED);
    CHECK(got.outcome == "");
  }
}

TEST_CASE("links that are followed never lead out of the root") {
  Files files;
  const Tree outside;
  add_links(files.tree, outside);
  files.options["follow_symlinks"] = true;
  CHECK(files.names() == Names{"dir-link/a.md", "file-link.md", "real/a.md"});
  CHECK(files.fetch("dir-link/a.md").body == "inside");
  for (const char* name :
       {"out.md", "out-dir/secret.md", "real/dots.md", "sibling/secret.md", "loop.md"})
    CHECK(files.fetch(name).status == FRESHET_E_BLOCKED);
  CHECK(files.fetch("dangling.md").outcome == "gone for good");
}

TEST_CASE("a circle of links ends") {
  Files files;
  files.tree.write("a/x.md");
  files.tree.link("..", "a/up");
  files.tree.link("../a", "a/self");
  files.options["follow_symlinks"] = true;
  CHECK(files.names() == Names{"a/x.md"});
}

TEST_CASE("a lattice of links is bounded") {
  Files files;
  for (int i = 0; i < 30; ++i) {
    const std::string here = "d" + std::to_string(i), next = "../d" + std::to_string(i + 1);
    files.tree.link(next, here + "/x");
    files.tree.link(next, here + "/y");
  }
  std::filesystem::create_directory(files.tree.path("d30"));
  files.options["follow_symlinks"] = true;
  files.options["max_entries"] = 200;
  CHECK_FALSE(files.list().complete);
}

TEST_CASE("FIFOs, sockets and directories are neither listed as files nor read") {
  Files files;
  files.tree.write("a.md");
  REQUIRE(::mkfifo(files.tree.path("pipe.md").c_str(), 0644) == 0);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un address {};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, files.tree.path("socket.md").c_str(), sizeof address.sun_path - 1);
  REQUIRE(::bind(socket, reinterpret_cast<struct sockaddr*>(&address), sizeof address) == 0);
  std::filesystem::create_directory(files.tree.path("dir.md"));
  CHECK(files.names() == Names{"a.md"});
  for (const char* name : {"pipe.md", "socket.md", "dir.md"})
    CHECK(files.fetch(name).status == FRESHET_E_UNSUPPORTED);
  ::close(socket);
}

TEST_CASE("a directory that cannot be read makes the listing incomplete, a file does not") {
  Files files;
  files.tree.write("a.md");
  files.tree.write("closed/b.md");
  files.tree.write("secret.md");
  ::chmod(files.tree.path("closed").c_str(), 0);
  ::chmod(files.tree.path("secret.md").c_str(), 0);
  {
    const AsNobody nobody;
    const Listed listed = files.list();
    CHECK(listed.status == FRESHET_OK);
    CHECK_FALSE(listed.complete);
    CHECK(listed.failed.message.find(files.tree.uri("closed")) == 0);
    CHECK(files.relative(listed) == Names{"a.md", "secret.md"});
    CHECK(files.fetch("secret.md").status == FRESHET_E_DENIED);
    CHECK(files.fetch("closed/b.md").status == FRESHET_E_DENIED);
  }
  ::chmod(files.tree.path("closed").c_str(), 0755);
  ::chmod(files.tree.path("secret.md").c_str(), 0);
  const AsNobody nobody;
  CHECK(files.names() == Names{"a.md", "closed/b.md", "secret.md"});
}

TEST_CASE("what changes during the walk makes the listing incomplete, and leads nowhere else") {
  const std::function<void(const Tree&)> changes[] = {
      [](const Tree& tree) { tree.remove("b"); }, [](const Tree& tree) { tree.rename("b", "c"); },
      [](const Tree& tree) {
        tree.remove("b");
        tree.link("other", "b");
      },
      [](const Tree& tree) {
        tree.remove("b");
        tree.write("b");
      }};
  for (const auto& change : changes) {
    Files files;
    files.tree.write("a.md");
    files.tree.write("b/x.md");
    files.tree.write("other/y.md");
    const Listed listed = files.list([&](const ListedEntry& entry) {
      if (entry.uri.ends_with("/a.md")) change(files.tree);
    });
    CHECK(listed.status == FRESHET_OK);
    CHECK_FALSE(listed.complete);
    CHECK(files.relative(listed) == Names{"a.md", "other/y.md"});
  }
}

TEST_CASE("files that are too large are left out and told of, and the listing is complete") {
  Files files;
  files.tree.write("small.md", "12");
  files.tree.write("large.md", std::string(101, 'x'));
  files.options["max_file_size"] = "100";
  CHECK(files.names() == Names{"small.md"});
  CHECK(files.host.logged("large.md: larger than max_file_size"));
  CHECK(files.fetch("large.md").status == FRESHET_E_LIMIT);
  files.options["max_file_size"] = 101;
  CHECK(files.names().size() == 2);
}

TEST_CASE("the number of files is limited") {
  Files files;
  for (int i = 0; i < 5; ++i) files.tree.write(std::to_string(i) + ".md");
  files.options["max_entries"] = 5;
  CHECK(files.names().size() == 5);
  files.options["max_entries"] = 4;
  const Listed listed = files.list();
  CHECK_FALSE(listed.complete);
  CHECK(listed.entries.size() == 4);
}

TEST_CASE("an empty directory is complete: what it means is for the engine to judge") {
  Files files;
  CHECK(files.names().empty());
}

TEST_CASE("very deep directories end at a limit") {
  Files files;
  std::string path;
  for (int i = 0; i < 600; ++i) path += "d/";
  files.tree.write(path + "x.md");
  const Listed listed = files.list();
  CHECK_FALSE(listed.complete);
  CHECK(listed.failed.message.find("512") != std::string::npos);
}

TEST_CASE("a cancelled listing or fetch stops") {
  Files files;
  files.tree.write("a.md");
  files.host.cancelled = true;
  CHECK(files.list().status == FRESHET_E_CANCELLED);
  CHECK(files.fetch("a.md").status == FRESHET_E_CANCELLED);
}

}  // namespace
}  // namespace freshet::test
