// store_chroma/collection.hpp - a namespace is a collection, which says in its metadata that it is
// one: "freshet_model" and "freshet_dimension".
//
// Collections may be shared. One that somebody else made is taken on, with "freshet_adopted", where
// its metric fits. What others put into it has no "freshet" in its metadata; it is never listed,
// found, counted or removed, and a collection that holds any is not deleted.
#pragma once

#include <map>
#include <mutex>

#include <freshet/sdk/store.hpp>
#include "client.hpp"

namespace store_chroma {

// Of a row that freshet wrote: {"freshet": true}, as a where clause.
Json own_rows();

class Collections {
 public:
  explicit Collections(const Client& client) : client_(client) {}
  const Options& options() const { return client_.options(); }

  // Throws FRESHET_E_INVALID_ARGUMENT where it exists with another dimension, model or metric.
  void ensure(const sdk::Call& call, const sdk::Namespace& wanted);

  // A request about the records of a namespace: "get", "upsert", "query", "delete", or a GET of
  // "count". Throws FRESHET_E_NOT_FOUND where there is no such namespace.
  Json post(const sdk::Call& call, const std::string& ns, const std::string& verb,
            const std::string& body);
  std::uint64_t count(const sdk::Call& call, const std::string& ns);

  // How many rows others have there; `remove` takes them away.
  std::uint64_t foreign(const sdk::Call& call, const std::string& ns, bool remove);

  // Removes freshet's rows, and the collection where nobody else has any.
  void drop(const sdk::Call& call, const std::string& ns);

  void names(const sdk::Call& call, const sdk::TextSink& name) const;

 private:
  struct Known {
    std::string id;
    Json metadata;
    bool adopted = false;
  };
  Json ask(const sdk::Call& call, const std::string& ns, const std::string& method,
           const std::string& verb, const std::string& body);
  std::optional<Known> look_up(const sdk::Call& call, const std::string& ns) const;
  std::string id_of(const sdk::Call& call, const std::string& ns, const std::string& not_this);
  void adopt(const sdk::Call& call, const Json& collection, const Json& marks) const;
  void remove(const sdk::Call& call, const std::string& ns) const;
  void leave(const sdk::Call& call, const Known& known) const;
  std::uint64_t count_foreign(const sdk::Call& call, const std::string& ns);

  const Client& client_;
  std::mutex mutex_;
  std::map<std::string, std::string> ids_;  // by namespace, as they were when last looked up
};

}  // namespace store_chroma
