/* bridge.h - what cgo cannot say: tables of functions, and a number as a payload. */
#ifndef FRESHET_GO_BRIDGE_H
#define FRESHET_GO_BRIDGE_H

#include <freshet/freshet.h>
#include <freshet/plugin/embedder.h>
#include <freshet/plugin/entry.h>
#include <freshet/plugin/loader.h>

/* Each takes a cgo.Handle, which its release deletes, also where it fails. */
freshet_status freshet_go_policy_custom(uintptr_t handle, freshet_policy** out,
                                        freshet_error** error);
freshet_status freshet_go_policy_by_url(uintptr_t handle, freshet_policy** out,
                                        freshet_error** error);
freshet_status freshet_go_policy_matching(uintptr_t handle, freshet_policy** out,
                                          freshet_error** error);
freshet_status freshet_go_register(const char* manifest, uintptr_t handle, freshet_error** error);

freshet_status freshet_go_read_directory(const freshet_reader* reader, const char* path,
                                         const char* options, uintptr_t handle,
                                         const freshet_call_options* call, char** report,
                                         freshet_error** error);
freshet_status freshet_go_log_set(int32_t on, freshet_error** error);

/* The functions of a host and of its sinks, which cgo cannot call through a pointer. */
int32_t freshet_go_cancelled(const freshet_host* host, freshet_call* call);
void freshet_go_host_log(const freshet_host* host, int32_t level, const char* message);
int64_t freshet_go_now_ms(const freshet_host* host);
void freshet_go_fail(const freshet_host* host, freshet_call* call, freshet_status status,
                     const char* message, const char* subject, int64_t retry_after_ms);
freshet_status freshet_go_secret(const freshet_host* host, freshet_call* call,
                                 const char* reference, uintptr_t handle);
freshet_status freshet_go_listing_entry(const freshet_listing_sink* sink,
                                        const freshet_entry* entry);
freshet_status freshet_go_listing_gone(const freshet_listing_sink* sink, const char* uri);
freshet_status freshet_go_listing_state(const freshet_listing_sink* sink, const char* text);
freshet_status freshet_go_fetch_content(const freshet_fetch_sink* sink,
                                        const freshet_content* content);
freshet_status freshet_go_fetch_not_modified(const freshet_fetch_sink* sink);
freshet_status freshet_go_fetch_gone(const freshet_fetch_sink* sink, int32_t confirmed);
freshet_status freshet_go_vector(const freshet_vector_sink* sink, size_t index, const float* values,
                                 size_t dimension);
freshet_status freshet_go_reject(const freshet_vector_sink* sink, size_t index,
                                 freshet_status status, const char* why);
freshet_status freshet_go_usage(const freshet_vector_sink* sink, uint64_t tokens);

const void* freshet_go_loader_table(void);
const void* freshet_go_embedder_table(void);

#endif
