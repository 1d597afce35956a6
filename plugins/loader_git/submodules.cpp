#include "loader_git/submodules.hpp"

#include <filesystem>
#include <map>

#include "loader_git/tree.hpp"

namespace freshet::loader_git {
namespace {

namespace fs = std::filesystem;

constexpr const char* file_of_urls = ".gitmodules";

// What .gitmodules says: the URL of each path.
using Urls = std::map<std::string, std::string>;

// Git itself reads the file, by its own rules; nothing that it names is included.
Urls urls_of(const sdk::Call& call, Mirror& mirror, const std::string& commit) {
  const File file = find_file(call, mirror.program(), commit, file_of_urls);
  if (file.blob.empty() || file.kind != File::Kind::file) return {};
  (void)mirror.blob(call, file.blob);
  std::map<std::string, std::pair<std::string, std::string>> sections;  // by name: path, URL
  mirror.program().for_records(
      call, {.arguments = {"config", "--no-includes", "--blob", file.blob, "-z", "--list"}},
      [&](std::string_view record) {
        const std::size_t line = std::min(record.find('\n'), record.size());
        const std::string_view key = record.substr(0, line);
        const std::size_t dot = key.rfind('.');
        if (!key.starts_with("submodule.") || line == record.size()) return true;
        auto& [path, url] = sections[std::string(key.substr(0, dot))];
        if (key.substr(dot) == ".path") path = record.substr(line + 1);
        if (key.substr(dot) == ".url") url = record.substr(line + 1);
        return true;
      });
  Urls urls;
  for (const auto& [name, section] : sections) urls[section.first] = section.second;
  return urls;
}

[[noreturn]] void refuse(const std::string& url, std::string why) {
  throw sdk::Failure(FRESHET_E_BLOCKED, std::move(why), url);
}

// As git has it: each ".." takes the last part from the address of the repository that it is in.
std::string resolved(const Address& outer, const std::string& url) {
  const std::size_t scheme = outer.remote.find("://") + 3;
  const std::size_t root = outer.remote.find('/', scheme);
  std::string base = outer.remote;
  std::string_view rest = url;
  for (;;) {
    if (rest.starts_with("./")) {
      rest.remove_prefix(2);
    } else if (rest.starts_with("../")) {
      rest.remove_prefix(3);
      while (base.size() > root + 1 && base.ends_with('/')) base.pop_back();
      if (base.size() <= root + 1) refuse(url, "its relative URL leads out of the host");
      base.resize(base.rfind('/'));
    } else {
      return base + "/" + std::string(rest);
    }
  }
}

void check_folder(const Options& options, const std::string& url, const Address& address) {
  const auto real = [](const Address& of) {
    std::error_code ignored;
    return fs::weakly_canonical(of.remote.substr(std::string_view("file://").size()), ignored);
  };
  const std::string beside = real(options.address).parent_path().string() + "/";
  if (!real(address).string().starts_with(beside))
    refuse(url, "lies outside of the folder that the repository is in, " + beside);
}

void check(const Options& options, const std::string& url, const Address& address) {
  const Address& own = options.address;
  if (address.scheme != "https" && address.scheme != own.scheme)
    refuse(url, "is by " + address.scheme + ": of a repository by " + own.scheme +
                    ", submodules are asked for by https" +
                    (own.scheme == "https" ? "" : " and " + own.scheme) + " alone");
  if (address.scheme == "file") return check_folder(options, url, address);
  if (address.host != own.host && !options.submodule_hosts.contains(address.host))
    refuse(url, "is on another host: name " + address.host + " in submodule_hosts");
}

}  // namespace

std::vector<Submodule> submodules_of(const sdk::Call& call, Mirror& mirror,
                                     const std::string& commit) {
  std::vector<Submodule> found;
  for_files(call, mirror.program(), commit, [&](const File& file) {
    if (file.kind == File::Kind::submodule && is_safe_path(file.path))
      found.push_back({file.path, file.blob, {}});
    return true;
  });
  if (found.empty()) return found;
  try {
    const Urls urls = urls_of(call, mirror, commit);
    for (Submodule& submodule : found)
      if (const auto url = urls.find(submodule.path); url != urls.end())
        submodule.url = url->second;
  } catch (const sdk::Failure& failure) {
    if (failure.status == FRESHET_E_CANCELLED) throw;
    for (Submodule& submodule : found) submodule.problem = failure.message;
  }
  return found;
}

Address address_of(const Options& options, const Address& outer, const Submodule& submodule) {
  const std::string& url = submodule.url;
  if (!submodule.problem.empty()) refuse(file_of_urls, submodule.problem);
  if (url.empty()) refuse(file_of_urls, "has no URL");
  const bool relative = url.starts_with("./") || url.starts_with("../");
  const std::string whole = relative ? resolved(outer, url) : url;
  if (!whole.starts_with('/') && whole.find(':') == std::string::npos)
    refuse(url, "its URL is no address of a repository");
  try {
    Address address = parse_address(whole);
    check(options, url, address);
    return address;
  } catch (sdk::Failure& failure) {
    failure.subject = url;
    throw;
  }
}

bool submodules_differ(const sdk::Call& call, const Program& program, const std::string& from,
                       const std::string& to) {
  bool differ = false;
  for_changes(call, program, from, to, [&](const Change& change) {
    for (const File& file : {change.before, change.after})
      differ |=
          !file.blob.empty() && (file.kind == File::Kind::submodule || file.path == file_of_urls);
  });
  return differ;
}

}  // namespace freshet::loader_git
