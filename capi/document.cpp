#include "capi/document.hpp"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "core/model/document_json.hpp"
#include "core/model/limits.hpp"

namespace freshet::capi {
namespace {

using base::Code;

constexpr int most_depth = 64;
constexpr std::size_t most_json = 64u << 20;

base::Status no_nul(std::string_view text, const char* name) {
  if (text.find('\0') != std::string_view::npos)
    return base::fail(Code::invalid_argument, "holds a NUL", name);
  return {};
}

}  // namespace

DocumentObject::DocumentObject(std::string uri, std::string title) {
  document_.uri = std::move(uri);
  document_.title = std::move(title);
}

DocumentObject::DocumentObject(model::Document finished) : document_(std::move(finished)) {
  seal();
}

base::Status DocumentObject::check_open() const {
  if (finished_) return base::fail(Code::misuse, "is finished and cannot be changed", "document");
  return {};
}

base::Result<std::uint32_t> DocumentObject::add_section(std::uint32_t parent,
                                                        model::Section section) {
  std::lock_guard lock(mutex_);
  FRESHET_TRY(check_open());
  if (parent > drafts_.size())
    return base::fail(Code::invalid_argument, "there is no such section", "parent");
  const int depth = parent == 0 ? 1 : drafts_[parent - 1].depth + 1;
  if (depth > most_depth)
    return base::fail(Code::invalid_argument, "is nested more than 64 deep", "parent");
  drafts_.push_back({parent, depth, std::move(section)});
  return static_cast<std::uint32_t>(drafts_.size());
}

base::Status DocumentObject::set_text(std::uint32_t section, std::string_view text) {
  std::lock_guard lock(mutex_);
  FRESHET_TRY(check_open());
  if (section == 0 || section > drafts_.size())
    return base::fail(Code::invalid_argument, "there is no such section", "section");
  drafts_[section - 1].section.text = text;
  return {};
}

base::Status DocumentObject::set_metadata(model::Json metadata) {
  std::lock_guard lock(mutex_);
  FRESHET_TRY(check_open());
  document_.metadata = std::move(metadata);
  return {};
}

std::vector<model::Section> DocumentObject::assemble(
    std::uint32_t parent, const std::vector<std::vector<std::uint32_t>>& children) {
  std::vector<model::Section> sections;
  sections.reserve(children[parent].size());
  for (const std::uint32_t child : children[parent]) {
    sections.push_back(std::move(drafts_[child - 1].section));
    sections.back().children = assemble(child, children);
  }
  return sections;
}

void DocumentObject::number(const std::vector<model::Section>& sections, std::uint32_t parent) {
  for (const model::Section& section : sections) {
    places_.push_back({&section, parent});
    number(section.children, static_cast<std::uint32_t>(places_.size()));
  }
}

void DocumentObject::seal() {
  number(document_.children, 0);
  finished_ = true;
}

void DocumentObject::finish() {
  std::lock_guard lock(mutex_);
  if (finished_) return;
  std::vector<std::vector<std::uint32_t>> children(drafts_.size() + 1);
  for (std::uint32_t i = 0; i < drafts_.size(); ++i) children[drafts_[i].parent].push_back(i + 1);
  document_.children = assemble(0, children);
  drafts_.clear();
  model::finish(document_);
  seal();
}

model::Json DocumentObject::metadata() const {
  std::lock_guard lock(mutex_);
  return document_.metadata;
}

base::Result<const model::Document*> DocumentObject::finished() const {
  if (!finished_)
    return base::fail(Code::misuse, "is not finished: call freshet_document_finish() first",
                      "document");
  return &document_;
}

base::Result<std::size_t> DocumentObject::count() const {
  FRESHET_TRY(finished());
  return places_.size();
}

base::Result<freshet_section> DocumentObject::section(std::uint32_t number) const {
  FRESHET_TRY(finished());
  if (number == 0 || number > places_.size())
    return base::fail(Code::not_found, "there is no such section", "number");
  const model::Section& section = *places_[number - 1].section;
  freshet_section out = FRESHET_SECTION_INIT;
  out.id = section.id.c_str();
  out.title = section.title.c_str();
  out.url = section.url.c_str();
  out.text = section.text.c_str();
  out.text_size = section.text.size();
  out.span_begin = section.span.begin;
  out.span_end = section.span.end;
  out.parent = places_[number - 1].parent;
  out.child_count = static_cast<std::uint32_t>(section.children.size());
  out.level = section.level;
  return out;
}

base::Result<const std::string*> DocumentObject::text() const {
  FRESHET_TRY(finished());
  std::call_once(text_once_, [this] { text_ = model::text_of(document_); });
  return &text_;
}

freshet_document* make_document(model::Document finished) {
  return make_handle<freshet_document>(std::make_shared<DocumentObject>(std::move(finished)));
}

extern "C" {

FRESHET_API freshet_status freshet_document_new(const char* uri, const char* title,
                                                freshet_document** out_document,
                                                freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> base::Status {
    FRESHET_TRY(ready(out_document, "out_document"));
    FRESHET_ASSIGN(std::string name, text(uri, "uri"));
    FRESHET_ASSIGN(std::string heading, text_or_empty(title, "title"));
    if (name.empty()) return base::fail(Code::invalid_argument, "is empty", "uri");
    FRESHET_TRY(model::check_length(name, model::most_url, "uri"));
    FRESHET_TRY(model::check_length(heading, model::most_title, "title"));
    *out_document = make_handle<freshet_document>(
        std::make_shared<DocumentObject>(std::move(name), std::move(heading)));
    return {};
  });
}

FRESHET_API freshet_status freshet_document_add_section(freshet_document* document, uint32_t parent,
                                                        const char* title, const char* url,
                                                        int32_t level, uint32_t* out_section,
                                                        freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> base::Status {
    if (out_section != nullptr) *out_section = 0;
    FRESHET_ASSIGN(const auto object, get(document));
    model::Section section;
    FRESHET_ASSIGN(section.title, text_or_empty(title, "title"));
    FRESHET_ASSIGN(section.url, text_or_empty(url, "url"));
    FRESHET_TRY(model::check_length(section.title, model::most_heading, "title"));
    FRESHET_TRY(model::check_length(section.url, model::most_url, "url"));
    if (level < 0 || level > 6)
      return base::fail(Code::invalid_argument, "is not from 0 to 6", "level");
    section.level = level;
    FRESHET_ASSIGN(const std::uint32_t number, object->add_section(parent, std::move(section)));
    if (out_section != nullptr) *out_section = number;
    return {};
  });
}

