#include "cli/mcp/tools.hpp"

#include <algorithm>
#include <string_view>

#include "cli/mcp/arguments.hpp"
#include "cli/mcp/budget.hpp"
#include "cli/mcp/schemas.hpp"
#include "cli/roots.hpp"

namespace freshet::cli::mcp {
namespace {

Json time_or_null(std::int64_t ms) { return ms <= 0 || ms == FRESHET_NEVER ? Json() : Json(ms); }

Json budget_of(Arguments& arguments) {
  return arguments.number_or("budget", default_budget, 1, most_budget);
}

Json hit_of(const freshet_hit& hit, Budget& budget) {
  const std::string_view text = budget.take(hit.text);
  Json out{{"id", hit.chunk_id},
           {"score", hit.score},
           {"title", hit.title},
           {"path", hit.path},
           {"url", redacted(hit.url)},
           {"uri", redacted(hit.uri)},
           {"text", text},
           {"checked_ms", time_or_null(hit.checked_ms)}};
  if (text.size() < std::string_view(hit.text).size()) out["cut"] = true;
  return out;
}

// From `offset` on, as much as the budget has.
void put_text(std::string_view text, std::int64_t offset, Budget& budget, Json& out) {
  const auto begin = static_cast<std::size_t>(offset);
  const bool within =
      begin <= text.size() &&
      (begin == text.size() || (static_cast<unsigned char>(text[begin]) & 0xC0) != 0x80);
  if (!within)
    throw Error(
        FRESHET_E_INVALID_ARGUMENT,
        "is not where a character begins in a text of " + std::to_string(text.size()) + " bytes",
        "offset");
  const std::string_view taken = budget.take(text.substr(begin));
  out["text"] = taken;
  const std::size_t end = begin + taken.size();
  out["next_offset"] = end < text.size() ? Json(end) : Json();
}

Json section_of(const freshet_section& section) {
  return {{"id", section.id},
          {"title", section.title},
          {"level", section.level},
          {"offset", section.span_begin}};
}

Json page_of(const Document& document, std::int64_t offset, Budget& budget) {
  constexpr std::uint32_t most = 200;  // an outline, and no second copy of the page
  Json out{{"uri", redacted(document.uri())}, {"title", document.title()}};
  put_text(document.text(), offset, budget, out);
  Json sections = Json::array();
  for (std::uint32_t number = 1; number <= std::min(document.section_count(), most); ++number)
    if (const freshet_section section = document.section(number); section.title[0] != '\0')
      sections.push_back(section_of(section));
  out["sections"] = std::move(sections);
  return out;
}

[[noreturn]] void not_there(const char* what, const std::string& name) {
  throw Error(FRESHET_E_NOT_FOUND, std::string("there is no such ") + what, name);
}

}  // namespace

Tools::Tools(const Config& config, std::vector<std::string> allowed, bool may_refresh)
    : config_(config), allowed_(std::move(allowed)), may_refresh_(may_refresh) {}

Json Tools::list() const { return describe_tools(allowed_, may_refresh_); }

bool Tools::has(const std::string& name) const {
  const Json all = list();
  return std::any_of(all.begin(), all.end(),
                     [&](const Json& tool) { return tool["name"] == name; });
}

Json Tools::call(const std::string& name, const Json& arguments, const Limits& limits) {
  if (name == "search") return search(arguments, limits);
  if (name == "read") return read(arguments);
  if (name == "neighbours") return neighbours(arguments);
  if (name == "sources") return sources(arguments);
  if (name == "status") return status(arguments);
  return refresh(arguments, limits);
}

Repository& Tools::in(const std::string& name) {
  const std::string& wanted = name.empty() ? allowed_.front() : name;
  if (std::find(allowed_.begin(), allowed_.end(), wanted) == allowed_.end())
    throw Error(FRESHET_E_DENIED, "is not a namespace that was allowed", wanted);
  const std::lock_guard lock(opening_);
  if (const auto found = open_.find(wanted); found != open_.end()) return found->second;
  Config config = config_;
  config.open["namespace"] = wanted;
  return open_.emplace(wanted, open_existing(config, may_refresh_ ? Access::write : Access::read))
      .first->second;
}

Json Tools::search(const Json& given, const Limits& limits) {
  Arguments arguments(given);
  const std::string query = arguments.text("query");
  Json asked{{"limit", arguments.number_or("k", default_hits, 1, most_hits)}};
  if (const std::string mode = arguments.text_or("mode", ""); !mode.empty()) asked["mode"] = mode;
  if (Json filter = arguments.object("filter"); !filter.is_null()) asked["filter"] = filter;
  Budget budget(budget_of(arguments));
  const std::string name = arguments.text_or("namespace", "");
  arguments.end();
  const Hits hits = in(name).query(query, asked.dump(), limits);
  Json found = Json::array();
  std::size_t left_out = 0;
  for (const freshet_hit hit : hits) {
    if (budget.spent())
      ++left_out;
    else
      found.push_back(hit_of(hit, budget));
  }
  return {{"hits", std::move(found)}, {"left_out", left_out}};
}

Json Tools::read(const Json& given) {
  Arguments arguments(given);
  const std::string uri = arguments.text_or("uri", ""), id = arguments.text_or("id", "");
  const std::int64_t offset = arguments.number_or("offset", 0, 0, INT64_MAX);
  Budget budget(budget_of(arguments));
  const std::string name = arguments.text_or("namespace", "");
  arguments.end();
  if (uri.empty() == id.empty())
    throw Error(FRESHET_E_INVALID_ARGUMENT, "one of uri and id is needed, and not both", "uri");
  Repository& repository = in(name);
  if (id.empty()) {
    const auto document = repository.read_document(find_uri(repository, uri));
    if (!document) not_there("page", redacted(uri));
    return page_of(*document, offset, budget);
  }
  const auto element = repository.find_element(id);
  if (!element) not_there("section", id);
  const freshet_element_info info = element->info();
  Json out{{"id", info.id}, {"title", info.title}, {"url", redacted(info.url)}};
  put_text(info.text, offset, budget, out);
  return out;
}

Json Tools::neighbours(const Json& given) {
  Arguments arguments(given);
  const std::string id = arguments.text("id");
  const auto before = arguments.number_or("before", 1, 0, most_neighbours);
  const auto after = arguments.number_or("after", 1, 0, most_neighbours);
  Budget budget(budget_of(arguments));
  const std::string name = arguments.text_or("namespace", "");
  arguments.end();
  const Chunks chunks =
      in(name).expand(id, static_cast<std::uint32_t>(before), static_cast<std::uint32_t>(after));
  if (chunks.size() == 0) not_there("passage", id);
  Json passages = Json::array();
  std::size_t left_out = 0;
  for (const freshet_chunk_info chunk : chunks) {
    if (budget.spent()) {
      ++left_out;
      continue;
    }
    passages.push_back({{"id", chunk.id},
                        {"title", chunk.root_title},
                        {"path", chunk.path},
                        {"url", redacted(chunk.url)},
                        {"sequence_number", chunk.sequence_number},
                        {"text", budget.take(chunk.text)}});
  }
  return {{"passages", std::move(passages)}, {"left_out", left_out}};
}

Json Tools::sources(const Json& given) {
  Arguments arguments(given);
  const std::string name = arguments.text_or("namespace", "");
  arguments.end();
  return {{"sources", Json::parse(in(name).status())["sources"]}};
}

// Without where it lies: an agent has no business with the directories of this machine.
Json Tools::status(const Json& given) {
  Arguments arguments(given);
  const std::string name = arguments.text_or("namespace", "");
  arguments.end();
  const Json all = Json::parse(in(name).status());
  Json out = Json::object();
  for (const char* key : {"namespace", "roots", "documents", "chunks", "fresh", "due", "failing",
                          "deliveries_pending", "has_embeddings"})
    if (all.contains(key)) out[key] = all[key];
  out["last_run"] = all["runs"].empty() ? Json() : all["runs"].front();
  return out;
}

Json Tools::refresh(const Json& given, const Limits& limits) {
  Arguments arguments(given);
  const std::vector<std::string> only = arguments.texts("sources");
  const std::string name = arguments.text_or("namespace", "");
  arguments.end();
  if (const auto missing = missing_source(config_)) throw Error(*missing);
  nlohmann::json config = config_.refresh;
  if (!only.empty()) config["only"]["sources"] = only;
  Refresh run = Refresh::start(in(name), config.dump(), nullptr, limits);
  run.wait();
  const freshet_refresh_counts counts = run.counts();
  Json failures = Json::array();
  constexpr std::size_t most = 20;
  while (const auto root = run.next_root())
    if (root->status != FRESHET_OK && failures.size() < most)
      failures.push_back({{"uri", redacted(root->uri)}, {"message", root->message}});
  return {{"listed", counts.listed},
          {"refreshed", counts.refreshed},
          {"unchanged", counts.unchanged},
          {"skipped", counts.skipped},
          {"removed", counts.removed},
          {"failed", counts.failed},
          {"held", counts.held},
          {"exit_code", run.exit_code()},
          {"failures", std::move(failures)}};
}

}  // namespace freshet::cli::mcp
