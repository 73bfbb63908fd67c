#include "query/graph.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "diag/visible_text.h"
#include "query/rule_words.h"

namespace appnet::query {
namespace {

using flow::Direction;
using Names = std::set<std::string>;

// Past so many rules, hosts that the same domains reach in the same way are one node.
constexpr std::size_t kDrawnSingly = 50;
constexpr std::size_t kShownNames = 6;  // in a node
constexpr std::size_t kShownEdgeNames = 8;

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  const std::string visible = diag::VisibleMessage(text, true);
  for (const char c : visible) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string Few(const Names& names, std::size_t most, std::string_view between) {
  std::vector<std::string> shown(names.begin(), names.end());
  // One more line than allowed is no longer than saying that there is one.
  if (shown.size() <= most + 1) return fmt::format("{}", fmt::join(shown, between));
  shown.resize(most);
  return fmt::format("{}{}and {} more", fmt::join(shown, between), between, names.size() - most);
}

// How an edge looks; edges that look alike between the same nodes are one, with all their services.
struct Style {
  Direction direction = Direction::kConnect;
  std::string when;  // "always", or a condition
  bool logged = false;
  std::string label;  // the base policy's type, of a label rule
  friend bool operator<(const Style& a, const Style& b) {
    return std::tie(a.direction, a.when, a.logged, a.label) <
           std::tie(b.direction, b.when, b.logged, b.label);
  }
};

// From the end that opens the connection to the one that answers.
struct Edge {
  std::string tail, head;
  Style style;
  friend bool operator<(const Edge& a, const Edge& b) {
    return std::tie(a.tail, a.head, a.style) < std::tie(b.tail, b.head, b.style);
  }
};
using Edges = std::map<Edge, Names>;  // with services

class Drawing {
 public:
  Drawing(const sema::Program& program, const sepolicy::Policy& base) : program_(program), base_(base) {
    for (const sema::Rule& rule : program.rules) AddRule(rule);
  }

  std::string Write() {
    Group(hosts_);
    if (program_.rules.size() > kDrawnSingly) Group(domains_);
    std::string out = fmt::format("digraph {} {{\n", Quoted(program_.name));
    out +=
        "  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=10];\n";
    for (const auto& [key, names] : domains_)
      out += Node(key, names, "shape=box, style=filled, fillcolor=lightblue");
    for (const auto& [key, names] : hosts_) out += Node(key, names, "shape=ellipse");
    for (const auto& [edge, services] : edges_) out += EdgeText(edge, services);
    return out + "}\n";
  }

 private:
  using Nodes = std::map<std::string, Names>;  // the key begins with what it is, so that names don't meet

  std::string HostNode(const std::string& name) {
    hosts_["host " + name].insert(name);
    return "host " + name;
  }

  // The types a rule names: few are nodes of their own, many are one node.
  std::vector<std::string> DomainNodes(const sema::Rule& rule) {
    if (rule.label) {
      const std::string key = "label " + base_.TypeName(*rule.label);
      domains_[key] = {"labelled " + base_.TypeName(*rule.label)};
      return {key};
    }
    Names names;
    for (const sepolicy::TypeId type : program_.domain_sets[rule.subjects])
      names.insert(base_.TypeName(type));
    if (names.size() > kShownNames) {
      const std::string key = fmt::format("domains {}", fmt::join(names, " "));
      domains_[key] = names;
      return {key};
    }
    std::vector<std::string> keys;
    for (const std::string& name : names) {
      keys.push_back("domain " + name);
      domains_[keys.back()] = {name};
    }
    return keys;
  }

  void AddRule(const sema::Rule& rule) {
    const RuleWords words = WordsOf(rule, program_.interfaces);
    const Style style{rule.direction, program_.conditions.Text(rule.condition), rule.audited,
                      rule.label ? base_.TypeName(*rule.label) : ""};
    std::string service = words.services;
    if (!words.via.empty()) service += " via " + words.via;
    if (!words.at.empty()) service += " at " + words.at;
    if (rule.direction == Direction::kForward) {
      // The subject is who the packets come from, a label of peers, and mostly the unlabeled type.
      if (!rule.label && base_.UnlabeledType() != program_.domain_sets[rule.subjects].front())
        service += " as " + base_.TypeName(program_.domain_sets[rule.subjects].front());
      edges_[{HostNode(words.from), HostNode(words.to), style}].insert(service);
      return;
    }
    for (const std::string& domain : DomainNodes(rule)) {
      if (rule.direction == Direction::kConnect)
        edges_[{domain, HostNode(words.to), style}].insert(service);
      else
        edges_[{HostNode(words.from), domain, style}].insert(service);
    }
  }

  // Nodes with the same edges become one, called by all their names.
  void Group(Nodes& nodes) {
    if (program_.rules.size() <= kDrawnSingly) return;
    using Around = std::set<std::tuple<bool, std::string, Style, Names>>;
    std::map<std::string, Around> around;
    for (const auto& [edge, services] : edges_) {
      if (nodes.contains(edge.tail)) around[edge.tail].emplace(true, edge.head, edge.style, services);
      if (nodes.contains(edge.head)) around[edge.head].emplace(false, edge.tail, edge.style, services);
    }
    std::map<Around, std::string> firsts;
    std::map<std::string, std::string> moved;
    Nodes grouped;
    for (const auto& [key, names] : nodes) {
      const std::string& first = firsts.try_emplace(around[key], key).first->second;
      moved[key] = first;
      grouped[first].insert(names.begin(), names.end());
    }
    const auto now = [&](const std::string& key) {
      const auto found = moved.find(key);
      return found == moved.end() ? key : found->second;
    };
    Edges edges;
    for (const auto& [edge, services] : edges_)
      edges[{now(edge.tail), now(edge.head), edge.style}].insert(services.begin(), services.end());
    edges_ = std::move(edges);
    nodes = std::move(grouped);
  }

  // Many nodes may begin with the same names, so that the label alone does not tell them apart.
  std::string Node(const std::string& key, const Names& names, std::string_view look) {
    const std::string id = fmt::format("n{}", ids_.size() + 1);
    ids_[key] = id;
    return fmt::format("  {} [label={}, {}];\n", id, Quoted(Few(names, kShownNames, "\n")), look);
  }

  std::string EdgeText(const Edge& edge, const Names& services) const {
    std::string label = Few(services, kShownEdgeNames, "\n");
    std::string look;
    if (edge.style.when != "always") {
      label += "\nif " + edge.style.when;
      look += ", style=dashed";
    }
    if (edge.style.logged) label += "\nlogged";
    if (edge.style.direction == Direction::kForward) look += ", color=gray40, arrowhead=vee";
    if (!edge.style.label.empty()) {
      look += ", style=dotted";
      if (edge.style.direction == Direction::kForward) label += "\nlabelled " + edge.style.label;
    }
    return fmt::format("  {} -> {} [label={}{}];\n", ids_.at(edge.tail), ids_.at(edge.head), Quoted(label),
                       look);
  }

  const sema::Program& program_;
  const sepolicy::Policy& base_;
  Nodes domains_, hosts_;
  Edges edges_;
  std::map<std::string, std::string> ids_;
};

}  // namespace

std::string GraphDot(const sema::Program& program, const sepolicy::Policy& base) {
  return Drawing(program, base).Write();
}

}  // namespace appnet::query
