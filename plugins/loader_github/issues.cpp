#include "loader_github/issues.hpp"

#include <algorithm>
#include <set>

#include <freshet/sdk/date.hpp>

#include "loader_github/object.hpp"

namespace freshet::loader_github {
namespace {

using Json = nlohmann::json;

std::string touched(const Json& issue) { return text_of(issue, "updated_at"); }

// Gitea and Forgejo have it in every issue, as null where it is none.
bool is_pull_request(const Json& issue) {
  return issue.contains("pull_request") && !issue["pull_request"].is_null();
}

std::vector<std::string> labels_of(const Json& issue) {
  std::vector<std::string> names;
  if (!issue.contains("labels") || !issue["labels"].is_array()) return names;
  for (const Json& label : issue["labels"])
    names.push_back(label.is_string() ? label.get<std::string>() : text_of(label, "name"));
  return names;
}

}  // namespace

bool Issues::is_taken(const Json& issue) const {
  if (is_pull_request(issue) && !options_.pull_requests) return false;
  if (options_.state != "all" && text_of(issue, "state") != options_.state) return false;
  if (options_.since_ms && touched_ms(touched(issue)) < *options_.since_ms) return false;
  const std::vector<std::string> labels = labels_of(issue);
  return std::all_of(options_.labels.begin(), options_.labels.end(), [&](const std::string& label) {
    return std::find(labels.begin(), labels.end(), label) != labels.end();
  });
}

sdk::Listing Issues::look(const sdk::Call& call, const sdk::ListingRequest& request,
                          const sdk::ListingSink& sink) {
  if (options_.n_issues > 0) return list_newest(call, sink);
  auto state = past_of(call, request);
  return state ? list_since(call, *std::move(state), sink) : list_all(call, sink);
}

// The order of creation is one that no change disturbs; only what goes moves what comes after it. What was changed
// while the pages came may have been read before: the next listing asks from when this one began.
sdk::Listing Issues::list_all(const sdk::Call& call, const sdk::ListingSink& sink) {
  Touched state;
  state.full_ms = call.now_ms();
  const std::int64_t begun_ms = call.now_ms();
  std::set<std::int64_t> first, second;
  std::size_t pages = 0;
  const auto look = [&](std::set<std::int64_t>& numbers) {
    pages = 0;
    api_.for_pages(call, options_.url("/issues?state=all&sort=created&direction=asc&per_page=100"),
                   [&](const Answer& answer) {
                     ++pages;
                     for (const Json& issue : answer.json) {
                       const bool is_new = !first.contains(number_of(issue, "number"));
                       numbers.insert(number_of(issue, "number"));
                       if (is_new) tell_new(issue, state, sink);
                     }
                     return numbers.size() <= options_.max_items;
                   });
  };
  look(first);
  if (first.size() > options_.max_items) return too_many("issues");
  const std::set<std::int64_t> seen = first;
  if (pages > 1) look(second);
  if (pages > 1 && second != seen)
    return {FRESHET_LISTING_PART, "issues came or went while they were listed"};
  state.since_ms = std::min(state.since_ms, begun_ms);
  state.forget_old();
  sink.state(state.text());
  return {};
}

sdk::Listing Issues::list_newest(const sdk::Call& call, const sdk::ListingSink& sink) {
  std::set<std::int64_t> taken;
  api_.for_pages(
      call,
      options_.url("/issues?state=" + options_.state + "&sort=created&direction=desc&per_page=100"),
      [&](const Answer& answer) {
        for (const Json& issue : answer.json)
          if (taken.size() < options_.n_issues && is_taken(issue) &&
              taken.insert(number_of(issue, "number")).second)
            tell(issue, sink);
        return taken.size() < options_.n_issues;
      });
  return {};
}

std::string Issues::url_since(const Touched& state) const {
  const std::string since = iso_of(state.since_ms - overlap_ms);
  return options_.url("/issues?state=all&sort=updated&direction=asc&per_page=100&since=" + since);
}

// What is known of the overlap is passed over.
sdk::Listing Issues::list_since(const sdk::Call& call, Touched state,
                                const sdk::ListingSink& sink) {
  const std::string url = url_since(state);
  const Answer first = api_.get(call, url, state.etag);
  if (first.status == 304) return {FRESHET_LISTING_UNCHANGED, {}};
  const Touched before = state;
  bool changed = false;
  const auto take = [&](const Answer& answer) {
    if (answer.status != 200 || !answer.json.is_array())
      throw sdk::Failure(FRESHET_E_NOT_FOUND,
                         "there is no such repository, or the token may not see it", url);
    for (const Json& issue : answer.json)
      if (tell_change(issue, before, state, sink)) changed = true;
    return true;
  };
  take(first);
  if (!first.next.empty()) api_.for_pages(call, first.next, take);
  // The ETag is of this very address, and of use only where that stays the same.
  state.forget_old();
  const bool same_address = state.since_ms == before.since_ms && first.next.empty();
  state.etag = same_address ? first.etag : std::string();
  if (state.text() != before.text()) sink.state(state.text());
  return {changed ? FRESHET_LISTING_CHANGES : FRESHET_LISTING_UNCHANGED, {}};
}

std::string Issues::comments_of(const sdk::Call& call, const Json& issue) const {
  std::string text;
  api_.for_pages(call, options_.url("/issues/" + number_text(issue) + "/comments?per_page=100"),
                 [&](const Answer& answer) {
                   for (const Json& comment : answer.json) {
                     const std::string who = login_of(comment, "user");
                     if (options_.ignore_users.contains(who)) continue;
                     text += "\n\n## " + who + " on " +
                             text_of(comment, "created_at").substr(0, 10) + "\n\n" +
                             clean_body(text_of(comment, "body"), "");
                   }
                   return text.size() < (std::size_t{32} << 20);
                 });
  return text;
}

std::string Issues::text_below(const sdk::Call& call, const Json& issue) const {
  std::string text = clean_body(text_of(issue, "body"), options_.ignore_body_after);
  if (options_.include_comments && issue.value("comments", Json(0)) != 0)
    text += comments_of(call, issue);
  return text;
}

nlohmann::json Issues::metadata_of(const Json& issue) const {
  Json metadata{{"number", number_of(issue, "number")},
                {"state", text_of(issue, "state")},
                {"labels", labels_of(issue)},
                {"author", login_of(issue, "user")},
                {"link", text_of(issue, "html_url")},
                {"created", text_of(issue, "created_at")},
                {"updated", text_of(issue, "updated_at")}};
  if (const auto created = sdk::parse_date(text_of(issue, "created_at")))
    metadata["created_at"] = *created / 1000;
  if (is_pull_request(issue)) metadata["pull_request"] = true;
  return metadata;
}

Answer Issues::ask(const sdk::Call& call, const std::string& number) const {
  return api_.get(call, options_.url("/issues/" + number));
}

}  // namespace freshet::loader_github
