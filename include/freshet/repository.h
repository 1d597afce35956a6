/* freshet/repository.h - a repository: content roots, what is known of each, and their chunks.
 *
 * A repository is one namespace of one directory on a local disk. A directory may be opened any
 * number of times, by any number of processes: readers never wait, writers queue. Closing a
 * repository while refreshes of it run is allowed: they keep what they need until they end.
 *
 * Threads:   any thread, also several on one repository at the same time. A freshet_roots is for one
 *            thread at a time.
 * Ownership: what comes through an out_ parameter is the caller's, until its _close or _free. Texts in
 *            the structs are borrowed from the handle that filled them.
 * Blocking:  reading waits for nobody but the disk; writing waits until it is durable.
 * Errors:    besides what is listed, every function may return FRESHET_E_MISUSE, FRESHET_E_IO,
 *            FRESHET_E_CORRUPT, FRESHET_E_OUT_OF_MEMORY and FRESHET_E_INTERNAL. */
#ifndef FRESHET_REPOSITORY_H
#define FRESHET_REPOSITORY_H

#include <freshet/call.h>
#include <freshet/document.h>
#include <freshet/error.h>

FRESHET_BEGIN_DECLS

typedef struct freshet_repository freshet_repository;
typedef struct freshet_root freshet_root;       /**< What was known of one root, when it was asked. */
typedef struct freshet_roots freshet_roots;     /**< A listing of roots, page by page. */
typedef struct freshet_chunks freshet_chunks;   /**< Some chunks, in order. */
typedef struct freshet_element freshet_element; /**< A root or section of a stored document. */

/** A time that lies beyond every clock: "never again". 0 as a time means "never yet". */
#define FRESHET_NEVER INT64_MAX

/** What a repository holds. */
typedef struct freshet_repository_info {
  size_t struct_size;
  uint64_t chunks;
  uint64_t documents;  /**< Roots with content. */
  uint64_t elements;   /**< Roots and sections. */
  uint64_t roots;      /**< Known, with content or without. */
  uint64_t failing;    /**< Roots whose last attempt failed. */
  uint64_t deliveries; /**< Rows the store has not confirmed yet. */
  uint64_t vectors;    /**< Cached. */
  int32_t has_embeddings;
  int32_t persistent; /**< 1: it survives the process. */
} freshet_repository_info;

