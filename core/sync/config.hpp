// core/sync/config.hpp - what a run is to do, read from its JSON form.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>
#include "core/base/json_memory.hpp"

#include "core/base/error.hpp"
#include "core/chunk/chunker.hpp"
#include "core/policy/policy.hpp"
#include "core/read/reader.hpp"

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
  policy::PolicyPtr policy;
  base::Millis list_every{0};  // how long its listing stands; by default as its policy says
  base::Millis cache{0};       // gathered within that time, it is left alone; 0: never
  std::string cache_salt;      // another one: what was gathered before does not count
  bool visit = false;          // what another source has is refreshed, and stays that one's alone
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
};

struct RunConfig {
  std::optional<Use> store;                        // absent: the one used before, or "sqlite"
  std::optional<Use> embedder;                     // absent: the one used before, or none
  std::optional<double> price_per_million_tokens;  // of the embedder, for a plan
  bool no_embedder = false;  // "embedder": null was given: none, whatever was used before
  std::vector<SourceConfig> sources;
  Only only;
  read::ReaderOptions reader;
  std::vector<Use> readers;  // plugins, for the media types that their manifests name
  ChunkingConfig chunking;
  bool force = false;          // due or not, changed or not
  bool dry_run = false;        // list and decide, change nothing
  bool accept_shrink = false;  // the operator's word: apply what would be held
  bool rebuild = false;        // another store or embedder: send everything again
  // What was not checked since then is due, whatever its policy says: somebody waits to have it
  // confirmed. Such a run is not kept among the runs. Not in the JSON form.
  std::optional<base::Instant> confirm_since;
  std::int64_t jobs = 16;       // fetches at once
  double max_shrink = 0.2;      // share of a source's roots that may go in one run
  std::int64_t gone_after = 3;  // "not found" so many runs in a row means gone
};

// Reads the options of the chunker, and "tokenizer" and "transform", each a name or {"name",
// "options"}; "transform" also an array of these.
base::Result<ChunkingConfig> parse_chunking(const Json& json, const std::string& path);

// Reads {"sources":[{"loader","options","policy","list_every","cache","name","visit"}…], "only":{"sources",
// "roots","prefix"}, "policy", "store", "embedder", "reader", "readers", "chunker", "force",
// "dry_run", "accept_shrink", "rebuild", "jobs", "max_shrink", "gone_after"}. Plugins' own options
// are checked when the run begins. `policy`, if given, is the one of every source that names none;
// {"custom":"name"} is one of `named`.
base::Result<RunConfig> parse_run(const Json& json, policy::PolicyPtr policy = nullptr,
                                  const policy::NamedPolicies& named = {});

}  // namespace freshet::sync
