# METADATA
# title: Inputs for the tests
# description: Good inputs of the decision tables, and a patch over them. Test files never enter the build.
package aisre.fixtures_test

# METADATA
# title: An input of a table with some parts replaced
# description: Objects merge key by key; everything else replaces.
patched(name, patch) := object.union(data.cases[name].input, patch)

get_pods := "kubectl: get pods"

restart := "kubectl: restart a deployment"

health := "server: operator asks"
