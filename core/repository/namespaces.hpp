// core/repository/namespaces.hpp - a namespace as a whole: what it counts, when it was written to,
// how it goes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/digest.hpp"
#include "core/base/error.hpp"
#include "core/repository/part.hpp"

namespace freshet::repository {

struct Info {
  std::uint64_t chunks = 0, documents = 0, elements = 0;  // documents: roots with content
  std::uint64_t roots = 0, failing = 0, vectors = 0;
  std::uint64_t deliveries = 0;  // rows pending; a generation that is not live counts as one more
  bool has_embeddings = false, persistent = true;
};

// A namespace, as its own counters have it.
struct NameSpace {
  std::string name;
  bool dropping = false;  // it goes: nothing of it can be read or written any more
  std::uint64_t roots = 0, documents = 0, chunks = 0, deliveries = 0;
};

class ReadsNameSpace : public Part {
 public:
  using Part::Part;

  // True where something was written here at a later time than it is now: the clock was ahead then,
  // and what it dated may hide among what is right. Also where no time is recorded yet.
  base::Result<bool> clock_was_ahead() const;
  base::Result<std::vector<NameSpace>> name_spaces() const;  // of the whole directory, by name
  base::Result<Info> info() const;
  // Of the directory, drawn when it was made; a copy of it has the same.
  base::Result<base::Digest> identity() const;
};

class WritesNameSpace : public Part {
 public:
  using Part::Part;

  // The namespace goes, in many commits, and its name last. From begin_drop() on nobody else reads
  // or writes it; it fails with busy where anybody else alive holds a lease in it.
  base::Status begin_drop(const Digest& owner);
  base::Result<bool> drop_some(std::size_t most);  // rows; false: none are left
  base::Status finish_drop();
};

}  // namespace freshet::repository
