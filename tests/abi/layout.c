/* tests/abi/layout.c - the layout of every struct of the C API, as 64-bit programs were compiled
 * with it.
 *
 * A line never changes once it was released; a struct that grows gets new lines, and a new size. */
#include <freshet/freshet.h>
#include <stddef.h>
#include <stdio.h>

static int failures;

static void check(const char* what, size_t is, size_t was) {
  if (is == was) return;
  printf("%s is %zu, was %zu\n", what, is, was);
  ++failures;
}

#define SIZE(type, bytes) check("sizeof(" #type ")", sizeof(type), bytes)
#define AT(type, member, offset) check(#type "." #member, offsetof(type, member), offset)
/* The initialiser sets struct_size. */
#define INIT(type, initialiser)                                          \
  do {                                                                   \
    const type value = initialiser;                                      \
    check(#initialiser ".struct_size", value.struct_size, sizeof(type)); \
  } while (0)

int main(void) {
  SIZE(freshet_section, 80);
  INIT(freshet_section, FRESHET_SECTION_INIT);
  AT(freshet_section, struct_size, 0);
  AT(freshet_section, id, 8);
  AT(freshet_section, title, 16);
  AT(freshet_section, url, 24);
  AT(freshet_section, text, 32);
  AT(freshet_section, text_size, 40);
  AT(freshet_section, span_begin, 48);
  AT(freshet_section, span_end, 56);
  AT(freshet_section, parent, 64);
  AT(freshet_section, child_count, 68);
  AT(freshet_section, level, 72);
  AT(freshet_section, reserved, 76);

  SIZE(freshet_event, 88);
  INIT(freshet_event, FRESHET_EVENT_INIT);
  AT(freshet_event, struct_size, 0);
  AT(freshet_event, kind, 8);
  AT(freshet_event, outcome, 12);
  AT(freshet_event, level, 16);
  AT(freshet_event, reserved, 20);
  AT(freshet_event, time_ms, 24);
  AT(freshet_event, done, 32);
  AT(freshet_event, total, 40);
  AT(freshet_event, dropped, 48);
  AT(freshet_event, source, 56);
  AT(freshet_event, uri, 64);
  AT(freshet_event, message, 72);
  AT(freshet_event, reason, 80);

  SIZE(freshet_plugin_info, 72);
  INIT(freshet_plugin_info, FRESHET_PLUGIN_INFO_INIT);
  AT(freshet_plugin_info, struct_size, 0);
  AT(freshet_plugin_info, kind, 8);
  AT(freshet_plugin_info, name, 16);
  AT(freshet_plugin_info, plugin, 24);
  AT(freshet_plugin_info, version, 32);
  AT(freshet_plugin_info, description, 40);
  AT(freshet_plugin_info, manifest, 48);
  AT(freshet_plugin_info, library, 56);
  AT(freshet_plugin_info, schema, 64);

  SIZE(freshet_known, 72);
  AT(freshet_known, struct_size, 0);
  AT(freshet_known, uri, 8);
  AT(freshet_known, metadata, 16);
  AT(freshet_known, flags, 24);
  AT(freshet_known, ingested_ms, 32);
  AT(freshet_known, checked_ms, 40);
  AT(freshet_known, changed_ms, 48);
  AT(freshet_known, listed_modified_ms, 56);
  AT(freshet_known, exists, 64);
  AT(freshet_known, triggered, 68);

  SIZE(freshet_decision, 32);
  INIT(freshet_decision, FRESHET_DECISION_INIT);
  AT(freshet_decision, struct_size, 0);
  AT(freshet_decision, refresh, 8);
  AT(freshet_decision, reserved, 12);
  AT(freshet_decision, ask_again_ms, 16);
  AT(freshet_decision, reason, 24);

  SIZE(freshet_custom_policy, 40);
  INIT(freshet_custom_policy, FRESHET_CUSTOM_POLICY_INIT);
  AT(freshet_custom_policy, struct_size, 0);
  AT(freshet_custom_policy, payload, 8);
  AT(freshet_custom_policy, decide, 16);
  AT(freshet_custom_policy, accept, 24);
  AT(freshet_custom_policy, release, 32);

  SIZE(freshet_hit, 72);
  INIT(freshet_hit, FRESHET_HIT_INIT);
  AT(freshet_hit, struct_size, 0);
  AT(freshet_hit, score, 8);
  AT(freshet_hit, text, 16);
  AT(freshet_hit, uri, 24);
  AT(freshet_hit, title, 32);
  AT(freshet_hit, path, 40);
  AT(freshet_hit, url, 48);
  AT(freshet_hit, chunk_id, 56);
  AT(freshet_hit, metadata, 64);

  SIZE(freshet_refresh_options, 24);
  INIT(freshet_refresh_options, FRESHET_REFRESH_OPTIONS_INIT);
  AT(freshet_refresh_options, struct_size, 0);
  AT(freshet_refresh_options, on_event, 8);
  AT(freshet_refresh_options, payload, 16);

  SIZE(freshet_refresh_counts, 168);
  INIT(freshet_refresh_counts, FRESHET_REFRESH_COUNTS_INIT);
  AT(freshet_refresh_counts, struct_size, 0);
  AT(freshet_refresh_counts, listed, 8);
  AT(freshet_refresh_counts, refreshed, 16);
  AT(freshet_refresh_counts, unchanged, 24);
  AT(freshet_refresh_counts, skipped, 32);
  AT(freshet_refresh_counts, removed, 40);
  AT(freshet_refresh_counts, busy, 48);
  AT(freshet_refresh_counts, failed, 56);
  AT(freshet_refresh_counts, held, 64);
  AT(freshet_refresh_counts, chunks_added, 72);
  AT(freshet_refresh_counts, chunks_removed, 80);
  AT(freshet_refresh_counts, chunks_kept, 88);
  AT(freshet_refresh_counts, embedded_texts, 96);
  AT(freshet_refresh_counts, embedded_cached, 104);
  AT(freshet_refresh_counts, embedded_tokens, 112);
  AT(freshet_refresh_counts, upserts, 120);
  AT(freshet_refresh_counts, removals, 128);
  AT(freshet_refresh_counts, pending, 136);
  AT(freshet_refresh_counts, requests, 144);
  AT(freshet_refresh_counts, not_modified, 152);
  AT(freshet_refresh_counts, bytes, 160);

  SIZE(freshet_repository_info, 72);
  INIT(freshet_repository_info, FRESHET_REPOSITORY_INFO_INIT);
  AT(freshet_repository_info, struct_size, 0);
  AT(freshet_repository_info, chunks, 8);
  AT(freshet_repository_info, documents, 16);
  AT(freshet_repository_info, elements, 24);
  AT(freshet_repository_info, roots, 32);
  AT(freshet_repository_info, failing, 40);
  AT(freshet_repository_info, deliveries, 48);
  AT(freshet_repository_info, vectors, 56);
  AT(freshet_repository_info, has_embeddings, 64);
  AT(freshet_repository_info, persistent, 68);

  SIZE(freshet_root_info, 128);
  INIT(freshet_root_info, FRESHET_ROOT_INFO_INIT);
  AT(freshet_root_info, struct_size, 0);
  AT(freshet_root_info, uri, 8);
  AT(freshet_root_info, title, 16);
  AT(freshet_root_info, media_type, 24);
  AT(freshet_root_info, version, 32);
  AT(freshet_root_info, metadata, 40);
  AT(freshet_root_info, flags, 48);
  AT(freshet_root_info, alias_of, 56);
  AT(freshet_root_info, error, 64);
  AT(freshet_root_info, ingested_ms, 72);
  AT(freshet_root_info, checked_ms, 80);
  AT(freshet_root_info, changed_ms, 88);
  AT(freshet_root_info, ask_again_ms, 96);
  AT(freshet_root_info, failed_ms, 104);
  AT(freshet_root_info, error_code, 112);
  AT(freshet_root_info, chunks, 116);
  AT(freshet_root_info, elements, 120);
  AT(freshet_root_info, failures, 124);

  SIZE(freshet_chunk_info, 160);
  INIT(freshet_chunk_info, FRESHET_CHUNK_INFO_INIT);
  AT(freshet_chunk_info, struct_size, 0);
  AT(freshet_chunk_info, id, 8);
  AT(freshet_chunk_info, text, 16);
  AT(freshet_chunk_info, urtext, 24);
  AT(freshet_chunk_info, parent_id, 32);
  AT(freshet_chunk_info, url, 40);
  AT(freshet_chunk_info, path, 48);
  AT(freshet_chunk_info, metadata, 56);
  AT(freshet_chunk_info, root_id, 64);
  AT(freshet_chunk_info, root_title, 72);
  AT(freshet_chunk_info, container_id, 80);
  AT(freshet_chunk_info, container_title, 88);
  AT(freshet_chunk_info, container_url, 96);
  AT(freshet_chunk_info, leaf_id, 104);
  AT(freshet_chunk_info, leaf_title, 112);
  AT(freshet_chunk_info, leaf_url, 120);
  AT(freshet_chunk_info, span_begin, 128);
  AT(freshet_chunk_info, span_end, 136);
  AT(freshet_chunk_info, sequence_number, 144);
  AT(freshet_chunk_info, chunk_index, 148);
  AT(freshet_chunk_info, total_chunks, 152);
  AT(freshet_chunk_info, reserved, 156);

  SIZE(freshet_element_info, 88);
  INIT(freshet_element_info, FRESHET_ELEMENT_INFO_INIT);
  AT(freshet_element_info, struct_size, 0);
  AT(freshet_element_info, id, 8);
  AT(freshet_element_info, parent_id, 16);
  AT(freshet_element_info, root_id, 24);
  AT(freshet_element_info, title, 32);
  AT(freshet_element_info, url, 40);
  AT(freshet_element_info, text, 48);
  AT(freshet_element_info, span_begin, 56);
  AT(freshet_element_info, span_end, 64);
  AT(freshet_element_info, kind, 72);
  AT(freshet_element_info, level, 76);
  AT(freshet_element_info, ordinal, 80);
  AT(freshet_element_info, reserved, 84);

  SIZE(freshet_write_result, 48);
  INIT(freshet_write_result, FRESHET_WRITE_RESULT_INIT);
  AT(freshet_write_result, struct_size, 0);
  AT(freshet_write_result, added, 8);
  AT(freshet_write_result, removed, 16);
  AT(freshet_write_result, kept, 24);
  AT(freshet_write_result, updated, 32);
  AT(freshet_write_result, created, 40);
  AT(freshet_write_result, reserved, 44);

  if (failures == 0) printf("all structs as they were\n");
  return failures == 0 ? 0 : 1;
}
