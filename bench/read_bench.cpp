// bench/read_bench.cpp - what the HTML reader adds to gumbo, on the pages of a directory.
//
//   read_bench DIRECTORY [ROUNDS]
//
// Single-threaded. "gumbo" is gumbo_parse and gumbo_destroy_output as a program would call them;
// "reader" is all of it: detection, charset, parse, extraction, ids and spans.
#include <gumbo.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/read/reader.hpp"

namespace {

namespace fs = std::filesystem;

struct Page {
  std::string uri;
  std::string bytes;
};

std::vector<Page> load(const fs::path& directory) {
  std::vector<Page> pages;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file() || entry.path().extension() != ".html") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    pages.push_back(
        {"file://" + entry.path().string(), {std::istreambuf_iterator<char>(file), {}}});
  }
  return pages;
}

// CPU time, the best of the rounds: other work of the machine does not count.
template <typename Work>
double best_seconds(int rounds, const Work& work) {
  double best = 1e9;
  for (int i = 0; i < rounds; ++i) {
    const std::clock_t begin = std::clock();
    work();
    best = std::min(best, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: read_bench DIRECTORY [ROUNDS]\n"), 2;
  const std::vector<Page> pages = load(argv[1]);
  const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 3;
  double bytes = 0;
  for (const Page& page : pages) bytes += static_cast<double>(page.bytes.size());

  const double gumbo = best_seconds(rounds, [&] {
    for (const Page& page : pages) {
      GumboOutput* output =
          gumbo_parse_with_options(&kGumboDefaultOptions, page.bytes.data(), page.bytes.size());
      gumbo_destroy_output(&kGumboDefaultOptions, output);
    }
  });
  const auto reader = freshet::read::make_reader();
  std::size_t failed = 0;
  std::size_t text = 0;
  const double whole = best_seconds(rounds, [&] {
    failed = text = 0;
    for (const Page& page : pages) {
      const auto document = reader->read({page.bytes, page.uri, "text/html", ""});
      if (document)
        text += freshet::model::text_of(*document).size();
      else
        ++failed;
    }
  });
  const double count = static_cast<double>(pages.size());
  std::printf("pages %zu, %.1f MB, text %.1f MB, failed %zu\n", pages.size(), bytes / 1e6,
              static_cast<double>(text) / 1e6, failed);
  std::printf("gumbo  %7.1f MB/s %7.0f pages/s\n", bytes / 1e6 / gumbo, count / gumbo);
  std::printf("reader %7.1f MB/s %7.0f pages/s\n", bytes / 1e6 / whole, count / whole);
  std::printf("reader / gumbo time: %.2f\n", whole / gumbo);
  return failed == 0 ? 0 : 1;
}
