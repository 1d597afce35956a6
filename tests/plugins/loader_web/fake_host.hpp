// tests/plugins/loader_web/fake_host.hpp - a host whose network is a table, and a loader driven
// through its plugin's table as the real host drives it. Used by the tests of other loaders, too.
#pragma once

#include <freshet/plugin/entry.h>
#include <freshet/plugin/loader.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <freshet/sdk/json.hpp>

namespace freshet::test {

struct Answer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  std::string final_url{};  // empty: the one that was asked for
  bool permanent = false;
  freshet_status failure = FRESHET_OK;  // otherwise: no answer at all
  std::string message{};
};

Answer page(std::string body, std::string content_type = "text/html; charset=UTF-8");
Answer status(int code);
Answer redirected(std::string to, Answer answer, bool permanent = false);
Answer broken(freshet_status failure, std::string message);

struct Asked {
  std::string url;
  std::map<std::string, std::string> headers;
  std::uint64_t max_bytes = 0;
  std::int64_t pace_ms = 0;
  bool robots = false;

  std::string header(const std::string& name) const;
};

class FakeHost {
 public:
  FakeHost();
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  // By URL; everything else is 404. An answer with an etag is 304 to whoever has that already.
  std::map<std::string, Answer> web;
  std::function<void(const Asked&)> on_request;
  std::map<std::string, std::string> secrets;
  std::int64_t now_ms = 1'795'190'400'000;  // 2026-11-20T16:00:00Z
  bool cancelled = false;
  std::function<void()> on_cancelled;  // whenever the plugin asks whether to stop

  std::vector<Asked> asked;
  std::size_t sent = 0;  // bytes of bodies
  std::vector<std::string> logs;
  std::size_t most_at_once = 0;
  bool in_callback = false;

  bool logged(const std::string& part) const;
  const freshet_host* table() const { return &table_; }

 private:
  freshet_host table_{};
};

struct Failed {
  freshet_status status = FRESHET_OK;
  std::string message, subject;
};

struct ListedEntry {
  std::string uri, version, handle, title, metadata;
  std::optional<std::int64_t> last_modified_ms, size;
};

struct Listed {
  freshet_status status = FRESHET_OK;
  std::int32_t kind = -1;  // FRESHET_LISTING_..., where it ended well
  bool complete = false;
  std::string state;  // empty: none
  std::string way;
  Failed failed;
  std::vector<ListedEntry> entries;

  std::vector<std::string> uris() const;
};

struct FetchResult {
  freshet_status status = FRESHET_OK;
  Failed failed;
  std::string outcome;  // "content", "not modified", "gone", "gone for good"
  std::string body;
  std::optional<std::string> media_type, charset, version, canonical_uri;
  int attempts = 0;
};

// One instance; what the plugin was asked for goes to `host`.
class Driver {
 public:
  Driver(FakeHost& host, const std::string& name, const nlohmann::json& options);
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  const Failed& open_failure() const { return open_failure_; }
  bool opened() const { return instance_ != nullptr; }

  // `stop_after`: the sink ends the listing behind so many entries. `on_entry` runs inside the
  // sink.
  Listed list(std::size_t stop_after = SIZE_MAX,
              const std::function<void(const ListedEntry&)>& on_entry = {},
              const std::string& state = "");
  FetchResult fetch(const std::string& uri, const std::optional<std::string>& known = std::nullopt,
                    const std::string& handle = "");

 private:
  FakeHost& host_;
  const freshet_loader_table* table_;
  void* instance_ = nullptr;
  Failed open_failure_;
};

}  // namespace freshet::test
