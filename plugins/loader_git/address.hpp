// loader_git/address.hpp - where a repository is, as its option `url` names it, and the web pages of its host.
#pragma once

#include <string>
#include <string_view>

namespace freshet::loader_git {

enum class Web { none, github, gitlab, gitea, bitbucket };

struct Address {
  std::string remote;  // what git is given: a URL without credentials
  std::string scheme;  // https, http, ssh or file
  std::string origin;  // scheme://host:port, of http and https
  std::string host;    // in lower case; empty of a file
  std::string path;    // without slashes at its ends, and without ".git"

  // scheme://user@host:port, of all that have a host.
  std::string_view server() const {
    const std::string_view text(remote);
    return text.substr(0, text.find('/', scheme.size() + 3));
  }
};

// An https, http, ssh or file URL, "user@host:path", or a path. Throws sdk::Failure for anything else, and for
// a URL with a password in it.
Address parse_address(const std::string& url);

// "github", "gitlab", "gitea", "bitbucket" or "none"; "auto" goes by the host's name.
Web web_of(const Address& address, std::string_view option);

// The page of a file. `revision` is a branch, a tag, or with `is_commit` a commit id; empty: the default branch.
// Empty where the host has no such page.
std::string page_of(const Address& address, Web web, std::string_view revision, bool is_commit,
                    const std::string& path);

// ASCII letters in lower case.
std::string lower(std::string text);

}  // namespace freshet::loader_git
