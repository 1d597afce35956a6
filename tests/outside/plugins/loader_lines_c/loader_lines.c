/* loader_lines.c - a loader in plain C, written from include/freshet/plugin and docs/plugins.md alone.
 *
 * Each line of a text file is one root, and its version is a hash of it. A last line without a line feed
 * may still be being written: it is not listed, and the listing is then a part. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <freshet/plugin/entry.h>
#include <freshet/plugin/loader.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct lines {
  const freshet_host* host;
  char* path;
} lines;

static freshet_status fail(const freshet_host* host, freshet_call* call, freshet_status status,
                           const char* message, const char* subject) {
  host->fail(call, status, message, subject, -1);
  return status;
}

/* Options come as JSON text, and the host has no accessor: this takes the one text member that the
 * schema has. Escapes: the two-letter ones, and \u below 0x80. */
static char* text_member(const char* json, const char* name) {
  char key[64];
  const char* at;
  char *out, *to;
  snprintf(key, sizeof key, "\"%s\":", name);
  at = strstr(json, key);
  if (!at) return NULL;
  at += strlen(key);
  while (*at == ' ') ++at;
  if (*at++ != '"') return NULL;
  out = to = malloc(strlen(at) + 1);
  if (!out) return NULL;
  for (; *at && *at != '"'; ++at) {
    if (*at != '\\') {
      *to++ = *at;
      continue;
    }
    ++at;
    if (*at == 'u') {
      unsigned code = 0;
      sscanf(at + 1, "%4x", &code);
      *to++ = (char)code;
      at += 4;
    } else {
      *to++ = *at == 'n' ? '\n' : *at == 't' ? '\t' : *at == 'r' ? '\r' : *at;
    }
  }
  *to = 0;
  return out;
}

static void version_of(const char* line, size_t size, char out[17]) {
  uint64_t hash = 1469598103934665603ull;
  size_t i;
  for (i = 0; i < size; ++i) hash = (hash ^ (unsigned char)line[i]) * 1099511628211ull;
  snprintf(out, 17, "%016llx", (unsigned long long)hash);
}

static freshet_status lines_open(void* provider, const freshet_host* host, freshet_call* call,
                                 const char* options, void** out_loader) {
  lines* self = calloc(1, sizeof *self);
  (void)provider;
  if (!self) return FRESHET_E_OUT_OF_MEMORY;
  self->host = host;
  self->path = text_member(options, "path");
  if (!self->path) {
    free(self);
    return fail(host, call, FRESHET_E_INVALID_ARGUMENT, "is missing", "path");
  }
  *out_loader = self;
  return FRESHET_OK;
}

static FILE* open_file(lines* self, freshet_call* call, freshet_status* status) {
  FILE* file = fopen(self->path, "rb");
  if (!file)
    *status = fail(self->host, call, errno == ENOENT ? FRESHET_E_NOT_FOUND : FRESHET_E_IO,
                   strerror(errno), self->path);
  return file;
}

/* Takes the line feed away; 0 where there is none. */
static int is_whole(char* line, ssize_t got) {
  if (line[got - 1] != '\n') return 0;
  line[got - 1] = 0;
  return 1;
}

static freshet_status hand_out(const lines* self, const freshet_listing_sink* sink,
                               const char* line, size_t number) {
  freshet_entry entry = {.struct_size = sizeof entry, .last_modified_ms = INT64_MIN, .size = -1};
  char version[17], title[32];
  const size_t room = strlen(self->path) + 32;
  char* uri = malloc(room);
  freshet_status status = FRESHET_E_OUT_OF_MEMORY;
  if (!uri) return status;
  snprintf(uri, room, "lines://%s#%zu", self->path, number);
  snprintf(title, sizeof title, "Line %zu", number);
  version_of(line, strlen(line), version);
  entry.uri = uri;
  entry.version = version;
  entry.title = title;
  entry.size = (int64_t)strlen(line);
  status = sink->entry(sink->payload, &entry);
  free(uri);
  return status;
}

static freshet_status lines_list(void* loader, freshet_call* call,
                                 const freshet_listing_request* request,
                                 const freshet_listing_sink* sink, int32_t* out_kind) {
  lines* self = loader;
  freshet_status status = FRESHET_OK;
  FILE* file = open_file(self, call, &status);
  char* line = NULL;
  size_t room = 0, number = 0;
  ssize_t got;
  (void)request; /* no state: each listing is from the beginning */
  *out_kind = FRESHET_LISTING_WHOLE;
  while (file && status == FRESHET_OK && (got = getline(&line, &room, file)) > 0) {
    ++number;
    if (self->host->cancelled(call)) {
      status = FRESHET_E_CANCELLED;
    } else if (!is_whole(line, got)) {
      *out_kind = FRESHET_LISTING_PART;
      fail(self->host, call, FRESHET_E_HELD, "the last line has no end yet", self->path);
    } else if (*line) {
      status = hand_out(self, sink, line, number);
    }
  }
  if (file) fclose(file);
  free(line);
  return status;
}

static freshet_status send_line(const char* line, const char* known_version,
                                const freshet_fetch_sink* sink) {
  freshet_content content = {
      .struct_size = sizeof content, .media_type = "text/plain", .charset = "utf-8", .attempts = 1};
  char version[17];
  version_of(line, strlen(line), version);
  if (known_version && strcmp(known_version, version) == 0)
    return sink->not_modified(sink->payload);
  content.bytes = line;
  content.size = strlen(line);
  content.version = version;
  return sink->content(sink->payload, &content);
}

static freshet_status lines_fetch(void* loader, freshet_call* call, const freshet_entry* entry,
                                  const char* known_version, const freshet_fetch_sink* sink) {
  lines* self = loader;
  freshet_status status = FRESHET_OK;
  const char* mark = strrchr(entry->uri, '#');
  unsigned long wanted = mark ? strtoul(mark + 1, NULL, 10) : 0, number = 0;
  char* line = NULL;
  size_t room = 0;
  ssize_t got = 0;
  FILE* file;
  if (wanted == 0)
    return fail(self->host, call, FRESHET_E_INVALID_ARGUMENT, "is no line of this loader",
                entry->uri);
  file = open_file(self, call, &status);
  if (!file) return status;
  while (number < wanted && (got = getline(&line, &room, file)) > 0) ++number;
  if (number == wanted && is_whole(line, got) && *line)
    status = send_line(line, known_version, sink);
  else
    status = sink->gone(sink->payload, 0);
  free(line);
  fclose(file);
  return status;
}

static void lines_close(void* loader) {
  lines* self = loader;
  free(self->path);
  free(self);
}

static const freshet_loader_table table = {
    .struct_size = sizeof table,
    .open = lines_open,
    .list = lines_list,
    .fetch = lines_fetch,
    .close = lines_close,
};

static const void* get(const char* kind, const char* name) {
  return strcmp(kind, FRESHET_PLUGIN_LOADER) == 0 && strcmp(name, "lines") == 0 ? &table : NULL;
}

FRESHET_PLUGIN_EXPORT const freshet_plugin_descriptor freshet_plugin_entry = {
    .struct_size = sizeof freshet_plugin_entry,
    .abi = FRESHET_PLUGIN_ABI,
    .name = "loader_lines",
    .version = "1.0.0",
    .get = get,
};
