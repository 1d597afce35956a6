#include "options.hpp"

#include <algorithm>

#include <freshet/sdk/options.hpp>
#include "schema.hpp"

namespace store_turbopuffer {
namespace {

constexpr std::uint64_t most_request = std::uint64_t{64} << 20;
constexpr std::size_t most_attributes = 200;  // of 256, as the older of turbopuffer's limits is

[[noreturn]] void refuse(const std::string& why, const std::string& option) {
  throw sdk::Failure(FRESHET_E_INVALID_ARGUMENT, why, option);
}

bool is_in(char c, std::string_view more) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || more.find(c) != std::string_view::npos;
}

std::string url_of(const Json& json) {
  if (json.contains("region") == json.contains("base_url"))
    refuse("one of region and base_url is needed, and not both", "region");
  if (json.contains("base_url")) {
    auto url = json["base_url"].get<std::string>();
    while (url.ends_with('/')) url.pop_back();
    return url;
  }
  const auto region = json["region"].get<std::string>();
  if (!std::all_of(region.begin(), region.end(), [](char c) { return is_in(c, "-"); }))
    refuse("is not of a-z 0-9 -, as in gcp-us-central1", "region");
  return "https://" + region + ".turbopuffer.com";
}

std::map<std::string, std::string> attributes_of(const Json& json) {
  auto attributes = json.at("attributes").get<std::map<std::string, std::string>>();
  if (attributes.size() > most_attributes)
    refuse("has " + std::to_string(attributes.size()) + " attributes, at most " +
               std::to_string(most_attributes),
           "attributes");
  for (const auto& [name, type] : attributes) {
    if (is_own_attribute(name)) refuse("is an attribute that every row has", "attributes." + name);
    if (name.empty() || name[0] == '$' || name.size() > most_attribute_name)
      refuse("is no name of an attribute: 1 to " + std::to_string(most_attribute_name) +
                 " bytes, and no $ at the beginning",
             "attributes." + name);
  }
  return attributes;
}

}  // namespace

Options options_of(const Json& json) {
  Options options;
  options.url = url_of(json);
  options.key = json.at("key").get<std::string>();
  options.prefix = json.at("prefix").get<std::string>();
  constexpr std::string_view more = "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-";
  if (!std::all_of(options.prefix.begin(), options.prefix.end(),
                   [=](char c) { return is_in(c, more); }))
    refuse("is not of A-Z a-z 0-9 . _ -", "prefix");
  options.metric = json.at("metric").get<std::string>();
  options.language = json.at("language").get<std::string>();
  options.attributes = attributes_of(json);
  options.max_batch = json.at("max_batch").get<std::uint32_t>();
  const std::uint64_t request = sdk::size_bytes(json.at("max_request"));
  if (request < 1 || request > most_request) refuse("is not from 1 to 64MiB", "max_request");
  options.max_request = static_cast<std::uint32_t>(request);
  options.concurrent_writes = json.at("concurrent_writes").get<std::uint32_t>();
  options.disable_backpressure = json.at("disable_backpressure").get<bool>();
  options.eventual = json.at("consistency") == "eventual";
  options.timeout_ms = sdk::duration_ms(json.at("timeout"));
  return options;
}

}  // namespace store_turbopuffer
