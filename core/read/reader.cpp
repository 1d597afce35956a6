#include "core/read/reader.hpp"

#include <fmt/format.h>

#include "core/base/text.hpp"
#include "core/base/thread.hpp"
#include "core/read/charset.hpp"
#include "core/read/detect.hpp"
#include "core/read/markdown.hpp"
#include "core/read/plain.hpp"

namespace freshet::read {
namespace {

// Grows with every change that makes another document of the same bytes.
constexpr int format_version = 1;

class StandardReader : public ports::Reader {
 public:
  explicit StandardReader(const ReaderOptions& options) : options_(options) {}

  base::Result<model::Document> read(const ports::Content& content) const override {
    model::Document document;
    FRESHET_TRY(base::run_with_stack([&]() -> base::Status {
      FRESHET_ASSIGN(document, read_here(content));
      return {};
    }));
    return document;
  }

  std::string fingerprint() const override {
    return fmt::format("freshet.reader/{} html.main_only={}", format_version,
                       options_.html.main_only);
  }

 private:
  base::Result<model::Document> read_here(const ports::Content& content) const {
    const std::string uri(content.uri);
    const Detected detected = detect(content);
    if (detected.kind == Kind::other) return base::fail(detected.code, detected.problem, uri);
    FRESHET_ASSIGN(const Decoded decoded, decode(content, detected.kind == Kind::html));
    FRESHET_ASSIGN(model::Document document, read_as(detected.kind, decoded.text(), uri));
    document.uri = uri;
    document.media_type = detected.media_type;
    model::finish(document);
    return document;
  }

  base::Result<model::Document> read_as(Kind kind, std::string_view text,
                                        const std::string& uri) const {
    if (kind == Kind::html) return read_html(text, uri, options_.html);
    if (kind == Kind::markdown) return read_markdown(text, uri);
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
    return reader.finish();
  });
  FRESHET_TRY(object.finish());
  return options;
}

std::unique_ptr<ports::Reader> make_reader(const ReaderOptions& options) {
  return std::make_unique<StandardReader>(options);
}

}  // namespace freshet::read
