#include "driver/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/unmatched.h"
#include "diag/visible_text.h"
#include "driver/report_style.h"
#include "driver/summary_words.h"

namespace appnet::driver {
namespace {

// Text between tags or inside a quoted attribute.
std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : diag::VisibleMessage(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string Code(std::string_view text) { return "<code>" + Escaped(text) + "</code>"; }

class Report {
 public:
  Report(const Compiled& compiled, const sepolicy::Policy& base)
      : compiled_(compiled), program_(compiled.program), policy_(compiled.policy), base_(base) {}

  std::string Write() {
    AddHead();
    AddReach();
    AddTypes();
    AddUnmatched();
    AddWaysAround();
    out_ += "</main>\n</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  template <typename... Parts>
  void Add(fmt::format_string<Parts...> format, Parts&&... parts) {
    out_ += fmt::format(format, std::forward<Parts>(parts)...);
  }

  void AddHead() {
    const std::string name = Escaped(policy_.name);
    // Nothing is loaded from anywhere, whatever stands below.
    Add("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{} – appnet policy</title>\n"
        "<style>\n{}</style>\n</head>\n<body>\n<main>\n",
        name, kReportStyle);
    Add("<h1>{}</h1>\n<p class=\"about\">{}, {}, held against the policy {}{}</p>\n", name,
        Plural(policy_.rules.size(), "rule"), Plural(policy_.labels.size(), "packet type"),
        Code(base_.name()),
        policy_.enforce_always ? ", packet checks stay on while no rules are loaded" : "");
    out_ +=
        "<nav><a href=\"#reach\">Who reaches what</a> <a href=\"#types\">Packet types</a> "
        "<a href=\"#unmatched\">Unmatched traffic</a> <a href=\"#around\">Ways around</a></nav>\n";
  }

  void AddRuleRow(std::uint32_t index) {
    const ir::RuleOrigin& rule = policy_.rules[index];
    Add("<li>{}<span class=\"at\">{}:{}</span>", Code(rule.text), Escaped(rule.file), rule.line);
    const flow::ConditionId condition = program_.rules[index].condition;
    if (condition != flow::kAlways)
      Add("<span class=\"if\">if {}</span>", Escaped(program_.conditions.Text(condition)));
    for (const std::string& use : rule.used_at) Add("<span class=\"at\">used at {}</span>", Escaped(use));
    for (const auto& [what, value] :
         {std::pair("owner", &rule.owner), {"ticket", &rule.ticket}, {"expires", &rule.expires}}) {
      if (!value->empty()) Add("<span class=\"note\">{} {}</span>", what, Escaped(*value));
    }
    out_ += "</li>\n";
  }

  void AddReach() {
    std::map<std::string, std::vector<std::uint32_t>> by_subject;
    for (std::uint32_t i = 0; i < program_.rules.size(); ++i) {
      const sema::Rule& rule = program_.rules[i];
      if (rule.label) {
        by_subject["labelled " + base_.TypeName(*rule.label)].push_back(i);
        continue;
      }
      const bool forward = rule.direction == flow::Direction::kForward;
      for (const sepolicy::TypeId type : program_.domain_sets[rule.subjects])
        by_subject[(forward ? "forwarded for " : "") + base_.TypeName(type)].push_back(i);
    }
    out_ += "<section id=\"reach\">\n<h2>Who reaches what</h2>\n";
    if (by_subject.empty()) out_ += "<p>No rule names a domain.</p>\n";
    out_ += "<div class=\"cards\">\n";
    for (const auto& [subject, rules] : by_subject) {
      Add("<article>\n<h3>{}</h3>\n<ul>\n", Escaped(subject));
      for (const std::uint32_t rule : rules) AddRuleRow(rule);
      out_ += "</ul>\n</article>\n";
    }
    out_ += "</div>\n</section>\n";
  }

  std::string WhoHas(const ir::Label& label) const {
    switch (label.kind) {
      case ir::LabelKind::kBase:
        return "a type of the base policy, whose own rules say who may";
      case ir::LabelKind::kUnmatchedAudit:
        return "every domain may send and receive, and each packet is logged";
      case ir::LabelKind::kForwardAudit:
        return "passes for every domain’s peers, and each packet is logged";
      case ir::LabelKind::kUnmatchedDeny:
      case ir::LabelKind::kForwardDeny:
        return "nobody";
      case ir::LabelKind::kTransit:
        return "forwarded packets before their class is known";
      case ir::LabelKind::kClass:
      case ir::LabelKind::kForwardClass:
        break;
    }
    if (label.grants.empty()) return "nobody";
    std::string who;
    for (const ir::Grant& grant : label.grants)
      who += (who.empty() ? "" : "; ") + Escaped(GrantText(grant, policy_.conditions));
    return (label.kind == ir::LabelKind::kForwardClass ? "passes for " : "send and receive: ") + who;
  }

  void AddTypes() {
    out_ += "<section id=\"types\">\n<h2>Packet types</h2>\n<div class=\"cards\">\n";
    std::string of_ports;
    std::size_t of_port_count = 0;
    for (const ir::Label& label : policy_.labels) {
      if (label.kind == ir::LabelKind::kBase && label.rules.empty() && &label != &unlabelled()) {
        of_ports += Code(label.type) + " ";
        ++of_port_count;
        continue;
      }
      Add("<article>\n<h3>{}</h3>\n<p>{}</p>\n", Escaped(label.type), WhoHas(label));
      if (!label.rules.empty()) {
        out_ += "<ul>\n";
        for (const std::uint32_t rule : label.rules) AddRuleRow(rule);
        out_ += "</ul>\n";
      }
      if (!label.all_rules) out_ += "<p class=\"note\">There are more rules behind it.</p>\n";
      out_ += "</article>\n";
    }
    out_ += "</div>\n";
    if (of_port_count > 0)
      Add("<details>\n<summary>{} of the base policy, which unmatched traffic carries by its "
          "port</summary>\n<p class=\"names\">{}</p>\n</details>\n",
          Plural(of_port_count, "type"), of_ports);
    out_ += "</section>\n";
  }

  const ir::Label& unlabelled() const { return policy_.labels[policy_.unmatched]; }

  void AddDomains(std::string_view what, const std::vector<sepolicy::TypeId>& types, std::size_t sockets) {
    std::vector<std::string> names;
    names.reserve(types.size());
    for (const sepolicy::TypeId type : types) names.push_back(base_.TypeName(type));
    std::ranges::sort(names);
    Add("<details>\n<summary>{} {} of {}, of which {} may open network sockets</summary>\n<p "
        "class=\"names\">",
        what, types.size(), Plural(base_.Domains().size(), "domain"), sockets);
    for (const std::string& name : names) Add("{} ", Code(name));
    out_ += "</p>\n</details>\n";
  }

  void AddUnmatched() {
    const analysis::UnmatchedReport report = analysis::ReportUnmatched(program_, policy_, base_);
    Add("<section id=\"unmatched\">\n<h2>Unmatched traffic</h2>\n"
        "<p>{} for traffic of this machine: packets carry {}. With the booleans of {} at their "
        "defaults it is</p>\n",
        Code(fmt::format("unmatched {}", ModeName(program_.unmatched))),
        Code(policy_.labels[policy_.unmatched].type), Code(base_.name()));
    AddDomains("open to", report.open, report.open_with_sockets);
    AddDomains("partly open to", report.partly, report.partly_with_sockets);
    AddDomains("cut off for", report.cut_off, report.cut_off_with_sockets);
    Add("<p>{} for forwarded traffic: packets carry {}.</p>\n</section>\n",
        Code(fmt::format("unmatched forward {}", ModeName(program_.unmatched_forward))),
        Code(policy_.labels[policy_.unmatched_forward].type));
  }

  void AddWaysAround() {
    const analysis::WaysAround& ways = compiled_.ways_around;
    Add("<section id=\"around\">\n<h2>Ways around</h2>\n"
        "<p>{} of {} with rules here could go around packet labels.</p>\n",
        ways.some_way, Plural(ways.domains, "domain"));
    if (!ways.ways.empty()) out_ += "<div class=\"cards\">\n";
    for (std::size_t i = 0; i < ways.ways.size();) {
      const sepolicy::TypeId domain = ways.ways[i].domain;
      Add("<article>\n<h3>{}</h3>\n<ul>\n", Escaped(base_.TypeName(domain)));
      for (; i < ways.ways.size() && ways.ways[i].domain == domain; ++i) {
        const analysis::WayAround& way = ways.ways[i];
        Add("<li>{}{}", Escaped(way.how),
            way.at_defaults ? "" : "<span class=\"if\">not while the booleans are at their defaults</span>");
        for (const std::string& rule : way.rules) Add("<span class=\"at\">{}</span>", Escaped(rule));
        out_ += "</li>\n";
      }
      out_ += "</ul>\n</article>\n";
    }
    if (!ways.ways.empty()) out_ += "</div>\n";
    out_ += "</section>\n";
  }

  const Compiled& compiled_;
  const sema::Program& program_;
  const ir::Policy& policy_;
  const sepolicy::Policy& base_;
  std::string out_;
};

}  // namespace

std::string ReportHtml(const Compiled& compiled, const sepolicy::Policy& base) {
  return Report(compiled, base).Write();
}

}  // namespace appnet::driver
