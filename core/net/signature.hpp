// core/net/signature.hpp - whether a message comes from whoever knows the same secret, and whether bytes
// are those that were named.
#pragma once

#include <string>
#include <string_view>

namespace freshet::net {

// HMAC-SHA256 in 64 lower-case hexadecimal digits; empty where the machine has none.
std::string hmac_sha256(std::string_view secret, std::string_view message);

// The same 32 bytes in base64, as Standard Webhooks writes them.
std::string hmac_sha256_base64(std::string_view secret, std::string_view message);
// SHA-256 in 64 lower-case hexadecimal digits; empty where the machine has none.
std::string sha256(std::string_view content);
// Empty where it is no base64.
std::string from_base64(std::string_view text);

// Takes as long wherever the two differ; only their lengths may be told from the time.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace freshet::net
