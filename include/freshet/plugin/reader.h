/* freshet/plugin/reader.h - what a reader plugin implements: it turns the bytes of a media type into
 * a document. The manifest lists the media types. See host.h for ownership and thread tags. */
#ifndef FRESHET_PLUGIN_READER_H
#define FRESHET_PLUGIN_READER_H

#include <freshet/plugin/host.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FRESHET_PLUGIN_READER "freshet.reader/1"

/** Builds the document, in its order. Text must be UTF-8. */
typedef struct freshet_document_builder {
  size_t struct_size;
  void *payload;
  /** Titles that are too long are cut; a section's whole title then begins its text. */
  void (*title)(void *payload, const char *title);
  /** A piece of metadata; @p json is any JSON value. */
  void (*metadata)(void *payload, const char *key, const char *json);
  /** Begins a section under the nearest open one of a lower @p level (1 to 6). @p url may be NULL. */
  void (*section)(void *payload, int32_t level, const char *title, const char *url);
  /** Adds text to the section begun last, or before the first; paragraphs are parted by a blank line. */
  void (*text)(void *payload, const char *text, size_t size);
} freshet_document_builder;

typedef struct freshet_reader_table {
  size_t struct_size;

  /** As for a loader. [concurrent] */
  freshet_status (*open)(void *provider, const freshet_host *host, freshet_call *call,
                         const char *options, void **out_reader);

  /** Reads one document. What cannot be read is FRESHET_E_PARSE, never a page about the error.
   * [concurrent] */
  freshet_status (*read)(void *reader, freshet_call *call, const void *bytes, size_t size,
                         const char *uri, const char *media_type,
                         const freshet_document_builder *builder);

  /** As for a loader. [any] */
  void (*close)(void *reader);
} freshet_reader_table;

#ifdef __cplusplus
}
#endif
#endif
