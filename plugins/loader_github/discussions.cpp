#include "loader_github/discussions.hpp"

#include <set>

#include "loader_github/object.hpp"

namespace freshet::loader_github {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_text = std::size_t{32} << 20;

// What is read of a discussion itself.
constexpr const char* members =
    "number title body url createdAt updatedAt closed isAnswered author { login } category { name "
    "} "
    "labels(first: 50) { nodes { name } } comments { totalCount }";

constexpr const char* members_of_comment = "body createdAt isAnswer author { login }";

constexpr const char* members_of_page = "pageInfo { hasNextPage endCursor }";

std::string updated(const Json& discussion) { return text_of(discussion, "updatedAt"); }

// Null where there is no such member, or it is null.
const Json& at(const Json& object, const char* key) {
  static const Json none;
  return object.is_object() && object.contains(key) ? object[key] : none;
}

// The objects of a list, of which any may be null.
std::vector<Json> nodes_of(const Json& list) {
  std::vector<Json> found;
  for (const Json& node : at(list, "nodes"))
    if (node.is_object()) found.push_back(node);
  return found;
}

// Empty: there is no other page.
std::string next_of(const Json& list) {
  const Json& info = at(list, "pageInfo");
  return at(info, "hasNextPage") == true ? text_of(info, "endCursor") : std::string();
}

Json named(const Options& options) {
  const std::size_t slash = options.repo.find('/');
  return {{"owner", options.repo.substr(0, slash)}, {"name", options.repo.substr(slash + 1)}};
}

}  // namespace

bool Discussions::is_taken(const Json& discussion) const {
  const bool closed = at(discussion, "closed") == true;
  if (options_.state != "all" && closed != (options_.state == "closed")) return false;
  return options_.categories.empty() ||
         options_.categories.contains(text_of(at(discussion, "category"), "name"));
}

Json Discussions::page(const sdk::Call& call, const char* order, const std::string& after) const {
  const std::string text =
      std::string(
          "query($owner: String!, $name: String!, $after: String, $order: DiscussionOrder!) {") +
      " repository(owner: $owner, name: $name) { discussions(first: 50, after: $after, orderBy: "
      "$order) {"
      " totalCount " +
      members_of_page + " nodes { " + members + " } } } }";
  Json variables = named(options_);
  variables["after"] = after.empty() ? Json() : Json(after);
  const bool upwards = std::string_view(order) == "CREATED_AT";
  variables["order"] = {{"field", order}, {"direction", upwards ? "ASC" : "DESC"}};
  const Json data = api_.query(call, text, variables);
  const Json& found = at(at(data, "repository"), "discussions");
  if (!found.is_object())
    throw sdk::Failure(FRESHET_E_NOT_FOUND,
                       "there is no such repository, or the token may not see it", options_.repo);
  return found;
}

sdk::Listing Discussions::look(const sdk::Call& call, const sdk::ListingRequest& request,
                               const sdk::ListingSink& sink) {
  auto state = past_of(call, request);
  return state ? list_since(call, *std::move(state), sink) : list_all(call, sink);
}

// A page begins behind the last one of the page before, wherever that is by then: what goes meanwhile hides no other.
sdk::Listing Discussions::list_all(const sdk::Call& call, const sdk::ListingSink& sink) {
  Touched state;
  state.full_ms = call.now_ms();
  std::set<std::int64_t> seen;
  std::set<std::string> cursors;
  std::string after;
  std::int64_t total = 0;
  do {
    const Json found = page(call, "CREATED_AT", after);
    total = number_of(found, "totalCount");
    for (const Json& discussion : nodes_of(found))
      if (seen.insert(number_of(discussion, "number")).second) tell_new(discussion, state, sink);
    after = next_of(found);
    if (seen.size() > options_.max_items) return too_many("discussions");
    if (!after.empty() && !cursors.insert(after).second)
      throw sdk::Failure(FRESHET_E_REMOTE, "its pages lead in a circle", options_.repo);
  } while (!after.empty());
  if (total != static_cast<std::int64_t>(seen.size()))
    return {FRESHET_LISTING_PART, "says that there are " + std::to_string(total) +
                                      " discussions, and gave " + std::to_string(seen.size())};
  state.since_ms = std::min(state.since_ms, state.full_ms);
  state.forget_old();
  sink.state(state.text());
  return {};
}

