// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <doctest/doctest.h>

#include "support/child_process.h"
#include "support/port_lease.h"
#include "support/server_setup.h"
#include "support/stanza_splitter.h"
#include "support/stored_last_seen.h"
#include "support/temp_dir.h"
#include "support/xmpp_stream.h"

namespace liveness::support {

TEST_SUITE("support") {
  TEST_CASE("a stream is cut into stanzas, whatever pieces it comes in") {
    const std::string stream =
        "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
        "id='1'><stream:features><a/></stream:features> "
        "<iq type='get'><ping "
        "to='a>b'/></iq>\n<presence/><message><body>&lt;a/&gt;</body></message></stream:stream>";
    const std::vector<std::string> expected = {"<?xml version='1.0'?>",
                                               "<stream:stream xmlns='jabber:client' id='1'>",
                                               "<stream:features><a/></stream:features>",
                                               "<iq type='get'><ping to='a>b'/></iq>",
                                               "<presence/>",
                                               "<message><body>&lt;a/&gt;</body></message>",
                                               "</stream:stream>"};
    for (const std::size_t piece : {1U, 2U, 7U, 1000U}) {
      CAPTURE(piece);
      StanzaSplitter splitter;
      std::vector<std::string> found;
      for (std::size_t at = 0; at < stream.size(); at += piece) {
        splitter.feed(std::string_view(stream).substr(at, piece));
        while (auto stanza = splitter.next()) found.push_back(*stanza);
      }
      CHECK(found == expected);
    }
  }

  TEST_CASE("attributes are found in the first tag only, in either quote") {
    CHECK(attribute("<iq id='7' type=\"get\"><x to='you'/></iq>", "id") == "7");
    CHECK(attribute("<iq id='7' type=\"get\"><x to='you'/></iq>", "type") == "get");
    CHECK(attribute("<iq id='7' type=\"get\"><x to='you'/></iq>", "to").empty());
  }

  TEST_CASE("base64 pads what does not fill three bytes") {
    CHECK(base64("") == "");
    CHECK(base64("f") == "Zg==");
    CHECK(base64("fo") == "Zm8=");
    CHECK(base64("foo") == "Zm9v");
    CHECK(base64(std::string("\0\xFF", 2)) == "AP8=");
  }

  TEST_CASE("a host's folder is named as Prosody names it") {
    CHECK(encodeForStorage("example.org") == "example%2eorg");
    CHECK(encodeForStorage("a-b_c") == "a%2db%5fc");
  }

  TEST_CASE("leased ports are different from each other") {
    const PortLease one;
    const PortLease other;
    CHECK(one.port() != other.port());
    CHECK(one.port() >= 20000);
  }

  TEST_CASE("a program's status and words are told, a killed one's signal too") {
    const auto result = run({{"sh", "-c", "echo out; echo err >&2; exit 3"}});
    CHECK(result.status == 3);
    CHECK(result.output == "out\nerr\n");
    ChildProcess sleeper({{"sleep", "60"}});
    CHECK(sleeper.running());
    sleeper.signal(9);
    CHECK(sleeper.wait(kPatience) == -9);
    CHECK_THROWS(run({{"sleep", "60"}}, milliseconds{50}));
  }

  TEST_CASE("a store that is not there has nobody's record") {
    const TempDir dir;
    CHECK_FALSE(readLastSeen(dir.path() / "none.sqlite3", "romeo@localhost"));
  }
}

}  // namespace liveness::support
