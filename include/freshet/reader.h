/* freshet/reader.h - turns bytes, files, URLs and folders into documents.
 *
 * HTML, Markdown and plain text are read by the library itself; what cannot be read is an error, never
 * a document about the error. Reading has no effect on a repository: what comes back is the caller's,
 * to look at, or to store with freshet_repository_write_document().
 *
 * Threads:   any thread, also several on one reader at the same time.
 * Ownership: what comes through an out_ parameter is the caller's, until its _free.
 * Errors:    every read may return FRESHET_E_PARSE (not what it claims to be), FRESHET_E_UNSUPPORTED
 *            (no reader for the media type), FRESHET_E_LIMIT (larger or deeper than a limit). */
#ifndef FRESHET_READER_H
#define FRESHET_READER_H

#include <freshet/call.h>
#include <freshet/document.h>
#include <freshet/repository.h>

FRESHET_BEGIN_DECLS

typedef struct freshet_reader freshet_reader;

/** Makes a reader. Does not block.
 * @param options_json  NULL, or the object below "reader" of a configuration
 * @retval FRESHET_E_INVALID_ARGUMENT  an option is wrong
 * @since 0.1 */
FRESHET_API freshet_status freshet_reader_new(const char *options_json, freshet_reader **out_reader,
                                              freshet_error **out_error) FRESHET_NOEXCEPT;

/** Reads bytes that the caller holds. Does not block.
 * @param bytes       @p size of them; may be NULL if @p size is 0
 * @param uri         names the document; not empty
 * @param media_type  as declared, or NULL: found out from the name and the bytes
 * @param charset     as declared, or NULL: found out from the bytes
 * @since 0.1 */
FRESHET_API freshet_status freshet_reader_read(const freshet_reader *reader, const void *bytes,
                                               size_t size, const char *uri, const char *media_type,
                                               const char *charset, freshet_document **out_document,
                                               freshet_error **out_error) FRESHET_NOEXCEPT;

/** Reads one regular file. Blocks on the disk.
 * @param uri  names the document, or NULL: its file:// URI
 * @retval FRESHET_E_NOT_FOUND  there is no such file
 * @retval FRESHET_E_INVALID_ARGUMENT  it is no regular file
 * @since 0.1 */
FRESHET_API freshet_status freshet_reader_read_file(const freshet_reader *reader, const char *path,
                                                    const char *uri, freshet_document **out_document,
                                                    freshet_error **out_error) FRESHET_NOEXCEPT;

/** Fetches @p url with the HTTP client of @p repository and reads the answer. The document bears the
 * URL as it was given. Only the server named by @p url itself may have a private address; a redirect
 * to another one is blocked.
 *
 * Blocks up to the client's time limits.
 *
 * @param call  limits, or NULL
 * @retval FRESHET_E_GONE     404 or 410
 * @retval FRESHET_E_DENIED   401 or 403
 * @retval FRESHET_E_BLOCKED  a private address
 * @retval FRESHET_E_NETWORK, FRESHET_E_TIMEOUT, FRESHET_E_REMOTE, FRESHET_E_RATE_LIMITED  after the
 *         client's own attempts; see freshet_error_retry_after_ms()
 * @since 0.1 */
FRESHET_API freshet_status freshet_reader_read_url(const freshet_reader *reader,
                                                   freshet_repository *repository, const char *url,
                                                   const freshet_call_options *call,
                                                   freshet_document **out_document,
                                                   freshet_error **out_error) FRESHET_NOEXCEPT;

/** Takes one document of a directory. @p document is borrowed until the function returns. Returns
 * FRESHET_OK to go on; anything else ends the walk, and is what the walk returns. */
typedef freshet_status (*freshet_document_callback)(void *payload, const freshet_document *document);

/** Reads the files below @p path, in order of their names, and hands out each document on the calling
 * thread. A file that cannot be read is counted and named in the report; the walk goes on.
 *
 * @param options_json  NULL, or an object with any of: "included_extensions" ([…]; "" names without one,
 *     "*" all), "excluded_directories" ([…], by name), "relative_path" (the part to read),
 *     "max_file_size" ("10MiB"), "follow_symlinks" (false; never to what lies outside), "max_depth" (-1:
 *     no limit)
 * @param on_document   may be NULL: then only counted
 * @param call          limits, looked at before each file; or NULL
 * @param out_report    {"ok","found","processed","skipped","errored","sections","seconds",
 *                      "problems":[{"path","code","message"}…]}; the caller's: freshet_string_free().
 *                      May be NULL
 * @retval FRESHET_E_NOT_FOUND  there is no such directory
 * @since 0.1 */
FRESHET_API freshet_status freshet_reader_read_directory(
    const freshet_reader *reader, const char *path, const char *options_json,
    freshet_document_callback on_document, void *payload, const freshet_call_options *call,
    char **out_report, freshet_error **out_error) FRESHET_NOEXCEPT;

/** Frees @p reader. Never fails; NULL, freed and foreign handles are ignored. @since 0.1 */
FRESHET_API void freshet_reader_free(freshet_reader *reader) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif
