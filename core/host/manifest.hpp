// core/host/manifest.hpp - what a plugin says of itself before any of its code runs.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/json_memory.hpp"
#include "core/host/kind.hpp"

namespace freshet::host {

// One thing that a plugin provides.
struct Offer {
  Kind kind = Kind::loader;
  std::string name;
  std::string description;
  std::vector<std::string> identity;     // keys of its options that name a source for good
  std::vector<std::string> media_types;  // of a reader
  std::map<std::string, std::string>
      extensions;           // of a reader: ".csv", in lower case, to its media type
  bool by_default = false;  // a reader that is used where nobody names any
  Json options;             // a schema, checked
  std::string options_text;
};

struct Manifest {
  std::string file;  // absolute; empty: registered in code
  std::string name;
  std::string version;
  std::uint32_t abi = 0;
  std::string library;  // absolute, in the manifest's directory; empty: registered in code
  std::vector<Offer> provides;
};

// The files that discovery looks at end so.
inline constexpr std::string_view manifest_suffix = ".plugin.json";

// Every failure is Code::plugin with the manifest as its subject. The library need not be there.
base::Result<Manifest> parse_manifest(std::string_view text, const std::string& file);
base::Result<Manifest> read_manifest(const std::string& file);

// The manifest of a plugin that is registered in code: without "library". A failure is
// Code::invalid_argument with the place in the manifest as its subject.
base::Result<Manifest> parse_registered(std::string_view text);

// The platform as manifests name it: "linux-x86_64".
std::string platform();

}  // namespace freshet::host
