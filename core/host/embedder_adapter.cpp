#include <algorithm>
#include <cmath>

#include "core/host/instance.hpp"
#include "core/host/taker.hpp"
#include "freshet/plugin/embedder.h"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;

constexpr std::uint32_t most_dimensions = 65'536;
constexpr std::uint64_t most_tokens = std::uint64_t{1} << 40;  // of a request

// The host's end of a freshet_vector_sink. One vector that is wrong fails the whole batch: its
// neighbours may be shifted.
class VectorTaker : public Taker {
 public:
  VectorTaker(const std::shared_ptr<const Caller>& caller, const base::Cancel& cancel,
              std::size_t texts, std::uint32_t dimension)
      : Taker(caller, cancel), dimension_(dimension), outcomes_(texts) {
    made_.vectors.resize(texts);
  }

  static freshet_vector_sink sink(void* end) {
    return {sizeof(freshet_vector_sink), end,
            [](void* payload, std::size_t index, const float* values, std::size_t count) {
              return reach<VectorTaker>(
                  payload, [&](auto& taker) { return taker.keep(index, values, count); });
            },
            [](void* payload, std::size_t index, freshet_status status, const char* message) {
              return reach<VectorTaker>(
                  payload, [&](auto& taker) { return taker.reject(index, status, message); });
            },
            [](void* payload, std::uint64_t tokens) {
              return reach<VectorTaker>(payload, [&](auto& taker) { return taker.use(tokens); });
            }};
  }

  // What came of a call that ended with `called`. What it gave before it failed is kept.
  base::Result<ports::Embeddings> result(base::Status called) {
    FRESHET_TRY(take_status());  // ours comes first
    const auto missing = std::count(outcomes_.begin(), outcomes_.end(), false);
    if (missing == std::ssize(outcomes_)) FRESHET_TRY(std::move(called));
    if (!called)
      made_.failure = std::move(called).error();
    else if (missing > 0)
      return broken(caller_, fmt::format("gave neither a vector nor a rejection for {} of {} texts",
                                         missing, outcomes_.size()));
    return std::move(made_);
  }

 private:
  base::Status keep(std::size_t index, const float* values, std::size_t count) {
    FRESHET_TRY(settle(index, "vector"));
    if (const std::string wrong = problem(index, values, count); !wrong.empty())
      return broken(caller_, wrong);
    made_.vectors[index].assign(values, values + count);
    return {};
  }

  base::Status reject(std::size_t index, freshet_status status, const char* message) {
    FRESHET_TRY(settle(index, "rejection"));
    const auto code = static_cast<Code>(status);
    if (code == Code::ok || base::code_name(code) == "unknown")
      return broken(caller_, fmt::format("rejected the text {} with {}, which is no status of a "
                                         "failure",
                                         index, status));
    const bool said = message != nullptr && *message != '\0';
    made_.rejections.push_back(
        {index, safe_error(base::make_error(code, said ? message : "rejected without saying why",
                                            caller_.plugin))});
    return {};
  }

  base::Status use(std::uint64_t tokens) {
    if (tokens > most_tokens - std::min(made_.tokens, most_tokens))
      return broken(caller_, fmt::format("used {} tokens for a request", tokens));
    made_.tokens += tokens;
    return {};
  }

  // Each text has one outcome.
  base::Status settle(std::size_t index, std::string_view what) {
    if (index >= outcomes_.size())
      return broken(caller_,
                    fmt::format("gave a {} {} of {} texts", what, index, outcomes_.size()));
    if (outcomes_[index]) return broken(caller_, fmt::format("gave the text {} twice", index));
    outcomes_[index] = true;
    return {};
  }

