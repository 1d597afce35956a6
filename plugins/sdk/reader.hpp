// sdk/reader.hpp - a class as a reader table.
#pragma once

#include <freshet/plugin/reader.h>

#include "sdk/loader.hpp"

namespace freshet::sdk {

// Builds the document, in its order. All text is UTF-8.
class DocumentBuilder {
 public:
  explicit DocumentBuilder(const freshet_document_builder* raw) : raw_(raw) {}
  void title(const std::string& title) const { raw_->title(raw_->payload, title.c_str()); }
  void metadata(const std::string& key, const nlohmann::json& value) const {
    raw_->metadata(raw_->payload, key.c_str(), value.dump().c_str());
  }
  // Under the nearest open section of a lower `level` (1 to 6).
  void section(int level, const std::string& title, const std::string& url = {}) const {
    raw_->section(raw_->payload, level, title.c_str(), url.empty() ? nullptr : url.c_str());
  }
  // Of the section begun last; paragraphs are parted by a blank line.
  void text(std::string_view text) const { raw_->text(raw_->payload, text.data(), text.size()); }

 private:
  const freshet_document_builder* raw_;
};

// Every function may run on many threads at once. What is thrown fails the call.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual void read(Call& call, std::string_view bytes, const std::string& uri,
                    const std::string& media_type, DocumentBuilder& document) = 0;
};

namespace detail {

inline freshet_status reader_read(void* reader, freshet_call* raw, const void* bytes,
                                  std::size_t size, const char* uri, const char* media_type,
                                  const freshet_document_builder* builder) {
  return serve<Reader>(reader, raw, [&](Reader& object, Call& call) {
    DocumentBuilder document(builder);
    const std::string_view content(static_cast<const char*>(bytes), size);
    object.read(call, content, text_or_empty(uri), text_or_empty(media_type), document);
  });
}

}  // namespace detail

template <typename T>
const freshet_reader_table* reader_table() {
  static constexpr freshet_reader_table table = {sizeof(freshet_reader_table),
                                                 detail::open<Reader, T>, detail::reader_read,
                                                 detail::close<Reader>};
  return &table;
}

}  // namespace freshet::sdk
