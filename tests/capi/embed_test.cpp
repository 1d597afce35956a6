// Texts to vectors, and queries by vector.
#include <cmath>
#include <limits>
#include <vector>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

freshet_vectors* embed(freshet_repository* repository, const std::vector<const char*>& texts,
                       const char* config = nullptr) {
  freshet_vectors* vectors = nullptr;
  REQUIRE_OK(freshet_embed(repository, config, texts.data(), texts.size(), FRESHET_PURPOSE_DOCUMENT,
                           nullptr, &vectors, out_error));
  return vectors;
}

std::vector<float> vector_at(const freshet_vectors* vectors, std::size_t index) {
  const float* vector = nullptr;
  REQUIRE_OK(freshet_vectors_get(vectors, index, &vector, out_error));
  return {vector, vector + freshet_vectors_dimension(vectors)};
}

freshet_status search(freshet_repository* repository, const std::vector<float>& vector,
                      freshet_hits** hits, Failure& failure, const char* options = nullptr) {
  return freshet_query_vector(repository, vector.data(), vector.size(), options, nullptr, hits,
                              failure.out());
}

}  // namespace

TEST_CASE("a vector finds the row of the text that it is the vector of") {
  Site site;
  site.write(7, "Glaciers move slowly downhill.");
  site.run();
  freshet_vectors* vectors =
      embed(site.store.repository, {"Glaciers move slowly downhill.", "Glaciers"});
  CHECK(freshet_vectors_count(vectors) == 2);
  CHECK(std::string(freshet_vectors_model(vectors)).find("hash") != std::string::npos);
  const std::vector<float> vector = vector_at(vectors, 0);
  CHECK(vector.size() > 1);
  CHECK(vector != vector_at(vectors, 1));
  freshet_hits* hits = nullptr;
  Failure failure;
  CHECK(search(site.store.repository, vector, &hits, failure, R"({"limit":2})") == FRESHET_OK);
  REQUIRE(freshet_hits_count(hits) == 2);
  freshet_hit hit = FRESHET_HIT_INIT;
  REQUIRE_OK(freshet_hits_get(hits, 0, &hit, out_error));
  CHECK(std::string(hit.text).find("Glaciers") != std::string::npos);
  freshet_hits_free(hits);
  freshet_vectors_free(vectors);
}

TEST_CASE("a vector that the rows cannot be compared with is refused") {
  Site site;
  site.run();
  freshet_vectors* vectors = embed(site.store.repository, {"rivers"});
  std::vector<float> vector = vector_at(vectors, 0);
  freshet_vectors_free(vectors);
  freshet_hits* hits = nullptr;
  Failure failure;
  const auto refused = [&](const std::vector<float>& each, const char* options = nullptr) {
    CHECK(search(site.store.repository, each, &hits, failure, options) ==
          FRESHET_E_INVALID_ARGUMENT);
    CHECK(hits == nullptr);
    return failure.subject();
  };
  CHECK(refused({1, 2, 3}) == "vector");
  CHECK(failure.message() == "has 3 numbers, and the rows have " + std::to_string(vector.size()));
  CHECK(refused({}) == "vector");
  CHECK(refused(std::vector<float>(vector.size(), 0.0f)) == "vector");
  CHECK(refused(vector, R"({"mode":"text"})") == "mode");
  CHECK(refused(vector, R"({"limit":0})") == "limit");
  for (const float wrong : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    vector[0] = wrong;
    CHECK(refused(vector) == "vector");
  }
  CHECK(freshet_query_vector(site.store.repository, nullptr, 4, nullptr, nullptr, &hits,
                             failure.out()) == FRESHET_E_MISUSE);
  CHECK(freshet_query_vector(site.store.repository, vector.data(), SIZE_MAX, nullptr, nullptr,
                             &hits, failure.out()) == FRESHET_E_MISUSE);
}

TEST_CASE("rows without vectors are not searched by one, and nothing embeds for them") {
  Site site;
  freshet_hits* hits = nullptr;
  freshet_vectors* vectors = nullptr;
  Failure failure;
  const char* const text = "rivers";
  const auto embedded = [&] {
    return freshet_embed(site.store.repository, nullptr, &text, 1, FRESHET_PURPOSE_QUERY, nullptr,
                         &vectors, failure.out());
  };
  REQUIRE(search(site.store.repository, {1, 2}, &hits, failure) == FRESHET_OK);
  CHECK(freshet_hits_count(hits) == 0);
  freshet_hits_free(hits);
  CHECK(embedded() == FRESHET_E_NOT_FOUND);
  site.run({{"embedder", nullptr}});
  CHECK(search(site.store.repository, {1, 2}, &hits, failure) == FRESHET_E_UNSUPPORTED);
  CHECK(embedded() == FRESHET_E_UNSUPPORTED);
  CHECK(vectors == nullptr);
}

TEST_CASE("the embedder of a configuration embeds as many texts as there are, stored or not") {
  Site site(0, with_fixtures);
  std::vector<std::string> texts;
  std::vector<const char*> pointers;
  for (std::size_t i = 1; i <= 20; ++i) texts.emplace_back(i, 'x');  // it takes 8 a request
  for (const std::string& text : texts) pointers.push_back(text.c_str());
  freshet_vectors* vectors =
      embed(site.store.repository, pointers, R"({"embedder":"good","jobs":2})");
  REQUIRE(freshet_vectors_count(vectors) == 20);
  CHECK(freshet_vectors_dimension(vectors) == 4);
  CHECK(freshet_vectors_model(vectors) == std::string("fixture"));
  for (std::size_t i = 0; i < 20; ++i) CHECK(vector_at(vectors, i)[1] == static_cast<float>(i + 1));
  const float* vector = nullptr;
  Failure failure;
  CHECK(freshet_vectors_get(vectors, 20, &vector, failure.out()) == FRESHET_E_NOT_FOUND);
  freshet_vectors_free(vectors);
  vectors = embed(site.store.repository, {}, R"({"embedder":"good"})");
  CHECK(freshet_vectors_count(vectors) == 0);
  freshet_vectors_free(vectors);
}

TEST_CASE("an embedder is told what the texts are for") {
  Site site(0, with_fixtures);
  const char* const text = "a";
  std::vector<float> by_purpose[2];
  for (const std::int32_t purpose : {FRESHET_PURPOSE_DOCUMENT, FRESHET_PURPOSE_QUERY}) {
    freshet_vectors* vectors = nullptr;
    REQUIRE_OK(freshet_embed(site.store.repository, R"({"embedder":"purposeful"})", &text, 1,
                             purpose, nullptr, &vectors, out_error));
    by_purpose[purpose] = vector_at(vectors, 0);
    freshet_vectors_free(vectors);
  }
  CHECK(by_purpose[0] != by_purpose[1]);
}

TEST_CASE("embedding is called rightly or does nothing") {
  Site site(0, with_fixtures);
  freshet_vectors* vectors = nullptr;
  Failure failure;
  const auto call = [&](const char* config, std::vector<const char*> texts, std::int32_t purpose,
                        const freshet_call_options* limits = nullptr) {
    const freshet_status status =
        freshet_embed(site.store.repository, config, texts.data(), texts.size(), purpose, limits,
                      &vectors, failure.out());
    CHECK(vectors == nullptr);
    return status;
  };
  const char* const good = R"({"embedder":"good"})";
  CHECK(call(good, {"a"}, 2) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "purpose");
  CHECK(call(good, {"a", nullptr}, 0) == FRESHET_E_MISUSE);
  CHECK(failure.subject() == "texts[1]");
  CHECK(call(good, {"a", ""}, 0) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(call(good, {"\xC3("}, 0) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(call("{}", {"a"}, 0) == FRESHET_E_UNSUPPORTED);
  CHECK(call(R"({"embedder":"goud"})", {"a"}, 0) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "embedder.name");
  CHECK(call(R"({"embedder":"throws"})", {"a"}, 0) == FRESHET_E_PLUGIN);
  freshet_call_options limits = FRESHET_CALL_OPTIONS_INIT;
  limits.timeout_ms = 0;
  CHECK(call(good, {"a"}, 0, &limits) == FRESHET_E_TIMEOUT);
  CHECK(freshet_embed(site.store.repository, good, nullptr, 1, 0, nullptr, &vectors,
                      failure.out()) == FRESHET_E_MISUSE);
  const char* const one = "a";
  CHECK(freshet_embed(site.store.repository, good, &one, SIZE_MAX, 0, nullptr, &vectors,
                      failure.out()) == FRESHET_E_MISUSE);
  CHECK(freshet_embed(site.store.repository, good, &one, 1, 0, nullptr, nullptr, failure.out()) ==
        FRESHET_E_MISUSE);
}

}  // namespace freshet::capi_test
