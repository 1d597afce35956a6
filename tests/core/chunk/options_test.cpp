#include "core/base/json.hpp"
#include "core/chunk/chunker.hpp"
#include "tests/support/catch.hpp"

using namespace freshet;
using base::Json;

namespace {

base::Error refused(const Json& json) {
  const auto result = chunk::parse_options(json, "chunker");
  REQUIRE_FALSE(result);
  return result.error();
}

}  // namespace

TEST_CASE("the chunker's defaults are those of its predecessor") {
  const auto parsed = chunk::parse_options(Json::object(), "chunker");
  REQUIRE(parsed);
  CHECK(parsed->max_chunk_size == 1500);
  CHECK(parsed->overlap_size == 200);
  CHECK(parsed->embedding_batch_size == 100);
  CHECK(parsed->grouping == chunk::Grouping::section);
}

TEST_CASE("the chunker's options are read") {
  const auto parsed = chunk::parse_options({{"max_chunk_size", 800},
                                            {"overlap_size", 0},
                                            {"embedding_batch_size", 5},
                                            {"unit", "tokens"},
                                            {"grouping", "greedy"}},
                                           "chunker");
  REQUIRE(parsed);
  CHECK(parsed->max_chunk_size == 800);
  CHECK(parsed->overlap_size == 0);
  CHECK(parsed->embedding_batch_size == 5);
  CHECK(parsed->grouping == chunk::Grouping::greedy);
  CHECK(parsed->unit == chunk::Unit::tokens);
}

TEST_CASE("sizes that cannot be are refused by name", "[CH14]") {
  CHECK(refused({{"max_chunk_size", 0}}).subject == "chunker.max_chunk_size");
  CHECK(refused({{"max_chunk_size", -5}}).subject == "chunker.max_chunk_size");
  CHECK(refused({{"overlap_size", -1}}).subject == "chunker.overlap_size");
  CHECK(refused({{"embedding_batch_size", 0}}).subject == "chunker.embedding_batch_size");
  for (const int overlap : {100, 150, 200}) {
    const base::Error error = refused({{"max_chunk_size", 100}, {"overlap_size", overlap}});
    CHECK(error.code == base::Code::invalid_argument);
    CHECK(error.subject == "chunker.overlap_size");
  }
  CHECK(refused({{"max_chunk_size", 100}}).message ==
        "is 200, not less than max_chunk_size, which is 100");
}

TEST_CASE("options made in code are checked by the same rules", "[CH14]") {
  chunk::ChunkerOptions options;
  CHECK(chunk::check(options, ""));
  options.max_chunk_size = 0;
  CHECK(chunk::check(options, "").error().subject == "max_chunk_size");
  options = {};
  options.overlap_size = -1;
  CHECK(chunk::check(options, "").error().subject == "overlap_size");
  options = {};
  options.embedding_batch_size = 0;
  CHECK(chunk::check(options, "").error().subject == "embedding_batch_size");
}

TEST_CASE("unknown and wrong options are refused") {
  CHECK(refused({{"max_chunk", 5}}).message.find("max_chunk_size") != std::string::npos);
  CHECK(refused({{"max_chunk_size", "big"}}).subject == "chunker.max_chunk_size");
  CHECK(refused({{"grouping", "gready"}}).subject == "chunker.grouping");
  CHECK(refused({{"unit", "words"}}).code == base::Code::invalid_argument);
  CHECK(refused(Json::array()).subject == "chunker");
}

TEST_CASE("the fingerprint names all that changes chunks, and nothing else") {
  const chunk::ChunkerOptions usual;
  const std::string base = chunk::fingerprint(usual);
  chunk::ChunkerOptions other = usual;
  other.max_chunk_size = 1499;
  CHECK(chunk::fingerprint(other) != base);
  other = usual;
  other.overlap_size = 199;
  CHECK(chunk::fingerprint(other) != base);
  other = usual;
  other.grouping = chunk::Grouping::greedy;
  CHECK(chunk::fingerprint(other) != base);
  other = usual;
  other.embedding_batch_size = 7;
  CHECK(chunk::fingerprint(other) == base);
  CHECK(chunk::fingerprint(usual, "", "add_titles") != base);
  other.unit = chunk::Unit::tokens;
  CHECK(chunk::fingerprint(other, "words") != base);
  CHECK(chunk::fingerprint(other, "words") != chunk::fingerprint(other, "bytes"));
}

TEST_CASE("the fingerprint of what was chunked before is still the same") {
  CHECK(chunk::fingerprint({}) ==
        "chunker/2 max=1500 overlap=200 unit=code_points grouping=section transform=none");
}
