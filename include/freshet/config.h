/* freshet/config.h - whether a run would take a configuration, and all that it would say against it.
 *
 * Threads: any thread. No code of a plugin runs, and nothing is opened or written. */
#ifndef FRESHET_CONFIG_H
#define FRESHET_CONFIG_H

#include <freshet/error.h>
#include <freshet/repository.h>

FRESHET_BEGIN_DECLS

/** Looks for everything for which freshet_refresh_start() would refuse @p config_json: text that is not
 * JSON, unknown keys, wrong values, policies, missing plugins, options of plugins, duplicate sources, names in
 * "only". What is wrong is in the report, not an error. Where something required is missing, the object that
 * lacks it is reported for that alone.
 *
 * Blocks while manifests are read.
 *
 * @param repository    whose plugins and named policies count; NULL: none is needed
 * @param options_json  NULL, or an object with any of: "policies" (names that {"custom":"name"} may be,
 *     besides those named for the repository), "plugin_directories" (without a repository only; searched
 *     as freshet_plugins_open() does), "open" (options of freshet_repository_open(): they are looked through,
 *     too, and what is wrong with them is reported at its place in them), "backup" (options of
 *     freshet_backup_take(), and "target": looked through, too; nothing is opened and no secret is read; places are
 *     "backup.target" and so on)
 * @param out_report_json  {"ok":false,"problems":[{"code":"invalid_argument","at":"sources[0].loader",
 *     "message":"…"}…]}: "at" is the place in the configuration, "" for all of it; at most 100. The
 *     caller's: freshet_string_free()
 * @retval FRESHET_E_INVALID_ARGUMENT  an option is wrong
 * @since 0.1 */
FRESHET_API freshet_status freshet_config_check(freshet_repository *repository, const char *config_json,
                                                const char *options_json, char **out_report_json,
                                                freshet_error **out_error) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif
