// store_sqlite/filter.hpp - the filter language of docs/filters.md, held against one row at a time.
//
// A filter never becomes SQL, so there is nothing to inject. Immutable after parsing: one filter
// may serve many threads.
#pragma once

#include <memory>
#include <string_view>

namespace store_sqlite {

// What a filter sees of a row. Borrowed.
struct Fields {
  std::string_view uri, title, url, path;
  std::string_view metadata;  // a JSON object
};

class Filter {
 public:
  // Throws FRESHET_E_INVALID_ARGUMENT, naming the place and the nearest operator.
  explicit Filter(std::string_view json);
  ~Filter();
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  bool matches(const Fields& fields) const;

  struct Node;

 private:
  std::unique_ptr<Node> root_;
};

}  // namespace store_sqlite
