// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/why.h"

#include "report/words.h"

namespace liveness::report {

namespace {

using std::chrono::milliseconds;

std::string whyHeld(Cause cause) {
  return cause == Cause::timed_out ? "it was not heard for too long, and its connection was dropped"
                                   : "its connection was lost";
}

std::string stateLine(const SessionInfo& s, UtcTime now) {
  const std::string since = " since " + utc(s.state_since) + " (for " +
                            span(std::chrono::duration_cast<milliseconds>(now - s.state_since)) + ")";
  switch (s.state) {
    case SessionState::reachable:
      return s.full_jid + " is reachable" + since + ", over " + toString(s.transport) + ".";
    case SessionState::suspect:
      return s.full_jid + " is suspect" + since + ": it was asked for a sign of life, and gave none.";
    case SessionState::held:
      return s.full_jid + " is held" + since + ": " +
             whyHeld(s.held_because.value_or(Cause::connection_lost)) +
             ", and the server keeps the session for its client to resume.";
    case SessionState::gone:
      break;
  }
  return s.full_jid + " is gone" + since + ".";
}

std::string heardLine(const SessionInfo& s) {
  return "Last heard " + span(s.silence) + " ago, at " + utc(s.last_heard) + "; connected since " +
         utc(s.opened_at) + ".";
}

std::string askedLine(const SessionInfo& s) {
  const std::string way = s.managed ? "requests for acknowledgement (XEP-0198)" : "pings (XEP-0199)";
  if (s.probes_sent == 0) return "Never asked for a sign of life so far; that would be by " + way + ".";
  std::string line = "Asked by " + way + ": " + times(s.probes_sent) + " in all";
  if (s.probes_unanswered > 0) line += ", " + times(s.probes_unanswered) + " since it was last heard";
  if (s.round_trip)
    line += "; an answer takes " + span(*s.round_trip) + " (smoothed).";
  else
    line += "; no answer was measured yet.";
  return line;
}

/// How long it may be silent, and why that long.
std::string timeoutLine(const SessionInfo& s) {
  const std::string option = s.inactive ? "inactive_idle_timeout" : "idle_timeout";
  std::string line = s.inactive ? "Its client said that nobody is looking at it (XEP-0352). " : "";
  if (s.idle_timeout == milliseconds{0}) return line + "It may be silent for ever (" + option + " is 0).";
  return line + "It may be silent for " + span(s.idle_timeout) + " (" + option + ").";
}

std::string contactsLine(const SessionInfo& s, const Policy& policy) {
  if (!s.presence) return "Contacts do not see it: it is not available.";
  if (s.shown && s.shown->available) return "Contacts see it as away (xa), with its last status.";
  if (s.shown) return "Contacts see it as unavailable since it was last heard.";
  if (s.state == SessionState::held && policy.held_presence == HeldPresence::keep)
    return "Contacts see it as it was (held_presence is \"keep\").";
  return "Contacts see it as its client said.";
}

std::string afterSilence(const SessionInfo& s) {
  return s.resumable ? "its connection is dropped and the session is held" : "it is logged out";
}

std::string nextLine(const SessionInfo& s, const Policy& policy, UtcTime now) {
  const std::string at = "in " + span(s.next_in) + ", at " + utc(now + s.next_in);
  switch (s.next) {
    case Next::probe: {
      const auto left = s.idle_timeout - s.silence;
      return "Next: if nothing is heard it is asked " + at + ", and " + afterSilence(s) +
             (left > s.next_in ? " in " + span(left) + "." : " after that.");
    }
    case Next::time_out:
      return "Next: if nothing is heard, " + afterSilence(s) + " " + at + "." +
             (s.doubted ? " Too many fell silent at once, so it was asked once more than usual." : "");
    case Next::end:
      return "Next: its connection was asked to be closed; if the server does not confirm that, it counts as "
             "closed " +
             at + ".";
    case Next::show_held:
      return std::string{"Next: if it is not resumed, contacts see it as "} +
             (policy.held_presence == HeldPresence::away ? "away " : "unavailable ") + at + ".";
    case Next::nothing:
      break;
  }
  if (s.state == SessionState::held)
    return "Next: it ends when the server's time for held sessions is over, or goes on when its client "
           "resumes.";
  return "Next: nothing, for as long as its connection stands.";
}

}  // namespace

std::vector<std::string> explain(const SessionInfo& session, const Policy& policy) {
  const UtcTime now = session.last_heard + session.silence;
  std::vector<std::string> lines{stateLine(session, now), heardLine(session)};
  if (session.state != SessionState::held) {
    lines.push_back(askedLine(session));
    lines.push_back(timeoutLine(session));
  }
  lines.push_back(contactsLine(session, policy));
  lines.push_back(nextLine(session, policy, now));
  return lines;
}

}  // namespace liveness::report
