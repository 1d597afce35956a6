/* freshet/plugin/entry.h - the one symbol a plugin exports.
 *
 * The host reads the manifest beside the library (docs/plugins.md), loads the library on first use,
 * by absolute path, and takes the symbol `freshet_plugin_entry`, a constant of this type:
 *
 *     FRESHET_PLUGIN_EXPORT const freshet_plugin_descriptor freshet_plugin_entry = { ... };
 *
 * The library stays loaded as long as the process lives: code that was handed out may still run. */
#ifndef FRESHET_PLUGIN_ENTRY_H
#define FRESHET_PLUGIN_ENTRY_H

#include <freshet/plugin/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The plugin ABI that this header describes. The host refuses a plugin of a newer one. */
#define FRESHET_PLUGIN_ABI 1

#define FRESHET_PLUGIN_EXPORT __attribute__((visibility("default")))

typedef struct freshet_plugin_descriptor {
  size_t struct_size;
  uint32_t abi;        /**< FRESHET_PLUGIN_ABI, as the plugin was compiled. */
  uint32_t reserved;   /**< 0. */
  const char *name;    /**< As in the manifest. */
  const char *version; /**< As in the manifest. */

  /** The table of @p kind, such as FRESHET_PLUGIN_LOADER, for what the manifest calls @p name; NULL
   * where the plugin has none. The table is constant and lives as long as the library. [concurrent] */
  const void *(*get)(const char *kind, const char *name);
} freshet_plugin_descriptor;

/** What a descriptor has at least. Members past a descriptor's struct_size are absent. */
#define FRESHET_PLUGIN_DESCRIPTOR_SIZE_1 FRESHET_SIZE_TO(freshet_plugin_descriptor, get)

#ifdef __cplusplus
}
#endif
#endif
