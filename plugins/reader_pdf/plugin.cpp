// reader_pdf - the plugin: the reader "pdf".
#include <freshet/sdk/freshet_sdk.hpp>
#include <freshet/sdk/options.hpp>

#include "reader_pdf/document.hpp"

namespace freshet::reader_pdf {
namespace {

constexpr std::uint64_t kLeastMemory = std::uint64_t{64} << 20;

Options read_options(const nlohmann::json& json) {
  Options options;
  options.max_seconds = static_cast<std::uint64_t>(
      std::max<std::int64_t>((sdk::duration_ms(json.at("max_time")) + 999) / 1000, 1));
  options.max_memory = sdk::size_bytes(json.at("max_memory"));
  if (options.max_memory < kLeastMemory)
    throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, "is less than 64MiB", "max_memory");
  options.max_text = sdk::size_bytes(json.at("max_text"));
  options.tables = json.at("tables").get<bool>();
  options.running_heads = json.at("running_heads").get<bool>();
  return options;
}

class PdfReader final : public sdk::Reader {
 public:
  PdfReader(sdk::Call&, const nlohmann::json& options) : options_(read_options(options)) {}

  void read(sdk::Call& call, const sdk::ReadRequest& request,
            sdk::DocumentBuilder& document) override {
    if (request.bytes.empty())
      throw sdk::Failure(FRESHET_E_PARSE, "is empty: a PDF has bytes", request.uri);
    // Some bytes may stand before it, as of a mail.
    if (request.bytes.substr(0, 1024).find("%PDF-") == std::string_view::npos)
      throw sdk::Failure(FRESHET_E_PARSE, "is no PDF: it does not begin with %PDF-", request.uri);
    build_document(call, options_, read_pdf(call, options_, request.bytes), request.uri, document);
  }

 private:
  const Options options_;
};

const void* get(std::string_view kind, std::string_view name) {
  return kind == FRESHET_PLUGIN_READER && name == "pdf" ? sdk::reader_table<PdfReader>() : nullptr;
}

}  // namespace
}  // namespace freshet::reader_pdf

FRESHET_SDK_PLUGIN("reader_pdf", FRESHET_PLUGIN_VERSION, freshet::reader_pdf::get)
