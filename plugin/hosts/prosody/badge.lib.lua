-- SPDX-License-Identifier: GPL-3.0-or-later
-- Copyright (C) 2026 The Liveness authors
-- A user's state as a small picture (SVG) for somebody's own page. It says in words what its colour says, has no
-- scripts, styles or links in it, and is as wide as what stands on it.

local xml_escape = require "util.stanza".xml_escape;

local height, padding, most_characters = 20, 7, 40;

-- White letters are readable on all of these: contrast of 4.5 to 1 or better (WCAG 2.1, 1.4.3).
local colours = {
	available = "#1b7a3d"; chat = "#1b7a3d"; away = "#8a5a00"; xa = "#8a5a00"; dnd = "#b3261e"; offline = "#5c6068";
};
local name_colour = "#33373d";

local in_words = {
	available = "available"; chat = "free to chat"; away = "away"; xa = "away for long"; dnd = "do not disturb";
	offline = "offline";
};

-- Not longer than is readable; cut between characters.
local function shortened(text)
	if (utf8.len(text) or #text) <= most_characters then return text; end
	return text:sub(1, utf8.offset(text, most_characters) - 1) .. "…";
end

-- About as wide as the fonts below have it; what the viewer's own has differently is made up between the letters.
local function width_of(text)
	local width = 0;
	for _, code in utf8.codes(text) do
		local letter = code < 128 and string.char(code) or "";
		if letter:find("[fijlrtI .,:;'|!()%[%]-]") then width = width + 4;
		elseif letter:find("[mwMW@%%]") then width = width + 10;
		elseif code >= 0x1100 then width = width + 11; -- most scripts of East Asia
		else width = width + (letter:find("%u") and 7.5 or 6.7); end
	end
	return width;
end

local function half(x, text)
	local width = width_of(text);
	return ("<text x='%g' y='14' textLength='%g'>%s</text>"):format(x + padding, width, xml_escape(text)),
		width + 2 * padding;
end

-- `description` is a line of text, whoever wrote it.
local function badge(name, state, description)
	local name_text, name_width = half(0, shortened(name));
	local state_text, state_width = half(name_width, shortened(in_words[state]));
	local width = name_width + state_width;
	return table.concat {
		("<svg xmlns='http://www.w3.org/2000/svg' width='%g' height='%g' role='img' aria-label='%s'>"):format(
			width, height, xml_escape(description));
		"<title>", xml_escape(description), "</title>";
		("<rect width='%g' height='%g' rx='3' fill='%s'/>"):format(width, height, name_colour);
		("<path d='M%g 0h%ga3 3 0 0 1 3 3v%ga3 3 0 0 1 -3 3h-%gz' fill='%s'/>"):format(
			name_width, state_width - 3, height - 6, state_width - 3, colours[state]);
		"<g fill='#fff' font-family='Verdana,DejaVu Sans,sans-serif' font-size='11'>", name_text, state_text, "</g>";
		"</svg>\n";
	};
end

return { badge = badge; in_words = in_words };
