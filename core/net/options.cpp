#include "core/net/options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "core/net/address.hpp"

namespace freshet::net {
namespace {

using base::Code;
using base::Json;
using base::Millis;
using base::ObjectReader;
using base::Status;

// Reads a duration that has to lie within limits; curl counts in milliseconds of a long.
void read_wait(ObjectReader& reader, std::string_view key, Millis least, Millis& out) {
  reader.with(key, [&](const Json& value, const std::string& path) -> Status {
    if (!value.is_string())
      return base::fail(Code::invalid_argument, "is not a duration such as \"30s\"", path);
    auto parsed = base::parse_duration(value.get_ref<const std::string&>());
    if (!parsed) return base::fail(Code::invalid_argument, parsed.error().message, path);
    constexpr Millis most = std::chrono::hours(24);
    if (*parsed < least || *parsed > most)
      return base::fail(Code::invalid_argument,
                        fmt::format("is {}, not from {} to {}", base::format_duration(*parsed),
                                    base::format_duration(least), base::format_duration(most)),
                        path);
    out = *parsed;
    return {};
  });
}

template <typename Number>
void read_count(ObjectReader& reader, std::string_view key, std::int64_t least, std::int64_t most,
                Number& out) {
  std::int64_t value = static_cast<std::int64_t>(out);
  reader.integer(key, value, least, most);
  out = static_cast<Number>(value);
}

void read_size(ObjectReader& reader, std::string_view key, std::uint64_t least,
               std::uint64_t& out) {
  reader.with(key, [&](const Json& value, const std::string& path) -> Status {
    std::uint64_t size = 0;
    Json holder = Json::object({{"size", value}});
    ObjectReader inner(holder, "");
    inner.size("size", size);
    if (Status status = inner.finish(); !status)
      return base::fail(Code::invalid_argument, status.error().message, path);
    constexpr std::uint64_t most = 4ull << 30;
    if (size < least || size > most)
      return base::fail(Code::invalid_argument,
                        fmt::format("is {} bytes, not from {} to {}", size, least, most), path);
    out = size;
    return {};
  });
}

Status check_user_agent(const std::string& text, const std::string& path) {
  for (const char c : text)
    if (c < 0x20 || c > 0x7e)
      return base::fail(Code::invalid_argument, "is not printable ASCII",
                        base::join_path(path, "user_agent"));
  return {};
}

Status check_networks(const std::vector<std::string>& networks, const std::string& path) {
  for (std::size_t i = 0; i < networks.size(); ++i)
    if (auto network = parse_network(networks[i]); !network)
      return base::fail(Code::invalid_argument, network.error().message,
                        fmt::format("{}[{}]", base::join_path(path, "allow_private"), i));
  return {};
}

Status check_ca_file(const std::string& file, const std::string& path) {
  if (file.empty() || access(file.c_str(), R_OK) == 0) return {};
  return base::fail(Code::invalid_argument, fmt::format("\"{}\" cannot be read", file),
                    base::join_path(path, "ca_file"));
}

// The proxy's URL may hold a password, so the message does not repeat it.
Status check_proxy(const std::string& proxy, const std::string& path) {
  if (proxy.empty() || proxy.starts_with("http://") || proxy.starts_with("https://") ||
      proxy.starts_with("socks5h://"))
    return {};
  return base::fail(Code::invalid_argument, "is not an http, https or socks5h URL",
                    base::join_path(path, "proxy"));
}

}  // namespace

ClientOptions::ClientOptions()
    : user_agent("freshet/" FRESHET_VERSION " (+https://github.com/freshet/freshet)") {}

base::Result<ClientOptions> parse_options(const Json& object, const std::string& path) {
  ClientOptions options;
  ObjectReader reader(object, path);
  constexpr Millis a_ms{1};
  reader.text("user_agent", options.user_agent);
  read_size(reader, "max_bytes", 1, options.max_bytes);
  read_count(reader, "max_ratio", 1, 1'000'000, options.max_ratio);
  read_count(reader, "max_redirects", 0, 50, options.max_redirects);
  std::uint64_t header_bytes = options.max_header_bytes;
  read_size(reader, "max_header_bytes", 1024, header_bytes);
  options.max_header_bytes = static_cast<std::size_t>(header_bytes);
  read_count(reader, "max_header_lines", 8, 100'000, options.max_header_lines);
  read_wait(reader, "connect_timeout", a_ms, options.connect_timeout);
  read_wait(reader, "first_byte_timeout", a_ms, options.first_byte);
  read_wait(reader, "timeout", a_ms, options.timeout);
  read_size(reader, "low_speed", 0, options.low_speed);
  read_wait(reader, "low_speed_time", a_ms, options.low_speed_time);
  read_count(reader, "per_host", 1, 1000, options.per_host);
  read_count(reader, "total", 1, 1000, options.total);
  read_count(reader, "attempts", 1, 20, options.attempts);
  read_wait(reader, "backoff", Millis{0}, options.backoff);
  read_wait(reader, "backoff_cap", Millis{0}, options.backoff_cap);
  read_wait(reader, "retry_after_cap", Millis{0}, options.retry_after_cap);
  read_wait(reader, "max_crawl_delay", Millis{0}, options.max_crawl_delay);
  reader.text("proxy", options.proxy);
  reader.text("ca_file", options.ca_file);
  reader.texts("allow_private", options.allow_private);
  FRESHET_TRY(reader.finish());
  FRESHET_TRY(check_user_agent(options.user_agent, path));
  FRESHET_TRY(check_networks(options.allow_private, path));
  FRESHET_TRY(check_ca_file(options.ca_file, path));
  FRESHET_TRY(check_proxy(options.proxy, path));
  return options;
}

}  // namespace freshet::net
