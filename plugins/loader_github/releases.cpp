#include "loader_github/releases.hpp"

#include <xxhash.h>

#include <set>

#include "loader_github/object.hpp"

namespace freshet::loader_github {
namespace {

using Json = nlohmann::json;

bool is_draft(const Json& release) { return release.value("draft", Json(false)) == true; }

std::string title_of(const Json& release) {
  const std::string name = text_of(release, "name");
  return name.empty() ? text_of(release, "tag_name") : name;
}

std::string text_of_release(const Json& release) {
  return "# " + title_of(release) + "\n\n" + clean_body(text_of(release, "body"), "") + "\n";
}

Json metadata_of_release(const Json& release) {
  return {{"tag", text_of(release, "tag_name")},
          {"author", login_of(release, "author")},
          {"link", text_of(release, "html_url")},
          {"published", text_of(release, "published_at")},
          {"prerelease", release.value("prerelease", Json(false)) == true}};
}

// The API says no time at which a release was edited everywhere: what is read of it is compared.
std::string version_of(const Json& release) {
  const std::string all =
      text_of_release(release) +
      metadata_of_release(release).dump(-1, ' ', false, Json::error_handler_t::replace);
  return std::to_string(XXH3_64bits(all.data(), all.size()));
}

Json read_state(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  return json.is_object() && json.contains("full") && json["full"].is_number_integer() ? json
                                                                                       : Json();
}

}  // namespace

void Releases::tell(const Json& release, const sdk::ListingSink& sink) {
  sdk::Entry entry;
  entry.uri = text_of(release, "html_url");
  entry.version = version_of(release);
  entry.handle = Handle{std::to_string(number_of(release, "id")), entry.version}.text();
  kept_.put(entry.uri, release.dump(-1, ' ', false, Json::error_handler_t::replace));
  sink(entry);
}

sdk::Listing Releases::list(const sdk::Call& call, const sdk::ListingRequest& request,
                            const sdk::ListingSink& sink) {
  const std::string url = options_.url("/releases?per_page=100");
  const Json state = request.state ? read_state(*request.state) : Json();
  std::int64_t full_ms = call.now_ms();
  if (!state.is_null()) {
    const std::int64_t age = call.now_ms() - state["full"].get<std::int64_t>();
    const bool stands = age >= 0 && age < options_.full_every_ms;
    const std::string etag = text_of(state, "etag");
    if (stands && !etag.empty() && api_.get(call, url, etag).status == 304) {
      listed_ = true;
      return {FRESHET_LISTING_UNCHANGED, {}};
    }
  }
  std::string etag;
  std::set<std::int64_t> seen;
  api_.for_pages(call, url, [&](const Answer& answer) {
    if (seen.empty()) etag = answer.etag;
    for (const Json& release : answer.json)
      if (!is_draft(release) && seen.insert(number_of(release, "id")).second) tell(release, sink);
    return seen.size() <= options_.max_items;
  });
  if (seen.size() > options_.max_items)
    return {FRESHET_LISTING_PART,
            "there are more than " + std::to_string(options_.max_items) + " releases"};
  listed_ = true;
  if (!etag.empty()) sink.state(Json{{"etag", etag}, {"full", full_ms}}.dump());
  return {};
}

void Releases::fetch(const sdk::Call& call, const sdk::Entry& entry,
                     const std::optional<std::string>& known_version, const sdk::FetchSink& sink) {
  const Handle handle = Handle::read(entry.handle);
  if (listed_ && !handle.version.empty() && known_version == handle.version)
    return sink.not_modified();
  std::optional<Json> release = kept_.take(entry.uri);
  if (!release) {
    if (!handle.is_number())
      throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, "not a release of this repository", entry.uri);
    Answer answer = api_.get(call, options_.url("/releases/" + handle.number));
    if (answer.status != 200) return sink.gone(answer.status == 410);
    if (text_of(answer.json, "html_url") != entry.uri) return sink.gone(true);
    release = std::move(answer.json);
  }
  const std::string version = version_of(*release);
  if (known_version == version) return sink.not_modified();
  const std::string text = text_of_release(*release);
  sdk::Content content;
  content.bytes = text;
  content.media_type = "text/markdown";
  content.charset = "utf-8";
  content.version = version;
  content.title = title_of(*release);
  content.metadata = metadata_of_release(*release);
  sink.content(content);
}

}  // namespace freshet::loader_github
