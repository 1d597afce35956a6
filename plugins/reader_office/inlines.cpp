#include "reader_office/inlines.hpp"

namespace freshet::reader_office {
namespace {

using nlohmann::json;

bool has_class(const json& attributes, std::string_view wanted) {
  for (const json& each : attributes.at(1))
    if (each.get_ref<const std::string&>() == wanted) return true;
  return false;
}

class Inlines {
 public:
  Inlines(const Beside& beside, std::string& text) : beside_(beside), text_(text) {}

  void add_all(const json& inlines, int depth) {
    if (depth > kDeepest) fail_depth();
    for (const json& each : inlines) add(each, depth);
  }

 private:
  void add(const json& inline_, int depth) {
    const auto& kind = inline_.at("t").get_ref<const std::string&>();
    const json& content = inline_.contains("c") ? inline_["c"] : empty_;
    if (kind == "Str") {
      text_ += content.get_ref<const std::string&>();
    } else if (kind == "Space" || kind == "SoftBreak") {
      text_ += ' ';
    } else if (kind == "LineBreak") {
      text_ += '\n';
    } else if (kind == "Code") {
      text_ += content.at(1).get_ref<const std::string&>();
    } else if (kind == "Math") {
      text_ += content.at(1).get_ref<const std::string&>();
    } else if (kind == "Quoted") {
      const bool is_double = content.at(0).at("t") == "DoubleQuote";
      text_ += is_double ? "\u201C" : "\u2018";
      add_all(content.at(1), depth + 1);
      text_ += is_double ? "\u201D" : "\u2019";
    } else if (kind == "Superscript") {
      text_ += '^';
      add_all(content, depth + 1);
    } else if (kind == "Link" || kind == "Image") {
      add_all(content.at(1), depth + 1);  // the text, or the alternative to a picture
    } else if (kind == "Cite") {
      add_all(content.at(1), depth + 1);
    } else if (kind == "Note") {
      if (beside_.note) text_ += beside_.note(content);
    } else if (kind == "Span") {
      add_span(content, depth);
    } else if (kind != "RawInline" && content.is_array()) {  // Emph, Strong, Underline, …
      add_all(content, depth + 1);
    }
  }

  void add_span(const json& content, int depth) {
    if (has_class(content.at(0), "comment-start")) {
      std::string said;
      Inlines(Beside{}, said).add_all(content.at(1), depth + 1);
      if (beside_.comment && !said.empty()) beside_.comment(said);
    } else if (!has_class(content.at(0), "deletion")) {  // a change that is not accepted yet
      add_all(content.at(1), depth + 1);
    }
  }

  const json empty_ = json::array();
  const Beside& beside_;
  std::string& text_;
};

}  // namespace

void fail_depth() {
  throw sdk::Failure(FRESHET_E_LIMIT,
                     "has more than " + std::to_string(kDeepest) + " elements in each other");
}

std::string text_of_inlines(const json& inlines, const Beside& beside, int depth) {
  std::string text;
  Inlines(beside, text).add_all(inlines, depth);
  return text;
}

}  // namespace freshet::reader_office
