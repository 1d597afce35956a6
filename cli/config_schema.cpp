#include "cli/config_schema.hpp"

#include "cli/commands.hpp"
#include "cli/standard_output.hpp"
#include "cli/terminal.hpp"

namespace freshet::cli {
namespace {

// All but what plugins add. What the library refuses in a value is not all said here: that `overlap_size` is
// below `max_chunk_size`, say. tests/capi/cli holds it against the library, value by value.
constexpr const char* without_plugins = R"json({
"$schema": "http://json-schema.org/draft-07/schema#",
"title": "freshet.toml",
"type": "object",
"additionalProperties": false,
"properties": {
  "namespace": {"type": "string", "pattern": "^[A-Za-z0-9._-]{0,128}$", "default": "default", "description": "One knowledge base, in the repository and in the store"},
  "repository": {"type": "string", "description": "The directory of the repository"},
  "plugin_directories": {"type": "array", "items": {"type": "string"}, "description": "Where plugins are looked for before the usual places"},
  "plugin_timeout": {"$ref": "#/definitions/duration", "default": "10m", "description": "How long a call of a plugin may go without a sign of life: 1s to 7d"},
  "force_filesystem": {"type": "boolean", "default": false, "description": "Open a repository on a network file system all the same"},
  "allow_shared": {"type": "boolean", "default": false, "description": "Open a repository that other users own or may write"},
  "http": {"$ref": "#/definitions/http"},
  "source": {"$ref": "#/definitions/sources"},
  "sources": {"$ref": "#/definitions/sources"},
  "only": {"type": "object", "additionalProperties": false, "minProperties": 1, "description": "What to look at; all that is given has to hold", "properties": {
    "sources": {"type": "array", "items": {"type": "string"}, "description": "Sources, by their names"},
    "roots": {"type": "array", "items": {"type": "string"}, "description": "Roots, by their URIs"},
    "prefix": {"type": "string", "description": "The beginning of URIs"}}},
  "policy": {"$ref": "#/definitions/policy", "default": "always"},
  "store": {"$ref": "#/definitions/store", "description": "Where chunks are stored; by default as before, or sqlite"},
  "stores": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/one_store"}, "description": "Several stores, in place of store; each may have an embedder of its own"},
  "on_new_fingerprint": {"enum": ["reread", "refuse", "generation"], "default": "reread", "description": "What another reader or chunker than documents were made with means: they are due, in place; an error; they are due, and their rows fill beside the old ones, and take their place when all were read"},
  "on_change": {"enum": ["refuse", "reembed", "generation"], "default": "refuse", "description": "What another store or embedder than before means: an error; everything is sent again; a second generation fills beside the first, and takes its place when it is full"},
  "keep_retired": {"type": "boolean", "default": false, "description": "Leave in its store what a target holds that is not delivered to any more"},
  "embedder": {"$ref": "#/definitions/embedder", "description": "What makes vectors; by default as before, or none"},
  "reader": {"type": "object", "additionalProperties": false, "description": "Options of the readers of HTML, Markdown and text", "properties": {
    "html": {"type": "object", "additionalProperties": false, "properties": {
      "main_only": {"type": "boolean", "default": true, "description": "Leave navigation, headers and footers out"},
      "formatting": {"type": "boolean", "default": false, "description": "Keep bold, emphasis and code within running text as Markdown has them"}}},
    "memory": {"$ref": "#/definitions/size", "default": "256MiB", "description": "Of all parses of the process together; at least 8MiB"}}},
  "readers": {"type": "array", "items": {"$ref": "#/definitions/reader"}, "description": "Reader plugins, for the media types that they name"},
  "chunker": {"type": "object", "additionalProperties": false, "description": "How documents are cut", "properties": {
    "max_chunk_size": {"type": "integer", "minimum": 1, "maximum": 1000000, "default": 1500},
    "overlap_size": {"type": "integer", "minimum": 0, "maximum": 1000000, "default": 200, "description": "Below max_chunk_size"},
    "embedding_batch_size": {"type": "integer", "minimum": 1, "maximum": 100000, "default": 100, "description": "Texts a request to the embedder"},
    "unit": {"anyOf": [{"const": "code_points"}, {"const": "tokens"}], "default": "code_points", "description": "What sizes count; tokens are those of the tokenizer"},
    "tokenizer": {"$ref": "#/definitions/tokenizer"},
    "embed_titles": {"type": "boolean", "default": true, "description": "Texts are embedded behind their titles; absent, a namespace stays as it was delivered"},
    "grouping": {"enum": ["section", "greedy"], "default": "section"},
    "transform": {"anyOf": [{"$ref": "#/definitions/transformer"}, {"type": "array", "items": {"$ref": "#/definitions/transformer"}}], "default": "none"}}},
  "force": {"type": "boolean", "default": false, "description": "Fetch and read everything, due or not, changed or not"},
  "dry_run": {"type": "boolean", "default": false, "description": "Say what would be done; change nothing"},
  "plan_days": {"type": "integer", "minimum": 0, "maximum": 366, "default": 0, "description": "Of a dry run: tell the requests of so many days"},
  "accept_shrink": {"type": "boolean", "default": false, "description": "Apply what would be held"},
  "rebuild": {"type": "boolean", "default": false, "description": "Send everything anew: another store or embedder"},
  "jobs": {"type": "integer", "minimum": 1, "maximum": 256, "default": 16, "description": "Fetches at once"},
  "max_shrink": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.2, "description": "The share of a source's roots that may go in one run"},
  "verify_sample": {"type": "number", "minimum": 0, "maximum": 1, "description": "The share of the rows that the store is asked for after a run, drawn by chance; by default 0.01, and few where the run changed nothing"},
  "owned": {"type": "boolean", "default": false, "description": "The namespace is this repository's alone: freshet verify --repair removes rows of others"},
  "keep_runs": {"type": "integer", "minimum": 1, "maximum": 100000, "default": 1000, "description": "How many accounts of runs are kept"},
  "keep_runs_for": {"$ref": "#/definitions/duration", "default": "90d", "description": "How long"},
  "service": {"type": "object", "additionalProperties": false, "description": "How a service runs the sources", "properties": {
    "workers": {"type": "integer", "minimum": 1, "maximum": 64, "default": 4, "description": "Runs at once"},
    "jitter": {"$ref": "#/definitions/duration", "default": "0s", "description": "Listings begin by up to this much later"},
    "listen": {"type": "string", "description": "An IP address and a port: 127.0.0.1:8466. Dashboard, metrics and hooks are there"},
    "listen_token": {"$ref": "#/definitions/secret", "description": "Who asks has to name it; needed where others than this machine reach it"},
    "listen_names": {"type": "array", "items": {"type": "string"}, "description": "Host names that it is asked by, besides its address"},
    "hooks": {"type": "object", "additionalProperties": false, "description": "The secret of each kind of webhook that is taken", "properties": {
      "github": {"$ref": "#/definitions/secret"}, "gitlab": {"$ref": "#/definitions/secret"}, "generic": {"$ref": "#/definitions/secret"}}},
    "rest": {"$ref": "#/definitions/duration", "default": "50ms", "description": "Between two runs of a source"},
    "notify": {"$ref": "#/definitions/notify"}}},
  "retry": {"$ref": "#/definitions/retry"},
  "rate": {"$ref": "#/definitions/source_rate"},
  "breaker": {"$ref": "#/definitions/source_breaker"},
  "labels": {"type": "object", "additionalProperties": false, "description": "What events call a run and its roots", "properties": {
    "run": {"type": "string", "description": "{{namespace}}, {{source}}, {{time}}"},
    "item": {"type": "string", "description": "{{uri}} besides"}}},
  "otel": {"type": "object", "additionalProperties": false, "description": "Where spans and metrics of runs go, by OTLP", "properties": {
    "endpoint": {"type": "string", "pattern": "^https?://", "description": "Of a collector: http://127.0.0.1:4318"},
    "headers": {"type": "object", "additionalProperties": {"type": "string"}, "description": "With each request; Bearer secret:env:NAME"},
    "service_name": {"type": "string", "default": "freshet"},
    "environment": {"type": "boolean", "default": false, "description": "Take what is missing from OTEL_EXPORTER_OTLP_ENDPOINT, _HEADERS and OTEL_SERVICE_NAME"}}},
  "traceparent": {"type": "string", "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", "description": "The trace that the run is a part of"},
  "backup": {"type": "object", "additionalProperties": false, "description": "Where freshet backup writes to", "properties": {
    "target": {"type": "string", "description": "A directory or s3://BUCKET/PREFIX"},
    "keep": {"type": "integer", "minimum": 0, "maximum": 100000, "default": 0, "description": "Snapshots; 0: all"},
    "endpoint": {"type": "string", "description": "Another server than Amazon's: https://HOST:PORT"},
    "region": {"type": "string", "default": "us-east-1"},
    "access_key": {"type": "string", "default": "env:AWS_ACCESS_KEY_ID", "description": "env:NAME or file:/path"},
    "secret_key": {"type": "string", "default": "env:AWS_SECRET_ACCESS_KEY", "description": "env:NAME or file:/path"},
    "session_token": {"type": "string", "description": "env:NAME or file:/path"},
    "orphan_grace": {"$ref": "#/definitions/duration", "default": "1h", "description": "How long pieces of no snapshot are left alone in a bucket"}}},
  "shard": {"type": "object", "additionalProperties": false, "required": ["index", "count"], "description": "Which part of all roots this repository has", "properties": {
    "index": {"type": "integer", "minimum": 0, "maximum": 65535}, "count": {"type": "integer", "minimum": 1, "maximum": 65536}}},
  "listing": {"type": "string", "description": "A file of freshet listing, in place of asking the sources"},
  "gone_after": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 3, "description": "How many runs in a row a root must be not found to be removed"}
},
"definitions": {
  "secret": {"type": "string", "pattern": "^(secret:)?(env:.+|file:/.+)$"},
  "duration": {"type": "string", "pattern": "^(([0-9]+(ms|s|m|h|d|w))+|P.+)$"},
  "size": {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]+(B|KiB|MiB|GiB|KB|MB|GB)?$"}]},
  "policy": {"description": "When a page is asked for again", "anyOf": [
    {"enum": ["always", "never", "triggered", "metadata"]},
    {"type": "object", "additionalProperties": false, "required": ["ttl"], "properties": {
      "ttl": {"$ref": "#/definitions/duration"}, "from": {"$ref": "#/definitions/timestamp"}}},
    {"type": "object", "additionalProperties": false, "required": ["adaptive"], "properties": {"adaptive": {
      "type": "object", "additionalProperties": false, "required": ["budget", "max_staleness"], "properties": {
        "budget": {"description": "Requests: 1000/d, or as many as a TTL would need", "anyOf": [
          {"type": "string", "pattern": "^[0-9.]+/.+$"},
          {"type": "object", "additionalProperties": false, "required": ["ttl"], "properties": {"ttl": {"$ref": "#/definitions/duration"}}}]},
        "budget_of": {"type": "string", "minLength": 1, "description": "Sources that write one name here share one budget, such as that of their host"},
        "max_staleness": {"$ref": "#/definitions/duration", "description": "No page is left alone for longer"},
        "min_interval": {"$ref": "#/definitions/duration", "default": "6h", "description": "Nor asked for sooner"}}}}},
    {"type": "object", "additionalProperties": false, "required": ["by_url"], "properties": {
      "by_url": {"type": "array", "items": {"$ref": "#/definitions/url_rule"}}, "default": {"$ref": "#/definitions/policy"}}},
    {"type": "object", "additionalProperties": false, "required": ["business_hours"], "properties": {"business_hours": {
      "type": "object", "additionalProperties": false, "required": ["ttl", "from", "to"], "properties": {
        "ttl": {"$ref": "#/definitions/duration"}, "from": {"$ref": "#/definitions/time"}, "to": {"$ref": "#/definitions/time"},
        "days": {"type": "string", "description": "mon-fri, or sat,sun"}, "timezone": {"type": "string", "default": "UTC"},
        "avoid": {"type": "boolean", "default": false, "description": "Refresh outside of the window only"},
        "unknown_waits": {"type": "boolean", "default": false}, "counts_from": {"$ref": "#/definitions/timestamp"}}}}},
    {"type": "object", "additionalProperties": false, "required": ["metadata"], "properties": {"metadata": {
      "type": "object", "additionalProperties": false, "properties": {
        "priorities": {"type": "object", "additionalProperties": false, "properties": {
          "critical": {"$ref": "#/definitions/duration"}, "high": {"$ref": "#/definitions/duration"},
          "normal": {"$ref": "#/definitions/duration"}, "low": {"$ref": "#/definitions/duration"}}},
        "default": {"$ref": "#/definitions/duration"}, "from": {"$ref": "#/definitions/timestamp"}}}}},
    {"type": "object", "additionalProperties": false, "required": ["when"], "properties": {
      "when": {"type": "array", "items": {"$ref": "#/definitions/condition"}}}},
    {"type": "object", "additionalProperties": false, "required": ["any"], "properties": {
      "any": {"type": "array", "items": {"$ref": "#/definitions/policy"}}}},
    {"type": "object", "additionalProperties": false, "required": ["all"], "properties": {
      "all": {"type": "array", "items": {"$ref": "#/definitions/policy"}}}},
    {"type": "object", "additionalProperties": false, "required": ["custom"], "properties": {"custom": {"type": "string"}}}]},
  "timestamp": {"enum": ["checked", "ingested"], "default": "checked"},
  "time": {"type": "string", "pattern": "^([01][0-9]|2[0-4]):[0-5][0-9]$"},
  "patterns": {"anyOf": [{"type": "string", "minLength": 1}, {"type": "array", "items": {"type": "string", "minLength": 1}}]},
  "url_rule": {"type": "object", "additionalProperties": false, "required": ["policy"], "minProperties": 2, "maxProperties": 2, "properties": {
    "glob": {"$ref": "#/definitions/patterns"}, "regex": {"$ref": "#/definitions/patterns"},
    "contains": {"$ref": "#/definitions/patterns"}, "policy": {"$ref": "#/definitions/policy"}}},
  "condition": {"anyOf": [
    {"enum": ["always", "never", "triggered", "metadata"]},
    {"type": "object", "required": ["exists"], "properties": {"exists": {"type": "boolean"}}},
    {"type": "object", "required": ["older_than"], "properties": {
      "older_than": {"$ref": "#/definitions/duration"}, "of": {"enum": ["checked", "ingested", "changed"]}}},
    {"type": "object", "required": ["window"], "properties": {"window": {"type": "object", "required": ["from", "to"]}}},
    {"type": "object", "required": ["flag"], "properties": {"flag": {"type": "string"}}},
    {"type": "object", "required": ["metadata"], "properties": {"metadata": {"type": "string"}}},
    {"type": "object", "required": ["custom"], "properties": {"custom": {"type": "string"}}}]},
  "schedule": {"anyOf": [{"$ref": "#/definitions/duration"}, {
    "type": "object", "additionalProperties": false, "minProperties": 1, "properties": {
      "every": {"$ref": "#/definitions/duration"},
      "cron": {"type": "string", "description": "minute hour day month weekday: 0 6 * * 1-5"},
      "zone": {"type": "string", "default": "UTC", "description": "Of the IANA database: Europe/Berlin"}}}]},
  "sources": {"anyOf": [{"$ref": "#/definitions/address"}, {"type": "array", "items": {"anyOf": [{"$ref": "#/definitions/address"}, {"$ref": "#/definitions/source"}]}}], "description": "What to refresh"},
  "address": {"type": "string", "minLength": 1, "description": "A site, sitemap, page or feed, a folder or file, a repository"},
  "source": {"type": "object", "additionalProperties": false, "anyOf": [{"required": ["loader"]}, {"required": ["address"]}], "properties": {
    "address": {"$ref": "#/definitions/address"},
    "name": {"type": "string", "description": "How reports and --source name it"},
    "loader": {"type": "string"},
    "options": {"type": "object"},
    "policy": {"$ref": "#/definitions/policy"},
    "list_every": {"$ref": "#/definitions/duration", "description": "How long its listing stands"},
    "schedule": {"$ref": "#/definitions/schedule", "description": "When a service lists it"},
    "cache": {"anyOf": [{"$ref": "#/definitions/duration"}, {"type": "object", "additionalProperties": false, "required": ["for"], "properties": {
      "for": {"$ref": "#/definitions/duration"}, "salt": {"type": "string"}}}], "description": "How long it is left alone once it was gathered"},
    "metadata": {"type": "object", "description": "Of all its roots, for filters", "additionalProperties": {"anyOf": [
      {"type": ["string", "number", "boolean"]}, {"type": "array", "items": {"type": ["string", "number", "boolean"]}}]}},
    "hook": {"type": "object", "additionalProperties": false, "description": "Which pushes are about it, for a service that listens", "properties": {
      "origin": {"type": "string", "description": "URL of the repository; of a source of kind git its own"},
      "branch": {"type": "string", "description": "By default the repository's own"},
      "folder": {"type": "string", "description": "Files below it only"},
      "uri": {"type": "string", "description": "The root of a file: https://docs.example.org/{stem}"},
      "prefix": {"type": "string", "description": "All roots that begin so"}}},
    "retry": {"$ref": "#/definitions/retry"},
    "rate": {"$ref": "#/definitions/source_rate"},
    "breaker": {"$ref": "#/definitions/source_breaker"},
    "watch": {"type": "boolean", "default": false, "description": "The service notices what changes in its folder"},
    "soft_404": {"type": "boolean", "default": true, "description": "A page that reads as what the site answers for pages that do not exist has failed"},
    "volatile_places": {"type": "boolean", "default": true, "description": "What changes at each load of a page, and nothing else of it, is learnt and is no change"},
    "notify": {"$ref": "#/definitions/notify"},
    "visit": {"type": "boolean", "default": false, "description": "Refresh what it lists without owning it"}}},
  "retry": {"type": "object", "additionalProperties": false, "description": "How requests are tried again, in place of what http says", "properties": {
    "attempts": {"type": "integer", "minimum": 1, "maximum": 20},
    "backoff": {"$ref": "#/definitions/duration"},
    "backoff_cap": {"$ref": "#/definitions/duration"},
    "delays": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/duration"}, "description": "Waits between attempts, in place of backoff; the last one repeats"},
    "deadline": {"$ref": "#/definitions/duration", "description": "Of all attempts of one request"}}},
  "source_rate": {"type": "string", "pattern": "^[0-9]+/[smh]$", "description": "Requests for a source that may begin in a second, a minute or an hour, whatever hosts they go to"},
  "source_breaker": {"type": "object", "additionalProperties": false, "required": ["failures"], "description": "A source of which requests keep failing is left alone for a while", "properties": {
    "failures": {"type": "integer", "minimum": 1, "maximum": 1000000, "description": "In a row"}, "wait": {"$ref": "#/definitions/duration", "description": "By default 30s"}}},
  "notify": {"type": "array", "description": "Webhooks that a service tells of what goes wrong", "items": {
    "type": "object", "additionalProperties": false, "required": ["url"], "properties": {
      "url": {"type": "string", "description": "A URL, or where one is: env:NAME, file:/path"},
      "form": {"enum": ["slack", "signed"], "default": "slack"},
      "secret": {"type": "string", "description": "Of the signed form: env:NAME, file:/path"},
      "on": {"type": "array", "minItems": 1, "items": {"enum": ["failure", "held", "stale", "recovery"]}, "description": "By default all"},
      "repeat": {"$ref": "#/definitions/duration", "default": "24h", "description": "When what goes on is told again; 0s: never"},
      "pause": {"$ref": "#/definitions/duration", "default": "10s", "description": "Between two messages, at least"},
      "stale_after": {"$ref": "#/definitions/duration", "description": "A source that was not listed for that long is stale"}}}},
  "manners": {"type": "object", "additionalProperties": false, "description": "How one host is asked", "properties": {
    "per_host": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 8, "description": "Requests at once to one host"},
    "rate": {"type": "string", "pattern": "^[0-9]+/[smh]$", "description": "Requests that may begin in a second, a minute or an hour, to each host"},
    "breaker": {"type": "object", "additionalProperties": false, "required": ["failures"], "description": "A host that keeps failing is left alone for a while", "properties": {
      "failures": {"type": "integer", "minimum": 1, "maximum": 1000000, "description": "In a row"}, "wait": {"$ref": "#/definitions/duration", "description": "By default 30s"}}},
    "attempts": {"type": "integer", "minimum": 1, "maximum": 20, "default": 3},
    "backoff": {"$ref": "#/definitions/duration", "default": "1s"},
    "backoff_cap": {"$ref": "#/definitions/duration", "default": "60s"},
    "delays": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/duration"}, "description": "Waits between attempts, in place of backoff; the last one repeats"},
    "deadline": {"$ref": "#/definitions/duration", "description": "Of all attempts of one request"}}},
  "http": {"type": "object", "additionalProperties": false, "description": "How servers are asked", "properties": {
    "user_agent": {"type": "string", "pattern": "^[ -~]*$"},
    "max_bytes": {"$ref": "#/definitions/size", "default": "32MiB", "description": "Of a decoded body"},
    "max_ratio": {"type": "integer", "minimum": 1, "maximum": 1000000, "default": 200, "description": "Decoded to received bytes"},
    "max_redirects": {"type": "integer", "minimum": 0, "maximum": 50, "default": 10},
    "max_header_bytes": {"$ref": "#/definitions/size", "default": "64KiB"},
    "max_header_lines": {"type": "integer", "minimum": 8, "maximum": 100000, "default": 256},
    "connect_timeout": {"$ref": "#/definitions/duration", "default": "10s"},
    "first_byte_timeout": {"$ref": "#/definitions/duration", "default": "30s"},
    "timeout": {"$ref": "#/definitions/duration", "default": "2m", "description": "Of one attempt"},
    "low_speed": {"$ref": "#/definitions/size", "default": 100, "description": "Bytes a second"},
    "low_speed_time": {"$ref": "#/definitions/duration", "default": "30s"},
    "per_host": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 8, "description": "Requests at once to one host"},
    "rate": {"type": "string", "pattern": "^[0-9]+/[smh]$", "description": "Requests that may begin in a second, a minute or an hour, to each host"},
    "breaker": {"type": "object", "additionalProperties": false, "required": ["failures"], "description": "A host that keeps failing is left alone for a while", "properties": {
      "failures": {"type": "integer", "minimum": 1, "maximum": 1000000, "description": "In a row"}, "wait": {"$ref": "#/definitions/duration", "description": "By default 30s"}}},
    "total": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 64, "description": "Requests at once"},
    "attempts": {"type": "integer", "minimum": 1, "maximum": 20, "default": 3},
    "backoff": {"$ref": "#/definitions/duration", "default": "1s"},
    "backoff_cap": {"$ref": "#/definitions/duration", "default": "60s"},
    "delays": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/duration"}, "description": "Waits between attempts, in place of backoff; the last one repeats"},
    "deadline": {"$ref": "#/definitions/duration", "description": "Of all attempts of one request"},
    "hosts": {"type": "object", "additionalProperties": {"$ref": "#/definitions/manners"}, "description": "What is otherwise for a host, or host:port"},
    "retry_after_cap": {"$ref": "#/definitions/duration", "default": "24h"},
    "max_crawl_delay": {"$ref": "#/definitions/duration", "default": "60s"},
    "proxy": {"type": "string", "pattern": "^($|https?://|socks5h://)"},
    "ca_file": {"type": "string"},
    "allow_private": {"type": "array", "items": {"type": "string"}, "description": "Private networks that may be asked"}}}
}})json";

