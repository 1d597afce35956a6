// tests/plugins/loader_files/files.hpp - a tree of files and the loader that reads it.
#pragma once

#include <unistd.h>

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/plugins/loader_files/tree.hpp"
#include "tests/plugins/loader_web/fake_host.hpp"
#include "tests/support/catch.hpp"

namespace freshet::test {

using Names = std::vector<std::string>;

struct Files {
  Tree tree;
  FakeHost host;
  nlohmann::json options = {{"path", tree.path()}};

  Listed list(const std::function<void(const ListedEntry&)>& on_entry = {}) {
    return Driver(host, "files", options).list(SIZE_MAX, on_entry);
  }
  // Of a listing that must be complete.
  Names names() {
    const Listed listed = list();
    CHECK(listed.complete);
    return relative(listed);
  }
  Names relative(const Listed& listed) const {
    Names names;
    for (const std::string& uri : listed.uris()) {
      REQUIRE(uri.starts_with(tree.uri("") + "/"));
      names.push_back(uri.substr(tree.uri("").size() + 1));
    }
    return names;
  }
  FetchResult fetch(const std::string& name,
                    const std::optional<std::string>& known = std::nullopt) {
    return Driver(host, "files", options).fetch(tree.uri(name), known);
  }
};

// What root may read anyway is tested as nobody.
class AsNobody {
 public:
  AsNobody() : was_(::geteuid()) {
    if (was_ == 0 && ::seteuid(65534) != 0) throw std::runtime_error("seteuid failed");
  }
  ~AsNobody() {
    if (was_ == 0 && ::seteuid(0) != 0) std::abort();
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  uid_t was_;
};

}  // namespace freshet::test
