// Runs with transformers and tokenizers: of fixtures, and one that is part of this program.
#include <freshet/plugin/transformer.h>

#include <atomic>
#include <sstream>
#include <thread>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

Json with_transform(const Json& transform) { return {{"chunker", {{"transform", transform}}}}; }

// Words of at most this many tokens, as the fixture "good" counts them.
Json in_tokens(int most) {
  return {
      {"chunker",
       {{"unit", "tokens"}, {"tokenizer", "good"}, {"max_chunk_size", most}, {"overlap_size", 0}}}};
}

std::size_t words_in(const std::string& text) {
  std::istringstream words(text);
  std::string word;
  std::size_t count = 0;
  while (words >> word) ++count;
  return count;
}

std::string refused(Site& site, const Json& more) {
  Failure failure;
  freshet_refresh* refresh = nullptr;
  CHECK(freshet_refresh_run(site.store.repository, site.config(more).c_str(), nullptr, nullptr,
                            &refresh, failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  return failure.subject() + ": " + failure.message();
}

// A transformer of this program, whose call lasts until it is cancelled.
struct Waiting {
  std::atomic<bool> called = false;
  const freshet_host* host = nullptr;
};

freshet_status open_waiting(void* provider, const freshet_host* host, freshet_call*, const char*,
                            void** out) {
  static_cast<Waiting*>(provider)->host = host;
  *out = provider;
  return FRESHET_OK;
}

freshet_status info_waiting(void*, freshet_call*, freshet_transformer_info* out) {
  out->max_chunks = 8;
  return FRESHET_OK;
}

freshet_status wait_for_cancel(void* self, freshet_call* call, const freshet_transform_request*,
                               const freshet_transform_sink*) {
  auto& waiting = *static_cast<Waiting*>(self);
  waiting.called = true;
  waiting.called.notify_all();
  while (waiting.host->cancelled(call) == 0) std::this_thread::yield();
  return FRESHET_E_CANCELLED;
}

void close_waiting(void*) {}

const void* get_waiting(void*, const char* kind, const char*) {
  static const freshet_transformer_table table = {sizeof table, open_waiting, info_waiting,
                                                  wait_for_cancel, close_waiting};
  return std::string_view(kind) == FRESHET_PLUGIN_TRANSFORMER ? &table : nullptr;
}

}  // namespace

TEST_CASE("transformers run in their order, and their texts are what is found") {
  Site site(2, with_fixtures);
  const Json config = with_transform({"add_titles", {{"name", "good"}}});
  CHECK(site.run(config)["refreshed"] == 2);
  const std::string text = site.answers("number 1 rivers").front();
  CHECK(text.starts_with("From Page 1: # Title: Page 1\n# URI: "));
  CHECK(text.ends_with("Page number 1 is about rivers."));
  CHECK(site.run(config)["unchanged"] == 2);
  site.check();
}

TEST_CASE("another transformer makes the chunks anew, without a change of any page") {
  Site site(2, with_fixtures);
  site.run();
  const Json report = site.run(with_transform("good"));
  CHECK(report["refreshed"] == 2);
  CHECK(report["roots"][0]["reason"] == "reader or chunker changed");
  CHECK(site.answers("rivers").front().starts_with("From Page "));
  CHECK(site.run(with_transform("small"))["refreshed"] == 2);  // the same texts of another one
  site.check();
}

TEST_CASE("law 1: a document that cannot be transformed fails alone, and keeps what it had") {
  const std::string transformer = GENERATE("poisoned", "rejects");
  const bool embeds = GENERATE(true, false);
  Site site(3, with_fixtures);
  Json config = with_transform(transformer);
  if (!embeds) config["embedder"] = nullptr;
  CHECK(site.run(config)["refreshed"] == 3);
  site.write(1, "Nothing but poison here.");
  site.write(2, "A page about waterfalls.");
  Json report = site.run(config);
  CHECK(report["failed"] == 1);
  CHECK(report["refreshed"] == 1);
  CHECK(site.answers("poison").empty());
  CHECK(site.answers("number 1 rivers").front() ==
        "From Page 1: Page 1\nPage number 1 is about rivers.");
  CHECK(site.answers("waterfalls").size() == 1);
  site.write(1, "Cured.");
  report = site.run(config);
  CHECK(report["refreshed"] == 1);
  CHECK(site.answers("cured").size() == 1);
  site.check();
}

TEST_CASE("a transformer that adds too much fails its documents") {
  Site site(1, with_fixtures);
  site.write(0, "One. " + std::string(900, 'x') + "\n\n" + std::string(900, 'y') + "\n\n" +
                    std::string(900, 'z'));
  const Json report = site.run(with_transform("swells"));
  CHECK(report["failed"] == 1);
  CHECK(report["roots"][0]["error"]["code"] == "limit");
  CHECK(site.store.info().chunks == 0);
}

TEST_CASE("a run that is cancelled does not wait for a transformer") {
  Waiting waiting;
  const freshet_provider provider = {sizeof provider, &waiting, get_waiting, nullptr};
  REQUIRE_OK(freshet_plugins_register(
      R"({"manifest":1,"name":"waiting","version":"1","abi":1,"provides":[{"kind":"transformer",
          "name":"waiting","options":{"type":"object"}}]})",
      &provider, out_error));
  Site site(2);
  freshet_refresh* refresh = site.start(with_transform("waiting"));
  waiting.called.wait(false);
  REQUIRE_OK(freshet_refresh_cancel(refresh, out_error));
  REQUIRE_OK(freshet_refresh_wait(refresh, -1, out_error));
  CHECK(Site::report_of(refresh)["cancelled"] == true);
  freshet_refresh_free(refresh);
  REQUIRE_OK(freshet_plugins_unregister("waiting", out_error));
  CHECK(site.run()["refreshed"] == 2);
}

