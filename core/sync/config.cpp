#include "core/sync/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/net/options.hpp"
#include "core/sync/address.hpp"
#include "core/sync/fixed.hpp"

namespace freshet::sync {
namespace {

using base::Result;
using base::Status;

// A key that is near to none is most often an option of the plugin, one level too high.
Status with_hint(Status finished) {
  constexpr std::string_view said = "is not a known key";
  if (finished || finished.error().message != said) return finished;
  base::Error error = std::move(finished).error();
  error.message += "; what the plugin takes goes into \"options\"";
  return base::fail(std::move(error));
}

}  // namespace

Result<Use> parse_use(const Json& json, const std::string& path,
                      const std::function<void(base::ObjectReader&)>& more) {
  Use use;
  if (json.is_string()) {
    use.name = json.get<std::string>();
  } else {
    base::ObjectReader in(json, path);
    in.text("name", use.name);
    in.require("name");
    if (const Json* options = in.value("options")) use.options = *options;
    if (more) more(in);
    FRESHET_TRY(with_hint(in.finish()));
  }
  if (use.name.empty()) return base::fail(base::Code::invalid_argument, "is empty", path);
  return use;
}

namespace {

void read_price(base::ObjectReader& in, std::optional<double>& out) {
  constexpr double most = 1e9;
  double price = -1;
  in.number("price_per_million_tokens", price, 0, most);
  if (price >= 0) out = price;
}

Status parse_stores(const Json& json, const std::string& path, RunConfig& config) {
  if (!json.is_array() || json.empty())
    return base::fail(base::Code::invalid_argument, "is not an array of stores", path);
  for (std::size_t i = 0; i < json.size(); ++i) {
    StoreConfig& store = config.stores.emplace_back();
    const std::string at = fmt::format("{}[{}]", path, i);
    store.no_embedder =
        json[i].is_object() && json[i].contains("embedder") && json[i]["embedder"].is_null();
    FRESHET_ASSIGN(store.store, parse_use(json[i], at, [&](base::ObjectReader& use) {
                     use.with("embedder", [&](const Json& value, const std::string& in) -> Status {
                       FRESHET_ASSIGN(store.embedder, parse_use(value, in));
                       return {};
                     });
                   }));
  }
  return {};
}

Status parse_on_change(const Json& json, const std::string& path, RunConfig& config) {
  const std::pair<const char*, OnChange> words[] = {{"refuse", OnChange::refuse},
                                                    {"reembed", OnChange::reembed},
                                                    {"generation", OnChange::generation}};
  for (const auto& [word, meaning] : words)
    if (json == word) return config.on_change = meaning, Status{};
  return base::fail(base::Code::invalid_argument, "is not refuse, reembed or generation", path);
}

Status parse_on_new_fingerprint(const Json& json, const std::string& path, RunConfig& config) {
  if (json == "reread") return config.on_new_fingerprint = OnNewFingerprint::reread, Status{};
  if (json == "refuse") return config.on_new_fingerprint = OnNewFingerprint::refuse, Status{};
  if (json == "generation")
    return config.on_new_fingerprint = OnNewFingerprint::generation, Status{};
  return base::fail(base::Code::invalid_argument, "is not reread, refuse or generation", path);
}

// "24h" or {"for":"24h","salt":"v2"}.
Status parse_cache(const Json& json, const std::string& path, SourceConfig& source) {
  const Json object = json.is_object() ? json : Json{{"for", json}};
  base::ObjectReader in(object, path);
  in.duration("for", source.cache);
  in.text("salt", source.cache_salt);
  in.require("for");
  Status status = in.finish();
  if (!status && !json.is_object() && status.error().subject == path + ".for")
    return base::fail(status.error().code, status.error().message, path);
  return status;
}

// The loader and its options, where an address was given; options beside it come on top.
Status settle_address(SourceConfig& source, const std::string& path, const std::string& at) {
  if (source.address.empty()) return {};
  if (!source.loader.empty())
    return base::fail(base::Code::invalid_argument,
                      "stands beside \"address\", which says by itself what reads it",
                      base::join_path(path, "loader"));
  auto found = recognise(source.address);
  if (!found) {
    base::Error error = std::move(found).error();
    error.message = base::in_quotes(source.address) + " " + error.message;
    error.subject = at;
    return base::fail(std::move(error));
  }
  source.loader = found->loader;
  source.way = found->what;
  if (!source.options.is_object()) return {};  // its place is checked with the plugin's options
  found->options.update(source.options);
  source.options = std::move(found->options);
  return {};
}

// What a source does not say of itself.
struct SourceDefaults {
  policy::PolicyPtr policy;
  ports::RequestOptions requests;
};

Result<SourceConfig> parse_source(const Json& json, const std::string& path,
                                  const SourceDefaults& defaults,
                                  const policy::NamedPolicies& named) {
  SourceConfig source;
  source.policy = defaults.policy;
  source.requests = defaults.requests;
  const Json object = json.is_string() ? Json{{"address", json}} : json;
  const bool has_address = object.is_object() && object.contains("address");
  base::ObjectReader in(object, path);
  in.text("name", source.name);
  in.text("address", source.address);
  in.text("loader", source.loader);
  if (!has_address) in.require("loader");
  in.flag("visit", source.visit);
  in.flag("watch", source.watch);
  in.flag("soft_404", source.soft_404);
  in.flag("volatile_places", source.volatile_places);
  in.with("notify", [&](const Json& value, const std::string& at) -> Status {
    FRESHET_ASSIGN(source.notify, parse_notify(value, at));
    return {};
  });
  if (const Json* options = in.value("options")) source.options = *options;
  in.with("policy", [&](const Json& value, const std::string& at) -> Status {
    FRESHET_ASSIGN(source.policy, policy::parse_policy(value, at, named));
    return {};
  });
  source.list_every = source.policy->list_every().value_or(base::Millis(0));
  in.duration("list_every", source.list_every);
  in.with("schedule", [&](const Json& value, const std::string& at) -> Status {
    FRESHET_ASSIGN(source.schedule, policy::Timetable::parse(value, at));
    return {};
  });
  in.with("hook", [&](const Json& value, const std::string& at) -> Status {
    FRESHET_ASSIGN(source.hook, parse_hook(value, at, source.loader, source.options));
    return {};
  });
  in.with("cache",
          [&](const Json& value, const std::string& at) { return parse_cache(value, at, source); });
  net::read_requests(in, source.requests);
  in.with("metadata", [&](const Json& value, const std::string& at) -> Status {
    FRESHET_ASSIGN(source.metadata, parse_fixed(value, at));
    return {};
  });
  FRESHET_TRY(with_hint(in.finish()));
  if (has_address && source.address.empty())
    return base::fail(base::Code::invalid_argument, "is empty", base::join_path(path, "address"));
  FRESHET_TRY(
      settle_address(source, path, json.is_string() ? path : base::join_path(path, "address")));
  return source;
}

Status check_name(const std::vector<SourceConfig>& before, const SourceConfig& source,
                  const std::string& path) {
  const auto same = [&](const SourceConfig& other) { return other.name == source.name; };
  if (source.name.empty() || std::none_of(before.begin(), before.end(), same)) return {};
  return base::fail(base::Code::invalid_argument,
                    "is the name of another source, too: give each a name of its own",
                    base::join_path(path, "name"));
}

Status parse_sources(const Json& json, const std::string& path, RunConfig& config,
                     const SourceDefaults& defaults, const policy::NamedPolicies& named) {
  if (json.is_string()) return parse_sources(Json::array({json}), path, config, defaults, named);
  if (!json.is_array())
    return base::fail(base::Code::invalid_argument, "is not an array of sources", path);
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string at = fmt::format("{}[{}]", path, i);
    FRESHET_ASSIGN(SourceConfig source, parse_source(json[i], at, defaults, named));
    FRESHET_TRY(check_name(config.sources, source, at));
    config.sources.push_back(std::move(source));
  }
  return {};
}

Status parse_only(const Json& json, const std::string& path, Only& only) {
  base::ObjectReader in(json, path);
  in.texts("sources", only.sources);
  in.texts("roots", only.roots);
  in.text("prefix", only.prefix);
  FRESHET_TRY(in.finish());
  if (!only.sources.empty() || !only.roots.empty() || !only.prefix.empty()) return {};
  return base::fail(base::Code::invalid_argument, "names no sources, no roots and no prefix", path);
}

Status parse_service(const Json& json, const std::string& path, ServiceConfig& service) {
  base::ObjectReader in(json, path);
  in.integer("workers", service.workers, 1, 64);
  in.duration("jitter", service.jitter);
  in.duration("rest", service.rest);
  FRESHET_TRY(read_listen(in, path, service.listen));
  in.with("notify", [&](const Json& value, const std::string& at) -> Status {
    FRESHET_ASSIGN(service.notify, parse_notify(value, at));
    return {};
  });
  return in.finish();
}

// Several shards may deliver to one namespace: what would take the rows of all is refused.
Status check_shard(const RunConfig& config) {
  if (config.shard.is_all()) return {};
  const char* const wrong = config.owned                           ? "owned"
                            : config.rebuild                       ? "rebuild"
                            : config.on_change != OnChange::refuse ? "on_change"
                            : config.on_new_fingerprint == OnNewFingerprint::generation
                                ? "on_new_fingerprint"
                                : nullptr;
  if (wrong == nullptr) return {};
  return base::fail(base::Code::invalid_argument,
                    fmt::format("cannot be with the shard {}: it would take the rows of the other "
                                "shards out of the namespace, too",
                                config.shard.text()),
                    wrong);
}

// What is written is all that the sources list, and of a run that does nothing else.
Status check_listing(const RunConfig& config) {
  if (config.listing_out.empty()) return {};
  const Only& only = config.only;
  const bool some = !only.sources.empty() || !only.roots.empty() || !only.prefix.empty();
  const char* const wrong = !config.dry_run          ? "is missing: with \"listing_out\" it is true"
                            : some                   ? "cannot be with \"listing_out\""
                            : !config.shard.is_all() ? "cannot be with \"listing_out\""
                            : !config.listing.empty() ? "cannot be with \"listing_out\""
                                                      : nullptr;
  if (wrong == nullptr) return {};
  return base::fail(base::Code::invalid_argument, wrong,
                    !config.dry_run          ? "dry_run"
                    : some                   ? "only"
                    : !config.shard.is_all() ? "shard"
                                             : "listing");
}

Status parse_readers(const Json& json, const std::string& path, RunConfig& config) {
  if (!json.is_array())
    return base::fail(base::Code::invalid_argument, "is not an array of readers", path);
  config.readers.emplace();
  for (std::size_t i = 0; i < json.size(); ++i) {
    FRESHET_ASSIGN(Use use, parse_use(json[i], fmt::format("{}[{}]", path, i)));
    config.readers->push_back(std::move(use));
  }
  return {};
}

Status parse_transform(const Json& json, const std::string& path, ChunkingConfig& config) {
  config.transform_is_list = json.is_array();
  if (!config.transform_is_list) {
    FRESHET_ASSIGN(Use use, parse_use(json, path));
    config.transformers.push_back(std::move(use));
    return {};
  }
  for (std::size_t i = 0; i < json.size(); ++i) {
    FRESHET_ASSIGN(Use use, parse_use(json[i], fmt::format("{}[{}]", path, i)));
    config.transformers.push_back(std::move(use));
  }
  return {};
}

}  // namespace

Result<ChunkingConfig> parse_chunking(const Json& json, const std::string& path) {
  ChunkingConfig config;
  base::ObjectReader in(json, path);
  chunk::read_options(in, config.options);
  in.with("tokenizer", [&](const Json& value, const std::string& at) -> Status {
    FRESHET_ASSIGN(config.tokenizer, parse_use(value, at));
    return {};
  });
  in.with("transform", [&](const Json& value, const std::string& at) {
    return parse_transform(value, at, config);
  });
  in.with("embed_titles", [&](const Json& value, const std::string& at) -> Status {
    if (!value.is_boolean())
      return base::fail(base::Code::invalid_argument, "is not a boolean", at);
    config.embed_titles = value.get<bool>();
    return {};
  });
  FRESHET_TRY(in.finish());
  FRESHET_TRY(chunk::check(config.options, path));
  if (config.options.unit == chunk::Unit::tokens && !config.tokenizer)
    return base::fail(base::Code::invalid_argument,
                      R"(is missing: with the unit "tokens" it says what a token is)",
                      base::join_path(path, "tokenizer"));
  return config;
}

namespace {

// A purse that two sources share is filled by one budget.
Status check_budgets(const RunConfig& config) {
  std::map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < config.sources.size(); ++i) {
    const policy::AdaptiveTerms* const terms = config.sources[i].policy->adaptive();
    if (terms == nullptr || terms->budget_of.empty()) continue;
    const std::size_t other = first.try_emplace(terms->budget_of, i).first->second;
    const policy::AdaptiveTerms& before = *config.sources[other].policy->adaptive();
    if (before.a_day == terms->a_day && before.ttl == terms->ttl) continue;
    return base::fail(base::Code::invalid_argument,
                      fmt::format("has another budget of {} than sources[{}]: they share it",
                                  base::in_quotes(terms->budget_of), other),
                      fmt::format("sources[{}].policy", i));
  }
  return {};
}

}  // namespace

