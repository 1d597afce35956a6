#include "core/repository/move.hpp"

#include "core/repository/transaction.hpp"

namespace freshet::repository {

using base::Code;
using base::Result;
using base::Status;

namespace {

constexpr std::string_view move_key = "move";

}  // namespace

Result<std::optional<Move>> ReadsMove::move() const {
  FRESHET_ASSIGN(const auto body, transaction_.get(Db::meta, move_key));
  if (!body) return std::nullopt;
  Decoder decoder(*body);
  Move move;
  move.stage = static_cast<MoveStage>(decoder.number<std::uint8_t>());
  decoder.number(move.done);
  move.plan = decoder.digest();
  decoder.number(move.commit);
  move.others = decoder.text();
  const bool known = move.stage == MoveStage::arriving || move.stage == MoveStage::gone;
  if (!decoder.done() || !known) return transaction_.malformed(Db::meta, move_key);
  return move;
}

Status ReadsMove::check_settled() const {
  FRESHET_ASSIGN(const auto found, move());
  if (!found) return {};
  const std::string& directory = transaction_.environment().directory();
  if (found->stage == MoveStage::arriving)
    return base::fail(
        Code::busy,
        "is being filled by freshet reshard from " + found->others + ": run it again to end that",
        directory);
  return base::fail(
      Code::invalid_argument,
      "was left by freshet reshard: what it had is in " + found->others + "; name these instead",
      directory);
}

Status WritesMove::put_move(const Move& move) {
  Encoder value;
  value.number(static_cast<std::uint8_t>(move.stage))
      .number(move.done)
      .digest(move.plan)
      .number(move.commit)
      .text(move.others);
  return transaction_.put(Db::meta, move_key, value);
}

Status WritesMove::end_move() {
  return transaction_.remove(Db::meta, move_key).map([](auto&&) {});
}

}  // namespace freshet::repository
