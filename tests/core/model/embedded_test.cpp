// What is embedded of a chunk: its text, behind its titles.
#include "core/model/embedded.hpp"

#include "tests/support/catch.hpp"

namespace freshet::model {
namespace {

Chunk chunk_of(std::vector<std::string> path, std::string text) {
  Chunk chunk;
  chunk.path = std::move(path);
  chunk.text = std::move(text);
  return chunk;
}

}  // namespace

TEST_CASE("titles stand before the text, from the document's down") {
  CHECK(with_titles(chunk_of({"Keys", "Rotation"}, "Every year."), "Manual") ==
        "Manual > Keys > Rotation\n\nEvery year.");
  CHECK(with_titles(chunk_of({}, "Every year."), "Manual") == "Manual\n\nEvery year.");
  CHECK(with_titles(chunk_of({}, "Every year."), "") == "Every year.");
}

TEST_CASE("no title is said twice") {
  CHECK(with_titles(chunk_of({"Manual", "Keys"}, "Text."), " Manual ") == "Manual > Keys\n\nText.");
  CHECK(with_titles(chunk_of({"Manual"}, "Text."), "Manual - The Site") ==
        "Manual - The Site\n\nText.");
  CHECK(with_titles(chunk_of({"Manual", "Keys"}, "## Keys\n\nText."), "Manual") ==
        "Manual\n\n## Keys\n\nText.");
  CHECK(with_titles(chunk_of({"Keys"}, "Keys\nText."), "Keys") == "Keys\nText.");
  CHECK(with_titles(chunk_of({"Key"}, "Keys open doors."), "") == "Key\n\nKeys open doors.");
  CHECK(with_titles(chunk_of({"Keys"}, ""), "") == "Keys\n\n");
}

TEST_CASE("what transformers wrote is embedded as they wrote it") {
  Chunk chunk = chunk_of({"Keys"}, "A summary. Text.");
  chunk.urtext = "Text.";
  CHECK(with_titles(chunk, "Manual") == chunk.text);
}

}  // namespace freshet::model
