/* freshet/runs.h - the accounts of past runs, as the repository keeps them.
 *
 * Every run that is no plan leaves its account: what freshet_refresh_report() says but for "roots", an "id",
 * and of the roots that failed the first fifty, in "failures". The newest "keep_runs" (1,000) are kept, and
 * none that is older than "keep_runs_for" (90d); both are keys of a run's configuration.
 *
 * Threads: any thread, also several at the same time; runs may go on meanwhile. */
#ifndef FRESHET_RUNS_H
#define FRESHET_RUNS_H

#include <freshet/repository.h>

FRESHET_BEGIN_DECLS

/** The accounts without their failures, newest first: {"runs":[{"id","started","ended",…}…]}.
 * @param before    only those with a smaller id; 0: from the newest on
 * @param limit     how many at most
 * @param out_json  the caller's: freshet_string_free()
 * @since 0.1 */
FRESHET_API freshet_status freshet_runs_list(const freshet_repository *repository, uint64_t before,
                                             size_t limit, char **out_json,
                                             freshet_error **out_error) FRESHET_NOEXCEPT;

/** One of them, with its failures: {"uri","attempts","error"{"code","message","subject"}} each.
 * @param out_json  the caller's: freshet_string_free()
 * @retval FRESHET_E_NOT_FOUND  none with that id is kept
 * @since 0.1 */
FRESHET_API freshet_status freshet_runs_get(const freshet_repository *repository, uint64_t id,
                                            char **out_json,
                                            freshet_error **out_error) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif
