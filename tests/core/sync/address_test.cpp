// What a person means by an address.
#include "core/sync/address.hpp"

#include <map>

#include "core/sync/config.hpp"
#include "tests/support/catch.hpp"

namespace freshet::sync {
namespace {

OnDisk look(const std::string& path) {
  static const std::map<std::string, OnDisk> disk = {{"docs", OnDisk::folder},
                                                     {"/srv/docs", OnDisk::folder},
                                                     {"a/b", OnDisk::folder},
                                                     {"/x/manual.pdf", OnDisk::file},
                                                     {"/x/bare.git", OnDisk::git_repository}};
  const auto found = disk.find(path);
  return found == disk.end() ? OnDisk::nothing : found->second;
}

// "loader: its first option"; or what is wrong.
std::string taken(const std::string& address) {
  const auto found = recognise(address, look);
  if (!found) return found.error().message;
  const Json& options = found->options;
  for (const char* key : {"url", "path", "repo"})
    if (options.contains(key)) return found->loader + ": " + options[key].get<std::string>();
  return found->loader;
}

TEST_CASE("an address on the web is a site until its answer says otherwise") {
  CHECK(taken(" https://docs.example.org ") == "site: https://docs.example.org");
  CHECK(taken("http://127.0.0.1:8000/x.pdf") == "site: http://127.0.0.1:8000/x.pdf");
  CHECK(taken("https://github.com/owner") == "site: https://github.com/owner");
  CHECK(taken("https://github.com/owner/name/wiki") == "site: https://github.com/owner/name/wiki");
}

TEST_CASE("what is on the disk is a folder, a file or a bare repository") {
  CHECK(taken("docs") == "files: docs");
  CHECK(taken("/x/manual.pdf") == "files: /x/manual.pdf");
  CHECK(taken("file:///srv/docs") == "files: /srv/docs");
  CHECK(taken("/x/bare.git") == "git: /x/bare.git");
  CHECK(taken("a/b") == "files: a/b");  // and no repository of that name
}

TEST_CASE("a repository is known by its host, its ending, its scheme or its short name") {
  CHECK(taken("https://github.com/owner/name") == "git: https://github.com/owner/name");
  CHECK(taken("https://www.github.com/owner/name.git") == "git: https://github.com/owner/name");
  CHECK(taken("https://codeberg.org/o/n/") == "git: https://codeberg.org/o/n");
  CHECK(taken("https://gitlab.com/group/sub/name") == "git: https://gitlab.com/group/sub/name");
  CHECK(taken("https://git.example.org/x/y.git") == "git: https://git.example.org/x/y.git");
  CHECK(taken("git@host:owner/name.git") == "git: git@host:owner/name.git");
  CHECK(taken("ssh://git@host/x") == "git: ssh://git@host/x");
  CHECK(taken("owner/name") == "git: https://github.com/owner/name");
}

TEST_CASE("a part of a repository keeps its ref and its folder") {
  const auto tree = recognise("https://github.com/o/n/tree/v2/docs/en", look);
  REQUIRE(tree);
  CHECK(tree->options ==
        Json({{"url", "https://github.com/o/n"}, {"ref", "v2"}, {"include", {"docs/en/**"}}}));
  const auto blob = recognise("https://gitlab.com/g/s/n/-/blob/main/README.md", look);
  REQUIRE(blob);
  CHECK(blob->options["url"] == "https://gitlab.com/g/s/n");
  CHECK(blob->options["include"] == Json({"README.md"}));
  const auto gitea = recognise("https://codeberg.org/o/n/src/branch/main", look);
  REQUIRE(gitea);
  CHECK(gitea->options["ref"] == "main");
}

TEST_CASE("issues and releases are a loader's of their own") {
  CHECK(taken("https://github.com/o/n/issues") == "github_issues: o/n");
  CHECK(taken("o/n/issues") == "github_issues: o/n");
  CHECK(taken("https://codeberg.org/o/n/releases") == "github_releases: o/n");
  const auto codeberg = recognise("https://codeberg.org/o/n/issues", look);
  REQUIRE(codeberg);
  CHECK(codeberg->options == Json({{"repo", "o/n"}, {"base_url", "https://codeberg.org/api/v1"}}));
  CHECK(taken("o/n/discussions") == "github_discussions: o/n");
  CHECK(taken("https://codeberg.org/o/n/discussions").find("has no discussions") !=
        std::string::npos);
  CHECK(taken("https://gitlab.com/g/n/-/issues").find("which no loader reads") !=
        std::string::npos);
}

TEST_CASE("what is nothing is refused, and what would be right is named") {
  CHECK(taken("") == "is empty");
  CHECK(taken("a\nb") == "has characters that no address has");
  CHECK(taken("ftp://a.example/x").find("not a scheme that a source has") != std::string::npos);
  CHECK(taken("docs.example.org/guide") ==
        "there is no such file or folder; a site is written https://docs.example.org/guide");
  CHECK(taken("docs/mistyped").find("there is no such file or folder") == 0);
  CHECK(taken("./nothing").find("there is no such file or folder") == 0);
  CHECK(taken("file:///nothing") == "there is nothing at /nothing");
}

TEST_CASE("a source may be an address alone, or have one in place of a loader") {
  const auto config = parse_run(Json::parse(
      R"({"sources":["https://a.example/",{"address":"https://b.example/","options":{"robots":false},"policy":"never"}]})"));
  REQUIRE(config);
  CHECK(config->sources[0].loader == "site");
  CHECK(config->sources[0].way == "a web address");
  CHECK(config->sources[1].options == Json({{"url", "https://b.example/"}, {"robots", false}}));
  CHECK(config->sources[1].policy->to_json() == "never");
  const auto one = parse_run(Json::parse(R"({"sources":"https://a.example/"})"));
  REQUIRE(one);
  CHECK(one->sources.size() == 1);

  const auto subject = [](const char* sources) {
    const auto bad = parse_run({{"sources", Json::parse(sources)}});
    REQUIRE_FALSE(bad);
    return bad.error().subject;
  };
  CHECK(subject(R"(["ftp://a.example/"])") == "sources[0]");
  CHECK(subject(R"([{"address":"ftp://a.example/"}])") == "sources[0].address");
  CHECK(subject(R"([{"address":""}])") == "sources[0].address");
  CHECK(subject(R"([{"address":"https://a.example/","loader":"url"}])") == "sources[0].loader");
  CHECK(subject(R"([{"options":{}}])") == "sources[0].loader");
}

}  // namespace
}  // namespace freshet::sync
