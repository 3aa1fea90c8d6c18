// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/session_object.h"

#include <string_view>

#include "report/json_values.h"

namespace liveness::report {

std::string sessionObject(const SessionInfo& info) {
  const std::string_view jid = info.full_jid;
  const std::size_t slash = std::min(jid.find('/'), jid.size());
  Json o;
  o["id"] = std::to_string(info.id.toInteger());  // a text: JavaScript's numbers are too short for it
  o["jid"] = info.full_jid;
  o["user"] = jid.substr(0, slash);
  o["resource"] = slash < jid.size() ? jid.substr(slash + 1) : std::string_view{};
  o["state"] = toString(info.state);
  o["state_since"] = utcExactly(info.state_since);
  o["transport"] = toString(info.transport);
  o["opened_at"] = utcExactly(info.opened_at);
  o["last_heard_at"] = utcExactly(info.last_heard);
  o["silence"] = seconds(info.silence);
  o["probes_unanswered"] = info.probes_unanswered;
  o["probes_sent"] = info.probes_sent;
  o["round_trip"] = info.round_trip ? Json(seconds(*info.round_trip)) : Json();
  o["available"] = info.presence.has_value();
  o["show"] = info.presence ? toString(info.presence->show) : "";
  o["status"] = info.presence ? std::string_view{info.presence->status} : std::string_view{};
  o["priority"] = info.presence ? int{info.presence->priority} : 0;
  o["managed"] = info.managed;
  o["resumable"] = info.resumable;
  o["inactive"] = info.inactive;
  o["doubted"] = info.doubted;
  o["idle_timeout"] = seconds(info.idle_timeout);
  o["held_because"] = info.held_because ? Json(toString(*info.held_because)) : Json();
  o["shown"] = info.shown ? Json(info.shown->available ? "away" : "unavailable") : Json();
  o["next"] = toString(info.next);
  o["next_in"] = info.next != Next::nothing ? Json(seconds(info.next_in)) : Json();
  return dump(o);
}

}  // namespace liveness::report
