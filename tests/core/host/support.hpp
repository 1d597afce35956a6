// tests/core/host/support.hpp - what plugins are served with in tests: a network of fixed answers,
// a clock that stands still, and log lines that are kept.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/base/json_memory.hpp"
#include "core/host/plugins.hpp"
#include "tests/support/places.hpp"

namespace freshet::testing {

namespace fs = std::filesystem;
using host::Json;

inline bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class FakeHttp : public ports::Http {
 public:
  base::Result<ports::HttpResponse> send(const ports::HttpRequest& request,
                                         const base::Cancel&) override {
    const std::lock_guard lock(mutex);
    requests.push_back(request);
    if (const auto failed = errors.find(request.url); failed != errors.end())
      return base::fail(failed->second);
    for (const std::string& key : {request.method + " " + request.url, request.url})
      if (const auto found = answers.find(key); found != answers.end()) return found->second;
    auto error = base::fail(base::Code::network, "no such host", request.url);
    error.value().retry_after_ms = 250;
    return error;
  }
  void send_many(
      std::span<const ports::HttpRequest> all, const base::Cancel& cancel,
      const std::function<void(std::size_t, base::Result<ports::HttpResponse>)>& done) override {
    for (std::size_t i = all.size(); i-- > 0;) done(i, send(all[i], cancel));
  }
  // Enough of URLs for tests: "http://host/path", relative names, "..".
  base::Result<std::string> resolve(std::string_view base_url,
                                    std::string_view reference) const override {
    if (reference.starts_with("http://") || reference.starts_with("https://"))
      return std::string(reference);
    if (base_url.empty() || reference.find(':') != std::string_view::npos)
      return base::fail(base::Code::invalid_argument, "not a URL", std::string(reference));
    const std::size_t host = base_url.find('/', base_url.find("://") + 3);
    const fs::path path = fs::path(base_url.substr(host)).parent_path() / reference;
    return std::string(base_url.substr(0, host)) + path.lexically_normal().string();
  }
  ports::HttpCounters counters() const override { return {}; }

  std::mutex mutex;
  std::map<std::string, ports::HttpResponse> answers;  // by URL, or by "METHOD URL"
  std::map<std::string, base::Error> errors;
  std::vector<ports::HttpRequest> requests;
};

class FakeClock : public ports::Clock {
 public:
  base::Instant now() const override { return at; }
  base::Millis monotonic() const override { return base::Millis(1000); }

  base::Instant at{1'800'000'000'000};
};

// A directory that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "freshet-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(file(name), std::ios::binary) << text;
  }

 private:
  std::string path_;
};

struct Line {
  int level;
  std::string plugin, message;
};

// Plugins from some directories, and everything they are served with.
struct World {
  explicit World(std::vector<std::string> directories)
      : plugins(
            std::move(directories),
            host::Services{std::shared_ptr<ports::Http>(std::shared_ptr<void>(), &http), clock,
                           [this](int level, std::string_view plugin, std::string_view message) {
                             const std::lock_guard lock(mutex);
                             lines.push_back({level, std::string(plugin), std::string(message)});
                           }}) {}
  FakeHttp http;
  FakeClock clock;
  std::mutex mutex;
  std::vector<Line> lines;
  host::Plugins plugins;
};

inline std::string fixture(const std::string& name) { return build_path("fixtures/" + name); }
inline std::string built_plugins() { return build_path("lib/freshet/plugins"); }

}  // namespace freshet::testing
