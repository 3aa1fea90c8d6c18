// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "liveness/account.h"

#include "core/every_host.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/account");

namespace {

constexpr UtcTime kDay{std::chrono::hours{24 * 20000}};

LastSeen recordOf(const AccountMark& mark, UtcTime last_heard = kDay) {
  LastSeen record;
  record.account = mark.toInteger();
  record.last_heard = last_heard;
  return record;
}

}  // namespace

TEST_CASE(
    "a record is of an earlier account where the account's mark was made later, and after it was heard") {
  CHECK(isOfEarlierAccount(recordOf({7, 1, kDay - 9h}), {7, 2, kDay + 1h}));
  CHECK(isOfEarlierAccount(recordOf({7, 1, kDay - 9h}), {7, 0xffffffff, kDay + 1h}));
}

TEST_CASE("a record with the account's own mark is its own") {
  CHECK_FALSE(isOfEarlierAccount(recordOf({7, 1, kDay}), {7, 1, kDay + 1h}));
}

TEST_CASE("a mark that is not there, of the account or of the record, proves nothing") {
  CHECK_FALSE(isOfEarlierAccount(recordOf({7, 1, kDay}), {}));
  CHECK_FALSE(isOfEarlierAccount(recordOf({}), {7, 2, kDay + 1h}));
  CHECK_FALSE(isOfEarlierAccount(recordOf({}), {}));
}

TEST_CASE("marks of another storage, or of one that was set back, prove nothing") {
  CHECK_FALSE(isOfEarlierAccount(recordOf({7, 1, kDay}), {8, 2, kDay + 1h}));
  CHECK_FALSE(isOfEarlierAccount(recordOf({8, 1, kDay}), {7, 2, kDay + 1h}));
  CHECK_FALSE(isOfEarlierAccount(recordOf({7, 40, kDay}), {7, 31, kDay + 1h}));
}

TEST_CASE("a clock that was wrong, when the account was heard or its successor marked, destroys nothing") {
  CHECK_FALSE(isOfEarlierAccount(recordOf({7, 1, kDay}, kDay + 24h * 365), {7, 2, kDay + 1h}));
  CHECK_FALSE(isOfEarlierAccount(recordOf({7, 1, kDay}), {7, 2, UtcTime{}}));
}

TEST_CASE("whose account it is goes on record with each logout") {
  EVERY_HOST(kind) {
    World world(kind);
    world.host.account = AccountMark{7, 3, kDay}.toInteger();
    const SessionId id = openAvailable(world);
    world.host.present(id, unavailable());
    REQUIRE(world.store.records.size() == 1);
    CHECK(world.store.records.front().account == world.host.account);
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
