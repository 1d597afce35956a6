// cli/model_source.hpp - a model as it comes: a folder, or an archive that has one.
//
// An archive is a stranger's: links in it are passed over, a name with ".." is refused, and of the
// rest only what a model is read from is taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>

namespace freshet::cli {

inline constexpr std::uint64_t most_model_bytes = 16ull << 30;

// Takes the next bytes of the file that has this name within the model.
using TakeBytes = std::function<void(const std::string& name, std::span<const std::byte> bytes)>;

// What a model is read from, and what says whose it is; `name` is within the model. Other forms of its
// weights may be many times as large.
bool belongs_to_model(const std::string& name);

// Throws freshet::Error unless the files below `folder` ("" or with a slash at its end) can be a model.
void check_model_files(const std::string& where, const std::set<std::string>& names,
                       const std::string& folder);

// Hands over the files of the one model below `where`, one after the other, each in one call at
// least. Throws freshet::Error where there is none, or more than one, or where reading fails.
void read_model(const std::string& where, const TakeBytes& take);

}  // namespace freshet::cli
