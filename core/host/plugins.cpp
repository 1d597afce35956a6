#include "core/host/plugins.hpp"

#include <fmt/format.h>

#include <algorithm>
#include "core/base/json_memory.hpp"

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/host/adapters.hpp"
#include "core/host/discovery.hpp"
#include "core/host/library.hpp"
#include "core/host/redactor.hpp"
#include "core/host/registry.hpp"
#include "core/host/schema.hpp"
#include "core/host/watched.hpp"

namespace freshet::host {

using base::Code;
using base::fail;

// An offer, and the manifest that makes it. Both live in the discovery, which never changes, or in
// `registered`.
struct Choice {
  const Manifest* manifest;
  const Offer* offer;
  RegisteredPtr registered;  // null: it comes from a library
};

// What the program itself offers goes before all files.
std::vector<Choice> registered_choices() {
  std::vector<Choice> choices;
  for (const RegisteredPtr& plugin : registered_plugins())
    for (const Offer& offer : plugin->manifest.provides)
      choices.push_back({&plugin->manifest, &offer, plugin});
  return choices;
}

const Choice* find_choice(const std::vector<Choice>& choices, Kind kind, const std::string& name) {
  for (const Choice& choice : choices)
    if (choice.offer->kind == kind && choice.offer->name == name) return &choice;
  return nullptr;
}

struct Plugins::State {
  State(const std::vector<std::string>& directories, Services given)
      : services(std::move(given)),
        discovery(discover(search_places(directories, surroundings()))) {
    for (const Manifest& manifest : discovery.manifests)
      for (const Offer& offer : manifest.provides)
        if (find_choice(in_files, offer.kind, offer.name) == nullptr)
          in_files.push_back({&manifest, &offer, nullptr});
  }

  // One of each kind and name.
  std::vector<Choice> choices() const {
    std::vector<Choice> all = registered_choices();
    for (const Choice& choice : in_files)
      if (find_choice(all, choice.offer->kind, choice.offer->name) == nullptr)
        all.push_back(choice);
    return all;
  }

  base::Result<Choice> choose(Kind kind, const std::string& name) const {
    const std::vector<Choice> all = choices();
    if (const Choice* choice = find_choice(all, kind, name)) return *choice;
    return fail(Code::plugin, not_found(kind, name), name);
  }

  std::string not_found(Kind kind, const std::string& name) const;
  base::Result<Opening> opening(Kind kind, const std::string& name, const Json& options,
                                const ports::RequesterPtr& requester = {}) const;

