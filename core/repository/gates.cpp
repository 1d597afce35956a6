#include "core/repository/gates.hpp"

#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Result;
using base::Status;

namespace {

constexpr std::size_t most_host = 300;  // bytes; LMDB's keys end at 511
// A later time is of a clock that was ahead.
constexpr base::Millis longest_gate{7LL * 24 * 3'600'000};

bool stands(Instant until, Instant now) { return until > now && until - now <= longest_gate; }

Result<std::vector<Gate>> all_gates(const Transaction& transaction) {
  std::vector<Gate> gates;
  Cursor cursor(transaction, Db::gates, {});
  for (; cursor.valid(); cursor.next()) {
    std::uint64_t until = 0;
    if (!decode(cursor.body(), until)) return transaction.malformed(Db::gates, cursor.key());
    gates.push_back({std::string(cursor.key()), Instant{static_cast<std::int64_t>(until)}});
  }
  FRESHET_TRY(cursor.status());
  return gates;
}

}  // namespace

Result<std::vector<Gate>> ReadsGates::gates() const {
  const Instant now = transaction_.clock().now();
  FRESHET_ASSIGN(std::vector<Gate> gates, all_gates(transaction_));
  std::erase_if(gates, [&](const Gate& gate) { return !stands(gate.until, now); });
  return gates;
}

Status WritesGates::put_gates(const std::vector<Gate>& gates) {
  const Instant now = transaction_.clock().now();
  FRESHET_ASSIGN(const std::vector<Gate> before, all_gates(transaction_));
  for (const Gate& gate : before)
    if (!stands(gate.until, now))
      FRESHET_TRY(transaction_.remove(Db::gates, gate.host).map([](bool) {}));
  for (const Gate& gate : gates) {
    if (gate.host.empty() || gate.host.size() > most_host || !stands(gate.until, now)) continue;
    Encoder value;
    value.number(static_cast<std::uint64_t>(gate.until.ms));
    FRESHET_TRY(transaction_.put(Db::gates, gate.host, value));
  }
  return {};
}

}  // namespace freshet::repository
