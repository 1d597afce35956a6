/* freshet/trigger.h - asking for refreshes from outside: a push, a ticket, a person who knows better.
 *
 * A trigger is durable. It stays until the commit of a refresh that began after it, so that neither a
 * failure nor a crash loses it, and one that comes during a refresh is answered by the next. Runs answer
 * it whose policy is {"any":["triggered",…]} or another that says yes to the root; what was triggered is
 * fetched even where the listing says that it has not changed.
 *
 * Threads: any thread, also several at the same time; other processes may run meanwhile. */
#ifndef FRESHET_TRIGGER_H
#define FRESHET_TRIGGER_H

#include <freshet/repository.h>

FRESHET_BEGIN_DECLS

/** Triggers @p uri, which need not be known yet: it is then read when a listing brings it. An earlier
 * trigger of the same URI is one with this. A known root is due at once, unless it waits after a failure.
 * @param uri     as roots are named: canonical
 * @param reason  for reports, at most 1,024 bytes; NULL: "external trigger"
 * @retval FRESHET_E_INVALID_ARGUMENT  @p uri is empty
 * @retval FRESHET_E_LIMIT             @p reason is too long
 * @retval FRESHET_E_EXCLUDED          the URI is to stay out
 * @since 0.1 */
FRESHET_API freshet_status freshet_trigger_root(freshet_repository *repository, const char *uri,
                                                const char *reason,
                                                freshet_error **out_error) FRESHET_NOEXCEPT;

/** Triggers every known root whose URI begins with @p prefix, some thousands a commit. Fails as
 * freshet_trigger_root() does; what was triggered before a failure stays so.
 * @param out_count  how many there were; may be NULL
 * @since 0.1 */
FRESHET_API freshet_status freshet_trigger_prefix(freshet_repository *repository, const char *prefix,
                                                  const char *reason, uint64_t *out_count,
                                                  freshet_error **out_error) FRESHET_NOEXCEPT;

/** The triggers that are not answered yet, in no order: {"triggers":[{"uri","since_ms","reason"}…]}.
 * @param limit     how many at most
 * @param out_json  the caller's: freshet_string_free()
 * @since 0.1 */
FRESHET_API freshet_status freshet_trigger_list(const freshet_repository *repository, size_t limit,
                                                char **out_json,
                                                freshet_error **out_error) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif
