#include "core/base/json_memory.hpp"

#include "core/base/json.hpp"
#include "core/host/instance.hpp"
#include "core/host/taker.hpp"
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

// The host's end of a freshet_document_builder.
class Builder : public Taker {
 public:
  Builder(const std::shared_ptr<const Caller>& caller, const ports::Content& content)
      : Taker(caller, content.cancel) {
    document.uri = content.uri;
    document.media_type = content.media_type;
  }
  static freshet_document_builder sink(void* end) {
    return {sizeof(freshet_document_builder),
            end,
            [](void* payload, const char* title) {
              return reach<Builder>(payload, [&](auto& to) { return to.title(title); });
            },
            [](void* payload, const char* key, const char* json) {
              return reach<Builder>(payload, [&](auto& to) { return to.metadata(key, json); });
            },
            [](void* payload, std::int32_t level, const char* title, const char* url) {
              return reach<Builder>(payload,
                                    [&](auto& to) { return to.section(level, title, url); });
            },
            [](void* payload, const char* text, std::size_t size) {
              return reach<Builder>(payload, [&](auto& to) { return to.text(text, size); });
            },
            [](void* payload, std::int32_t page) {
              return reach<Builder>(payload, [&](auto& to) { return to.page(page); });
            }};
  }
  model::Document document;

 private:
  base::Status title(const char* text) {
    document.title = clean_text(text);
    return {};
  }

  base::Status metadata(const char* key, const char* json) {
    if (key == nullptr || json == nullptr || !base::is_utf8(key))
      return broken(caller_, "a piece of metadata lacks its key or value");
    auto value = base::parse_json(json, key);
    if (!value)
      return broken(caller_, fmt::format("its metadata {} is {}", base::in_quotes(key),
                                         value.error().message));
    document.metadata[key] = *std::move(value);
    return {};
  }

  base::Status section(int level, const char* title, const char* url) {
    if (level < 1 || level > deepest_level)
      return broken(caller_, fmt::format("began a section of level {}", level));
    if (++sections_ > most_sections) return over("more sections than", most_sections);
    model::Section made;
    made.level = level;
    made.title = clean_text(title);
    made.url = clean_text(url);
    std::vector<model::Section>* siblings = &document.children;
    while (!siblings->empty() && siblings->back().level > 0 && siblings->back().level < level)
      siblings = &siblings->back().children;
    if (page_ > 0) made.pages.push_back({0, page_});
    siblings->push_back(std::move(made));
    return {};
  }

  base::Status page(std::int32_t page) {
    if (page < 1) return broken(caller_, fmt::format("named a page {}", page));
    page_ = page;
    return {};
  }

  base::Status text(const char* text, std::size_t size) {
    if (text == nullptr && size > 0) return broken(caller_, "a text is NULL");
    if (size > most_text || (bytes_ += size) > most_text) return over("more text than", most_text);
    if (document.children.empty()) document.children.emplace_back();  // before the first heading
    if (size == 0) return {};
    model::Section& section = current();
    if (page_ > 0 && (section.pages.empty() || section.pages.back().page != page_))
      section.pages.push_back({section.text.size(), page_});
    section.text += base::to_utf8(std::string_view(text, size));
    return {};
  }

  // The section begun last is the last leaf.
  model::Section& current() {
    model::Section* at = &document.children.back();
    while (!at->children.empty()) at = &at->children.back();
    return *at;
  }
  base::Status over(const char* what, std::size_t most) const {
    return fail(Code::limit, fmt::format("{} {}", what, most), caller_.plugin);
  }

  std::size_t bytes_ = 0;
  std::size_t sections_ = 0;
  std::int32_t page_ = 0;  // 0: it has none
};

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
    Builder builder(instance_.caller(), content);
    const Lent lent(builder);
    const freshet_document_builder raw = lent.sink();
    const std::string uri(content.uri), media_type(content.media_type), charset(content.charset);
    const freshet_read_request request = {sizeof request,       content.bytes.data(),
                                          content.bytes.size(), uri.c_str(),
                                          media_type.c_str(),   charset.c_str()};
    base::Status status = instance_.call(&freshet_reader_table::read, "read", content.cancel,
                                         nullptr, &request, &raw);
    FRESHET_TRY(builder.take_status());  // ours comes first
    FRESHET_TRY(std::move(status));
    FRESHET_TRY(check_replaced(builder.document));
    model::cut_to_limits(builder.document);
    model::finish(builder.document);
    return std::move(builder.document);
  }

  std::string fingerprint() const override { return fingerprint_; }

 private:
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
