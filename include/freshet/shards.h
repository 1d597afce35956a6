/* freshet/shards.h - another number of shards: what some directories have goes to others.
 *
 * Where several repositories share a knowledge base, each has the roots whose ids fall to it
 * ("shard" of a refresh). Their number is another once this has moved what they have.
 *
 * Threads: any thread. */
#ifndef FRESHET_SHARDS_H
#define FRESHET_SHARDS_H

#include <freshet/call.h>
#include <freshet/repository.h>

FRESHET_BEGIN_DECLS

/** Moves all that the shards in "from" have to as many new ones as "to" names: roots, documents, chunks,
 * vectors, sources, what was learnt of them, exclusions, triggers, rows that are pending. No page is read
 * and no text is embedded for it, and the next run of a new shard asks for what is due, as ever.
 *
 * Where it is stopped or killed, the same call goes on. Until the new directories are full, the old ones
 * are as they were; then they are left: whoever writes to one of them fails, and is told where what it
 * had is. Nothing is deleted. Accounts of past runs stay in the old directories.
 *
 * Rows stay in the store where all shards deliver to one place that takes several writers. Else
 * each new shard has a store of its own to fill, by its next run.
 *
 * No repository may be open on any of the directories in this process.
 *
 * @param options_json  an object with: "from" [directories: all shards of one count, or a repository
 *     without shards], "to" [directories, empty or missing: shard 0, shard 1 and so on], and of
 *     freshet_repository_open() "plugin_directories", "force_filesystem", "allow_shared"
 * @param call      limits, or NULL
 * @param out_json  what the new shards have: {"roots","documents","chunks","pending","parted","to_fill"
 *     [namespaces]}; "parted" counts other names of pages that fell to another shard than the page, and
 *     are read by themselves in the next run. The caller's: freshet_string_free()
 * @retval FRESHET_E_INVALID_ARGUMENT  the directories are not all shards of one count, or a new one is
 *     not empty, or an old one was moved elsewhere
 * @retval FRESHET_E_BUSY       a run works on one of them, or did while they were read: call again
 * @retval FRESHET_E_NOT_FOUND  an old directory is not there
 * @since 0.1 */
FRESHET_API freshet_status freshet_shards_move(const char *options_json,
                                               const freshet_call_options *call, char **out_json,
                                               freshet_error **out_error) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif
