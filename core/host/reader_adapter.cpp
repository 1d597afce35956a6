#include "core/base/json_memory.hpp"

#include "core/base/json.hpp"
#include "core/host/instance.hpp"
#include "core/model/limits.hpp"
#include "freshet/plugin/reader.h"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;

constexpr std::size_t most_text = std::size_t{256} << 20;
constexpr std::size_t most_sections = 1'000'000;
constexpr int deepest_level = 6;
constexpr std::string_view replacement = "\xEF\xBF\xBD";

// The host's end of a freshet_document_builder. After the first failure the rest is not looked at.
struct Builder {
  const Caller& caller;
  model::Document document;
  base::Status status;
  std::size_t bytes = 0;
  std::size_t sections = 0;

  void title(const char* text) { document.title = clean_text(text); }

  void metadata(const char* key, const char* json) {
    if (key == nullptr || json == nullptr || !base::is_utf8(key))
      return reject("a piece of metadata lacks its key or value");
    auto value = base::parse_json(json, key);
    if (!value)
      return reject(
          fmt::format("its metadata {} is {}", base::in_quotes(key), value.error().message));
    document.metadata[key] = *std::move(value);
  }

  void section(int level, const char* title, const char* url) {
    if (level < 1 || level > deepest_level)
      return reject(fmt::format("began a section of level {}", level));
    if (++sections > most_sections) return over("more sections than", most_sections);
    model::Section made;
    made.level = level;
    made.title = clean_text(title);
    made.url = clean_text(url);
    std::vector<model::Section>* siblings = &document.children;
    while (!siblings->empty() && siblings->back().level > 0 && siblings->back().level < level)
      siblings = &siblings->back().children;
    siblings->push_back(std::move(made));
  }

  void text(const char* text, std::size_t size) {
    if (text == nullptr && size > 0) return reject("a text is NULL");
    if (size > most_text || (bytes += size) > most_text) return over("more text than", most_text);
    if (document.children.empty()) document.children.emplace_back();  // before the first heading
    if (size > 0) current().text += base::to_utf8(std::string_view(text, size));
  }

 private:
  // The section begun last is the last leaf.
  model::Section& current() {
    model::Section* at = &document.children.back();
    while (!at->children.empty()) at = &at->children.back();
    return *at;
  }
  void reject(std::string message) {
    if (status) status = broken(caller, std::move(message));
  }
  void over(const char* what, std::size_t most) {
    if (status) status = fail(Code::limit, fmt::format("{} {}", what, most), caller.plugin);
  }
};

// Runs `what` with the builder unless it has failed; nothing is thrown into the plugin.
template <typename What>
freshet_status build(void* payload, What&& what) noexcept {
  auto& builder = *static_cast<Builder*>(payload);
  take_safely(builder.status, [&] {
    if (builder.status) what(builder);
  });
  return builder.status ? FRESHET_OK : static_cast<freshet_status>(builder.status.error().code);
}

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + what.size()))
    ++count;
  return count;
}

// The rule that holds for the readers of the core, too: this is no text, or of another charset.
base::Status check_replaced(const model::Document& document) {
  const std::string text = model::text_of(document);
  const std::size_t replaced = count_of(text, replacement);
  const std::size_t characters = base::code_points(text);
  if (replaced <= characters / 10) return {};
  return fail(Code::parse,
              fmt::format("{} of {} characters had to be replaced", replaced, characters),
              document.uri);
}

class PluginReader : public ports::Reader {
 public:
  PluginReader(Instance<freshet_reader_table> instance, std::string fingerprint)
      : instance_(std::move(instance)), fingerprint_(std::move(fingerprint)) {}

  base::Result<model::Document> read(const ports::Content& content) const override {
    Builder builder{*instance_.caller(), {}, {}, 0, 0};
    builder.document.uri = content.uri;
    builder.document.media_type = content.media_type;
    const freshet_document_builder raw = make_builder(builder);
    const std::string uri(content.uri), media_type(content.media_type), charset(content.charset);
    const freshet_read_request request = {sizeof request,       content.bytes.data(),
                                          content.bytes.size(), uri.c_str(),
                                          media_type.c_str(),   charset.c_str()};
    base::Status status = instance_.call(&freshet_reader_table::read, "read", content.cancel,
                                         nullptr, &request, &raw);
    FRESHET_TRY(std::move(builder.status));  // ours comes first
    FRESHET_TRY(std::move(status));
    FRESHET_TRY(check_replaced(builder.document));
    model::cut_to_limits(builder.document);
    model::finish(builder.document);
    return std::move(builder.document);
  }

  std::string fingerprint() const override { return fingerprint_; }

 private:
  static freshet_document_builder make_builder(Builder& builder) {
    return {
        sizeof(freshet_document_builder),
        &builder,
        [](void* to, const char* title) { return build(to, [&](Builder& b) { b.title(title); }); },
        [](void* to, const char* key, const char* json) {
          return build(to, [&](Builder& b) { b.metadata(key, json); });
        },
        [](void* to, std::int32_t level, const char* title, const char* url) {
          return build(to, [&](Builder& b) { b.section(level, title, url); });
        },
        [](void* to, const char* text, std::size_t size) {
          return build(to, [&](Builder& b) { b.text(text, size); });
        }};
  }

  Instance<freshet_reader_table> instance_;
  const std::string fingerprint_;
};

}  // namespace

base::Result<std::unique_ptr<ports::Reader>> adapt_reader(const Opening& opening) {
  FRESHET_ASSIGN(auto instance, Instance<freshet_reader_table>::open(opening, FRESHET_PLUGIN_READER,
                                                                     FRESHET_READER_TABLE_SIZE_1));
  FRESHET_ASSIGN(std::string fingerprint, fingerprint_of(opening, nullptr));
  return std::make_unique<PluginReader>(std::move(instance), std::move(fingerprint));
}

}  // namespace freshet::host