sdk::Listing Discussions::list_since(const sdk::Call& call, Touched state,
                                     const sdk::ListingSink& sink) {
  const Touched before = state;
  std::set<std::string> cursors;
  bool changed = false, more = true;
  for (std::string after; more;) {
    const Json found = page(call, "UPDATED_AT", after);
    for (const Json& discussion : nodes_of(found)) {
      more = touched_ms(updated(discussion)) >= before.since_ms - overlap_ms;
      if (!more) break;
      if (tell_change(discussion, before, state, sink)) changed = true;
    }
    after = next_of(found);
    more = more && !after.empty();
    if (more && !cursors.insert(after).second)
      throw sdk::Failure(FRESHET_E_REMOTE, "its pages lead in a circle", options_.repo);
  }
  state.forget_old();
  if (state.text() != before.text()) sink.state(state.text());
  return {changed ? FRESHET_LISTING_CHANGES : FRESHET_LISTING_UNCHANGED, {}};
}

std::string Discussions::text_of_comment(const Json& comment, int level) const {
  const std::string who = login_of(comment, "author");
  if (options_.ignore_users.contains(who)) return {};
  return "\n\n" + std::string(level, '#') + " " +
         (at(comment, "isAnswer") == true ? "Answer: " : "") + who + " on " +
         text_of(comment, "createdAt").substr(0, 10) + "\n\n" +
         clean_body(text_of(comment, "body"), "");
}

// Those beyond the first page, which comes with the comment.
std::string Discussions::replies_of(const sdk::Call& call, const Json& comment) const {
  const std::string text =
      std::string(
          "query($id: ID!, $after: String) { node(id: $id) { ... on DiscussionComment {"
          " replies(first: 100, after: $after) { ") +
      members_of_page + " nodes { " + members_of_comment + " } } } } }";
  Json replies = at(comment, "replies");
  std::string all;
  for (;;) {
    for (const Json& reply : nodes_of(replies)) all += text_of_comment(reply, 3);
    const std::string after = next_of(replies);
    if (after.empty() || all.size() > most_text) return all;
    const Json data = api_.query(call, text, {{"id", text_of(comment, "id")}, {"after", after}});
    replies = at(at(data, "node"), "replies");
  }
}

std::string Discussions::comments_of(const sdk::Call& call, const std::string& number) const {
  const std::string text =
      std::string(
          "query($owner: String!, $name: String!, $number: Int!, $after: String) {"
          " repository(owner: $owner, name: $name) { discussion(number: $number) {"
          " comments(first: 50, after: $after) { ") +
      members_of_page + " nodes { id " + members_of_comment + " replies(first: 100) { " +
      members_of_page + " nodes { " + members_of_comment + " } } } } } } }";
  Json variables = named(options_);
  variables["number"] = std::stoll(number);
  variables["after"] = Json();
  std::string all;
  for (;;) {
    const Json data = api_.query(call, text, variables);
    const Json& comments = at(at(at(data, "repository"), "discussion"), "comments");
    for (const Json& comment : nodes_of(comments))
      all += text_of_comment(comment, 2) + replies_of(call, comment);
    const std::string after = next_of(comments);
    if (after.empty() || all.size() > most_text) return all;
    variables["after"] = after;
  }
}

std::string Discussions::text_below(const sdk::Call& call, const Json& discussion) const {
  std::string text = clean_body(text_of(discussion, "body"), "");
  if (options_.include_comments && at(at(discussion, "comments"), "totalCount") != 0)
    text += comments_of(call, number_text(discussion));
  return text;
}

nlohmann::json Discussions::metadata_of(const Json& discussion) const {
  std::vector<std::string> labels;
  for (const Json& label : nodes_of(at(discussion, "labels")))
    labels.push_back(text_of(label, "name"));
  return {{"number", number_of(discussion, "number")},
          {"state", at(discussion, "closed") == true ? "closed" : "open"},
          {"answered", at(discussion, "isAnswered") == true},
          {"category", text_of(at(discussion, "category"), "name")},
          {"labels", labels},
          {"author", login_of(discussion, "author")},
          {"link", text_of(discussion, "url")},
          {"created", text_of(discussion, "createdAt")},
          {"updated", updated(discussion)},
          {"discussion", true}};
}

Answer Discussions::ask(const sdk::Call& call, const std::string& number) const {
  Answer answer;
  answer.status = 404;
  if (number.size() > 9) return answer;  // beyond what GraphQL can say
  const std::string text =
      std::string(
          "query($owner: String!, $name: String!, $number: Int!) {"
          " repository(owner: $owner, name: $name) { discussion(number: $number) { ") +
      members + " } } }";
  Json variables = named(options_);
  variables["number"] = std::stoll(number);
  const Json data = api_.query(call, text, variables);
  answer.json = at(at(data, "repository"), "discussion");
  if (answer.json.is_object()) answer.status = 200;
  return answer;
}

}  // namespace freshet::loader_github
