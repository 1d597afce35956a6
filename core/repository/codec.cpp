#include "core/repository/codec.hpp"

#include <algorithm>
#include <array>

#include "core/base/json.hpp"

namespace freshet::repository {
using lmdb::load;

namespace {

// The fixed front of a root's body, before its texts.
constexpr std::size_t root_texts = 10;
constexpr std::size_t root_front = 5 * 8 + 4 * 16 + 8 + 4 * 4 + 4 + root_texts * 4;

void encode_span(Encoder& out, const model::Span& span) { out.number(span.begin).number(span.end); }

void decode_span(Decoder& in, model::Span& span) {
  in.number(span.begin);
  in.number(span.end);
}

void decode_text(Decoder& in, std::string& out) { out = in.text(); }

// The texts of one record, many of which say the same: a name that is a title, a URL that is its root's. One that
// was there before is its number, with the topmost bit set. The id of its root has number 0.
constexpr std::uint32_t repeated = std::uint32_t{1} << 31;

class TextWriter {
 public:
  TextWriter(Encoder& out, const std::string& root) : out_(out), known_{root} {}

  void put(std::string_view text) {
    const auto at =
        static_cast<std::size_t>(std::find(known_.begin(), known_.end(), text) - known_.begin());
    if (at == known_.size() || text.empty())
      out_.text(text);
    else
      out_.number(repeated | static_cast<std::uint32_t>(at));
    known_.push_back(text);
  }

 private:
  Encoder& out_;
  std::vector<std::string_view> known_;
};

class TextReader {
 public:
  TextReader(Decoder& in, const std::string& root) : in_(in), known_{root} {}

  // Empty, and the decoder is not whole, where it names one that was not there.
  std::string_view take() {
    const auto length = in_.number<std::uint32_t>();
    if ((length & repeated) == 0) return known_.emplace_back(in_.take(length));
    const std::uint32_t at = length ^ repeated;
    if (at >= known_.size()) return in_.take(in_.left() + 1);
    const std::string_view text = known_[at];
    return known_.emplace_back(text);
  }
  void take(std::string& out) { out = take(); }

