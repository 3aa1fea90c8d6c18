-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What an operator reads of all that is counted, in `prosodyctl shell`: stats.

local iterators = require "util.iterators";

local words = module:require "words";

-- How many answers took how long; what never happened is left out.
local function print_round_trips(print, round_trip)
	local from = 0;
	for i, n in ipairs(round_trip.counts) do
		local to = round_trip.bounds[i];
		local span = to and ("%g to %g ms"):format(from * 1000, to * 1000) or ("over %g ms"):format(from * 1000);
		if n > 0 then print(("    %-18s %d"):format(span, n)); end
		from = to;
	end
end

local function print_counts(print, counts)
	for name, n in iterators.sorted_pairs(counts) do print(("    %-18s %d"):format(name, n)); end
end

-- Adds the command to the section. `instances` maps a host to what its instance offers.
local function add_to(commands, instances)
	-- liveness:stats()
	function commands:stats()
		local print = self.session.print;
		local hosts = 0;
		for host, instance in iterators.sorted_pairs(instances) do
			local s = instance.stats();
			hosts = hosts + 1;
			print(host);
			print("  Sessions now, by state");
			print_counts(print, s.sessions);
			print(("  Users available      %d"):format(s.users_available));
			print(("  Sessions opened      %d"):format(s.sessions_opened));
			print("  Logouts, by cause");
			print_counts(print, s.logouts);
			print(("  Probes               %d sent, %d answered, %d saved (heard in the meantime)"):format(
				s.probes_sent, s.probes_answered, s.probes_saved));
			print(("  Of these by <r/>     %d"):format(s.acks_requested));
			print("  Round trips of answered probes");
			print_round_trips(print, s.round_trip);
			print(("  Held sessions        %d so far, %d resumed"):format(s.holds, s.resumptions));
			print(("  Timeouts doubted     %d (too many at once; asked once more)"):format(s.doubted));
			print(("  Ticks                %d, of which late %d"):format(s.ticks, s.late_ticks));
			print(("  Records              %d on disk, %d waiting (%d batches, %d failed)"):format(
				s.records_written, s.records_waiting, s.store_batches, s.store_failures));
			print(("  Recovered            %d logouts of a server that had died"):format(s.records_recovered));
		end
		return true, words.count(hosts, "host");
	end
end

return { add_to = add_to };