Result<RunConfig> parse_run(const Json& json, policy::PolicyPtr given,
                            const policy::NamedPolicies& named) {
  RunConfig config;
  base::ObjectReader in(json, "");
  SourceDefaults defaults{given ? std::move(given) : policy::always(), {}};
  in.with("policy", [&](const Json& value, const std::string& path) -> Status {
    FRESHET_ASSIGN(defaults.policy, policy::parse_policy(value, path, named));
    return {};
  });
  net::read_requests(in, defaults.requests);
  in.with("labels", [&](const Json& value, const std::string& path) -> Status {
    FRESHET_ASSIGN(config.labels, parse_labels(value, path));
    return {};
  });
  in.with("store", [&](const Json& value, const std::string& path) -> Status {
    FRESHET_ASSIGN(config.store, parse_use(value, path));
    return {};
  });
  in.with("stores", [&](const Json& value, const std::string& path) {
    return parse_stores(value, path, config);
  });
  in.with("on_change", [&](const Json& value, const std::string& path) {
    return parse_on_change(value, path, config);
  });
  in.with("on_new_fingerprint", [&](const Json& value, const std::string& path) {
    return parse_on_new_fingerprint(value, path, config);
  });
  in.flag("keep_retired", config.keep_retired);
  config.no_embedder = json.is_object() && json.contains("embedder") && json["embedder"].is_null();
  in.with("embedder", [&](const Json& value, const std::string& path) -> Status {
    FRESHET_ASSIGN(config.embedder, parse_use(value, path, [&](base::ObjectReader& use) {
                     read_price(use, config.price_per_million_tokens);
                   }));
    return {};
  });
  in.with("reader", [&](const Json& value, const std::string& path) -> Status {
    FRESHET_ASSIGN(config.reader, read::parse_reader_options(value, path));
    return {};
  });
  in.with("readers", [&](const Json& value, const std::string& path) {
    return parse_readers(value, path, config);
  });
  in.with("chunker", [&](const Json& value, const std::string& path) -> Status {
    FRESHET_ASSIGN(config.chunking, parse_chunking(value, path));
    return {};
  });
  in.flag("force", config.force);
  in.flag("dry_run", config.dry_run);
  in.integer("plan_days", config.plan_days, 0, 366);
  in.flag("accept_shrink", config.accept_shrink);
  in.flag("rebuild", config.rebuild);
  in.integer("jobs", config.jobs, 1, 256);
  in.number("max_shrink", config.max_shrink, 0, 1);
  double share = -1;
  in.number("verify_sample", share, 0, 1);
  if (share >= 0) config.verify_sample = share;
  in.flag("owned", config.owned);
  in.integer("gone_after", config.gone_after, 1, 1000);
  in.integer("keep_runs", config.keep_runs, 1, 100'000);
  in.duration("keep_runs_for", config.keep_runs_for);
  in.with("only", [&](const Json& value, const std::string& path) {
    return parse_only(value, path, config.only);
  });
  in.with("sources", [&](const Json& value, const std::string& path) {
    return parse_sources(value, path, config, defaults, named);
  });
  in.with("service", [&](const Json& value, const std::string& path) {
    return parse_service(value, path, config.service);
  });
  in.with("shard", [&](const Json& value, const std::string& path) -> Status {
    FRESHET_ASSIGN(config.shard, parse_shard(value, path));
    return {};
  });
  in.text("listing", config.listing);
  in.text("listing_out", config.listing_out);
  FRESHET_TRY(in.finish());
  FRESHET_TRY(check_shard(config));
  FRESHET_TRY(check_budgets(config));
  if (config.plan_days > 0 && !config.dry_run)
    return base::fail(base::Code::invalid_argument, "is for a dry run: set \"dry_run\", too",
                      "plan_days");
  FRESHET_TRY(check_listing(config));
  if (config.store && !config.stores.empty())
    return base::fail(base::Code::invalid_argument,
                      "is given beside \"stores\": name all of them there", "store");
  return config;
}

}  // namespace freshet::sync
