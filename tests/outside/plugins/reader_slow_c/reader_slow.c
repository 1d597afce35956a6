/* reader_slow.c - a reader that takes its time over a page and looks at cancelled() each millisecond: a run that
 * is stopped has to end at once. */
#define _POSIX_C_SOURCE 200809L
#include <freshet/plugin/entry.h>
#include <freshet/plugin/reader.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct slow {
  const freshet_host* host;
  long page_ms;
} slow;

/* The host has put the default in, and the options have this one member. */
static freshet_status slow_open(void* provider, const freshet_host* host, freshet_call* call,
                                const char* options, void** out_reader) {
  const char* at = strchr(options, ':');
  slow* self = malloc(sizeof *self);
  (void)provider, (void)call;
  if (!self) return FRESHET_E_OUT_OF_MEMORY;
  self->host = host;
  self->page_ms = at ? strtol(at + 1, NULL, 10) : 0;
  *out_reader = self;
  return FRESHET_OK;
}

static freshet_status slow_read(void* reader, freshet_call* call,
                                const freshet_read_request* request,
                                const freshet_document_builder* builder) {
  const slow* self = reader;
  const struct timespec millisecond = {0, 1000000};
  long i;
  self->host->log(self->host->self, FRESHET_LOG_INFO, "reads, slowly");
  for (i = 0; i < self->page_ms; ++i) {
    if (self->host->cancelled(call)) return FRESHET_E_CANCELLED;
    nanosleep(&millisecond, NULL);
  }
  return builder->text(builder->payload, request->bytes, request->size);
}

static void slow_close(void* reader) { free(reader); }

static const freshet_reader_table table = {
    .struct_size = sizeof table,
    .open = slow_open,
    .read = slow_read,
    .close = slow_close,
};

static const void* get(const char* kind, const char* name) {
  return strcmp(kind, FRESHET_PLUGIN_READER) == 0 && strcmp(name, "slow") == 0 ? &table : NULL;
}

FRESHET_PLUGIN_EXPORT const freshet_plugin_descriptor freshet_plugin_entry = {
    .struct_size = sizeof freshet_plugin_entry,
    .abi = FRESHET_PLUGIN_ABI,
    .name = "reader_slow",
    .version = "1.0.0",
    .get = get,
};
