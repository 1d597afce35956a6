// The cases of the systems that freshet succeeds, by their numbers. The texts are of the same shape
// and length; where a size differs from theirs, docs/chunking.md says why.
#include "tests/core/chunk/support.hpp"
#include "tests/support/catch.hpp"

using namespace freshet;
using namespace freshet::chunk::test;
using chunk::ChunkerOptions;
using chunk::Grouping;
using Sizes = std::vector<std::size_t>;

namespace {

// A paragraph of sentences of these lengths, one a line, as a whole with a line feed at its end.
std::string lines(const std::string& start, const std::vector<std::size_t>& lengths) {
  std::string text;
  for (const std::size_t length : lengths) text += sentence(start, length) + "\n";
  return text;
}

Sizes checked_sizes(const model::Document& document, const ChunkerOptions& options) {
  const auto chunks = chunk::chunk(document, options);
  CHECK(faults(document, chunks, options) == "");
  return sizes(chunks);
}

}  // namespace

TEST_CASE("a document that fits is one chunk of the document", "[CH1][CH2][CH15][CH18]") {
  const auto grouping = GENERATE(Grouping::section, Grouping::greedy);
  const auto doc =
      document("Small", {leaf("Introduction", "A short introduction."),
                         leaf("Overview", "A brief overview."), leaf("End", "The end.")});
  const auto chunks = chunk::chunk(doc, options(1500, 200, grouping));
  REQUIRE(chunks.size() == 1);
  CHECK(chunks[0].text ==
        "Introduction\nA short introduction.\n\nOverview\nA brief overview.\n\nEnd\nThe end.");
  CHECK(chunks[0].parent_id == model::root_id(doc.uri).hex());
  CHECK(chunks[0].structure.chunk_index == 0);
  CHECK(chunks[0].structure.total_chunks == 1);
  CHECK(chunks[0].structure.sequence_number == 0);
  CHECK(chunks[0].structure.container_section_title == "Small");
  CHECK(chunks[0].structure.leaf_section_id.empty());
  CHECK(chunks[0].metadata == model::Json{{"source", "test"}});
}

TEST_CASE("a document without text has no chunk", "[CH3]") {
  const auto grouping = GENERATE(Grouping::section, Grouping::greedy);
  CHECK(chunk::chunk(document("Empty", {}), options(1500, 200, grouping)).empty());
  CHECK(
      chunk::chunk(document("Blank", {leaf("", " \n\t ")}), options(1500, 200, grouping)).empty());
}

TEST_CASE("a small leaf and one of ten paragraphs make six chunks", "[CH4][CH16][CH17]") {
  const auto grouping = GENERATE(Grouping::section, Grouping::greedy);
  std::string text;
  for (int i = 0; i < 10; ++i)
    text += lines("Par " + std::to_string(i), {116, 134, 94, 116, 81}) + (i < 9 ? "\n" : "");
  const auto doc = document(
      "Mixed", {leaf("Small Section", sentence("Small", 42)), leaf("Large Section", text)});
  const ChunkerOptions given = options(1500, 200, grouping);
  const auto chunks = chunk::chunk(doc, given);
  CHECK(faults(doc, chunks, given) == "");
  REQUIRE(chunks.size() == 6);
  CHECK(sizes(chunks) == Sizes{56, 1106, 1292, 1292, 1292, 1292});
  CHECK(chunks[0].parent_id == doc.children[0].id);
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const model::Structure& place = chunks[i].structure;
    CHECK(place.container_section_id == model::root_id(doc.uri).hex());
    CHECK(place.root_document_title == "Mixed");
    CHECK(place.sequence_number == static_cast<int>(i));
    CHECK(place.chunk_index == (i == 0 ? 0 : static_cast<int>(i) - 1));
    CHECK(place.total_chunks == (i == 0 ? 1 : 5));
    CHECK(place.leaf_section_id == doc.children[i == 0 ? 0 : 1].id);
    CHECK(chunks[i].metadata["source"] == "test");
  }
}

TEST_CASE("sentences too long to share a chunk have one each", "[CH5]") {
  std::string text;
  for (int i = 0; i < 10; ++i) text += sentence("Sentence " + std::to_string(i), 87) + " ";
  const Sizes found =
      checked_sizes(document("Custom", {leaf("Large Leaf", text)}), options(100, 20));
  CHECK(found.size() == 10);
  for (const std::size_t size : found) CHECK(size <= 99);
}

