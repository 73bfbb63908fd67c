#include "verify/module_rights.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace appnet::verify {
namespace {

auto Place(const Rights::Entry& entry) { return std::tie(entry.type, entry.permission, entry.domain); }

}  // namespace

std::uint32_t Names::Of(std::string_view name) {
  auto found = numbers_.find(name);
  if (found == numbers_.end()) {
    found = numbers_.emplace(std::string(name), static_cast<std::uint32_t>(texts_.size())).first;
    texts_.push_back(&found->first);
  }
  return found->second;
}

void Rights::Allow(std::string_view domain, std::string_view permission, std::string_view type,
                   flow::ConditionId when) {
  Add({names_->Of(type), names_->Of(permission), names_->Of(domain), when, flow::kNever});
}

void Rights::Audit(std::string_view domain, std::string_view permission, std::string_view type,
                   flow::ConditionId when) {
  Add({names_->Of(type), names_->Of(permission), names_->Of(domain), flow::kNever, when});
}

void Rights::Add(Entry entry) {
  if (entry.allowed == flow::kNever && entry.audited == flow::kNever) return;
  entries_.push_back(entry);
  summed_ = false;
}

const std::vector<Rights::Entry>& Rights::Entries() {
  if (summed_) return entries_;
  std::ranges::sort(entries_, {}, Place);
  std::size_t last = 0;
  for (std::size_t i = 1; i < entries_.size(); ++i) {
    if (Place(entries_[i]) == Place(entries_[last])) {
      entries_[last].allowed = conditions_->Or(entries_[last].allowed, entries_[i].allowed);
      entries_[last].audited = conditions_->Or(entries_[last].audited, entries_[i].audited);
    } else {
      entries_[++last] = entries_[i];
    }
  }
  entries_.resize(last + 1);
  summed_ = true;
  return entries_;
}

std::vector<Difference> Differences(Rights& wanted, Rights& found) {
  std::vector<Difference> differences;
  const auto& a = wanted.Entries();
  const auto& b = found.Entries();
  const auto none_at = [](const Rights::Entry& place) {
    return Rights::Entry{place.type, place.permission, place.domain, flow::kNever, flow::kNever};
  };
  for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    if (j == b.size() || (i < a.size() && Place(a[i]) < Place(b[j]))) {
      differences.push_back({a[i], none_at(a[i])});
      ++i;
    } else if (i == a.size() || Place(b[j]) < Place(a[i])) {
      differences.push_back({none_at(b[j]), b[j]});
      ++j;
    } else {
      if (a[i].allowed != b[j].allowed || a[i].audited != b[j].audited) differences.push_back({a[i], b[j]});
      ++i;
      ++j;
    }
  }
  return differences;
}

std::vector<std::string> Sentences(const Difference& difference, const Names& names,
                                   const flow::Conditions& conditions) {
  std::vector<std::string> sentences;
  const auto compare = [&](std::string_view verb, flow::ConditionId wanted, flow::ConditionId found) {
    if (wanted == found) return;
    sentences.push_back(
        fmt::format("`{}` {} `{}` on `{}`: {}, but the policy says {}", names.Text(difference.found.domain),
                    verb, names.Text(difference.found.permission), names.Text(difference.found.type),
                    conditions.Text(found), conditions.Text(wanted)));
  };
  compare("may", difference.wanted.allowed, difference.found.allowed);
  compare("is logged for", difference.wanted.audited, difference.found.audited);
  return sentences;
}

}  // namespace appnet::verify
