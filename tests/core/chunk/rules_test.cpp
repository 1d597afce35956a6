// The rules that hold for every document: coverage, spans, sizes, determinism, locality, linear
// time.
#include <ctime>
#include <set>

#include "core/base/json.hpp"
#include "tests/core/chunk/support.hpp"
#include "tests/support/catch.hpp"

using namespace freshet;
using namespace freshet::chunk::test;
using chunk::ChunkerOptions;
using chunk::Grouping;

namespace {

// Makes documents of everything that Markdown and HTML readers come upon.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t most) { return random_() % most; }

  model::Document document() {
    std::vector<model::Section> children;
    for (std::size_t i = 0; i <= below(4); ++i) children.push_back(section(0));
    return test_document(std::move(children));
  }

  model::Section section(int depth) {
    model::Section section;
    if (below(8) > 0) section.title = words(1 + below(4));
    if (below(6) > 0) section.text = text();
    if (below(3) == 0) section.url = "https://example.org/doc#" + std::to_string(below(1000));
    if (depth < 3 && below(3) == 0)
      for (std::size_t i = 0; i <= below(3); ++i)
        section.children.push_back(this->section(depth + 1));
    return section;
  }

  std::string text() {
    std::string text;
    for (std::size_t i = 0; i <= below(8); ++i) {
      text += block();
      static constexpr const char* gaps[] = {"\n\n", "\n", "\n \n", "\n\n\n", "\r\n\r\n", " ", ""};
      text += gaps[below(7)];
    }
    return text;
  }

 private:
  static model::Document test_document(std::vector<model::Section> children) {
    return chunk::test::document("Generated", std::move(children));
  }

  std::string word() {
    static constexpr const char* words[] = {
        "a",      "river",  "flows.",      "Größe",
        "水流",   "到海。", "e\u0301tude", "👩‍👩‍👧‍👦",
        "3.14",   "end?",   "(really!)",   "x",
        "|",      "```",    "naïve",       "🇫🇷🇩🇪",
        "lorem,", "- "};
    return words[below(18)];
  }

  std::string words(std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += (i > 0 ? " " : "") + word();
    return all;
  }

  std::string table() {
    std::string rows = "| " + words(2) + " | " + words(1) + " |\n";
    if (below(3) > 0) rows += "|---|:-:|\n";
    for (std::size_t i = 0; i < below(40); ++i)
      rows += "| " + words(below(6)) + " | " + words(1) + " |\n";
    return rows;
  }

  std::string fence() {
    std::string code = below(2) == 0 ? "```sh\n" : "~~~~\n";
    for (std::size_t i = 0; i < below(30); ++i)
      code += std::string(2 * below(4), ' ') + words(below(9)) + "\n";
    return code + (below(4) == 0 ? "" : code.starts_with('`') ? "```\n" : "~~~~\n");
  }

  std::string block() {
    switch (below(7)) {
      case 0:
        return table();
      case 1:
        return fence();
      case 2:
        return std::string(below(600), 'w');
      case 3:
        return "- " + words(8) + "\n- " + words(9) + "\n12. " + words(3);
      case 4:
        return repeat("語", static_cast<int>(below(300)));
      default:
        return words(below(120));
    }
  }

  std::mt19937 random_;
};

std::string all_of(const model::Chunk& chunk) {
  return chunk.id.hex() + chunk.text + chunk.url + chunk.parent_id;
}

// Of the processor, not of the clock on the wall: the machine may be busy with other things.
double seconds_of(const model::Document& document, const ChunkerOptions& options) {
  const std::clock_t start = std::clock();
  (void)chunk::chunk(document, options);
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

// Four times the text takes about four times as long; were it sixteen, the cost would be quadratic.
void check_linear(const model::Document& quarter, const model::Document& whole,
                  const ChunkerOptions& options) {
  const double time = seconds_of(whole, options);
  if (time > 0.5) CHECK(time < 9 * seconds_of(quarter, options));
}

}  // namespace

TEST_CASE("every chunk of every document obeys the rules") {
  for (unsigned seed = 1; seed <= 500; ++seed) {
    Generator generator(seed);
    const model::Document doc = generator.document();
    const auto size = static_cast<std::int64_t>(1 + generator.below(seed % 3 == 0 ? 60 : 900));
    const auto overlap = static_cast<std::int64_t>(generator.below(static_cast<std::size_t>(size)));
    for (const Grouping grouping : {Grouping::section, Grouping::greedy}) {
      const ChunkerOptions given = options(size, overlap, grouping);
      INFO("seed " << seed << ", size " << size << ", overlap " << overlap);
      const auto chunks = make_chunks(doc, given);
      REQUIRE(faults(doc, chunks, given) == "");
      const auto again = make_chunks(doc, given);
      REQUIRE(chunks.size() == again.size());
      std::set<std::string> ids;
      for (std::size_t i = 0; i < chunks.size(); ++i) {
        REQUIRE(all_of(chunks[i]) == all_of(again[i]));
        REQUIRE(ids.insert(chunks[i].id.hex()).second);
      }
    }
  }
}

