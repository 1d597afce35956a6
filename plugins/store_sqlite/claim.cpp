#include "claim.hpp"

namespace store_sqlite {

namespace {

// Files from before there were claims do not have it; those who do not know it leave it alone.
bool has_claims(Connection& connection) {
  return connection.number("SELECT count(*) FROM sqlite_schema WHERE name = 'claims'") > 0;
}

}  // namespace

std::uint64_t newest_fence(Connection& connection, const std::string& name) {
  if (!has_claims(connection)) return 0;
  Statement statement = connection.prepare("SELECT fence FROM claims WHERE name = ?");
  statement.bind(1, name);
  return statement.step() ? static_cast<std::uint64_t>(statement.number(0)) : 0;
}

void enforce(Connection& connection, const Claim& claim) {
  if (claim.fence == 0) return;
  const std::uint64_t newest = newest_fence(connection, claim.name);
  if (newest > claim.fence)
    throw sdk::Failure(FRESHET_E_BUSY, "another writer has taken over since", claim.name);
  if (newest == claim.fence) return;
  connection.execute(
      "CREATE TABLE IF NOT EXISTS claims(name TEXT PRIMARY KEY, fence INTEGER NOT NULL)");
  connection
      .prepare(
          "INSERT INTO claims(name, fence) VALUES(?1, ?2)"
          " ON CONFLICT(name) DO UPDATE SET fence = ?2")
      .bind(1, claim.name)
      .bind(2, static_cast<std::int64_t>(claim.fence))
      .run();
}

}  // namespace store_sqlite
