// core/conformance/bench.hpp - what a conformance case works with: the offer under test, and a
// place for the first thing that is wrong with it.
#pragma once

#include <algorithm>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/conformance/subject.hpp"
#include "core/host/adapters.hpp"
#include "core/host/check_wire.hpp"

namespace freshet::conformance {

using host::Finding;
using host::Json;
using host::Verdict;

// What the plugin and the host for it have logged. Thread-safe.
class Lines {
 public:
  void add(std::string_view line) {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(line);
  }
  bool has(std::string_view part) const {
    const std::lock_guard lock(mutex_);
    return std::any_of(lines_.begin(), lines_.end(), [&](const std::string& line) {
      return line.find(part) != std::string::npos;
    });
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

class Bench {
 public:
  Bench(const Subject& subject, Json options, std::string sample, const host::Services& services,
        const Lines& lines);

  // Notes what is wrong, unless something was wrong before.
  bool that(bool holds, const std::string& otherwise);
  // A result that has to be good. A failure of the moment (no network, no secret) makes the case a
  // skip.
  template <typename T>
  bool good(const base::Result<T>& result, const std::string& what) {
    return result.has_value() || blame(result.error(), what);
  }
  // A result that has to fail with this code.
  template <typename T>
  bool fails(const base::Result<T>& result, base::Code code, const std::string& what) {
    return that(!result && result.error().code == code,
                what + (result ? " succeeded" : " failed with " + base::to_string(result.error())) +
                    "; wanted " + std::string(base::code_name(code)));
  }
  // Any result but a broken contract.
  template <typename T>
  bool clean(const base::Result<T>& result, const std::string& what) {
    return result.has_value() || !is_broken(result.error()) || blame(result.error(), what);
  }
  void skip(const std::string& why);

  host::Opening opening() const;
  base::Result<std::unique_ptr<ports::Loader>> open_loader();
  base::Result<std::unique_ptr<ports::Reader>> open_reader();
  base::Result<std::unique_ptr<ports::Embedder>> open_embedder();
  base::Result<std::unique_ptr<ports::Store>> open_store();
  base::Result<std::unique_ptr<ports::Transformer>> open_transformer();
  base::Result<std::unique_ptr<ports::Tokenizer>> open_tokenizer();

  bool was_logged(std::string_view part) const { return lines_.has(part); }
  // Whether `get` has a table; nothing where it failed.
  std::optional<bool> plugin_knows(const char* kind, const std::string& name);
  // The first that a reader says it reads.
  std::string_view media_type() const { return subject_.offer->media_types.front(); }
  const std::string& sample() const { return sample_; }
  const Finding& finding() const { return finding_; }

 private:
  static bool is_broken(const base::Error& error);
  bool blame(const base::Error& error, const std::string& what);

  const Subject& subject_;
  const Json options_;
  const std::string sample_;
  const host::Services& services_;
  const Lines& lines_;
  Finding finding_{Verdict::pass, {}};
};

struct Check {
  const char* name;
  const char* says;
  void (*run)(Bench&);
};

// A case of loaders: nothing that was passed to a call is read after it.
void keeps_no_arguments(Bench& bench);

std::span<const Check> plugin_checks();
std::span<const Check> loader_checks();
std::span<const Check> reader_checks();
std::span<const Check> embedder_checks();
std::span<const Check> store_checks();
std::span<const Check> transformer_checks();
std::span<const Check> tokenizer_checks();

}  // namespace freshet::conformance
