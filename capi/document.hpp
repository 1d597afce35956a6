// capi/document.hpp - a document handle: built section by section, then finished and only read.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "capi/objects.hpp"
#include "core/model/document.hpp"

namespace freshet::capi {

// Thread-safe: building is serialised; what is finished does not change.
class DocumentObject {
 public:
  DocumentObject(std::string uri, std::string title);
  explicit DocumentObject(model::Document finished);

  base::Result<std::uint32_t> add_section(std::uint32_t parent, model::Section section);
  base::Status set_text(std::uint32_t section, std::string_view text);
  base::Status set_metadata(model::Json metadata);
  void finish();

  const std::string& uri() const { return document_.uri; }
  const std::string& title() const { return document_.title; }
  model::Json metadata() const;

  // The following fail with misuse before finish().
  base::Result<const model::Document*> finished() const;
  base::Result<std::size_t> count() const;
  base::Result<freshet_section> section(std::uint32_t number) const;
  base::Result<const std::string*> text() const;

 private:
  struct Draft {
    std::uint32_t parent = 0;
    int depth = 1;
    model::Section section;
  };
  struct Place {
    const model::Section* section;
    std::uint32_t parent;
  };

  base::Status check_open() const;
  std::vector<model::Section> assemble(std::uint32_t parent,
                                       const std::vector<std::vector<std::uint32_t>>& children);
  void number(const std::vector<model::Section>& sections, std::uint32_t parent);
  void seal();

  mutable std::mutex mutex_;
  std::atomic<bool> finished_{false};
  model::Document document_;
  std::vector<Draft> drafts_;  // by number, from 1
  std::vector<Place> places_;  // of the finished sections, in document order
  mutable std::once_flag text_once_;
  mutable std::string text_;
};

freshet_document* make_document(model::Document finished);

}  // namespace freshet::capi
