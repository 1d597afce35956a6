#include "core/lmdb/databases.hpp"

namespace freshet::lmdb {
namespace {

constexpr const char* names[db_count] = {
    "meta",       "spaces",    "counters",      "roots",   "due",     "sources",       "seen",
    "sources_of", "elements",  "element_order", "chunks",  "order",   "vectors",       "deliveries",
    "pending",    "delivered", "leases",        "runs",    "targets", "due_by_source", "excluded",
    "triggers",   "refusals",  "gates",         "lessons", "habits"};

}  // namespace

const char* db_name(Db db) { return names[static_cast<std::size_t>(db)]; }

}  // namespace freshet::lmdb
