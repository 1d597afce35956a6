#include "freshet/reader.h"

#include "capi/arguments.hpp"
#include "capi/boundary.hpp"
#include "capi/call.hpp"
#include "capi/document.hpp"
#include "core/read/directory.hpp"
#include "core/read/reader.hpp"
#include "core/sync/content.hpp"

namespace freshet::capi {
namespace {

using base::Code;
using base::Json;
using base::Status;

// Lends the document to a callback, as long as that runs.
Status hand_out(freshet_document_callback on_document, void* payload, model::Document document) {
  if (on_document == nullptr) return {};
  freshet_document* const lent = make_document(std::move(document));
  const freshet_status status = on_document(payload, lent);
  take(lent);
  if (status == FRESHET_OK) return {};
  return base::fail(static_cast<Code>(status), "the callback ended the reading", "on_document");
}

Json report_json(const read::DirectoryResult& result) {
  Json problems = Json::array();
  for (const auto* list : {&result.errors, &result.skipped})
    for (const read::FileProblem& problem : *list)
      problems.push_back({{"path", problem.path},
                          {"code", base::code_name(problem.error.code)},
                          {"message", base::to_string(problem.error)}});
  return {{"ok", result.success()},
          {"found", result.total_files_found},
          {"processed", result.files_processed},
          {"skipped", result.files_skipped},
          {"errored", result.files_errored},
          {"sections", result.total_sections_extracted},
          {"seconds", static_cast<double>(result.processing_time.count()) / 1000},
          {"problems", std::move(problems)}};
}

}  // namespace

extern "C" {

FRESHET_API freshet_status freshet_reader_new(const char* options_json, freshet_reader** out_reader,
                                              freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_reader, "out_reader"));
    FRESHET_ASSIGN(const Json json, options(options_json, "options_json"));
    FRESHET_ASSIGN(const read::ReaderOptions parsed, read::parse_reader_options(json, ""));
    auto object = std::make_shared<ReaderObject>();
    object->reader = read::make_reader(parsed);
    *out_reader = make_handle<freshet_reader>(std::move(object));
    return {};
  });
}

FRESHET_API freshet_status freshet_reader_read(const freshet_reader* reader, const void* content,
                                               size_t size, const char* uri, const char* media_type,
                                               const char* charset, freshet_document** out_document,
                                               freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_document, "out_document"));
    FRESHET_ASSIGN(const auto object, get(reader));
    FRESHET_ASSIGN(const std::string_view view, bytes(content, size, "bytes"));
    FRESHET_ASSIGN(const std::string name, text(uri, "uri"));
    FRESHET_ASSIGN(const std::string type, text_or_empty(media_type, "media_type"));
    FRESHET_ASSIGN(const std::string set, text_or_empty(charset, "charset"));
    if (name.empty()) return base::fail(Code::invalid_argument, "is empty", "uri");
    FRESHET_ASSIGN(model::Document document, object->reader->read({view, name, type, set}));
    *out_document = make_document(std::move(document));
    return {};
  });
}

FRESHET_API freshet_status freshet_reader_read_file(const freshet_reader* reader, const char* path,
                                                    const char* uri,
                                                    freshet_document** out_document,
                                                    freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_document, "out_document"));
    FRESHET_ASSIGN(const auto object, get(reader));
    FRESHET_ASSIGN(const std::string file, text(path, "path"));
    FRESHET_ASSIGN(const std::string name, text_or_empty(uri, "uri"));
    FRESHET_ASSIGN(model::Document document, sync::read_file(*object->reader, file, name));
    *out_document = make_document(std::move(document));
    return {};
  });
}

FRESHET_API freshet_status freshet_reader_read_url(const freshet_reader* reader,
                                                   freshet_repository* repository, const char* url,
                                                   const freshet_call_options* call,
                                                   freshet_document** out_document,
                                                   freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    FRESHET_TRY(ready(out_document, "out_document"));
    FRESHET_ASSIGN(const auto object, get(reader));
    FRESHET_ASSIGN(const auto where, get(repository));
    FRESHET_ASSIGN(const std::string address, text(url, "url"));
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return limits.run(*where->runtime, [&](const base::Cancel& cancel) -> Status {
      FRESHET_ASSIGN(model::Document document,
                     sync::read_url(*object->reader, where->runtime->http(), address, cancel));
      *out_document = make_document(std::move(document));
      return {};
    });
  });
}

FRESHET_API freshet_status freshet_reader_read_directory(
    const freshet_reader* reader, const char* path, const char* options_json,
    freshet_document_callback on_document, void* payload, const freshet_call_options* call,
    char** out_report, freshet_error** out_error) noexcept {
  return guard(out_error, [&]() -> Status {
    if (out_report != nullptr) *out_report = nullptr;
    FRESHET_ASSIGN(const auto object, get(reader));
    FRESHET_ASSIGN(const std::string directory, text(path, "path"));
    FRESHET_ASSIGN(const Json json, options(options_json, "options_json"));
    FRESHET_ASSIGN(const read::DirectoryOptions parsed, read::parse_directory_options(json, ""));
    const auto each = [&](model::Document document) {
      return hand_out(on_document, payload, std::move(document));
    };
    FRESHET_ASSIGN(const Call limits, Call::take(call));
    return limits.run([&](const base::Cancel& cancel) -> Status {
      FRESHET_ASSIGN(const auto result,
                     read::read_directory(directory, parsed, *object->reader, each, cancel));
      if (out_report != nullptr) *out_report = give_text(base::dump_json(report_json(result)));
      return {};
    });
  });
}

FRESHET_API void freshet_reader_free(freshet_reader* reader) noexcept {
  guard_free([&] { take(reader); });
}

}  // extern "C"
}  // namespace freshet::capi
