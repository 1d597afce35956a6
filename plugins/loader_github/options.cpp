#include "loader_github/options.hpp"

#include <xxhash.h>

#include <algorithm>

#include <freshet/sdk/date.hpp>
#include <freshet/sdk/freshet_sdk.hpp>
#include <freshet/sdk/options.hpp>

namespace freshet::loader_github {
namespace {

[[noreturn]] void reject(const std::string& path, std::string message) {
  throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, std::move(message), path);
}

bool is_name(std::string_view text) {
  return !text.empty() && text != "." && text != ".." &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

// Short, and another one for other texts.
std::string mark_of(const nlohmann::json& options) {
  const std::string text = options.dump();
  char mark[17];
  std::snprintf(mark, sizeof mark, "%016llx",
                static_cast<unsigned long long>(XXH3_64bits(text.data(), text.size())));
  return mark;
}

void check_repo(const std::string& repo) {
  const std::size_t slash = repo.find('/');
  if (slash == std::string::npos || !is_name(std::string_view(repo).substr(0, slash)) ||
      !is_name(std::string_view(repo).substr(slash + 1)))
    reject("repo", "not owner/name, such as PrefectHQ/prefect");
}

void read_common(const nlohmann::json& json, Options& options) {
  options.repo = json.at("repo").get<std::string>();
  check_repo(options.repo);
  options.base_url = json.at("base_url").get<std::string>();
  while (options.base_url.ends_with('/')) options.base_url.pop_back();
  if (!options.base_url.starts_with("https://") && !options.base_url.starts_with("http://"))
    reject("base_url", "not an https address such as https://api.github.com");
  options.token = json.value("token", "");
  options.full_every_ms = sdk::duration_ms(json.at("full_every"));
  options.max_wait_ms = sdk::duration_ms(json.at("max_wait"));
  options.max_items = json.at("max_items").get<std::uint64_t>();
}

}  // namespace

std::string Options::graphql_url() const {
  constexpr std::string_view enterprise = "/v3";
  const bool cut = base_url.ends_with("/api/v3");
  return base_url.substr(0, base_url.size() - (cut ? enterprise.size() : 0)) + "/graphql";
}

DiscussionOptions read_discussion_options(const nlohmann::json& json) {
  DiscussionOptions options;
  read_common(json, options);
  if (options.base_url.ends_with("/api/v1"))
    reject("base_url", "is of Gitea or Forgejo, which have no discussions");
  options.state = json.at("state").get<std::string>();
  for (const auto& category : json.at("categories"))
    options.categories.insert(category.get<std::string>());
  options.include_comments = json.at("include_comments").get<bool>();
  for (const auto& user : json.at("ignore_users"))
    options.ignore_users.insert(user.get<std::string>());
  if (options.include_comments) options.reading = mark_of({options.ignore_users});
  return options;
}

Options read_options(const nlohmann::json& json) {
  Options options;
  read_common(json, options);
  return options;
}

IssueOptions read_issue_options(const nlohmann::json& json) {
  IssueOptions options;
  read_common(json, options);
  options.state = json.at("state").get<std::string>();
  options.labels = json.at("labels").get<std::vector<std::string>>();
  if (const auto since = json.at("since").get<std::string>(); !since.empty()) {
    options.since_ms = sdk::parse_date(since);
    if (!options.since_ms) reject("since", "not a date such as 2026-11-20 or 2026-11-20T16:00:00Z");
  }
  options.n_issues = json.at("n_issues").get<std::uint64_t>();
  options.pull_requests = json.at("pull_requests").get<bool>();
  options.include_comments = json.at("include_comments").get<bool>();
  options.ignore_body_after = json.at("ignore_body_after").get<std::string>();
  for (const auto& user : json.at("ignore_users"))
    options.ignore_users.insert(user.get<std::string>());
  constexpr const char* usual_end = "### Checklist";
  if (options.include_comments || options.ignore_body_after != usual_end)
    options.reading =
        mark_of({options.include_comments, options.ignore_users, options.ignore_body_after});
  return options;
}

}  // namespace freshet::loader_github
