# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# After results.awk: the report. A bug is graded well or not, found or not; what fails is one
# that cannot be graded, or that its record does not show any more, a look-alike that is
# flagged, and too few found. A bug that the functional tests see is none, unless they have
# learned to since it was first graded. Variables: mode, dir.

BEGIN {
	title["functional"] = "functional tests"
	title["asan"] = "unit tests + ASan"
	title["checkers"] = "checkers"
	title["depth1"] = "depth 1"
	least = 9 # of ten bugs, at depth 1
}

function explain(i, l)
{
	if (caught(i, l))
		printf "#   %-17s %s %s -r '%s' (%s runs, %s s)\n#     %s\n", title[l], id[i, l],
			scenario[i, l], list[i, l], runs[i, l], seconds[i, l], message[i, l]
	else
		printf "#   %-17s silent (%s runs, %s s)\n", title[l], runs[i, l], seconds[i, l]
}

function result(good, text)
{
	printf "%s %d - %s\n", good ? "ok" : "not ok", ++nr, text
	failed += !good
}

function graded(i,   k, by)
{
	printf "# %s (%s): %s\n", name[i], class[i], what[i]
	for (k = 1; k <= n_layers; k++)
		explain(i, layers[k])
	by = first_layer(i)
	if (alike[i])
		result(by == "", name[i] (by == "" ? "" : ": flagged"))
	else if (by == "functional" && !known[i])
		result(0, name[i] ": the functional tests see it, so it is no seeded bug")
	else
		result(1, name[i] ": " (by == "" ? "not caught" : "caught by " title[by]))
	found += !alike[i] && caught(i, "depth1")
}

function checked(i)
{
	if (alike[i]) {
		for (k = 1; k <= n_layers; k++) {
			if (caught(i, layers[k]))
				explain(i, layers[k])
		}
		result(first_layer(i) == "", name[i])
		return
	}
	if (!((i, "replay") in verdict))
		result(1, name[i] ": builds; on record as not caught")
	else
		result(caught(i, "replay"), name[i] ": " id[i, "replay"] " in " scenario[i, "replay"])
}

END {
	print "1.." n + (mode == "grade" && bugs > 0)
	for (i = 1; i <= n; i++) {
		if (error[i]) {
			print "# " error[i]
			result(0, name[i])
		} else if (mode == "grade") {
			graded(i)
		} else {
			checked(i)
		}
	}
	if (mode == "grade" && bugs > 0)
		result(found * 10 >= bugs * least, "depth 1 finds " found + 0 " of " bugs " bugs")
	sub(/.*\//, "", dir)
	print "# count mutants-" dir "=" bugs
	print "# count look-alikes-" dir "=" look_alikes
	exit failed > 0
}
