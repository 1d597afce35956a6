// core/repository/codec.hpp - records to bodies and back. Every decode says whether it was whole.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/repository/documents.hpp"
#include "core/repository/exclusions.hpp"
#include "core/repository/keys.hpp"
#include "core/repository/lessons.hpp"
#include "core/repository/refusals.hpp"
#include "core/repository/roots.hpp"
#include "core/repository/sources.hpp"
#include "core/repository/targets.hpp"
#include "core/repository/triggers.hpp"

namespace freshet::repository {

// A lease as it is kept: who, until when, and how to tell that the holder is dead.
struct LeaseRow {
  Digest owner;
  std::uint64_t fence = 0;
  std::int64_t wall_expiry = 0;  // ms, wall clock: used when the machine was booted again
  std::int64_t boot_expiry = 0;  // ms, monotonic since boot: used on the same boot
  Digest boot;                   // of the boot id
  std::uint64_t pid_namespace = 0;
  std::int64_t pid = 0;
  std::uint64_t started = 0;  // of the process, in clock ticks since boot
};

// What a name of a namespace stands for.
struct SpaceRow {
  std::uint32_t id = 0;  // in every key; never given twice
  bool dropping = false;
};

// What a run may have under way to the store, noted before it is sent.
struct InFlight {
  LeaseRow holder;             // the lease of delivery as it was then
  std::vector<Digest> chunks;  // none: all, the namespace is being emptied
};

// When a listing last saw a root: at all, and under its own URI, not through an alias.
struct Sight {
  std::uint64_t seen = 0, named = 0;  // generations
};

// A row of delivery work, under its sequence.
struct DeliveryRow {
  Digest chunk;
  bool removal = false;
};

struct Nothing {};  // the body of a row whose key says it all

// Of one namespace; kept with every write, so that info() is one read.
struct Counters {
  std::uint64_t roots = 0, documents = 0, elements = 0, chunks = 0, failing = 0, deliveries = 0;
  std::uint64_t next_delivery = 1, next_run = 1;
  Instant last_write;  // by the wall clock of whoever wrote; unset: not recorded yet
  friend bool operator==(const Counters&, const Counters&) = default;
};

void encode(Encoder& out, const Root& root);
bool decode(std::string_view body, RootView& out);  // leaves `id` alone; borrows from `body`

void encode(Encoder& out, const Element& element);
bool decode(std::string_view body, Element& out);

void encode_chunk(Encoder& out, const model::Chunk& chunk, std::int32_t sequence_number,
                  const Digest& root, const Digest& record_digest);
bool decode(std::string_view body, StoredChunk& out);  // leaves `chunk.id` alone
// The record digest alone, without the rest.
std::optional<Digest> record_digest_of(std::string_view body);

void encode(Encoder& out, const Source& source);
bool decode(std::string_view body, Source& out);
void encode(Encoder& out, const Exclusion& exclusion);
bool decode(std::string_view body, Exclusion& out);
void encode(Encoder& out, const Trigger& trigger);
bool decode(std::string_view body, Trigger& out);
void encode(Encoder& out, const Refusal& refusal);
bool decode(std::string_view body, Refusal& out);
void encode(Encoder& out, const Lesson& lesson);
bool decode(std::string_view body, Lesson& out);
// Its number is in the key.
void encode(Encoder& out, const KnownTarget& row);
bool decode(std::string_view body, KnownTarget& out);
void encode(Encoder& out, const SpaceRow& space);
bool decode(std::string_view body, SpaceRow& out);
void encode(Encoder& out, const LeaseRow& lease);
bool decode(std::string_view body, LeaseRow& out);
void encode(Encoder& out, const InFlight& sent);
bool decode(std::string_view body, InFlight& out);
void encode(Encoder& out, const Counters& counters);
bool decode(std::string_view body, Counters& out);
void encode(Encoder& out, const Sight& sight);
bool decode(std::string_view body, Sight& out);
void encode(Encoder& out, const DeliveryRow& row);
bool decode(std::string_view body, DeliveryRow& out);
bool decode(std::string_view body, Nothing& out);
bool decode(std::string_view body, std::string_view& out);  // any bytes
bool decode(std::string_view body, Digest& out);
bool decode(std::string_view body, std::uint32_t& out);
bool decode(std::string_view body, std::uint64_t& out);

}  // namespace freshet::repository
