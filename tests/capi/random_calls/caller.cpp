#include "tests/capi/random_calls/caller.hpp"

namespace freshet::random_calls {

void die(const World& world, const char* call, const char* what) {
  std::fprintf(stderr, "random_calls: seed %llu: %s: %s\n",
               static_cast<unsigned long long>(world.seed), call != nullptr ? call : "?", what);
  std::abort();
}

void World::remember_id(const char* id) {
  if (*id == '\0') return;
  const std::lock_guard lock(mutex_);
  if (ids_.size() < 64) return ids_.push_back(id);
  ids_[next_id_++ % 64] = id;
}

std::string World::known_id(std::uint64_t random) {
  const std::lock_guard lock(mutex_);
  return ids_.empty() ? std::string() : ids_[random % ids_.size()];
}

void* Caller::foreign() {
  switch (number() % 4) {
    case 0:
      return &stray_;
    case 1:
      return reinterpret_cast<void*>(number());
    case 2:
      return reinterpret_cast<void*>(std::uintptr_t{1});
    default: {  // nearly one of ours
      const auto near = reinterpret_cast<std::uintptr_t>(
          world_.pool.live(static_cast<Kind>(number() % kind_count), number()));
      return reinterpret_cast<void*>(near ^ (std::uintptr_t{1} << (number() % 64)));
    }
  }
}

void* Caller::handle(Kind kind) {
  switch (number() % 24) {
    case 0:
      return nullptr;
    case 1:
      return world_.pool.freed(kind, number());
    case 2:
      return world_.pool.live(static_cast<Kind>(number() % kind_count), number());
    case 3:
      return foreign();
    default:
      return world_.pool.live(kind, number());
  }
}

const char* Caller::keep(std::string text) {
  std::string& kept = kept_[next_kept_++ % 8];
  kept = std::move(text);
  return kept.c_str();
}

const char* Caller::text() {
  switch (number() % 12) {
    case 0:
      return nullptr;
    case 1:
      return "";
    case 2:
      return "\xff\xfe\xc0";
    case 3:
      return "\xed\xa0\x80 a surrogate";
    case 4:
      return keep(std::string(one_in(20) ? 100'000 : 3'000, 'a'));
    case 5:
      return "control \x01\x1b[31m\n\t";
    default:
      return keep("words about river " + std::to_string(number() % 20));
  }
}

const char* Caller::uri() {
  if (one_in(10)) return text();
  if (one_in(4))
    return keep("file://" + world_.docs + "/page" + std::to_string(number() % 8) + ".md");
  return keep("made:" + std::to_string(number() % 12));
}

const char* Caller::id() {
  if (one_in(8)) return text();
  if (one_in(8)) return uri();
  if (!one_in(4)) return keep(world_.known_id(number()));
  static const char digits[] = "0123456789abcdef";
  std::string id;
  for (int i = 0; i < 32; ++i) id += digits[number() % 16];
  return keep(std::move(id));
}

const char* Caller::path() {
  switch (number() % 6) {
    case 0:
      return text();
    case 1:
      return world_.docs.c_str();
    case 2:
      return "/dev/null";
    default:
      return keep(world_.docs + "/page" + std::to_string(number() % 10) + ".md");
  }
}

const char* Caller::json(std::initializer_list<const char*> valid) {
  switch (number() % 12) {
    case 0:
      return nullptr;
    case 1:
      return "{";
    case 2:
      return R"({"no_such_key":1})";
    case 3:
      return R"([1,"two"])";
    case 4:
      return text();
    case 5:
      return keep(std::string(one_in(10) ? 100'000 : 200, '['));
    default:
      return valid.begin()[number() % valid.size()];
  }
}

freshet_status Caller::plain(const std::function<freshet_status(freshet_error**)>& call) {
  freshet_error* error = reinterpret_cast<freshet_error*>(&stray_);
  const bool without = one_in(20);
  const freshet_status status = call(without ? nullptr : &error);
  check(status != FRESHET_E_INTERNAL, without ? "internal error" : freshet_error_to_string(error));
  check(freshet_status_name(status) != std::string_view("unknown"), "a status without a name");
  ++(status == FRESHET_OK ? succeeded_ : failed_);
  if (without) return status;
  if (status == FRESHET_OK)
    check(error == nullptr, "an error beside FRESHET_OK");
  else
    inspect_error(status, error);
  return status;
}

void Caller::inspect_error(freshet_status status, freshet_error* error) {
  check(error != nullptr, "a failure without an error");
  check(freshet_error_code(error) == status, "the error has another code than the call");
  const std::string_view message = freshet_error_message(error);
  check(!message.empty(), "an error without a message");
  check(message.find('\n') == std::string_view::npos, "a message of several lines");
  for (const freshet_error* at = error; at != nullptr; at = freshet_error_cause(at)) {
    read(freshet_error_subject(at));
    read(freshet_error_plugin(at));
    read(freshet_error_to_string(at));
  }
  if (one_in(10)) return put(k_error, error);
  freshet_error_free(error);
}

void count_event(void* payload, const freshet_event* event) {
  if (event == nullptr || event->message == nullptr) std::abort();
  static_cast<World*>(payload)->callbacks.fetch_add(1, std::memory_order_relaxed);
}

const freshet_call_options* Caller::call() {
  static const std::int64_t timeouts[] = {-1, -1, -1, 0, 1, 20, 60'000, INT64_MIN, INT64_MAX};
  if (!one_in(3)) return nullptr;
  call_ = FRESHET_CALL_OPTIONS_INIT;
  if (one_in(2)) call_.cancel = any<freshet_cancel>();
  call_.timeout_ms = pick(timeouts);
  if (one_in(2)) {
    call_.on_event = count_event;
    call_.payload = &world_;
  }
  if (one_in(20)) call_.struct_size = one_in(2) ? 0 : SIZE_MAX;
  return &call_;
}

void Caller::put(Kind kind, void* handle) {
  if (void* const out = world_.pool.put(kind, handle, number())) free_as(kind, out);
}

void Caller::free_one(Kind kind) {
  void* const handle = this->handle(kind);
  world_.pool.forget(kind, handle);
  free_as(kind, handle);
}

// What a handle lends is read while nobody else knows the handle.
void Caller::inspect(Kind kind, void* handle) {
  switch (kind) {
    case k_root: {
      freshet_root_info info = FRESHET_ROOT_INFO_INIT;
      check(freshet_root_get(static_cast<freshet_root*>(handle), &info, nullptr) == FRESHET_OK,
            "a root that was just made cannot be looked at");
      for (const char* text :
           {info.uri, info.title, info.version, info.metadata, info.flags, info.error})
        read(text);
      return;
    }
    case k_element: {
      freshet_element_info info = FRESHET_ELEMENT_INFO_INIT;
      check(
          freshet_element_get(static_cast<freshet_element*>(handle), &info, nullptr) == FRESHET_OK,
          "an element that was just made cannot be looked at");
      for (const char* text : {info.id, info.parent_id, info.title, info.url, info.text})
        read(text);
      return;
    }
    case k_document:
      read(freshet_document_uri(static_cast<freshet_document*>(handle)));
      read(freshet_document_title(static_cast<freshet_document*>(handle)));
      return;
    default:
      return inspect_parts(kind, handle);
  }
}

void Caller::inspect_parts(Kind kind, void* handle) {
  if (kind == k_chunks) {
    const auto* chunks = static_cast<freshet_chunks*>(handle);
    for (std::size_t i = 0; i < freshet_chunks_count(chunks) && i < 4; ++i) {
      freshet_chunk_info info = FRESHET_CHUNK_INFO_INIT;
      check(freshet_chunks_get(chunks, i, &info, nullptr) == FRESHET_OK, "a chunk is missing");
      for (const char* id : {info.id, info.root_id, info.container_id, info.leaf_id})
        world_.remember_id(id);
      for (const char* text :
           {info.id, info.text, info.urtext, info.path, info.metadata, info.leaf_url})
        read(text);
    }
  }
  if (kind == k_hits) {
    const auto* hits = static_cast<freshet_hits*>(handle);
    for (std::size_t i = 0; i < freshet_hits_count(hits) && i < 4; ++i) {
      freshet_hit hit = FRESHET_HIT_INIT;
      check(freshet_hits_get(hits, i, &hit, nullptr) == FRESHET_OK, "a hit is missing");
      for (const char* text : {hit.text, hit.uri, hit.title, hit.path, hit.chunk_id, hit.metadata})
        read(text);
    }
  }
  if (kind == k_vectors) {
    const auto* vectors = static_cast<freshet_vectors*>(handle);
    read(freshet_vectors_model(vectors));
    const float* vector = nullptr;
    for (std::size_t i = 0; i < freshet_vectors_count(vectors); ++i)
      check(freshet_vectors_get(vectors, i, &vector, nullptr) == FRESHET_OK && vector != nullptr,
            "a vector is missing");
  }
}

}  // namespace freshet::random_calls