TEST_CASE("chunks end at sentences", "[CH6]") {
  const auto doc =
      document("Boundaries", {leaf("Sentence Test", repeat("This is a test sentence. ", 100))});
  const auto chunks = chunk::chunk(doc, options(1500, 200));
  CHECK(sizes(chunks) == Sizes{1488, 1199});
  for (const auto& each : chunks) CHECK(each.text.back() == '.');
}

TEST_CASE("large limits do not over-fragment", "[CH7][CH8]") {
  std::string medium;
  for (int i = 0; i < 20; ++i)
    medium += lines("Medium " + std::to_string(i), {66, 74, 75, 79}) + "\n";
  CHECK(checked_sizes(document("Medium", {leaf("Medium Section", medium)}), options(5000, 200)) ==
        Sizes{4797, 1351});
  std::string large;
  for (int i = 0; i < 50; ++i)
    large += lines("Large " + std::to_string(i), {67, 81, 76, 76, 76}) + "\n";
  CHECK(
      checked_sizes(document("Large", {leaf("Large Section", large)}), options(8000, 400)).size() ==
      3);
}

TEST_CASE("greedy grouping puts neighbours together, section grouping does not", "[CH9]") {
  std::vector<model::Section> leaves;
  for (int i = 1; i <= 3; ++i) {
    std::string text;
    for (int j = 0; j < 10; ++j) text += lines("Leaf " + std::to_string(i), {48, 66, 69}) + "\n";
    leaves.push_back(leaf("Section " + std::to_string(i), text));
  }
  const auto doc = document("Medium Sections", leaves);
  CHECK(checked_sizes(doc, options(5000, 200, Grouping::greedy)) == Sizes{3760, 1878});
  CHECK(checked_sizes(doc, options(5000, 200)) == Sizes{1878, 1878, 1878});
}

TEST_CASE("three leaves that fit together are one chunk", "[CH10]") {
  const auto grouping = GENERATE(Grouping::section, Grouping::greedy);
  const auto doc = document("One", {leaf("Section 1", repeat(sentence("One", 51) + " ", 30)),
                                    leaf("Section 2", repeat(sentence("Two", 57) + " ", 30)),
                                    leaf("Section 3", repeat(sentence("Three", 54) + " ", 30))});
  CHECK(checked_sizes(doc, options(5000, 200, grouping)) == Sizes{4983});
}

TEST_CASE("a small limit cuts one sentence at words", "[CH12]") {
  const auto doc = document("Doc", {leaf("A", sentence("This is", 112))});
  const Sizes found = checked_sizes(doc, options(50, 10));
  CHECK(found.size() == 3);
}

TEST_CASE("equal section names stay apart", "[CH16][CH17]") {
  const auto first = document("First", {leaf("Usage", "One.")});
  auto second = document("Second", {leaf("Usage", "Two.")});
  second.uri = "https://example.org/other";
  model::finish(second);
  const auto a = chunk::chunk(first, {});
  const auto b = chunk::chunk(second, {});
  REQUIRE((a.size() == 1 && b.size() == 1));
  CHECK(a[0].parent_id != b[0].parent_id);
  CHECK(a[0].structure.root_document_title == "First");
  CHECK(b[0].structure.root_document_title == "Second");
}

TEST_CASE("an overlap that begins in a table brings the table's header", "[TB1]") {
  const std::string prose = repeat(sentence("The bank", 88) + " ", 12);
  const std::string table =
      "| Garden plot              | against last spring  |\n"
      "|--------------------------|----------------------|\n"
      "| Apples from the orchard  | a third more         |\n"
      "| Compost for the lettuces | a fifth more         |\n"
      "| Seedlings under glass    | as many as last year |\n"
      "| Slugs on cabbages  | forty                     |";
  const std::string after = repeat(sentence("Turning", 96) + " ", 12);
  const auto doc = document("Results", {leaf("", prose + "\n\n" + table + "\n\n" + after)});
  const auto chunks = chunk::chunk(doc, options(1500, 200));
  CHECK(faults(doc, chunks, options(1500, 200)) == "");
  REQUIRE(chunks.size() == 2);
  CHECK(sizes(chunks) == Sizes{1380, 1423});
  CHECK(
      chunks[1].text.starts_with("| Garden plot              | against last spring  |\n"
                                 "|--------------------------|----------------------|\n"
                                 "| Compost for the lettuces | a fifth more         |\n"
                                 "| Seedlings under glass  "));
}

