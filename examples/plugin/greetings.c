/* examples/plugin/greetings.c - as small a plugin as there can be: a loader of two pages that it brings along.
 *
 *     cc -std=c99 -shared -fPIC $(pkg-config --cflags freshet) -o greetings.so greetings.c
 *     freshet plugins check greetings.plugin.json
 *     FRESHET_PLUGIN_PATH=$PWD freshet refresh --config greetings.toml
 *
 * docs/plugins.md says what each function promises, plugins/template is a larger one in C++. */
#include <freshet/plugin/entry.h>
#include <freshet/plugin/loader.h>
#include <string.h>

static const struct {
  const char* uri;
  const char* text;
} pages[] = {{"greetings:/hello", "Hello is what one says when somebody comes."},
             {"greetings:/goodbye", "Goodbye is what one says when somebody goes."}};
static const size_t page_count = sizeof pages / sizeof *pages;

/* There are no options, so an instance has nothing to remember but its host. */
static freshet_status greetings_open(void* provider, const freshet_host* host, freshet_call* call,
                                     const char* options, void** out_loader) {
  (void)provider, (void)call, (void)options;
  *out_loader = (void*)host;
  return FRESHET_OK;
}

static freshet_status greetings_list(void* loader, freshet_call* call,
                                     const freshet_listing_request* request,
                                     const freshet_listing_sink* sink, int32_t* out_kind) {
  const freshet_host* host = loader;
  size_t i;
  (void)request;
  for (i = 0; i < page_count; ++i) {
    freshet_entry entry = {.struct_size = sizeof entry, .last_modified_ms = INT64_MIN, .size = -1};
    freshet_status status;
    if (host->cancelled(call)) return FRESHET_E_CANCELLED;
    entry.uri = pages[i].uri;
    status = sink->entry(sink->payload, &entry);
    if (status != FRESHET_OK) return status;
  }
  *out_kind = FRESHET_LISTING_WHOLE; /* what was not named is gone */
  return FRESHET_OK;
}

static freshet_status greetings_fetch(void* loader, freshet_call* call, const freshet_entry* entry,
                                      const char* known_version, const freshet_fetch_sink* sink) {
  size_t i;
  (void)loader, (void)call, (void)known_version;
  for (i = 0; i < page_count; ++i) {
    if (strcmp(entry->uri, pages[i].uri) == 0) {
      freshet_content content = {.struct_size = sizeof content,
                                 .media_type = "text/plain",
                                 .charset = "utf-8",
                                 .attempts = 1};
      content.bytes = pages[i].text;
      content.size = strlen(pages[i].text);
      return sink->content(sink->payload, &content);
    }
  }
  return sink->gone(sink->payload, 1);
}

static void greetings_close(void* loader) { (void)loader; }

static const freshet_loader_table table = {
    .struct_size = sizeof table,
    .open = greetings_open,
    .list = greetings_list,
    .fetch = greetings_fetch,
    .close = greetings_close,
};

static const void* get(const char* kind, const char* name) {
  const int asked = strcmp(kind, FRESHET_PLUGIN_LOADER) == 0 && strcmp(name, "greetings") == 0;
  return asked ? &table : NULL;
}

FRESHET_PLUGIN_EXPORT const freshet_plugin_descriptor freshet_plugin_entry = {
    .struct_size = sizeof freshet_plugin_entry,
    .abi = FRESHET_PLUGIN_ABI,
    .name = "greetings",
    .version = "1.0.0",
    .get = get,
};
