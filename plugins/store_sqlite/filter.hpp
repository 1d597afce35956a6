// store_sqlite/filter.hpp - a filter of docs/filters.md, held against one row at a time.
//
// A filter never becomes SQL, so there is nothing to inject. Immutable: one filter may serve many
// threads.
#pragma once

#include <memory>
#include <string_view>

#include <freshet/sdk/filter.hpp>

namespace store_sqlite {

namespace sdk = freshet::sdk;

// What a filter sees of a row. Borrowed.
struct Fields {
  std::string_view uri, title, url, path;
  std::string_view metadata;  // a JSON object
};

class Filter {
 public:
  explicit Filter(const sdk::Filter& filter);

  bool matches(const Fields& fields) const;

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
};

}  // namespace store_sqlite
