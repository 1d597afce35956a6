#include "stack.hpp"

namespace things {
namespace {

// Not seen outside.
int helper() { return 1; }

}  // namespace

/// Last in, first out.
template <typename T>
class Stack : public Base {
 public:
  // Makes one.
  explicit Stack(int limit);
  ~Stack();

  /// Puts one on top.
  void push(T item) {
    items_.push_back(item);
  }
  bool operator==(const Stack& other) const;

 private:
  std::vector<T> items_;
};

struct Point {
  int x, y;
};

enum class Color { red, green };

using Names = std::vector<std::string>;

// The newest.
template <typename T>
const T& Stack<T>::top() const {
  return items_.back();
}

}  // namespace things
