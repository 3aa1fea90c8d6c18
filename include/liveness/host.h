// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <boost/signals2/dummy_mutex.hpp>
#include <boost/signals2/signal_type.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "liveness/presence.h"
#include "liveness/session.h"
#include "liveness/time.h"

namespace liveness {

/// A signal without a lock: everything but hearing happens on the one thread that owns the plugin.
template <class Signature>
using Signal = typename boost::signals2::signal_type<
    Signature, boost::signals2::keywords::mutex_type<boost::signals2::dummy_mutex>>::type;

/// A client bound a resource (RFC 6120 section 7), or was found bound when the plugin was loaded. A client
/// that has not enabled XEP-0198 may be negotiating: it is asked nothing before its first presence or
/// ManagementEnabled, or for ten seconds.
struct StreamOpened {
  std::string username;  ///< localpart, prepared (RFC 7622)
  std::string resource;  ///< resourcepart, prepared
  Transport transport = Transport::tcp;

  /// XEP-0198 is enabled: the client acknowledges what it is sent.
  bool managed = false;

  /// The host may keep the session when its stream is lost (XEP-0198 enabled with resumption, so it is
  /// managed as well). Such a session loses its connection when it times out, never its queue.
  bool resumable = false;

  /// Of a session that was there before the plugin: when it was last heard, where the host knows; none: now.
  /// It is what goes on record. Deadlines count from now all the same, so that a client which is there can
  /// still show it.
  std::optional<UtcTime> last_heard{};

  /// The user has no account, and a name that never comes again (SASL ANONYMOUS, RFC 4505). They are watched
  /// like everybody, but leave no record: neither a login, a logout nor a last seen.
  bool anonymous = false;

  /// The mark of the user's account (AccountMark::toInteger()), which goes on record with their logouts; 0:
  /// there is none, or the host does not know.
  std::uint64_t account = 0;
};

/// The client enabled stream management (XEP-0198 section 3). Also means that it may be sent to: nothing of
/// ours comes between its bind and its <enable/>.
struct ManagementEnabled {
  bool resumable = false;  ///< it may resume its session (<enabled resume='true'/>)
};

/// The client said whether somebody is looking at it (XEP-0352). A new session is active.
struct ClientState {
  bool active = true;
};

/// An answer to a probe, whatever it says: result, error and acknowledgement are all life. The number is the
/// probe's.
struct ProbeAnswered {
  std::uint32_t number = 0;
};

/// A presence, available or not, that the client directed at somebody (RFC 6121 section 4.6), as it goes out.
/// It is remembered who was told what, up to a bound (the oldest is forgotten), until the client tells
/// everybody something else.
struct DirectedPresence {
  std::string to;         ///< prepared (RFC 7622)
  bool available = true;  ///< false: unavailable
  std::string xml;        ///< of an available one the whole stanza; empty where the host does not know it
};

/// What of a client's traffic has a meaning here. That *something* arrived is not said this way, but by
/// Heard::at(), once for each read and before this. A Presence is one that the client broadcast (RFC 6121
/// section 4): not one that it directed at somebody, no subscription, and none that the server makes up for a
/// session that ended.
using Stanza = std::variant<Presence, ManagementEnabled, ClientState, ProbeAnswered, DirectedPresence>;

/// The stream is lost, and the session kept for resumption (XEP-0198 section 5).
struct StreamHeld {
  /// Of a session that was held before the plugin was there: since when; none: since now.
  std::optional<UtcTime> since{};
};

/// A stream is over and its session with it.
struct StreamClosed {
  /// Why, as far as the host can tell. A session that the plugin itself had asked to close is on record with
  /// the plugin's reason instead.
  Cause cause = Cause::connection_lost;
};

/// What we send to force an answer.
struct Probe {
  enum class Kind : std::uint8_t {
    /// A ping to the full JID (XEP-0199 section 4.1: server-to-client), through the host's counted path, so
    /// that
    /// the counters of XEP-0198 stay right.
    ping,
    /// <r/> of XEP-0198 section 4: cheaper, and no stanza. The next <a/> is its answer.
    ack_request,
  };
  std::uint32_t number = 0;  ///< makes the id of a ping; comes back in ProbeAnswered
  Kind kind = Kind::ping;
};

/// Who gets a presence that is broadcast.
enum class Audience : std::uint8_t {
  everybody,      ///< subscribers, the user's other resources, recipients of directed presence
  directed_only,  ///< only the last: the others have seen the session go already
};

/// When a host is about to tell somebody something of a session that is held, or was until now.
enum class Occasion : std::uint8_t {
  hold,         ///< it is shown as held (Host::showHeld())
  asked,        ///< while it is shown so, somebody probes it, or gets a subscription
  resumption,   ///< it is shown again as its client said (Host::showAgain())
  end,          ///< it ends while it is held, and contacts have seen it as available until now
  end_of_away,  ///< it ends, and contacts have seen it as unavailable already
};

/// What somebody is told. Whoever was sent something directly is told the like of it: who was sent
/// `unavailable` hears nothing, who was sent another presence gets the same again. A gateway, and a place
/// that the client entered (a full JID that it sent a presence: a chat room), hears nothing before the end,
/// also where it stands in the roster.
struct Telling {
  enum class What : std::uint8_t {
    nothing,
    held_view,  ///< what contacts see of a held session
    presence,   ///< what the client said
    departure,  ///< unavailable
  };
  What what = What::nothing;
  std::string xml;  ///< what the client sent here directly, which counts instead of its general presence
};

/// What the transport knows of a client's machine, whatever its program does (Linux: TCP_INFO).
enum class Wire : std::uint8_t {
  unknown,
  answering,  ///< acknowledged all that was sent
  silent,     ///< something that was sent is not acknowledged
};

/// Stream errors that the plugin closes with (RFC 6120 section 4.9.3).
enum class StreamError : std::uint8_t { connection_timeout };

/// The server, as the plugin sees it. An adapter implements it for one server: it translates, and knows no
/// rule of liveness. One object for each served domain (VirtualHost); it outlives its Plugin.
///
/// Threads: one owns the host and the plugin, and all signals and commands happen on it.
///
/// In this order an adapter makes the Host and the Store, and the Plugin, which connects itself to the
/// signals; calls Store::start(); tells of the sessions that are there already, each as it came about
/// (opened, its presence, its client state, held), with what it knows of when that was; calls Plugin::tick(),
/// and again when that wants. At its end: where the server stops, Plugin::stop(); where only the adapter goes
/// (a reload) and its sessions stay, not that. Then Store::stop(), and Plugin, Store and Host go.
/// plugin/hosts/README.md has a checklist, and plugin/hosts/example/ the whole of it for a small server.
///
/// Errors: nothing that is told of throws for what it says, and a SessionId that names nobody any more is
/// passed over. What a command throws comes out of the call that led to it, so it had better not.
///
/// Commands may take effect at once or later: they may be queued and carried out after the call into the
/// plugin has returned (an Erlang NIF cannot call into Erlang). The plugin never relies on one having taken
/// effect, and a command may find that its session has gone: then it does nothing. A command may also emit
/// signals before it returns.
class Host {
 public:
  /// What differs between servers. Said once, at construction.
  struct Capabilities {
    /// The host itself broadcasts an unavailable presence for an available session that ends without one
    /// (RFC 6121 section 4.5.4). Otherwise the plugin commands it.
    bool broadcasts_when_stream_closes = true;

    /// How many commands one tick may give at most; what is left comes in a next tick, asked for at once.
    /// Keeps the server serving while many sessions fall due together.
    std::uint32_t commands_per_tick = 64;
  };

  virtual ~Host() = default;

  virtual const std::string& domain() const noexcept = 0;
  virtual const Capabilities& capabilities() const noexcept = 0;

  // Signals: the host emits, the plugin listens. The first argument is always the present time.

  /// Answers with the new session's name; Plugin::heard() has its handle. A session that has this full JID
  /// still, its end having been missed, ends with it as replaced.
  Signal<SessionId(const Now&, const StreamOpened&)> onStreamOpened;
  Signal<void(const Now&, SessionId, const Stanza&)> onStanzaReceived;

  /// Of a session that is held already: nothing.
  Signal<void(const Now&, SessionId, const StreamHeld&)> onStreamHeld;

  /// The session goes on, on a new stream: after a hold, or by taking over from a stream that still stood.
  /// What was heard of the old stream's handle counts no more; Plugin::heard() has the new one.
  Signal<void(const Now&, SessionId)> onStreamResumed;

  /// Of every session, once, however it ended. Where one can vanish without a word (a process that is killed,
  /// a node that is lost), the adapter has to find that out, and tells it as Cause::connection_lost.
  Signal<void(const Now&, SessionId, const StreamClosed&)> onStreamClosed;

  // Commands: the plugin asks, the host does.

  virtual void probe(SessionId session, const Probe& probe) = 0;

  /// Sends a presence on behalf of a session that may be gone already, to those who would have got the
  /// client's own (RFC 6121 section 4.6).
  virtual void broadcast(const std::string& full_jid, const Presence& presence, Audience audience) = 0;

  /// From now on contacts and the user's other resources see this of a held session: it is broadcast to them,
  /// and is what probes, new subscribers and new resources get. Whom of the contacts, says Plugin::tell();
  /// the user's own resources all do. Nothing changes for other recipients of directed presence (a chat room
  /// is left only when the session is gone), or for what is queued for the session. When a session that was
  /// shown as unavailable ends, the host shows that only to those who have not seen it
  /// (Occasion::end_of_away). It may come again with another view, where the rules have changed.
  virtual void showHeld(SessionId session, const HeldView& view) = 0;

  /// The end of showHeld(): contacts see the client's own presence again, which is broadcast to those who
  /// were told of the hold. Also of one that is still held, where the rules have changed.
  virtual void showAgain(SessionId session) = 0;

  /// Closes the stream with a stream error. Of a resumable session only the connection is dropped: it comes
  /// back as onStreamHeld, everything else as onStreamClosed. Where neither comes within ten seconds, the
  /// session is taken as ended.
  virtual void closeStream(SessionId session, StreamError error) = 0;

  /// An operator wants the session gone: it ends for good, held or not. Nothing is kept for its client to
  /// resume; what was queued for it goes where the host sends what it cannot deliver.
  virtual void endSession(SessionId session) = 0;

  /// What the transport says of the other end, `since` the last probe was sent. Asked before a client is
  /// given up, for the record only; a host that cannot tell at once does not know.
  virtual Wire wire(SessionId /*session*/, std::chrono::milliseconds /*since*/) const {
    return Wire::unknown;
  }

  /// Plugin::tick() is wanted in `delay`, or earlier. Asked between ticks only; tick() itself returns it.
  virtual void requestTick(std::chrono::milliseconds delay) = 0;
};

}  // namespace liveness
