// Every word that yq v4 has for an operator or a value. yq cuts words by these names alone, without looking where a word ends
// (`lengthload` is two operators), so any other word is refused. From pkg/yqlib/lexer_participle.go of yq 4.54.2.

/** A word in brackets may be left out: `to_?json` is `to_json` and `tojson`. */
const names = `
length line column eval to_?number map_?values map filter pick omit flatten format_datetime now tz from_?unix to_?unix
with_dtf error shuffle sortKeys sort_?keys array_?to_?map root to_?yaml to_?xml to_?json from_?yaml from_?json from_?props
to_?props from_?xml from_?csv to_?csv from_?tsv to_?tsv load_?xml xml_?load load_?base64 load_?props load_?str str_?load
load system splitDoc split_?doc select has unique_?by unique group_?by explode or and not ireduce join sub match capture
test sort_?by sort first reverse any_c any all_c all contains split parents parent keys key is_?key file_?name fileName
file_?index fileIndex fi path set_?path del_?paths to_?entries toEntries from_?entries fromEntries with_?entries
withEntries with collect del style tag type kind anchor alias comments line_?comment lineComment head_?comment headComment
foot_?comment footComment if then elif else end documentIndex document_?index di upcase ascii_?upcase downcase
ascii_?downcase trim to_?string strenv env envsubst min max pivot as ref
@yamld @jsond @yaml @json @propsd @props @xmld @xml @csvd @csv @tsvd @tsv @base64urld @base64url @base64d @base64 @urid
@uri @sh
`;

/** `a_?b_?c` → a_b_c, ab_c, a_bc, abc. */
const spellings = (name: string): readonly string[] =>
  name.includes("_?") ? ["_", ""].flatMap((joint) => spellings(name.replace("_?", joint))) : [name];

export const yqWords: ReadonlySet<string> = new Set(names.trim().split(/\s+/).flatMap(spellings));

/** Values, in any mixture of cases. */
export const isYqValue = (word: string): boolean => /^(?:true|false|null)$/i.test(word);
