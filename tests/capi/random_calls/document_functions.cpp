// Documents, readers and errors.
#include "tests/capi/random_calls/caller.hpp"

namespace freshet::random_calls {
namespace {

using Error = freshet_error**;
using Document = freshet_document;

std::uint32_t section_number(Caller& c) {
  static const std::uint32_t numbers[] = {0, 0, 1, 1, 2, 3, 1000, UINT32_MAX};
  return c.pick(numbers);
}

const char* document_json(Caller& c) {
  return c.json(
      {R"({"uri":"made:1","title":"One","sections":[{"title":"A","text":"Text of A."}]})",
       R"({"uri":"made:2","sections":[{"title":"B","level":2,"sections":[{"title":"C","text":"x"}]}]})",
       R"({"uri":"","sections":[]})"});
}

// A document of a few sections, mostly finished.
void build(Caller& c) {
  freshet_document* document = nullptr;
  const char* const uri = c.keep("made:" + std::to_string(c.number() % 12));
  if (freshet_document_new(uri, "Built", &document, nullptr) != FRESHET_OK) return;
  for (std::uint64_t i = c.number() % 5; i > 0; --i) {
    std::uint32_t section = 0;
    freshet_document_add_section(document, 0, "Part", nullptr, 1, &section, nullptr);
    const std::string text = "The text of part " + std::to_string(c.number() % 50) + ".";
    freshet_document_set_text(document, section, text.data(), text.size(), nullptr);
  }
  if (!c.one_in(3))
    c.check(freshet_document_finish(document, nullptr) == FRESHET_OK,
            "a document cannot be finished");
  c.put(k_document, document);
}

void read_bytes(Caller& c) {
  static const char* const types[] = {nullptr,     "text/html", "text/markdown", "text/plain",
                                      "image/png", "",          "\xff"};
  static const char* const charsets[] = {nullptr,  nullptr,   "utf-8", "iso-8859-1",
                                         "utf-16", "no-such", ""};
  std::string bytes;
  switch (c.number() % 4) {
    case 0:
      for (std::uint64_t i = c.number() % 600; i > 0; --i) bytes += static_cast<char>(c.number());
      break;
    case 1:
      bytes =
          "<html><title>T</title><body><h1 id=a>A</h1><p>Text<table><tr><td>x</table><h2>B</h2>y";
      break;
    default:
      bytes =
          "# Title\n\nA paragraph.\n\n## Part\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
  }
  c.make<Document>([&](Document** out, Error e) {
    const bool no_bytes = c.one_in(20);
    return freshet_reader_read(c.any<freshet_reader>(), no_bytes ? nullptr : bytes.data(),
                               bytes.size(), c.uri(), c.pick(types), c.pick(charsets), out, e);
  });
}

freshet_status take_document(void* payload, const freshet_document* document) {
  auto& world = *static_cast<World*>(payload);
  world.callbacks.fetch_add(1, std::memory_order_relaxed);
  if (freshet_document_uri(document)[0] == '\0')
    die(world, "document callback", "a document without a URI");
  return world.callbacks.load(std::memory_order_relaxed) % 7 == 0 ? FRESHET_E_CANCELLED
                                                                  : FRESHET_OK;
}

void read_directory(Caller& c) {
  c.give_text(
      [&](char** out, Error e) {
        return freshet_reader_read_directory(
            c.any<freshet_reader>(), c.path(),
            c.json({"{}", R"({"max_depth":1})", R"({"included_extensions":["md"]})",
                    R"({"relative_path":".."})"}),
            c.one_in(3) ? nullptr : take_document, &c.world(), c.call(), out, e);
      },
      true);
}

const freshet_error* error_of(Caller& c) { return c.any<freshet_error>(); }

}  // namespace

const std::vector<Function>& document_functions() {
  static const std::vector<Function> functions = {
      {"freshet_document_new", 16,
       [](Caller& c) {
         c.make<Document>([&](Document** out, Error e) {
           return freshet_document_new(c.uri(), c.text(), out, e);
         });
       }},
      {"freshet_document_add_section", 20,
       [](Caller& c) {
         c.give_number<std::uint32_t>(
             [&](std::uint32_t* out, Error e) {
               return freshet_document_add_section(
                   c.any<Document>(), section_number(c), c.text(), c.text(),
                   static_cast<std::int32_t>(c.number() % 9) - 1, out, e);
             },
             true);
       }},
      {"freshet_document_set_text", 10,
       [](Caller& c) {
         c.plain([&](Error e) {
           const char* const text = c.text();
           const std::size_t size = text != nullptr ? std::strlen(text) : c.number() % 2;
           return freshet_document_set_text(c.any<Document>(), section_number(c), text, size, e);
         });
       }},
      {"freshet_document_set_metadata", 6,
       [](Caller& c) {
         c.plain([&](Error e) {
           return freshet_document_set_metadata(c.any<Document>(),
                                                c.json({"{}", R"({"k":[1,{"x":null}]})"}), e);
         });
       }},
      {"freshet_document_finish", 10,
       [](Caller& c) {
         if (c.one_in(2)) return build(c);
         c.plain([&](Error e) { return freshet_document_finish(c.any<Document>(), e); });
       }},
      {"freshet_document_uri", 4,
       [](Caller& c) { c.check(freshet_document_uri(c.any<Document>()) != nullptr, "NULL"); }},
      {"freshet_document_title", 4,
       [](Caller& c) { c.check(freshet_document_title(c.any<Document>()) != nullptr, "NULL"); }},
      {"freshet_document_section_count", 4,
       [](Caller& c) { freshet_document_section_count(c.any<Document>()); }},
      {"freshet_document_section", 10,
       [](Caller& c) {
         c.fill<freshet_section>([&](freshet_section* out, Error e) {
           return freshet_document_section(c.any<Document>(), section_number(c), out, e);
         });
       }},
      {"freshet_document_text", 4,
       [](Caller& c) {
         c.plain([&](Error e) {
           const char* text = "x";
           std::size_t size = 0;
           const auto status =
               freshet_document_text(c.any<Document>(), &text, c.one_in(5) ? nullptr : &size, e);
           c.check((status == FRESHET_OK) == (text != nullptr), "out_text is wrong");
           return status;
         });
       }},
      {"freshet_document_metadata", 4,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) {
           return freshet_document_metadata(c.any<Document>(), out, e);
         });
       }},
      {"freshet_document_to_json", 4,
       [](Caller& c) {
         c.give_text([&](char** out, Error e) {
           return freshet_document_to_json(c.any<Document>(), out, e);
         });
       }},
      {"freshet_document_from_json", 6,
       [](Caller& c) {
         c.make<Document>([&](Document** out, Error e) {
           return freshet_document_from_json(document_json(c), out, e);
         });
       }},
      {"freshet_document_free", 4, [](Caller& c) { c.free_one(k_document); }},
      {"freshet_reader_new", 4,
       [](Caller& c) {
         c.make<freshet_reader>([&](freshet_reader** out, Error e) {
           return freshet_reader_new(c.json({"{}", R"({"html":{}})"}), out, e);
         });
       }},
      {"freshet_reader_read", 8, read_bytes},
      {"freshet_reader_read_file", 4,
       [](Caller& c) {
         c.make<Document>([&](Document** out, Error e) {
           return freshet_reader_read_file(c.any<freshet_reader>(), c.path(),
                                           c.one_in(2) ? nullptr : c.uri(), out, e);
         });
       }},
      {"freshet_reader_read_url", 1,
       [](Caller& c) {
         c.make<Document>([&](Document** out, Error e) {
           return freshet_reader_read_url(c.any<freshet_reader>(), c.any<freshet_repository>(),
                                          c.one_in(2) ? c.uri() : "http://127.0.0.1:9/page",
                                          c.call(), out, e);
         });
       }},
      {"freshet_reader_read_directory", 2, read_directory},
      {"freshet_reader_free", 2, [](Caller& c) { c.free_one(k_reader); }},
      {"freshet_error_code", 2, [](Caller& c) { freshet_error_code(error_of(c)); }},
      {"freshet_error_message", 2,
       [](Caller& c) { c.check(freshet_error_message(error_of(c)) != nullptr, "NULL"); }},
      {"freshet_error_subject", 2,
       [](Caller& c) { c.check(freshet_error_subject(error_of(c)) != nullptr, "NULL"); }},
      {"freshet_error_plugin", 2,
       [](Caller& c) { c.check(freshet_error_plugin(error_of(c)) != nullptr, "NULL"); }},
      {"freshet_error_retry_after_ms", 2,
       [](Caller& c) { freshet_error_retry_after_ms(error_of(c)); }},
      {"freshet_error_attempts", 2, [](Caller& c) { freshet_error_attempts(error_of(c)); }},
      {"freshet_error_cause", 2, [](Caller& c) { freshet_error_cause(error_of(c)); }},
      {"freshet_error_to_string", 2,
       [](Caller& c) { c.check(freshet_error_to_string(error_of(c)) != nullptr, "NULL"); }},
      {"freshet_error_free", 4, [](Caller& c) { c.free_one(k_error); }},
  };
  return functions;
}

}  // namespace freshet::random_calls
