# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The result files of `one`, for table.awk and ktap.awk: for each patch, in order,
#
#	name[i]  class[i]  what[i]  patch[i]  error[i]  alike[i]  known[i]
#	verdict[i, LAYER]  seconds[i, LAYER]  scenario[i, LAYER]  list[i, LAYER]  id[i, LAYER]
#	message[i, LAYER]  runs[i, LAYER]

BEGIN {
	FS = "\t"
	n_layers = split("functional asan checkers depth1", layers, " ")
	n = bugs = look_alikes = 0
}

FNR == 1 {
	name[++n] = FILENAME
	sub(/.*\//, "", name[n])
	sub(/\.result$/, "", name[n])
	alike[n] = name[n] ~ /^look-alike-/
	if (alike[n])
		look_alikes++
	else
		bugs++
}

$1 == "driver" { driver = $2; next }
$1 == "class" { class[n] = $2; next }
$1 == "what" { what[n] = $2; next }
$1 == "patch" { patch[n] = $2; next }
$1 == "known" { known[n] = 1; next }
$1 == "error" { error[n] = $2; next }

{
	verdict[n, $1] = $2
	seconds[n, $1] = $3
	scenario[n, $1] = $4
	list[n, $1] = $5
	id[n, $1] = $6
	message[n, $1] = $7
	runs[n, $1] = $8
}

function caught(i, layer)
{
	return verdict[i, layer] == "caught"
}

# The first layer that caught it; "" when none did.
function first_layer(i,   k)
{
	for (k = 1; k <= n_layers; k++) {
		if (caught(i, layers[k]))
			return layers[k]
	}
	return ""
}
