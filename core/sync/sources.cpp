#include "core/sync/sources.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/host/redactor.hpp"
#include "core/sync/address.hpp"
#include "core/sync/listing_file.hpp"
#include "core/sync/use.hpp"

namespace freshet::sync {
namespace {

using base::Result;
using base::Status;

// What people know a source by: the values of its identity, such as a sitemap's URL.
std::string display_name(const SourceConfig& config, const Json& options,
                         const std::string& identity) {
  if (!config.name.empty()) return config.name;
  for (const char* key : {"url", "path"})
    if (const auto value = options.find(key); value != options.end() && value->is_string())
      return *value;
  const auto urls = options.find("urls");
  if (urls != options.end() && urls->is_array() && urls->size() == 1 && urls->front().is_string())
    return urls->front();
  return identity == config.loader + "{}" ? config.loader : identity;
}

// What the configuration says of one source, with the defaults of its loader.
struct Described {
  Json options;
  std::string name;
  base::Digest id;
};

// An address may need a plugin that is not here; its loader's name would tell its author nothing.
Status check_plugin(const Offer& offer, const SourceConfig& config, const std::string& path) {
  if (config.address.empty()) return {};
  const auto provided = offer.catalog.list();
  const bool here = std::any_of(provided.begin(), provided.end(), [&](const auto& one) {
    return one.kind == ports::Kind::loader && one.name == config.loader;
  });
  if (here) return {};
  return base::fail(
      base::Code::invalid_argument,
      fmt::format("\"{}\" is {}, which the loader \"{}\" reads; its plugin {} is not here",
                  host::redactor().clean(config.address), config.way, config.loader,
                  plugin_of_loader(config.loader)),
      path);
}

Result<Described> describe(const Offer& offer, const SourceConfig& config, std::size_t index) {
  const std::string path = fmt::format("sources[{}]", index);
  Described described;
  FRESHET_TRY(check_plugin(offer, config, path));
  FRESHET_ASSIGN(described.options, complete_use(offer, ports::Kind::loader, config.loader,
                                                 config.options, path, path + ".loader"));
  FRESHET_ASSIGN(const std::string identity,
                 offer.catalog.identity(ports::Kind::loader, config.loader, described.options));
  described.name = display_name(config, described.options, identity);
  described.id = base::DigestBuilder()
                     .add(config.loader)
                     .add(config.name.empty() ? identity : config.name)
                     .finish();
  return described;
}

// Those before the source `index` whose metadata counts before its own.
std::vector<FixedSource> fixed_before(const RunConfig& config, const std::vector<Described>& all,
                                      std::size_t index) {
  std::vector<FixedSource> before;
  bool other = false;
  for (std::size_t i = 0; i < index; ++i) {
    if (config.sources[i].visit) continue;
    before.push_back({all[i].id, &config.sources[i].metadata});
    other = other || config.sources[i].metadata != config.sources[index].metadata;
  }
  return other ? before : std::vector<FixedSource>();
}

const policy::AdaptiveTerms* terms_of(const SourceConfig& source) {
  return source.policy->adaptive();
}

// Those that spend the budget of the source `index`, itself among them.
std::vector<base::Digest> spenders_of(const RunConfig& config, const std::vector<Described>& all,
                                      std::size_t index) {
  const policy::AdaptiveTerms* const own = terms_of(config.sources[index]);
  if (own == nullptr || own->budget_of.empty()) return {all[index].id};
  std::vector<base::Digest> spenders;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (const auto* terms = terms_of(config.sources[i]);
        terms != nullptr && terms->budget_of == own->budget_of)
      spenders.push_back(all[i].id);
  return spenders;
}

bool is_asked_for(const RunConfig& config, const Described& source) {
  const auto& names = config.only.sources;
  return names.empty() || std::find(names.begin(), names.end(), source.name) != names.end();
}

Status check_twins(const std::vector<Described>& before, const Described& source,
                   std::size_t index) {
  for (const Described& other : before)
    if (other.id == source.id)
      return base::fail(
          base::Code::invalid_argument,
          fmt::format("is the same source as another one, \"{}\": give each a name of its own",
                      host::redactor().clean(source.name)),
          fmt::format("sources[{}]", index));
  return {};
}

Status check_names(const RunConfig& config, const std::vector<Described>& sources) {
  std::vector<std::string> known;
  for (const Described& source : sources) known.push_back(host::redactor().clean(source.name));
  for (std::size_t i = 0; i < config.only.sources.size(); ++i) {
    const std::string& name = config.only.sources[i];
    const bool found = std::any_of(sources.begin(), sources.end(),
                                   [&](const Described& source) { return source.name == name; });
    if (found) continue;
    const std::string near = base::nearest(name, known);
    return base::fail(
        base::Code::invalid_argument,
        fmt::format("\"{}\" is the name of no source; {}", host::redactor().clean(name),
                    near.empty() ? fmt::format("there are: {}", fmt::join(known, ", "))
                                 : fmt::format("did you mean \"{}\"?", near)),
        fmt::format("only.sources[{}]", i));
  }
  return {};
}

// Which plugin lists the source, so that another one, or another version of it, begins from nothing.
std::string plugin_of(const Context& context, const std::string& loader) {
  for (const ports::Provided& provided : context.catalog.list())
    if (provided.kind == ports::Kind::loader && provided.name == loader)
      return provided.plugin + " " + provided.version;
  return {};
}

// Of what shapes a listing alone.
base::Digest asked_of(const Context& context, const SourceConfig& config,
                      const Described& described) {
  return base::DigestBuilder()
      .add(config.loader)
      .add(plugin_of(context, config.loader))
      .add(base::dump_json(described.options))
      .finish();
}

base::Digest config_digest(const Context& context, const SourceConfig& config,
                           const Described& described, const base::Digest& recipe) {
  const std::string policy = base::dump_json(config.policy->to_json());
  base::DigestBuilder inputs;
  inputs.add(base::dump_json(described.options)).add(policy).add(recipe);
  inputs.add(plugin_of(context, config.loader));
  if (!config.cache_salt.empty()) inputs.add(config.cache_salt);
  if (!config.metadata.empty()) inputs.add(base::dump_json(config.metadata));
  return inputs.finish();
}

// With what the repository knows of it, and without its loader.
Result<std::unique_ptr<OpenSource>> look_at_source(const Context& context,
                                                   const SourceConfig& config,
                                                   const Described& described,
                                                   const base::Digest& recipe) {
  auto source = std::make_unique<OpenSource>();
  source->config = &config;
  source->report.name = host::redactor().clean(described.name);
  source->report.loader = config.loader;
  source->report.way = host::redactor().clean(config.way);
  const base::Digest digest = config_digest(context, config, described, recipe);
  FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
  FRESHET_ASSIGN(const std::optional<repository::Source> stored, snapshot.source(described.id));
  if (stored) source->record = *stored;
  source->same_config = stored && stored->config == digest;
  source->members_before = source->record.members;
  source->record.id = described.id;
  source->record.name = source->report.name;
  source->record.loader = config.loader;
  source->record.policy = base::dump_json(config.policy->to_json());
  source->record.config = digest;
  return source;
}

Result<std::vector<Described>> describe_all(const Context& context, const RunConfig& config) {
  std::vector<Described> all;
  for (std::size_t i = 0; i < config.sources.size(); ++i) {
    FRESHET_ASSIGN(Described described, describe(offer_of(context), config.sources[i], i));
    FRESHET_TRY(check_twins(all, described, i));
    all.push_back(std::move(described));
  }
  FRESHET_TRY(check_names(config, all));
  return all;
}

// In another namespace it is another one, with a rate of its own.
ports::RequesterPtr requester_of(const Context& context, const SourceConfig& config,
                                 const base::Digest& id) {
  auto requester = std::make_shared<ports::Requester>();
  requester->name = context.repository.name_space() + " " + id.hex();
  requester->options = config.requests;
  return requester;
}

Result<std::unique_ptr<OpenSource>> open_source(const Context& context, const RunConfig& run,
                                                std::size_t index, const Described& described,
                                                const base::Digest& recipe,
                                                const ListingFile* listing,
                                                const base::Cancel& cancel) {
  const SourceConfig& config = run.sources[index];
  const ports::RequesterPtr requester = requester_of(context, config, described.id);
  auto loader = context.catalog.open_loader(config.loader, described.options, cancel, requester);
  if (!loader)
    return base::fail(in_place(context.catalog, ports::Kind::loader, config.loader,
                               fmt::format("sources[{}]", index), std::move(loader).error()));
  FRESHET_ASSIGN(auto source, look_at_source(context, config, described, recipe));
  source->loader = *std::move(loader);
  source->asked = asked_of(context, config, described);
  if (listing != nullptr) {
    FRESHET_ASSIGN(source->loader,
                   listing->take(std::move(source->loader),
                                 {source->report.name, described.id, source->asked}));
    source->taken = listing->written();
  }
  if (!run.shard.is_all()) {
    source->whole = std::make_shared<std::atomic<std::uint64_t>>(0);
    source->loader = take_shard(std::move(source->loader), run.shard, source->whole);
  }
  source->requester = requester;
  return source;
}

}  // namespace

Result<std::vector<NamedSource>> name_sources(const Context& context, const RunConfig& config,
                                              const base::Cancel& cancel) {
  FRESHET_ASSIGN(const std::unique_ptr<Readers> readers, Readers::open(context, config, cancel));
  FRESHET_ASSIGN(const Chunking chunking,
                 Chunking::open(offer_of(context), context.catalog, config.chunking, cancel));
  const base::Digest recipe = recipe_of(readers->fingerprint(), chunking);
  FRESHET_ASSIGN(const std::vector<Described> all, describe_all(context, config));
  std::vector<NamedSource> out;
  for (std::size_t i = 0; i < all.size(); ++i)
    out.push_back(
        {all[i].name, all[i].id, config_digest(context, config.sources[i], all[i], recipe)});
  return out;
}

Result<std::vector<DescribedSource>> describe_sources(const Offer& offer, const RunConfig& config) {
  std::vector<DescribedSource> sources;
  for (std::size_t i = 0; i < config.sources.size(); ++i) {
    FRESHET_ASSIGN(Described described, describe(offer, config.sources[i], i));
    sources.push_back({&config.sources[i], std::move(described.name), described.id});
  }
  return sources;
}

Result<std::vector<std::unique_ptr<OpenSource>>> look_at_sources(const Context& context,
                                                                 const RunConfig& config,
                                                                 const base::Digest& recipe) {
  std::vector<std::unique_ptr<OpenSource>> sources;
  std::vector<Described> all;
  for (std::size_t i = 0; i < config.sources.size(); ++i) {
    FRESHET_ASSIGN(Described described, describe(offer_of(context), config.sources[i], i));
    all.push_back(std::move(described));
  }
  for (std::size_t i = 0; i < config.sources.size(); ++i) {
    FRESHET_ASSIGN(auto source, look_at_source(context, config.sources[i], all[i], recipe));
    source->before = fixed_before(config, all, i);
    source->spenders = spenders_of(config, all, i);
    sources.push_back(std::move(source));
  }
  return sources;
}

bool is_cached(const RunConfig& config, const OpenSource& source, base::Instant now) {
  if (config.force || source.in_part || !source.same_config) return false;
  const base::Millis age = now - source.record.listed;
  return source.record.listed != base::unset && age >= base::Millis(0) &&
         age < source.config->cache;
}

Status settle_clock(const Context& context, bool dry_run,
                    std::vector<std::unique_ptr<OpenSource>>& sources) {
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
    FRESHET_ASSIGN(const bool was_ahead, snapshot.clock_was_ahead());
    if (!was_ahead) return {};
  }
  for (auto& source : sources) source->record.listed = base::unset;
  if (dry_run) return {};
  return context.repository.write(
      [](repository::Writer& writer) { return writer.distrust_listings(); });
}

