// freshet/sdk/tokenizer.hpp - a class as a tokenizer table.
#pragma once

#include <freshet/plugin/tokenizer.h>

#include <freshet/sdk/loader.hpp>

namespace freshet::sdk {

struct TokenizerInfo {
  std::string name;              // as its publisher calls it
  std::string fingerprint = {};  // of what it counts by; empty: the options say it
};

// Every function may run on many threads at once. What is thrown fails the call.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  // What the instance is; good as long as it is.
  virtual const TokenizerInfo& info(Call& call) = 0;
  // Where each token ends, in bytes, in order.
  virtual std::vector<std::size_t> split(Call& call, std::string_view text) = 0;
  virtual std::uint64_t count(Call& call, std::string_view text) {
    return split(call, text).size();
  }
};

namespace detail {

inline freshet_status tokenizer_info(void* tokenizer, freshet_call* raw,
                                     freshet_tokenizer_info* out) {
  return serve<Tokenizer>(tokenizer, raw, [&](Tokenizer& object, Call& call) {
    const TokenizerInfo& info = object.info(call);
    freshet_tokenizer_info filled{};
    filled.name = info.name.c_str();
    filled.fingerprint = info.fingerprint.empty() ? nullptr : info.fingerprint.c_str();
    give(out, filled);
  });
}

inline freshet_status tokenizer_count(void* tokenizer, freshet_call* raw, const char* text,
                                      std::size_t size, std::uint64_t* out_tokens) {
  return serve<Tokenizer>(tokenizer, raw, [&](Tokenizer& object, Call& call) {
    *out_tokens = object.count(call, {text, size});
  });
}

inline freshet_status tokenizer_split(void* tokenizer, freshet_call* raw, const char* text,
                                      std::size_t size, const freshet_token_sink* raw_sink) {
  return serve<Tokenizer>(tokenizer, raw, [&](Tokenizer& object, Call& call) {
    const auto sink = take(raw_sink, FRESHET_TOKEN_SINK_SIZE_1, "token_sink");
    const std::vector<std::size_t> ends = object.split(call, {text, size});
    heed(sink.ends(sink.payload, ends.data(), ends.size()));
  });
}

}  // namespace detail

template <typename T>
const freshet_tokenizer_table* tokenizer_table() {
  static constexpr freshet_tokenizer_table table = {
      sizeof(freshet_tokenizer_table), detail::open<Tokenizer, T>, detail::tokenizer_info,
      detail::tokenizer_count,         detail::tokenizer_split,    detail::close<Tokenizer>};
  return &table;
}

}  // namespace freshet::sdk
