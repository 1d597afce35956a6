#include "bridge.h"

#include "_cgo_export.h"

static freshet_status decide(void* payload, const freshet_known* known, int64_t now_ms,
                             freshet_decision* out) {
  return freshetGoDecide((uintptr_t)payload, (freshet_known*)known, now_ms, out);
}

static freshet_status accept_document(void* payload, const freshet_known* known,
                                      const freshet_document* document, int32_t* out) {
  return freshetGoAccept((uintptr_t)payload, (freshet_known*)known, (freshet_document*)document,
                         out);
}

static freshet_status select_policy(void* payload, const char* uri, const freshet_policy** out) {
  return freshetGoSelect((uintptr_t)payload, (char*)uri, (freshet_policy**)out);
}

static freshet_status matches(void* payload, const char* uri, int32_t* out) {
  return freshetGoMatches((uintptr_t)payload, (char*)uri, out);
}

static void release(void* payload) { freshetGoRelease((uintptr_t)payload); }

freshet_status freshet_go_policy_custom(uintptr_t handle, freshet_policy** out,
                                        freshet_error** error) {
  const freshet_custom_policy functions = {sizeof functions, (void*)handle, decide, accept_document,
                                           release};
  return freshet_policy_custom(&functions, out, error);
}

freshet_status freshet_go_policy_by_url(uintptr_t handle, freshet_policy** out,
                                        freshet_error** error) {
  const freshet_url_functions functions = {sizeof functions, (void*)handle, select_policy, NULL,
                                           release};
  return freshet_policy_by_url(&functions, out, error);
}

freshet_status freshet_go_policy_matching(uintptr_t handle, freshet_policy** out,
                                          freshet_error** error) {
  const freshet_url_functions functions = {sizeof functions, (void*)handle, NULL, matches, release};
  return freshet_policy_matching(&functions, out, error);
}

static const void* get(void* payload, const char* kind, const char* name) {
  return freshetGoTable((uintptr_t)payload, (char*)kind, (char*)name);
}

freshet_status freshet_go_register(const char* manifest, uintptr_t handle, freshet_error** error) {
  const freshet_provider provider = {sizeof provider, (void*)handle, get, release};
  return freshet_plugins_register(manifest, &provider, error);
}

static freshet_status take_document(void* payload, const freshet_document* document) {
  return freshetGoDocument((uintptr_t)payload, (freshet_document*)document);
}

freshet_status freshet_go_read_directory(const freshet_reader* reader, const char* path,
                                         const char* options, uintptr_t handle,
                                         const freshet_call_options* call, char** report,
                                         freshet_error** error) {
  return freshet_reader_read_directory(reader, path, options, take_document, (void*)handle, call,
                                       report, error);
}

static void take_line(void* payload, int32_t level, const char* plugin, const char* message) {
  (void)payload;
  freshetGoLog(level, (char*)plugin, (char*)message);
}

freshet_status freshet_go_log_set(int32_t on, freshet_error** error) {
  return freshet_log_set(on ? take_line : NULL, NULL, error);
}

int32_t freshet_go_cancelled(const freshet_host* host, freshet_call* call) {
  return host->cancelled(call);
}

void freshet_go_host_log(const freshet_host* host, int32_t level, const char* message) {
  host->log(host->self, level, message);
}

int64_t freshet_go_now_ms(const freshet_host* host) { return host->now_ms(host->self); }

void freshet_go_fail(const freshet_host* host, freshet_call* call, freshet_status status,
                     const char* message, const char* subject, int64_t retry_after_ms) {
  host->fail(call, status, message, subject, retry_after_ms);
}

static freshet_status take_text(void* payload, const char* text) {
  return freshetGoText((uintptr_t)payload, (char*)text);
}

freshet_status freshet_go_secret(const freshet_host* host, freshet_call* call,
                                 const char* reference, uintptr_t handle) {
  return host->secret(call, reference, take_text, (void*)handle);
}

freshet_status freshet_go_listing_entry(const freshet_listing_sink* sink,
                                        const freshet_entry* entry) {
  return sink->entry(sink->payload, entry);
}

freshet_status freshet_go_listing_gone(const freshet_listing_sink* sink, const char* uri) {
  return sink->gone(sink->payload, uri);
}

freshet_status freshet_go_listing_state(const freshet_listing_sink* sink, const char* text) {
  return sink->state(sink->payload, text);
}

freshet_status freshet_go_fetch_content(const freshet_fetch_sink* sink,
                                        const freshet_content* content) {
  return sink->content(sink->payload, content);
}

freshet_status freshet_go_fetch_not_modified(const freshet_fetch_sink* sink) {
  return sink->not_modified(sink->payload);
}

freshet_status freshet_go_fetch_gone(const freshet_fetch_sink* sink, int32_t confirmed) {
  return sink->gone(sink->payload, confirmed);
}

freshet_status freshet_go_vector(const freshet_vector_sink* sink, size_t index, const float* values,
                                 size_t dimension) {
  return sink->vector(sink->payload, index, values, dimension);
}

freshet_status freshet_go_reject(const freshet_vector_sink* sink, size_t index,
                                 freshet_status status, const char* why) {
  return sink->reject(sink->payload, index, status, why);
}

freshet_status freshet_go_usage(const freshet_vector_sink* sink, uint64_t tokens) {
  return sink->usage(sink->payload, tokens);
}

/* An instance is a number, too: the handle of a Go value. */
static freshet_status open_one(void* provider, const freshet_host* host, freshet_call* call,
                               const char* options, void** out) {
  uintptr_t instance = 0;
  const freshet_status status =
      freshetGoOpen((uintptr_t)provider, (freshet_host*)host, call, (char*)options, &instance);
  if (status == FRESHET_OK) *out = (void*)instance;
  return status;
}

static void close_one(void* instance) { freshetGoClose((uintptr_t)instance); }

static freshet_status list(void* loader, freshet_call* call, const freshet_listing_request* request,
                           const freshet_listing_sink* sink, int32_t* out_kind) {
  return freshetGoList((uintptr_t)loader, call, (char*)request->state, (freshet_listing_sink*)sink,
                       out_kind);
}

static freshet_status fetch(void* loader, freshet_call* call, const freshet_entry* entry,
                            const char* known_version, const freshet_fetch_sink* sink) {
  return freshetGoFetch((uintptr_t)loader, call, (freshet_entry*)entry, (char*)known_version,
                        (freshet_fetch_sink*)sink);
}

static freshet_status info(void* embedder, freshet_call* call, freshet_embedder_info* out) {
  return freshetGoEmbedderInfo((uintptr_t)embedder, call, out);
}

static freshet_status embed(void* embedder, freshet_call* call,
                            const freshet_embed_request* request, const freshet_vector_sink* sink) {
  return freshetGoEmbed((uintptr_t)embedder, call, (freshet_embed_request*)request,
                        (freshet_vector_sink*)sink);
}

const void* freshet_go_loader_table(void) {
  static const freshet_loader_table table = {sizeof table, open_one, list, fetch, close_one};
  return &table;
}

const void* freshet_go_embedder_table(void) {
  static const freshet_embedder_table table = {sizeof table, open_one, info, embed, close_one};
  return &table;
}
