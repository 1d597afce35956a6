/* freshet/namespaces.h - the namespaces of a repository's directory: which there are; taking one away.
 *
 * Any repository of the directory will do, also one that was opened with the namespace "", which is
 * none.
 *
 * Threads: any thread, also several at the same time. */
#ifndef FRESHET_NAMESPACES_H
#define FRESHET_NAMESPACES_H

#include <freshet/call.h>
#include <freshet/repository.h>

FRESHET_BEGIN_DECLS

/** All namespaces, by name: {"namespaces":[{"name","roots","documents","chunks","pending","dropping"}…]}.
 * "pending" is rows not delivered yet; "dropping" true where freshet_namespaces_drop() has begun and not
 * ended.
 * @param out_json  the caller's: freshet_string_free()
 * @since 0.1 */
FRESHET_API freshet_status freshet_namespaces_list(const freshet_repository *repository, char **out_json,
                                                   freshet_error **out_error) FRESHET_NOEXCEPT;

/** Takes a namespace away: its rows leave the store, and its roots, documents, chunks, sources and runs
 * the repository. Vectors stay, for whoever has the same text. Other namespaces are not touched.
 *
 * From its beginning on every call that reads or writes the namespace fails: with FRESHET_E_BUSY until
 * it is gone, with FRESHET_E_NOT_FOUND afterwards, also where a new one of the same name was made. Where
 * it is stopped or killed in between, the next call goes on; until then the name cannot be opened.
 *
 * Blocks as long as emptying the store takes, and removing the rows.
 *
 * @param name          also the one that @p repository was opened for
 * @param options_json  NULL, or an object with: "keep_rows" (false; true leaves the store as it is, for
 *     a store that no longer exists)
 * @param call          limits, or NULL
 * @retval FRESHET_E_NOT_FOUND  there is no such namespace
 * @retval FRESHET_E_BUSY       another run works on it: nothing was done
 * @retval FRESHET_E_MISUSE     @p repository was opened read-only
 * @retval any of freshet/store.h where the store cannot be opened or emptied
 * @since 0.1 */
FRESHET_API freshet_status freshet_namespaces_drop(freshet_repository *repository, const char *name,
                                                   const char *options_json,
                                                   const freshet_call_options *call,
                                                   freshet_error **out_error) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif
