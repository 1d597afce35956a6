// loader_files/walk.hpp - lists the files below a directory, in the order of their names.
#pragma once

#include <freshet/sdk/freshet_sdk.hpp>

#include "loader_files/options.hpp"
#include "loader_files/root.hpp"

namespace freshet::loader_files {

// "m:MTIME_NS:SIZE"; "" where the file was written so lately, by the host's clock, that it may be
// written again without its time changing.
std::string version_of(const Node& file, std::int64_t now_ms);

// The URI of a file by its path below the root; of the root itself, where that is a file, by "".
std::string uri_of(const Options& options, const std::string& path);

// Complete only if every directory could be read. Throws where the root itself cannot be.
sdk::Listing list_files(const sdk::Call& call, const Options& options,
                        const sdk::ListingSink& sink);

}  // namespace freshet::loader_files
