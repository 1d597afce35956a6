/* freshet/explain.h - why a root is as it is: what was done with it, what its policy says, and why, and
 * what comes next.
 *
 * Threads: any thread, also several at the same time; runs may go on meanwhile. Nothing is changed, and
 * no source is asked. */
#ifndef FRESHET_EXPLAIN_H
#define FRESHET_EXPLAIN_H

#include <freshet/call.h>
#include <freshet/repository.h>

FRESHET_BEGIN_DECLS

/** Tells all that is known of @p uri as JSON: {"uri","namespace","now_ms","known","exists","title","version",
 * "alias_of","ingested_ms","checked_ms","changed_ms","ask_again_ms","due","failure","flags","metadata",
 * "trigger","exclusion","refusal","volatile_places","lease","sources","decisions"}.
 *
 * Times are milliseconds since 1970, UTC; null: not yet, or never by itself. "failure" is null where the
 * last attempt went well, else {"code","message","at_ms","in_a_row","not_found_in_a_row"}; "trigger"
 * {"since_ms","reason"}, "exclusion" {"since_ms","why"} and "lease" {"pid","ends_in_ms"} are null where
 * there is none, as is "refusal" {"since_ms","code","message","by","model"}: content that a reader or the
 * embedder refused for good, and that is not tried again before it, the reader or the model is another. "volatile_places" are the lines of a
 * page that have been another at each load, [{"line","learnt"}…], and null where there are none: what stands at the
 * learnt ones is no change. "sources" are those that have the root, as their last runs left them: {"name","loader",
 * "policy","listed_ms","list_again_ms","in_last_listing","note"}.
 *
 * With a configuration, "decisions" holds what a run with it would decide now: for each of its sources
 * that has the root, or where none has it for each of them, {"source","has_it","policy","refresh",
 * "reason"}, with "ask_again_ms" where it would not be refreshed, "cached_until_ms" where the source is left
 * alone until then because it was gathered lately, and "error" where the policy failed. Of an adaptive policy "learnt" is
 * null, or {"chance","worth","worth_needed","requests_saved","changes_found","changes_expected","listing_says",
 * "signals"}: what a request is worth, and how far listings and validators were right (docs/policies.md). Where
 * a refresh is decided on, its listing may still say that nothing has changed. Without one, "decisions" is
 * null.
 *
 * Blocks while a repository is read, and while the reader plugins of the configuration are opened.
 * @param config_json  as freshet_refresh_start() takes it, or NULL
 * @param call         limits, or NULL
 * @param out_json     the caller's: freshet_string_free()
 * @retval FRESHET_E_NOT_FOUND         nothing is known of it, and no configuration was given
 * @retval FRESHET_E_INVALID_ARGUMENT  @p uri is empty, or the configuration is wrong
 * @since 0.1 */
FRESHET_API freshet_status freshet_explain_root(freshet_repository *repository, const char *uri,
                                                const char *config_json,
                                                const freshet_call_options *call, char **out_json,
                                                freshet_error **out_error) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif
