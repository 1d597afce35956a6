#include "loader_github/tracker.hpp"

#include "loader_github/object.hpp"

namespace freshet::loader_github {

std::string Tracker::number_in(const std::string& uri) const {
  return uri.substr(uri.rfind('/') + 1);
}

std::string Tracker::version_of(const Json& object) const {
  return common_.version(text_of(object, words_.touched));
}

std::string Tracker::title_of(const Json& object) const { return text_of(object, "title"); }

sdk::Listing Tracker::too_many(const char* objects) const {
  return {FRESHET_LISTING_PART,
          "there are more than " + std::to_string(common_.max_items) + " " + objects};
}

std::optional<Touched> Tracker::past_of(const sdk::Call& call,
                                        const sdk::ListingRequest& request) const {
  auto state = request.state ? Touched::read(*request.state) : std::nullopt;
  return state && state->stands(call.now_ms(), common_.full_every_ms) ? state : std::nullopt;
}

void Tracker::tell(const Json& object, const sdk::ListingSink& sink) {
  sdk::Entry entry;
  entry.uri = text_of(object, words_.uri);
  entry.version = version_of(object);
  entry.handle = Handle{std::to_string(number_of(object, words_.number)), entry.version}.text();
  if (words_.touched != nullptr)
    entry.last_modified_ms = touched_ms(text_of(object, words_.touched));
  kept_.put(entry.uri, object.dump(-1, ' ', false, Json::error_handler_t::replace));
  sink(entry);
}

void Tracker::tell_new(const Json& object, Touched& state, const sdk::ListingSink& sink) {
  state.see(number_text(object), text_of(object, words_.touched));
  if (is_taken(object)) tell(object, sink);
}

bool Tracker::tell_change(const Json& object, const Touched& before, Touched& state,
                          const sdk::ListingSink& sink) {
  const std::string number = number_text(object), touched = text_of(object, words_.touched);
  if (before.knows(number, touched)) return false;
  state.see(number, touched);
  if (is_taken(object))
    tell(object, sink);
  else
    sink.gone(text_of(object, words_.uri));
  return true;
}

sdk::Listing Tracker::list(const sdk::Call& call, const sdk::ListingRequest& request,
                           const sdk::ListingSink& sink) {
  const sdk::Listing listing = look(call, request, sink);
  listed_ = listing.kind != FRESHET_LISTING_PART;
  return listing;
}

void Tracker::fetch(const sdk::Call& call, const sdk::Entry& entry,
                    const std::optional<std::string>& known_version, const sdk::FetchSink& sink) {
  Handle handle = Handle::read(entry.handle);
  if (listed_ && !handle.version.empty() && known_version == handle.version)
    return sink.not_modified();
  std::optional<Json> object = kept_.take(entry.uri);
  if (!object) {
    if (handle.number.empty()) handle.number = number_in(entry.uri);
    if (!handle.is_number())
      throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT,
                         "not " + std::string(words_.what) + " of this repository", entry.uri);
    Answer answer = ask(call, handle.number);
    if (answer.status != 200) return sink.gone(answer.status == 410);
    if (text_of(answer.json, words_.uri) != entry.uri)
      return sink.gone(true);  // it was transferred
    object = std::move(answer.json);
  }
  const std::string version = version_of(*object);
  if (known_version == version) return sink.not_modified();
  if (!is_taken(*object)) return sink.gone(true);
  const std::string title = title_of(*object);
  const std::string text = "# " + title + "\n\n" + text_below(call, *object) + "\n";
  sdk::Content content;
  content.bytes = text;
  content.media_type = "text/markdown";
  content.charset = "utf-8";
  content.version = version;
  content.title = title;
  content.metadata = metadata_of(*object);
  sink.content(content);
}

}  // namespace freshet::loader_github