FRESHET_API freshet_status freshet_document_set_text(freshet_document* document, uint32_t section,
                                                     const char* content, size_t size,
                                                     freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> base::Status {
    FRESHET_ASSIGN(const auto object, get(document));
    FRESHET_ASSIGN(const std::string_view view, utf8(content, size, "text"));
    FRESHET_TRY(no_nul(view, "text"));
    return object->set_text(section, view);
  });
}

FRESHET_API freshet_status freshet_document_set_metadata(freshet_document* document,
                                                         const char* metadata_json,
                                                         freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> base::Status {
    FRESHET_ASSIGN(const auto object, get(document));
    FRESHET_ASSIGN(base::Json metadata, options(metadata_json, "metadata_json"));
    FRESHET_TRY(model::check_metadata(metadata, "metadata_json"));
    return object->set_metadata(std::move(metadata));
  });
}

FRESHET_API freshet_status freshet_document_finish(freshet_document* document,
                                                   freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> base::Status {
    FRESHET_ASSIGN(const auto object, get(document));
    object->finish();
    return {};
  });
}

FRESHET_API const char* freshet_document_uri(const freshet_document* document) noexcept {
  return guard_value("", [&] {
    const auto object = get_or_null(document);
    return object ? object->uri().c_str() : "";
  });
}

FRESHET_API const char* freshet_document_title(const freshet_document* document) noexcept {
  return guard_value("", [&] {
    const auto object = get_or_null(document);
    return object ? object->title().c_str() : "";
  });
}

FRESHET_API uint32_t freshet_document_section_count(const freshet_document* document) noexcept {
  return guard_value(uint32_t{0}, [&] {
    const auto object = get_or_null(document);
    return object ? static_cast<std::uint32_t>(object->count().value_or(0)) : 0;
  });
}

FRESHET_API freshet_status freshet_document_section(const freshet_document* document,
                                                    uint32_t number, freshet_section* out_section,
                                                    freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> base::Status {
    FRESHET_ASSIGN(const auto object, get(document));
    FRESHET_ASSIGN(const freshet_section section, object->section(number));
    return fill(out_section, section, "out_section");
  });
}

FRESHET_API freshet_status freshet_document_text(const freshet_document* document,
                                                 const char** out_text, size_t* out_size,
                                                 freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> base::Status {
    FRESHET_TRY(ready(out_text, "out_text"));
    if (out_size != nullptr) *out_size = 0;
    FRESHET_ASSIGN(const auto object, get(document));
    FRESHET_ASSIGN(const std::string* whole, object->text());
    *out_text = whole->c_str();
    if (out_size != nullptr) *out_size = whole->size();
    return {};
  });
}

FRESHET_API freshet_status freshet_document_metadata(const freshet_document* document,
                                                     char** out_json,
                                                     freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> base::Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(document));
    *out_json = give_text(base::dump_json(object->metadata()));
    return {};
  });
}

FRESHET_API freshet_status freshet_document_to_json(const freshet_document* document,
                                                    char** out_json,
                                                    freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> base::Status {
    FRESHET_TRY(ready(out_json, "out_json"));
    FRESHET_ASSIGN(const auto object, get(document));
    FRESHET_ASSIGN(const model::Document* whole, object->finished());
    *out_json = give_text(base::dump_json(model::to_json(*whole)));
    return {};
  });
}

FRESHET_API freshet_status freshet_document_from_json(const char* json,
                                                      freshet_document** out_document,
                                                      freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> base::Status {
    FRESHET_TRY(ready(out_document, "out_document"));
    if (json == nullptr) return base::fail(Code::misuse, "is NULL", "json");
    FRESHET_ASSIGN(const base::Json value, base::parse_json(json, "json", most_json));
    FRESHET_ASSIGN(model::Document document, model::document_from_json(value));
    *out_document = make_document(std::move(document));
    return {};
  });
}

FRESHET_API void freshet_document_free(freshet_document* document) noexcept {
  guard_free([&] { take(document); });
}

}  // extern "C"
}  // namespace freshet::capi
