// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "stanza/offline_presence.h"

#include <gloox/parser.h>
#include <gloox/tag.h>
#include <gloox/taghandler.h>

#include <memory>

#include "core/bounded_text.h"
#include "liveness/presence.h"

namespace liveness::stanza {

namespace {

// A stanza beyond this is not even parsed: hosts bound stanzas at a quarter of a megabyte, and no one's
// farewell is that long.
constexpr std::size_t kMaxParsedBytes = 32 * 1024;

/// Parses one whole element; null where the text is anything else.
class ElementParser : private gloox::TagHandler {
 public:
  std::unique_ptr<gloox::Tag> parse(std::string xml) {
    gloox::Parser parser(this, false);
    if (parser.feed(xml) >= 0) return nullptr;
    return std::move(element_);
  }

 private:
  void handleTag(gloox::Tag* tag) override { element_.reset(tag); }

  std::unique_ptr<gloox::Tag> element_;
};

std::string statusesOf(const gloox::Tag& presence) {
  gloox::Tag kept("presence", "type", "unavailable");
  const std::string from = presence.findAttribute("from");
  if (!from.empty()) kept.addAttribute("from", from);
  for (const gloox::Tag* child : presence.children()) {
    if (child->name() != "status") continue;
    auto* status = new gloox::Tag(&kept, "status", core::boundedText(child->cdata(), kMaxStatusBytes));
    const std::string language = child->findAttribute("lang");
    if (!language.empty()) status->addAttribute("xml:lang", language);
    if (kept.xml().size() > kMaxPresenceBytes) {
      kept.removeChild(status);
      delete status;
      break;
    }
  }
  return kept.children().empty() ? std::string{} : kept.xml();
}

}  // namespace

std::string offlinePresence(const std::string& xml) {
  if (xml.empty() || xml.size() > kMaxParsedBytes) return {};
  const auto presence = ElementParser{}.parse(xml);
  if (presence == nullptr || presence->name() != "presence" || presence->children().empty()) return {};
  presence->removeAttribute("to");
  std::string whole = presence->xml();
  return whole.size() <= kMaxPresenceBytes ? whole : statusesOf(*presence);
}

}  // namespace liveness::stanza