TEST_CASE("every chunk in tokens obeys the rules, also where tokens end inside of characters") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    Generator generator(seed);
    const model::Document doc = generator.document();
    const std::string text = model::text_of(doc);
    std::vector<std::size_t> ends;
    for (std::size_t at = 0; at < text.size();) {
      at = std::min(text.size(), at + generator.below(seed % 2 == 0 ? 12 : 5));
      if (at > 0) ends.push_back(at);
    }
    ChunkerOptions given = options(static_cast<std::int64_t>(20 + generator.below(300)), 15,
                                   seed % 3 == 0 ? Grouping::greedy : Grouping::section);
    given.unit = chunk::Unit::tokens;
    INFO("seed " << seed << ", size " << given.max_chunk_size);
    REQUIRE(faults(doc, chunk::chunk(doc, given, &ends), given, &ends) == "");
  }
}

TEST_CASE("overlaps are no longer than asked for, and never more than half a chunk") {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    Generator generator(seed);
    const model::Document doc = generator.document();
    const std::string text = model::text_of(doc);
    const ChunkerOptions given = options(200, static_cast<std::int64_t>(generator.below(200)));
    const auto chunks = chunk::chunk(doc, given);
    for (std::size_t i = 1; i < chunks.size(); ++i) {
      if (chunks[i].span.begin >= chunks[i - 1].span.end) continue;
      const auto shared =
          text.substr(chunks[i].span.begin, chunks[i - 1].span.end - chunks[i].span.begin);
      INFO("seed " << seed << ", chunk " << i);
      REQUIRE(base::code_points(shared) <=
              static_cast<std::size_t>(std::min<std::int64_t>(given.overlap_size, 100)));
      REQUIRE(chunks[i].parent_id == chunks[i - 1].parent_id);  // overlaps never leave a section
    }
  }
}

TEST_CASE("the overlaps of a text repeat no more of it than is said before") {
  double nearest = 0;
  for (unsigned seed = 1; seed <= 300; ++seed) {
    Generator generator(seed);
    const model::Document doc = generator.document();
    const std::string text = model::text_of(doc);
    const auto size = 20 + static_cast<std::int64_t>(generator.below(300));
    const ChunkerOptions given =
        options(size, static_cast<std::int64_t>(generator.below(static_cast<std::size_t>(size))));
    const auto chunks = chunk::chunk(doc, given);
    std::size_t repeated = 0;
    for (std::size_t i = 1; i < chunks.size(); ++i)
      if (chunks[i].span.begin < chunks[i - 1].span.end)
        repeated += base::code_points(
            text.substr(chunks[i].span.begin, chunks[i - 1].span.end - chunks[i].span.begin));
    const double most = chunk::most_repeated(given) * static_cast<double>(base::code_points(text));
    INFO("seed " << seed << ", size " << size << ", overlap " << given.overlap_size);
    REQUIRE(static_cast<double>(repeated) <= most);
    if (most > 0) nearest = std::max(nearest, static_cast<double>(repeated) / most);
  }
  CHECK(nearest > 0.3);  // or it says too much
}

TEST_CASE("an edit of one section changes the chunks of no other") {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    Generator generator(seed);
    std::vector<model::Section> sections;
    for (int i = 0; i < 5; ++i) {
      sections.push_back(
          leaf("Section " + std::to_string(i), generator.text() + sentence("Then", 400)));
      sections.back().text += std::to_string(i);
    }
    const ChunkerOptions given = options(300, 60);
    const auto before = make_chunks(document("Before", sections), given);
    const std::size_t edited = generator.below(5);
    sections[edited].text = generator.text() + sections[edited].text;
    sections[edited].title += " edited";
    const auto after = make_chunks(document("Before", sections), given);
    const auto others = [&](const std::vector<model::Chunk>& chunks) {
      std::vector<std::string> all;
      for (const auto& each : chunks)
        if (!each.structure.leaf_section_title.starts_with("Section " + std::to_string(edited)))
          all.push_back(each.text + each.url + each.parent_id);
      return all;
    };
    INFO("seed " << seed);
    REQUIRE(others(before).size() >= 4);
    REQUIRE((others(before) == others(after)));
  }
}

