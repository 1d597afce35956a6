/* freshet/plugins.h - which plugins there are, where they were looked for, whether one keeps its
 * contract, and how a program brings its own.
 *
 * A plugin is a shared library with a manifest beside it, or functions of this program that it has
 * registered. Looking for plugins reads manifests only; no code of a plugin runs. Looked in, in this
 * order: what is registered, directories given in code, FRESHET_PLUGIN_PATH, the user's data directory,
 * freshet/plugins beside the library. Never the working directory; and nothing that other users may
 * write. The first manifest that provides a name wins.
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
  const char *kind; /**< "loader", "reader", "embedder", "store", "transformer" or "tokenizer". */
  const char *name; /**< What configurations call it: "sitemap". */
  const char *plugin;
  const char *version;
  const char *description;
  const char *manifest; /**< Absolute paths; "" for what is registered in code. */
  const char *library;
  const char *schema; /**< JSON Schema of its options. */
} freshet_plugin_info;

#define FRESHET_PLUGIN_INFO_INIT \
  { sizeof(freshet_plugin_info), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL }

/** A plugin that is part of this program: functions in C, or those that a binding makes of Python, Go
 * or Rust. It is what freshet_plugin_descriptor is in a library (plugin/entry.h). */
typedef struct freshet_provider {
  size_t struct_size;
  void *payload; /**< Handed to get and release, and to open() of every table as its provider. */

  /** The table of @p kind, such as FRESHET_PLUGIN_LOADER ("freshet.loader/1"), for what the manifest
   * calls @p name; NULL where there is none. A table and all it points to are constant and last until
   * release. Called from any thread, also by several at once. */
  const void *(*get)(void *payload, const char *kind, const char *name);

  /** Called once, on any thread, when the plugin is not registered any more and everything that was
   * opened from it is closed; or at once if registering fails. No function of the plugin is called
   * after it. Not called for what is still registered when the process ends. May be NULL. */
  void (*release)(void *payload);
} freshet_provider;

#define FRESHET_PROVIDER_INIT \
  { sizeof(freshet_provider), NULL, NULL, NULL }

/** Registers a plugin that is part of this program. From then on what it provides is found by its name
 * like that of any other plugin, before those in files, by every repository of this process, also one
 * that is open already. Its functions keep the contract of plugin/host.h: they are called on threads of
 * freshet, several at once. There is no file, and so no question of trust. Does not block.
 *
 * @param manifest_json  as in a file (docs/plugins.md), without "library"
 * @param provider       copied
 * @retval FRESHET_E_INVALID_ARGUMENT  the manifest is wrong; or its name, or one that it provides of the
 *     same kind, is registered already: the message names both plugins
 * @since 0.1 */
FRESHET_API freshet_status freshet_plugins_register(const char *manifest_json,
                                                    const freshet_provider *provider,
                                                    freshet_error **out_error) FRESHET_NOEXCEPT;

/** Takes out the plugin that is registered as @p plugin, the "name" of its manifest. What was opened from
 * it goes on until it is closed: a run that is under way ends as it began, and a repository keeps the
 * store and the embedder of its queries until it is closed. Does not block.
 * @retval FRESHET_E_NOT_FOUND  none is registered under this name
 * @since 0.1 */
FRESHET_API freshet_status freshet_plugins_unregister(const char *plugin,
                                                      freshet_error **out_error) FRESHET_NOEXCEPT;

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
 *
 * What is registered in code is in no other process: its cases run here, on the calling thread. One that
 * crashes takes this process along, "limit" is not kept, and the state of the process is not compared.
 * The case of the library is a skip.
 * @param manifest      its file, or the library's; or the name of a plugin that is registered in code
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
