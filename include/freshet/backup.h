/* freshet/backup.h - a backup of a repository in a directory or in a bucket: snapshots, written
 * incrementally; and what becomes of one that is restored.
 *
 * A target is a directory or "s3://BUCKET/PREFIX" and has the backup of one repository, with all its
 * namespaces. A snapshot is cut into pieces of 64 KiB, named by their SHA-256: what an earlier snapshot
 * has is not written again. What the embedded store keeps beside the repository is no part of it: the
 * next refresh fills a store that is missing from the repository, whose vectors are kept (docs/backup.md).
 *
 * Options, of all three: "allow_shared" (false; true admits directories that other users own or may
 * write), and for a bucket "endpoint" (Amazon's, of the region; "https://HOST:PORT" of another server),
 * "region" ("us-east-1"), "access_key" ("env:AWS_ACCESS_KEY_ID"), "secret_key" ("env:AWS_SECRET_ACCESS_KEY"),
 * "session_token" ("", where the access key is the usual one "env:AWS_SESSION_TOKEN" if that is set): each
 * "env:NAME" or "file:/path"; and "http", the HTTP client's options (docs/configuration.md).
 *
 * Threads:  any thread. Backups to one target are to be taken one at a time; in a directory a second one
 *           fails with FRESHET_E_BUSY.
 * Blocking: until all is written or read. A call that is stopped leaves earlier snapshots as they were.
 * Errors:   besides what is listed, FRESHET_E_MISUSE, FRESHET_E_IO, FRESHET_E_FULL, FRESHET_E_CANCELLED,
 *           FRESHET_E_TIMEOUT, FRESHET_E_NETWORK, FRESHET_E_RATE_LIMITED, FRESHET_E_REMOTE, FRESHET_E_DENIED,
 *           FRESHET_E_OUT_OF_MEMORY and FRESHET_E_INTERNAL. */
#ifndef FRESHET_BACKUP_H
#define FRESHET_BACKUP_H

#include <freshet/call.h>
#include <freshet/repository.h>

FRESHET_BEGIN_DECLS

/** Takes a snapshot of the repository's whole directory, as of one commit; runs go on meanwhile.
 *
 * @param options_json  NULL, or an object with "keep" (0; so many snapshots are kept, the last ones; 0:
 *     all), "orphan_grace" ("1h"; in a bucket pieces that no snapshot names are left alone for so long) and
 *     what the top of this file lists but "http", which is the repository's own
 * @param call      limits, or NULL
 * @param out_json  {"snapshot": its id,"bytes","pieces","written":{"bytes","pieces"}: what was new,
 *     "snapshots": the ids that are kept, oldest first,"removed": ids,"removed_pieces"}; the caller's:
 *     freshet_string_free()
 * @retval FRESHET_E_INVALID_ARGUMENT  an option is wrong; the target holds something else, or the backup
 *     of another repository
 * @retval FRESHET_E_BUSY     another backup to it is under way, or one removed what this one relied on
 * @retval FRESHET_E_CORRUPT  the repository or a snapshot in the target is damaged: no snapshot was added
 * @retval FRESHET_E_VERSION  a newer freshet made the backup
 * @since 0.1 */
FRESHET_API freshet_status freshet_backup_take(const freshet_repository *repository, const char *target,
                                               const char *options_json,
                                               const freshet_call_options *call, char **out_json,
                                               freshet_error **out_error) FRESHET_NOEXCEPT;

/** The snapshots of a backup: {"snapshots":[{"id","taken","repository","bytes","pieces"}…]}, oldest first.
 *
 * @param options_json  NULL, or what the top of this file lists
 * @param call          limits, or NULL
 * @param out_json      the caller's: freshet_string_free()
 * @retval FRESHET_E_INVALID_ARGUMENT  an option is wrong; the target is no backup
 * @retval FRESHET_E_NOT_FOUND         there is no such directory or bucket
 * @retval FRESHET_E_CORRUPT, FRESHET_E_VERSION  as for freshet_backup_take()
 * @since 0.1 */
FRESHET_API freshet_status freshet_backup_list(const char *target, const char *options_json,
                                               const freshet_call_options *call, char **out_json,
                                               freshet_error **out_error) FRESHET_NOEXCEPT;

/** Makes a repository of a snapshot in @p directory, which must be missing or empty. Each piece is
 * compared with its name, and the whole checked, before anything bears that name.
 *
 * @param options_json  NULL, or an object with "snapshot" (the last one; an id, or its front) and what the
 *     top of this file lists
 * @param call          limits, or NULL
 * @param out_json      {"snapshot","taken","bytes","roots","chunks","namespaces":[…]}; the caller's:
 *     freshet_string_free()
 * @retval FRESHET_E_INVALID_ARGUMENT  something is in @p directory; an option is wrong; the target is no
 *     backup
 * @retval FRESHET_E_NOT_FOUND  there is no such target, or no such snapshot in it
 * @retval FRESHET_E_BUSY       another restore to it is under way
 * @retval FRESHET_E_CORRUPT    the snapshot or a piece of it is damaged or missing: nothing was made
 * @retval FRESHET_E_VERSION    a newer freshet made the backup
 * @since 0.1 */
FRESHET_API freshet_status freshet_backup_restore(const char *target, const char *directory,
                                                  const char *options_json,
                                                  const freshet_call_options *call, char **out_json,
                                                  freshet_error **out_error) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif
