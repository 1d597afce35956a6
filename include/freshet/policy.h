/* freshet/policy.h - policies: whether a root is to be refreshed, and when to ask again.
 *
 * A policy answers twice. Before anything is read it decides from what the repository knows of a root
 * (freshet_known): refresh or not, why, and when time alone may change the answer. After reading it may
 * still refuse the document. It has no effect of its own, so that it may be asked any number of times.
 *
 *     freshet_policy_always()            refresh
 *     freshet_policy_never_existing()    refresh what is not known yet, then never again
 *     freshet_policy_ttl(ms)             refresh what was confirmed that long ago
 *     freshet_policy_triggered()         refresh while that was asked for from outside
 *     freshet_policy_any(…), _all(…)     what one of several policies says, or all of them
 *     freshet_policy_by_url(select)      what the policy says that the application selects for the URI
 *     freshet_policy_matching(matches)   refresh what is not known yet, and the URIs that it says yes to
 *     freshet_policy_business_hours(…)   refresh what is older than a TTL, in hours of the day only
 *     freshet_policy_metadata(…)         what the root's flags and metadata say
 *     freshet_policy_adaptive(…)         refresh what is most likely worth a request of a budget
 *     freshet_policy_from_json(text)     any of these: "always", {"ttl":"24h"}, {"by_url":[…]}, {"when":[…]}, …
 *     freshet_policy_custom(functions)   what the application decides
 *
 * Configurations refer to others by a name: freshet_repository_name_policy().
 *
 * Threads:   policies do not change: one may be used by any number of threads and runs.
 * Ownership: a policy is the caller's until freshet_policy_free(); a run that uses it keeps it alive. */
#ifndef FRESHET_POLICY_H
#define FRESHET_POLICY_H

#include <freshet/call.h>
#include <freshet/document.h>
#include <freshet/reader.h>
#include <freshet/repository.h>

FRESHET_BEGIN_DECLS

typedef struct freshet_policy freshet_policy;

/** What the repository knows of a root before anything is read. Times are milliseconds since 1970,
 * UTC; 0: never yet, or a time in the future, such as a clock that was ahead leaves: when it
 * really was is not known. Borrowed for the call. */
typedef struct freshet_known {
  size_t struct_size;
  const char *uri;
  const char *metadata;        /**< JSON object, from the content stored; "{}" if there is none. */
  const char *flags;           /**< JSON object, set by people. */
  int64_t ingested_ms;         /**< When the content was stored. */
  int64_t checked_ms;          /**< When the source last confirmed it, or what came was declined. */
  int64_t changed_ms;          /**< When it last changed. */
  int64_t listed_modified_ms;  /**< What the listing says: a hint. INT64_MIN: nothing. */
  int32_t exists;              /**< 1: content is stored. */
  int32_t triggered;           /**< 1: a refresh was asked for from outside. */
} freshet_known;

/** The bytes of a decision's reason, its NUL included. */
#define FRESHET_REASON_SIZE 96

/** What a policy decides. */
typedef struct freshet_decision {
  size_t struct_size;
  int32_t refresh;      /**< 1: refresh. */
  int32_t reserved;
  int64_t ask_again_ms; /**< Not to refresh: when time alone may change the answer; FRESHET_NEVER. */
  char reason[FRESHET_REASON_SIZE]; /**< A few words for reports, NUL-terminated UTF-8. What is
                             longer is cut between two code points. "": "custom". */
} freshet_decision;

#define FRESHET_DECISION_INIT \
  { sizeof(freshet_decision), 0, 0, 0, { 0 } }

/** The functions of a custom policy. They are called on any thread, also several at once, and must not
 * block for long; they may call freshet, but not wait for their own run. Start from
 * FRESHET_CUSTOM_POLICY_INIT.
 *
 * What they return but FRESHET_OK is a failure, and so is an exception. It is a no for this time: what is
 * stored stays, the report has the root as failed with FRESHET_E_POLICY_FAILED, and the policy is asked
 * again by the next run that lists the root, or else after a minute, and later with each failure in a
 * row, a day at most. */
typedef struct freshet_custom_policy {
  size_t struct_size;
  void *payload; /**< Handed to each of them. */

  /** Decides before reading: sets members of @p out_decision. Preset are refresh 0, ask_again_ms
   * FRESHET_NEVER, reason "". Where it fails, the reason says why. Required. */
  freshet_status (*decide)(void *payload, const freshet_known *known, int64_t now_ms,
                           freshet_decision *out_decision);

  /** After reading, of new roots and of those that are stored: sets @p out_accept to 1 if @p document may
   * be stored, in the place of what is. Preset is 0. What is declined is not kept, so it is offered again:
   * @p known is then checked, and whether it is read again is for decide to say. The document is
   * borrowed until the function returns. Not asked where the content is as stored. NULL: always 1. */
  freshet_status (*accept)(void *payload, const freshet_known *known, const freshet_document *document,
                           int32_t *out_accept);

  /** Called once, when nobody uses the policy any more, or at once if making it fails. May be NULL. */
  void (*release)(void *payload);
} freshet_custom_policy;

#define FRESHET_CUSTOM_POLICY_INIT \
  { sizeof(freshet_custom_policy), NULL, NULL, NULL, NULL }

/** Refresh, whenever asked. @since 0.1 */
FRESHET_API freshet_status freshet_policy_always(freshet_policy **out_policy,
                                                 freshet_error **out_error) FRESHET_NOEXCEPT;

/** Refresh what is not known yet, and then never again. @since 0.1 */
FRESHET_API freshet_status freshet_policy_never_existing(freshet_policy **out_policy,
                                                         freshet_error **out_error) FRESHET_NOEXCEPT;

/** Refresh what is not known yet, and what its source confirmed @p ttl_ms ago or longer; 0 or less is
 * always. A clock set back never makes content fresh. @since 0.1 */
FRESHET_API freshet_status freshet_policy_ttl(int64_t ttl_ms, freshet_policy **out_policy,
                                              freshet_error **out_error) FRESHET_NOEXCEPT;

/** Refresh while a trigger of freshet/trigger.h is pending. @since 0.1 */
FRESHET_API freshet_status freshet_policy_triggered(freshet_policy **out_policy,
                                                    freshet_error **out_error) FRESHET_NOEXCEPT;

/** Refresh where one of the @p count policies says so; of none, never. When to ask again is the earliest of
 * their times. @param policies  borrowed for the call; the new policy keeps references of its own
 * @retval FRESHET_E_INVALID_ARGUMENT  more than 64 policies would lie one inside another @since 0.1 */
FRESHET_API freshet_status freshet_policy_any(const freshet_policy *const *policies, size_t count,
                                              freshet_policy **out_policy,
                                              freshet_error **out_error) FRESHET_NOEXCEPT;

/** Refresh where all of the @p count policies say so; of none, always. When to ask again is the latest of
 * their times. @param policies  borrowed for the call; the new policy keeps references of its own
 * @retval FRESHET_E_INVALID_ARGUMENT  more than 64 policies would lie one inside another @since 0.1 */
FRESHET_API freshet_status freshet_policy_all(const freshet_policy *const *policies, size_t count,
                                              freshet_policy **out_policy,
                                              freshet_error **out_error) FRESHET_NOEXCEPT;

/** Functions of the application that look at a URI. As those of a custom policy they are called on any
 * thread, also several at once, and what they return but FRESHET_OK is a failure. */
typedef struct freshet_url_functions {
  size_t struct_size;
  void *payload; /**< Handed to each of them. */

  /** For freshet_policy_by_url(): sets @p out_policy to the policy that is asked about @p uri, which is the
   * application's and is not freed before release is called. Preset is NULL: refresh what is not known
   * yet. */
  freshet_status (*select)(void *payload, const char *uri, const freshet_policy **out_policy);

  /** For freshet_policy_matching(): sets @p out_matches to 1 if @p uri is to be refreshed. Preset is 0. */
  freshet_status (*matches)(void *payload, const char *uri, int32_t *out_matches);

  /** Called once, when nobody uses the policy any more, or at once if making it fails. May be NULL. */
  void (*release)(void *payload);
} freshet_url_functions;

#define FRESHET_URL_FUNCTIONS_INIT \
  { sizeof(freshet_url_functions), NULL, NULL, NULL, NULL }

/** What the policy says that the application selects for the URI, after reading too. @p functions is
 * copied. A URI's policy may change between two calls. Rules of globs and regular expressions have a JSON
 * form: {"by_url":[…]}.
 * @retval FRESHET_E_MISUSE  select is NULL, or struct_size is not set
 * @since 0.1 */
FRESHET_API freshet_status freshet_policy_by_url(const freshet_url_functions *functions,
                                                 freshet_policy **out_policy,
                                                 freshet_error **out_error) FRESHET_NOEXCEPT;

/** Refresh what is not known yet, and each URI that the application says yes to. @p functions is copied.
 * @retval FRESHET_E_MISUSE  matches is NULL, or struct_size is not set
 * @since 0.1 */
FRESHET_API freshet_status freshet_policy_matching(const freshet_url_functions *functions,
                                                   freshet_policy **out_policy,
                                                   freshet_error **out_error) FRESHET_NOEXCEPT;

/** When content is read: a TTL, and hours of the day. Start from FRESHET_BUSINESS_HOURS_INIT. */
typedef struct freshet_business_hours {
  size_t struct_size;
  int64_t ttl_ms;         /**< As of freshet_policy_ttl(). */
  const char *from;       /**< "09:00": the first minute that is in the window. */
  const char *to;         /**< "17:00": the first that is not, at most "24:00". Before @p from: the window
                               passes midnight, and belongs to the day on which it opens. */
  const char *days;       /**< "mon-fri", "sat,sun"; NULL: all. */
  const char *timezone;   /**< By whose clocks, a name of the IANA database; NULL: UTC. */
  int32_t avoid;          /**< 1: refresh outside of the window only. */
  int32_t unknown_waits;  /**< 1: what is not known yet waits for the hours, too. */
} freshet_business_hours;

#define FRESHET_BUSINESS_HOURS_INIT \
  { sizeof(freshet_business_hours), 0, NULL, NULL, NULL, NULL, 0, 0 }

/** Refresh what is not known yet, and inside of the hours what is older than the TTL.
 * @retval FRESHET_E_INVALID_ARGUMENT  no such time, day or zone: the subject says which, such as
 *         business_hours.from
 * @retval FRESHET_E_UNSUPPORTED  the machine has no time zones (Debian: tzdata)
 * @since 0.1 */
FRESHET_API freshet_status freshet_policy_business_hours(const freshet_business_hours *hours,
                                                         freshet_policy **out_policy,
                                                         freshet_error **out_error) FRESHET_NOEXCEPT;

/** How old content of each priority may become. Milliseconds, 0 or more. Start from
 * FRESHET_PRIORITIES_INIT, which has the usual ones: an hour, six hours, a day, a week; a day for others. */
typedef struct freshet_priorities {
  size_t struct_size;
  int64_t critical_ms, high_ms, normal_ms, low_ms;
  int64_t default_ms; /**< Of a root without a priority. */
} freshet_priorities;

#define FRESHET_PRIORITIES_INIT \
  { sizeof(freshet_priorities), 3600000, 21600000, 86400000, 604800000, 86400000 }

/** What people's flags and the content's metadata say of each root; docs/policies.md has the names. The
 * flag force_refresh is taken away by the commit of the refresh that it caused.
 * @param priorities  NULL: the usual ones
 * @since 0.1 */
FRESHET_API freshet_status freshet_policy_metadata(const freshet_priorities *priorities,
                                                   freshet_policy **out_policy,
                                                   freshet_error **out_error) FRESHET_NOEXCEPT;

/** What an adaptive policy may spend, and on what terms. Start from FRESHET_ADAPTIVE_INIT. */
typedef struct freshet_adaptive {
  size_t struct_size;
  double requests_a_day;    /**< For known pages of a source; 0: as many as budget_ttl_ms says. */
  int64_t budget_ttl_ms;    /**< Instead: as many as a TTL of this would need. 0: requests_a_day says it. */
  int64_t max_staleness_ms; /**< No page is left alone for longer. Required. */
  int64_t min_interval_ms;  /**< None is asked for sooner; below max_staleness_ms. */
} freshet_adaptive;

#define FRESHET_ADAPTIVE_INIT \
  { sizeof(freshet_adaptive), 0, 0, 0, 21600000 }

/** Refresh what is not known yet, what was left alone for the longest time, and what runs grant a request by what
 * they learnt of its source; docs/policies.md, "Adaptive". It is granted by runs alone: freshet_policy_decide() never
 * says so.
 * @retval FRESHET_E_INVALID_ARGUMENT  no budget, or two; a time that cannot be: the subject says which, such as
 *         adaptive.max_staleness
 * @since 0.1 */
