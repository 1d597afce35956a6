#include "core/sync/label.hpp"

#include <fmt/format.h>

#include <functional>

#include "core/base/text.hpp"

namespace freshet::sync {
namespace {

using base::Result;
using base::Status;

constexpr std::size_t most_label = 512;  // bytes
constexpr std::string_view run_words = "namespace, source, time";

// Calls `text` and `word` for the parts of a template; false where braces are not closed.
bool take_apart(std::string_view form, const std::function<void(std::string_view)>& text,
                const std::function<void(std::string_view)>& word) {
  while (!form.empty()) {
    const std::size_t open = form.find("{{");
    text(form.substr(0, open));
    if (open == std::string_view::npos) return true;
    const std::size_t close = form.find("}}", open);
    if (close == std::string_view::npos) return false;
    word(base::trim(form.substr(open + 2, close - open - 2)));
    form.remove_prefix(close + 2);
  }
  return true;
}

Status check(std::string_view form, bool of_item, const std::string& path) {
  std::string unknown;
  const auto look = [&](std::string_view word) {
    const bool known =
        word == "namespace" || word == "source" || word == "time" || (of_item && word == "uri");
    if (!known && unknown.empty()) unknown = base::printable(base::to_utf8(word));
  };
  if (!take_apart(
          form, [](std::string_view) {}, look))
    return base::fail(base::Code::invalid_argument, "has {{ without }}", path);
  if (form.size() > most_label)
    return base::fail(base::Code::limit, fmt::format("is longer than {} bytes", most_label), path);
  if (unknown.empty()) return {};
  return base::fail(base::Code::invalid_argument,
                    fmt::format("has no word \"{}\"; there are: {}{}", unknown, run_words,
                                of_item ? ", uri" : ""),
                    path);
}

}  // namespace

Result<Labels> parse_labels(const base::Json& json, const std::string& path) {
  Labels labels;
  base::ObjectReader in(json, path);
  in.text("run", labels.run);
  in.text("item", labels.item);
  FRESHET_TRY(in.finish());
  FRESHET_TRY(check(labels.run, false, base::join_path(path, "run")));
  FRESHET_TRY(check(labels.item, true, base::join_path(path, "item")));
  return labels;
}

std::string label_of(std::string_view form, const LabelWords& words) {
  std::string label;
  take_apart(
      form, [&](std::string_view text) { label += text; },
      [&](std::string_view word) {
        label += word == "namespace" ? words.name_space
                 : word == "source"  ? words.source
                 : word == "time"    ? words.time
                                     : words.uri;
      });
  return label;
}

}  // namespace freshet::sync
