/* freshet/exclusion.h - pages that stay out, whatever a source lists.
 *
 * A root that is deleted comes back with the next refresh, where its source still lists it. One that is
 * excluded does not, until somebody includes it: runs pass it by with FRESHET_OUTCOME_EXCLUDED, and what
 * would store it fails with FRESHET_E_EXCLUDED. An exclusion is of one URI in one namespace; options of
 * loaders such as "exclude" are for patterns.
 *
 * Threads: any thread, also several at the same time, and while a run goes on. */
#ifndef FRESHET_EXCLUSION_H
#define FRESHET_EXCLUSION_H

#include <freshet/repository.h>

FRESHET_BEGIN_DECLS

/** Excludes URIs, known or not, and removes their roots with sections and chunks, all in one
 * transaction. The removals of their rows go into the delivery queue: freshet_store_deliver() brings them
 * to the store at once, else the next refresh does. Another name of an excluded root goes on being looked
 * at, and brings nothing back.
 *
 * @param uris         @p count texts; NULL if @p count is 0
 * @param count        at most 1,000,000
 * @param why          for people, at most 1,024 bytes, kept beside each; NULL: ""
 * @param out_removed  elements and chunks removed, roots included; may be NULL
 * @retval FRESHET_E_INVALID_ARGUMENT  a URI is empty; nothing was done
 * @retval FRESHET_E_LIMIT             @p why is too long; nothing was done
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_exclude(freshet_repository *repository,
                                                      const char *const *uris, size_t count,
                                                      const char *why, uint64_t *out_removed,
                                                      freshet_error **out_error) FRESHET_NOEXCEPT;

/** Ends exclusions, all in one transaction. The next refresh lists every source anew, so that what one of
 * them still has comes back.
 * @param uris   @p count texts; NULL if @p count is 0
 * @param count  at most 1,000,000
 * @retval FRESHET_E_NOT_FOUND  one of them is not excluded; nothing was done
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_include(freshet_repository *repository,
                                                      const char *const *uris, size_t count,
                                                      freshet_error **out_error) FRESHET_NOEXCEPT;

/** All that is excluded: {"excluded":[{"uri","since_ms","why"}…]}, in no particular order.
 * @param out_json  the caller's: freshet_string_free()
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_list_excluded(const freshet_repository *repository,
                                                            char **out_json,
                                                            freshet_error **out_error) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif
