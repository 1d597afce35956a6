// loader_github/tracker.hpp - what issues, discussions and releases have in common: objects of a repository, each of
// them one root. A listing keeps the objects that it tells of, so that most fetches ask for nothing.
#pragma once

#include <atomic>
#include <string>

#include "loader_github/api.hpp"
#include "loader_github/kept.hpp"
#include "loader_github/touched.hpp"

namespace freshet::loader_github {

// How the API calls the objects, and what it calls their members.
struct TrackerWords {
  const char* what;     // for people: "an issue"
  const char* number;   // what it is asked for by
  const char* uri;      // the page for people, which names the root
  const char* touched;  // the time of the last change; null: the API says none
};

class Tracker {
 public:
  virtual ~Tracker() = default;
  Tracker(const Tracker&) = delete;
  Tracker& operator=(const Tracker&) = delete;

  sdk::Listing list(const sdk::Call& call, const sdk::ListingRequest& request,
                    const sdk::ListingSink& sink);
  void fetch(const sdk::Call& call, const sdk::Entry& entry,
             const std::optional<std::string>& known_version, const sdk::FetchSink& sink);

 protected:
  using Json = nlohmann::json;

  Tracker(Options options, const TrackerWords& words)
      : words_(words), common_(std::move(options)), api_(common_) {}

  // A listing of its kind.
  virtual sdk::Listing look(const sdk::Call& call, const sdk::ListingRequest& request,
                            const sdk::ListingSink& sink) = 0;
  // One object: 200 with its JSON, 404 or 410.
  virtual Answer ask(const sdk::Call& call, const std::string& number) const = 0;
  virtual bool is_taken(const Json&) const { return true; }
  // The number in a URI that no listing told of; empty: it has none.
  virtual std::string number_in(const std::string& uri) const;
  virtual std::string version_of(const Json& object) const;
  virtual std::string title_of(const Json& object) const;
  // What is below the title, in Markdown.
  virtual std::string text_below(const sdk::Call& call, const Json& object) const = 0;
  virtual Json metadata_of(const Json& object) const = 0;

  void tell(const Json& object, const sdk::ListingSink& sink);
  // Tells of an object that a whole listing came by.
  void tell_new(const Json& object, Touched& state, const sdk::ListingSink& sink);
  // Tells of an object that was touched about the time of the last listing, or later. False: it did before.
  bool tell_change(const Json& object, const Touched& before, Touched& state,
                   const sdk::ListingSink& sink);
  // What the next listing may go on from; nothing: all is to be listed.
  std::optional<Touched> past_of(const sdk::Call& call, const sdk::ListingRequest& request) const;
  sdk::Listing too_many(const char* objects) const;

  const TrackerWords words_;
  const Options common_;
  const Api api_;

 private:
  Kept kept_;
  std::atomic<bool> listed_ = false;  // what no listing named is as its handle says
};

}  // namespace freshet::loader_github
