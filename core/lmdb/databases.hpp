// core/lmdb/databases.hpp - the databases of an environment, by number. What lies in them is not
// known here.
#pragma once

#include <cstddef>
#include <cstdint>

namespace freshet::lmdb {

// The form of the whole environment: a newer one is refused, an older one migrated (options.hpp).
inline constexpr std::uint32_t schema = 6, oldest_schema = 1;

// A number is part of every checksum: append only.
enum class Db : std::uint8_t {
  meta,
  spaces,
  counters,
  roots,
  due,
  sources,
  seen,
  sources_of,
  elements,
  element_order,
  chunks,
  order,
  vectors,
  deliveries,
  pending,
  delivered,
  leases,
  runs,
  targets,
  due_by_source,
  excluded,
  triggers,
  refusals,
  gates,
  lessons,
  habits,
};
inline constexpr std::size_t db_count = 26;
const char* db_name(Db db);

}  // namespace freshet::lmdb