#define FRESHET_REPOSITORY_INFO_INIT \
  { sizeof(freshet_repository_info), 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** One root. Times are milliseconds since 1970, UTC; 0: never yet. */
typedef struct freshet_root_info {
  size_t struct_size;
  const char *uri;
  const char *title;
  const char *media_type;
  const char *version;  /**< The source's validator of the content held. */
  const char *metadata; /**< JSON object, from the content. */
  const char *flags;    /**< JSON object, set by people; survives every refresh. */
  const char *alias_of; /**< The URI of the root that holds this one's content; "" if it has its own. */
  const char *error;    /**< Of the last attempt, one line; "" if that went well. */
  int64_t ingested_ms;  /**< When its present content was stored; 0: it has none. */
  int64_t checked_ms;   /**< When the source last confirmed it, or what came was declined. */
  int64_t changed_ms;   /**< When its content last changed. */
  int64_t ask_again_ms; /**< When its policy is asked again; FRESHET_NEVER: not by itself. */
  int64_t failed_ms;
  freshet_status error_code;
  uint32_t chunks;
  uint32_t elements;
  uint32_t failures; /**< In a row. */
} freshet_root_info;

#define FRESHET_ROOT_INFO_INIT                                                                    \
  {                                                                                               \
    sizeof(freshet_root_info), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, \
        0, 0, 0                                                                                   \
  }

/** One chunk, and where it stands in its document. */
typedef struct freshet_chunk_info {
  size_t struct_size;
  const char *id;        /**< 32 hexadecimal digits; the same as long as root and text are. */
  const char *text;      /**< What is embedded and stored. */
  const char *urtext;    /**< Before transformers. */
  const char *parent_id; /**< Of the element it was made from. */
  const char *url;       /**< The nearest anchor. */
  const char *path;      /**< The titles of the sections down to it, joined by " > ". */
  const char *metadata;  /**< JSON object. */
  const char *root_id;
  const char *root_title;
  const char *container_id; /**< "" where the chunk has none, as are the next five. */
  const char *container_title;
  const char *container_url;
  const char *leaf_id;
  const char *leaf_title;
  const char *leaf_url;
  uint64_t span_begin; /**< Of the urtext, in the document's text. */
  uint64_t span_end;
  int32_t sequence_number; /**< In its document, from 0. */
  int32_t chunk_index;     /**< Among the chunks of its leaf, from 0. */
  int32_t total_chunks;    /**< Of its leaf. */
  int32_t reserved;
} freshet_chunk_info;

#define FRESHET_CHUNK_INFO_INIT                                                                       \
  {                                                                                                   \
    sizeof(freshet_chunk_info), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, \
        NULL, NULL, NULL, 0, 0, 0, 0, 0, 0                                                            \
  }

enum { FRESHET_ELEMENT_ROOT = 0, FRESHET_ELEMENT_CONTAINER = 1, FRESHET_ELEMENT_LEAF = 2 };

/** A root or section of a stored document. */
typedef struct freshet_element_info {
  size_t struct_size;
  const char *id;
  const char *parent_id; /**< "" for a root. */
  const char *root_id;
  const char *title;
  const char *url;
  const char *text; /**< Of a leaf; else "". */
  uint64_t span_begin;
  uint64_t span_end;
  int32_t kind; /**< FRESHET_ELEMENT_…. */
  int32_t level;
  uint32_t ordinal; /**< In document order. */
  int32_t reserved;
} freshet_element_info;

#define FRESHET_ELEMENT_INFO_INIT \
  { sizeof(freshet_element_info), NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0 }

/** What freshet_repository_write_document() changed. */
typedef struct freshet_write_result {
  size_t struct_size;
  uint64_t added;   /**< Chunks. */
  uint64_t removed;
  uint64_t kept;    /**< Same root, same text: neither embedded nor delivered again. */
  uint64_t updated; /**< Of the kept: its metadata, title or path differs, so its row is sent again. */
  int32_t created;  /**< 1: the root was not known before. */
  int32_t reserved;
} freshet_write_result;

#define FRESHET_WRITE_RESULT_INIT \
  { sizeof(freshet_write_result), 0, 0, 0, 0, 0, 0 }

/** Opens the repository in @p directory, made where missing.
 *
 * @param options_json  NULL, or an object with any of: "namespace" ("default"; letters, digits and
 *     "._-", up to 128), "read_only" (false), "create" (true), "plugin_directories" ([]; looked in
 *     first), "plugin_timeout" ("10m", from "1s" to "7d": how long a call of a plugin that shows no sign
 *     of life is waited for, docs/plugins.md), "http" (the HTTP client's options, docs/configuration.md),
 *     "otel" (where spans and metrics go, docs/telemetry.md), "force_filesystem" (false; true opens a
 *     network file system all the same), "allow_shared" (false; true admits a directory and files that
 *     other users own or may write: they are then trusted with all that this process may write)
 * @retval FRESHET_E_INVALID_ARGUMENT  an option is wrong, or the directory cannot be one
 * @retval FRESHET_E_DENIED  it cannot be read or written; or a file in it is a link, or the
 *     directory, one above it or a file in it is another user's or writable by others
 *     (docs/state-format.md, "Whose files they are")
 * @retval FRESHET_E_NOT_FOUND  nothing is there, and "create" is false or "read_only" true
 * @retval FRESHET_E_VERSION  a newer freshet made it; or an older one, and "read_only" is true: opened for
 *     writing it is migrated (docs/state-format.md), which takes a while where it is large
 * @retval FRESHET_E_BUSY  an older freshet made it, and somebody else has it open
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_open(const char *directory, const char *options_json,
                                                   freshet_repository **out_repository,
                                                   freshet_error **out_error) FRESHET_NOEXCEPT;

/** Closes @p repository. Never fails; NULL, closed and foreign handles are ignored. Calls that still
 * run on other threads, and refreshes started from it, go on and keep what they need. @since 0.1 */
FRESHET_API void freshet_repository_close(freshet_repository *repository) FRESHET_NOEXCEPT;

/** Fills @p out_info. @since 0.1 */
FRESHET_API freshet_status freshet_repository_info_get(const freshet_repository *repository,
                                                       freshet_repository_info *out_info,
                                                       freshet_error **out_error) FRESHET_NOEXCEPT;

/** How fresh it is: {"directory","namespace","roots","documents","chunks","elements","fresh","due",
 * "failing","deliveries_pending","vectors","has_embeddings","sources":[…],"store","stores":[…],"runs":[…]}. "due"
 * are the roots whose policy is to be asked now, "fresh" those that are neither due nor failing;
 * "runs" holds the accounts of the last ten, newest first. "store" is the one that is searched; "stores" has all:
 * {"target": its number,"name","embedder","state":"filling"|"live"|"retired","rebuilding","replaces": the number of
 * the one whose place it takes, or null,"searched","pending": rows that it has still to be told}.
 * @param out_json  the caller's: freshet_string_free()
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_status(const freshet_repository *repository,
                                                     char **out_json,
                                                     freshet_error **out_error) FRESHET_NOEXCEPT;

/** Finds the root named @p uri; URIs are compared byte by byte.
 * @retval FRESHET_E_NOT_FOUND  it is not known
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_find_root(const freshet_repository *repository,
                                                        const char *uri, freshet_root **out_root,
                                                        freshet_error **out_error) FRESHET_NOEXCEPT;

/** Sets @p out_exists to 1 where content is stored under @p uri, else to 0. "" never exists.
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_exists_root(const freshet_repository *repository,
                                                          const char *uri, int32_t *out_exists,
                                                          freshet_error **out_error) FRESHET_NOEXCEPT;

/** Begins a listing of all roots, in no particular but always the same order. Roots that are added
 * or removed meanwhile may or may not be in it; every other root is, once. @since 0.1 */
FRESHET_API freshet_status freshet_repository_list_roots(const freshet_repository *repository,
                                                         freshet_roots **out_roots,
                                                         freshet_error **out_error) FRESHET_NOEXCEPT;

/** Hands out the next root, or NULL with FRESHET_OK after the last. @since 0.1 */
FRESHET_API freshet_status freshet_roots_next(freshet_roots *roots, freshet_root **out_root,
                                              freshet_error **out_error) FRESHET_NOEXCEPT;

/** Ends a listing. Never fails; NULL, freed and foreign handles are ignored. @since 0.1 */
FRESHET_API void freshet_roots_free(freshet_roots *roots) FRESHET_NOEXCEPT;

/** Fills @p out_info with texts borrowed from @p root. @since 0.1 */
FRESHET_API freshet_status freshet_root_get(const freshet_root *root, freshet_root_info *out_info,
                                            freshet_error **out_error) FRESHET_NOEXCEPT;

/** Frees @p root. Never fails; NULL, freed and foreign handles are ignored. @since 0.1 */
FRESHET_API void freshet_root_free(freshet_root *root) FRESHET_NOEXCEPT;

/** Removes a root with its sections and chunks, and puts the removal of its rows from the store into
 * the delivery queue, all in one transaction. Where a source lists it, the next refresh brings it back:
 * freshet_repository_exclude() keeps it out.
 * @param out_count  elements and chunks removed, the root itself included; may be NULL
 * @retval FRESHET_E_NOT_FOUND  the root is not known
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_delete_root_and_descendants(
    freshet_repository *repository, const char *uri, uint64_t *out_count,
    freshet_error **out_error) FRESHET_NOEXCEPT;

/** Merges @p flags_json, an object, into the flags of a root; a null value removes a flag. A custom policy
 * sees them. A change makes the root due, unless it waits after a failure.
 * @retval FRESHET_E_NOT_FOUND  the root is not known
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_set_flags(freshet_repository *repository, const char *uri,
                                                        const char *flags_json,
                                                        freshet_error **out_error) FRESHET_NOEXCEPT;

/** Chunks a finished document and stores it in place of what its URI held, in one transaction; the
 * rows that differ go into the delivery queue, which the next refresh delivers.
 *
 * @param options_json  NULL, or {"chunker":{…}}, as for a refresh
 * @param out_result    may be NULL
 * @param out_chunks    the document's chunks as stored, in order; may be NULL
 * @retval FRESHET_E_MISUSE  the document is not finished
 * @retval FRESHET_E_INVALID_ARGUMENT  an option is wrong
 * @retval FRESHET_E_EXCLUDED  the URI is to stay out (exclusion.h)
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_write_document(
    freshet_repository *repository, const freshet_document *document, const char *options_json,
    freshet_write_result *out_result, freshet_chunks **out_chunks,
    freshet_error **out_error) FRESHET_NOEXCEPT;

/** The stored document named @p uri, reassembled from its sections.
 * @retval FRESHET_E_NOT_FOUND  none is stored under that URI
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_read_document(const freshet_repository *repository,
                                                            const char *uri,
                                                            freshet_document **out_document,
                                                            freshet_error **out_error) FRESHET_NOEXCEPT;

/** The chunks with these ids, in their order; unknown ids are left out.
 * @param ids    @p count texts; NULL if @p count is 0
 * @param count  at most 1,000,000
 * @retval FRESHET_E_INVALID_ARGUMENT  an id is not 32 hexadecimal digits
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_find_chunks(const freshet_repository *repository,
                                                          const char *const *ids, size_t count,
                                                          freshet_chunks **out_chunks,
                                                          freshet_error **out_error) FRESHET_NOEXCEPT;

/** The chunks of a root, by sequence number.
 * @retval FRESHET_E_NOT_FOUND  the root is not known
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_root_chunks(const freshet_repository *repository,
                                                          const char *uri, freshet_chunks **out_chunks,
                                                          freshet_error **out_error) FRESHET_NOEXCEPT;

/** A chunk with up to @p before and @p after neighbours of its document, in order. An unknown id
 * gives no chunks.
 * @retval FRESHET_E_INVALID_ARGUMENT  the id is not 32 hexadecimal digits
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_expand(const freshet_repository *repository,
                                                     const char *chunk_id, uint32_t before,
                                                     uint32_t after, freshet_chunks **out_chunks,
                                                     freshet_error **out_error) FRESHET_NOEXCEPT;

/** How many chunks there are; 0 on a handle that is no freshet_chunks. @since 0.1 */
FRESHET_API size_t freshet_chunks_count(const freshet_chunks *chunks) FRESHET_NOEXCEPT;

/** Fills @p out_info with chunk @p index, from 0; its texts are borrowed from @p chunks.
 * @retval FRESHET_E_NOT_FOUND  there is no such chunk
 * @since 0.1 */
FRESHET_API freshet_status freshet_chunks_get(const freshet_chunks *chunks, size_t index,
                                              freshet_chunk_info *out_info,
                                              freshet_error **out_error) FRESHET_NOEXCEPT;

/** Frees @p chunks. Never fails; NULL, freed and foreign handles are ignored. @since 0.1 */
FRESHET_API void freshet_chunks_free(freshet_chunks *chunks) FRESHET_NOEXCEPT;

/** Finds a root or section by its id.
 * @retval FRESHET_E_NOT_FOUND  it is not known
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_find_element(const freshet_repository *repository,
                                                           const char *id,
                                                           freshet_element **out_element,
                                                           freshet_error **out_error) FRESHET_NOEXCEPT;

/** Fills @p out_info with texts borrowed from @p element. @since 0.1 */
FRESHET_API freshet_status freshet_element_get(const freshet_element *element,
                                               freshet_element_info *out_info,
                                               freshet_error **out_error) FRESHET_NOEXCEPT;

/** Frees @p element. Never fails; NULL, freed and foreign handles are ignored. @since 0.1 */
FRESHET_API void freshet_element_free(freshet_element *element) FRESHET_NOEXCEPT;

/** The ids from the root down to an element or a chunk, as a JSON array of texts.
 * @param out_json  the caller's: freshet_string_free()
 * @retval FRESHET_E_NOT_FOUND  the id is not known, or a link on the way is missing
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_path_from_root(const freshet_repository *repository,
                                                             const char *id, char **out_json,
                                                             freshet_error **out_error) FRESHET_NOEXCEPT;

/** Reads everything: checksums, references, counters, order. Takes as long as reading the file does.
 * Damage is in the report, not an error: {"ok","roots","elements","chunks","vectors","deliveries",
 * "problem_count","problems":[the first 100]}.
 * @param call      limits, or NULL
 * @param out_json  the caller's: freshet_string_free()
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_check(const freshet_repository *repository,
                                                    const freshet_call_options *call,
                                                    char **out_json,
                                                    freshet_error **out_error) FRESHET_NOEXCEPT;

/** Writes a compacted copy of all namespaces into @p directory, which must be empty or missing. The
 * repository may be used meanwhile. A copy that fails, or is stopped, leaves no file.
 * @param call  limits, or NULL
 * @retval FRESHET_E_INVALID_ARGUMENT  something is in @p directory
 * @since 0.1 */
FRESHET_API freshet_status freshet_repository_backup(const freshet_repository *repository,
                                                     const char *directory,
                                                     const freshet_call_options *call,
                                                     freshet_error **out_error) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif
