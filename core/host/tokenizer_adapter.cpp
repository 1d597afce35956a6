#include "core/host/instance.hpp"
#include "core/host/taker.hpp"
#include "freshet/plugin/tokenizer.h"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;

constexpr std::size_t most_tokens_a_byte = 8;

// The host's end of a freshet_token_sink.
class EndsTaker : public Taker {
 public:
  EndsTaker(const std::shared_ptr<const Caller>& caller, const base::Cancel& cancel,
            std::size_t size)
      : Taker(caller, cancel), size_(size) {}

  static freshet_token_sink sink(void* end) {
    return {sizeof(freshet_token_sink), end,
            [](void* payload, const std::size_t* ends, std::size_t count) {
              return reach<EndsTaker>(payload, [&](auto& to) { return to.keep({ends, count}); });
            }};
  }

  base::Result<std::vector<std::size_t>> result(base::Status called) {
    FRESHET_TRY(take_status());  // ours comes first
    FRESHET_TRY(std::move(called));
    return std::move(ends_);
  }

 private:
  base::Status keep(std::span<const std::size_t> ends) {
    if (ends.data() == nullptr && !ends.empty()) return broken(caller_, "the ends are NULL");
    if (ends.size() > size_ * most_tokens_a_byte - ends_.size())
      return broken(caller_,
                    fmt::format("gave more than {} tokens for a byte", most_tokens_a_byte));
    for (const std::size_t end : ends) {
      const std::size_t least = ends_.empty() ? 0 : ends_.back();
      if (end < least || end > size_ || end == 0)
        return broken(caller_, fmt::format("a token ends at {}, after {} in a text of {} bytes",
                                           end, least, size_));
      ends_.push_back(end);
    }
    return {};
  }

  const std::size_t size_;
  std::vector<std::size_t> ends_;
};

class PluginTokenizer : public ports::Tokenizer {
 public:
  PluginTokenizer(Instance<freshet_tokenizer_table> instance, std::string name,
                  std::string fingerprint)
      : instance_(std::move(instance)),
        name_(std::move(name)),
        fingerprint_(std::move(fingerprint)) {}

  const std::string& name() const override { return name_; }
  const std::string& fingerprint() const override { return fingerprint_; }

  base::Result<std::uint64_t> count(std::string_view text) const override {
    std::uint64_t tokens = 0;
    FRESHET_TRY(instance_.call(&freshet_tokenizer_table::count, "count", {}, nullptr,
                               text.empty() ? "" : text.data(), text.size(), &tokens));
    if (tokens > text.size() * most_tokens_a_byte)
      return broken(*instance_.caller(),
                    fmt::format("counted {} tokens in {} bytes", tokens, text.size()));
    return tokens;
  }

  base::Result<std::vector<std::size_t>> split(std::string_view text) const override {
    const base::Cancel none;
    EndsTaker taker(instance_.caller(), none, text.size());
    const Lent lent(taker);
    const freshet_token_sink sink = lent.sink();
    return taker.result(instance_.call(&freshet_tokenizer_table::split, "split", {}, nullptr,
                                       text.empty() ? "" : text.data(), text.size(), &sink));
  }

 private:
  Instance<freshet_tokenizer_table> instance_;
  const std::string name_, fingerprint_;
};

}  // namespace

base::Result<std::unique_ptr<ports::Tokenizer>> adapt_tokenizer(const Opening& opening) {
  FRESHET_ASSIGN(auto instance,
                 Instance<freshet_tokenizer_table>::open(opening, FRESHET_PLUGIN_TOKENIZER,
                                                         FRESHET_TOKENIZER_TABLE_SIZE_1));
  freshet_tokenizer_info raw{};
  raw.struct_size = sizeof raw;
  FRESHET_TRY(instance.call(&freshet_tokenizer_table::info, "info", {}, nullptr, &raw));
  if (raw.name == nullptr || *raw.name == '\0' || !base::is_utf8(raw.name))
    return broken(*opening.caller, "does not name its tokens");
  FRESHET_ASSIGN(std::string fingerprint, fingerprint_of(opening, raw.fingerprint));
  return std::make_unique<PluginTokenizer>(std::move(instance), raw.name, std::move(fingerprint));
}

}  // namespace freshet::host
