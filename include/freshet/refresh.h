/* freshet/refresh.h - runs: from the sources' listings to the store, reading only what is due.
 *
 * A run lists its sources, asks their policies, fetches and reads what is due, and leaves the store in
 * step with what it found. It goes on in threads of its own:
 *
 *     freshet_refresh *refresh = NULL;
 *     freshet_event event = FRESHET_EVENT_INIT;
 *     freshet_refresh_start(repository, config, NULL, NULL, &refresh, &error);
 *     while (freshet_refresh_next_event(refresh, -1, &event, &error) == FRESHET_OK &&
 *            event.kind != FRESHET_EVENT_NONE) { ... }
 *     freshet_refresh_report(refresh, &json, &size, &error);
 *     freshet_refresh_free(refresh);
 *
 * What went wrong with single roots or sources is in the report; the run itself fails only where
 * nothing could be done. "dry_run" reports what a run would do and at most cost, fetches nothing but the
 * listings, and writes nothing. Killed at any moment, it leaves nothing half done: run it again.
 *
 * Threads:   any thread, also several on one refresh at the same time; but one thread polls events.
 * Ownership: a refresh is the caller's until freshet_refresh_free(), which cancels it and waits.
 *
 * The configuration is a JSON object: "sources" ["ADDRESS", {"loader" or "address","options","policy","list_every","schedule","metadata","name","visit"}…],
 * "only" {"sources","roots","prefix"}, "policy", "store", "embedder", "reader", "readers", "chunker",
 * "force", "dry_run", "plan_days", "accept_shrink", "rebuild", "jobs", "max_shrink", "gone_after", "keep_runs",
 * "keep_runs_for", "service", "shard" {"index","count"}, "listing" FILE, "listing_out" FILE (of a dry run).
 * docs/configuration.md describes each. */
#ifndef FRESHET_REFRESH_H
#define FRESHET_REFRESH_H

#include <freshet/call.h>
#include <freshet/events.h>
#include <freshet/policy.h>
#include <freshet/repository.h>

FRESHET_BEGIN_DECLS

typedef struct freshet_refresh freshet_refresh;

/** How far a run is, or what it did. */
typedef struct freshet_refresh_counts {
  size_t struct_size;
  uint64_t listed; /**< Roots, as are the next seven. */
  uint64_t refreshed;
  uint64_t unchanged;
  uint64_t skipped;
  uint64_t removed;
  uint64_t busy;
  uint64_t failed;
  uint64_t held; /**< Removals withheld until the operator accepts them ("accept_shrink"). */
  uint64_t chunks_added;
  uint64_t chunks_removed;
  uint64_t chunks_kept;
  uint64_t embedded_texts;
  uint64_t embedded_cached;
  uint64_t embedded_tokens;
  uint64_t upserts;
  uint64_t removals;
  uint64_t pending; /**< Rows not confirmed by the store yet. */
  uint64_t requests;
  uint64_t not_modified;
  uint64_t bytes;
  uint64_t excluded; /**< Roots that are to stay out (exclusion.h). */
} freshet_refresh_counts;