  const Services services;
  const Discovery discovery;
  std::vector<Choice> in_files;  // the first offer of each name
  const WorkersPtr workers = std::make_shared<Workers>();
};

// Every place and what was there, and the files that were refused: what there is to know about why.
std::string Plugins::State::not_found(Kind kind, const std::string& name) const {
  std::vector<std::string> names;
  for (const Choice& choice : choices())
    if (choice.offer->kind == kind) names.push_back(choice.offer->name);
  std::string message = fmt::format("no plugin provides this {}", kind_name(kind));
  if (const std::string near = base::nearest(name, names); !near.empty())
    message += fmt::format("; did you mean \"{}\"?", near);
  message += "; looked in";
  const char* separator = " ";
  if (const std::size_t registered = registered_plugins().size(); registered > 0) {
    message += fmt::format(" this program: {} plugin{}", registered, registered == 1 ? "" : "s");
    separator = ", ";
  }
  for (const Looked& each : discovery.looked) {
    message += fmt::format("{}{} ({}): {}", separator, base::printable(each.place.directory),
                           each.place.origin, each.found);
    separator = ", ";
  }
  for (const std::string& problem : discovery.problems) message += "; " + problem;
  return message;
}

base::Result<Opening> Plugins::State::opening(Kind kind, const std::string& name,
                                              const Json& options,
                                              const ports::RequesterPtr& requester) const {
  FRESHET_ASSIGN(const Choice choice, choose(kind, name));
  Opening opening;
  opening.provider = choice.registered;
  if (opening.provider == nullptr) {
    FRESHET_ASSIGN(opening.provider, Library::load(*choice.manifest));
  }
  opening.caller = std::make_shared<const Caller>(
      Caller{services, choice.manifest->name, origins_in(options, *services.http), requester});
  opening.name = name;
  opening.version = choice.manifest->version;
  opening.options = base::dump_json(options);
  return opening;
}

Plugins::Plugins(std::vector<std::string> directories, Services services)
    : state_(std::make_unique<State>(directories, std::move(services))) {}

Plugins::~Plugins() = default;

std::vector<Provided> Plugins::list() const {
  std::vector<Provided> all;
  for (const auto& [manifest, offer, registered] : state_->choices())
    all.push_back({offer->kind, offer->name, manifest->name, manifest->version, manifest->file,
                   manifest->library, offer->description, offer->options_text, offer->media_types,
                   offer->extensions, offer->by_default});
  return all;
}

std::vector<std::string> Plugins::problems() const { return state_->discovery.problems; }

std::vector<std::string> Plugins::search_path() const {
  std::vector<std::string> directories;
  for (const Looked& each : state_->discovery.looked) directories.push_back(each.place.directory);
  return directories;
}

base::Result<Json> Plugins::complete_options(
    Kind kind, const std::string& name, const Json& options, const std::string& path,
    const std::map<std::string, std::string>& variables) const {
  redactor().remember_options(options);  // before anything can be said of them
  FRESHET_ASSIGN(const Choice choice, state_->choose(kind, name));
  return complete(choice.offer->options, options, path, variables);
}

base::Result<std::string> Plugins::identity(Kind kind, const std::string& name,
                                            const Json& options) const {
  FRESHET_ASSIGN(const Choice choice, state_->choose(kind, name));
  if (!options.is_object()) return fail(Code::invalid_argument, "is not an object", "options");
  if (choice.offer->identity.empty()) return name + base::dump_json(options);
  Json named = Json::object();
  for (const std::string& key : choice.offer->identity) named[key] = options.value(key, Json());
  return name + base::dump_json(named);
}

base::Result<std::string> Plugins::reader_fingerprint(const std::string& name,
                                                      const Json& options) const {
  FRESHET_ASSIGN(const Choice choice, state_->choose(Kind::reader, name));
  return fingerprint_of(choice.manifest->name, choice.manifest->version, name,
                        base::dump_json(options));
}

base::Result<std::unique_ptr<ports::Loader>> Plugins::open_loader(
    const std::string& name, const Json& options, const base::Cancel& cancel,
    const ports::RequesterPtr& requester) {
  FRESHET_ASSIGN(const Opening opening, state_->opening(Kind::loader, name, options, requester));
  return open_watched_loader(opening, state_->workers, cancel);
}

base::Result<std::unique_ptr<ports::Reader>> Plugins::open_reader(const std::string& name,
                                                                  const Json& options,
                                                                  const base::Cancel& cancel) {
  FRESHET_ASSIGN(const Opening opening, state_->opening(Kind::reader, name, options));
  return open_watched_reader(opening, state_->workers, cancel);
}

base::Result<std::unique_ptr<ports::Embedder>> Plugins::open_embedder(const std::string& name,
                                                                      const Json& options,
                                                                      const base::Cancel& cancel) {
  FRESHET_ASSIGN(const Opening opening, state_->opening(Kind::embedder, name, options));
  return open_watched_embedder(opening, state_->workers, cancel);
}

base::Result<std::unique_ptr<ports::Store>> Plugins::open_store(const std::string& name,
                                                                const Json& options,
                                                                const base::Cancel& cancel) {
  FRESHET_ASSIGN(const Opening opening, state_->opening(Kind::store, name, options));
  return open_watched_store(opening, state_->workers, cancel);
}

base::Result<std::unique_ptr<ports::Transformer>> Plugins::open_transformer(
    const std::string& name, const Json& options, const base::Cancel& cancel) {
  FRESHET_ASSIGN(const Opening opening, state_->opening(Kind::transformer, name, options));
  return open_watched_transformer(opening, state_->workers, cancel);
}

base::Result<std::unique_ptr<ports::Tokenizer>> Plugins::open_tokenizer(
    const std::string& name, const Json& options, const base::Cancel& cancel) {
  FRESHET_ASSIGN(const Opening opening, state_->opening(Kind::tokenizer, name, options));
  return open_watched_tokenizer(opening, state_->workers, cancel);
}

base::Result<std::string> Plugins::recover_store(const std::string& name, const Json& options) {
  FRESHET_ASSIGN(const Opening opening, state_->opening(Kind::store, name, options));
  return recover_watched_store(opening, state_->workers);
}

}  // namespace freshet::host
