#include "core/chunk/transformer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/json.hpp"
#include "core/base/text.hpp"

namespace freshet::chunk {
namespace {

using ports::Enriched;
using ports::Passage;

// What all chunks of a document hold may be so many times its text, and this besides.
constexpr std::size_t most_growth = 32;
constexpr std::size_t free_growth = std::size_t{1} << 20;

// A title that spans lines would read as text of its own.
void add_line(std::string& text, std::string_view label, std::string_view value) {
  value = base::trim(value);
  if (value.empty()) return;
  text.append("# ").append(label).append(": ");
  const std::size_t begin = text.size();
  text.append(value);
  std::replace_if(
      text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(),
      [](char c) { return c == '\n' || c == '\r'; }, ' ');
  text += '\n';
}

std::string with_titles(const Passage& passage) {
  const model::Structure& place = passage.chunk->structure;
  std::string text;
  add_line(text, "Title", passage.document->title);
  add_line(text, "URI", passage.document->uri);
  add_line(
      text, "Section",
      place.leaf_section_title.empty() ? place.container_section_title : place.leaf_section_title);
  return text + passage.chunk->text;
}

class AddTitles final : public ports::Transformer {
 public:
  const std::string& name() const override { return name_; }
  const std::string& fingerprint() const override { return name_; }
  std::size_t max_chunks() const override { return 1024; }

  base::Result<std::vector<Enriched>> transform(std::span<const Passage> passages,
                                                const base::Cancel&) const override {
    std::vector<Enriched> made(passages.size());
    for (std::size_t i = 0; i < made.size(); ++i) made[i].text = with_titles(passages[i]);
    return made;
  }

 private:
  const std::string name_ = "add_titles";
};

// Some chunks of one draft, in a request.
struct Slice {
  Draft* draft;
  std::size_t first, count;
  std::vector<Enriched>* made;  // of the whole draft
};

class Requests {
 public:
  Requests(const ports::Transformer& transformer, const base::Cancel& cancel)
      : transformer_(transformer), cancel_(cancel) {}

  void add(Draft& draft, std::vector<Enriched>& made) {
    made.resize(draft.chunks->size());
    for (std::size_t first = 0; first < made.size();) {
      const std::size_t count = std::min(transformer_.max_chunks() - filled_, made.size() - first);
      slices_.push_back({&draft, first, count, &made});
      first += count;
      filled_ += count;
      if (filled_ == transformer_.max_chunks()) send();
    }
  }

  void send() {
    std::erase_if(slices_, [](const Slice& slice) { return !slice.draft->status; });
    base::Status sent = send(slices_);
    if (!sent && slices_.size() > 1 && sent.error().code != base::Code::cancelled) {
      for (const Slice& slice : slices_) fail({&slice, 1}, send({&slice, 1}));
    } else {
      fail(slices_, std::move(sent));
    }
    slices_.clear();
    filled_ = 0;
  }

 private:
  base::Status send(std::span<const Slice> slices) const {
    if (slices.empty()) return {};
    if (cancel_.requested())
      return base::fail(base::Code::cancelled, "cancelled", transformer_.name());
    std::vector<Passage> passages;
    for (const Slice& slice : slices)
      for (std::size_t i = 0; i < slice.count; ++i)
        passages.push_back({slice.draft->document, &(*slice.draft->chunks)[slice.first + i]});
    FRESHET_ASSIGN(std::vector<Enriched> made, transformer_.transform(passages, cancel_));
    auto next = made.begin();
    for (const Slice& slice : slices)
      for (std::size_t i = 0; i < slice.count; ++i)
        (*slice.made)[slice.first + i] = std::move(*next++);
    return {};
  }

  static void fail(std::span<const Slice> slices, const base::Status& sent) {
    for (const Slice& slice : slices)
      if (!sent) slice.draft->status = sent;
  }

  const ports::Transformer& transformer_;
  const base::Cancel& cancel_;
  std::vector<Slice> slices_;
  std::size_t filled_ = 0;
};

base::Status check_growth(const Draft& draft, const std::string& name) {
  const auto& sections = draft.document->children;
  const std::size_t text = sections.empty() ? 0 : sections.back().span.end;
  const std::size_t most = text * most_growth + free_growth;
  std::size_t bytes = draft.metadata;
  for (const model::Chunk& chunk : *draft.chunks) bytes += chunk.text.size();
  if (bytes <= most) return {};
  return base::fail(base::Code::limit,
                    fmt::format("its chunks hold {} bytes after the transformer {}, at most {}",
                                bytes, base::in_quotes(name), most),
                    draft.document->uri);
}

void replace_text(model::Chunk& chunk, std::string text, const std::string& name) {
  if (chunk.urtext.empty()) chunk.urtext = std::move(chunk.text);
  chunk.text = std::move(text);
  chunk.metadata[fmt::format("transform_{}", name)] = true;
}

base::Status apply(Draft& draft, std::vector<Enriched>& made, const std::string& name) {
  for (Enriched& each : made)
    if (each.rejection) return base::fail(*std::move(each.rejection));
  for (std::size_t i = 0; i < made.size(); ++i) {
    model::Chunk& chunk = (*draft.chunks)[i];
    if (made[i].text) replace_text(chunk, *std::move(made[i].text), name);
    if (made[i].metadata.empty()) continue;
    draft.metadata += made[i].metadata.dump().size();
    chunk.metadata.update(made[i].metadata);
  }
  return check_growth(draft, name);
}

}  // namespace

TransformerPtr add_titles() {
  static const TransformerPtr transformer = std::make_shared<AddTitles>();
  return transformer;
}

void transform(const ports::Transformer& transformer, std::span<Draft> drafts,
               const base::Cancel& cancel) {
  std::vector<std::vector<Enriched>> made(drafts.size());
  Requests requests(transformer, cancel);
  for (std::size_t i = 0; i < drafts.size(); ++i)
    if (drafts[i].status) requests.add(drafts[i], made[i]);
  requests.send();
  for (std::size_t i = 0; i < drafts.size(); ++i)
    if (drafts[i].status) drafts[i].status = apply(drafts[i], made[i], transformer.name());
}

}  // namespace freshet::chunk
