// cli/commands.hpp - one function a command. Each returns what the program exits with, and throws
// freshet::Error where the C API failed.
#pragma once

#include "cli/config.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"

namespace freshet::cli {

int run_refresh(const Options& options, const Config& config, const Output& output);
// Opens no repository: one that is gone after it is in its place.
int run_listing(const Options& options, const Config& config, const Output& output);
// The directories are those that are named, not the configured one.
int run_reshard(const Options& options, const Config& config, const Output& output);
int run_query(const Options& options, const Config& config, const Output& output);
// In the foreground, until a signal stops it. SIGHUP reads `options.config` again.
int run_service(const Options& options, const Config& config, const Output& output);
// The same for the sources that are folders alone, and as their files change.
int run_watch(const Options& options, const Config& config, const Output& output);
int run_runs(const Options& options, const Config& config, const Output& output);
int run_status(const Options& options, const Config& config, const Output& output);
int run_check(const Options& options, const Config& config, const Output& output);
// Exits with 0 where the store is in step, with 1 where it was not, with 2 where that cannot be told.
int run_verify(const Options& options, const Config& config, const Output& output);
// What verify and check ask of a store, as options of the library.
Json how_to_verify(const Options& options, const Config& config);
std::string held_line(std::uint64_t held);
int run_reset(const Config& config, const Output& output);
int run_roots(const Options& options, const Config& config, const Output& output);
int run_trigger(const Options& options, const Config& config, const Output& output);
int run_backup(const Options& options, const Config& config, const Output& output);
// No repository is opened: one is made.
int run_restore(const Options& options, const Config& config, const Output& output);
int run_explain(const Options& options, const Config& config, const Output& output);
int run_plugins(const Options& options, const Config& config, const Output& output);
int run_namespaces(const Options& options, const Config& config, const Output& output);
// `file`, where there is one, is what the configuration comes from.
int run_config_check(const Config& config, const TomlFile* file, const Output& output);
// A JSON Schema of freshet.toml, with the options of the plugins that there are.
int run_config_schema(const Config& config);
// A run was refused for `first`: that, and all else for which it would be.
void tell_all_that_is_wrong(const Error& first, const Config& config, const TomlFile* file,
                            const Output& output);
// Serves the Model Context Protocol on stdin and stdout until stdin ends.
int run_mcp(const Options& options, const Config& config);
// Models that were added; no repository is opened.
int run_models(const Options& options, const Output& output);
// init, completion, manual: what needs no repository and no configuration.
int run_setup(const Options& options, const Output& output);

// Opens a repository that is there already. Who only reads can do so where nothing can be written.
enum class Access { read, write };
Repository open_existing(const Config& config, Access access);

}  // namespace freshet::cli