  std::string problem(std::size_t index, const float* values, std::size_t count) const {
    if (values == nullptr) return fmt::format("the vector {} is NULL", index);
    if (count != dimension_)
      return fmt::format("the vector {} has {} dimensions, not {}", index, count, dimension_);
    bool zero = true;
    for (std::size_t i = 0; i < count; ++i) {
      if (!std::isfinite(values[i])) return fmt::format("the vector {} is not finite", index);
      zero = zero && values[i] == 0.0f;
    }
    return zero ? fmt::format("the vector {} is all zero", index) : std::string();
  }

  const std::uint32_t dimension_;
  std::vector<bool> outcomes_;
  ports::Embeddings made_;
};

class PluginEmbedder : public ports::Embedder {
 public:
  PluginEmbedder(Instance<freshet_embedder_table> instance, ports::EmbedderInfo info)
      : instance_(std::move(instance)), info_(std::move(info)) {}

  const ports::EmbedderInfo& info() const override { return info_; }

  base::Result<ports::Embeddings> embed(std::span<const std::string_view> texts,
                                        const base::Cancel& cancel,
                                        ports::Purpose purpose) override {
    if (texts.empty()) return ports::Embeddings();
    if (texts.size() > info_.max_inputs)
      return fail(Code::misuse,
                  fmt::format("{} texts in a call, at most {}", texts.size(), info_.max_inputs),
                  instance_.caller()->plugin);
    std::vector<const char*> starts;
    std::vector<std::size_t> sizes;
    for (const std::string_view text : texts) {
      starts.push_back(text.empty() ? "" : text.data());
      sizes.push_back(text.size());
    }
    VectorTaker taker(instance_.caller(), cancel, texts.size(), info_.dimension);
    const Lent lent(taker);
    const freshet_vector_sink sink = lent.sink();
    const freshet_embed_request request = {
        sizeof request,
        starts.data(),
        sizes.data(),
        starts.size(),
        purpose == ports::Purpose::query ? FRESHET_EMBED_QUERY : FRESHET_EMBED_DOCUMENT,
        0};
    return taker.result(
        instance_.call(&freshet_embedder_table::embed, "embed", cancel, nullptr, &request, &sink));
  }

 private:
  Instance<freshet_embedder_table> instance_;
  const ports::EmbedderInfo info_;
};

base::Result<ports::EmbedderInfo> ask_info(const Instance<freshet_embedder_table>& instance) {
  const Caller& caller = *instance.caller();
  freshet_embedder_info raw{};
  raw.struct_size = sizeof raw;
  FRESHET_TRY(instance.call(&freshet_embedder_table::info, "info", {}, nullptr, &raw));
  if (raw.model == nullptr || *raw.model == '\0' || !base::is_utf8(raw.model))
    return broken(caller, "does not name its model");
  if (raw.dimension == 0 || raw.dimension > most_dimensions)
    return broken(caller, fmt::format("says that its vectors have {} dimensions", raw.dimension));
  if (raw.max_inputs == 0) return broken(caller, "says that it takes no texts");
  if (raw.tokenizer != nullptr && !base::is_utf8(raw.tokenizer))
    return broken(caller, "names its tokenizer in a text that is not UTF-8");
  return ports::EmbedderInfo{.model = raw.model,
                             .tokenizer = raw.tokenizer == nullptr ? "" : raw.tokenizer,
                             .dimension = raw.dimension,
                             .max_inputs = raw.max_inputs,
                             .max_tokens = raw.max_tokens,
                             .max_text_tokens = raw.max_text_tokens,
                             .max_bytes = raw.max_bytes};
}

}  // namespace

base::Result<std::unique_ptr<ports::Embedder>> adapt_embedder(const Opening& opening) {
  FRESHET_ASSIGN(auto instance,
                 Instance<freshet_embedder_table>::open(opening, FRESHET_PLUGIN_EMBEDDER,
                                                        FRESHET_EMBEDDER_TABLE_SIZE_1));
  FRESHET_ASSIGN(auto info, ask_info(instance));
  return std::make_unique<PluginEmbedder>(std::move(instance), std::move(info));
}

}  // namespace freshet::host
