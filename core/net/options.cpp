#include "core/net/options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

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

void read_rate(ObjectReader& reader, Rate& out) {
  reader.with("rate", [&](const Json& value, const std::string& path) -> Status {
    auto rate = parse_rate(value.is_string() ? value.get_ref<const std::string&>() : "");
    if (!rate) return base::fail(Code::invalid_argument, rate.error().message, path);
    out = *rate;
    return {};
  });
}

// A list of waits, of which the last one repeats.
void read_delays(ObjectReader& reader, std::vector<Millis>& out) {
  reader.with("delays", [&](const Json& value, const std::string& path) -> Status {
    if (!value.is_array() || value.empty())
      return base::fail(Code::invalid_argument, "is not an array of durations such as [\"1s\"]",
                        path);
    std::vector<Millis> delays;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const Json holder = Json::object({{"delay", value[i]}});
      ObjectReader inner(holder, "");
      read_wait(inner, "delay", Millis{0}, delays.emplace_back(0));
      if (Status status = inner.finish(); !status)
        return base::fail(Code::invalid_argument, status.error().message,
                          fmt::format("{}[{}]", path, i));
    }
    out = std::move(delays);
    return {};
  });
}

void read_breaker(ObjectReader& reader, Breaker& out) {
  reader.with("breaker", [&](const Json& value, const std::string& path) -> Status {
    Breaker breaker;
    ObjectReader inner(value, path);
    read_count(inner, "failures", 1, 1'000'000, breaker.failures);
    read_wait(inner, "wait", Millis{1}, breaker.wait);
    inner.require("failures");
    FRESHET_TRY(inner.finish());
    out = breaker;
    return {};
  });
}

void read_manners(ObjectReader& reader, Manners& out) {
  read_count(reader, "per_host", 1, 1000, out.per_host);
  read_rate(reader, out.rate);
  read_breaker(reader, out.breaker);
  read_count(reader, "attempts", 1, 20, out.attempts);
  read_wait(reader, "backoff", Millis{0}, out.backoff);
  read_wait(reader, "backoff_cap", Millis{0}, out.backoff_cap);
  read_delays(reader, out.delays);
  read_wait(reader, "deadline", Millis{0}, out.deadline);
}

// A host as URLs have it: in lower case, and with its port where that is not its scheme's.
bool is_host(const std::string& name) {
  return !name.empty() && name.size() <= 300 &&
         std::none_of(name.begin(), name.end(), [](unsigned char c) {
           return c <= 0x20 || c >= 0x7f || c == '/' || c == '@' || (c >= 'A' && c <= 'Z');
         });
}

// What a host does not say of itself is as for all.
void read_hosts(ObjectReader& reader, ClientOptions& options) {
  reader.with("hosts", [&](const Json& value, const std::string& path) -> Status {
    if (!value.is_object())
      return base::fail(Code::invalid_argument, "is not an object from hosts to options", path);
    for (const auto& [name, manners] : value.items()) {
      const std::string at = base::join_path(path, name);
      if (!is_host(name))
        return base::fail(Code::invalid_argument,
                          "is not a host, or host:port, in lower case and without its scheme", at);
      Manners own = options;
      ObjectReader inner(manners, at);
      read_manners(inner, own);
      FRESHET_TRY(inner.finish());
      options.hosts.emplace(name, std::move(own));
    }
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

std::optional<Millis> wait_in(ObjectReader& reader, std::string_view key) {
  Millis wait{-1};
  read_wait(reader, key, Millis{0}, wait);
  return wait < Millis{0} ? std::nullopt : std::optional(wait);
}

}  // namespace

ClientOptions::ClientOptions()
    : user_agent("freshet/" FRESHET_VERSION " (+https://github.com/freshet/freshet)") {}

const Manners& ClientOptions::of(const std::string& host) const {
  const auto found = hosts.find(host);
  return found == hosts.end() ? *this : found->second;
}

namespace {

base::Result<ports::RetryOptions> parse_retry(const Json& object, const std::string& path) {
  ports::RetryOptions options;
  ObjectReader reader(object, path);
  int attempts = 0;
  std::vector<Millis> delays;
  read_count(reader, "attempts", 1, 20, attempts);
  read_delays(reader, delays);
  options.backoff = wait_in(reader, "backoff");
  options.backoff_cap = wait_in(reader, "backoff_cap");
  options.deadline = wait_in(reader, "deadline");
  FRESHET_TRY(reader.finish());
  if (attempts > 0) options.attempts = attempts;
  if (!delays.empty()) options.delays = std::move(delays);
  return options;
}

}  // namespace

void read_requests(ObjectReader& reader, ports::RequestOptions& out) {
  reader.with("retry", [&](const Json& value, const std::string& path) -> Status {
    FRESHET_ASSIGN(out.retry, parse_retry(value, path));
    return {};
  });
  read_rate(reader, out.rate);
  read_breaker(reader, out.breaker);
}

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
  read_count(reader, "total", 1, 1000, options.total);
  read_manners(reader, options);
  read_wait(reader, "retry_after_cap", Millis{0}, options.retry_after_cap);
  read_wait(reader, "max_crawl_delay", Millis{0}, options.max_crawl_delay);
  reader.text("proxy", options.proxy);
  reader.text("ca_file", options.ca_file);
  reader.texts("allow_private", options.allow_private);
  read_hosts(reader, options);
  FRESHET_TRY(reader.finish());
  FRESHET_TRY(check_user_agent(options.user_agent, path));
  FRESHET_TRY(check_networks(options.allow_private, path));
  FRESHET_TRY(check_ca_file(options.ca_file, path));
  FRESHET_TRY(check_proxy(options.proxy, path));
  return options;
}

}  // namespace freshet::net
