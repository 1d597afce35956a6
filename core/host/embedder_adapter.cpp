#include <cmath>
#include <mutex>

#include "core/host/instance.hpp"
#include "freshet/plugin/embedder.h"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;

constexpr std::uint32_t most_dimensions = 65'536;

// The host's end of a freshet_vector_sink. One vector that is wrong fails the whole batch: its
// neighbours may be shifted.
struct VectorTaker {
  const Caller& caller;
  std::uint32_t dimension;
  std::vector<std::vector<float>> vectors;
  std::mutex mutex;
  std::size_t taken = 0;
  base::Status status;

  freshet_status take(std::size_t index, const float* values, std::size_t count) noexcept {
    const std::lock_guard lock(mutex);
    take_safely(status, [&] {
      if (status) status = keep(index, values, count);
    });
    return status ? FRESHET_OK : static_cast<freshet_status>(status.error().code);
  }

 private:
  base::Status keep(std::size_t index, const float* values, std::size_t count) {
    if (const std::string wrong = problem(index, values, count); !wrong.empty())
      return broken(caller, wrong);
    vectors[index].assign(values, values + count);
    ++taken;
    return {};
  }

  std::string problem(std::size_t index, const float* values, std::size_t count) const {
    if (index >= vectors.size())
      return fmt::format("gave a vector {} of {} texts", index, vectors.size());
    if (!vectors[index].empty()) return fmt::format("gave the vector {} twice", index);
    if (values == nullptr) return fmt::format("the vector {} is NULL", index);
    if (count != dimension)
      return fmt::format("the vector {} has {} dimensions, not {}", index, count, dimension);
    bool zero = true;
    for (std::size_t i = 0; i < count; ++i) {
      if (!std::isfinite(values[i])) return fmt::format("the vector {} is not finite", index);
      zero = zero && values[i] == 0.0f;
    }
    return zero ? fmt::format("the vector {} is all zero", index) : std::string();
  }
};

class PluginEmbedder : public ports::Embedder {
 public:
  PluginEmbedder(Instance<freshet_embedder_table> instance, ports::EmbedderInfo info)
      : instance_(std::move(instance)), info_(std::move(info)) {}

  const ports::EmbedderInfo& info() const override { return info_; }

  base::Result<std::vector<std::vector<float>>> embed(std::span<const std::string_view> texts,
                                                      const base::Cancel& cancel,
                                                      ports::Purpose purpose) override {
    if (texts.empty()) return std::vector<std::vector<float>>();
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
    VectorTaker taker{*instance_.caller(),
                      info_.dimension,
                      std::vector<std::vector<float>>(texts.size()),
                      {},
                      0,
                      {}};
    const freshet_vector_sink sink = {
        sizeof sink, &taker,
        [](void* payload, std::size_t index, const float* values, std::size_t dimension) {
          return static_cast<VectorTaker*>(payload)->take(index, values, dimension);
        }};
    const freshet_embed_request request = {
        sizeof request,
        starts.data(),
        sizes.data(),
        starts.size(),
        purpose == ports::Purpose::query ? FRESHET_EMBED_QUERY : FRESHET_EMBED_DOCUMENT,
        0};
    base::Status status =
        instance_.call(&freshet_embedder_table::embed, "embed", cancel, nullptr, &request, &sink);
    FRESHET_TRY(std::move(taker.status));  // ours comes first
    FRESHET_TRY(std::move(status));
    if (taker.taken != texts.size())
      return broken(*instance_.caller(),
                    fmt::format("gave {} vectors for {} texts", taker.taken, texts.size()));
    return std::move(taker.vectors);
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
  return ports::EmbedderInfo{raw.model, raw.dimension, raw.max_inputs, raw.max_tokens};
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
