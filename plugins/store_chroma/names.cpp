#include "names.hpp"

#include <algorithm>
#include <string_view>

#include <freshet/sdk/call.hpp>

namespace store_chroma {
namespace {

constexpr std::string_view marker = "freshet.ns.";
constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::size_t least_name = 3, most_name = 512;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Four numbers with dots: Chroma takes no addresses.
bool is_address(std::string_view name) {
  return std::count(name.begin(), name.end(), '.') == 3 &&
         name.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_plain(std::string_view name) {
  return name.size() >= least_name && name.size() <= most_name && !name.starts_with(marker) &&
         is_alphanumeric(name.front()) && is_alphanumeric(name.back()) &&
         name.find("..") == std::string_view::npos && !is_address(name) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

std::string escaped(std::string_view name) {
  std::string out(marker);
  for (const char c : name) {
    if (is_alphanumeric(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '_';
    out += hex_digits[byte >> 4];
    out += hex_digits[byte & 15];
  }
  return out;
}

std::optional<std::string> unescaped(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (name[at] != '_') {
      out += name[at];
      continue;
    }
    if (at + 2 >= name.size()) return std::nullopt;
    const auto high = hex_digits.find(name[at + 1]), low = hex_digits.find(name[at + 2]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
    at += 2;
  }
  return out;
}

}  // namespace

std::string collection_name(const std::string& ns) {
  if (is_plain(ns)) return ns;
  std::string name = escaped(ns);
  if (ns.empty() || name.size() > most_name)
    throw freshet::sdk::Failure(FRESHET_E_INVALID_ARGUMENT,
                                "as the name of a collection it has " +
                                    std::to_string(name.size()) + " bytes, at most " +
                                    std::to_string(most_name),
                                "namespace " + ns);
  return name;
}

std::optional<std::string> namespace_name(const std::string& collection) {
  if (!collection.starts_with(marker)) return collection;
  auto name = unescaped(std::string_view(collection).substr(marker.size()));
  const bool ours = name && !name->empty() && !is_plain(*name) && escaped(*name) == collection;
  return ours ? std::move(name) : std::nullopt;
}

}  // namespace store_chroma
