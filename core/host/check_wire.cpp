#include "core/host/check_wire.hpp"

#include <fmt/format.h>

#include "core/base/json.hpp"
#include "core/base/text.hpp"

#ifndef FRESHET_VERSION
#error "the build says which version of freshet this is"
#endif

namespace freshet::host {
namespace {

using base::Code;
using base::fail;

constexpr std::size_t most_detail = 4000;

std::string kind_text(std::optional<Kind> kind) {
  return kind ? std::string(kind_name(*kind)) : std::string();
}

std::optional<Kind> kind_of(const std::string& text) {
  for (const Kind kind : all_kinds)
    if (text == kind_name(kind)) return kind;
  return std::nullopt;
}

std::optional<Verdict> verdict_of(const std::string& text) {
  for (const Verdict verdict : {Verdict::pass, Verdict::fail, Verdict::skip})
    if (text == verdict_name(verdict)) return verdict;
  return std::nullopt;
}

}  // namespace

std::string write_request(const CheckRequest& request) {
  const Target& target = request.target;
  const Json line = {{"path", target.path},       {"kind", kind_text(target.kind)},
                     {"offer", target.offer},     {"case", target.name},
                     {"options", target.options}, {"scratch", request.scratch},
                     {"network", target.network}, {"nonce", request.nonce}};
  return base::dump_json(line) + '\n' + target.sample;
}

base::Result<CheckRequest> read_request(std::string_view text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  FRESHET_ASSIGN(const Json line, base::parse_json(text.substr(0, end), "request"));
  CheckRequest request;
  std::string kind;
  base::ObjectReader in(line, "request");
  in.text("path", request.target.path);
  in.text("kind", kind);
  in.text("offer", request.target.offer);
  in.text("case", request.target.name);
  in.text("options", request.target.options);
  in.texts("network", request.target.network);
  in.text("scratch", request.scratch);
  in.text("nonce", request.nonce);
  FRESHET_TRY(in.finish());
  request.target.kind = kind_of(kind);
  if (end < text.size()) request.target.sample = text.substr(end + 1);
  return request;
}

std::string write_finding(const std::string& nonce, const Finding& finding) {
  const std::string& detail = finding.detail;
  const Json line = {
      {"nonce", nonce},
      {"verdict", verdict_name(finding.verdict)},
      {"detail", detail.substr(0, base::advance_code_points(detail, 0, most_detail))}};
  return base::dump_json(line) + '\n';
}

std::optional<Finding> read_finding(const std::string& nonce, std::string_view text) {
  const auto line = base::parse_json(text, "verdict");
  if (!line) return std::nullopt;
  std::string named, verdict;
  Finding finding;
  base::ObjectReader in(*line, "verdict");
  in.text("nonce", named);
  in.text("verdict", verdict);
  in.text("detail", finding.detail);
  const auto known = verdict_of(verdict);
  if (!in.finish() || named != nonce || !known) return std::nullopt;
  finding.verdict = *known;
  return finding;
}

std::string write_cases(const std::vector<Case>& cases) {
  Json all = {{"version", FRESHET_VERSION}, {"cases", Json::array()}};
  for (const Case& each : cases)
    all["cases"].push_back(
        {{"kind", kind_text(each.kind)}, {"name", each.name}, {"says", each.says}});
  return base::dump_json(all);
}

base::Result<std::vector<Case>> read_cases(std::string_view text) {
  FRESHET_ASSIGN(const Json all, base::parse_json(text, "cases"));
  std::string version;
  std::vector<Case> cases;
  base::ObjectReader in(all, "");
  in.text("version", version);
  if (version != FRESHET_VERSION)
    return fail(Code::version,
                fmt::format("is of freshet {}, wanted {}", version, FRESHET_VERSION));
  const Json* list = in.value("cases");
  if (list == nullptr || !list->is_array()) return fail(Code::parse, "lists no cases");
  for (const Json& each : *list) {
    Case made;
    std::string kind;
    base::ObjectReader one(each, "cases");
    one.text("kind", kind);
    one.text("name", made.name);
    one.text("says", made.says);
    FRESHET_TRY(one.finish());
    made.kind = kind_of(kind);
    cases.push_back(std::move(made));
  }
  return cases;
}

}  // namespace freshet::host
