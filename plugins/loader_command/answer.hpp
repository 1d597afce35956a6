// loader_command/answer.hpp - what the lines of an answer mean, as docs/command.md has them.
#pragma once

#include <optional>
#include <string>

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_command/options.hpp"

namespace freshet::loader_command {

nlohmann::json list_request(const Options& options, const sdk::ListingRequest& request);
nlohmann::json fetch_request(const Options& options, const sdk::Entry& entry,
                             const std::optional<std::string>& known_version);

// The names of members of an object. A member that is none of `known` throws, naming it.
void check_members(const nlohmann::json& object, std::initializer_list<const char*> known,
                   const Options& options);

sdk::Entry read_entry(const nlohmann::json& json, const Options& options);
// The end of a listing; a state goes to `sink`.
sdk::Listing read_end(const nlohmann::json& json, const Options& options,
                      const sdk::ListingSink& sink);
// Content, with its bytes in `bytes`.
sdk::Content read_content(const nlohmann::json& json, const Options& options, std::string& bytes);

// The program broke the protocol.
[[noreturn]] void fail_protocol(const Options& options, std::string why);

}  // namespace freshet::loader_command
