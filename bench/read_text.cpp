// bench/read_text.cpp - what the reader makes of pages, for measures that other programs take.
//
//   read_text [--visible] FILE…      each page is a line {"name": …, "text": …}, or {"name": …, "error": …}
//
// The text is the document's, headings on lines of their own. --visible: all that is not hidden.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "core/base/json.hpp"
#include "core/read/reader.hpp"

int main(int argc, char** argv) {
  freshet::read::ReaderOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string path = argv[i];
    if (path == "--visible") {
      options.html.main_only = false;
      continue;
    }
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const auto document =
        freshet::read::make_reader(options)->read({bytes, "file://" + path, "text/html", ""});
    freshet::base::Json line = {{"name", std::filesystem::path(path).stem().string()}};
    if (document)
      line["text"] = freshet::model::text_of(*document);
    else
      line["error"] = document.error().message;
    std::printf("%s\n", line.dump().c_str());
  }
  return 0;
}
