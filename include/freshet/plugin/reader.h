/* freshet/plugin/reader.h - what a reader plugin implements: it turns the bytes of a media type into
 * a document. The manifest lists the media types. See host.h for ownership and thread tags. */
#ifndef FRESHET_PLUGIN_READER_H
#define FRESHET_PLUGIN_READER_H

#include <freshet/plugin/host.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FRESHET_PLUGIN_READER "freshet.reader/1"

/** Builds the document, in its order. Text that is not UTF-8 is mended. All functions take copies. A document of
 * more than 1,000,000 sections or 256 MiB of text fails with FRESHET_E_LIMIT. */
typedef struct freshet_document_builder {
  size_t struct_size;
  void *payload;
  /** Titles that are too long are cut; a section's whole title then begins its text. */
  freshet_status (*title)(void *payload, const char *title);
  /** A piece of metadata; @p json is any JSON value in UTF-8, of at most 1 MiB. Where all of it together is
   * more than 64 KiB, the largest pieces are left out. */
  freshet_status (*metadata)(void *payload, const char *key, const char *json);
  /** Begins a section under the nearest open one of a lower @p level (1 to 6). @p url may be NULL. */
  freshet_status (*section)(void *payload, int32_t level, const char *title, const char *url);
  /** Adds text to the section begun last, or before the first; a blank line separates paragraphs. */
  freshet_status (*text)(void *payload, const char *text, size_t size);
  /** What follows, titles and text, stands on this page (from 1) until the next one is named. Chunks get the
   * metadata "page" and "page_end". @since 0.1 */
  freshet_status (*page)(void *payload, int32_t page);
} freshet_document_builder;
#define FRESHET_DOCUMENT_BUILDER_SIZE_1 FRESHET_SIZE_TO(freshet_document_builder, text)

/** What is to be read. Borrowed for the call. */
typedef struct freshet_read_request {
  size_t struct_size;
  const void *bytes;
  size_t size;
  const char *uri;        /**< Of the root. */
  const char *media_type; /**< As declared or recognised; "": unknown. */
  const char *charset;    /**< As declared; "": not declared. The bytes are as they came. */
} freshet_read_request;
#define FRESHET_READ_REQUEST_SIZE_1 FRESHET_SIZE_TO(freshet_read_request, charset)

typedef struct freshet_reader_table {
  size_t struct_size;

  /** As for a loader. [concurrent] */
  freshet_status (*open)(void *provider, const freshet_host *host, freshet_call *call,
                         const char *options, void **out_reader);

  /** Reads one document. What cannot be read is FRESHET_E_PARSE, never a page about the error; a text of
   * which more than a tenth of the characters are U+FFFD is taken for one that cannot. [concurrent] */
  freshet_status (*read)(void *reader, freshet_call *call, const freshet_read_request *request,
                         const freshet_document_builder *builder);

  /** As for a loader. [any] */
  void (*close)(void *reader);
} freshet_reader_table;
#define FRESHET_READER_TABLE_SIZE_1 FRESHET_SIZE_TO(freshet_reader_table, close)

#ifdef __cplusplus
}
#endif
#endif
