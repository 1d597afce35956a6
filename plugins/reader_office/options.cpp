#include "reader_office/options.hpp"

#include <algorithm>

#include <freshet/sdk/options.hpp>

namespace freshet::reader_office {
namespace {

constexpr std::uint64_t kLeastMemory = std::uint64_t{512} << 20;
constexpr int kHeapExhausted = 251;  // of a program in Haskell

constexpr Format kFormats[] = {
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx", Way::pandoc,
     "docx", true},
    {"application/vnd.oasis.opendocument.text", "odt", Way::pandoc, "odt", true},
    {"application/epub+zip", "epub", Way::pandoc, "epub"},
    {"application/rtf", "rtf", Way::pandoc, "rtf"},
    {"text/rtf", "rtf", Way::pandoc, "rtf"},
    {"application/x-ipynb+json", "ipynb", Way::pandoc, "ipynb"},
    {"text/x-rst", "reStructuredText", Way::pandoc, "rst"},
    {"text/prs.fallenstein.rst", "reStructuredText", Way::pandoc, "rst"},
    {"text/org", "Org", Way::pandoc, "org"},
    {"text/x-org", "Org", Way::pandoc, "org"},
    {"application/x-tex", "LaTeX", Way::pandoc, "latex"},
    {"application/x-latex", "LaTeX", Way::pandoc, "latex"},
    {"text/x-tex", "LaTeX", Way::pandoc, "latex"},
    {"application/docbook+xml", "DocBook", Way::pandoc, "docbook"},
    {"text/asciidoc", "AsciiDoc", Way::asciidoctor, "docbook"},
    {"text/x-asciidoc", "AsciiDoc", Way::asciidoctor, "docbook"},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", Way::parts,
     "sheets"},
    {"application/vnd.oasis.opendocument.spreadsheet", "ods", Way::parts, "sheets"},
    {"application/vnd.ms-excel", "xls", Way::parts, "sheets"},
    {"application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx",
     Way::parts, "pptx"},
    {"application/vnd.oasis.opendocument.presentation", "odp", Way::parts, "odp"},
};

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, std::min<std::size_t>(text.find('\n'), 300)));
}

bool says(std::string_view errors, std::string_view words) {
  return errors.find(words) != std::string_view::npos;
}

[[noreturn]] void fail_end(const Options& options, const Format& format, const std::string& program,
                           const sdk::Converted& done) {
  if (done.status == 127 || (done.status == 1 && says(done.errors, "failed to execute")))
    throw sdk::Failure(FRESHET_E_IO, "cannot be run: " + first_line(done.errors), program);
  const std::string memory = std::to_string(options.max_memory >> 20) + "MiB";
  if (done.status == kHeapExhausted || says(done.errors, "emory allocation of") ||
      says(done.errors, "allocate memory") || says(done.errors, "insufficient memory") ||
      says(done.errors, "out of memory"))
    throw sdk::Failure(FRESHET_E_LIMIT, "needs more memory than " + memory, program);
  if (done.status > 128)
    throw sdk::Failure(FRESHET_E_PARSE,
                       "ended by signal " + std::to_string(done.status - 128) +
                           ": the file is damaged, or needs more memory than " + memory,
                       program);
  if (says(done.errors, "is encrypted"))
    throw sdk::Failure(FRESHET_E_UNSUPPORTED, first_line(done.errors), program);
  throw sdk::Failure(
      FRESHET_E_PARSE,
      "is no " + std::string(format.name) + " file that can be read: " + first_line(done.errors),
      program);
}

}  // namespace

Options read_options(const nlohmann::json& json) {
  Options options;
  options.notes = json.at("notes").get<bool>();
  options.comments = json.at("comments").get<bool>();
  options.max_seconds = static_cast<std::uint64_t>(
      std::max<std::int64_t>((sdk::duration_ms(json.at("max_time")) + 999) / 1000, 1));
  options.max_memory = sdk::size_bytes(json.at("max_memory"));
  if (options.max_memory < kLeastMemory)
    throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, "is less than 512MiB", "max_memory");
  options.max_text = sdk::size_bytes(json.at("max_text"));
  return options;
}

const Format& format_of(std::string_view media_type) {
  for (const Format& format : kFormats)
    if (format.media_type == media_type) return format;
  throw sdk::Failure(FRESHET_E_UNSUPPORTED, "is no office file: " + std::string(media_type));
}

sdk::Conversion conversion_of(const Options& options, std::vector<std::string> arguments,
                              std::string package) {
  sdk::Conversion conversion;
  conversion.arguments = std::move(arguments);
  conversion.package = std::move(package);
  conversion.max_cpu_seconds = options.max_seconds;
  conversion.max_memory_bytes = options.max_memory;
  return conversion;
}

std::string convert(const sdk::Call& call, const Options& options, const Format& format,
                    const sdk::Conversion& conversion, std::string_view bytes) {
  std::string all;
  const sdk::Converted done = sdk::convert(call, conversion, bytes, [&](std::string& output) {
    all += output;
    output.clear();
    if (all.size() > options.max_text)
      throw sdk::Failure(
          FRESHET_E_LIMIT,
          "has more text than max_text, " + std::to_string(options.max_text >> 20) + "MiB, allows",
          conversion.arguments.front());
  });
  if (done.status != 0) fail_end(options, format, conversion.arguments.front(), done);
  return all;
}

}  // namespace freshet::reader_office
