// embedder_openai/base64.hpp - vectors as base64 of little-endian 32-bit floats.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace embedder_openai {

// Nothing where `text` is not that to the last bit: standard alphabet, padded, whole floats.
std::optional<std::vector<float>> floats_of_base64(std::string_view text);

}  // namespace embedder_openai
