/* freshet/store.h - compares the store with the repository, and brings it back in step.
 *
 * A store may lose rows, be wiped, decay on its disk, or be restored from an old copy without telling.
 * The repository knows what the store has confirmed; these functions look whether it is so. They speak
 * of the store that the last refresh delivered to.
 *
 * Threads:   any thread, also several at the same time.
 * Blocking:  as long as listing and, for what is compared, reading the store takes; every function takes
 *            limits, or NULL. What a repair that was stopped has not delivered yet is delivered by the
 *            next refresh or repair.
 * Errors:    FRESHET_E_NOT_FOUND where nothing was delivered yet; FRESHET_E_PLUGIN, FRESHET_E_NETWORK,
 *            FRESHET_E_REMOTE, FRESHET_E_DENIED where the store cannot be asked; FRESHET_E_VERSION where
 *            another program's file lies in its place. */
#ifndef FRESHET_STORE_H
#define FRESHET_STORE_H

#include <freshet/call.h>
#include <freshet/repository.h>

FRESHET_BEGIN_DECLS

/** Compares row by row, and lets the store look for damage in its own files. Without "repair" it changes
 * nothing.
 *
 * Ids and digests of all rows are compared, texts, metadata and vectors of some: of all in a store of up
 * to 1,000 rows, or with {"deep":true}; else of a sixteenth of the ids, another one each day.
 *
 * {"in_step", "expected", "stored", "missing", "stale", "orphans", "damaged": rows whose content is not
 * what was delivered, "pending", "compared": rows whose content was compared, "sample":{"part","of"},
 * "problems":[ what the store found in its files ], "ids":[ the first 100: "missing <id>"]}.
 * Of several stores these are the sums, and "stores" has each, with its "target" and its name, "store".
 * Besides: "checked": rows that were looked at on either side, "duplicates": ids that were listed twice, and
 * "foreign": rows that this repository did not send, which are no drift (docs/stores.md).
 *
 * @param options_json  NULL, or an object with any of: "deep" (false); "sample" (a share, 0 to 1: only so many
 *     rows, drawn by chance, are asked for, at most 1,000, and nothing is listed); "repair" (false: as
 *     freshet_store_repair(), with a sample only where that shows a fault); "owned" (false: rows of others do not
 *     belong there); "accept_shrink" (false) and "max_shrink" (0.2: the share of the rows that a repair removes
 *     without the other)
 * @param out_json      the caller's: freshet_string_free()
 * @since 0.1 */
FRESHET_API freshet_status freshet_store_verify(freshet_repository *repository, const char *options_json,
                                                const freshet_call_options *call, char **out_json,
                                                freshet_error **out_error) FRESHET_NOEXCEPT;

/** Compares everything, and delivers what is missing or stale and removes what is not the repository's.
 * A store that is damaged is emptied and filled again from the repository; where its place as a whole is
 * damaged, what was there is kept beside it, and its other namespaces must be repaired too.
 *
 * The report is that of freshet_store_verify(), and says what was found before the repair, and besides:
 * {"rebuilt": true where everything was delivered again, "kept": where the damaged file is, or "",
 * "upserts","removals","embedded_texts", "held": removals that were not made, because they were too many}.
 * @param out_json  the caller's: freshet_string_free()
 * @retval FRESHET_E_BUSY  the place is damaged, and another program has it open
 * @since 0.1 */
FRESHET_API freshet_status freshet_store_repair(freshet_repository *repository,
                                                const freshet_call_options *call, char **out_json,
                                                freshet_error **out_error) FRESHET_NOEXCEPT;

/** Delivers what is pending, without looking at any source: what was deleted or excluded leaves the store,
 * what an application wrote comes into it; a text that has no vector yet is embedded. Waits while another
 * run delivers, which delivers these rows, too.
 *
 * {"upserts","removals","embedded_texts","pending": rows that the store did not take}. Where nothing is
 * pending the store is not opened.
 * @param out_json  the caller's: freshet_string_free()
 * @since 0.1 */
FRESHET_API freshet_status freshet_store_deliver(freshet_repository *repository,
                                                 const freshet_call_options *call, char **out_json,
                                                 freshet_error **out_error) FRESHET_NOEXCEPT;

/** Empties the namespace in the store. The next refresh fills it again from the repository, without
 * reading any source. Waits while another run writes to the store, which may begin to fill it.
 * @since 0.1 */
FRESHET_API freshet_status freshet_store_reset(freshet_repository *repository,
                                               const freshet_call_options *call,
                                               freshet_error **out_error) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif
