-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- What is counted, among Prosody's own metrics (core.statsmanager), where mod_http_openmetrics, the shell's
-- stats:show() and statsd find it. The plugin counts; its numbers are copied when Prosody collects, and nothing is
-- done in between, nor ever where no statistics are configured. No label says who anybody is: there are host, state
-- and cause.

local statsmanager = require "core.statsmanager";
local render_histogram_le = require "util.openmetrics".render_histogram_le;

local host = module.host;
local prefix = "prosody_mod_" .. module.name .. "/"; -- of module:metric (core.moduleapi)

-- Each by the field of plugin:stats() that it shows.
local gauges = {
	sessions = { "sessions", "Sessions now, by state: reachable, suspect or held", label = "state" };
	users_available = { "users_available", "Users with an available session now" };
	records_waiting = { "store_queue", "Records that wait for the database now" };
};
local counters = {
	sessions_opened = { "sessions_opened", "Sessions that began" };
	logouts = { "logouts", "Users who went, by cause", label = "cause" };
	false_logouts = { "false_logouts", "Logouts for silence after which the user was back within a minute" };
	doubted = { "timeouts_doubted", "Logouts for silence put off because too many fell due together" };
	probes_sent = { "probes_sent", "Clients asked for a sign of life" };
	probes_answered = { "probes_answered", "Answers to that" };
	probes_saved = { "probes_saved", "Checks that found no need to ask: the client had been heard" };
	holds = { "holds", "Streams lost whose sessions were kept for resumption" };
	resumptions = { "resumptions", "Sessions resumed" };
	records_written = { "records_written", "Records on disk" };
	records_recovered = { "records_recovered", "Logouts put on record for a server that had died" };
	store_failures = { "store_errors", "Attempts to write that the database refused; they are repeated" };
	late_ticks = { "late_ticks", "Ticks so late that all deadlines were moved" };
};
local histograms = {
	round_trip = { "round_trip", "From a probe to its answer" };
	detection = { "detection", "From when a client was last heard to when it was given up" };
	tick = { "tick", "How long ticks took, which nobody else is served in" };
	tick_lateness = { "tick_lateness", "How much later than wanted ticks came" };
};

-- The number of a gauge or of a counter, which set() takes of both.
local function show_value(kind, field, name, description, label, began_at)
	local family = module:metric(kind, name, "", description, label and { label } or {});
	local function show(value, ...)
		local metric = family:with_labels(...);
		if metric._created then metric._created = began_at; end
		metric:set(value);
	end
	return function (stats)
		if not label then
			show(stats[field]);
			return;
		end
		for key, value in pairs(stats[field]) do show(value, key); end
	end
end

-- A histogram of Prosody's takes samples one by one and adds them up itself (util.statistics). This one is added up
-- already, so it answers with its own numbers to what every reader asks a metric for: iter_samples (util.openmetrics,
-- render()). Where nobody asks, which is statsd, there are no histograms.
local function show_histogram(field, name, description, bounds)
	local metric = module:metric("histogram", name, "seconds", description, {}, { buckets = bounds }):with_labels();
	local samples = {};
	function metric.iter_samples()
		local i = 0;
		return function ()
			i = i + 1;
			return table.unpack(samples[i] or {}, 1, 3);
		end
	end
	return function (stats)
		local histogram, total = stats[field], 0;
		samples = {};
		for i, count in ipairs(histogram.counts) do
			total = total + count; -- at most so long: each has those before it
			samples[i] = { "_bucket", { le = render_histogram_le(histogram.bounds[i] or math.huge) }, total };
		end
		table.insert(samples, { "_count", nil, total });
		table.insert(samples, { "_sum", nil, histogram.sum });
		table.insert(samples, { "_created", nil, stats.began_at });
	end
end

-- Shows what `plugin` counts until the end of `life`: then nothing of this host is left there, so that no number stands
-- still as if it were of now. A reload does so too; the next load shows the same plugin's
-- counters, which go on, with the time since when they count.
local function show(life, plugin)
	local registry = statsmanager.get_metric_registry();
	if not registry then return; end

	local stats = plugin:stats();
	local shows = {};
	for field, what in pairs(gauges) do
		if stats[field] then table.insert(shows, show_value("gauge", field, what[1], what[2], what.label)); end
	end
	for field, what in pairs(counters) do
		if stats[field] then
			table.insert(shows, show_value("counter", field, what[1], what[2], what.label, stats.began_at));
		end
	end
	for field, what in pairs(histograms) do
		if stats[field] then
			table.insert(shows, show_histogram(field, what[1], what[2], stats[field].bounds));
		end
	end

	local function show_all()
		local now = plugin:stats();
		for _, show_one in ipairs(shows) do show_one(now); end
	end
	module:hook_global("stats-update", show_all);
	show_all();

	life.at_end(function ()
		module:unhook_object_event(prosody.events, "stats-update", show_all);
		local families = registry:get_metric_families();
		for name, family in pairs(families) do
			if name:sub(1, #prefix) == prefix then
				family.data:remove(host);
				local used = false;
				for _ in family:iter_metrics() do used = true; end
				if not used then families[name] = nil; end
			end
		end
	end);
end

return { show = show };
