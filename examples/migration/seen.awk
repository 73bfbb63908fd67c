# What passed under `unmatched audit`, from the audit log, nearly in the words of the rules that it needs:
#   ausearch -m avc -ts boot --raw | awk -f seen.awk | sort | uniq -c | sort -rn
# The log has both ports and not who began, and no protocol: the lower port is taken for the service's.
/avc: +granted/ && /tclass=packet/ {
  delete field
  for (i = 1; i <= NF; i++) {
    at = index($i, "=")
    if (at) field[substr($i, 1, at - 1)] = substr($i, at + 1)
  }
  split(field["scontext"], context, ":")
  source = field["saddr"]; target = field["daddr"]; port = "no port"
  # Whether the sender's port is the service's: then this is an answer.
  answers = "src" in field && field["src"] + 0 < field["dest"] + 0
  if ("src" in field) port = answers ? field["src"] : field["dest"]
  if (/{ forward_in }/) next  # its twin, forward_out, is in the log as well
  if (/{ forward_out }/) line = "forward " port " from " (answers ? target : source) " to " (answers ? source : target)
  else if (/{ send }/) line = answers ? "accept " port " from " target : "connect " port " to " target
  else line = answers ? "connect " port " to " source : "accept " port " from " source
  print context[3], line, "via", field["netif"]
}
