// cli/options.hpp - the command line, as typed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command_tree.hpp"
#include "cli/exit.hpp"

namespace freshet::cli {

enum class Command {
  refresh,
  listing,
  reshard,
  query,
  status,
  check,
  verify,
  reset,
  roots_list,
  roots_show,
  roots_delete,
  roots_exclude,
  roots_include,
  roots_excluded,
  roots_flag,
  trigger,
  backup,
  restore,
  service,
  watch,
  runs_list,
  runs_show,
  explain,
  plugins_list,
  plugins_check,
  config_check,
  config_schema,
  namespaces_list,
  namespaces_drop,
  models_list,
  models_add,
  models_remove,
  mcp,
  init,
  completion,
  manual
};

struct Options {
  Command command = Command::status;

  std::string repository, config, name_space;
  bool json = false, quiet = false, verbose = false, allow_shared = false;

  // refresh
  std::vector<std::string> addresses, sitemaps, urls, files, include, exclude;
  std::string store, embedder, policy, on_change;
  std::vector<std::string> only_sources, only_roots;
  std::string only_prefix;
  bool force = false, dry_run = false, accept_shrink = false, rebuild = false;
  std::optional<std::int64_t> jobs, plan_days;
  std::string shard;              // "0/4"
  std::string listing;            // a file that freshet listing wrote
  std::string out;                // listing: that file
  std::string label, item_label;  // and service, watch

  std::vector<std::string> directories;  // status: the shards to add up; reshard: the old ones
  std::vector<std::string> new_directories;  // reshard

  // query
  std::string text, mode, filter;
  std::int64_t limit = 10;
  std::optional<std::int64_t> target;
  std::string max_age, deadline;
  std::vector<std::string> also;
  std::int64_t expand = 0;
  bool section = false, fold = false;
  std::optional<std::int64_t> max_tokens;
  std::string tokenizer;

  bool repair = false;  // check, verify
  bool deep = false;
  std::optional<double> sample;    // verify: of a hundred
  bool owned = false;              // verify
  bool keep_rows = false;          // namespaces drop
  std::string uri;                 // roots show, flag; trigger, explain
  std::vector<std::string> uris;   // roots delete, exclude, include
  std::string why;                 // roots delete, exclude
  bool once = false;               // roots delete
  std::vector<std::string> flags;  // roots flag: KEY=VALUE
  std::string reason;              // trigger
  std::uint64_t run = 0;           // runs show
  std::int64_t stop_timeout = 60;  // service: seconds
  std::string listen;              // service: an address and a port
  bool by_prefix = false;
  std::string file;  // plugins check, init, models add
  std::string name;  // namespaces drop, models add, remove

  // backup, restore
  std::string backup_target, restore_to, snapshot;
  std::string endpoint, region;
  std::optional<std::int64_t> keep;
  bool list = false;

  // plugins check: KIND NAME={…}, KIND NAME=FILE
  std::vector<std::string> offer_options, samples, network;
  bool strict = false;

  // mcp
  std::vector<std::string> allowed_namespaces;
  bool allow_refresh = false;
  std::string mcp_listen, token;
};

// Nothing where all was said already (help, version, a usage error): `out_exit` says how to exit
// then.
std::optional<Options> parse_command_line(int argc, char** argv, int& out_exit);

CommandHelp describe_program();

}  // namespace freshet::cli
