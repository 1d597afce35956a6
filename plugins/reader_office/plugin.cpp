// reader_office - the plugin: the reader "office".
#include <freshet/sdk/freshet_sdk.hpp>

#include "reader_office/blocks.hpp"
#include "reader_office/parts.hpp"
#include "reader_office/rtf.hpp"

namespace freshet::reader_office {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view kOle = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv;

class OfficeReader final : public sdk::Reader {
 public:
  OfficeReader(sdk::Call&, const nlohmann::json& options) : options_(read_options(options)) {}

  void read(sdk::Call& call, const sdk::ReadRequest& request,
            sdk::DocumentBuilder& document) override {
    const Format& format = format_of(request.media_type);
    check(format, request);
    if (format.way == Way::parts) return read_parts(call, format, request, document);
    const bool titled = format.about && tell_about(call, format, request, document);
    std::string text;
    if (format.way == Way::asciidoctor)
      text = convert(call, options_, format, asciidoctor(), request.bytes);
    if (format.kind == "rtf") text = with_outline_levels(request.bytes);
    const std::string tree = convert(call, options_, format, pandoc(format),
                                     text.empty() ? request.bytes : std::string_view(text));
    const nlohmann::json parsed = nlohmann::json::parse(tree, nullptr, false);
    if (parsed.is_discarded())
      throw sdk::Failure(FRESHET_E_PLUGIN, "wrote what is no JSON", "pandoc");
    build_document(parsed, options_, format, titled, request.uri, document);
  }

 private:
  // What can be said without starting anything.
  static void check(const Format& format, const sdk::ReadRequest& request) {
    const std::string name(format.name);
    if (request.bytes.empty())
      throw sdk::Failure(FRESHET_E_PARSE, "is empty: no " + name + " file is", request.uri);
    const bool archive = format.kind == "docx" || format.kind == "odt" || format.kind == "epub" ||
                         format.kind == "pptx" || format.kind == "odp" || format.name == "xlsx" ||
                         format.name == "ods";
    if (archive && request.bytes.starts_with(kOle))
      throw sdk::Failure(
          FRESHET_E_UNSUPPORTED,
          "is encrypted, or of an Office before 2007: " + name + " files are zip archives",
          request.uri);
    if (archive && !request.bytes.starts_with("PK"))
      throw sdk::Failure(FRESHET_E_PARSE, "is no " + name + " file: these are zip archives",
                         request.uri);
    if (format.kind == "rtf" && !request.bytes.starts_with("{\\rtf"))
      throw sdk::Failure(FRESHET_E_PARSE, "is no rtf file: these begin with {\\rtf", request.uri);
  }

  // Nothing is included, and no date of today gets in.
  sdk::Conversion asciidoctor() const {
    return conversion_of(options_,
                         {"asciidoctor", "-b", "docbook5", "-S", "secure", "-q", "-a",
                          "reproducible", "-o", "-", "-"},
                         "asciidoctor");
  }

  sdk::Conversion pandoc(const Format& format) const {
    std::vector<std::string> arguments{"pandoc",  "--sandbox", "--standalone",
                                       "--quiet", "-f",        std::string(format.kind),
                                       "-t",      "json"};
    if (format.kind == "docx")
      arguments.push_back(options_.comments ? "--track-changes=all" : "--track-changes=accept");
    return conversion_of(options_, std::move(arguments), "pandoc");
  }

  std::string parts(const sdk::Call& call, const Format& format, std::string kind,
                    std::string_view bytes) const {
    const std::string program = parts_program();
    if (program.empty())
      throw sdk::Failure(FRESHET_E_IO, "is not there: this freshet was built without cargo",
                         "freshet-read-office");
    std::vector<std::string> arguments{program, std::move(kind)};
    if (options_.notes) arguments.push_back("notes");
    if (options_.comments) arguments.push_back("comments");
    return convert(call, options_, format, conversion_of(options_, std::move(arguments), ""),
                   bytes);
  }

  // Title, author and dates, of which pandoc says nothing. True: there is a title. Without the program there is
  // the text all the same.
  bool tell_about(const sdk::Call& call, const Format& format, const sdk::ReadRequest& request,
                  const sdk::DocumentBuilder& document) const {
    return !parts_program().empty() &&
           say_parts(parts(call, format, "about", request.bytes), document).title;
  }

  void read_parts(const sdk::Call& call, const Format& format, const sdk::ReadRequest& request,
                  const sdk::DocumentBuilder& document) const {
    document.title(name_in(request.uri));
    if (!say_parts(parts(call, format, std::string(format.kind), request.bytes), document).text)
      throw sdk::Failure(FRESHET_E_UNSUPPORTED, "has no sheet and no slide with text", request.uri);
  }

  const Options options_;
};

const void* get(std::string_view kind, std::string_view name) {
  return kind == FRESHET_PLUGIN_READER && name == "office" ? sdk::reader_table<OfficeReader>()
                                                           : nullptr;
}

}  // namespace
}  // namespace freshet::reader_office

FRESHET_SDK_PLUGIN("reader_office", FRESHET_PLUGIN_VERSION, freshet::reader_office::get)