TEST_CASE("chunks in tokens are as long as the tokenizer says") {
  Site site(1, with_fixtures);
  std::string text;
  for (int i = 0; i < 40; ++i) text += "word" + std::to_string(i) + (i % 9 == 8 ? ". " : " ");
  site.write(0, text);
  const int chunks = site.run(in_tokens(12))["chunks"]["added"];
  CHECK(chunks > 3);
  CHECK(chunks < 8);  // of 12 characters there would be more
  for (const std::string& answer : site.answers("word1 word39")) CHECK(words_in(answer) <= 12);
  CHECK(site.run(in_tokens(12))["unchanged"] == 1);
  Json other = in_tokens(12);
  other["chunker"]["tokenizer"] = "bytes";
  CHECK(site.run(other)["refreshed"] == 1);
  site.check();
}

TEST_CASE("tokens are counted where a tokenizer is named, and else estimated") {
  Site site(1, with_fixtures);
  const Json estimated = site.run()["embedded"];
  CHECK(estimated["estimated_tokens"] == estimated["tokens"]);
  site.write(0, "Another page about seven rivers.");
  const Json counted = site.run({{"chunker", {{"tokenizer", "good"}}}})["embedded"];
  CHECK(counted["tokens"] == 7);  // with "Page 0"
  CHECK(counted["estimated_tokens"] == 0);
}

TEST_CASE("a tokenizer that fails fails its documents") {
  Site site(2, with_fixtures);
  Json config = in_tokens(100);
  config["chunker"]["tokenizer"] = "throws";
  const Json report = site.run(config);
  CHECK(report["failed"] == 2);
  CHECK(report["roots"][0]["error"]["message"] == "faulty: cannot split");
}

TEST_CASE("what is wrong with transformers and tokenizers is told with its place") {
  Site site(1, with_fixtures);
  CHECK(refused(site, with_transform("add_title")) ==
        "chunker.transform: \"add_title\" is not a transformer; did you mean \"add_titles\"?");
  CHECK(refused(site, with_transform({"none", "missing"}))
            .starts_with("chunker.transform[1].name: \"missing\": no plugin provides this "
                         "transformer"));
  CHECK(refused(site, with_transform({{{"name", "good"}, {"options", {{"x", 1}}}}}))
            .starts_with("chunker.transform[0].options.x: "));
  CHECK(refused(site, {{"chunker", {{"unit", "tokens"}}}}) ==
        "chunker.tokenizer: is missing: with the unit \"tokens\" it says what a token is");
  char* json = nullptr;
  REQUIRE_OK(freshet_config_check(site.store.repository,
                                  site.config(with_transform({"missing", "good"})).c_str(), nullptr,
                                  &json, out_error));
  CHECK(take(json).find("chunker.transform[0].name") != std::string::npos);
}

TEST_CASE("a document that is handed in goes through the same transformers and tokens") {
  Store store(with_fixtures);
  freshet_document* document = nullptr;
  REQUIRE_OK(freshet_document_from_json(
      R"({"uri":"a","sections":[{"title":"One","text":"First text of many words, and more."}]})",
      &document, out_error));
  freshet_write_result result = FRESHET_WRITE_RESULT_INIT;
  REQUIRE_OK(freshet_repository_write_document(
      store.repository, document,
      R"({"chunker":{"unit":"tokens","tokenizer":"good","max_chunk_size":4,"overlap_size":0,
          "transform":"good"}})",
      &result, nullptr, out_error));
  CHECK(result.added == 2);
  freshet_document_free(document);
}

}  // namespace freshet::capi_test