TEST_CASE("hostile text takes time in proportion to its length") {
  const auto mebibyte = [](std::string_view part) {
    return repeat(part, static_cast<int>((1 << 20) / part.size()));
  };
  std::string rows = "| a | b |\n|---|---|\n";
  for (int i = 0; i < 100'000; ++i) rows += "| " + std::to_string(i) + " | x |\n";
  const std::string wide_header =
      "|" + std::string(1490, 'h') + "|\n|---|\n" + repeat("|x|\n", 200'000);
  const std::string huge_header =
      "|" + std::string(500'000, 'h') + "|\n|---|\n" + repeat("|x|\n", 100'000);
  const std::vector<std::string> texts{mebibyte("x"),
                                       mebibyte("one two "),
                                       mebibyte("語"),
                                       mebibyte("."),
                                       mebibyte(". "),
                                       mebibyte("\n"),
                                       mebibyte("a\n\n"),
                                       mebibyte("- a\n"),
                                       mebibyte("```\n"),
                                       "```\n" + mebibyte("code\n"),
                                       mebibyte("|\n"),
                                       mebibyte("| a |\n\n"),
                                       mebibyte("\u0301"),
                                       mebibyte("e\u200D"),
                                       "| " + mebibyte("cell "),
                                       mebibyte("1"),
                                       mebibyte(".\"\"\"\"\"\"\""),
                                       rows,
                                       wide_header,
                                       huge_header};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    INFO("text " << i);
    for (const ChunkerOptions& given : {options(1500, 200), options(1000, 999), options(40, 10)}) {
      const std::string quarter = base::to_utf8(texts[i].substr(0, texts[i].size() / 4));
      check_linear(document("Quarter", {leaf("Title", quarter)}),
                   document("Whole", {leaf("Title", texts[i])}), given);
    }
    const auto doc = document("Hostile", {leaf("Title", texts[i])});
    const auto chunks = chunk::chunk(doc, options(1500, 200));
    CHECK(faults(doc, chunks, options(1500, 200)) == "");
    std::size_t bytes = 0;
    for (const auto& each : chunks) bytes += each.text.size();
    CHECK(bytes < 6 * texts[i].size() + 1000);  // repeated headers do not multiply the text
  }
}

TEST_CASE("many sections take time in proportion to their number") {
  const auto grouping = GENERATE(Grouping::section, Grouping::greedy);
  std::vector<model::Section> sections;
  for (int i = 0; i < 50'000; ++i)
    sections.push_back(leaf("Title " + std::to_string(i), repeat("A line of text.\n", 7)));
  const auto whole = document("Many", {container("All", sections)});
  sections.resize(sections.size() / 4);
  const auto quarter = document("Many", {container("All", sections)});
  check_linear(quarter, whole, options(1500, 200, grouping));
  CHECK(chunk::chunk(whole, options(1500, 200, grouping)).size() ==
        (grouping == Grouping::section ? 15'070u : 4470u));
}

// What a chunk repeats of its document, in bytes.
std::size_t context_of(const model::Chunk& chunk) {
  std::size_t bytes = base::dump_json(chunk.metadata).size() + chunk.url.size() +
                      chunk.structure.leaf_section_title.size() +
                      chunk.structure.container_section_title.size();
  for (const std::string& step : chunk.path) bytes += step.size();
  return bytes;
}

TEST_CASE("a chunk bears at most 4 KiB of metadata and a path of 1 KiB") {
  model::Section deep = leaf(std::string(1000, 'l'), repeat("Some words. ", 500));
  for (int i = 0; i < 60; ++i) deep = container(std::string(1000, 'c'), {deep});
  model::Document whole = document("Doc", {deep});
  whole.metadata = {{"tag", "kept"}, {"long", std::string(5000, 'm')}};
  for (const auto& each : chunk::chunk(whole, {})) {
    CHECK(each.metadata == model::Json{{"tag", "kept"}});
    CHECK(each.path.size() == 61);
    CHECK(context_of(each) < 4096 + 1024 + 2 * 1024);
  }
}

TEST_CASE("sections that are less than their places share chunks") {
  std::vector<model::Section> sections;
  for (int i = 0; i < 5000; ++i) sections.push_back(leaf("T" + std::to_string(i), "x"));
  const auto chunks = chunk::chunk(document("Many", {container("All", sections)}), {});
  CHECK(chunks.size() < 40);
  sections.resize(200);  // a page as it may be: neighbours share a chunk, but not all of them
  CHECK(chunk::chunk(document("Some", {container("All", sections)}), options(100, 0)).size() == 53);
}
