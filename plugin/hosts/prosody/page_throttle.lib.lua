-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Counts what somebody may do only so often: `most` times at once, and as many again in each `period` (seconds). Of at
-- most `keys` somebodies it remembers how often they did; those longest not seen are forgotten first.

local cache = require "util.cache";
local monotonic = require "util.time".monotonic;

local function throttle(most, period, keys)
	local self = {};
	local buckets = cache.new(keys);
	local rate = most / period;

	local function bucket_of(key)
		local now = monotonic();
		local bucket = buckets:get(key);
		if not bucket then return { left = most; at = now }; end
		bucket.left = math.min(most, bucket.left + (now - bucket.at) * rate);
		bucket.at = now;
		return bucket;
	end

	-- In how many seconds there is a next time; 0: now.
	function self.wait(key)
		local left = bucket_of(key).left;
		return left >= 1 and 0 or math.ceil((1 - left) / rate);
	end

	function self.take(key)
		local bucket = bucket_of(key);
		bucket.left = bucket.left - 1;
		buckets:set(key, bucket);
	end

	-- It did not count after all.
	function self.give_back(key)
		local bucket = bucket_of(key);
		bucket.left = math.min(most, bucket.left + 1);
	end

	return self;
end

return { throttle = throttle };
