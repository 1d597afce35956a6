/* freshet/document.h - a document: a title, metadata, and a tree of sections.
 *
 * A document comes from a reader (reader.h) or is built by hand: freshet_document_new(), sections
 * added one by one, freshet_document_finish(). Finished, it does not change any more; only then can
 * it be walked and written.
 *
 * Sections are numbered from 1, and 0 names the document itself. While building, a section's number
 * is the one freshet_document_add_section() gave. Finishing puts every section in document order,
 * keeps the text of a section that also has children as a first child of its own, drops sections
 * without title, text and children, and renumbers them in document order: a parent always comes
 * before its children.
 *
 * Threads:   any thread, also several on one document at the same time.
 * Ownership: a document is the caller's until freshet_document_free(). Texts in freshet_section and
 *            the texts returned are borrowed from it. Nothing here blocks. */
#ifndef FRESHET_DOCUMENT_H
#define FRESHET_DOCUMENT_H

#include <freshet/error.h>

FRESHET_BEGIN_DECLS

typedef struct freshet_document freshet_document;

/** One section of a finished document. Filled by freshet_document_section(). */
typedef struct freshet_section {
  size_t struct_size;
  const char *id;     /**< Stable as long as the titles above it and its own are. */
  const char *title;  /**< "" for text before the first heading. */
  const char *url;    /**< The document's URI with the heading's anchor; or "". */
  const char *text;   /**< Of a leaf; "" for a container. NUL-terminated; may hold no other NUL. */
  size_t text_size;   /**< Bytes. */
  uint64_t span_begin; /**< Byte offsets [begin, end) in freshet_document_text(). */
  uint64_t span_end;
  uint32_t parent;      /**< The number of the section it is in; 0: the document. */
  uint32_t child_count; /**< 0 for a leaf. */
  int32_t level;        /**< Of the heading, 1 to 6; 0: none. */
  int32_t reserved;     /**< 0. */
} freshet_section;

#define FRESHET_SECTION_INIT \
  { sizeof(freshet_section), NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0 }

/** Begins a document.
 * @param uri    names its root; not empty; at most 8192 bytes
 * @param title  may be NULL or empty; at most 512 bytes
 * @retval FRESHET_E_INVALID_ARGUMENT  @p uri is empty, or a text is not UTF-8 or too long
 * @since 0.1 */
FRESHET_API freshet_status freshet_document_new(const char *uri, const char *title,
                                                freshet_document **out_document,
                                                freshet_error **out_error) FRESHET_NOEXCEPT;

/** Adds a section as the last child of @p parent (0: of the document).
 * @param title        may be NULL or empty; at most 1024 bytes
 * @param url          where this section is, or NULL; at most 8192 bytes
 * @param level        of its heading, 1 to 6, or 0
 * @param out_section  its number; may be NULL
 * @retval FRESHET_E_INVALID_ARGUMENT  no such parent, a level out of range, nested more than 64
 *         deep, or a text is too long
 * @retval FRESHET_E_MISUSE  the document is finished
 * @since 0.1 */
FRESHET_API freshet_status freshet_document_add_section(freshet_document *document, uint32_t parent,
                                                        const char *title, const char *url,
                                                        int32_t level, uint32_t *out_section,
                                                        freshet_error **out_error) FRESHET_NOEXCEPT;

/** Sets the text of a section, in place of the one it had.
 * @param text  UTF-8, @p size bytes, no NUL among them; NULL if @p size is 0
 * @retval FRESHET_E_INVALID_ARGUMENT  no such section, or the text is not UTF-8
 * @retval FRESHET_E_MISUSE  the document is finished
 * @since 0.1 */
FRESHET_API freshet_status freshet_document_set_text(freshet_document *document, uint32_t section,
                                                     const char *text, size_t size,
                                                     freshet_error **out_error) FRESHET_NOEXCEPT;

/** Sets the document's metadata: a JSON object of at most 64 KiB. Every chunk of the document
 * carries it, up to 4 KiB; where it is larger, without its longest values.
 * @retval FRESHET_E_INVALID_ARGUMENT  not a JSON object, or too long
 * @retval FRESHET_E_MISUSE  the document is finished
 * @since 0.1 */
FRESHET_API freshet_status freshet_document_set_metadata(freshet_document *document,
                                                         const char *metadata_json,
                                                         freshet_error **out_error) FRESHET_NOEXCEPT;

/** Ends the building. A second call changes nothing. @since 0.1 */
FRESHET_API freshet_status freshet_document_finish(freshet_document *document,
                                                   freshet_error **out_error) FRESHET_NOEXCEPT;

/** The URI that names the document's root; "" on a handle that is no document. @since 0.1 */
FRESHET_API const char *freshet_document_uri(const freshet_document *document) FRESHET_NOEXCEPT;

/** Its title; "" where it has none. @since 0.1 */
FRESHET_API const char *freshet_document_title(const freshet_document *document) FRESHET_NOEXCEPT;

/** How many sections a finished document has; 0 before that. @since 0.1 */
FRESHET_API uint32_t freshet_document_section_count(const freshet_document *document) FRESHET_NOEXCEPT;

/** Fills @p out_section with section @p number (from 1) of a finished document.
 * @retval FRESHET_E_NOT_FOUND  there is no such section
 * @retval FRESHET_E_MISUSE  the document is not finished, or out_section->struct_size is not set
 * @since 0.1 */
FRESHET_API freshet_status freshet_document_section(const freshet_document *document, uint32_t number,
                                                    freshet_section *out_section,
                                                    freshet_error **out_error) FRESHET_NOEXCEPT;

/** The text of a finished document: its leaves in order, each "title\ntext", joined by a blank line.
 * @param out_text  borrowed from the document
 * @param out_size  bytes; may be NULL
 * @retval FRESHET_E_MISUSE  the document is not finished
 * @since 0.1 */
FRESHET_API freshet_status freshet_document_text(const freshet_document *document,
                                                 const char **out_text, size_t *out_size,
                                                 freshet_error **out_error) FRESHET_NOEXCEPT;

/** The metadata as a JSON object. @param out_json  the caller's: freshet_string_free(). @since 0.1 */
FRESHET_API freshet_status freshet_document_metadata(const freshet_document *document, char **out_json,
                                                     freshet_error **out_error) FRESHET_NOEXCEPT;

/** A finished document as JSON: {"uri","title","media_type","metadata","sections":[{"id","title",
 * "level","span","url","metadata","text" or "sections"}…]}. Metadata of a section is an object of at most
 * 4 KiB, left out where there is none.
 * @param out_json  the caller's: freshet_string_free()
 * @retval FRESHET_E_MISUSE  the document is not finished
 * @since 0.1 */
FRESHET_API freshet_status freshet_document_to_json(const freshet_document *document, char **out_json,
                                                    freshet_error **out_error) FRESHET_NOEXCEPT;

/** A finished document from the JSON that freshet_document_to_json() makes, at most 64 MiB of it. Ids
 * and spans are computed again, so they may be left out.
 * @retval FRESHET_E_INVALID_ARGUMENT  not that JSON: the subject is the path of what is wrong
 * @since 0.1 */
FRESHET_API freshet_status freshet_document_from_json(const char *json, freshet_document **out_document,
                                                      freshet_error **out_error) FRESHET_NOEXCEPT;

/** Frees @p document. Never fails; NULL, freed and foreign handles are ignored. @since 0.1 */
FRESHET_API void freshet_document_free(freshet_document *document) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif
