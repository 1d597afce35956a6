#include "core/net/signature.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace freshet::net {

namespace {

// Empty where the machine has no such digest.
std::string signed_bytes(std::string_view secret, std::string_view message) {
  std::string bytes(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(),
           reinterpret_cast<unsigned char*>(bytes.data()), &size) == nullptr)
    return {};
  bytes.resize(size);
  return bytes;
}

std::string hex_of(std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const char byte : bytes) {
    hex += digits[static_cast<unsigned char>(byte) >> 4];
    hex += digits[static_cast<unsigned char>(byte) & 15];
  }
  return hex;
}

}  // namespace

std::string hmac_sha256(std::string_view secret, std::string_view message) {
  return hex_of(signed_bytes(secret, message));
}

std::string sha256(std::string_view content) {
  std::string bytes(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  if (EVP_Digest(content.data(), content.size(), reinterpret_cast<unsigned char*>(bytes.data()),
                 &size, EVP_sha256(), nullptr) != 1)
    return {};
  return hex_of(std::string_view(bytes).substr(0, size));
}

std::string hmac_sha256_base64(std::string_view secret, std::string_view message) {
  const std::string bytes = signed_bytes(secret, message);
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // and the zero behind it
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string from_base64(std::string_view text) {
  std::string bytes(3 * (text.size() / 4) + 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes.resize(size < 0 ? 0 : static_cast<std::size_t>(size) - padding);
  return bytes;
}

bool same_secret(std::string_view a, std::string_view b) {
  return !a.empty() && a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace freshet::net