 private:
  Decoder& in_;
  std::vector<std::string_view> known_;
};

bool decode_json(std::string_view text, model::Json& out) {
  out = model::Json::parse(text, nullptr, false);
  return !out.is_discarded();
}

void encode_target(Encoder& out, const Target& target) {
  out.number(target.dimension);
  for (const std::string* text : {&target.store, &target.store_options, &target.embedder,
                                  &target.embedder_options, &target.model})
    out.text(*text);
}

void decode_target(Decoder& in, Target& out) {
  in.number(out.dimension);
  for (std::string* text :
       {&out.store, &out.store_options, &out.embedder, &out.embedder_options, &out.model})
    decode_text(in, *text);
}

void encode_generation(Encoder& out, const Generation& generation) {
  out.number(generation.number).number(generation.oldest);
  out.number(static_cast<std::uint8_t>(generation.fill));
  out.number(static_cast<std::uint8_t>(generation.room));
  encode_target(out, generation.target);
}

// False where a state is none of ours.
bool decode_generation(Decoder& in, Generation& out) {
  in.number(out.number);
  in.number(out.oldest);
  const auto fill = in.number<std::uint8_t>(), room = in.number<std::uint8_t>();
  out.fill = static_cast<Fill>(fill);
  out.room = static_cast<Room>(room);
  decode_target(in, out.target);
  return fill <= static_cast<std::uint8_t>(Fill::filled) &&
         room <= static_cast<std::uint8_t>(Room::elsewhere);
}

}  // namespace

void encode(Encoder& out, const Root& root) {
  for (const Instant at : {root.ingested, root.checked, root.changed, root.ask_again, root.failed})
    out.number(at.ms);
  out.digest(root.bytes_digest).digest(root.content_digest).digest(root.fingerprint);
  out.digest(root.confirmed_by);
  out.number(root.length);
  out.number(root.chunks).number(root.elements).number(root.failures).number(root.gone_seen);
  out.number(static_cast<std::int32_t>(root.error_code));
  const std::array<std::string_view, root_texts> texts{
      root.uri,      root.error, root.version,  root.title,  root.media_type,
      root.metadata, root.flags, root.alias_of, root.handle, root.loader_metadata};
  for (const std::string_view text : texts) out.number(static_cast<std::uint32_t>(text.size()));
  for (const std::string_view text : texts) out.raw(text);
}

bool decode(std::string_view body, RootView& out) {
  if (body.size() < root_front) return false;
  const char* at = body.data();
  for (Instant* instant :
       {&out.ingested, &out.checked, &out.changed, &out.ask_again, &out.failed}) {
    instant->ms = load<std::int64_t>(at);
    at += 8;
  }
  for (Digest* digest :
       {&out.bytes_digest, &out.content_digest, &out.fingerprint, &out.confirmed_by}) {
    std::memcpy(digest->bytes.data(), at, 16);
    at += 16;
  }
  out.length = load<std::uint64_t>(at);
  at += 8;
  for (std::uint32_t* count : {&out.chunks, &out.elements, &out.failures, &out.gone_seen}) {
    *count = load<std::uint32_t>(at);
    at += 4;
  }
  out.error_code = static_cast<base::Code>(load<std::int32_t>(at));
  const char* lengths = at + 4;
  std::uint64_t offset = root_front;
  for (std::string_view* text :
       {&out.uri, &out.error, &out.version, &out.title, &out.media_type, &out.metadata, &out.flags,
        &out.alias_of, &out.handle, &out.loader_metadata}) {
    const std::uint64_t length = load<std::uint32_t>(lengths);
    lengths += 4;
    if (length > body.size() - offset) return false;
    *text = body.substr(offset, length);
    offset += length;
  }
  return offset == body.size();
}

Root owned(const RootView& view) {
  Root root;
  root.id = view.id;
  root.uri = view.uri;
  root.ingested = view.ingested;
  root.checked = view.checked;
  root.changed = view.changed;
  root.ask_again = view.ask_again;
  root.bytes_digest = view.bytes_digest;
  root.content_digest = view.content_digest;
  root.fingerprint = view.fingerprint;
  root.confirmed_by = view.confirmed_by;
  root.length = view.length;
  root.chunks = view.chunks;
  root.elements = view.elements;
  root.failures = view.failures;
  root.gone_seen = view.gone_seen;
  root.failed = view.failed;
  root.error_code = view.error_code;
  root.error = view.error;
  root.version = view.version;
  root.title = view.title;
  root.media_type = view.media_type;
  root.metadata = view.metadata;
  root.flags = view.flags;
  root.alias_of = view.alias_of;
  root.handle = view.handle;
  root.loader_metadata = view.loader_metadata;
  return root;
}

void encode(Encoder& out, const Element& element) {
  out.digest(element.root).number(static_cast<std::uint8_t>(element.kind));
  out.number(static_cast<std::int32_t>(element.level)).number(element.ordinal);
  encode_span(out, element.span);
  const std::string root = element.root.hex();
  TextWriter texts(out, root);
  for (const std::string* text : {&element.id, &element.parent_id, &element.title, &element.url,
                                  &element.text, &element.metadata})
    texts.put(*text);
}

bool decode(std::string_view body, Element& out) {
  Decoder in(body);
  out.root = in.digest();
  const auto kind = in.number<std::uint8_t>();
  out.kind = static_cast<ElementKind>(kind);
  out.level = in.number<std::int32_t>();
  in.number(out.ordinal);
  decode_span(in, out.span);
  const std::string root = out.root.hex();
  TextReader texts(in, root);
  for (std::string* text :
       {&out.id, &out.parent_id, &out.title, &out.url, &out.text, &out.metadata})
    texts.take(*text);
  return in.done() && kind <= static_cast<std::uint8_t>(ElementKind::leaf);
}

void encode_chunk(Encoder& out, const model::Chunk& chunk, std::int32_t sequence_number,
                  const Digest& root, const Digest& record_digest) {
  const model::Structure& place = chunk.structure;
  out.digest(record_digest).digest(root);
  out.number(place.chunk_index).number(place.total_chunks).number(sequence_number);
  encode_span(out, chunk.span);
  const std::string root_id = root.hex();
  TextWriter texts(out, root_id);
  for (const std::string* text :
       {&chunk.text, &chunk.urtext, &chunk.parent_id, &chunk.url, &place.root_document_id,
        &place.root_document_title, &place.container_section_id, &place.container_section_title,
        &place.container_section_url, &place.leaf_section_id, &place.leaf_section_title,
        &place.leaf_section_url})
    texts.put(*text);
  out.number(static_cast<std::uint32_t>(chunk.path.size()));
  for (const std::string& step : chunk.path) texts.put(step);
  out.text(base::dump_json(chunk.metadata));
}

bool decode(std::string_view body, StoredChunk& out) {
  Decoder in(body);
  model::Chunk& chunk = out.chunk;
  model::Structure& place = chunk.structure;
  out.record_digest = in.digest();
  out.root = in.digest();
  in.number(place.chunk_index);
  in.number(place.total_chunks);
  in.number(place.sequence_number);
  decode_span(in, chunk.span);
  const std::string root_id = out.root.hex();
  TextReader texts(in, root_id);
  for (std::string* text :
       {&chunk.text, &chunk.urtext, &chunk.parent_id, &chunk.url, &place.root_document_id,
        &place.root_document_title, &place.container_section_id, &place.container_section_title,
        &place.container_section_url, &place.leaf_section_id, &place.leaf_section_title,
        &place.leaf_section_url})
    texts.take(*text);
  chunk.path.clear();
  for (auto steps = in.number<std::uint32_t>(); steps > 0 && in.whole(); --steps)
    chunk.path.emplace_back(texts.take());
  const std::string_view metadata = in.text();
  return in.done() && decode_json(metadata, chunk.metadata);
}

std::optional<Digest> record_digest_of(std::string_view body) {
  Decoder in(body);
  const Digest digest = in.digest();
  return in.whole() ? std::optional(digest) : std::nullopt;
}

void encode(Encoder& out, const Source& source) {
  out.digest(source.id).digest(source.config);
  out.number(source.generation).number(source.members).number(source.held).number(source.listed.ms);
  out.text(source.name).text(source.loader).text(source.policy).text(source.note);
  out.number(source.list_checked.ms).number(source.list_again.ms);
  out.number(static_cast<std::int64_t>(source.list_every.count())).text(source.state);
  out.number(source.seen_all).number(source.confirmed.ms);
}

bool decode(std::string_view body, Source& out) {
  Decoder in(body);
  out.id = in.digest();
  out.config = in.digest();
  in.number(out.generation);
  in.number(out.members);
  in.number(out.held);
  in.number(out.listed.ms);
  for (std::string* text : {&out.name, &out.loader, &out.policy, &out.note}) decode_text(in, *text);
  in.number(out.list_checked.ms);
  in.number(out.list_again.ms);
  out.list_every = base::Millis(in.number<std::int64_t>());
  decode_text(in, out.state);
  in.number(out.seen_all);
  in.number(out.confirmed.ms);
  return in.done();
}

void encode(Encoder& out, const Exclusion& exclusion) {
  out.number(exclusion.since.ms).text(exclusion.uri).text(exclusion.why);
}

bool decode(std::string_view body, Exclusion& out) {
  Decoder in(body);
  in.number(out.since.ms);
  decode_text(in, out.uri);
  decode_text(in, out.why);
  return in.done();
}

void encode(Encoder& out, const Trigger& trigger) {
  out.number(trigger.number).number(trigger.since.ms).text(trigger.uri).text(trigger.why);
}

bool decode(std::string_view body, Trigger& out) {
  Decoder in(body);
  in.number(out.number);
  in.number(out.since.ms);
  decode_text(in, out.uri);
  decode_text(in, out.why);
  return in.done();
}

void encode(Encoder& out, const Refusal& refusal) {
  out.digest(refusal.bytes_digest).digest(refusal.recipe).number(refusal.since.ms);
  out.number(static_cast<std::int32_t>(refusal.code));
  for (const std::string* text : {&refusal.uri, &refusal.model, &refusal.version, &refusal.error})
    out.text(*text);
}

bool decode(std::string_view body, Refusal& out) {
  Decoder in(body);
  std::int32_t code = 0;
  out.bytes_digest = in.digest();
  out.recipe = in.digest();
  in.number(out.since.ms);
  in.number(code);
  out.code = static_cast<base::Code>(code);
  for (std::string* text : {&out.uri, &out.model, &out.version, &out.error}) decode_text(in, *text);
  return in.done();
}

void encode(Encoder& out, const Lesson& lesson) {
  out.digest(lesson.owner).number(lesson.since.ms).text(lesson.about).text(lesson.what);
}

bool decode(std::string_view body, Lesson& out) {
  Decoder in(body);
  out.owner = in.digest();
  in.number(out.since.ms);
  for (std::string* text : {&out.about, &out.what}) decode_text(in, *text);
  return in.done();
}

void encode(Encoder& out, const KnownTarget& row) {
  out.number(static_cast<std::uint8_t>(row.state));
  encode_generation(out, row.newest);
  encode_target(out, row.live);
  if (row.replaces != 0 || !row.suffix.empty()) out.number(row.replaces).text(row.suffix);
}

bool decode(std::string_view body, KnownTarget& out) {
  Decoder in(body);
  const auto state = in.number<std::uint8_t>();
  out.state = static_cast<TargetState>(state);
  const bool known = decode_generation(in, out.newest);
  decode_target(in, out.live);
  if (in.left() > 0) {
    in.number(out.replaces);
    decode_text(in, out.suffix);
  }
  return in.done() && known && state <= static_cast<std::uint8_t>(TargetState::retired);
}

void encode(Encoder& out, const SpaceRow& space) {
  out.number(space.id);
  if (space.dropping) out.number(std::uint8_t{1});
}

bool decode(std::string_view body, SpaceRow& out) {
  Decoder in(body);
  in.number(out.id);
  out.dropping = in.left() > 0 && in.number<std::uint8_t>() == 1;
  return in.done();
}

void encode(Encoder& out, const LeaseRow& lease) {
  out.digest(lease.owner).digest(lease.boot);
  out.number(lease.fence).number(lease.wall_expiry).number(lease.boot_expiry);
  out.number(lease.pid_namespace).number(lease.pid).number(lease.started);
}

void decode_lease(Decoder& in, LeaseRow& out) {
  out.owner = in.digest();
  out.boot = in.digest();
  in.number(out.fence);
  in.number(out.wall_expiry);
  in.number(out.boot_expiry);
  in.number(out.pid_namespace);
  in.number(out.pid);
  in.number(out.started);
}

bool decode(std::string_view body, LeaseRow& out) {
  Decoder in(body);
  decode_lease(in, out);
  return in.done();
}

void encode(Encoder& out, const InFlight& sent) {
  encode(out, sent.holder);
  for (const Digest& chunk : sent.chunks) out.digest(chunk);
}

bool decode(std::string_view body, InFlight& out) {
  Decoder in(body);
  decode_lease(in, out.holder);
  out.chunks.clear();
  while (in.whole() && in.left() > 0) out.chunks.push_back(in.digest());
  return in.done();
}

void encode(Encoder& out, const Counters& counters) {
  for (const std::uint64_t count :
       {counters.roots, counters.documents, counters.elements, counters.chunks, counters.failing,
        counters.deliveries, counters.next_delivery, counters.next_run})
    out.number(count);
  out.number(counters.last_write.ms);
}

bool decode(std::string_view body, Counters& out) {
  Decoder in(body);
  for (std::uint64_t* count : {&out.roots, &out.documents, &out.elements, &out.chunks, &out.failing,
                               &out.deliveries, &out.next_delivery, &out.next_run})
    in.number(*count);
  in.number(out.last_write.ms);
  return in.done();
}

void encode(Encoder& out, const Sight& sight) { out.number(sight.seen).number(sight.named); }

bool decode(std::string_view body, Sight& out) {
  Decoder in(body);
  in.number(out.seen);
  in.number(out.named);
  return in.done();
}

void encode(Encoder& out, const DeliveryRow& row) {
  out.digest(row.chunk).number(static_cast<std::uint8_t>(row.removal ? 1 : 0));
}

bool decode(std::string_view body, DeliveryRow& out) {
  Decoder in(body);
  out.chunk = in.digest();
  out.removal = in.number<std::uint8_t>() != 0;
  return in.done();
}

bool decode(std::string_view body, Nothing&) { return body.empty(); }

bool decode(std::string_view body, std::string_view& out) {
  out = body;
  return true;
}

bool decode(std::string_view body, Digest& out) {
  Decoder in(body);
  out = in.digest();
  return in.done();
}

bool decode(std::string_view body, std::uint32_t& out) {
  Decoder in(body);
  in.number(out);
  return in.done();
}

bool decode(std::string_view body, std::uint64_t& out) {
  Decoder in(body);
  in.number(out);
  return in.done();
}

}  // namespace freshet::repository
