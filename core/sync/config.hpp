// core/sync/config.hpp - what a run is to do, read from its JSON form.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/json.hpp"
#include "core/base/json_memory.hpp"
#include "core/chunk/chunker.hpp"
#include "core/policy/policy.hpp"
#include "core/policy/timetable.hpp"
#include "core/ports/requester.hpp"
#include "core/read/reader.hpp"
#include "core/sync/label.hpp"
#include "core/sync/listen.hpp"
#include "core/sync/notify_config.hpp"
#include "core/sync/shard.hpp"

namespace freshet::sync {

using Json = nlohmann::json;

// A plugin by name, with its options.
struct Use {
  std::string name;
  Json options = Json::object();
};

struct SourceConfig {
  std::string name;  // shown in reports; by default the loader and its identity
  std::string loader;
  Json options = Json::object();
  std::string address;  // what was given in place of a loader; or empty
  std::string way;      // what it was taken for, as far as it tells by itself: "a folder"
  policy::PolicyPtr policy;
  base::Millis list_every{0};        // how long its listing stands; by default as its policy says
  base::Millis cache{0};             // gathered within that time, it is left alone; 0: never
  std::string cache_salt;            // another one: what was gathered before does not count
  ports::RequestOptions requests;    // how they are sent; what it says nothing of is as for all
  Json metadata = Json::object();    // of all its roots, over what they say of themselves
  std::vector<NotifyConfig> notify;  // whom the service tells of it, besides
  bool watch = false;                // the service notices what changes in its folders
  bool visit = false;  // what another source has is refreshed, and stays that one's alone
  std::optional<policy::Timetable>
      schedule;                    // when the service lists it; a run by hand does as it may
  std::optional<HookConfig> hook;  // which pushes are about it, for a service that listens
  bool volatile_places =
      true;              // what changes at each load and nothing else is learnt, and no change
  bool soft_404 = true;  // a page that reads as what the site has for no page is none
  // Whether this run lists it, where the service decides that. No JSON has this.
  std::optional<bool> lists;
};

// What a run is restricted to; empty: nothing restricts it.
struct Only {
  std::vector<std::string> sources;  // by their names
  std::vector<std::string> roots;    // by their URIs
  std::string prefix;                // of URIs
};

// What "chunker" says.
struct ChunkingConfig {
  chunk::ChunkerOptions options;
  std::optional<Use> tokenizer;   // there, where options.unit is tokens
  std::vector<Use> transformers;  // plugins, "add_titles" or "none", in their order
  bool transform_is_list = false;
  std::optional<bool> embed_titles;  // absent: as before; of what is new, true
};

// How a service runs the sources; a run by hand has no use for it.
struct ServiceConfig {
  std::int64_t workers = 4;          // runs at once
  base::Millis jitter{0};            // listings begin by up to this much later
  base::Millis rest{50};             // between two runs of a source
  std::vector<NotifyConfig> notify;  // whom it tells of every source
  ListenConfig listen;
};

// One of several stores that a namespace is delivered to.
struct StoreConfig {
  Use store;
  std::optional<Use> embedder;  // absent: the run's
  bool no_embedder = false;     // "embedder": null was given
};

// What is done where a store or an embedder is asked for that is not the one of before.
enum class OnChange {
  refuse,
  reembed,    // as a rebuild
  generation  // it fills beside the one of before, and takes its place when it is full
};

// What is done where documents were made by another reader or chunker than the configuration's.
enum class OnNewFingerprint {
  reread,  // each is due, in place: what comes out the same is neither embedded nor sent again
  refuse,
  generation  // each is due; their rows fill beside the old ones, and take their place when all were read
};

struct RunConfig {
  std::vector<StoreConfig> stores;  // several; empty: one, as `store` says
  OnChange on_change = OnChange::refuse;
  OnNewFingerprint on_new_fingerprint = OnNewFingerprint::reread;
  bool keep_retired = false;    // leave the rows of a target that is not delivered to any more
  std::optional<Use> store;     // absent: the one used before, or "sqlite"
  std::optional<Use> embedder;  // absent: the one used before, or none
  std::optional<double> price_per_million_tokens;  // of the embedder, for a plan
  bool no_embedder = false;  // "embedder": null was given: none, whatever was used before
  std::vector<SourceConfig> sources;
  Only only;
  read::ReaderOptions reader;
  // Plugins, for the media types that their manifests name. Absent: those whose manifests
  // say "default".
  std::optional<std::vector<Use>> readers;
  ChunkingConfig chunking;
  bool force = false;          // due or not, changed or not
  bool dry_run = false;        // list and decide, change nothing
  std::int64_t plan_days = 0;  // of these a dry run tells the requests
  bool accept_shrink = false;  // the operator's word: apply what would be held
  bool rebuild = false;        // another store or embedder: send everything again
  // What was not checked since then is due, whatever its policy says: somebody waits to have it
  // confirmed. Such a run is not kept among the runs. Not in the JSON form.
  std::optional<base::Instant> confirm_since;
  std::int64_t jobs = 16;   // fetches at once
  double max_shrink = 0.2;  // share of a source's roots that may go in one run
  // Share of the rows that the store is asked for after a run; absent: one in a hundred, and few where
  // the run changed nothing.
  std::optional<double> verify_sample;
  bool owned = false;             // the namespace is this repository's alone
  std::int64_t gone_after = 3;    // "not found" so many runs in a row means gone
  std::int64_t keep_runs = 1000;  // accounts of runs, the newest
  base::Millis keep_runs_for{90LL * 24 * 3'600'000};  // none that is older
  ServiceConfig service;
  Labels labels;
  Shard shard;              // of all roots, those that are this repository's
  std::string listing;      // a file to take listings from; empty: the sources are asked
  std::string listing_out;  // a file that a dry run writes them to; empty: none
};

// Reads "sqlite" or {"name":"sqlite","options":{…}}; `more` reads what else may stand beside these.
base::Result<Use> parse_use(const Json& json, const std::string& path,
                            const std::function<void(base::ObjectReader&)>& more = {});

// Reads the options of the chunker, and "tokenizer" and "transform", each a name or {"name",
// "options"}; "transform" also an array of these.
base::Result<ChunkingConfig> parse_chunking(const Json& json, const std::string& path);

// Reads {"sources":["ADDRESS",{"loader" or "address","options","policy","list_every","schedule",
// "cache","retry","rate","breaker","metadata","watch","notify","name","visit","hook"}…],
// "only":{"sources","roots","prefix"}, "policy", "retry", "rate", "breaker", "store" or "stores":[{"name","options","embedder"}…],
// "embedder", "on_change", "on_new_fingerprint", "keep_retired", "reader", "readers", "chunker", "force", "dry_run", "plan_days",
// "accept_shrink", "rebuild", "jobs", "max_shrink", "verify_sample", "owned", "gone_after",
// "keep_runs", "keep_runs_for", "labels":{"run","item"}, "shard":{"index","count"},
// "listing", "listing_out",
// "service":{"workers","jitter","rest","notify", and what read_listen() says}}. Plugins' own options
// are checked when the run begins. `policy`, if given, is the one of every source that names none;
// {"custom":"name"} is one of `named`.
base::Result<RunConfig> parse_run(const Json& json, policy::PolicyPtr policy = nullptr,
                                  const policy::NamedPolicies& named = {});

}  // namespace freshet::sync
