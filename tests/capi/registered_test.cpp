// Plugins that are part of this program: registered, found by name, used in a run, checked, let go.
#include <freshet/plugin/embedder.h>
#include <freshet/plugin/loader.h>

#include <atomic>
#include <string_view>

#include "tests/capi/site.hpp"

namespace freshet::capi_test {
namespace {

// What the functions below are called for: the payload of a provider, and of its instances.
struct Own {
  std::atomic<int> opened = 0, closed = 0, released = 0;
  std::atomic<bool> used_after_release = false;
  bool leaves_in_fetch = false;  // takes itself out while a run uses it
  bool forgets_vectors = false;
};

void close_own(void* self) {
  auto& own = *static_cast<Own*>(self);
  ++own.closed;
  if (own.released > 0) own.used_after_release = true;
}

freshet_status open_own(void* provider, const freshet_host*, freshet_call*, const char*,
                        void** out) {
  ++static_cast<Own*>(provider)->opened;
  *out = provider;
  return FRESHET_OK;
}

freshet_status list_own(void*, freshet_call*, const freshet_listing_request*,
                        const freshet_listing_sink* sink, std::int32_t* out_kind) {
  for (const char* uri : {"own:/rivers", "own:/lakes"}) {
    freshet_entry entry{};
    entry.struct_size = sizeof entry;
    entry.uri = uri;
    entry.last_modified_ms = INT64_MIN;
    entry.size = -1;
    if (const freshet_status status = sink->entry(sink->payload, &entry); status != FRESHET_OK)
      return status;
  }
  *out_kind = FRESHET_LISTING_WHOLE;
  return FRESHET_OK;
}

freshet_status fetch_own(void* self, freshet_call*, const freshet_entry* entry, const char* known,
                         const freshet_fetch_sink* sink) {
  if (static_cast<Own*>(self)->leaves_in_fetch) freshet_plugins_unregister("own", nullptr);
  if (!std::string_view(entry->uri).starts_with("own:/")) return sink->gone(sink->payload, 1);
  if (known != nullptr) return sink->not_modified(sink->payload);
  const std::string text = std::string("A page about ") + (entry->uri + 5);
  freshet_content content{};
  content.struct_size = sizeof content;
  content.bytes = text.data();
  content.size = text.size();
  content.media_type = "text/plain";
  content.version = "1";
  content.attempts = 1;
  return sink->content(sink->payload, &content);
}

freshet_status info_own(void*, freshet_call*, freshet_embedder_info* out) {
  out->model = "own-model";
  out->dimension = 2;
  out->max_inputs = 4;
  return FRESHET_OK;
}

freshet_status embed_own(void* self, freshet_call*, const freshet_embed_request* request,
                         const freshet_vector_sink* sink) {
  const std::size_t forgotten = static_cast<Own*>(self)->forgets_vectors ? 1 : 0;
  for (std::size_t i = forgotten; i < request->count; ++i) {
    const float values[] = {1, static_cast<float>(request->sizes[i])};
    if (const freshet_status status = sink->vector(sink->payload, i, values, 2);
        status != FRESHET_OK)
      return status;
  }
  return FRESHET_OK;
}

const void* get_own(void*, const char* kind, const char* name) {
  static const freshet_loader_table loader = {sizeof loader, open_own,  list_own,
                                              fetch_own,     close_own, nullptr};
  static const freshet_embedder_table embedder = {sizeof embedder, open_own, info_own, embed_own,
                                                  close_own};
  if (std::string_view(name) != "mine") return nullptr;
  if (std::string_view(kind) == FRESHET_PLUGIN_LOADER) return &loader;
  return std::string_view(kind) == FRESHET_PLUGIN_EMBEDDER ? &embedder : nullptr;
}

void release_own(void* payload) { ++static_cast<Own*>(payload)->released; }

freshet_provider provider_of(Own& own) {
  return {sizeof(freshet_provider), &own, get_own, release_own};
}

Json manifest_of(const std::string& plugin, std::initializer_list<const char*> kinds) {
  Json manifest = {{"manifest", 1}, {"name", plugin}, {"version", "1.0"}, {"abi", 1}};
  for (const char* kind : kinds)
    manifest["provides"].push_back(
        {{"kind", kind}, {"name", "mine"}, {"options", {{"type", "object"}}}});
  return manifest;
}

Json whole_manifest() { return manifest_of("own", {"loader", "embedder"}); }

// Registered for as long as a test runs.
struct Registered {
  explicit Registered(Own& own) {
    const freshet_provider provider = provider_of(own);
    REQUIRE_OK(freshet_plugins_register(whole_manifest().dump().c_str(), &provider, out_error));
  }
  ~Registered() { freshet_plugins_unregister("own", nullptr); }
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;
};

Json run_own(Site& site) {
  return site.run({{"sources", {{{"loader", "mine"}}}}, {"embedder", "mine"}});
}

Json checked(const char* name) {
  char* json = nullptr;
  REQUIRE_OK(freshet_plugins_check(name, nullptr, nullptr, &json, out_error));
  return Json::parse(take(json));
}

}  // namespace

TEST_CASE("a plugin of the program itself is found by its name, also by what is open already") {
  Own own;
  Site site(0);
  const Registered registered(own);
  const Json report = run_own(site);
  CHECK(report["refreshed"] == 2);
  CHECK(report["embedded"]["texts"] == 2);
  CHECK(site.answers("lakes").front() == "A page about lakes");
  CHECK(run_own(site)["unchanged"] == 2);
  site.check();
}

TEST_CASE("what is registered is listed first, with no file") {
  Own own;
  const Registered registered(own);
  freshet_plugins* plugins = nullptr;
  REQUIRE_OK(freshet_plugins_open(nullptr, &plugins, out_error));
  char* json = nullptr;
  REQUIRE_OK(freshet_plugins_list(plugins, &json, out_error));
  freshet_plugins_free(plugins);
  const Json first = Json::parse(take(json))["plugins"][0];
  CHECK(first["kind"] == "loader");
  CHECK(first["name"] == "mine");
  CHECK(first["plugin"] == "own");
  CHECK(first["manifest"] == "");
  CHECK(first["library"] == "");
}

TEST_CASE("a plugin is released once, when nothing that was opened from it is open any more") {
  Own own;
  Site site(0);
  {
    const Registered registered(own);
    own.leaves_in_fetch = true;
    CHECK(run_own(site)["refreshed"] == 2);  // the run goes on with what it has opened
    CHECK(own.released == 1);
    CHECK(own.closed == own.opened);
    CHECK_FALSE(own.used_after_release);
  }
  CHECK(own.released == 1);
  Failure failure;
  freshet_refresh* refresh = nullptr;
  const std::string config = site.config({{"sources", {{{"loader", "mine"}}}}});
  CHECK(freshet_refresh_run(site.store.repository, config.c_str(), nullptr, nullptr, &refresh,
                            failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.message().find("no plugin provides this loader") != std::string::npos);
}

TEST_CASE("a name that is taken is refused, and the error names both plugins") {
  Own own, other;
  const Registered registered(own);
  const freshet_provider provider = provider_of(other);
  Failure failure;
  CHECK(freshet_plugins_register(manifest_of("other", {"embedder"}).dump().c_str(), &provider,
                                 failure.out()) == FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "provides[0].name");
  CHECK(failure.message() ==
        "the embedder \"mine\" of the plugin \"other\" is registered already by the plugin "
        "\"own\"");
  CHECK(other.released == 1);
  CHECK(freshet_plugins_register(whole_manifest().dump().c_str(), &provider, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "name");
  CHECK(other.released == 2);
  CHECK(own.released == 0);
}

TEST_CASE("what cannot be registered says why, and is released") {
  Own own;
  freshet_provider provider = provider_of(own);
  Failure failure;
  Json manifest = whole_manifest();
  manifest["library"] = {{"linux", "own.so"}};
  CHECK(freshet_plugins_register(manifest.dump().c_str(), &provider, failure.out()) ==
        FRESHET_E_INVALID_ARGUMENT);
  CHECK(failure.subject() == "library");
  CHECK(own.released == 1);
  CHECK(freshet_plugins_register(nullptr, &provider, failure.out()) == FRESHET_E_MISUSE);
  CHECK(failure.subject() == "manifest_json");
  CHECK(own.released == 2);
  provider.get = nullptr;
  CHECK(freshet_plugins_register(whole_manifest().dump().c_str(), &provider, failure.out()) ==
        FRESHET_E_MISUSE);
  CHECK(failure.subject() == "provider.get");
  CHECK(own.released == 3);
  CHECK(freshet_plugins_register("{}", nullptr, failure.out()) == FRESHET_E_MISUSE);
  CHECK(freshet_plugins_unregister("own", failure.out()) == FRESHET_E_NOT_FOUND);
}

TEST_CASE("the cases run on a registered plugin in this process") {
  Own own;
  const Registered registered(own);
  Json report = checked("own");
  INFO(report.dump(1));
  CHECK(report["good"] == true);
  CHECK(report["manifest"] == "");
  CHECK(report["cases"][0]["case"] == "loads");
  CHECK(report["cases"][0]["verdict"] == "skip");
  CHECK(report["cases"][0]["detail"] == "it is registered in code: there is no library to load");
  own.forgets_vectors = true;
  report = checked("own");
  CHECK(report["good"] == false);
  for (const Json& each : report["cases"])
    if (each["case"] == "embeds") {
      CHECK(each["verdict"] == "fail");
      CHECK(each["detail"].get<std::string>().find("1 of 4 texts") != std::string::npos);
    }
}

}  // namespace freshet::capi_test
