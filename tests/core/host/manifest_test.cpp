#include "core/host/manifest.hpp"

#include "tests/core/host/support.hpp"
#include "tests/support/catch.hpp"

namespace host = freshet::host;
namespace base = freshet::base;
using freshet::testing::Folder;
using freshet::testing::mentions;
using host::Json;

namespace {

Json good() {
  return Json::parse(R"({"manifest": 1, "name": "loader_x", "version": "1.2", "abi": 1,
    "library": {"linux": "loader_x.so"},
    "provides": [{"kind": "loader", "name": "x", "description": "reads x", "identity": ["url"],
                  "options": {"type": "object", "properties": {"url": {"type": "string"}}}}]})");
}

std::string manifest_problem(const Json& json) {
  auto manifest = host::parse_manifest(json.dump(), "/p/loader_x.plugin.json");
  if (manifest) return "ok";
  CHECK(manifest.error().code == base::Code::plugin);
  CHECK(manifest.error().subject == "/p/loader_x.plugin.json");
  return manifest.error().message;
}

std::string problem_with(const std::string& pointer, const Json& value) {
  Json json = good();
  json[Json::json_pointer(pointer)] = value;
  return manifest_problem(json);
}

}  // namespace

TEST_CASE("a manifest says what a plugin provides") {
  const auto manifest = *host::parse_manifest(good().dump(), "/p/loader_x.plugin.json");
  CHECK(manifest.name == "loader_x");
  CHECK(manifest.version == "1.2");
  CHECK(manifest.abi == 1);
  CHECK(manifest.library == "/p/loader_x.so");
  REQUIRE(manifest.provides.size() == 1);
  CHECK(manifest.provides[0].kind == host::Kind::loader);
  CHECK(manifest.provides[0].identity == std::vector<std::string>{"url"});
}

TEST_CASE("the library of this very platform goes before that of the system") {
  Json json = good();
  json["library"] = {
      {host::platform(), "own.so"}, {"linux", "any.so"}, {"windows-x86_64", "x.dll"}};
  CHECK(host::parse_manifest(json.dump(), "/p/m")->library == "/p/own.so");
  CHECK(problem_with("/library", {{"windows-x86_64", "x.dll"}}) ==
        "library: names no file for " + host::platform());
}

TEST_CASE("a manifest of another version is refused before anything else of it is judged",
          "[X02]") {
  Json json = good();
  json["manifest"] = 2;
  json["something_new"] = true;
  CHECK(manifest_problem(json) == "manifest: is 2; this freshet reads manifests of version 1");
  json.erase("manifest");
  CHECK(manifest_problem(json) == "manifest: is missing: not a plugin manifest");
  CHECK(mentions(manifest_problem(Json::array()), "not a plugin manifest"));
}

TEST_CASE("every fault of a manifest is named with its place", "[X02]") {
  CHECK(problem_with("/nam", "x") == "nam: is not a known key; did you mean \"name\"?");
  CHECK(problem_with("/provides/0/kind", "loder") ==
        "provides[0].kind: is \"loder\", not one of loader, reader, embedder, store, "
        "transformer, tokenizer; did you mean "
        "\"loader\"?");
  CHECK(problem_with("/provides/0/descripton", "x") ==
        "provides[0].descripton: is not a known key; did you mean \"description\"?");
  CHECK(mentions(problem_with("/name", "Loader X"),
                 "name: is \"Loader X\", not a name of lower-case letters"));
  CHECK(mentions(problem_with("/provides/0/name", ""), "provides[0].name: "));
  CHECK(problem_with("/version", "") == "version: is empty");
  CHECK(problem_with("/version", nullptr) == "version: is missing");
  CHECK(problem_with("/abi", 2) == "abi: is 2; this freshet knows plugin ABI 1");
  CHECK(mentions(problem_with("/abi", 0), "abi: is 0"));
  CHECK(problem_with("/provides", Json::array()) ==
        "provides: is not an array of what the plugin provides");
  CHECK(problem_with("/provides/1", good()["provides"][0]) == "provides[1]: is provided twice");
  CHECK(problem_with("/provides/0/identity", {"uri"}) ==
        "provides[0].identity: \"uri\" is not one of the options");
  CHECK(mentions(problem_with("/provides/0/options/properties/url/tpye", "x"),
                 "provides[0].options.properties.url.tpye: is not a keyword known here; did you "
                 "mean \"type\"?"));
  CHECK(mentions(problem_with("/provides/0/default", true), "default: is for readers alone"));
  CHECK(mentions(problem_with("/provides/0/kind", "reader"), "media_types: is missing"));
  for (const char* wrong : {"csv", ".CSV", ".", "./x"})
    CHECK(mentions(problem_with("/provides/0/extensions", Json::array({wrong})),
                   "not an extension in lower case such as \".csv\""));
  CHECK(mentions(problem_with("/provides/0/extensions", Json{{".csv", "text/none"}}),
                 "which is none of media_types"));
  CHECK(mentions(problem_with("/provides/0/extensions", ".csv"), "is neither"));
}

TEST_CASE("a library is a bare file name", "[X02]") {
  for (const char* bad : {"../x.so", "/usr/lib/x.so", "sub/x.so", "", ".", ".."})
    CHECK(mentions(problem_with("/library/linux", bad),
                   "not the bare name of a file beside the manifest"));
  CHECK(problem_with("/library/linux", 7) == "library.linux: is not a file name");
  CHECK(mentions(problem_with("/library", "x.so"), "library: "));
}

TEST_CASE("a manifest that is no JSON, is a directory, or is not there, is an error", "[C03]") {
  const Folder folder;
  folder.write("a.plugin.json", "{\"manifest\": 1,");
  CHECK(mentions(host::read_manifest(folder.file("a.plugin.json")).error().message,
                 "not valid JSON"));
  folder.write("twice.plugin.json", R"({"manifest": 1, "manifest": 1})");
  CHECK(mentions(host::read_manifest(folder.file("twice.plugin.json")).error().message,
                 "appears twice"));
  CHECK(host::read_manifest(folder.path()).error().message == "not a regular file");
  CHECK(mentions(host::read_manifest(folder.file("none")).error().message, "no such file"));
  folder.write("big.plugin.json", std::string(2 << 20, ' '));
  CHECK(
      mentions(host::read_manifest(folder.file("big.plugin.json")).error().message, "larger than"));
}
