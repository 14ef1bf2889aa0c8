# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# After results.awk: the table in Markdown. `one` reads the columns of the first table back.
# Variables: driver_hash; most, the options that kept depth 1 from being whole, or nothing.

function code(text)
{
	return text == "-" || text == "" ? "-" : "`" text "`"
}

function layer(i, l)
{
	return caught(i, l) ? code(id[i, l]) : "-"
}

# The record: the run that shows it, at depth 1 if it does there.
function row(i,   by)
{
	by = caught(i, "depth1") ? "depth1" : first_layer(i)
	if (by == "asan" || by == "functional")
		by = "" # not a run with the checkers on
	printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", name[i], class[i],
		caught(i, "functional") ? "**fails**" : "passes", layer(i, "asan"),
		layer(i, "checkers"), caught(i, "depth1") ? "caught" : "-", runs[i, "depth1"],
		by == "" ? "-" : scenario[i, by], by == "" ? "-" : code(list[i, by]),
		by == "" ? "-" : code(id[i, by]), seconds[i, "depth1"], patch[i]
}

function count(of, l,   i, k)
{
	for (i = 1; i <= n; i++)
		k += !alike[i] && (of == "" || class[i] == of) && (l == "" || caught(i, l))
	return k + 0
}

function total(title, of)
{
	printf "| %s | %d | %d | %d | %d | %d |\n", title, count(of, ""), count(of, "functional"),
		count(of, "asan"), count(of, "checkers"), count(of, "depth1")
}

function head()
{
	print "| patch | class | functional | unit + ASan | checkers | depth 1 | runs | found in |" \
		" deviation | id | s | hash |"
	print "|---|---|---|---|---|---|---|---|---|---|---|---|"
}

END {
	print "<!-- SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause -->"
	print "# Seeded bugs in drivers/" driver ", and who sees them\n"
	print "Written by `make mutants`; [README.md](../README.md) says what the columns are.\n"
	print "Of drivers/" driver " " driver_hash ".\n"
	if (most)
		print "Depth 1 was explored with `" most "`, not whole.\n"
	head()
	for (i = 1; i <= n; i++) {
		if (!alike[i] && !error[i])
			row(i)
	}
	print "\n## How many\n"
	print "| class | bugs | functional | unit + ASan | checkers | depth 1 |"
	print "|---|---|---|---|---|---|"
	n_classes = split("addressing prd-dma interrupt timeout error-path teardown two-drive atapi",
			  classes, " ")
	for (k = 1; k <= n_classes; k++) {
		if (count(classes[k], ""))
			total(classes[k], classes[k])
	}
	total("all", "")
	print "\n## Look-alikes\n\nCorrect, however it looks: a finding is a false alarm.\n"
	head()
	for (i = 1; i <= n; i++) {
		if (alike[i] && !error[i])
			row(i)
	}
	print "\n## What was changed\n"
	for (i = 1; i <= n; i++)
		printf "* `%s`: %s%s\n", name[i], what[i], error[i] ? " (" error[i] ")" : ""
	print "\n<!-- graded: " n " -->"
}
