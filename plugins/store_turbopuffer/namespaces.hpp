// store_turbopuffer/namespaces.hpp - a namespace is one of turbopuffer's, with freshet's attributes.
//
// One that has none of these is somebody else's, and is refused. What others put into one of freshet's has
// no "freshet"; it is never listed, found, counted or removed, and a namespace that holds any is not
// deleted.
#pragma once

#include <map>
#include <mutex>

#include <freshet/sdk/store.hpp>
#include "client.hpp"

namespace store_turbopuffer {

class Namespaces {
 public:
  explicit Namespaces(const Client& client) : client_(client) {}

  // Throws FRESHET_E_INVALID_ARGUMENT where it exists with another dimension, model, metric or schema.
  void ensure(const sdk::Call& call, const sdk::Namespace& wanted);

  // The model that it was last ensured for, or that its rows have; "" where it has none.
  std::string model_of(const sdk::Call& call, const std::string& ns);

  std::uint64_t count(const sdk::Call& call, const std::string& ns) const;

  // How many rows others have there; `remove` takes them away.
  std::uint64_t foreign(const sdk::Call& call, const std::string& ns, bool remove) const;

  // Removes freshet's rows, and the namespace where nobody else has any.
  void drop(const sdk::Call& call, const std::string& ns);

  void names(const sdk::Call& call, const sdk::TextSink& name) const;

  // What a search needs and the namespace has no more.
  void check(const sdk::Call& call, const sdk::Namespace& wanted,
             const sdk::TextSink& finding) const;

 private:
  void create(const sdk::Call& call, const std::string& ns, const Json& schema) const;
  void compare(const sdk::Call& call, const sdk::Namespace& wanted, const Json& metadata) const;
  std::optional<std::string> model_in(const sdk::Call& call, const std::string& ns) const;
  std::uint64_t count_foreign(const sdk::Call& call, const std::string& ns) const;
  void remove_rows(const sdk::Call& call, const std::string& ns, const Json& filter) const;

  const Client& client_;
  std::mutex mutex_;
  std::map<std::string, std::string> models_;  // by namespace
};

}  // namespace store_turbopuffer