#define FRESHET_REFRESH_COUNTS_INIT \
  { sizeof(freshet_refresh_counts), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** What a run did with one root, as its report has it. Its texts are never NULL. */
typedef struct freshet_root_result {
  size_t struct_size;
  int32_t outcome;       /**< FRESHET_OUTCOME_…; 0: there are no more. */
  freshet_status status; /**< Why it failed, or FRESHET_OK. */
  const char *uri;
  const char *reason;  /**< The policy's. */
  const char *message; /**< The whole error as one line; "" where there is none. */
  const char *subject; /**< The thing at fault; or "". */
  int64_t retry_after_ms; /**< How long a server asked to be left alone; -1: nobody said. */
  int32_t attempts;       /**< How often it was tried. */
  int32_t reserved;
} freshet_root_result;

#define FRESHET_ROOT_RESULT_INIT \
  { sizeof(freshet_root_result), 0, 0, NULL, NULL, NULL, NULL, -1, 0, 0 }

/** Starts a run and returns at once.
 *
 * @param config_json  what to do; see above. Copied
 * @param policy       the policy of every source that names none; NULL: the configuration's, else
 *                     always
 * @param call         limits of the whole run, and who receives its events: then none are left to
 *                     poll. NULL: no limits, and events are polled. Copied
 * @retval FRESHET_E_INVALID_ARGUMENT  the configuration is wrong, the names of plugins and their
 *                                     options included: the subject is the path of what is
 * @since 0.1 */
FRESHET_API freshet_status freshet_refresh_start(freshet_repository *repository,
                                                 const char *config_json, const freshet_policy *policy,
                                                 const freshet_call_options *call,
                                                 freshet_refresh **out_refresh,
                                                 freshet_error **out_error) FRESHET_NOEXCEPT;

/** Waits for the next event. After the last one it answers FRESHET_EVENT_NONE, again and again.
 *
 * @param timeout_ms  0: do not wait; less than 0: without limit
 * @param out_event   texts are borrowed from @p refresh until its events are polled again, or it is
 *                    freed
 * @retval FRESHET_E_TIMEOUT  nothing happened in that time
 * @retval FRESHET_E_MISUSE   the events go to a callback, or the run would wait for itself (see
 *                            freshet_refresh_wait())
 * @since 0.1 */
FRESHET_API freshet_status freshet_refresh_next_event(freshet_refresh *refresh, int64_t timeout_ms,
                                                      freshet_event *out_event,
                                                      freshet_error **out_error) FRESHET_NOEXCEPT;

/** A descriptor to wait with for what freshet_refresh_next_event() has to tell: it is readable while an
 * event waits, and, from the run's end on, for good. For poll(), epoll and what loops are made of them:
 * then call freshet_refresh_next_event() with a timeout of 0 until it answers FRESHET_E_TIMEOUT, or
 * FRESHET_EVENT_NONE, after which nothing more will come. Does not block.
 *
 * @param out_descriptor  borrowed from @p refresh: not to be read, written or closed, and closed when
 *                        @p refresh is freed; the same one each time; -1 on failure
 * @retval FRESHET_E_MISUSE  the events go to a callback
 * @retval FRESHET_E_LIMIT   too many files are open
 * @since 0.1 */
FRESHET_API freshet_status freshet_refresh_event_fd(freshet_refresh *refresh, int32_t *out_descriptor,
                                                    freshet_error **out_error) FRESHET_NOEXCEPT;

/** Waits until the run has ended, whether events were read or not.
 *
 * @param timeout_ms  0: do not wait; less than 0: without limit
 * @retval FRESHET_OK         it has ended, and there is a report
 * @retval FRESHET_E_TIMEOUT  it goes on
 * @retval FRESHET_E_MISUSE   the run would wait for itself: called from a callback of it, its policy's
 *                            included, or of a run that it waits for
 * @retval any other          nothing could be done, and this is why
 * @since 0.1 */
FRESHET_API freshet_status freshet_refresh_wait(freshet_refresh *refresh, int64_t timeout_ms,
                                                freshet_error **out_error) FRESHET_NOEXCEPT;

/** Asks the run to stop, as its call's cancel and time limit do, and returns at once. What is committed
 * stays; the run ends soon, with a report that says "cancelled". Does nothing to a run that has ended.
 * @since 0.1 */
FRESHET_API freshet_status freshet_refresh_cancel(freshet_refresh *refresh,
                                                  freshet_error **out_error) FRESHET_NOEXCEPT;

/** Fills @p out_counts with how far the run is; once it has ended, with what it did. While it goes on
 * only the counts of roots, upserts and pending rows move. @since 0.1 */
FRESHET_API freshet_status freshet_refresh_counts_get(const freshet_refresh *refresh,
                                                      freshet_refresh_counts *out_counts,
                                                      freshet_error **out_error) FRESHET_NOEXCEPT;

/** Sets @p out_code to what a program should exit with after this run: 0 all well; 1 some roots or
 * listings failed, something is held, or it was cancelled; 3 nothing could be done.
 * @retval FRESHET_E_BUSY  the run goes on
 * @since 0.1 */
FRESHET_API freshet_status freshet_refresh_exit_code(const freshet_refresh *refresh, int32_t *out_code,
                                                     freshet_error **out_error) FRESHET_NOEXCEPT;

/** The account of a run that has ended, one JSON object: the counts, the sources, and every root that
 * was neither skipped nor found as it was by its listing alone, with its outcome, reason, attempts and
 * error (docs/c-api.md, "The report"). It may be large; it lies in a mapped file, not in memory.
 * @param out_json  NUL-terminated, borrowed from @p refresh
 * @param out_size  bytes without the NUL; may be NULL
 * @retval FRESHET_E_BUSY  the run goes on
 * @retval any other       the run failed, and this is why
 * @since 0.1 */
FRESHET_API freshet_status freshet_refresh_report(freshet_refresh *refresh, const char **out_json,
                                                  size_t *out_size,
                                                  freshet_error **out_error) FRESHET_NOEXCEPT;

/** The roots of the report one after the other, each once, for callers that do not want all of it in memory.
 * One thread at a time: a second one waits. Reads a file.
 * @param out_root  its outcome is 0 after the last one; texts are borrowed from @p refresh until the next
 *                  call, or until it is freed
 * @retval FRESHET_E_BUSY  the run goes on
 * @retval any other       the run failed, and this is why
 * @since 0.1 */
FRESHET_API freshet_status freshet_refresh_next_root(freshet_refresh *refresh,
                                                     freshet_root_result *out_root,
                                                     freshet_error **out_error) FRESHET_NOEXCEPT;

/** Frees @p refresh; a run that goes on is cancelled and waited for (not where it is called from the
 * run's own callback, its policy's included: the run then ends by itself). Never fails; NULL, freed and
 * foreign handles are ignored. @since 0.1 */
FRESHET_API void freshet_refresh_free(freshet_refresh *refresh) FRESHET_NOEXCEPT;

/** Runs and waits: freshet_refresh_start() and freshet_refresh_wait() in one. Blocks as long as the run
 * takes, or until it is stopped; what is committed by then stays. For the account of a run that may be
 * stopped, use freshet_refresh_start() and freshet_refresh_wait().
 * @param call         its limits, and who receives its events; or NULL
 * @param out_refresh  the ended run, with its report; may be NULL
 * @retval FRESHET_E_CANCELLED, FRESHET_E_TIMEOUT  it was stopped
 * @since 0.1 */
FRESHET_API freshet_status freshet_refresh_run(freshet_repository *repository, const char *config_json,
                                               const freshet_policy *policy,
                                               const freshet_call_options *call,
                                               freshet_refresh **out_refresh,
                                               freshet_error **out_error) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif
