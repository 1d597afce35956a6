// core/sync/address.hpp - what a person means by an address: a site, a page, a folder, a repository.
//
// Looks at the address and at this machine's disk, and asks no server. What only an answer can tell,
// such as whether a URL is a site, a sitemap or a feed, the loader "site" finds out.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/json.hpp"

namespace freshet::sync {

// What lies at a path of this machine.
enum class OnDisk { nothing, file, folder, git_repository };

using DiskLook = std::function<OnDisk(const std::string& path)>;

// A bare repository is a git_repository; one with a working tree is a folder, for its files are there.
OnDisk look_on_disk(const std::string& path);

struct Recognised {
  std::string what;  // "a folder", "a git repository on github.com"
  std::string loader;
  base::Json options = base::Json::object();
};

// The error's subject is empty: the caller knows where the address stands.
base::Result<Recognised> recognise(std::string_view address, const DiskLook& look = look_on_disk);

// The plugin that brings a loader which an address may need: "loader_git" for "git".
std::string plugin_of_loader(std::string_view loader);

}  // namespace freshet::sync
