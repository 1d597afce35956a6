#include "core/read/reader.hpp"

#include <fmt/format.h>

#include <new>

#include "core/base/text.hpp"
#include "core/base/thread.hpp"
#include "core/model/limits.hpp"
#include "core/read/charset.hpp"
#include "core/read/detect.hpp"
#include "core/read/markdown.hpp"
#include "core/read/names.hpp"
#include "core/read/plain.hpp"
#include "core/read/xhtml.hpp"

namespace freshet::read {
namespace {

// Grows with every change that makes another document of the same bytes.
constexpr int format_version = 5;

constexpr std::uint64_t least_memory = 8u << 20;
constexpr std::size_t MiB = std::size_t{1} << 20;

std::size_t text_bytes(const std::vector<model::Section>& sections) {
  std::size_t bytes = 0;
  for (const model::Section& section : sections)
    bytes += section.title.size() + section.text.size() + text_bytes(section.children);
  return bytes;
}

// What a parse may take: some ten times what ordinary pages do. cmark keeps more for every byte.
std::size_t html_memory(std::size_t page) { return 4 * MiB + 64 * page; }
std::size_t markdown_memory(std::size_t page) { return 4 * MiB + 256 * page; }

// The last resort against a page whose text would be many times what came: margins of nested lists,
// bars of tables.
base::Status check_growth(const model::Document& document, std::size_t page) {
  constexpr std::size_t most_growth = 8;
  const std::size_t text = text_bytes(document.children);
  if (text <= 64 * 1024 + most_growth * page) return {};
  return base::fail(
      base::Code::limit,
      fmt::format("its text has {} bytes, more than {} times its size", text, most_growth),
      document.uri);
}

bool is_xhtml(const Detected& detected, const std::string& uri) {
  if (detected.kind != Kind::html) return false;
  const std::string name = extension(uri);
  return detected.media_type == "application/xhtml+xml" || name == "xhtml" || name == "xht";
}

class StandardReader : public ports::Reader {
 public:
  explicit StandardReader(const ReaderOptions& options) : options_(options) {}

  base::Result<model::Document> read(const ports::Content& content) const override {
    model::Document document;
    FRESHET_TRY(base::run_with_stack([&]() -> base::Status {
      try {
        FRESHET_ASSIGN(document, read_here(content));
      } catch (const std::bad_alloc&) {
        return base::fail(base::Code::out_of_memory, "no memory to read it",
                          std::string(content.uri));
      }
      return {};
    }));
    return document;
  }

  std::string fingerprint() const override {
    return fmt::format("freshet.reader/{} html.main_only={}{}", format_version,
                       options_.html.main_only,
                       options_.html.formatting ? " html.formatting=true" : "");
  }

 private:
  base::Result<model::Document> read_here(const ports::Content& content) const {
    const std::string uri(content.uri);
    const Detected detected = detect(content);
    if (detected.kind == Kind::other) return base::fail(detected.code, detected.problem, uri);
    FRESHET_ASSIGN(const Decoded decoded, decode(content, detected.kind == Kind::html));
    const std::string respelled =
        is_xhtml(detected, uri) ? xhtml_as_html(decoded.text()) : std::string();
    const std::string_view text = respelled.empty() ? decoded.text() : respelled;
    FRESHET_ASSIGN(model::Document document, read_as(detected.kind, text, uri));
    document.uri = uri;
    document.media_type = detected.media_type;
    FRESHET_TRY(check_growth(document, decoded.text().size()));
    model::cut_to_limits(document);
    model::finish(document);
    return document;
  }

  base::Result<model::Document> read_as(Kind kind, std::string_view text,
                                        const std::string& uri) const {
    if (kind == Kind::html) {
      Share memory(html_memory(text.size()), options_.memory);
      return read_html(text, uri, options_.html, memory);
    }
    if (kind == Kind::markdown) {
      Share memory(markdown_memory(text.size()), options_.memory);
      return read_markdown(text, uri, memory);
    }
    return read_plain(text, uri);
  }

  const ReaderOptions options_;
};

}  // namespace

base::Result<ReaderOptions> parse_reader_options(const base::Json& json, const std::string& path) {
  ReaderOptions options;
  if (json.is_null()) return options;
  base::ObjectReader object(json, path);
  object.with("html", [&](const base::Json& html, const std::string& html_path) {
    base::ObjectReader reader(html, html_path);
    reader.flag("main_only", options.html.main_only);
    reader.flag("formatting", options.html.formatting);
    return reader.finish();
  });
  object.size("memory", options.memory);
  FRESHET_TRY(object.finish());
  if (options.memory < least_memory)
    return base::fail(base::Code::invalid_argument, "is less than 8MiB",
                      base::join_path(path, "memory"));
  return options;
}

std::unique_ptr<ports::Reader> make_reader(const ReaderOptions& options) {
  return std::make_unique<StandardReader>(options);
}

}  // namespace freshet::read
