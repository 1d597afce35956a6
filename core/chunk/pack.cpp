#include "core/chunk/pack.hpp"

#include <algorithm>

#include "core/chunk/overlap.hpp"

namespace freshet::chunk {
namespace {

// A last piece shorter than this takes an atom from the one before it.
constexpr std::size_t shard = 16;

class Packer {
 public:
  Packer(const Measure& measure, const Atoms& atoms, const Limits& limits)
      : measure_(measure),
        atoms_(atoms),
        limits_(limits),
        // Above half a chunk, a piece would repeat more than it says.
        overlap_(std::min(limits.overlap, limits.chunk / 2)) {}

  std::vector<Piece> pack() {
    for (std::size_t i = 0; i < atoms_.parts.size(); ++i) add(i);
    close();
    mend_last();
    for (Piece& piece : pieces_) fence_again(piece);
    return std::move(pieces_);
  }

 private:
  void fence_again(Piece& piece) const {
    const Fence* first = fence_at(atoms_.fences, piece.span.begin);
    if (first != nullptr && first->begin < piece.span.begin) piece.fence = first->opening;
    const Fence* last = fence_at(atoms_.fences, piece.span.end);
    if (last != nullptr && last->begin < piece.span.end) piece.close = last->close;
  }

  // What its fences take, where it begins or ends within code.
  std::size_t fence_size(const Piece& piece) const {
    Piece fenced = piece;
    fence_again(fenced);
    const bool opens = fenced.fence != model::Span{};
    return (opens ? measure_.count(fenced.fence.begin, fenced.fence.end) + 1 : 0) +
           (fenced.close.empty() ? 0 : fenced.close.size() + 1);
  }

  std::size_t size_of(const Piece& piece) const {
    const std::size_t header = piece.header == model::Span{}
                                   ? 0
                                   : measure_.count(piece.header.begin, piece.header.end) + 1;
    return header + fence_size(piece) + measure_.count(piece.span.begin, piece.span.end);
  }

  void add(std::size_t index) {
    const Atom& atom = atoms_.parts[index];
    if (atom.sealed) {
      close();
      pieces_.push_back({{atom.begin, atom.end}, atom.header, {}, {}});
      sealed_ = true;
      return;
    }
    if (open_ && extend(atom)) return;
    const bool follows = open_;
    close();
    open_ = true;
    first_ = index;
    piece_ = {{atom.begin, atom.end}, {}, {}, {}};
    if (follows) overlap(atom);
    sealed_ = false;
  }

  bool extend(const Atom& atom) {
    if (atom.fresh && size_of(piece_) > overlap_) return false;
    Piece longer = piece_;
    longer.span.end = atom.end;
    if (size_of(longer) > limits_.chunk) return false;
    piece_ = longer;
    return true;
  }

  // Begins the open piece, which holds `atom` alone, with the end of the one before.
  void overlap(const Atom& atom) {
    Piece longer = overlap_with(measure_, pieces_.back(), atoms_.fences, overlap_);
    if (longer.span == model::Span{}) return;
    longer.span.end = atom.end;
    if (size_of(longer) <= limits_.chunk) piece_ = longer;
  }

  void close() {
    if (!open_) return;
    pieces_.push_back(piece_);
    before_last_ = last_;
    last_ = first_;
    open_ = false;
  }

  // The last atom of the piece before joins a last piece that is a shard.
  void mend_last() {
    if (sealed_ || pieces_.size() < 2 || last_ - before_last_ < 2 || atoms_.parts[last_ - 1].sealed)
      return;
    Piece& last = pieces_.back();
    const std::size_t size = size_of(last);
    if (size >= std::min(shard, limits_.chunk / 8)) return;
    const Atom& moved = atoms_.parts[last_ - 1];
    const Piece longer{{moved.begin, last.span.end}, {}, {}, {}};
    if (size_of(longer) > limits_.chunk) return;
    last = longer;
    pieces_[pieces_.size() - 2].span.end = atoms_.parts[last_ - 2].end;
  }

  const Measure& measure_;
  const Atoms& atoms_;
  const Limits limits_;
  const std::size_t overlap_;
  std::vector<Piece> pieces_;
  Piece piece_;
  bool open_ = false;
  bool sealed_ = false;          // the last piece is one of a table's
  std::size_t first_ = 0;        // the first new atom of the open piece
  std::size_t last_ = 0;         // of the piece closed last
  std::size_t before_last_ = 0;  // of the one closed before
};

}  // namespace

std::vector<Piece> pack(const Measure& measure, const Atoms& atoms, const Limits& limits) {
  return Packer(measure, atoms, limits).pack();
}

}  // namespace freshet::chunk