TEST_CASE("a long table is split at rows, with its header in each piece", "[TB2]") {
  std::string table = "| Bed number | spr1 | spr2 | spr3 |\n|---|---|---|---|";
  for (int i = 1; i <= 60; ++i)
    table += "\n| Rows of carrots in bed n" + std::to_string(i) + " | " + std::to_string(1000 + i) +
             " | " + std::to_string(2000 + i) + " | " + std::to_string(3000 + i) + " |";
  const auto doc = document("Results", {leaf("", table)});
  const auto chunks = chunk::chunk(doc, options(1500, 200));
  CHECK(faults(doc, chunks, options(1500, 200)) == "");
  CHECK(sizes(chunks) == Sizes{1500, 1457, 313});
  for (const auto& each : chunks)
    CHECK(each.text.starts_with("| Bed number | spr1 | spr2 | spr3 |\n|---|---|---|---|\n"));
  for (std::size_t i = 1; i < chunks.size(); ++i)
    CHECK(chunks[i].span.begin > chunks[i - 1].span.end);  // no overlap
}

TEST_CASE("a row too wide for its header stays whole with it", "[TB3]") {
  std::string header = "|";
  for (int i = 1; i <= 11; ++i)
    header += " Weight in kilograms, week number" + std::to_string(i) + " |";
  header += "\n|" + repeat("---------------------------------|", 11);
  std::string rows;
  for (int i = 1; i <= 5; ++i) {
    rows += "\n| Greenhouse shelf, no. " + std::to_string(i);
    for (int c = 1; c <= 10; ++c) {
      std::string cell = "value " + std::to_string(i * 100 + c);
      cell.resize(30, ' ');
      rows += " | " + cell;
    }
    rows += " | " + std::to_string(i) + ",200,00" + std::to_string(i) + " |";
  }
  const auto doc =
      document("Register", {leaf("", "Intro prose.\n\n" + header + rows + "\n\nClosing prose.")});
  const auto chunks = chunk::chunk(doc, options(800, 100));
  CHECK(faults(doc, chunks, options(800, 100)) == "");
  REQUIRE(chunks.size() == 7);
  CHECK(chunks[0].text == "Intro prose.");
  CHECK(chunks[6].text == "Closing prose.");
  for (std::size_t i = 1; i <= 5; ++i) {
    CHECK(sizes(chunks)[i] == 1145);
    CHECK(chunks[i].text.find("Weight in kilograms, week number1 |") != std::string::npos);
    CHECK(chunks[i].text.find("Greenhouse shelf, no. " + std::to_string(i)) != std::string::npos);
    CHECK(chunks[i].text.find(std::to_string(i) + ",200,00" + std::to_string(i)) !=
          std::string::npos);
  }
}

TEST_CASE("a table glued to prose by single line feeds is still split at rows", "[TB4]") {
  const std::vector<std::string> table{
      "| Harvest of the year by kind of fruit and vegetable       | kilo | a month | sold at | eat "
      "now |",
      "|----------------------------------------------------------|------|---------|---------|-----"
      "----|",
      "| Potatoes, early and late                                 | 20,911 | 8,042 | 9% | 4% |",
      "| Tomatoes, without those that were green at first frost   | (1,205) | (4,410) | 8% | 5% |",
      "| Pumpkins of more than a hand                             | (702) | (31) | few | 71% |",
      "| Onions and shallots, dry                                 | (9,075) | (2,218) | 16% | 7% |",
      "| Peas in the pod                                          | 3,390 | 1,125 | 4% | 2% |",
      "| Radishes, by the bunch                                   | (815) | (119) | 27% | 6% |",
      "| Walnuts from the tree by the gate                        | 5,120 | 1,407 | 3% | 9% |"};
  std::string text = "Appendix";
  for (const std::string& line : table) text += "\n" + line;
  const auto doc = document("Update", {leaf("", text + "\nFootnotes follow.")});
  const auto chunks = chunk::chunk(doc, options(800, 100));
  CHECK(faults(doc, chunks, options(800, 100)) == "");
  CHECK(sizes(chunks) == Sizes{8, 729, 282, 17});
  CHECK(chunks[2].text.starts_with(table[0]));
  CHECK(chunks[2].text.ends_with(table.back()));
}

TEST_CASE("a table that fits is left as it is", "[TB5]") {
  const std::string table = "| Fruits | Harvs |\n|--------|-------|\n| Onions | 21 kg |";
  CHECK(texts(chunk::chunk(document("Results", {leaf("", table)}), {})) ==
        std::vector<std::string>{table});
}
