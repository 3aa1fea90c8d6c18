-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- Times and clients' words, as people read them.

local function utc(seconds)
	return os.date("!%Y-%m-%d %H:%M:%S UTC", math.floor(seconds));
end

local function ago(seconds)
	if seconds < 120 then return ("%.1f s"):format(seconds); end
	if seconds < 7200 then return ("%d min"):format(seconds // 60); end
	if seconds < 172800 then return ("%d h"):format(seconds // 3600); end
	return ("%d d"):format(seconds // 86400);
end

-- Words of a client on an operator's terminal, or in a stanza: one line, nothing that a terminal obeys or that
-- util.stanza refuses. C1 controls are two bytes in UTF-8, which a database may hold broken.
local function shown(text)
	if not utf8.len(text) then text = text:gsub("[\128-\255]", "?"); end
	return (text:gsub("[%c\127]", " "):gsub("\194[\128-\159]", " "));
end

-- Not more than so many bytes of a text, and no half of a character.
local function cut(text, most)
	if #text <= most then return text; end
	return (text:sub(1, most + 1):gsub("[^\128-\191][\128-\191]*$", ""));
end

-- "1 user", "2 users"
local function count(n, what)
	return ("%d %s%s"):format(n, what, n == 1 and "" or "s");
end

-- Why somebody was logged out, with what the network told of it.
local function cause(seen)
	return seen.evidence ~= "" and ("%s (%s)"):format(seen.cause, seen.evidence) or seen.cause;
end

return { utc = utc; ago = ago; shown = shown; cut = cut; count = count; cause = cause };