// A plugin's schema as the library takes it: objects are closed unless they say otherwise, a size may be a
// number of bytes, and what the library's other formats mean no editor knows.
void adapt(Json& schema) {
  if (schema.is_array())
    for (Json& each : schema) adapt(each);
  if (!schema.is_object()) return;
  for (auto& [key, value] : schema.items())
    if (key != "default" && key != "enum") adapt(value);
  const Json type = schema.value("type", Json()), format = schema.value("format", Json());
  if (type == "object" && !schema.contains("additionalProperties"))
    schema["additionalProperties"] = false;
  if (type == "string" && format == "size") schema["type"] = {"string", "integer"};
  if (format.is_string()) schema.erase("format");
}

// An object that names a plugin of `kind` under `key`, and whose options are that one's.
void name_plugins(Json& object, const char* key, const char* kind, const Json& plugins) {
  Json names = Json::array(), cases = Json::array();
  for (const Json& plugin : plugins) {
    if (plugin["kind"] != kind) continue;
    names.push_back(plugin["name"]);
    Json options = plugin["schema"];
    adapt(options);
    const bool needed = !options.value("required", Json::array()).empty();
    Json then{{"properties", {{"options", std::move(options)}}}};
    if (needed) then["required"] = {"options"};
    const Json named{{"required", {key}}, {"properties", {{key, {{"const", plugin["name"]}}}}}};
    cases.push_back({{"if", named}, {"then", std::move(then)}});
  }
  if (names.empty()) return;
  object["properties"][key] = {{"enum", names}};
  object["allOf"] = std::move(cases);
}

// "sqlite" or {"name", "options"}.
Json use_of(const char* kind, const Json& plugins, const Json& more = Json::object()) {
  Json object{{"type", "object"},
              {"additionalProperties", false},
              {"required", {"name"}},
              {"properties", {{"name", {{"type", "string"}}}, {"options", {{"type", "object"}}}}}};
  object["properties"].update(more);
  name_plugins(object, "name", kind, plugins);
  const Json name = object["properties"]["name"];
  return {{"anyOf", {name, std::move(object)}}};
}

}  // namespace

Json config_schema(const Json& plugins) {
  Json schema = Json::parse(without_plugins);
  Json& definitions = schema["definitions"];
  name_plugins(definitions["source"], "loader", "loader", plugins);
  definitions["store"] = use_of("store", plugins);
  definitions["one_store"] = use_of(
      "store", plugins,
      {{"embedder", {{"anyOf", {{{"$ref", "#/definitions/embedder"}}, {{"type", "null"}}}}}}});
  definitions["embedder"] = use_of(
      "embedder", plugins,
      {{"price_per_million_tokens", {{"type", "number"}, {"minimum", 0}, {"maximum", 1e9}}}});
  definitions["reader"] = use_of("reader", plugins);
  definitions["tokenizer"] = use_of("tokenizer", plugins);
  definitions["transformer"] = use_of("transformer", plugins);
  definitions["transformer"]["anyOf"].push_back({{"enum", {"none", "add_titles"}}});
  return schema;
}

int run_config_schema(const Config& config) {
  Json options = Json::object();
  if (config.open.contains("plugin_directories"))
    options["directories"] = config.open["plugin_directories"];
  const Json all = Json::parse(Plugins(options.dump()).list());
  put(printable_json(config_schema(all["plugins"]).dump(2)) + "\n");
  return exit_ok;
}

}  // namespace freshet::cli
