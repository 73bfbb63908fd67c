# The part of a former module (CIL) that a new one lacks, as a module of its own: the types that go, with
# their grants. While both are installed, packets that carry a former label keep it, and the former rules can
# be loaded still.
#
#   awk -f transition.awk NEW.cil OLD.cil                the module; nothing when no type goes
#   awk -v list=1 -f transition.awk NEW.cil OLD.cil      the names of the types that go

{ sub(/;.*/, "") }

# Statements may span lines: collect until the parentheses close.
{
  text = text $0 " "
  line = $0
  depth += gsub(/\(/, "(", line) - gsub(/\)/, ")", line)
  if (depth > 0 || text !~ /\(/) { if (depth <= 0) text = ""; next }
  count = split_tokens(text)
  text = ""; depth = 0
  for (at = 1; at <= count; at = last + 1) {
    last = close_of(at)
    if (token[at] == "(") statement(at, last)
  }
}

END {
  if (list) {
    for (i = 1; i <= old_count; i++) if (old_kind[i] == "type" && gone(old_name[i])) print old_name[i]
    exit
  }
  some = 0
  for (i = 1; i <= old_count; i++) if (old_kind[i] == "type" && gone(old_name[i])) some = 1
  if (!some) exit
  for (i = 1; i <= old_count; i++) if (gone(old_name[i])) print old_text[i]
  for (i = 1; i <= form_count; i++) {
    count = split_tokens(form[i])
    if (token[2] == "booleanif") print_conditional(count)
    else if (token[2] == "typeattributeset") print_members(count)
    else if (mentions(1, count)) print join(1, count)
  }
}

function declares(kind) { return kind == "type" || kind == "typeattribute" || kind == "boolean" }

function statement(from, to,   kind) {
  kind = token[from + 1]
  if (FILENAME == ARGV[1]) { if (declares(kind)) kept[token[from + 2]] = 1; return }
  if (declares(kind)) {
    old_kind[++old_count] = kind; old_name[old_count] = token[from + 2]; old_text[old_count] = join(from, to)
    old[token[from + 2]] = kind
  } else form[++form_count] = join(from, to)
}

function gone(name) { return (name in old) && !(name in kept) }
function gone_type(name) { return gone(name) && old[name] != "boolean" }

function split_tokens(line,   n) {
  gsub(/\(/, " ( ", line); gsub(/\)/, " ) ", line)
  n = split(line, token, /[ \t\r]+/)
  # A leading blank makes an empty first piece.
  if (n > 0 && token[1] == "") { for (i_shift = 1; i_shift < n; i_shift++) token[i_shift] = token[i_shift + 1]; n-- }
  if (n > 0 && token[n] == "") n--
  return n
}

function close_of(from,   level, i) {
  level = 0
  for (i = from; i <= count; i++) {
    if (token[i] == "(") level++
    if (token[i] == ")") level--
    if (level <= 0) return i
  }
  return count
}

function join(from, to,   i, result) {
  for (i = from; i <= to; i++) {
    result = result (i > from && token[i] != ")" && token[i - 1] != "(" ? " " : "") token[i]
  }
  return result
}

function mentions(from, to,   i) {
  for (i = from; i <= to; i++) if (gone_type(token[i])) return 1
  return 0
}

# (typeattributeset A (T ...)): types that stay have that from the new module.
function print_members(to,   i, names) {
  if (gone_type(token[3])) { print join(1, to); return }
  for (i = 4; i <= to; i++) if (gone_type(token[i])) names = names " " token[i]
  if (names != "") print "(typeattributeset " token[3] " (" substr(names, 2) "))"
}

# (booleanif EXPRESSION (true S ...) (false S ...))
function print_conditional(to,   at, end, inner, inner_end, branch, result) {
  if (!mentions(1, to)) return
  at = 3
  end = close_of(at)
  result = "(booleanif " join(at, end)
  for (at = end + 1; at < to; at = end + 1) {
    end = close_of(at)
    branch = ""
    for (inner = at + 2; inner < end; inner = inner_end + 1) {
      inner_end = close_of(inner)
      if (mentions(inner, inner_end)) branch = branch " " join(inner, inner_end)
    }
    if (branch != "") result = result " (" token[at + 1] branch ")"
  }
  print result ")"
}
