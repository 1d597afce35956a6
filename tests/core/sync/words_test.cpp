// What a loader says of a root beside its bytes, and what a document takes from it.
#include "core/sync/words.hpp"

#include "core/base/json.hpp"
#include "core/repository/repository.hpp"
#include "tests/support/catch.hpp"

namespace freshet::sync {
namespace {

using base::Json;

ports::Entry entry(const std::string& title, const std::string& metadata = "") {
  ports::Entry made;
  made.uri = "u:1";
  made.title = title;
  made.metadata = metadata;
  return made;
}
ports::Fetched content(const std::string& title, const std::string& metadata = "") {
  ports::Fetched made;
  made.title = title;
  made.metadata = metadata;
  return made;
}

struct Takes {
  const char* what;
  std::string found;  // by the reader
  bool guessed;
  std::string with_content, in_listing, title;
};

const Takes takes[] = {
    {"nobody says anything", "", false, "", "", ""},
    {"the reader found one", "R", false, "C", "L", "R"},
    {"the reader guessed one, and nobody knows better", "R", true, "", "", "R"},
    {"the reader guessed one", "R", true, "C", "L", "C"},
    {"the reader guessed one, and the listing knows better", "R", true, "", "L", "L"},
    {"the content has one", "", false, "C", "L", "C"},
    {"the listing has one", "", false, "", "L", "L"},
};

}  // namespace

TEST_CASE("a document's title is the reader's, else the content's, else the listing's") {
  for (const Takes& one : takes) {
    INFO(one.what);
    model::Document document;
    document.title = one.found;
    document.title_guessed = one.guessed;
    complete(document, entry(one.in_listing), content(one.with_content), Json::object());
    CHECK(document.title == one.title);
  }
}

TEST_CASE("a document's metadata is taken key by key, in the same order") {
  model::Document document;
  document.metadata = {{"lang", "de"}};
  complete(document, entry("", R"({"lang":"en","author":"L","labels":["a"]})"),
           content("", R"({"lang":"fr","author":"C"})"), Json::object());
  CHECK(document.metadata == Json{{"lang", "de"}, {"author", "C"}, {"labels", {"a"}}});
}

TEST_CASE("metadata that is no object is as none") {
  for (const char* odd : {"", "null", "[1]", "3", "{\"a\":", "\xFF"}) {
    model::Document document;
    complete(document, entry("", odd), content("", odd), Json::object());
    CHECK(document.metadata.empty());
  }
}

TEST_CASE("what is kept of words says who said what, and nothing of what was not said") {
  CHECK(words_of(entry(""), content("")).empty());
  CHECK(Json::parse(words_of(entry("L"), content(""))) == Json{{"entry", {{"title", "L"}}}});
  CHECK(Json::parse(words_of(entry("L", R"({"a":1})"), content("C", R"({"b":2})"))) ==
        Json{{"entry", {{"title", "L"}, {"metadata", {{"a", 1}}}}},
             {"content", {{"title", "C"}, {"metadata", {{"b", 2}}}}}});
}

TEST_CASE("a later listing takes the place of what the last one said, and of that alone") {
  const std::string words = words_of(entry("L"), content("C"));
  CHECK(reworded(words, entry("L")) == words);
  CHECK(Json::parse(reworded(words, entry("M"))) ==
        Json{{"entry", {{"title", "M"}}}, {"content", {{"title", "C"}}}});
  CHECK(Json::parse(reworded(words, entry(""))) == Json{{"content", {{"title", "C"}}}});
  CHECK(reworded(words_of(entry("L"), content("")), entry("")).empty());
  CHECK(Json::parse(reworded("", entry("L"))) == Json{{"entry", {{"title", "L"}}}});
}

TEST_CASE("an entry that no listing leads to is as the last one had it") {
  repository::RootView root;
  root.uri = "u:1";
  root.handle = "blob";
  const std::string words = words_of(entry("L", R"({"a":1})"), content("C"));
  root.loader_metadata = words;
  const ports::Entry made = entry_of(root);
  CHECK(made.uri == "u:1");
  CHECK(made.handle == "blob");
  CHECK(made.title == "L");
  CHECK(made.metadata == R"({"a":1})");
  CHECK(made.version.empty());
  root.loader_metadata = "";
  CHECK(entry_of(root).title.empty());
  const std::string of_content = words_of(entry(""), content("C"));
  root.loader_metadata = of_content;
  CHECK(entry_of(root).title.empty());
}

}  // namespace freshet::sync
