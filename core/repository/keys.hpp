// core/repository/keys.hpp - the form of the keys of each database: what lies under what.
#pragma once

#include "core/lmdb/format.hpp"

namespace freshet::repository {

using lmdb::Db;
using lmdb::Decoder;
using lmdb::Encoder;
using lmdb::Key;
using lmdb::KeyForm;

using RootKey = KeyForm<base::Digest>;                      // roots, leases
using DueKey = KeyForm<base::Instant, base::Digest>;        // due: when, root
using SourceKey = KeyForm<base::Digest>;                    // sources
using SeenKey = KeyForm<base::Digest, base::Digest>;        // seen: source, root
using SourcesOfKey = KeyForm<base::Digest, base::Digest>;   // sources_of: root, source
using ElementKey = KeyForm<base::Digest>;                   // elements: model::section_key()
using PlaceKey = KeyForm<base::Digest, std::uint32_t>;      // element_order, order: root, place
using ChunkKey = KeyForm<base::Digest>;                     // chunks
using DeliveryKey = KeyForm<std::uint32_t, std::uint64_t>;  // deliveries: target, sequence
using RowKey = KeyForm<std::uint32_t, base::Digest>;        // pending, delivered: target, chunk
using RunKey = KeyForm<std::uint64_t>;                      // runs: number
using TargetKey = KeyForm<std::uint32_t>;                   // targets: number
using InFlightKey = KeyForm<std::uint32_t, std::uint64_t>;  // targets: number, fence
using ExcludedKey = KeyForm<base::Digest>;                  // excluded: root
using TriggerKey = KeyForm<base::Digest>;                   // triggers: root
using RefusalKey = KeyForm<base::Digest>;                   // refusals: root
using LessonKey = KeyForm<base::Digest, base::Digest>;      // lessons: owner, of what about
using HabitKey = KeyForm<base::Digest, base::Digest>;      // habits: source, root or folder
// due_by_source: source, when, root
using DueBySourceKey = KeyForm<base::Digest, base::Instant, base::Digest>;

}  // namespace freshet::repository
