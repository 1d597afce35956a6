// core/read/html_weight.hpp - how much text the boxes of a page hold.
//
// Running text is what stands outside of links, and outside of what is no one's text: scripts, controls,
// hidden boxes, navigation. A word in a class says what a box may be; its weight says what it is.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "core/read/html_dom.hpp"

namespace freshet::read {

struct Weight {
  std::uint32_t running = 0;    // bytes outside of links
  std::uint32_t linked = 0;     // bytes within links
  std::uint32_t sentences = 0;  // bytes of running text in paragraphs of some length
  std::uint32_t links = 0;
  std::uint32_t fragments = 0;  // those of them that lead to a place of the page itself

  void add(const Weight& other) {
    running += other.running;
    linked += other.linked;
    sentences += other.sentences;
    links += other.links;
    fragments += other.fragments;
  }
};

class Weights {
 public:
  Weights() = default;
  explicit Weights(const GumboNode* root);

  // Of a box: a block that may hold others. Nothing for all else.
  Weight of(const GumboNode* box) const {
    const auto found = boxes_.find(box);
    return found == boxes_.end() ? Weight{} : found->second;
  }
  Weight whole() const { return whole_; }

  // The running text of `box` as a part of the page's, 0 to 1.
  double share(const GumboNode* box) const;

 private:
  std::unordered_map<const GumboNode*, Weight> boxes_;
  Weight whole_;
};

}  // namespace freshet::read
