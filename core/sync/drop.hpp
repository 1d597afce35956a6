// core/sync/drop.hpp - a namespace goes: its rows from the store, and all of it from the repository.
//
//   (leases) → marked → stores emptied → rows removed → name removed
//
// Each arrow is safe to be ended in: from the mark on nobody else can read or write the namespace,
// and the next call goes on from there.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/sync/context.hpp"

namespace freshet::sync {

// A store that has rows of the namespace, and under which names.
struct HeldRows {
  std::unique_ptr<ports::Store> store;
  std::vector<std::string> names;
  repository::TargetNumber number = repository::main_target;
};

// All there are. Fails where one of them cannot be opened.
base::Result<std::vector<HeldRows>> open_held_rows(const Context& context);

// Takes away the namespace of `repository`, which was opened for that (OpenOptions::dropping), and
// what `stores` have of it. Fails with busy, and does nothing, while another run holds a lease in it.
base::Status drop_name_space(repository::Repository& repository, std::vector<HeldRows> stores,
                             const base::Cancel& cancel, std::size_t rows_a_commit = 5000);

}  // namespace freshet::sync