FRESHET_API freshet_status freshet_policy_adaptive(const freshet_adaptive *terms,
                                                   freshet_policy **out_policy,
                                                   freshet_error **out_error) FRESHET_NOEXCEPT;

/** A policy in the JSON form that configurations use; docs/policies.md describes them all.
 * @retval FRESHET_E_INVALID_ARGUMENT  not a policy: the subject is the path of what is wrong
 * @retval FRESHET_E_UNSUPPORTED  a policy that this version does not have
 * @since 0.1 */
FRESHET_API freshet_status freshet_policy_from_json(const char *json, freshet_policy **out_policy,
                                                    freshet_error **out_error) FRESHET_NOEXCEPT;

/** A policy of the application's own. @p functions is copied.
 * @retval FRESHET_E_MISUSE  decide is NULL, or struct_size is not set
 * @since 0.1 */
FRESHET_API freshet_status freshet_policy_custom(const freshet_custom_policy *functions,
                                                 freshet_policy **out_policy,
                                                 freshet_error **out_error) FRESHET_NOEXCEPT;

/** Names a policy for the configurations of runs with @p repository: {"custom":"name"} may stand wherever
 * a policy may. Runs that have begun keep what they began with. Does not block. Any thread.
 * @param name    UTF-8, not empty
 * @param policy  of any kind; the repository keeps its own reference. NULL takes the name away.
 * @retval FRESHET_E_INVALID_ARGUMENT  the name is empty
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_name_policy(freshet_repository *repository, const char *name,
                                                          const freshet_policy *policy,
                                                          freshet_error **out_error) FRESHET_NOEXCEPT;

/** The JSON form of a policy; of a custom one {"custom":true}, which freshet_policy_from_json() does
 * not take. @param out_json  the caller's: freshet_string_free() @since 0.1 */
FRESHET_API freshet_status freshet_policy_to_json(const freshet_policy *policy, char **out_json,
                                                  freshet_error **out_error) FRESHET_NOEXCEPT;

/** Asks the policy about @p uri, as the repository knows it now.
 * @retval FRESHET_E_POLICY_FAILED  it is a custom one, and its function failed
 * @since 0.1 */
FRESHET_API freshet_status freshet_policy_decide(const freshet_policy *policy,
                                                 const freshet_repository *repository, const char *uri,
                                                 freshet_decision *out_decision,
                                                 freshet_error **out_error) FRESHET_NOEXCEPT;

/** Sets @p out_reread to 1 where the policy says that @p uri is to be read again, else to 0.
 * @retval FRESHET_E_POLICY_FAILED  it is a custom one, and its function failed
 * @since 0.1 */
FRESHET_API freshet_status freshet_policy_should_reread(const freshet_policy *policy,
                                                        const freshet_repository *repository,
                                                        const char *uri, int32_t *out_reread,
                                                        freshet_error **out_error) FRESHET_NOEXCEPT;

/** Sets @p out_refresh to 1 where the policy lets a finished document take the place of what its URI
 * holds, else to 0.
 * @retval FRESHET_E_POLICY_FAILED  it is a custom one, and its function failed
 * @since 0.1 */
FRESHET_API freshet_status freshet_policy_should_refresh_document(
    const freshet_policy *policy, const freshet_repository *repository,
    const freshet_document *document, int32_t *out_refresh,
    freshet_error **out_error) FRESHET_NOEXCEPT;

/** Asks, reads, asks again and stores: the whole way for one URI. Reading comes first; the old document
 * is replaced in one transaction, and a failure leaves it as it was.
 *
 * Blocks while it reads and writes.
 *
 * @param uri           an http, https or file URI, or an absolute path
 * @param call          limits, or NULL
 * @param out_document  what was stored; NULL where the policy said no, before or after reading
 * @retval FRESHET_E_POLICY_FAILED  it is a custom one, and its function failed
 * @retval any that freshet_reader_read_url(), freshet_reader_read_file() and
 *         freshet_repository_write_document() return
 * @since 0.1 */
FRESHET_API freshet_status freshet_policy_ingest_if_needed(
    const freshet_policy *policy, freshet_repository *repository, const freshet_reader *reader,
    const char *uri, const freshet_call_options *call, freshet_document **out_document,
    freshet_error **out_error) FRESHET_NOEXCEPT;

/** Frees @p policy. Never fails; NULL, freed and foreign handles are ignored. @since 0.1 */
FRESHET_API void freshet_policy_free(freshet_policy *policy) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif
