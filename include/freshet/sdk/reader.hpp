// freshet/sdk/reader.hpp - a class as a reader table.
#pragma once

#include <freshet/plugin/reader.h>
#include <freshet/sdk/loader.hpp>

namespace freshet::sdk {

// Builds the document, in its order. Text that is not UTF-8 is mended. Throws where the host wants no
// more.
class DocumentBuilder {
 public:
  explicit DocumentBuilder(const freshet_document_builder* raw)
      : raw_(detail::take(raw, FRESHET_DOCUMENT_BUILDER_SIZE_1, "document_builder")) {}
  void title(const std::string& title) const {
    detail::heed(raw_.title(raw_.payload, title.c_str()));
  }
  void metadata(const std::string& key, const nlohmann::json& value) const {
    detail::heed(raw_.metadata(raw_.payload, key.c_str(), detail::json_text(value).c_str()));
  }
  // Under the nearest open section of a lower `level` (1 to 6).
  void section(int level, const std::string& title, const std::string& url = {}) const {
    detail::heed(
        raw_.section(raw_.payload, level, title.c_str(), url.empty() ? nullptr : url.c_str()));
  }
  // Of the section begun last; a blank line separates paragraphs.
  void text(std::string_view text) const {
    detail::heed(raw_.text(raw_.payload, text.data(), text.size()));
  }
  // What follows stands on this page, from 1. A host that knows no pages is not told.
  void page(int page) const {
    if (raw_.page != nullptr) detail::heed(raw_.page(raw_.payload, page));
  }

 private:
  const freshet_document_builder raw_;
};

// What is to be read. Borrowed for the call.
struct ReadRequest {
  std::string_view bytes;  // as they came
  std::string uri;         // of the root
  std::string media_type;  // as declared or recognised; or empty
  std::string charset;     // as declared; or empty
};

// Every function may run on many threads at once. What is thrown fails the call.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual void read(Call& call, const ReadRequest& request, DocumentBuilder& document) = 0;
};

namespace detail {

inline freshet_status reader_read(void* reader, freshet_call* raw,
                                  const freshet_read_request* request,
                                  const freshet_document_builder* builder) {
  return serve<Reader>(reader, raw, [&](Reader& object, Call& call) {
    const auto from = take(request, FRESHET_READ_REQUEST_SIZE_1, "read_request");
    DocumentBuilder document(builder);
    object.read(call,
                {{static_cast<const char*>(from.bytes), from.size},
                 text_or_empty(from.uri),
                 text_or_empty(from.media_type),
                 text_or_empty(from.charset)},
                document);
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
