/* freshet/plugins.h - which plugins there are, where they were looked for, and whether one keeps its
 * contract.
 *
 * A plugin is a shared library with a manifest beside it. Looking for plugins reads manifests only; no
 * code of a plugin runs. Looked in, in this order: directories given in code, FRESHET_PLUGIN_PATH, the
 * user's data directory, freshet/plugins beside the library. Never the working directory; and nothing
 * that other users may write. The first manifest that provides a name wins.
 *
 * Threads:   any thread, also several at the same time.
 * Ownership: a freshet_plugins is the caller's until its _free; texts are borrowed from it. */
#ifndef FRESHET_PLUGINS_H
#define FRESHET_PLUGINS_H

#include <freshet/call.h>

FRESHET_BEGIN_DECLS

typedef struct freshet_plugins freshet_plugins;

/** One thing that a plugin provides. Its texts are never NULL. */
typedef struct freshet_plugin_info {
  size_t struct_size;
  const char *kind; /**< "loader", "reader", "embedder" or "store". */
  const char *name; /**< What configurations call it: "sitemap". */
  const char *plugin;
  const char *version;
  const char *description;
  const char *manifest; /**< Absolute paths. */
  const char *library;
  const char *schema; /**< JSON Schema of its options. */
} freshet_plugin_info;

#define FRESHET_PLUGIN_INFO_INIT \
  { sizeof(freshet_plugin_info), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL }

/** Looks for plugins. Blocks on the disk.
 * @param options_json  NULL, or {"directories":[…]}: looked in first
 * @since 0.1 */
FRESHET_API freshet_status freshet_plugins_open(const char *options_json, freshet_plugins **out_plugins,
                                                freshet_error **out_error) FRESHET_NOEXCEPT;

/** How many things are provided; 0 on a handle that is no freshet_plugins. @since 0.1 */
FRESHET_API size_t freshet_plugins_count(const freshet_plugins *plugins) FRESHET_NOEXCEPT;

/** Fills @p out_info with the one at @p index, from 0.
 * @retval FRESHET_E_NOT_FOUND  there is no such one
 * @since 0.1 */
FRESHET_API freshet_status freshet_plugins_get(const freshet_plugins *plugins, size_t index,
                                               freshet_plugin_info *out_info,
                                               freshet_error **out_error) FRESHET_NOEXCEPT;

/** All of it as JSON: {"plugins":[{"kind","name","plugin","version","description","manifest","library",
 * "schema"}…],"search_path":[…],"problems":[manifests that were refused, and why]}.
 * @param out_json  the caller's: freshet_string_free() @since 0.1 */
FRESHET_API freshet_status freshet_plugins_list(const freshet_plugins *plugins, char **out_json,
                                                freshet_error **out_error) FRESHET_NOEXCEPT;

/** Runs the conformance cases of everything that a plugin provides, each in a process of its own with
 * a time limit, and reports each verdict:
 * {"good","untried":[…],"manifest","plugin","version","cases":[{"subject","case","verdict","detail",
 * "took_ms"}…]}, a verdict being "pass", "fail", "crash", "timeout" or "skip". Good is what has nothing
 * but passes and skips, and no subject of which all cases were skipped: those are untried.
 * Without network, but for the origins that are allowed. Blocks for seconds. No code of the plugin runs in the calling process, which is
 * not forked: the program freshet-check-plugin is started, which lies in freshet/ beside the library.
 * @param manifest      its file, or the library's
 * @param options_json  NULL, or an object with any of: "limit" ("20s", for one case), "options" (of what
 *     it provides, by kind and name: {"loader files":{"path":"/srv/docs"}}), "samples" (files for readers
 *     to read: {"reader pdf":"/srv/a.pdf"}), "network" (the origins that it may reach:
 *     ["https://api.example.com"]; a private one only where its options name it)
 * @param call          limits, or NULL
 * @param out_json      the caller's: freshet_string_free()
 * @retval FRESHET_E_PLUGIN     there is no manifest to go by
 * @retval FRESHET_E_NOT_FOUND  freshet-check-plugin is missing
 * @retval FRESHET_E_VERSION    it is that of another freshet
 * @retval FRESHET_E_IO         it cannot be started; FRESHET_E_LIMIT: too many files are open
 * @since 0.1 */
FRESHET_API freshet_status freshet_plugins_check(const char *manifest, const char *options_json,
                                                 const freshet_call_options *call, char **out_json,
                                                 freshet_error **out_error) FRESHET_NOEXCEPT;

/** Frees @p plugins. Never fails; NULL, freed and foreign handles are ignored. @since 0.1 */
FRESHET_API void freshet_plugins_free(freshet_plugins *plugins) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif
