#include "tests/simulation/site_loader.hpp"

#include "core/model/chunk.hpp"
#include "tests/simulation/web.hpp"

namespace freshet::simulation {
namespace {

using base::Code;
using base::Result;
using base::Status;

std::string version_of(const Page& page) { return fmt::format("v{}", page.edition); }

}  // namespace

Result<ports::Listing> SiteLoader::list(const std::string& state, const ports::ListingSink& sink,
                                        const base::Cancel&) {
  ++world_.listings;
  world_.say("lists site {} from state \"{}\"", site_.name, state);
  world_.delay();
  if (world_.lucky(world_.weather.listing_fails))
    return base::fail(Code::network, "the listing did not come");
  if (site_.has_states && !state.empty()) return list_changes(std::stoull(state), sink);
  return list_whole(sink);
}

// A page may be missing, or all, and it still says that it is whole.
Result<ports::Listing> SiteLoader::list_whole(const ports::ListingSink& sink) {
  const std::uint64_t serial = site_.serial();
  const bool lies = world_.lucky(world_.weather.listing_lies);
  const unsigned omits = lies ? (world_.lucky(30) ? 100 : 20) : 0;
  const bool breaks = world_.lucky(world_.weather.listing_fails / 2);
  std::vector<std::pair<std::string, Page>> named;
  std::vector<std::string> omitted;
  for (const auto& [uri, page] : site_.pages) {
    if (page.there && !world_.lucky(omits))
      named.emplace_back(uri, page);
    else
      omitted.push_back(uri);
  }
  for (const auto& [uri, page] : named) {
    if (breaks && world_.lucky(30)) return base::fail(Code::network, "the listing broke off");
    FRESHET_TRY(name(uri, page, sink));
  }
  ports::Listing listing;
  listing.kind = world_.lucky(world_.weather.listing_lies / 2) ? ports::ListingKind::part
                                                               : ports::ListingKind::whole;
  if (site_.has_states && !lies) listing.state = std::to_string(serial);
  if (listing.complete())
    for (const std::string& uri : omitted) site_.said[uri].unlisted = world_.step;
  world_.say("listed {} of {} pages of site {}, {}", named.size(), site_.pages.size(), site_.name,
             listing.complete() ? "as a whole" : "as a part");
  return listing;
}

Result<ports::Listing> SiteLoader::list_changes(std::uint64_t since,
                                                const ports::ListingSink& sink) {
  const std::uint64_t serial = site_.serial();
  for (const std::string& uri : site_.changed_since(since)) {
    const Page page = site_.pages[uri];
    if (page.there) {
      FRESHET_TRY(name(uri, page, sink));
      continue;
    }
    site_.said[uri].unlisted = world_.step;
    world_.say("site {} lists {} as gone", site_.name, uri);
    FRESHET_TRY(sink.gone(uri));
  }
  ports::Listing listing;
  listing.kind = since == serial ? ports::ListingKind::unchanged : ports::ListingKind::changes;
  listing.state = std::to_string(serial);
  return listing;
}

Status SiteLoader::name(const std::string& uri, const Page& page, const ports::ListingSink& sink) {
  Said& said = site_.said[uri];
  if (said.unlisted < world_.step) said.unlisted = -1;
  ports::Entry entry;
  entry.uri = uri;
  if (site_.has_versions) {
    entry.version = version_of(page);
    said.confirmed = world_.now();
  }
  if (site_.has_handles) entry.handle = "handle of " + uri;
  entry.last_modified = lastmod_of(page);
  return sink.entry(std::move(entry));
}

// In seeds with an adaptive policy: the page's own time, none, a constant, or the time of the last build.
std::optional<base::Instant> SiteLoader::lastmod_of(const Page& page) const {
  if (!world_.adaptive) return std::nullopt;
  const std::uint64_t kind = world_.seed / 5 % 4;
  if (kind == 0) return std::nullopt;
  if (kind == 1) return base::Instant{page.edition};
  return base::Instant{kind == 2 ? 1 : static_cast<std::int64_t>(site_.serial())};
}

Result<ports::Fetched> SiteLoader::fetch(const ports::Entry& entry,
                                         const std::string& known_version, const base::Cancel&) {
  ++world_.fetches;
  check_is_due(entry);
  if (site_.has_handles && !entry.handle.empty() && entry.handle != "handle of " + entry.uri)
    world_.fail(fmt::format("{} came with the {}", entry.uri, entry.handle));
  if (world_.lucky(20)) ask_the_web(world_, entry.uri);
  world_.say("fetches {} knowing \"{}\"", entry.uri, known_version);
  Said& told = site_.said[entry.uri];
  told.fetched_by = world_.scheduler.current_process();
  world_.delay();
  if (world_.lucky(world_.weather.sites_change)) {
    site_.change(world_.dice);
    world_.say("meanwhile {}", site_.last_change);
  }
  if (world_.lucky(world_.weather.fetch_fails)) return refuse(entry.uri);
  const auto found = site_.pages.find(entry.uri);
  if (found == site_.pages.end()) return tell_gone(entry.uri, false);
  const Page page = found->second;
  if (!page.there) return tell_gone(entry.uri, page.gone_for_good);
  return serve(entry.uri, page, known_version);
}

Result<ports::Fetched> SiteLoader::refuse(const std::string& uri) {
  if (world_.lucky(20)) return tell_gone(uri, false);
  constexpr Code codes[] = {Code::network, Code::timeout, Code::remote, Code::rate_limited};
  base::Error error;
  error.code = codes[world_.dice.below(4)];
  error.message = "is not to be had now";
  error.subject = uri;
  if (error.code == Code::rate_limited) {
    error.retry_after_ms = world_.dice.between(1, 7'200) * 1000;
    site_.said[uri].not_before = world_.scheduler.now() + Millis(error.retry_after_ms);
  }
  world_.say("{} answers {}", uri, base::code_name(error.code));
  stop_soon();
  return base::fail(std::move(error));
}

// Now and then whoever was refused has no time to say so until its lease is over.
void SiteLoader::stop_soon() {
  if (!world_.lucky(3)) return;
  const auto switches = static_cast<std::uint64_t>(world_.dice.between(1, 6));
  world_.scheduler.stop_after(world_.scheduler.current_process(), switches,
                              Millis(world_.dice.between(61, 300) * 1000));
}

Result<ports::Fetched> SiteLoader::tell_gone(const std::string& uri, bool confirmed) {
  Said& said = site_.said[uri];
  ++said.not_found;
  said.gone |= confirmed;
  world_.say("{} is {}", uri, confirmed ? "gone" : "not found");
  ports::Fetched fetched;
  fetched.outcome = ports::FetchOutcome::gone;
  fetched.confirmed = confirmed;
  return fetched;
}

Result<ports::Fetched> SiteLoader::serve(const std::string& uri, const Page& page,
                                         const std::string& known_version) {
  const bool is_alias = !page.alias_of.empty();
  const Page& content = is_alias ? site_.pages[page.alias_of] : page;
  ports::Fetched fetched;
  fetched.version = version_of(page) + (is_alias ? "-" + version_of(content) : "");
  const std::string& named = is_alias ? page.alias_of : uri;
  Said& said = site_.said[uri];
  said.confirmed = site_.said[named].confirmed =
      world_.now();  // its version has that of the content
  said.not_found = 0;
  if (site_.is_conditional && known_version == fetched.version) {
    fetched.outcome = ports::FetchOutcome::not_modified;
    world_.say("{} is not modified", uri);
    return fetched;
  }
  fetched.bytes = content.text(named);
  fetched.media_type = "text/markdown";
  site_.said[named].contents.push_back(content.marks());
  if (is_alias)
    fetched.canonical_uri = named;
  else
    said.served_to[world_.scheduler.current_process()] = said.contents.size();
  world_.say("{} is served, {} of {}", uri, fetched.version, named);
  return fetched;
}

// Law 7, where what is due can be told from the outside.
void SiteLoader::check_is_due(const ports::Entry& entry) {
  if (world_.disturbed || world_.clock_jumped || world_.forcing) return;
  const Said& said = site_.said[entry.uri];
  if (world_.scheduler.now() < said.not_before)
    world_.fail(fmt::format("law 7: {} is asked for again before the time it named", entry.uri));
  const auto snapshot = world_.repository->read();
  if (!snapshot) return;
  const auto root = snapshot->root(model::root_id(entry.uri));
  if (!root || !*root || !(*root)->exists() || (*root)->failures > 0) return;
  const bool other_version = !entry.version.empty() && entry.version != (*root)->version;
  // Another run may be quicker, and have begun so shortly before that this one cannot know.
  const bool just_now = (*root)->checked >= world_.step_begun;
  if (just_now || (*root)->ask_again <= world_.now()) return;
  if (world_.adaptive && (*root)->checked + world_.adaptive->min_interval <= world_.now())
    return;  // granted: that no more is than was earned is for core_sync to say, over months
  if (other_version) return;
  world_.fail(fmt::format("law 7: {} is not due, and asked for", entry.uri));
}

}  // namespace freshet::simulation