Result<std::vector<std::unique_ptr<OpenSource>>> open_sources(const Context& context,
                                                              const RunConfig& config,
                                                              const base::Digest& recipe,
                                                              const base::Cancel& cancel) {
  std::vector<std::unique_ptr<OpenSource>> sources;
  FRESHET_ASSIGN(std::vector<Described> all, describe_all(context, config));
  std::shared_ptr<const ListingFile> listing;
  if (!config.listing.empty()) {
    FRESHET_ASSIGN(listing, ListingFile::open(config.listing));
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!is_asked_for(config, all[i])) continue;
    FRESHET_ASSIGN(auto source,
                   open_source(context, config, i, all[i], recipe, listing.get(), cancel));
    source->before = fixed_before(config, all, i);
    source->spenders = spenders_of(config, all, i);
    sources.push_back(std::move(source));
  }
  return sources;
}

std::vector<base::Error> check_sources(const Offer& offer, const RunConfig& config) {
  std::vector<base::Error> problems;
  std::vector<Described> all;
  for (std::size_t i = 0; i < config.sources.size(); ++i) {
    auto described = describe(offer, config.sources[i], i);
    Status status = described ? check_twins(all, *described, i) : base::fail(described.error());
    if (!status) problems.push_back(std::move(status).error());
    if (described) all.push_back(*std::move(described));
  }
  if (all.size() < config.sources.size()) return problems;  // the names may be of those
  if (Status named = check_names(config, all); !named) problems.push_back(std::move(named).error());
  return problems;
}

}  // namespace freshet::sync
