#include "cli/options.hpp"

#include <freshet/freshet.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstring>
#include <sstream>

#include "cli/output.hpp"
#include "cli/standard_output.hpp"
#include "cli/suggest.hpp"

namespace freshet::cli {
namespace {

constexpr const char* footer = R"(Examples:
  freshet init
  freshet refresh https://docs.example.org
  freshet query "how do I rotate a key" -k 5
  freshet check --repair
"freshet COMMAND --help" has more.

Exits with 0 if all is well, 1 if some roots failed, something is held, or the output
could not be written, 2 for a wrong command line or configuration, 3 if nothing could be done, 130 or
143 if SIGINT or SIGTERM stopped it.)";

void add_global(CLI::App& app, Options& options) {
  app.add_option("--repository", options.repository,
                 "Directory of the repository (default: $FRESHET_REPOSITORY, else freshet in the "
                 "user's data directory)")
      ->type_name("DIR");
  app.add_option("--config", options.config, "Configuration file, freshet.toml")->type_name("FILE");
  app.add_option("--namespace", options.name_space, "Namespace in the repository and the store")
      ->type_name("NAME");
  app.add_flag("--allow-shared", options.allow_shared,
               "Open a repository that other users own or may write; they are trusted with yours");
  app.add_flag("--json", options.json, "Print one JSON object on stdout, also for errors");
  app.add_flag("--quiet", options.quiet, "Print results and errors only");
  app.add_flag("--verbose", options.verbose, "Print every outcome and log line on stderr");
}

// `examples`: one a line, each indented by two blanks.
CLI::App* add(CLI::App& app, Options& options, const char* name, const char* what,
              std::optional<Command> command, const std::string& examples) {
  CLI::App* sub = app.add_subcommand(name, what);
  sub->footer(examples.empty() ? "" : "Examples:\n" + examples);
  sub->fallthrough();
  if (command) sub->callback([&options, command] { options.command = *command; });
  return sub;
}

void add_labels(CLI::App& sub, Options& options) {
  sub.add_option("--label", options.label,
                 "What the run is called in events: {{namespace}}, {{source}}, {{time}}")
      ->type_name("TEMPLATE");
  sub.add_option("--item-label", options.item_label,
                 "What each root is called in them: {{uri}} besides")
      ->type_name("TEMPLATE");
}

// What is to be refreshed, and how.
void add_sources(CLI::App* sub, Options& options) {
  sub->add_option("ADDRESS", options.addresses,
                  "A site, sitemap, page or feed, a folder or file, a repository (more after it)");
  const auto many = [&](const char* name, std::vector<std::string>& out, const char* type,
                        const char* what) {
    sub->add_option(name, out, what)->type_name(type)->expected(1)->take_all();
  };
  many("--sitemap", options.sitemaps, "URL", "A site, by its sitemap (again for more)");
  many("--url", options.urls, "URL",
       "One page, which stays with the source that has it (again for more)");
  many("--files", options.files, "DIR", "A folder (again for more)");
  many("--source", options.only_sources, "NAME", "Only this source (again for more)");
  many("--root", options.only_roots, "URI", "Only this root (again for more)");
  sub->add_option("--prefix", options.only_prefix, "Only roots whose URI begins so")
      ->type_name("URI");
  many("--include", options.include, "P", "Only what matches this pattern (again for more)");
  many("--exclude", options.exclude, "P", "Not what matches this pattern (again for more)");
  sub->add_option("--store", options.store, "Store, with options as JSON")
      ->type_name("NAME[=JSON]");
  sub->add_option("--embedder", options.embedder, "Embedder, with options as JSON")
      ->type_name("NAME[=JSON]");
  sub->add_option("--policy", options.policy, "Policy of every source (default: always)")
      ->type_name("JSON");
  sub->add_flag("--force", options.force, "Refresh everything, due or not, changed or not");
}

void add_refresh(CLI::App& app, Options& options) {
  CLI::App* sub =
      add(app, options, "refresh", "Read what is new and bring the store in step", Command::refresh,
          "  freshet refresh https://docs.example.org ./handbook\n"
          "  freshet refresh https://docs.example.org --dry-run\n"
          "  freshet refresh --sitemap https://docs.example.org/sitemap.xml\n"
          "  freshet refresh --files ./docs --include '**/*.md' --embedder hash\n"
          "  freshet refresh --config freshet.toml --dry-run\n"
          "  freshet refresh --config freshet.toml --root https://docs.example.org/a");
  add_sources(sub, options);
  sub->add_flag("--dry-run", options.dry_run,
                "Say what would be done and what it would cost; change nothing");
  sub->add_flag("--accept-shrink", options.accept_shrink, "Apply removals that are held");
  sub->add_option("--on-change", options.on_change,
                  "Another store or embedder: refuse, reembed or generation (default: refuse)")
      ->type_name("HOW");
  sub->add_flag("--rebuild", options.rebuild, "Send everything again: another store or embedder");
  sub->add_option("--jobs", options.jobs, "Fetches at once (default: 16)")->type_name("N");
  sub->add_option("--shard", options.shard,
                  "Only the roots of this shard, such as 0/4; each has a repository of its own")
      ->type_name("INDEX/COUNT");
  sub->add_option("--listing", options.listing,
                  "Take what the sources list from this file of freshet listing")
      ->type_name("FILE");
  add_labels(*sub, options);
}

void add_plan(CLI::App& app, Options& options) {
  CLI::App* sub = add(app, options, "plan", "Say what a refresh would do and cost; change nothing",
                      Command::refresh,
                      "  freshet plan\n"
                      "  freshet plan --days 30\n"
                      "  freshet plan https://docs.example.org --policy '{\"ttl\":\"7d\"}'");
  add_sources(sub, options);
  sub->add_option("--days", options.plan_days,
                  "Tell the requests of so many days, too, as if nothing changed")
      ->type_name("N");
  sub->callback([&options] {
    options.command = Command::refresh;
    options.dry_run = true;
  });
}

void add_listing(CLI::App& app, Options& options) {
  CLI::App* sub = add(app, options, "listing", "Write what sources list to a file, for shards",
                      Command::listing,
                      "  freshet listing https://docs.example.org --out listing\n"
                      "  freshet listing --config freshet.toml --out listing");
  sub->add_option("ADDRESS", options.addresses, "As freshet refresh takes it (more after it)");
  sub->add_option("--out", options.out, "The file, which is replaced as a whole")
      ->type_name("FILE")
      ->required();
}

void add_reshard(CLI::App& app, Options& options) {
  CLI::App* sub =
      add(app, options, "reshard", "Move what shards have to another number of shards",
          Command::reshard,
          "  freshet reshard --from shard-0 shard-1 --to new-0 new-1 new-2\n"
          "Nothing is read or embedded again. Where it is killed: run it again. The old\n"
          "directories are left once the new ones are full, and may be deleted then.");
  sub->add_option("--from", options.directories,
                  "All shards of one count, or a repository without shards")
      ->type_name("DIR...")
      ->required();
  sub->add_option("--to", options.new_directories,
                  "Empty or missing directories: shard 0, shard 1 and so on")
      ->type_name("DIR...")
      ->required();
}

void add_query(CLI::App& app, Options& options) {
  CLI::App* sub = add(app, options, "query", "Find chunks in the store", Command::query,
                      "  freshet query \"how do I rotate a key\" -k 5\n"
                      "  freshet query ferry --mode text --filter '{\"lang\":\"en\"}'\n"
                      "  freshet query ferry --config freshet.toml --max-age 1h");
  sub->add_option("TEXT", options.text, "What to look for")->required();
  sub->add_option("-k", options.limit, "How many hits (default: 10)")->type_name("N");
  sub->add_option("--target", options.target, "Which store, by its number in freshet status")
      ->type_name("N");
  sub->add_option("--mode", options.mode, "text, vector or hybrid (default: the best there is)")
      ->type_name("MODE");
  sub->add_option("--filter", options.filter, "Only chunks whose metadata match")
      ->type_name("JSON");
  sub->add_option(
         "--max-age", options.max_age,
         "Ask the sources for what they confirmed longer ago, and answer with what they have "
         "now")
      ->type_name("DURATION");
  sub->add_option("--deadline", options.deadline, "How long that may take (default: 10s)")
      ->type_name("DURATION");
  sub->add_option("--also", options.also,
                  "A further query (also several): the best hits of each, every one once")
      ->type_name("TEXT");
  sub->add_option("--expand", options.expand, "Each hit with so many neighbours on either side")
      ->type_name("N");
  sub->add_flag("--section", options.section, "Each hit with the whole section it is of");
  sub->add_flag("--fold", options.fold,
                "Of pages that say nearly the same the best alone, with the others' URLs");
  sub->add_option("--max-tokens", options.max_tokens,
                  "Leave out what does not fit into so many tokens together")
      ->type_name("N");
  sub->add_option("--tokenizer", options.tokenizer,
                  "What counts them (default: four bytes are a token)")
      ->type_name("NAME[=JSON]");
}

void add_exclusions(CLI::App& roots, Options& options) {
  const auto with_uris = [&](const char* name, const char* what, Command command,
                             const std::string& examples) {
    CLI::App* sub = add(roots, options, name, what, command, examples);
    sub->add_option("URI", options.uris, "A root (more after it)")->required();
    return sub;
  };
  CLI::App* erase = with_uris(
      "delete", "Delete roots, from the store, too, and exclude them", Command::roots_delete,
      "  freshet roots delete https://docs.example.org/a\n"
      "  freshet roots delete https://docs.example.org/a --why 'withdrawn by its author'");
  CLI::App* exclude =
      with_uris("exclude", "Keep URIs out, known or not; what is there is deleted",
                Command::roots_exclude, "  freshet roots exclude https://docs.example.org/draft");
  for (CLI::App* sub : {erase, exclude})
    sub->add_option("--why", options.why, "What roots excluded says of it")->type_name("TEXT");
  erase->add_flag("--once", options.once,
                  "Do not exclude: what a source still lists comes back with the next refresh");
  with_uris("include", "End exclusions: the next refresh brings back what is still there",
            Command::roots_include, "  freshet roots include https://docs.example.org/a");
  add(roots, options, "excluded", "List what is excluded", Command::roots_excluded,
      "  freshet roots excluded --json");
}

void add_roots(CLI::App& app, Options& options) {
  CLI::App* roots = add(app, options, "roots", "List, show, flag, delete and exclude content roots",
                        std::nullopt, "");
  roots->require_subcommand(1);
  add(*roots, options, "list", "List all roots", Command::roots_list,
      "  freshet roots list --json");
  for (const auto& [name, what, command, example] :
       {std::tuple{"show", "Show what is known of a root", Command::roots_show,
                   "show https://docs.example.org/a"},
        std::tuple{"flag", "Set flags; KEY= removes one", Command::roots_flag,
                   "flag https://docs.example.org/a immutable=true owner="}}) {
    CLI::App* sub =
        add(*roots, options, name, what, command, "  freshet roots " + std::string(example));
    sub->add_option("URI", options.uri, "The root")->required();
    if (command == Command::roots_flag)
      sub->add_option("KEY=VALUE", options.flags, "A flag")->required();
  }
  add_exclusions(*roots, options);
}

void add_trigger(CLI::App& app, Options& options) {
  CLI::App* sub = add(app, options, "trigger", "Ask for a root to be refreshed", Command::trigger,
                      "  freshet trigger https://docs.example.org/a --reason 'edited by hand'\n"
                      "  freshet trigger --prefix https://docs.example.org/api/");
  sub->add_option("URI", options.uri, "The root, known already or not")->required();
  sub->add_flag("--prefix", options.by_prefix, "All known roots that begin with URI");
  sub->add_option("--reason", options.reason, "Why, for the report");
}

void add_bucket(CLI::App& sub, Options& options) {
  sub.add_option("--endpoint", options.endpoint,
                 "Another server than Amazon's: https://HOST:PORT (default: of the configuration)")
      ->type_name("URL");
  sub.add_option("--region", options.region, "Of the bucket (default: us-east-1)")
      ->type_name("NAME");
}

void add_backup(CLI::App& app, Options& options) {
  CLI::App* sub = add(app, options, "backup",
                      "Write what is new of the repository into a backup, or list its snapshots",
                      Command::backup,
                      "  freshet backup /mnt/backups/docs --keep 14\n"
                      "  freshet backup s3://backups/docs --region eu-central-1\n"
                      "  freshet backup /mnt/backups/docs --list");
  sub->add_option("TARGET", options.backup_target,
                  "A directory or s3://BUCKET/PREFIX (default: of the configuration)");
  sub->add_option("--keep", options.keep, "Keep the last N snapshots only (default: all)")
      ->type_name("N")
      ->check(CLI::Range(1, 100'000));
  sub->add_flag("--list", options.list, "List the snapshots, and write nothing");
  add_bucket(*sub, options);
  CLI::App* back =
      add(app, options, "restore", "Make a repository of a snapshot of a backup", Command::restore,
          "  freshet restore /mnt/backups/docs /srv/docs\n"
          "  freshet restore s3://backups/docs ./docs --snapshot 20261128T0915");
  back->add_option("TARGET", options.backup_target, "A directory or s3://BUCKET/PREFIX")
      ->required();
  back->add_option("DIR", options.restore_to, "Where to; missing, or an empty directory")
      ->required();
  back->add_option("--snapshot", options.snapshot,
                   "Its id, or the front of it (default: the last one)")
      ->type_name("ID");
  add_bucket(*back, options);
}

void add_runs(CLI::App& app, Options& options) {
  CLI::App* runs = add(app, options, "runs", "List past runs, or show one", std::nullopt, "");
  runs->require_subcommand(1);
  CLI::App* list = add(*runs, options, "list", "List the last runs, newest first",
                       Command::runs_list, "  freshet runs list -k 5");
  list->add_option("-k", options.limit, "How many (default: 10)")->type_name("N");
  CLI::App* show = add(*runs, options, "show", "Show one with its counts and failures",
                       Command::runs_show, "  freshet runs show 12");
  show->add_option("ID", options.run, "Its id, as runs list has it")->required();
}

void add_stop_timeout(CLI::App& sub, Options& options) {
  sub.add_option("--stop-timeout", options.stop_timeout,
                 "Seconds to wait for runs that are told to stop (default: 60)")
      ->type_name("N")
      ->check(CLI::Range(0, 86400));
}

void add_service(CLI::App& app, Options& options) {
  CLI::App* sub = add(app, options, "service",
                      "Keep the sources of a configuration fresh until stopped", Command::service,
                      "  freshet service --config freshet.toml\n"
                      "  freshet service --config freshet.toml --listen 127.0.0.1:8466\n"
                      "  systemctl start freshet@docs    # takes /etc/freshet/docs.toml");
  add_stop_timeout(*sub, options);
  add_labels(*sub, options);
  sub->add_option("--listen", options.listen,
                  "Serve dashboard, metrics and hooks there (default: nowhere)")
      ->type_name("ADDRESS:PORT");
}

void add_watch(CLI::App& app, Options& options) {
  CLI::App* sub = add(app, options, "watch",
                      "Keep folders fresh as their files change, until stopped", Command::watch,
                      "  freshet watch --files ./docs\n"
                      "  freshet watch --config freshet.toml    # its sources that are folders");
  sub->add_option("--files", options.files, "A folder (again for more)")
      ->type_name("DIR")
      ->expected(1)
      ->take_all();
  add_stop_timeout(*sub, options);
  add_labels(*sub, options);
}

void add_explain(CLI::App& app, Options& options) {
  CLI::App* sub = add(app, options, "explain", "Say why a root is as it is, and what comes next",
                      Command::explain,
                      "  freshet explain https://docs.example.org/a\n"
                      "  freshet explain https://docs.example.org/a --config freshet.toml");
  sub->add_option("URI", options.uri, "The root")->required();
}

void add_plugins(CLI::App& app, Options& options) {
  CLI::App* plugins = add(app, options, "plugins", "List plugins, or check one", std::nullopt, "");
  plugins->require_subcommand(1);
  add(*plugins, options, "list", "List what the plugins provide", Command::plugins_list,
      "  freshet plugins list");
  CLI::App* check = add(*plugins, options, "check", "Run the conformance cases of a plugin",
                        Command::plugins_check, "  freshet plugins check ./csv.plugin.json");
  check->add_option("FILE", options.file, "Its manifest or library")->required();
  check
      ->add_option("--options", options.offer_options,
                   "Options of what it provides: 'loader feed={\"url\":\"…\"}'")
      ->type_name("KIND NAME=JSON")
      ->expected(1)
      ->take_all();
  check->add_option("--sample", options.samples, "A file for a reader to read: 'reader pdf=a.pdf'")
      ->type_name("KIND NAME=FILE")
      ->expected(1)
      ->take_all();
  check->add_option("--network", options.network, "An origin that it may reach: https://host:port")
      ->type_name("ORIGIN")
      ->expected(1)
      ->take_all();
  check->add_flag("--strict", options.strict, "A case that is skipped is a failure, too");
}

void add_config(CLI::App& app, Options& options) {
  CLI::App* config =
      add(app, options, "config", "Check a configuration, or help to write one", std::nullopt, "");
  config->require_subcommand(1);
  CLI::App* check = add(*config, options, "check", "Say all that is wrong with a configuration",
                        Command::config_check, "  freshet config check freshet.toml");
  check->add_option("FILE", options.config, "The configuration (or --config)");
  add(*config, options, "schema", "Print a JSON Schema of freshet.toml, for editors",
      Command::config_schema, "  freshet config schema > freshet.schema.json");
}

void add_namespaces(CLI::App& app, Options& options) {
  CLI::App* all = add(app, options, "namespaces", "List the namespaces, or drop one", std::nullopt,
                      "  freshet namespaces\n  freshet namespaces drop old-docs");
  all->require_subcommand(0, 1);
  all->callback([all, &options] {
    if (all->get_subcommands().empty()) options.command = Command::namespaces_list;
  });
  add(*all, options, "list", "List the namespaces", Command::namespaces_list,
      "  freshet namespaces list");
  CLI::App* drop =
      add(*all, options, "drop", "Remove a namespace from the store and the repository",
          Command::namespaces_drop, "  freshet namespaces drop old-docs");
  drop->add_option("NAME", options.name, "The namespace")->required();
  drop->add_flag("--keep-rows", options.keep_rows,
                 "Leave its rows in the store, for a store that is no more");
}

void add_models(CLI::App& app, Options& options) {
  CLI::App* all =
      add(app, options, "models", "List the models for --embedder local, add or remove one",
          std::nullopt, "  freshet models\n  freshet models add ~/all-MiniLM-L6-v2");
  all->require_subcommand(0, 1);
  all->callback([all, &options] {
    if (all->get_subcommands().empty()) options.command = Command::models_list;
  });
  add(*all, options, "list", "The models that were added", Command::models_list,
      "  freshet models list --json");
  CLI::App* more =
      add(*all, options, "add", "Copy a model into the user's data directory", Command::models_add,
          "  freshet models add ~/all-MiniLM-L6-v2\n"
          "  freshet models add sentence-transformers/all-MiniLM-L6-v2\n"
          "  freshet models add model.zip --name small");
  more->add_option("MODEL", options.file,
                   "Its folder, an archive that has one (zip, whl, tar), or OWNER/NAME[@REVISION] "
                   "at Hugging Face")
      ->required();
  more->add_option("--name", options.name, "What it is called (default: as the folder is)")
      ->type_name("NAME");
  CLI::App* less = add(*all, options, "remove", "Delete a model that was added",
                       Command::models_remove, "  freshet models remove all-MiniLM-L6-v2");
  less->add_option("NAME", options.name, "The model")->required();
}

void add_mcp(CLI::App& app, Options& options) {
  CLI::App* sub = add(app, options, "mcp",
                      "Serve the knowledge base to agents (Model Context Protocol)", Command::mcp,
                      "  freshet mcp\n"
                      "  freshet mcp --config freshet.toml --allow-namespace docs --allow-refresh\n"
                      "  freshet mcp --listen 127.0.0.1:8465 --token env:DOCS_TOKEN");
  sub->add_option(
         "--allow-namespace", options.allowed_namespaces,
         "A namespace that may be asked; without it the one of --namespace (again for more)")
      ->type_name("NAME")
      ->expected(1)
      ->take_all();
  sub->add_flag("--allow-refresh", options.allow_refresh,
                "Let agents refresh the sources of the configuration, too");
  CLI::Option* listen =
      sub->add_option("--listen", options.mcp_listen,
                      "Answer over HTTP, to this machine alone, in place of stdin and stdout; "
                      "port 0: any")
          ->type_name("127.0.0.1:PORT");
  sub->add_option("--token", options.token,
                  "Where the token is that clients have to bear: env:NAME or file:/path")
      ->type_name("WHERE")
      ->needs(listen);
}

void add_verify(CLI::App& app, Options& options) {
  CLI::App* verify =
      add(app, options, "verify", "Compare the store with the repository, and repair it",
          Command::verify, "  freshet verify\n  freshet verify --repair --namespace docs");
  verify->add_flag("--repair", options.repair,
                   "Deliver what is missing or stale, and remove what should not be there");
  verify
      ->add_option("--sample", options.sample,
                   "Look at so many of a hundred rows, drawn by chance, instead of all")
      ->check(CLI::Range(0.0, 100.0))
      ->type_name("P");
  verify->add_flag("--deep", options.deep, "Compare the content of every row, not of a sample");
  verify->add_flag("--owned", options.owned,
                   "The namespace is this repository's alone: rows of others do not belong there");
  verify->add_flag("--accept-shrink", options.accept_shrink,
                   "Remove also where it is more than max_shrink (20 %) of the rows");
}

void add_setup(CLI::App& app, Options& options) {
  CLI::App* init = add(app, options, "init", "Write a commented freshet.toml to start from",
                       Command::init, "  freshet init\n  freshet init docs.toml");
  init->add_option("FILE", options.file, "Where to (default: freshet.toml)");
  CLI::App* completion =
      add(app, options, "completion", "Print a completion script for a shell", Command::completion,
          "  freshet completion bash > ~/.local/share/bash-completion/completions/freshet");
  completion->add_option("SHELL", options.text, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  add(app, options, "manual", "Print the manual page, freshet(1)", Command::manual,
      "  freshet manual | man -l -");
}

void build(CLI::App& app, Options& options) {
  app.description(
      "freshet keeps a knowledge base fresh: it reads what is new, and leaves the store in step.");
  app.name("freshet");
  app.footer(footer);
  app.set_version_flag("--version", std::string("freshet ") + freshet_version());
  app.require_subcommand(1);
  add_global(app, options);
  add_refresh(app, options);
  add_plan(app, options);
  add_listing(app, options);
  add_reshard(app, options);
  add_query(app, options);
  CLI::App* status = add(app, options, "status", "Say how fresh the repository is", Command::status,
                         "  freshet status --namespace docs\n"
                         "  freshet status shard-0 shard-1 shard-2");
  status->add_option("DIR", options.directories,
                     "Repositories that are shards of one: each, and all together");
  CLI::App* check = add(app, options, "check", "Verify the repository and the store",
                        Command::check, "  freshet check --repair");
  check->add_flag("--deep", options.deep, "Compare the content of every row, not of a sample");
  check->add_flag("--repair", options.repair,
                  "Compare everything, and bring the store in step; one that is damaged is filled "
                  "again from the repository");
  check->add_flag("--accept-shrink", options.accept_shrink,
                  "Remove also where it is more than 20 % of the rows");
  add_verify(app, options);
  add(app, options, "reset", "Empty the namespace in the store; the next refresh fills it again",
      Command::reset, "  freshet reset --namespace docs");
  add_roots(app, options);
  add_trigger(app, options);
  add_backup(app, options);
  add_service(app, options);
  add_watch(app, options);
  add_runs(app, options);
  add_explain(app, options);
  add_plugins(app, options);
  add_config(app, options);
  add_namespaces(app, options);
  add_models(app, options);
  add_mcp(app, options);
  add_setup(app, options);
}

OptionHelp describe(const CLI::Option& option) {
  OptionHelp help{{}, option.get_type_name(), option.get_description()};
  for (const std::string& name : option.get_snames()) help.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) help.names.push_back("--" + name);
  if (option.get_items_expected_max() == 0) help.type.clear();
  return help;
}

CommandHelp describe(const CLI::App& app) {
  CommandHelp help{app.get_name(), app.get_description(), {}, {}, {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    if (option->nonpositional())
      help.options.push_back(describe(*option));
    else
      help.arguments.push_back(option->get_name());
  }
  std::istringstream lines(app.get_footer());
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("  ")) help.examples.push_back(line.substr(2));
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    help.commands.push_back(describe(*sub));
  return help;
}

// "--sitmap" is near "--sitemap", "refersh" near "refresh".
std::string suggestion(const CLI::App& app) {
  const std::vector<std::string> unexpected = app.remaining(true);
  if (unexpected.empty()) return "";
  std::vector<std::string> known;
  for (const CLI::App* at = &app; at != nullptr;) {
    const CommandHelp help = describe(*at);
    for (const OptionHelp& option : help.options)
      known.insert(known.end(), option.names.begin(), option.names.end());
    const auto named = at->get_subcommands();
    if (named.empty())
      for (const CommandHelp& command : help.commands) known.push_back(command.name);
    at = named.empty() ? nullptr : named.front();
  }
  const std::string word = unexpected.front().substr(0, unexpected.front().find('='));
  const std::string near = nearest(word, known);
  return near.empty() ? "" : "\"" + word + "\" is not known; did you mean \"" + near + "\"?";
}

bool wants_json(int argc, char** argv) {
  for (int i = 1; i < argc && std::strcmp(argv[i], "--") != 0; ++i)
    if (std::strcmp(argv[i], "--json") == 0) return true;
  return false;
}

}  // namespace

CommandHelp describe_program() {
  Options options;
  CLI::App app;
  build(app, options);
  return describe(app);
}

std::optional<Options> parse_command_line(int argc, char** argv, int& out_exit) {
  Options options;
  CLI::App app;
  build(app, options);
  try {
    app.parse(argc, argv);
    return options;
  } catch (const CLI::CallForHelp&) {
    put(app.help());
    out_exit = exit_ok;
  } catch (const CLI::CallForVersion& version) {
    put(std::string(version.what()) + "\n");
    out_exit = exit_ok;
  } catch (const CLI::ParseError& problem) {
    Output output(wants_json(argc, argv));
    const std::string near = suggestion(app);
    output.error(FRESHET_E_INVALID_ARGUMENT, near.empty() ? problem.what() : near, "command line");
    if (!output.json()) std::fputs("Try: freshet --help\n", stderr);
    out_exit = exit_usage;
  }
  return std::nullopt;
}

}  // namespace freshet::cli
