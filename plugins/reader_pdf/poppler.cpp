#include "reader_pdf/poppler.hpp"

#include <csignal>
#include <pugixml.hpp>

#include "reader_pdf/layout.hpp"

namespace freshet::reader_pdf {
namespace {

constexpr const char* kPackage = "poppler-utils";
constexpr std::size_t kMostItems = 20'000;  // of an outline
constexpr std::size_t kDeepest = 32;

sdk::Conversion conversion_of(const Options& options, std::vector<std::string> arguments) {
  sdk::Conversion conversion;
  conversion.arguments = std::move(arguments);
  conversion.package = kPackage;
  conversion.max_cpu_seconds = options.max_seconds;
  conversion.max_memory_bytes = options.max_memory;
  return conversion;
}

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, std::min<std::size_t>(text.find('\n'), 300)));
}

bool says(std::string_view errors, std::string_view words) {
  return errors.find(words) != std::string_view::npos;
}

// What the end of a program means for the file.
void check_end(const Options& options, const std::string& program, const sdk::Converted& done) {
  if (done.status == 0) return;
  if (says(done.errors, "ncorrect password") || says(done.errors, "security handler"))
    throw sdk::Failure(FRESHET_E_UNSUPPORTED, "is encrypted, and asks for a password", program);
  if (says(done.errors, "bad_alloc") || says(done.errors, "ut of memory"))
    throw sdk::Failure(FRESHET_E_LIMIT,
                       "needs more memory than " + std::to_string(options.max_memory >> 20) + "MiB",
                       program);
  if (done.status > 128)
    throw sdk::Failure(FRESHET_E_PARSE,
                       "ended by signal " + std::to_string(done.status - 128) +
                           ": the file is damaged, or needs more memory than " +
                           std::to_string(options.max_memory >> 20) + "MiB",
                       program);
  throw sdk::Failure(FRESHET_E_PARSE, "is no PDF that can be read: " + first_line(done.errors),
                     program);
}

// Takes whole pages out of what came, as they come.
class PageTaker {
 public:
  PageTaker(const Options& options, Pdf& pdf) : options_(options), pdf_(pdf) {}

  void operator()(std::string& output) {
    if (!headed_) {
      const std::size_t begin = output.find("<page ");
      if (begin == std::string::npos) return;
      pdf_.info = parse_info(std::string_view(output).substr(0, begin));
      headed_ = true;
    }
    std::size_t taken = 0;
    for (;;) {
      const std::size_t begin = output.find("<page ", taken);
      const std::size_t end = output.find("</page>", std::max(searched_, taken));
      if (end == std::string::npos || begin == std::string::npos) break;
      taken = end + 7;
      searched_ = taken;
      take(std::string_view(output).substr(begin, taken - begin));
    }
    output.erase(0, taken);
    searched_ = output.size() < 7 ? 0 : output.size() - 7;
  }

 private:
  void take(std::string_view xml) {
    pdf_.pages.push_back(parse_page(xml));
    order_lines(pdf_.pages.back());
    for (const Line& line : pdf_.pages.back().lines) text_ += line.text.size() + 1;
    if (text_ > options_.max_text)
      throw sdk::Failure(FRESHET_E_LIMIT,
                         "has more text than " + std::to_string(options_.max_text >> 20) +
                             "MiB, at page " + std::to_string(pdf_.pages.size()),
                         "max_text");
  }

  const Options& options_;
  Pdf& pdf_;
  bool headed_ = false;
  std::size_t searched_ = 0;  // no page ends before it
  std::uint64_t text_ = 0;
};

void add_items(const pugi::xml_node& outline, int level, std::vector<OutlineItem>& items) {
  if (level > static_cast<int>(kDeepest)) return;
  for (const pugi::xml_node& node : outline.children()) {
    if (items.size() >= kMostItems) return;
    if (std::string_view(node.name()) == "outline")
      add_items(node, level + 1, items);
    else
      items.push_back({level, node.attribute("page").as_int(), node.text().get()});
  }
}

// pdftohtml writes it after the pages, of which one is enough. It is a help, and refused where the author
// forbade to copy text: without it there is type.
std::vector<OutlineItem> read_outline(const sdk::Call& call, const Options& options,
                                      std::string_view bytes) {
  std::string xml;
  const sdk::Converted done =
      sdk::convert(call,
                   conversion_of(options, {"pdftohtml", "-xml", "-i", "-hidden", "-f", "1", "-l",
                                           "1", "-stdout", "-", "outline"}),
                   bytes, [&](std::string& output) {
                     xml += output;
                     output.clear();
                     if (xml.size() > options.max_text)
                       throw sdk::Failure(FRESHET_E_LIMIT, "its outline or first page is too large",
                                          "pdftohtml");
                   });
  std::vector<OutlineItem> items;
  if (done.status != 0) {
    call.log(FRESHET_LOG_DEBUG, "pdftohtml gives no outline: " + first_line(done.errors));
    return items;
  }
  const std::size_t begin = xml.find("<outline>"), end = xml.rfind("</outline>");
  if (begin == std::string::npos || end == std::string::npos) return items;
  pugi::xml_document document;
  if (document.load_buffer(xml.data() + begin, end + 10 - begin, pugi::parse_default,
                           pugi::encoding_utf8))
    add_items(document.child("outline"), 1, items);
  return items;
}

}  // namespace

Pdf read_pdf(const sdk::Call& call, const Options& options, std::string_view bytes) {
  Pdf pdf;
  const sdk::Converted done =
      sdk::convert(call, conversion_of(options, {"pdftotext", "-bbox-layout", "-", "-"}), bytes,
                   PageTaker(options, pdf));
  check_end(options, "pdftotext", done);
  if (pdf.pages.empty()) throw sdk::Failure(FRESHET_E_PARSE, "has no pages", "pdftotext");
  pdf.outline = read_outline(call, options, bytes);
  return pdf;
}

}  // namespace freshet::reader_pdf
