#include "core/read/memory.hpp"

#include "core/read/html.hpp"
#include "core/read/markdown.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "tests/core/read/read_support.hpp"

namespace freshet::read {
namespace {

// "|a|a|…", its rule, and `rows` rows of one cell each: cmark makes columns * rows cells of it.
std::string sparse_table(std::size_t columns, std::size_t rows) {
  return "|" + repeat("a|", columns) + "\n|" + repeat("-|", columns) + "\n" + repeat("|x\n", rows);
}

TEST_CASE("a Markdown table of more cells than its text could hold is a limit") {
  for (const std::size_t size : {std::size_t{1000}, std::size_t{3000}}) {
    const auto table = try_read(sparse_table(size, size), "text/markdown");
    REQUIRE_FALSE(table);
    CHECK(table.error().code == base::Code::limit);
    CHECK(has(table.error().message, "parsing needs more than"));
  }
  CHECK(try_read(sparse_table(100, 100), "text/markdown"));
  std::string dense = "|" + repeat("a|", 50) + "\n|" + repeat("-|", 50) + "\n";
  dense += repeat(repeat("| x ", 50) + "|\n", 2000);
  CHECK(try_read(dense, "text/markdown"));
}

// Formatting that is never closed is opened again in every paragraph.
std::string reopened(std::size_t paragraphs) {
  std::string page = "<p>";
  for (int i = 0; i < 60; ++i) page += "<b x=" + std::to_string(i) + ">";
  return page + repeat("<p>x", paragraphs);
}

TEST_CASE("what a parse takes is in proportion to its page") {
  const auto page = try_read(reopened(20'000), "text/html");
  REQUIRE_FALSE(page);
  CHECK(page.error().code == base::Code::limit);
  CHECK(process_memory().taken() == 0);
  CHECK(try_read(reopened(100), "text/html"));
}

TEST_CASE("HTML within Markdown draws on the share of the Markdown") {
  Share memory(std::size_t{8} << 20, std::size_t{8} << 20);
  const std::string text = "# a\n\n<div>b</div>\n\nc\n\n<div>d</div>\n";
  const auto document = read_markdown(text, "https://h/page", memory);
  REQUIRE(document);
  CHECK(memory.drawn() == 0);
}

TEST_CASE("shares are served in their order, and never come to more than the total") {
  MemoryPool pool;
  constexpr std::size_t most = 100;
  std::atomic<std::size_t> over{0}, served{0};
  std::vector<std::thread> readers;
  for (std::size_t i = 0; i < 4; ++i)
    readers.emplace_back([&, i] {
      for (std::size_t j = 0; j < 500; ++j) {
        const Share share(1 + (i * 31 + j * 17) % 140, most, pool);
        for (int look = 0; look < 20; ++look) {  // while others come
          over += pool.taken() > most;
          std::this_thread::yield();
        }
        ++served;
      }
    });
  for (std::thread& reader : readers) reader.join();
  CHECK(over == 0);
  CHECK(served == 2000);
  CHECK(pool.taken() == 0);
}

TEST_CASE("a reader's memory is an option, of 8 MiB at least, and no part of its fingerprint") {
  const auto options = parse_reader_options({{"memory", "8MiB"}}, "reader");
  REQUIRE(options);
  CHECK(options->memory == std::uint64_t{8} << 20);
  CHECK(make_reader(*options)->fingerprint() == make_reader()->fingerprint());
  const std::string page = repeat("<p>a few words of text</p>", 40'000);
  CHECK(try_read(page, "text/html"));
  const auto refused = make_reader(*options)->read({page, "https://h/page", "text/html", ""});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "parsing needs more than 8.0 MiB, the most for its size");
  const auto little = parse_reader_options({{"memory", "1MiB"}}, "reader");
  REQUIRE_FALSE(little);
  CHECK(little.error().subject == "reader.memory");
}

}  // namespace
}  // namespace freshet::read
