#include "loader_github/releases.hpp"

#include <xxhash.h>

#include <set>

#include "loader_github/object.hpp"

namespace freshet::loader_github {
namespace {

using Json = nlohmann::json;

bool is_draft(const Json& release) { return release.value("draft", Json(false)) == true; }

Json read_state(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  return json.is_object() && json.contains("full") && json["full"].is_number_integer() ? json
                                                                                       : Json();
}

}  // namespace

std::string Releases::title_of(const Json& release) const {
  const std::string name = text_of(release, "name");
  return name.empty() ? text_of(release, "tag_name") : name;
}

std::string Releases::text_below(const sdk::Call&, const Json& release) const {
  return clean_body(text_of(release, "body"), "");
}

nlohmann::json Releases::metadata_of(const Json& release) const {
  return {{"tag", text_of(release, "tag_name")},
          {"author", login_of(release, "author")},
          {"link", text_of(release, "html_url")},
          {"published", text_of(release, "published_at")},
          {"prerelease", release.value("prerelease", Json(false)) == true}};
}

// The API says no time at which a release was edited everywhere: what is read of it is compared.
std::string Releases::version_of(const Json& release) const {
  const std::string all = "# " + title_of(release) + "\n\n" +
                          clean_body(text_of(release, "body"), "") + "\n" +
                          metadata_of(release).dump(-1, ' ', false, Json::error_handler_t::replace);
  return std::to_string(XXH3_64bits(all.data(), all.size()));
}

sdk::Listing Releases::look(const sdk::Call& call, const sdk::ListingRequest& request,
                            const sdk::ListingSink& sink) {
  const std::string url = common_.url("/releases?per_page=100");
  const Json state = request.state ? read_state(*request.state) : Json();
  std::int64_t full_ms = call.now_ms();
  if (!state.is_null()) {
    const std::int64_t age = call.now_ms() - state["full"].get<std::int64_t>();
    const bool stands = age >= 0 && age < common_.full_every_ms;
    const std::string etag = text_of(state, "etag");
    if (stands && !etag.empty() && api_.get(call, url, etag).status == 304)
      return {FRESHET_LISTING_UNCHANGED, {}};
  }
  std::string etag;
  std::set<std::int64_t> seen;
  api_.for_pages(call, url, [&](const Answer& answer) {
    if (seen.empty()) etag = answer.etag;
    for (const Json& release : answer.json)
      if (!is_draft(release) && seen.insert(number_of(release, "id")).second) tell(release, sink);
    return seen.size() <= common_.max_items;
  });
  if (seen.size() > common_.max_items) return too_many("releases");
  if (!etag.empty()) sink.state(Json{{"etag", etag}, {"full", full_ms}}.dump());
  return {};
}

Answer Releases::ask(const sdk::Call& call, const std::string& number) const {
  return api_.get(call, common_.url("/releases/" + number));
}

}  // namespace freshet::loader_github
